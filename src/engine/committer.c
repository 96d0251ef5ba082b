/* Invariants: only the committer's thread touches the connection, the statements and the
 * caches. Ids are given out here, counting on from the largest in each table; that is
 * safe since a transaction holds the write lock from its first statement. What is
 * remembered from earlier transactions (ids of bodies, the largest ids) is
 * forgotten when another process has written, or when one of ours was rolled back. */
#include "engine/committer.h"

#include <string.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/thread.h"
#include "io/json.h"

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

static const char *const role_names[] = {
    [DRP_ROLE_SYSTEM] = "system",
    [DRP_ROLE_USER] = "user",
    [DRP_ROLE_ASSISTANT] = "assistant",
};

/* One put_many() that waits, on its caller's stack. */
struct put {
    const struct drp_entry *entries;
    size_t n;
    const struct drp_sha256 *hashes; /* of all bodies, in the order of adding */
    int64_t created_ms;
    int rc;
    bool done;
    struct drp_cond finished;
    struct drp_err err;
    struct put *next;
};

struct remembered {
    struct drp_sha256 hash;
    int64_t id; /* 0: free */
};

struct drp_committer {
    struct drp_db *db;
    struct drp_stmt *stmts[N_STMTS];
    int64_t changes; /* data_version when we last looked; -1: forget all */
    int64_t last_model, last_body, last_call; /* largest ids in the tables */
    struct remembered bodies[8192];           /* direct-mapped by hash */
    struct drp_str text;                      /* for one JSON column at a time */

    struct drp_thread thread;
    bool is_running;
    struct drp_mutex lock; /* guards what follows */
    struct drp_cond work;
    struct put *first, **end;
    size_t n_waiting;  /* puts in the list                                    */
    size_t n_expected; /* putters seen around the last transaction            */
    bool closing;
};

/* ---- what is remembered ----------------------------------------------------------------- */

static void forget_all(struct drp_committer *c)
{
    memset(c->bodies, 0, sizeof c->bodies);
    c->changes = -1;
}

/* First statement of a transaction: makes sure that nobody else wrote since the last
 * one. */
static int look_for_changes(struct drp_committer *c, struct drp_err *err)
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

static struct drp_sv hash_sv(const struct drp_sha256 *hash)
{
    return (struct drp_sv){(const char *)hash->bytes, sizeof hash->bytes};
}

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

static int model_id(struct drp_committer *c, const struct drp_model_info *model,
                    int64_t *id, struct drp_err *err)
{
    int rc = 0;
    struct drp_stmt *s = c->stmts[STMT_FIND_MODEL];
    drp_stmt_blob(s, 1, hash_sv(&model->fingerprint));
    drp_stmt_text(s, 2, present(model->name));
    drp_stmt_text(s, 3, present(model->build));
    DRP_TRY(rc, find(s, id, err));
    if (rc == 0) {
        *id = c->last_model + 1;
        s = c->stmts[STMT_ADD_MODEL];
        drp_stmt_int(s, 1, *id);
        drp_stmt_blob(s, 2, hash_sv(&model->fingerprint));
        drp_stmt_text(s, 3, present(model->name));
        drp_stmt_text(s, 4, present(model->build));
        drp_stmt_text(s, 5, model->licence);
        DRP_TRY(rc, drp_stmt_run(s, err));
        c->last_model = *id;
    }
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
static int find_body(struct drp_committer *c, const struct drp_sha256 *hash,
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

static int body_id(struct drp_committer *c, const struct drp_sha256 *hash,
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

/* The texts of an entry in a fixed order: its messages, then these four. Empty ones of
 * the four are NULL. */
enum { BODY_ANSWER, BODY_REASONING, BODY_GRAMMAR, BODY_SCHEMA, N_OTHER_BODIES };

static struct drp_sv other_body(const struct drp_entry *e, int which)
{
    static const struct drp_grammar none = {0};
    const struct drp_grammar *g = e->call->grammar ? e->call->grammar : &none;
    const struct drp_sv texts[N_OTHER_BODIES] = {
        [BODY_ANSWER] = e->reply->text,
        [BODY_REASONING] = e->reply->reasoning,
        [BODY_GRAMMAR] = g->gbnf,
        [BODY_SCHEMA] = g->json_schema,
    };
    return texts[which];
}

static bool is_stored(const struct drp_entry *e, int which)
{
    return which == BODY_ANSWER || other_body(e, which).len > 0;
}

static size_t n_bodies(const struct drp_entry *e)
{
    return e->call->n_messages + N_OTHER_BODIES;
}

/* `[["system",1],["user",7]]` into c->text. */
static int add_messages(struct drp_committer *c, const struct drp_entry *e,
                        const struct drp_sha256 *hashes, struct drp_err *err)
{
    int rc = 0;
    drp_str_clear(&c->text);
    for (size_t i = 0; i < e->call->n_messages; i++) {
        const struct drp_message *m = &e->call->messages[i];
        int64_t id = 0;
        DRP_TRY(rc, body_id(c, &hashes[i], m->text, &id, err));
        drp_str_addf(&c->text, "%s[\"%s\",%lld]", i > 0 ? "," : "[", role_names[m->role],
                     (long long)id);
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

/* A JSON list of the stop strings into `out`; absent without any. */
static struct drp_sv stop_list(const struct drp_sampling *s, struct drp_str *out)
{
    struct drp_jw w;
    if (s->n_stop == 0)
        return (struct drp_sv){NULL, 0};
    drp_jw_init(&w, out, 0);
    drp_jw_arr(&w);
    for (size_t i = 0; i < s->n_stop; i++)
        drp_jw_str(&w, s->stop[i]);
    drp_jw_arr_end(&w);
    return drp_str_sv(out);
}

static int add_call(struct drp_committer *c, const struct drp_entry *e, int64_t model,
                    const struct drp_sha256 *hashes, int64_t created_ms,
                    struct drp_err *err)
{
    int rc = 0;
    int64_t other[N_OTHER_BODIES] = {0};
    struct drp_str stop;
    drp_str_init(&stop, (size_t)1 << 20);
    DRP_TRY(rc, add_messages(c, e, hashes, err));
    for (int i = 0; i < N_OTHER_BODIES; i++)
        if (is_stored(e, i))
            DRP_TRY(rc, body_id(c, &hashes[e->call->n_messages + (size_t)i],
                                other_body(e, i), &other[i], err));

    struct binder b = {c->stmts[STMT_ADD_CALL], 0};
    bind_int(&b, c->last_call + 1);
    drp_stmt_blob(b.stmt, ++b.i, hash_sv(&e->key.hash));
    bind_int(&b, model);
    bind_int(&b, e->strict);
    bind_text(&b, drp_str_sv(&c->text));
    bind_ref(&b, other[BODY_GRAMMAR]);
    bind_ref(&b, other[BODY_SCHEMA]);
    bind_int(&b, e->call->repeat);
    bind_sampling(&b, &e->call->sampling);
    bind_text(&b, stop_list(&e->call->sampling, &stop));
    bind_ref(&b, other[BODY_ANSWER]);
    bind_ref(&b, other[BODY_REASONING]);
    bind_text(&b, drp_sv_from(drp_finish_name(e->reply->finish)));
    bind_usage(&b, &e->reply->usage);
    bind_int(&b, created_ms);
    DRP_TRY(rc, drp_stmt_run(b.stmt, err));
    c->last_call++;
out:
    drp_str_release(&stop);
    return rc;
}

static int add_subjects(struct drp_committer *c, const struct drp_call *call,
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

static int add_put(struct drp_committer *c, const struct put *p, struct drp_err *err)
{
    int rc = 0;
    const struct drp_sha256 *hashes = p->hashes;
    int64_t model = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct drp_entry *e = &p->entries[i];
        int64_t there = 0;
        if (i == 0 || e->model != e[-1].model)
            DRP_TRY(rc, model_id(c, e->model, &model, err));
        drp_stmt_blob(c->stmts[STMT_FIND_CALL], 1, hash_sv(&e->key.hash));
        DRP_TRY(rc, find(c->stmts[STMT_FIND_CALL], &there, err));
        if (!there) { /* else another process was faster: its answer stays */
            DRP_TRY(rc, add_call(c, e, model, hashes, p->created_ms, err));
            DRP_TRY(rc, add_subjects(c, e->call, err));
        }
        hashes += n_bodies(e);
    }
    rc = 0;
out:
    return rc;
}

/* ---- the thread ------------------------------------------------------------------------- */

/* A full disk may have ended the transaction already; then this fails, and the first
 * error is the one to tell. */
static void roll_back(struct drp_db *db)
{
    const int rc = drp_db_exec(db, "ROLLBACK", NULL);
    (void)rc;
}

static int commit(struct drp_committer *c, const struct put *puts, struct drp_err *err)
{
    int rc = 0;
    bool open = false;
    DRP_TRY(rc, drp_db_exec(c->db, "BEGIN IMMEDIATE", err));
    open = true;
    DRP_TRY(rc, look_for_changes(c, err));
    for (const struct put *p = puts; p; p = p->next)
        DRP_TRY(rc, add_put(c, p, err));
    DRP_TRY(rc, drp_db_exec(c->db, "COMMIT", err));
out:
    if (rc < 0) {
        forget_all(c);
        if (open)
            roll_back(c->db);
    }
    return rc;
}

/* The next group. Those who were just served are back in a moment if they are busy: waiting up to a
 * millisecond for them is cheap beside a sync of the disk, and doubles the group. */
static struct put *wait_for_work(struct drp_committer *c)
{
    drp_mutex_lock(&c->lock);
    while (!c->first && !c->closing)
        drp_cond_wait(&c->work, &c->lock);
    const int64_t end_ms = drp_clock_ms() + 1;
    bool in_time = true;
    while (c->n_waiting < c->n_expected && !c->closing && in_time)
        in_time = drp_cond_wait_until(&c->work, &c->lock, end_ms);
    struct put *puts = c->first;
    c->n_expected = c->n_waiting;
    c->n_waiting = 0;
    c->first = NULL;
    c->end = &c->first;
    drp_mutex_unlock(&c->lock);
    return puts;
}

static void run(void *ctx)
{
    struct drp_committer *c = ctx;
    for (struct put *puts = wait_for_work(c); puts; puts = wait_for_work(c)) {
        struct drp_err err = {0};
        const int rc = commit(c, puts, &err);
        drp_mutex_lock(&c->lock);
        c->n_expected += c->n_waiting;
        while (puts) {
            struct put *next = puts->next; /* its owner may go on as soon as it is done */
            puts->rc = rc;
            puts->err = err;
            puts->done = true;
            drp_cond_signal(&puts->finished);
            puts = next;
        }
        drp_mutex_unlock(&c->lock);
    }
}

int drp_committer_new(struct drp_db *db, struct drp_committer **out, struct drp_err *err)
{
    int rc = 0;
    struct drp_committer *c = drp_calloc(1, sizeof *c);
    c->db = db;
    c->end = &c->first;
    c->changes = -1;
    drp_str_init(&c->text, (size_t)16 << 20);
    drp_mutex_init(&c->lock);
    drp_cond_init(&c->work);
    for (size_t i = 0; i < N_STMTS; i++)
        DRP_TRY(rc, drp_db_prepare(db, stmt_sql[i], &c->stmts[i], err));
    DRP_TRY(rc, drp_thread_start(&c->thread, run, c, 0, err));
    c->is_running = true;
    *out = c;
    c = NULL;
out:
    drp_committer_free(c);
    return rc;
}

void drp_committer_free(struct drp_committer *c)
{
    if (!c)
        return;
    drp_mutex_lock(&c->lock);
    c->closing = true;
    drp_cond_signal(&c->work);
    drp_mutex_unlock(&c->lock);
    if (c->is_running)
        drp_thread_join(&c->thread);
    for (size_t i = 0; i < N_STMTS; i++)
        drp_stmt_free(c->stmts[i]);
    drp_db_free(c->db);
    drp_str_release(&c->text);
    drp_cond_release(&c->work);
    drp_mutex_release(&c->lock);
    free(c);
}

/* Hashes on the caller's thread: the committer has enough to do. */
static struct drp_sha256 *hash_bodies(const struct drp_entry *entries, size_t n)
{
    size_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += n_bodies(&entries[i]);
    struct drp_sha256 *const hashes = drp_calloc(total, sizeof *hashes);
    struct drp_sha256 *h = hashes;
    for (size_t i = 0; i < n; i++) {
        const struct drp_entry *e = &entries[i];
        for (size_t k = 0; k < e->call->n_messages; k++)
            *h++ = drp_sha256(e->call->messages[k].text);
        for (int k = 0; k < N_OTHER_BODIES; k++, h++)
            if (is_stored(e, k))
                *h = drp_sha256(other_body(e, k));
    }
    return hashes;
}

int drp_committer_put(struct drp_committer *c, const struct drp_entry *entries, size_t n,
                      struct drp_err *err)
{
    struct drp_sha256 *hashes = hash_bodies(entries, n);
    struct put p = {
        .entries = entries, .n = n, .hashes = hashes, .created_ms = drp_clock_wall_ms()};
    drp_cond_init(&p.finished);
    drp_mutex_lock(&c->lock);
    *c->end = &p;
    c->end = &p.next;
    c->n_waiting++;
    if (c->n_waiting == 1 || c->n_waiting >= c->n_expected)
        drp_cond_signal(&c->work);
    while (!p.done)
        drp_cond_wait(&p.finished, &c->lock);
    drp_mutex_unlock(&c->lock);
    drp_cond_release(&p.finished);
    free(hashes);
    if (p.rc < 0 && err)
        *err = p.err;
    return p.rc;
}
