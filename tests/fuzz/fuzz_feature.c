/* The tolerant parser of features: any bytes give a bounded list of named, trimmed, single-line features
 * that do not grow when they are merged with themselves. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "feature/feature.h"
#include "feature/parse.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_field(struct drp_sv field)
{
    check(drp_sv_trim(field).len == field.len);
    for (size_t i = 0; i < field.len; i++)
        check(!strchr("\t\n\v\f\r", field.ptr[i]) || field.ptr[i] == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct drp_arena arena = {0};
    struct drp_features list;
    const struct drp_sv answer = {(const char *)data, size};
    const bool found = drp_features_parse(answer, &arena, &list);
    check(list.n <= DRP_MAX_FEATURES);
    check(found || list.n == 0);
    for (size_t i = 0; i < list.n; i++) {
        check(list.at[i].name.len > 0 && list.at[i].rank == i && list.at[i].kept);
        check_field(list.at[i].name);
        check_field(list.at[i].definition);
        check_field(list.at[i].description);
    }

    struct drp_features merged;
    struct drp_feature_counts counts;
    drp_features_collect(&answer, &answer, 1, &arena, &merged, &counts);
    if (data && size) {
        check(merged.n == list.n && counts.kept + counts.dropped == list.n);
        check(counts.unparsed == (found ? 0 : 2));
    }
    drp_arena_release(&arena);
    return 0;
}
