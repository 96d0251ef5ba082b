#include "method/account.h"

#include <assert.h>
#include <string.h>

#include "base/banned.h"

void drp_tally_add(struct drp_tally *tallies, const char *reason, uint64_t n)
{
    size_t i = 0;
    while (i < DRP_MAX_TALLIES && tallies[i].reason &&
           strcmp(tallies[i].reason, reason) != 0)
        i++;
    assert(i < DRP_MAX_TALLIES);
    tallies[i].reason = reason;
    tallies[i].n += n;
}

static void add_tallies(struct drp_tally *sum, const struct drp_tally *more)
{
    for (size_t i = 0; i < DRP_MAX_TALLIES && more[i].reason; i++)
        drp_tally_add(sum, more[i].reason, more[i].n);
}

void drp_account_add(struct drp_account *sum, const struct drp_account *more)
{
    sum->predictions += more->predictions;
    sum->failures += more->failures;
    sum->fallbacks += more->fallbacks;
    sum->answers_cut += more->answers_cut;
    sum->answers_empty += more->answers_empty;
    sum->prompts_shortened += more->prompts_shortened;
    sum->features_kept += more->features_kept;
    sum->features_dropped += more->features_dropped;
    sum->features_measured += more->features_measured;
    sum->features_unparsed += more->features_unparsed;
    sum->contrasts_lost += more->contrasts_lost;
    sum->personas_repaired += more->personas_repaired;
    sum->personas_lost += more->personas_lost;
    sum->ranked_by_words += more->ranked_by_words;
    add_tallies(sum->fallbacks_to, more->fallbacks_to);
    add_tallies(sum->dropped_for, more->dropped_for);
}
