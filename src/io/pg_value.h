/* Values for PostgreSQL in its binary form: single ones and whole columns. Needs no library. */
#ifndef DRP_IO_PG_VALUE_H
#define DRP_IO_PG_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/** What a value is, as a number PostgreSQL gives to its types. */
enum drp_pg_type {
    DRP_PG_BYTES = 17,
    DRP_PG_INT = 20, /* bigint */
    DRP_PG_TEXT = 25,
    DRP_PG_DOUBLE = 701,
};

/** One parameter of a statement. Texts and columns are borrowed. */
struct drp_pg_arg {
    uint32_t type;       /* PostgreSQL's number, that of an array for a column */
    struct drp_sv bytes; /* absent: NULL; without a pointer of its own: `small` */
    bool is_small;
    unsigned char small[8];
};

/** An integer. */
struct drp_pg_arg drp_pg_int(int64_t value);
/** A text; absent is NULL. PostgreSQL takes no NUL and only well-formed UTF-8. */
struct drp_pg_arg drp_pg_text(struct drp_sv text);
/** Bytes; absent is NULL. */
struct drp_pg_arg drp_pg_bytes(struct drp_sv bytes);

/** A column of values under construction: with unnest() a statement takes many rows at once. */
struct drp_pg_column {
    enum drp_pg_type type;
    uint32_t n;
    struct drp_str bytes; /* at most 1 GiB, PostgreSQL's own limit */
};

/** Starts an empty column. */
void drp_pg_column_init(struct drp_pg_column *c, enum drp_pg_type type);
/** Frees it. */
void drp_pg_column_release(struct drp_pg_column *c);
/** Adds an integer to a column of them. */
void drp_pg_column_int(struct drp_pg_column *c, int64_t value);
/** Adds a double. */
void drp_pg_column_double(struct drp_pg_column *c, double value);
/** Adds a text or bytes; absent is NULL. */
void drp_pg_column_add(struct drp_pg_column *c, struct drp_sv sv);
/** The column as a parameter, an array. Borrows it. */
struct drp_pg_arg drp_pg_column_arg(struct drp_pg_column *c);

/** A value of 1, 2, 4 or 8 bytes as an integer; 0 when it has another length. */
int64_t drp_pg_read_int(struct drp_sv bytes);
/** A value of 8 bytes as a double. */
double drp_pg_read_double(struct drp_sv bytes);

#endif
