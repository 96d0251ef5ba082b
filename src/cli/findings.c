#include "cli/findings.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/vec.h"

#include "base/banned.h"

enum { TEXT_COLUMN = 22 };

static const char *const state_words[] = {
    [DRP_FINE] = "ok", [DRP_NOTE] = "note", [DRP_FAILS] = "fails"};

void drp_findings_release(struct drp_findings *f)
{
    drp_vec_release(f);
    drp_arena_release(&f->arena);
}

void drp_findings_add(struct drp_findings *f, enum drp_finding_state state,
                      const char *subject, const char *mend, const char *fmt, ...)
{
    struct drp_str text;
    va_list args;
    drp_str_init(&text, 1 << 20);
    va_start(args, fmt);
    drp_str_vaddf(&text, fmt, args);
    va_end(args);
    drp_vec_add(f, (struct drp_finding){
                       state,
                       drp_arena_sv(&f->arena, drp_sv_from(subject)),
                       drp_arena_sv(&f->arena, drp_str_sv(&text)),
                       mend ? drp_arena_sv(&f->arena, drp_sv_from(mend))
                            : (struct drp_sv){NULL, 0},
                   });
    drp_str_release(&text);
}

void drp_findings_add_error(struct drp_findings *f, const char *subject, const char *mend,
                            const struct drp_err *err)
{
    struct drp_sv verdict = drp_sv_from(err->text);
    const size_t colon = drp_sv_rfind(verdict, DRP_SV(": "));
    if (!mend && colon != SIZE_MAX) {
        mend = err->text + colon + 2;
        verdict.len = colon;
    }
    drp_findings_add(f, DRP_FAILS, subject, mend, "%.*s", DRP_SV_ARG(verdict));
}

size_t drp_findings_count(const struct drp_findings *f, enum drp_finding_state state)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        n += f->at[i].state == state;
    return n;
}

void drp_findings_text(struct drp_findings *f, struct drp_view *view)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct drp_finding *one = &f->at[i];
        const struct drp_sv label =
            drp_arena_f(&f->arena, "%-6s %.*s", state_words[one->state],
                        DRP_SV_ARG(one->subject));
        drp_view_text(view, TEXT_COLUMN, label.ptr, one->text, 0);
        if (one->mend.ptr)
            drp_view_text(view, TEXT_COLUMN + 3,
                          drp_arena_f(&f->arena, "%*s->", TEXT_COLUMN, "").ptr, one->mend,
                          0);
    }
}

void drp_findings_json(const struct drp_findings *f, struct drp_jw *w)
{
    drp_jw_obj(w);
    drp_jw_key(w, "findings");
    drp_jw_arr(w);
    for (size_t i = 0; i < f->n; i++) {
        const struct drp_finding *one = &f->at[i];
        drp_jw_obj(w);
        drp_jw_key_str(w, "subject", one->subject);
        drp_jw_key_strz(w, "state", state_words[one->state]);
        drp_jw_key_str(w, "text", one->text);
        drp_jw_key_str(w, "mend", one->mend);
        drp_jw_obj_end(w);
    }
    drp_jw_arr_end(w);
    drp_jw_obj_end(w);
}
