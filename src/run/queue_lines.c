#include "run/queue_lines.h"

#include "base/base.h"
#include "io/pg.h"

#include "base/banned.h"

enum {
    PAGE_SAMPLES = 64,
    N_TEXTS = 3,
    FIRST_TEXT = 2,
    ERROR_COLUMN = FIRST_TEXT + N_TEXTS
};

/* A walk over all samples, page by page, each in a transaction of its own. */
struct walk {
    const struct drp_line_filter *filter;
    bool write;
    int64_t run, sample; /* behind which the page begins */
    int64_t next_run, next_sample;
    size_t n;
    struct drp_line_counts counts; /* of the page */
};

static const char page_sql[] =
    "SELECT run, sample, predictions, features, differences, error FROM samples"
    " WHERE (run, sample) > ($1, $2) ORDER BY run, sample LIMIT $3";

/* What failed is told as "user 'ID': why". */
static bool is_error_of(struct drp_sv error, struct drp_sv user)
{
    struct drp_str begin;
    drp_str_init(&begin, 1 << 16);
    drp_str_addf(&begin, "user '%.*s':", DRP_SV_ARG(user));
    const bool is = drp_sv_starts(error, drp_str_sv(&begin));
    drp_str_release(&begin);
    return is;
}

static int write_sample(struct drp_pg *pg, const struct drp_pg_rows *rows, size_t i,
                        bool is_own, const struct drp_str *texts, struct drp_err *err)
{
    const struct drp_pg_arg args[] = {
        drp_pg_int(drp_pg_get_int(rows, i, 0)), drp_pg_int(drp_pg_get_int(rows, i, 1)),
        drp_pg_text(drp_str_sv(&texts[0])),     drp_pg_text(drp_str_sv(&texts[1])),
        drp_pg_text(drp_str_sv(&texts[2])),
    };
    if (is_own)
        return drp_pg_query(pg, "DELETE FROM samples WHERE run = $1 AND sample = $2",
                            args, 2, NULL, err);
    return drp_pg_query(pg,
                        "UPDATE samples SET predictions = $3, features = $4,"
                        " differences = $5 WHERE run = $1 AND sample = $2",
                        args, DRP_LEN(args), NULL, err);
}

/* All lines of a sample are about one user. */
static int forget_sample(struct drp_pg *pg, struct walk *w,
                         const struct drp_pg_rows *rows, size_t i, struct drp_err *err)
{
    struct drp_str texts[N_TEXTS];
    struct drp_line_counts counts = {0};
    int rc = 0;
    for (size_t k = 0; k < N_TEXTS; k++)
        drp_str_init(&texts[k], SIZE_MAX / 4);
    for (int k = 0; k < N_TEXTS; k++)
        DRP_TRY(rc, drp_line_filter_text(w->filter, drp_pg_get(rows, i, FIRST_TEXT + k),
                                         &texts[k], &counts, err));
    counts.own += is_error_of(drp_pg_get(rows, i, ERROR_COLUMN), w->filter->user);
    if (w->write && counts.own + counts.quoting > 0)
        DRP_TRY(rc, write_sample(pg, rows, i, counts.own > 0, texts, err));
    w->counts.own += counts.own;
    w->counts.quoting += counts.quoting;
out:
    for (size_t k = 0; k < N_TEXTS; k++)
        drp_str_release(&texts[k]);
    return rc;
}

static int forget_page(struct drp_pg *pg, void *ctx, struct drp_err *err)
{
    struct walk *w = ctx;
    const struct drp_pg_arg args[] = {drp_pg_int(w->run), drp_pg_int(w->sample),
                                      drp_pg_int(PAGE_SAMPLES)};
    struct drp_pg_rows *rows = NULL;
    int rc = 0;
    w->counts = (struct drp_line_counts){0};
    DRP_TRY(rc, drp_pg_query(pg, page_sql, args, DRP_LEN(args), &rows, err));
    w->n = drp_pg_n_rows(rows);
    for (size_t i = 0; i < w->n; i++) {
        DRP_TRY(rc, forget_sample(pg, w, rows, i, err));
        w->next_run = drp_pg_get_int(rows, i, 0);
        w->next_sample = drp_pg_get_int(rows, i, 1);
    }
out:
    drp_pg_rows_free(rows);
    return rc;
}

static int has_queue(struct drp_pg *pg, void *ctx, struct drp_err *err)
{
    struct drp_pg_rows *rows = NULL;
    const int rc =
        drp_pg_query(pg, "SELECT count(to_regclass('samples'))", NULL, 0, &rows, err);
    if (rc == 0)
        *(bool *)ctx = drp_pg_get_int(rows, 0, 0) > 0;
    drp_pg_rows_free(rows);
    return rc;
}

int drp_queue_lines_forget(const char *url, const struct drp_line_filter *f, bool write,
                           struct drp_line_counts *counts, struct drp_err *err)
{
    struct drp_pg *pg = NULL;
    struct walk w = {.filter = f, .write = write};
    bool is_there = false;
    int rc = 0;
    DRP_TRY(rc, drp_pg_open(url, &pg, err));
    DRP_TRY(rc, drp_pg_run(pg, has_queue, &is_there, err));
    if (!is_there)
        goto out;
    do {
        DRP_TRY(rc, drp_pg_transact(pg, forget_page, &w, err));
        w.run = w.next_run;
        w.sample = w.next_sample;
        counts->own += w.counts.own;
        counts->quoting += w.counts.quoting;
    } while (w.n == PAGE_SAMPLES);
    if (write)
        DRP_TRY(rc, drp_pg_exec(pg, "VACUUM FULL samples", err));
out:
    drp_pg_free(pg);
    return rc;
}
