/* The rules that choose a dataset from raw texts: their thresholds, and how many texts
 * each one drops. */
#ifndef DRP_DATA_RULES_H
#define DRP_DATA_RULES_H

#include <stdint.h>

#include "base/err.h"

/**
 * Thresholds: the options of drp prepare. Code points for texts and descriptions, else
 * counts.
 */
struct drp_thresholds {
    int64_t min_text;         /* of a text as it was read; default 200, from 0          */
    int64_t min_desc;         /* of an item's description; default 100, from 0          */
    int64_t max_desc;         /* same; default 2000, from min_desc                      */
    int64_t min_item;         /* users of an item; default 8, from 0                    */
    int64_t min_user;         /* texts of a user, repetitions apart; default 18, from 0 */
    int64_t max_user;         /* same; default 500, from min_user                       */
    int64_t holdout;          /* newest texts of a user, targets; default 10, from 1  */
    int64_t min_profile;      /* texts of a user before those; default 8, from 0        */
    int64_t min_profile_item; /* users of an item in profiles; default 5, from 0        */
};

/** The thresholds of DPL's published data. */
#define DRP_THRESHOLDS_DEFAULT                                                           \
    {                                                                                    \
        .min_text = 200, .min_desc = 100, .max_desc = 2000, .min_item = 8,               \
        .min_user = 18, .max_user = 500, .holdout = 10, .min_profile = 8,                \
        .min_profile_item = 5                                                            \
    }

/**
 * Why a text is not in the dataset, in the order in which the rules are asked; each text
 * counts once: name, key in dataset.json, words.
 */
#define DRP_DROPS(X)                                                                     \
    X(DRP_DROP_TEXT, "text", "shorter than --min-text, or only white space")             \
    X(DRP_DROP_TITLE, "title", "without a title")                                        \
    X(DRP_DROP_RATING, "rating", "without a rating")                                     \
    X(DRP_DROP_TIME, "time", "without a time")                                           \
    X(DRP_DROP_META, "meta", "about an item without usable metadata (--meta)")           \
    X(DRP_DROP_ITEM, "item", "about an item with fewer users than --min-item")           \
    X(DRP_DROP_USER_FEW, "user_few", "by a user with fewer texts than --min-user")       \
    X(DRP_DROP_USER_MANY, "user_many", "by a user with more texts than --max-user")      \
    X(DRP_DROP_REPEATED, "repeated", "same item or same text again")                     \
    X(DRP_DROP_BASE_ITEM, "profile_item",                                                \
      "in a profile, item with fewer users than --min-profile-item")                     \
    X(DRP_DROP_BASE_USER, "profile_user",                                                \
      "by a user with a profile shorter than --min-profile")

/** The rules by name; DRP_N_DROPS of them. */
enum drp_drop {
#define DRP_DROP_ENUM(name, key, words) name,
    DRP_DROPS(DRP_DROP_ENUM)
#undef DRP_DROP_ENUM
        DRP_N_DROPS,
};

/** Texts dropped, by rule. */
struct drp_drops {
    uint64_t n[DRP_N_DROPS];
};

/** The key of a rule in dataset.json. Static storage. */
const char *drp_drop_key(enum drp_drop drop);

/** What a rule drops, in words that follow a number of texts. Static storage. */
const char *drp_drop_words(enum drp_drop drop);

/** Checks that the thresholds agree with each other. **Errors**: DRP_EUSAGE. */
int drp_thresholds_check(const struct drp_thresholds *t, struct drp_err *err) DRP_CHECKED;

#endif
