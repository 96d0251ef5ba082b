/* What of errors is for the inside only; the rest is public. */
#ifndef DRP_BASE_ERR_H
#define DRP_BASE_ERR_H

#include "drp/error.h"

/** Puts `prefix: ` before the text of a filled error; code and place stay. Gives the code back. */
int drp_err_prefix(struct drp_err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** The process exit status that stands for a code (0 for success). */
int drp_exit_status(int code);

/** Evaluates `expr` into `rc`; when negative, goes to the function's one exit, `out:`. */
#define DRP_TRY(rc, expr)                                                                \
    do {                                                                                 \
        (rc) = (expr);                                                                   \
        if ((rc) < 0)                                                                    \
            goto out;                                                                    \
    } while (0)

#endif
