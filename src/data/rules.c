#include "data/rules.h"

#include "base/base.h"

#include "base/banned.h"

static const struct {
    const char *key, *words;
} DROPS[DRP_N_DROPS] = {
#define DROP_ROW(name, key, words) [name] = {key, words},
    DRP_DROPS(DROP_ROW)
#undef DROP_ROW
};

const char *drp_drop_key(enum drp_drop drop)
{
    return DROPS[drop].key;
}

const char *drp_drop_words(enum drp_drop drop)
{
    return DROPS[drop].words;
}

int drp_thresholds_check(const struct drp_thresholds *t, struct drp_err *err)
{
    const struct {
        const char *low_name, *high_name;
        int64_t low, high;
    } pairs[] = {
        {"--min-user", "--max-user", t->min_user, t->max_user},
        {"--min-desc", "--max-desc", t->min_desc, t->max_desc},
    };
    for (size_t i = 0; i < DRP_LEN(pairs); i++)
        if (pairs[i].high < pairs[i].low)
            return drp_fail(err, DRP_EUSAGE,
                            "%s %lld is below %s %lld: nothing would be kept",
                            pairs[i].high_name, (long long)pairs[i].high,
                            pairs[i].low_name, (long long)pairs[i].low);
    if (t->holdout < 1)
        return drp_fail(err, DRP_EUSAGE, "--holdout %lld is below 1: a user needs a target",
                        (long long)t->holdout);
    return 0;
}
