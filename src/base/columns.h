/* Tables for a terminal: columns as wide as their widest cell. */
#ifndef DRP_BASE_COLUMNS_H
#define DRP_BASE_COLUMNS_H

#include "base/arena.h"
#include "base/str.h"

/** A table under construction. Start with drp_columns_init(). One owner. */
struct drp_columns {
    struct drp_arena arena; /* of the cells                                       */
    const char *align;      /* a character a column, 'l' or 'r': where its cells stand */
    struct drp_sv *cells;   /* by row                                             */
    size_t n, cap;          /* cells                                              */
    size_t n_columns;
};

/** Starts a table; `align`, e.g. "lrr", gives the number of columns. Borrowed. */
void drp_columns_init(struct drp_columns *c, const char *align);

/** Frees it. */
void drp_columns_release(struct drp_columns *c);

/** Appends the next cell, a copy, shown without control characters. */
void drp_columns_add(struct drp_columns *c, struct drp_sv cell);

/** Appends the next cell printf-style. */
void drp_columns_addf(struct drp_columns *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** Appends empty cells up to the end of the row. */
void drp_columns_end_row(struct drp_columns *c);

/** Appends the rows to `out`, two blanks between columns, none at the end of a line. */
void drp_columns_write(const struct drp_columns *c, struct drp_str *out);

#endif
