/* Invariants: ids are given out here, counting on from the largest in each table; that is safe since a transaction
 * holds the write lock from its first statement. What is remembered from earlier transactions (ids of bodies, the
 * largest ids) is forgotten when another process has written, or when one of ours was rolled back. */
#include "engine/sqlite_writer.h"

#include <string.h>

#include "base/base.h"

#include "base/banned.h"

enum stmt_name {
    STMT_CHANGES,
    STMT_LARGEST,
    STMT_FIND_MODEL,
    STMT_ADD_MODEL,
    STMT_FIND_BODY,
    STMT_ADD_BODY,
    STMT_FIND_CALL,
    STMT_ADD_CALL,
    STMT_ADD_SUBJECT,
    N_STMTS,
};

static const char *const stmt_sql[N_STMTS] = {
    [STMT_CHANGES] = "PRAGMA data_version",
    [STMT_LARGEST] = "SELECT coalesce((SELECT max(id) FROM models), 0),"
                     "       coalesce((SELECT max(id) FROM bodies), 0),"
                     "       coalesce((SELECT max(id) FROM calls), 0)",
    [STMT_FIND_MODEL] = "SELECT id FROM models WHERE fingerprint = ?1 AND name = ?2"
                        " AND build = ?3",
    [STMT_ADD_MODEL] = "INSERT INTO models (id, fingerprint, name, build, licence)"
                       " VALUES (?1, ?2, ?3, ?4, ?5)",
    [STMT_FIND_BODY] = "SELECT id, text FROM bodies WHERE hash = ?1",
    [STMT_ADD_BODY] = "INSERT INTO bodies (id, hash, text) VALUES (?1, ?2, ?3)",
    [STMT_FIND_CALL] = "SELECT 1 FROM calls WHERE key = ?1",
    [STMT_ADD_CALL] =
        "INSERT INTO calls (id, key, model, strict, messages, grammar, json_schema, repeat,"
        " temperature, top_p, repeat_penalty, repeat_last_n, seed, max_tokens, think_budget,"
        " stop, answer, reasoning, finish, prompt_tokens, cached_tokens, answer_tokens,"
        " reasoning_tokens, wait_ms, run_ms, created_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
        " ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24,"
        " ?25, ?26)",
    [STMT_ADD_SUBJECT] =
        "INSERT OR IGNORE INTO call_subject (subject, call) VALUES (?1, ?2)",
};

struct remembered {
    struct drp_sha256 hash;
    int64_t id; /* 0: free */
};

struct drp_sqlite_writer {
    struct drp_db *db;
    struct drp_stmt *stmts[N_STMTS];
    int64_t changes; /* data_version when we last looked; -1: forget all */
    int64_t last_model, last_body, last_call; /* largest ids in the tables */
    struct remembered bodies[8192];           /* direct-mapped by hash */
    const struct drp_model_info *model; /* the last one in this transaction; NULL: none yet */
    int64_t model_id;
    struct drp_str text; /* for one JSON column at a time */
};

/* ---- what is remembered ----------------------------------------------------------------- */

static void forget_all(struct drp_sqlite_writer *c)
{
    memset(c->bodies, 0, sizeof c->bodies);
    c->changes = -1;
}

/* First statement of a transaction: makes sure that nobody else wrote since the last
 * one. */
static int look_for_changes(struct drp_sqlite_writer *c, struct drp_err *err)
{
    int rc = 0;
    struct drp_stmt *changes = c->stmts[STMT_CHANGES], *largest = c->stmts[STMT_LARGEST];
    DRP_TRY(rc, drp_stmt_step(changes, err));
    const int64_t now = drp_stmt_col_int(changes, 0);
    if (now != c->changes) {
        forget_all(c);
        DRP_TRY(rc, drp_stmt_step(largest, err));
        c->last_model = drp_stmt_col_int(largest, 0);
        c->last_body = drp_stmt_col_int(largest, 1);
        c->last_call = drp_stmt_col_int(largest, 2);
        c->changes = now;
    }
    rc = 0;
out:
    drp_stmt_reset(changes);
    drp_stmt_reset(largest);
    return rc;
}

/* ---- rows ------------------------------------------------------------------------------- */

/* One step of a query for one number: 1 with `*value`, 0 without a row. */
static int find(struct drp_stmt *s, int64_t *value, struct drp_err *err)
{
    const int rc = drp_stmt_step(s, err);
    if (rc > 0)
        *value = drp_stmt_col_int(s, 0);
    drp_stmt_reset(s);
    return rc;
}

/* Absent text is NULL to SQLite, which no column here allows. */
static struct drp_sv present(struct drp_sv text)
{
    return text.ptr ? text : DRP_SV("");
}

/* Makes `model` that of the calls that follow: c->model_id. */
static int use_model(struct drp_sqlite_writer *c, const struct drp_model_info *model,
                     struct drp_err *err)
{
    int rc = 0;
    int64_t *const id = &c->model_id;
    struct drp_stmt *s = c->stmts[STMT_FIND_MODEL];
    if (model == c->model)
        return 0;
    drp_stmt_blob(s, 1, drp_hash_sv(&model->fingerprint));
    drp_stmt_text(s, 2, present(model->name));
    drp_stmt_text(s, 3, present(model->build));
    DRP_TRY(rc, find(s, id, err));
    if (rc == 0) {
        *id = c->last_model + 1;
        s = c->stmts[STMT_ADD_MODEL];
        drp_stmt_int(s, 1, *id);
        drp_stmt_blob(s, 2, drp_hash_sv(&model->fingerprint));
        drp_stmt_text(s, 3, present(model->name));
        drp_stmt_text(s, 4, present(model->build));
        drp_stmt_text(s, 5, model->licence);
        DRP_TRY(rc, drp_stmt_run(s, err));
        c->last_model = *id;
    }
    c->model = model;
    rc = 0;
out:
    return rc;
}

static int64_t short_hash(const struct drp_sha256 *hash)
{
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof value; i++)
        value = value << 8 | hash->bytes[i];
    return (int64_t)value;
}

/* 1 with `*id` when this very text is there, else 0. */
static int find_body(struct drp_sqlite_writer *c, const struct drp_sha256 *hash,
                     struct drp_sv text, int64_t *id, struct drp_err *err)
{
    int rc = 0;
    struct drp_stmt *s = c->stmts[STMT_FIND_BODY];
    drp_stmt_int(s, 1, short_hash(hash));
    while ((rc = drp_stmt_step(s, err)) > 0 && !drp_sv_eq(drp_stmt_col(s, 1), text))
        ;
    if (rc > 0)
        *id = drp_stmt_col_int(s, 0);
    drp_stmt_reset(s);
    return rc;
}

static int body_id(struct drp_sqlite_writer *c, const struct drp_sha256 *hash,
                   struct drp_sv text, int64_t *id, struct drp_err *err)
{
    int rc = 0;
    const size_t at = ((size_t)hash->bytes[0] << 8 | hash->bytes[1]) % DRP_LEN(c->bodies);
    struct remembered *known = &c->bodies[at];
    if (known->id != 0 && memcmp(&known->hash, hash, sizeof *hash) == 0) {
        *id = known->id;
        return 0;
    }
    DRP_TRY(rc, find_body(c, hash, text, id, err));
    if (rc == 0) {
        *id = c->last_body + 1;
        struct drp_stmt *s = c->stmts[STMT_ADD_BODY];
        drp_stmt_int(s, 1, *id);
        drp_stmt_int(s, 2, short_hash(hash));
        drp_stmt_text(s, 3, present(text));
        DRP_TRY(rc, drp_stmt_run(s, err));
        c->last_body = *id;
    }
    *known = (struct remembered){*hash, *id};
    rc = 0;
out:
    return rc;
}

/* `[["system",1],["user",7]]` into c->text. */
static int add_messages(struct drp_sqlite_writer *c, const struct drp_entry *e,
                        const struct drp_sha256 *hashes, struct drp_err *err)
{
    int rc = 0;
    drp_str_clear(&c->text);
    for (size_t i = 0; i < e->call->n_messages; i++) {
        const struct drp_message *m = &e->call->messages[i];
        int64_t id = 0;
        DRP_TRY(rc, body_id(c, &hashes[i], m->text, &id, err));
        drp_str_addf(&c->text, "%s[\"%s\",%lld]", i > 0 ? "," : "[",
                     drp_role_name(m->role), (long long)id);
    }
    drp_str_addc(&c->text, ']');
out:
    return rc;
}

/* The binds of one row, left to right. */
struct binder {
    struct drp_stmt *stmt;
    int i;
};

static void bind_int(struct binder *b, int64_t value)
{
    drp_stmt_int(b->stmt, ++b->i, value);
}

static void bind_double(struct binder *b, double value)
{
    drp_stmt_double(b->stmt, ++b->i, value);
}

static void bind_text(struct binder *b, struct drp_sv text)
{
    drp_stmt_text(b->stmt, ++b->i, text);
}

/* An id, 0 standing for NULL. */
static void bind_ref(struct binder *b, int64_t id)
{
    if (id != 0)
        bind_int(b, id);
    else
        bind_text(b, (struct drp_sv){NULL, 0});
}

static void bind_sampling(struct binder *b, const struct drp_sampling *s)
{
    bind_double(b, s->temperature);
    bind_double(b, s->top_p);
    bind_double(b, s->repeat_penalty);
    bind_int(b, s->repeat_last_n);
    bind_int(b, (int64_t)s->seed);
    bind_int(b, s->max_tokens);
    bind_int(b, s->think_budget);
}

static void bind_usage(struct binder *b, const struct drp_usage *u)
{
    bind_int(b, u->prompt_tokens);
    bind_int(b, u->cached_tokens);
    bind_int(b, u->answer_tokens);
    bind_int(b, u->reasoning_tokens);
    bind_int(b, u->wait_ms);
    bind_int(b, u->run_ms);
}

static int add_call(struct drp_sqlite_writer *c, const struct drp_entry *e,
                    const struct drp_sha256 *hashes, int64_t created_ms,
                    struct drp_err *err)
{
    int rc = 0;
    int64_t other[DRP_N_OTHER_TEXTS] = {0};
    struct drp_str stop;
    drp_str_init(&stop, (size_t)1 << 20);
    DRP_TRY(rc, add_messages(c, e, hashes, err));
    for (size_t i = 0; i < DRP_N_OTHER_TEXTS; i++) {
        const struct drp_sv text = drp_entry_other(e, (enum drp_other_text)i);
        if (text.ptr)
            DRP_TRY(rc, body_id(c, &hashes[e->call->n_messages + i], text, &other[i], err));
    }

    struct binder b = {c->stmts[STMT_ADD_CALL], 0};
    bind_int(&b, c->last_call + 1);
    drp_stmt_blob(b.stmt, ++b.i, drp_hash_sv(&e->key.hash));
    bind_int(&b, c->model_id);
    bind_int(&b, e->strict);
    bind_text(&b, drp_str_sv(&c->text));
    bind_ref(&b, other[DRP_TEXT_GRAMMAR]);
    bind_ref(&b, other[DRP_TEXT_SCHEMA]);
    bind_int(&b, e->call->repeat);
    bind_sampling(&b, &e->call->sampling);
    bind_text(&b, drp_stop_list(&e->call->sampling, &stop));
    bind_ref(&b, other[DRP_TEXT_ANSWER]);
    bind_ref(&b, other[DRP_TEXT_REASONING]);
    bind_text(&b, drp_sv_from(drp_finish_name(e->reply->finish)));
    bind_usage(&b, &e->reply->usage);
    bind_int(&b, created_ms);
    DRP_TRY(rc, drp_stmt_run(b.stmt, err));
    c->last_call++;
out:
    drp_str_release(&stop);
    return rc;
}

static int add_subjects(struct drp_sqlite_writer *c, const struct drp_call *call,
                        struct drp_err *err)
{
    int rc = 0;
    struct drp_stmt *s = c->stmts[STMT_ADD_SUBJECT];
    for (size_t i = 0; i < call->n_subjects && rc == 0; i++) {
        drp_stmt_int(s, 1, (int64_t)call->subjects[i]);
        drp_stmt_int(s, 2, c->last_call);
        rc = drp_stmt_run(s, err);
    }
    return rc;
}

static int add_batch(struct drp_sqlite_writer *c, const struct drp_batch *p,
                     struct drp_err *err)
{
    int rc = 0;
    const struct drp_sha256 *hashes = p->hashes;
    for (size_t i = 0; i < p->n; i++) {
        const struct drp_entry *e = &p->entries[i];
        int64_t there = 0;
        DRP_TRY(rc, use_model(c, e->model, err));
        drp_stmt_blob(c->stmts[STMT_FIND_CALL], 1, drp_hash_sv(&e->key.hash));
        DRP_TRY(rc, find(c->stmts[STMT_FIND_CALL], &there, err));
        if (!there) { /* else another process was faster: its answer stays */
            DRP_TRY(rc, add_call(c, e, hashes, p->created_ms, err));
            DRP_TRY(rc, add_subjects(c, e->call, err));
        }
        hashes += drp_entry_n_texts(e);
    }
    rc = 0;
out:
    return rc;
}

/* A full disk may have ended the transaction already; then this fails, and the first
 * error is the one to tell. */
static void roll_back(struct drp_db *db)
{
    const int rc = drp_db_exec(db, "ROLLBACK", NULL);
    (void)rc;
}

int drp_sqlite_writer_write(struct drp_sqlite_writer *c, const struct drp_batch *first,
                            struct drp_err *err)
{
    int rc = 0;
    bool open = false;
    DRP_TRY(rc, drp_db_exec(c->db, "BEGIN IMMEDIATE", err));
    open = true;
    c->model = NULL;
    DRP_TRY(rc, look_for_changes(c, err));
    for (const struct drp_batch *p = first; p; p = p->next)
        DRP_TRY(rc, add_batch(c, p, err));
    DRP_TRY(rc, drp_db_exec(c->db, "COMMIT", err));
out:
    if (rc < 0) {
        forget_all(c);
        if (open)
            roll_back(c->db);
    }
    return rc;
}

int drp_sqlite_writer_new(struct drp_db *db, struct drp_sqlite_writer **out,
                          struct drp_err *err)
{
    struct drp_sqlite_writer *c = drp_calloc(1, sizeof *c);
    int rc = 0;
    c->db = db;
    c->changes = -1;
    drp_str_init(&c->text, (size_t)16 << 20);
    for (size_t i = 0; i < N_STMTS; i++)
        DRP_TRY(rc, drp_db_prepare(db, stmt_sql[i], &c->stmts[i], err));
    *out = c;
    c = NULL;
out:
    drp_sqlite_writer_free(c);
    return rc;
}

void drp_sqlite_writer_free(struct drp_sqlite_writer *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < N_STMTS; i++)
        drp_stmt_free(c->stmts[i]);
    drp_db_free(c->db);
    drp_str_release(&c->text);
    free(c);
}
