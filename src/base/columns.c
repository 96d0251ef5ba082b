#include "base/columns.h"

#include <assert.h>
#include <string.h>

#include "base/base.h"
#include "base/log.h"
#include "base/utf8.h"

#include "base/banned.h"

enum { GAP = 2 };

void drp_columns_init(struct drp_columns *c, const char *align)
{
    *c = (struct drp_columns){.align = align, .n_columns = strlen(align)};
    drp_arena_init(&c->arena);
}

void drp_columns_release(struct drp_columns *c)
{
    free(c->cells);
    drp_arena_release(&c->arena);
}

void drp_columns_add(struct drp_columns *c, struct drp_sv cell)
{
    struct drp_str plain;
    drp_str_init(&plain, SIZE_MAX / 4);
    drp_log_add_printable(&plain, cell);
    if (c->n == c->cap)
        c->cells = drp_vec_grow(c->cells, &c->cap, c->n + 1, sizeof *c->cells);
    c->cells[c->n++] = drp_arena_sv(&c->arena, drp_str_sv(&plain));
    drp_str_release(&plain);
}

void drp_columns_addf(struct drp_columns *c, const char *fmt, ...)
{
    struct drp_str cell;
    va_list args;
    drp_str_init(&cell, SIZE_MAX / 4);
    va_start(args, fmt);
    drp_str_vaddf(&cell, fmt, args);
    va_end(args);
    drp_columns_add(c, drp_str_sv(&cell));
    drp_str_release(&cell);
}

void drp_columns_end_row(struct drp_columns *c)
{
    while (c->n % c->n_columns != 0)
        drp_columns_add(c, DRP_SV(""));
}

static size_t column_width(const struct drp_columns *c, size_t column)
{
    size_t width = 0;
    for (size_t i = column; i < c->n; i += c->n_columns)
        width = DRP_MAX(width, drp_utf8_width(c->cells[i]));
    return width;
}

static void write_row(const struct drp_columns *c, size_t row, const size_t *widths,
                      struct drp_str *out)
{
    size_t owed = 0; /* blanks that are written when something follows them */
    for (size_t i = 0; i < c->n_columns; i++) {
        const struct drp_sv cell = c->cells[row * c->n_columns + i];
        const size_t pad = widths[i] - drp_utf8_width(cell);
        owed += c->align[i] == 'r' ? pad : 0;
        if (cell.len > 0) {
            drp_str_addf(out, "%*s", (int)owed, "");
            drp_str_add(out, cell);
            owed = 0;
        }
        owed += GAP + (c->align[i] == 'r' ? 0 : pad);
    }
    drp_str_addc(out, '\n');
}

void drp_columns_write(const struct drp_columns *c, struct drp_str *out)
{
    assert(c->n_columns > 0);
    size_t *widths = drp_calloc(c->n_columns, sizeof *widths);
    for (size_t i = 0; i < c->n_columns; i++)
        widths[i] = column_width(c, i);
    for (size_t row = 0; row < c->n / c->n_columns; row++)
        write_row(c, row, widths, out);
    free(widths);
}
