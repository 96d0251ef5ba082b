/* Counts and distributions of a dataset directory: `drp stats`. */
#ifndef DRP_DATA_STATS_H
#define DRP_DATA_STATS_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "data/split.h"

/** What is spread over a dataset: name, key, words. */
#define DRP_SPREADS(X)                                                                   \
    X(DRP_SPREAD_TEXTS_PER_USER, "texts_per_user", "texts a user")                       \
    X(DRP_SPREAD_USERS_PER_ITEM, "users_per_item", "users an item")                      \
    X(DRP_SPREAD_CHARS_PER_TEXT, "chars_per_text", "characters a text")                  \
    X(DRP_SPREAD_WORDS_PER_TEXT, "words_per_text", "words a text")

/** The spreads by name; DRP_N_SPREADS of them. */
enum drp_spread {
#define DRP_SPREAD_ENUM(name, key, words) name,
    DRP_SPREADS(DRP_SPREAD_ENUM)
#undef DRP_SPREAD_ENUM
        DRP_N_SPREADS,
};

/** Number of quantiles of a spread: min, p10, p25, median, p75, p90, p99, max. */
enum { DRP_N_QUANTILES = 8 };

/** How a number is spread. All 0 when there is none. */
struct drp_quantiles {
    uint64_t at[DRP_N_QUANTILES]; /* the smallest value with that share ≤ it */
    double mean;
};

/** Statistics over all splits. A text that appears in several rows counts once. */
struct drp_stats {
    uint64_t users, items,
        texts; /* items: those of items.jsonl and those only written about */
    uint64_t rows[DRP_N_SPLITS];
    struct drp_quantiles spreads[DRP_N_SPREADS];
};

/** Reads all splits of a dataset directory. **Errors**: as drp_dataset_load(). */
int drp_stats_collect(const char *dir, struct drp_stats *out,
                      struct drp_err *err) DRP_CHECKED;

/** Appends one JSON object and a newline. */
void drp_stats_json(struct drp_str *out, const struct drp_stats *stats);

/** Appends a table for people. */
void drp_stats_text(struct drp_str *out, const struct drp_stats *stats);

#endif
