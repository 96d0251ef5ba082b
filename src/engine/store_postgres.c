/* The journal in a PostgreSQL database: tables, opening, reading. */
#include "engine/store.h"

#include <string.h>

#include "base/base.h"
#include "engine/pg_writer.h"
#include "io/pg.h"

#include "base/banned.h"

/* The tables of the SQLite file, with three differences. A text that PostgreSQL does not take (a NUL, broken
 * UTF-8) stands in `bytes`. The index over texts holds the whole hash, so that processes can agree on a text with
 * ON CONFLICT. Nothing refers by constraint: thousands of transactions would lock one row of models. Whoever
 * deletes bodies first takes LOCK TABLE bodies IN SHARE ROW EXCLUSIVE MODE, and so meets no half-written call. */
static const struct drp_pg_schema schema = {
    "journal", DRP_JOURNAL_VERSION,
    "CREATE TABLE models ("
    " id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    " fingerprint bytea NOT NULL,"
    " name text NOT NULL,"
    " build text NOT NULL,"
    " licence text,"
    " UNIQUE (fingerprint, name, build));"
    "CREATE TABLE bodies ("
    " id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    " hash bytea NOT NULL UNIQUE,"
    " text text,"
    " bytes bytea,"
    " CHECK (num_nonnulls(text, bytes) = 1));"
    "CREATE TABLE calls ("
    " id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    " key bytea NOT NULL UNIQUE,"
    " model bigint NOT NULL,"
    " strict bigint NOT NULL,"
    " messages jsonb NOT NULL,"
    " grammar bigint,"
    " json_schema bigint,"
    " repeat bigint NOT NULL,"
    " temperature double precision NOT NULL,"
    " top_p double precision NOT NULL,"
    " repeat_penalty double precision NOT NULL,"
    " repeat_last_n bigint NOT NULL,"
    " seed bigint NOT NULL,"
    " max_tokens bigint NOT NULL,"
    " think_budget bigint NOT NULL,"
    " stop text,"
    " answer bigint NOT NULL,"
    " reasoning bigint,"
    " finish text NOT NULL,"
    " prompt_tokens bigint NOT NULL,"
    " cached_tokens bigint NOT NULL,"
    " answer_tokens bigint NOT NULL,"
    " reasoning_tokens bigint NOT NULL,"
    " wait_ms bigint NOT NULL,"
    " run_ms bigint NOT NULL,"
    " created_ms bigint NOT NULL);"
    "CREATE TABLE call_subject ("
    " subject bigint NOT NULL,"
    " call bigint NOT NULL,"
    " PRIMARY KEY (subject, call));"
    "CREATE VIEW readable AS SELECT"
    " c.id AS id, to_timestamp(c.created_ms / 1000.0) AS created,"
    " m.name AS model, m.build AS build, c.temperature AS temperature, c.seed AS seed,"
    " c.repeat AS repeat,"
    " (SELECT string_agg('=== ' || (j.turn ->> 0) || chr(10) ||"
    "    coalesce(b.text, encode(b.bytes, 'escape')), chr(10) ORDER BY j.nth)"
    "  FROM jsonb_array_elements(c.messages) WITH ORDINALITY AS j (turn, nth)"
    "  JOIN bodies b ON b.id = (j.turn ->> 1)::bigint) AS conversation,"
    " coalesce(r.text, encode(r.bytes, 'escape')) AS reasoning,"
    " coalesce(a.text, encode(a.bytes, 'escape')) AS answer, c.finish AS finish,"
    " c.prompt_tokens AS prompt_tokens, c.answer_tokens AS answer_tokens,"
    " c.run_ms AS run_ms, encode(c.key, 'hex') AS key"
    " FROM calls c JOIN models m ON m.id = c.model JOIN bodies a ON a.id = c.answer"
    " LEFT JOIN bodies r ON r.id = c.reasoning"};

static const char take_sql[] =
    "SELECT c.key, a.text, a.bytes, r.text, r.bytes, c.finish, c.prompt_tokens, c.cached_tokens,"
    " c.answer_tokens, c.reasoning_tokens, c.wait_ms, c.run_ms"
    " FROM calls c JOIN bodies a ON a.id = c.answer LEFT JOIN bodies r ON r.id = c.reasoning"
    " WHERE c.key = ANY ($1)";

static const char stats_sql[] =
    "SELECT (SELECT count(*) FROM calls), count(*),"
    " coalesce(sum(coalesce(octet_length(text), octet_length(bytes))), 0)::bigint FROM bodies";

struct postgres {
    char *url;
    struct drp_pg *writer;
};

static void close_store(void *self)
{
    struct postgres *s = self;
    drp_pg_free(s->writer);
    free(s->url);
    free(s);
}

static int open_store(const char *url, void **self, struct drp_err *err)
{
    struct postgres *s = drp_calloc(1, sizeof *s);
    const size_t size = strlen(url) + 1;
    int rc = 0;
    s->url = memcpy(drp_malloc(size), url, size);
    DRP_TRY(rc, drp_pg_open(url, &s->writer, err));
    DRP_TRY(rc, drp_pg_make_schema(s->writer, &schema, err));
    *self = s;
    s = NULL;
out:
    if (s)
        close_store(s);
    return rc;
}

static int write_batch(void *self, const struct drp_batch *first, struct drp_err *err)
{
    return drp_pg_write(((struct postgres *)self)->writer, first, err);
}

/* ---- reading ---------------------------------------------------------------------------- */

static int open_reader(void *self, void **reader, struct drp_err *err)
{
    struct drp_pg *pg = NULL;
    const int rc = drp_pg_open(((struct postgres *)self)->url, &pg, err);
    *reader = pg;
    return rc;
}

static void close_reader(void *reader)
{
    drp_pg_free(reader);
}

struct taking {
    struct drp_lookup *lookups;
    size_t n;
    struct drp_arena *arena;
};

static struct drp_sv text_of(const struct drp_pg_rows *rows, size_t row, int column)
{
    const struct drp_sv text = drp_pg_get(rows, row, column);
    return text.ptr ? text : drp_pg_get(rows, row, column + 1);
}

static int take_row(const struct drp_pg_rows *rows, size_t row, const char *where,
                    const struct taking *t, struct drp_err *err)
{
    const struct drp_sv key = drp_pg_get(rows, row, 0);
    const struct drp_kept kept = {
        .text = text_of(rows, row, 1),
        .reasoning = text_of(rows, row, 3),
        .finish = drp_pg_get(rows, row, 5),
        .usage = {.prompt_tokens = (uint32_t)drp_pg_get_int(rows, row, 6),
                  .cached_tokens = (uint32_t)drp_pg_get_int(rows, row, 7),
                  .answer_tokens = (uint32_t)drp_pg_get_int(rows, row, 8),
                  .reasoning_tokens = (uint32_t)drp_pg_get_int(rows, row, 9),
                  .wait_ms = drp_pg_get_int(rows, row, 10),
                  .run_ms = drp_pg_get_int(rows, row, 11)},
    };
    int rc = 0;
    for (size_t i = 0; i < t->n && rc == 0; i++) {
        struct drp_lookup *l = &t->lookups[i];
        if (!drp_sv_eq(drp_hash_sv(&l->key->hash), key))
            continue;
        l->found = true;
        rc = drp_kept_reply(&kept, where, l->reply, t->arena, err);
    }
    return rc;
}

static int take_rows(struct drp_pg *pg, void *ctx, struct drp_err *err)
{
    const struct taking *t = ctx;
    struct drp_pg_column keys;
    struct drp_pg_rows *rows = NULL;
    int rc = 0;
    drp_pg_column_init(&keys, DRP_PG_BYTES);
    for (size_t i = 0; i < t->n; i++) {
        t->lookups[i].found = false;
        drp_pg_column_add(&keys, drp_hash_sv(&t->lookups[i].key->hash));
    }
    const struct drp_pg_arg arg = drp_pg_column_arg(&keys);
    DRP_TRY(rc, drp_pg_query(pg, take_sql, &arg, 1, &rows, err));
    for (size_t row = 0; row < drp_pg_n_rows(rows); row++)
        DRP_TRY(rc, take_row(rows, row, drp_pg_name(pg), t, err));
out:
    drp_pg_rows_free(rows);
    drp_pg_column_release(&keys);
    return rc;
}

static int take(void *reader, struct drp_lookup *lookups, size_t n,
                struct drp_arena *arena, struct drp_err *err)
{
    struct taking t = {lookups, n, arena};
    return drp_pg_run(reader, take_rows, &t, err);
}

static int read_stats(struct drp_pg *pg, void *ctx, struct drp_err *err)
{
    struct drp_journal_stats *out = ctx;
    struct drp_pg_rows *rows = NULL;
    const int rc = drp_pg_query(pg, stats_sql, NULL, 0, &rows, err);
    if (rc == 0) {
        out->calls = (uint64_t)drp_pg_get_int(rows, 0, 0);
        out->bodies = (uint64_t)drp_pg_get_int(rows, 0, 1);
        out->body_bytes = (uint64_t)drp_pg_get_int(rows, 0, 2);
    }
    drp_pg_rows_free(rows);
    return rc;
}

static int get_stats(void *reader, struct drp_journal_stats *out, struct drp_err *err)
{
    return drp_pg_run(reader, read_stats, out, err);
}

const struct drp_store drp_store_postgres = {
    .n_readers = 2, /* a server has a hundred connections for all */
    .open = open_store,
    .close = close_store,
    .write = write_batch,
    .reader_open = open_reader,
    .reader_close = close_reader,
    .take = take,
    .stats = get_stats,
};
