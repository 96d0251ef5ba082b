/* Any text as a prompt file, and as the data that goes into one. */
#include <stdint.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/utf8.h"
#include "engine/prompt_file.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* No label is left: no closing bracket with only white space between it and a colon. */
static bool has_label(struct drp_sv sv)
{
    bool closed = false;
    for (size_t i = 0; i < sv.len; i++) {
        const char c = sv.ptr[i];
        if (closed && c == ':')
            return true;
        closed = c == ']' || (closed && (c == ' ' || c == '\n' || c == '\t'));
    }
    return false;
}

static void check_guard(struct drp_sv data)
{
    struct drp_str once, twice;
    drp_str_init(&once, data.len + 1);
    drp_str_init(&twice, data.len + 1);
    drp_prompt_guard(&once, data);
    drp_prompt_guard(&twice, drp_str_sv(&once));
    must(!once.full && once.len <= data.len);
    must(drp_sv_eq(drp_str_sv(&once), drp_str_sv(&twice)));
    must(!has_label(drp_str_sv(&once)));
    for (size_t i = 0; i < once.len; i++)
        must((unsigned char)once.ptr[i] >= ' ' || once.ptr[i] == '\t' ||
             once.ptr[i] == '\n');
    must(drp_utf8_invalid(data) != SIZE_MAX ||
         drp_utf8_invalid(drp_str_sv(&once)) == SIZE_MAX);
    drp_str_release(&once);
    drp_str_release(&twice);
}

static void check_render(const struct drp_prompt_file *f, struct drp_sv data)
{
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    struct drp_turns turns = {0};
    const struct drp_binding inner[] = {{.name = "x", .text = data}};
    const struct drp_scope items[] = {{inner, 1, NULL}, {NULL, 0, NULL}};
    const struct drp_binding outer[] = {
        {.name = "x", .text = {"y", 1}},
        {.name = "list", .items = items, .n_items = 2},
        {.name = "empty"},
    };
    const struct drp_scope scope = {outer, 3, NULL};
    const int rc = drp_prompt_file_render(f, &scope, &arena, &turns, &err);
    must(rc == 0 || (rc < 0 && err.text[0] != '\0'));
    for (size_t i = 0; rc == 0 && i < turns.n; i++)
        must(turns.at[i].text.len > 0);
    drp_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct drp_prompt_origin origin = {"fuzz", "fuzz.txt"};
    struct drp_prompt_file *f = NULL;
    struct drp_err err = {0};
    const struct drp_sv text = {(const char *)data, size};
    if (size > 4096) /* lists within lists multiply */
        return 0;
    check_guard(text);
    const int rc = drp_prompt_file_compile(text, origin, &f, &err);
    must(rc == 0 || (rc == DRP_EINPUT && err.record > 0));
    must(rc < 0 || drp_prompt_has_turns(text));
    if (rc == 0)
        check_render(f, text);
    drp_prompt_file_free(f);
    return 0;
}
