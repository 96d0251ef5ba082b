/* Where a user stands beside others, trait by trait, and what that says about a claim.
 *
 * **What is compared.** All texts of the user's profile with the texts of all representatives, each once. A claim is
 * about how the user writes, so one text an item would be too few; products differ in both groups alike. The unit is
 * a text. Each author of the others counts the same, however much she wrote: her texts share one weight. The
 * representatives are taken as they are: the result says how the user differs from them, not from mankind.
 *
 * **How.** Cliff's delta with Newcombe's interval at 95 % (feature/effect.h); from here on in the direction claimed.
 *     contradicted  the whole interval lies below what is worth mentioning (0.147), and the means agree;
 *                   or more is claimed of something that none of the user's texts has
 *     supported     the whole interval lies above 0, and the means agree
 *     undecided     everything else, and always when a side has fewer than DRP_EVIDENCE_MIN_TEXTS texts
 * A handful of texts gives a wide interval, so it decides little. */
#ifndef DRP_FEATURE_STANDING_H
#define DRP_FEATURE_STANDING_H

#include <stdbool.h>

#include "data/sample.h"
#include "feature/effect.h"
#include "feature/measure.h"
#include "feature/trait.h"

/** Texts of either side that any verdict needs. */
enum { DRP_EVIDENCE_MIN_TEXTS = 3 };

/** What the numbers say about a claim. */
enum drp_verdict { DRP_UNDECIDED, DRP_SUPPORTED, DRP_CONTRADICTED };

/** The two groups compared on one trait. */
struct drp_standing {
    bool known; /* both sides have a text with a value, and some text has any of it, or zero is sure */
    size_t n_user, n_others;  /* texts with a value                                  */
    struct drp_effect effect; /* a: the user, b: the others                          */
    bool absent; /* no text of the user has any                                     */
};

/** Measures of a sample's texts, and both groups compared on every trait. In an arena. */
struct drp_standings {
    struct drp_standing of[DRP_N_TRAITS];
    const struct drp_measures *user; /* (n_user), as the profile */
    size_t n_user;
};

/** Counts everything in the texts of a sample. **Owns**: `arena`. **Threads**: pure; about 150 ns a word. */
void drp_standings_count(const struct drp_sample *s, const struct drp_lexicon *lexicon,
                         struct drp_arena *arena, struct drp_standings *out);

/** What the numbers say when `direction` (1 or -1) is claimed of a trait. */
enum drp_verdict drp_standing_judge(const struct drp_standing *s,
                                    const struct drp_trait *trait, int direction);

/** The interval of a standing's delta at 95 %. */
void drp_standing_interval(const struct drp_standing *s, double *low, double *high);

/**
 * How sure a difference is that nobody claimed: the near end of an interval that holds for all traits at once
 * (Bonferroni), without sign; 0 when it is not large (0.474) or may be not worth mentioning (0.147).
 */
double drp_standing_strength(const struct drp_standing *s, const struct drp_trait *trait);

/** The word for a verdict, e.g. "supported". Static storage. */
const char *drp_verdict_name(enum drp_verdict verdict);

#endif
