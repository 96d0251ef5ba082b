/* What was looked at, and what was found: a line each. */
#ifndef DRP_CLI_FINDINGS_H
#define DRP_CLI_FINDINGS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "cli/view.h"
#include "io/json.h"

/** How bad it is. */
enum drp_finding_state {
    DRP_FINE,
    DRP_NOTE,  /* works, but not as well as it could */
    DRP_FAILS, /* something would fail               */
};

/** One finding. `mend`: what to do; absent when nothing is. */
struct drp_finding {
    enum drp_finding_state state;
    struct drp_sv subject, text, mend;
};

/** All of them, in the order in which they were added. Start with `{0}`; drp_findings_release(). */
struct drp_findings {
    struct drp_finding *at;
    size_t n, cap;
    struct drp_arena arena;
};

/** Frees them. */
void drp_findings_release(struct drp_findings *f);

/** Adds one; the texts are copied. `mend` NULL: nothing is to be done. */
void drp_findings_add(struct drp_findings *f, enum drp_finding_state state,
                      const char *subject, const char *mend, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/** Adds a failure in the words of an error; `mend` NULL: what stands behind the error's last colon says what to do. */
void drp_findings_add_error(struct drp_findings *f, const char *subject, const char *mend,
                            const struct drp_err *err);

/** How many are of a state. */
size_t drp_findings_count(const struct drp_findings *f, enum drp_finding_state state);

/** Appends them for people. */
void drp_findings_text(struct drp_findings *f, struct drp_view *view);

/** Writes {"findings":[{"subject","state":"ok|note|fails","text","mend"}]}; mend null when nothing is to be done. */
void drp_findings_json(const struct drp_findings *f, struct drp_jw *w);

#endif
