/* Punkt: parameter files give a reason that names file and line, or are read; sentences are in order, apart, and
 * hold all that is no white space. The input is the four files and the text, a NUL after each but the last. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "text/punkt.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static struct drp_sv cut(struct drp_sv *rest)
{
    const size_t nul = drp_sv_find(*rest, (struct drp_sv){"", 1}, 0);
    const struct drp_sv piece = drp_sv_slice(*rest, 0, nul);
    *rest = drp_sv_slice(*rest, nul == SIZE_MAX ? rest->len : nul + 1, rest->len);
    return piece;
}

static bool is_blank(struct drp_sv sv)
{
    struct drp_sv word;
    return !drp_utf8_word(&sv, &word);
}

static void check_sentences(const struct drp_punkt *p, struct drp_sv text)
{
    struct drp_spans spans = {0};
    drp_punkt_sentences(p, text, &spans);
    size_t end = 0;
    for (size_t i = 0; i < spans.n; i++) {
        const struct drp_span span = spans.at[i];
        must(span.at >= end && span.len > 0 && span.len <= text.len - span.at);
        must(is_blank(drp_sv_slice(text, end, span.at)));
        must(!is_blank(drp_sv_slice(text, span.at, span.at + span.len)));
        end = span.at + span.len;
        size_t last = end;
        must(!drp_utf8_is_space(drp_utf8_prev(text, &last)));
    }
    must(is_blank(drp_sv_slice(text, end, text.len)));
    drp_vec_release(&spans);
}

/* What the files say can be looked up. */
static void check_facts(const struct drp_punkt *p, const struct drp_punkt_files *files)
{
    struct drp_sv rest = files->abbrev_types, line;
    while (drp_sv_line(&rest, &line))
        must(drp_punkt_facts(p, line) & DRP_PUNKT_ABBREVIATION);
    rest = files->sent_starters;
    while (drp_sv_line(&rest, &line))
        must(drp_punkt_facts(p, line) & DRP_PUNKT_STARTER);
    struct drp_str scratch;
    drp_str_init(&scratch, SIZE_MAX / 4);
    rest = files->collocations;
    while (drp_sv_line(&rest, &line)) {
        const size_t tab = drp_sv_find(line, DRP_SV("\t"), 0);
        const struct drp_sv first = drp_sv_slice(line, 0, tab);
        must(drp_punkt_facts(p, first) & DRP_PUNKT_COLLOCATES);
        must(drp_punkt_collocated(p, first, drp_sv_slice(line, tab + 1, line.len),
                                  &scratch));
    }
    drp_str_release(&scratch);
}

static void check_error(const struct drp_err *err)
{
    must(err->code == DRP_EINPUT && err->record > 0);
    must(strstr(err->text, ".txt' line ") || strstr(err->text, ".tab' line "));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct drp_sv rest = {size ? (const char *)data : "", size};
    struct drp_punkt_files files = {0};
    files.abbrev_types = cut(&rest);
    files.collocations = cut(&rest);
    files.sent_starters = cut(&rest);
    files.ortho_context = cut(&rest);
    struct drp_punkt *p = NULL;
    struct drp_err err = {0};
    if (drp_punkt_parse(&files, &p, &err) < 0) {
        must(!p);
        check_error(&err);
        return 0;
    }
    must(drp_punkt_name(p).len == 8);
    check_facts(p, &files);
    check_sentences(p, rest);
    drp_punkt_free(p);
    return 0;
}
