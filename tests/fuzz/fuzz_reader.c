/* Raw dumps: any line is refused with a reason or read into a review or an item that keeps what
 * the header promises; and what was read goes through all rules. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "data/corpus.h"
#include "data/reader.h"
#include "data/split.h"
#include "io/json.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_refusal(int rc, const struct drp_err *err)
{
    must(rc == DRP_EINPUT && err->record == 7);
    must(strstr(err->text, "'fuzz'") && strstr(err->text, "line 7"));
}

static void read_review(struct drp_reader *reader, const struct drp_record *record,
                        struct drp_corpus *c)
{
    struct drp_raw_review review;
    struct drp_err err = {0};
    const int rc = drp_reader_review(reader, record, &review, &err);
    if (rc < 0) {
        check_refusal(rc, &err);
        return;
    }
    must(review.user.len > 0 && review.item.len > 0 && review.text.ptr && review.title.ptr);
    must(isnan(review.rating) || isfinite(review.rating));
    must(llabs(review.time_ms) <= (int64_t)1 << 53);
    must(drp_corpus_add(c, &review, &err) == 0);
}

static void read_item(struct drp_reader *reader, const struct drp_record *record,
                      struct drp_corpus *c)
{
    struct drp_raw_item item;
    struct drp_err err = {0};
    const int rc = drp_reader_item(reader, record, &item, &err);
    if (rc < 0) {
        check_refusal(rc, &err);
        return;
    }
    must(item.item.len > 0 && item.title.ptr && item.description.ptr);
    must(!item.is_complete || item.title.len > 0);
    must(drp_utf8_invalid(item.description) == SIZE_MAX);
    drp_corpus_add_item(c, &item);
    must(drp_corpus_has_meta(c, item.item));
}

static void read_line(struct drp_reader *reader, struct drp_sv line, struct drp_corpus *c)
{
    struct drp_json *doc = NULL;
    if (drp_json_parse(line, DRP_JSON_STRICT, &doc, NULL) == 0) {
        const struct drp_record record = {
            .value = drp_json_root(doc), .path = "fuzz", .line = 7, .index = -1};
        read_review(reader, &record, c);
        read_item(reader, &record, c);
    }
    drp_json_free(doc);
}

static void select_all(struct drp_corpus *c)
{
    const struct drp_thresholds t = {.max_user = 100, .holdout = 1};
    struct drp_selection s;
    struct drp_drops drops = {0};
    drp_corpus_group(c);
    drp_split_select(&s, c, &t, &drops);
    uint64_t n = s.first[s.n_users];
    for (size_t i = 0; i < DRP_N_DROPS; i++)
        n += drops.n[i];
    must(n == c->entries.n);
    for (size_t u = 0; u < s.n_users; u++)
        for (size_t i = 0; i < drp_selection_n(&s, u); i++)
            must(drp_selection_entry(&s, u, i)->user == u);
    drp_selection_release(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct drp_sv rest = {(const char *)data, size}, line;
    struct drp_reader reader;
    struct drp_corpus c;
    drp_reader_init(&reader);
    drp_corpus_init(&c);
    while (drp_sv_line(&rest, &line))
        read_line(&reader, line, &c);
    select_all(&c);
    drp_corpus_release(&c);
    drp_reader_release(&reader);
    return 0;
}
