#include "data/tolerance.h"

#include "base/base.h"
#include "base/log.h"

#include "base/banned.h"

/* Bad records that are named; the others are only counted. */
enum { MAX_NAMED = 10 };

bool drp_tolerance_is_of_record(const struct drp_err *err)
{
    return err->code == DRP_EINPUT || err->code == DRP_ELIMIT;
}

bool drp_tolerance_pass(struct drp_tolerance *t, const struct drp_err *err)
{
    if (!drp_tolerance_is_of_record(err))
        return false;
    const uint64_t n = ++t->n_bad;
    if ((int64_t)n > t->max_bad)
        return false;
    if (n <= MAX_NAMED)
        drp_log(DRP_LOG_WARN, "passed over: %s", err->text);
    else if (n == MAX_NAMED + 1)
        drp_log(DRP_LOG_WARN, "more bad records are only counted");
    return true;
}

void drp_tolerance_hint(struct drp_err *err, const char *hint)
{
    const struct drp_err found = *err;
    if (!drp_tolerance_is_of_record(&found))
        return;
    (void)drp_fail(err, found.code, "%s; %s", found.text, hint);
    err->record = found.record;
    err->offset = found.offset;
}
