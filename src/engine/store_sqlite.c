/* The journal as one SQLite file: opening, reading. */
#include "engine/store.h"

#include <string.h>

#include "base/base.h"
#include "engine/sqlite_tables.h"
#include "engine/sqlite_writer.h"
#include "io/db.h"

#include "base/banned.h"

/* Keys and hashes hit pages at random: 64 MiB of them are kept in memory, and the log is
 * folded into the file every 65,536 pages (256 MiB) instead of 1,000, since each folding writes
 * every page touched once more. */
static const char tuning_sql[] =
    "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 65536";

static const char hold_sql[] = "SELECT count(*) FROM models";

static const char take_sql[] =
    "SELECT a.text, r.text, c.finish, c.prompt_tokens, c.cached_tokens, c.answer_tokens,"
    " c.reasoning_tokens, c.wait_ms, c.run_ms FROM calls c JOIN bodies a ON a.id = c.answer"
    " LEFT JOIN bodies r ON r.id = c.reasoning WHERE c.key = ?1";

static const char stats_sql[] =
    "SELECT (SELECT count(*) FROM calls), count(*),"
    " coalesce(sum(length(CAST(text AS BLOB))), 0) FROM bodies";

struct sqlite {
    char *path;
    struct drp_db *db; /* the writer's */
    struct drp_sqlite_writer *writer;
};

/* A connection that reads. In WAL mode it never waits for the writer. */
struct reader {
    const char *path; /* the store's */
    struct drp_db *db;
    struct drp_stmt *hold; /* between its row and its reset all reads are of one moment */
    struct drp_stmt *take;
};

/* ---- opening ---------------------------------------------------------------------------- */

static void close_store(void *self)
{
    struct sqlite *s = self;
    drp_sqlite_writer_free(s->writer);
    free(s->path);
    free(s);
}

static int open_store(const char *path, void **self, struct drp_err *err)
{
    struct sqlite *s = drp_calloc(1, sizeof *s);
    struct drp_db *db = NULL;
    const size_t size = strlen(path) + 1;
    int rc = 0;
    s->path = memcpy(drp_malloc(size), path, size);
    DRP_TRY(rc, drp_db_open(path, false, &db, err));
    DRP_TRY(rc, drp_sqlite_make_tables(db, path, err));
    DRP_TRY(rc, drp_db_exec(db, tuning_sql, err));
    DRP_TRY(rc, drp_db_defer_sync(db, err));
    s->db = db;
    rc = drp_sqlite_writer_new(db, &s->writer, err);
    db = NULL; /* the writer's, whatever happened */
    DRP_TRY(rc, rc);
    *self = s;
    s = NULL;
out:
    drp_db_free(db);
    if (s)
        close_store(s);
    return rc;
}

static int write_batch(void *self, const struct drp_batch *first, struct drp_err *err)
{
    return drp_sqlite_writer_write(((struct sqlite *)self)->writer, first, err);
}

static int sync_log(void *self, struct drp_err *err)
{
    return drp_db_sync(((struct sqlite *)self)->db, err);
}

/* ---- reading ---------------------------------------------------------------------------- */

static void close_reader(void *self)
{
    struct reader *r = self;
    drp_stmt_free(r->hold);
    drp_stmt_free(r->take);
    drp_db_free(r->db);
    free(r);
}

static int open_reader(void *self, void **out, struct drp_err *err)
{
    struct reader *r = drp_calloc(1, sizeof *r);
    int rc = 0;
    r->path = ((struct sqlite *)self)->path;
    DRP_TRY(rc, drp_db_open(r->path, true, &r->db, err));
    DRP_TRY(rc, drp_db_prepare(r->db, hold_sql, &r->hold, err));
    DRP_TRY(rc, drp_db_prepare(r->db, take_sql, &r->take, err));
    *out = r;
    r = NULL;
out:
    if (r)
        close_reader(r);
    return rc;
}

static int take_one(const struct reader *r, struct drp_lookup *l, struct drp_arena *arena,
                    struct drp_err *err)
{
    struct drp_stmt *s = r->take;
    int rc = 0;
    drp_stmt_blob(s, 1, drp_hash_sv(&l->key->hash));
    DRP_TRY(rc, drp_stmt_step(s, err));
    l->found = rc > 0;
    if (!l->found)
        goto out;
    const struct drp_kept kept = {
        .text = drp_stmt_col(s, 0),
        .reasoning = drp_stmt_col(s, 1),
        .finish = drp_stmt_col(s, 2),
        .usage = {.prompt_tokens = (uint32_t)drp_stmt_col_int(s, 3),
                  .cached_tokens = (uint32_t)drp_stmt_col_int(s, 4),
                  .answer_tokens = (uint32_t)drp_stmt_col_int(s, 5),
                  .reasoning_tokens = (uint32_t)drp_stmt_col_int(s, 6),
                  .wait_ms = drp_stmt_col_int(s, 7),
                  .run_ms = drp_stmt_col_int(s, 8)},
    };
    rc = drp_kept_reply(&kept, r->path, l->reply, arena, err);
out:
    drp_stmt_reset(s);
    return rc;
}

/* In one transaction: beginning and ending it costs more than a search. A row that is not read on holds it
 * open; unlike COMMIT, letting go of the row cannot fail. */
static int take(void *self, struct drp_lookup *lookups, size_t n, struct drp_arena *arena,
                struct drp_err *err)
{
    const struct reader *r = self;
    int rc = 0;
    DRP_TRY(rc, drp_stmt_step(r->hold, err));
    for (size_t i = 0; i < n; i++)
        DRP_TRY(rc, take_one(r, &lookups[i], arena, err));
    rc = 0;
out:
    drp_stmt_reset(r->hold);
    return rc;
}

static int get_stats(void *self, struct drp_journal_stats *out, struct drp_err *err)
{
    const struct reader *r = self;
    int rc = 0;
    struct drp_stmt *s = NULL;
    DRP_TRY(rc, drp_db_prepare(r->db, stats_sql, &s, err));
    DRP_TRY(rc, drp_stmt_step(s, err));
    out->calls = (uint64_t)drp_stmt_col_int(s, 0);
    out->bodies = (uint64_t)drp_stmt_col_int(s, 1);
    out->body_bytes = (uint64_t)drp_stmt_col_int(s, 2);
    rc = 0;
out:
    drp_stmt_free(s);
    return rc;
}

const struct drp_store drp_store_sqlite = {
    .n_readers = 4,
    .open = open_store,
    .close = close_store,
    .write = write_batch,
    .sync = sync_log,
    .reader_open = open_reader,
    .reader_close = close_reader,
    .take = take,
    .stats = get_stats,
};
