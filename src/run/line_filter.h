/* Lines of a run's files without a person: neither theirs, nor those of others that hold their words. */
#ifndef DRP_RUN_LINE_FILTER_H
#define DRP_RUN_LINE_FILTER_H

#include "base/err.h"
#include "base/str.h"
#include "text/quote.h"

/** Who is left out. Borrowed. */
struct drp_line_filter {
    struct drp_sv user;
    const struct drp_quotes *quotes; /* words of theirs */
};

/** Lines left out. */
struct drp_line_counts {
    uint64_t own, quoting;
};

/**
 * Appends to `out` the lines that stay, as they are; `counts` is added to. `out` NULL: counts only.
 * **Errors**: DRP_EINPUT (a line that is no JSON).
 */
int drp_line_filter_text(const struct drp_line_filter *f, struct drp_sv lines,
                         struct drp_str *out, struct drp_line_counts *counts,
                         struct drp_err *err) DRP_CHECKED;

/**
 * Counts what would go from a file; with `write` rewrites it without, where anything goes. One that is not there has no
 * lines. **Errors**: DRP_EIO, DRP_EINPUT (file and line).
 */
int drp_line_filter_file(const struct drp_line_filter *f, const char *path, bool write,
                         struct drp_line_counts *counts, struct drp_err *err) DRP_CHECKED;

#endif
