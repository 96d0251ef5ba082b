/* Errors: what can fail returns 0 or a negative enum drp_code and fills a struct drp_err once, where the reason is
 * known. There is no global error state. */
#ifndef DRP_ERROR_H
#define DRP_ERROR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Every error code: name, value, exit status of the command drp, what it stands for. */
#define DRP_CODES(X)                                                                     \
    X(DRP_ENEGATIVE, -1, 1, "negative result") /* a check that did not hold       */     \
    X(DRP_EUSAGE, -2, 2, "usage")              /* option, argument, config        */     \
    X(DRP_EINPUT, -3, 3, "input")              /* broken or unusable data         */     \
    X(DRP_ENOTFOUND, -4, 3, "not found")       /* file, user, item, journal entry */     \
    X(DRP_EEXISTS, -5, 3, "exists")            /* would overwrite something else  */     \
    X(DRP_ELIMIT, -6, 3, "limit")              /* a stated limit is exceeded      */     \
    X(DRP_EIO, -7, 3, "file system")           /* open, read, write, sync, rename */     \
    X(DRP_ENET, -8, 4, "network")              /* server, connection              */     \
    X(DRP_EENGINE, -9, 4, "engine")            /* model or inference library      */     \
    X(DRP_EDB, -10, 5, "database")             /* journal or cache                */     \
    X(DRP_EBUG, -11, 70, "bug")                /* an invariant of ours is broken  */     \
    X(DRP_ECANCELLED, -12, 130, "interrupted") /* asked to stop                   */

/** Codes returned by everything that can fail; 0 is success. */
enum drp_code {
    DRP_OK = 0,
#define DRP_CODE_ENUM(name, value, status, words) name = value,
    DRP_CODES(DRP_CODE_ENUM)
#undef DRP_CODE_ENUM
};

/**
 * One error: filled by whoever finds it, read by whoever reports it. Start with `{0}`. Functions that can fail take one
 * and never NULL; it is only touched when they do.
 */
struct drp_err {
    int code;          /* enum drp_code                                               */
    const char *where; /* source file that raised it                                  */
    int line;          /* source line that raised it                                  */
    int64_t record;    /* record, line or text number in the input (from 1), or -1    */
    int64_t offset;    /* byte offset in the input, or -1                             */
    char text[768];    /* lower case, no full stop, verdict first, quoted subject     */
};

/** Marks a function whose result must be looked at. */
#define DRP_CHECKED __attribute__((warn_unused_result))

/**
 * Fills `err` (NULL: nothing is filled) with a code and a printf-style text and gives the code back, so that
 * `return drp_fail(err, DRP_EINPUT, "…")` works. A text that does not fit is cut at a UTF-8
 * boundary; control characters from outside are shown as `?`.
 */
#define drp_fail(err, code, ...)                                                         \
    drp_fail_at((err), (code), __FILE__, __LINE__, __VA_ARGS__)

/** What drp_fail() calls; use the macro. */
int drp_fail_at(struct drp_err *err, int code, const char *where, int line,
                const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/** The words for a code, e.g. "input"; "ok" for 0. Static storage. */
const char *drp_code_words(int code);

#ifdef __cplusplus
}
#endif

#endif
