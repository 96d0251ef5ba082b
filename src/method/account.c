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

const struct drp_used *drp_used_find(const struct drp_used *rows, const char *method,
                                     const char *stage)
{
    for (size_t i = 0; i < DRP_MAX_USED && rows[i].stage; i++)
        if (strcmp(rows[i].method, method) == 0 && strcmp(rows[i].stage, stage) == 0)
            return &rows[i];
    return NULL;
}

void drp_used_add(struct drp_used *rows, const struct drp_used *more)
{
    size_t i = 0;
    while (i < DRP_MAX_USED && rows[i].stage &&
           (strcmp(rows[i].method, more->method) != 0 ||
            strcmp(rows[i].stage, more->stage) != 0))
        i++;
    if (i == DRP_MAX_USED)
        return;
    rows[i].method = more->method;
    rows[i].stage = more->stage;
    rows[i].calls += more->calls;
    rows[i].kept += more->kept;
    rows[i].prompt_tokens += more->prompt_tokens;
    rows[i].cached_tokens += more->cached_tokens;
    rows[i].answer_tokens += more->answer_tokens;
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
    for (size_t i = 0; i < DRP_MAX_USED && more->used[i].stage; i++)
        drp_used_add(sum->used, &more->used[i]);
}
