/* Many processes write at once. A transaction takes rows in one order (models, texts by hash, calls by key), so that
 * two never wait for each other in a circle; it sends whole columns, so that it takes a handful of round trips
 * however many entries wait; and it sends only those texts that are not there. Doing it twice does no harm. */
#include "engine/pg_writer.h"

#include <string.h>

#include "base/base.h"
#include "base/log.h"
#include "base/utf8.h"

#include "base/banned.h"

/* One entry to write. */
struct item {
    const struct drp_entry *entry;
    const struct drp_sha256 *hashes; /* of its texts */
    int64_t created_ms, model, id;   /* id 0: somebody else wrote it */
    size_t nth;                      /* among those that came */
    bool is_there;
};

/* One text of entries to write. */
struct text {
    const struct drp_sha256 *hash;
    struct drp_sv text;
    int64_t id; /* 0: not known yet */
};

struct load {
    const struct drp_batch *first;
    struct item *items; /* (n) by key */
    size_t n;
    struct text *texts; /* (n_texts) by hash, each once */
    size_t n_texts;
};

/* An answer counts when it is on the server's disk, whatever the server's default is. The lock keeps out those who
 * delete texts. */
static const char begin_sql[] = "SELECT set_config('synchronous_commit', 'on', true)"
                                " WHERE current_setting('synchronous_commit') = 'off';"
                                "LOCK TABLE bodies IN ROW EXCLUSIVE MODE";

static const char add_calls_sql[] =
    "INSERT INTO calls (key, model, strict, messages, grammar, json_schema, repeat,"
    " temperature, top_p, repeat_penalty, repeat_last_n, seed, max_tokens, think_budget,"
    " stop, answer, reasoning, finish, prompt_tokens, cached_tokens, answer_tokens,"
    " reasoning_tokens, wait_ms, run_ms, created_ms)"
    " SELECT key, model, strict, messages::jsonb, grammar, json_schema, repeat,"
    " temperature, top_p, repeat_penalty, repeat_last_n, seed, max_tokens, think_budget,"
    " stop, answer, reasoning, finish, prompt_tokens, cached_tokens, answer_tokens,"
    " reasoning_tokens, wait_ms, run_ms, created_ms"
    " FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,"
    " $18, $19, $20, $21, $22, $23, $24, $25) AS t (key, model, strict, messages, grammar,"
    " json_schema, repeat, temperature, top_p, repeat_penalty, repeat_last_n, seed, max_tokens,"
    " think_budget, stop, answer, reasoning, finish, prompt_tokens, cached_tokens,"
    " answer_tokens, reasoning_tokens, wait_ms, run_ms, created_ms) ORDER BY key"
    " ON CONFLICT (key) DO NOTHING RETURNING key, id";

/* Their types, in the same order: i integer, d double, t text, b bytes. */
static const char call_types[] = "biitiiiddd"
                                 "iiiitiit"
                                 "iiiiiii";
enum { N_CALL_COLUMNS = sizeof call_types - 1 };

/* ---- what is to be written ---------------------------------------------------------------- */

static int compare_hashes(const struct drp_sha256 *a, const struct drp_sha256 *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

static int compare_items(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    const int by_key = compare_hashes(&x->entry->key.hash, &y->entry->key.hash);
    return by_key != 0 ? by_key : (x->nth > y->nth) - (x->nth < y->nth);
}

static int compare_texts(const void *a, const void *b)
{
    return compare_hashes(((const struct text *)a)->hash, ((const struct text *)b)->hash);
}

/* Items by key; of equal keys the first that came is written. */
static void collect_items(struct load *l)
{
    for (const struct drp_batch *b = l->first; b; b = b->next)
        l->n += b->n;
    l->items = drp_calloc(l->n, sizeof *l->items);
    size_t nth = 0;
    for (const struct drp_batch *b = l->first; b; b = b->next) {
        const struct drp_sha256 *hashes = b->hashes;
        for (size_t i = 0; i < b->n; i++, nth++) {
            l->items[nth] = (struct item){.entry = &b->entries[i],
                                          .hashes = hashes,
                                          .created_ms = b->created_ms,
                                          .nth = nth};
            hashes += drp_entry_n_texts(&b->entries[i]);
        }
    }
    qsort(l->items, l->n, sizeof *l->items, compare_items);
    for (size_t i = 1; i < l->n; i++)
        l->items[i].is_there = compare_hashes(&l->items[i].entry->key.hash,
                                              &l->items[i - 1].entry->key.hash) == 0;
}

static void collect_texts(struct load *l)
{
    size_t n = 0, n_unique = 0;
    for (size_t i = 0; i < l->n; i++)
        n += l->items[i].is_there ? 0 : drp_entry_n_texts(l->items[i].entry);
    l->texts = drp_calloc(n, sizeof *l->texts);
    n = 0;
    for (size_t i = 0; i < l->n; i++) {
        const struct item *it = &l->items[i];
        for (size_t k = 0; !it->is_there && k < drp_entry_n_texts(it->entry); k++) {
            const struct drp_sv text = drp_entry_text(it->entry, k);
            if (text.ptr)
                l->texts[n++] = (struct text){&it->hashes[k], text, 0};
        }
    }
    if (n > 0)
        qsort(l->texts, n, sizeof *l->texts, compare_texts);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || compare_texts(&l->texts[i], &l->texts[n_unique - 1]) != 0)
            l->texts[n_unique++] = l->texts[i];
    l->n_texts = n_unique;
}

static struct item *find_item(const struct load *l, struct drp_sv key)
{
    for (size_t low = 0, high = l->n; low < high;) {
        const size_t mid = low + (high - low) / 2;
        const int c = drp_sv_cmp(key, drp_hash_sv(&l->items[mid].entry->key.hash));
        if (c == 0 && (mid == 0 || !l->items[mid].is_there))
            return &l->items[mid];
        if (c > 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

static struct text *find_text(const struct load *l, struct drp_sv hash)
{
    for (size_t low = 0, high = l->n_texts; low < high;) {
        const size_t mid = low + (high - low) / 2;
        const int c = drp_sv_cmp(hash, drp_hash_sv(l->texts[mid].hash));
        if (c == 0)
            return &l->texts[mid];
        if (c > 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* 0 for a text that is not stored. */
static int64_t text_id(const struct load *l, const struct item *it, size_t i)
{
    if (!drp_entry_text(it->entry, i).ptr)
        return 0;
    return find_text(l, drp_hash_sv(&it->hashes[i]))->id;
}

/* ---- steps of a transaction --------------------------------------------------------------- */

static int find_calls(struct drp_pg *pg, const struct load *l, struct drp_err *err)
{
    struct drp_pg_column keys;
    struct drp_pg_rows *rows = NULL;
    int rc = 0;
    drp_pg_column_init(&keys, DRP_PG_BYTES);
    for (size_t i = 0; i < l->n; i++)
        drp_pg_column_add(&keys, drp_hash_sv(&l->items[i].entry->key.hash));
    const struct drp_pg_arg arg = drp_pg_column_arg(&keys);
    DRP_TRY(rc, drp_pg_query(pg, "SELECT key FROM calls WHERE key = ANY ($1)", &arg, 1,
                             &rows, err));
    for (size_t i = 0; i < drp_pg_n_rows(rows); i++) {
        struct item *it = find_item(l, drp_pg_get(rows, i, 0));
        if (it)
            it->is_there = true;
    }
out:
    drp_pg_rows_free(rows);
    drp_pg_column_release(&keys);
    return rc;
}

/* A name as PostgreSQL takes it. */
static struct drp_pg_arg name_arg(struct drp_sv name, struct drp_str *clean)
{
    drp_str_init(clean, 1 << 16);
    drp_log_add_printable(clean, name);
    return drp_pg_text(drp_str_sv(clean));
}

static int find_model(struct drp_pg *pg, const struct drp_pg_arg *args, int64_t *id,
                      struct drp_err *err)
{
    struct drp_pg_rows *rows = NULL;
    const int rc = drp_pg_query(
        pg, "SELECT id FROM models WHERE fingerprint = $1 AND name = $2 AND build = $3",
        args, 3, &rows, err);
    if (rc == 0 && drp_pg_n_rows(rows) > 0)
        *id = drp_pg_get_int(rows, 0, 0);
    drp_pg_rows_free(rows);
    return rc;
}

static int model_id(struct drp_pg *pg, const struct drp_model_info *model, int64_t *id,
                    struct drp_err *err)
{
    struct drp_str clean[3];
    const struct drp_pg_arg args[] = {
        drp_pg_bytes(drp_hash_sv(&model->fingerprint)),
        name_arg(model->name, &clean[0]),
        name_arg(model->build, &clean[1]),
        name_arg(model->licence, &clean[2]),
    };
    int rc = 0;
    *id = 0;
    DRP_TRY(rc, find_model(pg, args, id, err));
    if (*id == 0) {
        DRP_TRY(rc, drp_pg_query(pg,
                                 "INSERT INTO models (fingerprint, name, build, licence)"
                                 " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                                 args, DRP_LEN(args), NULL, err));
        DRP_TRY(rc, find_model(pg, args, id, err));
    }
out:
    for (size_t i = 0; i < DRP_LEN(clean); i++)
        drp_str_release(&clean[i]);
    return rc;
}

static int find_models(struct drp_pg *pg, struct load *l, struct drp_err *err)
{
    const struct drp_model_info *last = NULL;
    int64_t id = 0;
    int rc = 0;
    for (size_t i = 0; i < l->n && rc == 0; i++) {
        if (l->items[i].entry->model != last)
            rc = model_id(pg, l->items[i].entry->model, &id, err);
        last = l->items[i].entry->model;
        l->items[i].model = id;
    }
    return rc;
}

/* Asks for the ids of texts that are not known yet; the number that stays unknown. */
static int find_texts(struct drp_pg *pg, const struct load *l, size_t *n_unknown,
                      struct drp_err *err)
{
    struct drp_pg_column hashes;
    struct drp_pg_rows *rows = NULL;
    int rc = 0;
    drp_pg_column_init(&hashes, DRP_PG_BYTES);
    for (size_t i = 0; i < l->n_texts; i++)
        if (l->texts[i].id == 0)
            drp_pg_column_add(&hashes, drp_hash_sv(l->texts[i].hash));
    const struct drp_pg_arg arg = drp_pg_column_arg(&hashes);
    *n_unknown = hashes.n;
    if (hashes.n > 0) {
        DRP_TRY(rc, drp_pg_query(pg, "SELECT hash, id FROM bodies WHERE hash = ANY ($1)",
                                 &arg, 1, &rows, err));
        for (size_t i = 0; i < drp_pg_n_rows(rows); i++)
            find_text(l, drp_pg_get(rows, i, 0))->id = drp_pg_get_int(rows, i, 1);
        *n_unknown -= drp_pg_n_rows(rows);
    }
out:
    drp_pg_rows_free(rows);
    drp_pg_column_release(&hashes);
    return rc;
}

static bool is_storable(struct drp_sv text)
{
    return drp_utf8_invalid(text) == SIZE_MAX &&
           (text.len == 0 || !memchr(text.ptr, '\0', text.len));
}

static int add_texts(struct drp_pg *pg, const struct load *l, struct drp_err *err)
{
    static const struct drp_sv absent = {NULL, 0};
    struct drp_pg_column columns[3];
    struct drp_pg_arg args[3];
    drp_pg_column_init(&columns[0], DRP_PG_BYTES);
    drp_pg_column_init(&columns[1], DRP_PG_TEXT);
    drp_pg_column_init(&columns[2], DRP_PG_BYTES);
    for (size_t i = 0; i < l->n_texts; i++) {
        const struct text *t = &l->texts[i];
        if (t->id != 0)
            continue;
        const bool is_text = is_storable(t->text);
        drp_pg_column_add(&columns[0], drp_hash_sv(t->hash));
        drp_pg_column_add(&columns[1], is_text ? t->text : absent);
        drp_pg_column_add(&columns[2], is_text ? absent : t->text);
    }
    for (size_t i = 0; i < 3; i++)
        args[i] = drp_pg_column_arg(&columns[i]);
    const int rc = drp_pg_query(pg,
                                "INSERT INTO bodies (hash, text, bytes)"
                                " SELECT * FROM unnest($1, $2, $3) AS t (hash, text, bytes)"
                                " ORDER BY hash ON CONFLICT (hash) DO NOTHING",
                                args, 3, NULL, err);
    for (size_t i = 0; i < 3; i++)
        drp_pg_column_release(&columns[i]);
    return rc;
}

static int store_texts(struct drp_pg *pg, const struct load *l, struct drp_err *err)
{
    size_t n_unknown;
    int rc = 0;
    DRP_TRY(rc, find_texts(pg, l, &n_unknown, err));
    if (n_unknown == 0)
        goto out;
    DRP_TRY(rc, add_texts(pg, l, err));
    DRP_TRY(rc, find_texts(pg, l, &n_unknown,
                           err)); /* ours, and those another was faster with */
    if (n_unknown > 0)
        rc = drp_fail(err, DRP_EDB, "texts vanish from journal '%s' while they are written",
                      drp_pg_name(pg));
out:
    return rc;
}

/* The columns of calls, filled from left to right. */
struct filler {
    struct drp_pg_column columns[N_CALL_COLUMNS];
    size_t next;
};

static void fill_int(struct filler *f, int64_t value)
{
    drp_pg_column_int(&f->columns[f->next++], value);
}

static void fill_double(struct filler *f, double value)
{
    drp_pg_column_double(&f->columns[f->next++], value);
}

static void fill_sv(struct filler *f, struct drp_sv sv)
{
    drp_pg_column_add(&f->columns[f->next++], sv);
}

static void fill_ref(struct filler *f, int64_t id)
{
    if (id != 0)
        fill_int(f, id);
    else
        fill_sv(f, (struct drp_sv){NULL, 0});
}

static void fill_sampling(struct filler *f, const struct drp_sampling *s)
{
    struct drp_str stop;
    drp_str_init(&stop, (size_t)1 << 20);
    fill_double(f, s->temperature);
    fill_double(f, s->top_p);
    fill_double(f, s->repeat_penalty);
    fill_int(f, s->repeat_last_n);
    fill_int(f, (int64_t)s->seed);
    fill_int(f, s->max_tokens);
    fill_int(f, s->think_budget);
    fill_sv(f, drp_stop_list(s, &stop));
    drp_str_release(&stop);
}

static void fill_usage(struct filler *f, const struct drp_usage *u)
{
    fill_int(f, u->prompt_tokens);
    fill_int(f, u->cached_tokens);
    fill_int(f, u->answer_tokens);
    fill_int(f, u->reasoning_tokens);
    fill_int(f, u->wait_ms);
    fill_int(f, u->run_ms);
}

static void fill_messages(struct filler *f, const struct load *l, const struct item *it)
{
    const struct drp_call *call = it->entry->call;
    struct drp_str text;
    drp_str_init(&text, (size_t)16 << 20);
    for (size_t i = 0; i < call->n_messages; i++)
        drp_str_addf(&text, "%s[\"%s\",%lld]", i > 0 ? "," : "[",
                     drp_role_name(call->messages[i].role), (long long)text_id(l, it, i));
    drp_str_addz(&text, call->n_messages > 0 ? "]" : "[]");
    fill_sv(f, drp_str_sv(&text));
    drp_str_release(&text);
}

static void fill_call(struct filler *f, const struct load *l, const struct item *it)
{
    const struct drp_entry *e = it->entry;
    const size_t n = e->call->n_messages;
    f->next = 0;
    fill_sv(f, drp_hash_sv(&e->key.hash));
    fill_int(f, it->model);
    fill_int(f, e->strict);
    fill_messages(f, l, it);
    fill_ref(f, text_id(l, it, n + DRP_TEXT_GRAMMAR));
    fill_ref(f, text_id(l, it, n + DRP_TEXT_SCHEMA));
    fill_int(f, e->call->repeat);
    fill_sampling(f, &e->call->sampling);
    fill_ref(f, text_id(l, it, n + DRP_TEXT_ANSWER));
    fill_ref(f, text_id(l, it, n + DRP_TEXT_REASONING));
    fill_sv(f, drp_sv_from(drp_finish_name(e->reply->finish)));
    fill_usage(f, &e->reply->usage);
    fill_int(f, it->created_ms);
}

static enum drp_pg_type type_of(char letter)
{
    return letter == 'i'   ? DRP_PG_INT
           : letter == 'd' ? DRP_PG_DOUBLE
           : letter == 't' ? DRP_PG_TEXT
                           : DRP_PG_BYTES;
}

static int add_calls(struct drp_pg *pg, const struct load *l, struct drp_err *err)
{
    struct filler f;
    struct drp_pg_arg args[N_CALL_COLUMNS];
    struct drp_pg_rows *rows = NULL;
    int rc = 0;
    for (size_t i = 0; i < N_CALL_COLUMNS; i++)
        drp_pg_column_init(&f.columns[i], type_of(call_types[i]));
    for (size_t i = 0; i < l->n; i++)
        if (!l->items[i].is_there)
            fill_call(&f, l, &l->items[i]);
    for (size_t i = 0; i < N_CALL_COLUMNS; i++)
        args[i] = drp_pg_column_arg(&f.columns[i]);
    DRP_TRY(rc, drp_pg_query(pg, add_calls_sql, args, N_CALL_COLUMNS, &rows, err));
    for (size_t i = 0; i < drp_pg_n_rows(rows); i++)
        find_item(l, drp_pg_get(rows, i, 0))->id = drp_pg_get_int(rows, i, 1);
out:
    drp_pg_rows_free(rows);
    for (size_t i = 0; i < N_CALL_COLUMNS; i++)
        drp_pg_column_release(&f.columns[i]);
    return rc;
}

static int add_subjects(struct drp_pg *pg, const struct load *l, struct drp_err *err)
{
    struct drp_pg_column subjects, calls;
    int rc = 0;
    drp_pg_column_init(&subjects, DRP_PG_INT);
    drp_pg_column_init(&calls, DRP_PG_INT);
    for (size_t i = 0; i < l->n; i++) {
        const struct drp_call *call = l->items[i].entry->call;
        for (size_t k = 0; l->items[i].id != 0 && k < call->n_subjects; k++) {
            drp_pg_column_int(&subjects, (int64_t)call->subjects[k]);
            drp_pg_column_int(&calls, l->items[i].id);
        }
    }
    const struct drp_pg_arg args[] = {drp_pg_column_arg(&subjects),
                                      drp_pg_column_arg(&calls)};
    if (calls.n > 0)
        rc = drp_pg_query(pg,
                          "INSERT INTO call_subject (subject, call)"
                          " SELECT * FROM unnest($1, $2) ON CONFLICT DO NOTHING",
                          args, 2, NULL, err);
    drp_pg_column_release(&subjects);
    drp_pg_column_release(&calls);
    return rc;
}

static bool all_there(const struct load *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (!l->items[i].is_there)
            return false;
    return true;
}

static int write_load(struct drp_pg *pg, void *ctx, struct drp_err *err)
{
    struct load l = {.first = ctx};
    int rc = 0;
    collect_items(&l);
    DRP_TRY(rc, drp_pg_exec(pg, begin_sql, err));
    DRP_TRY(rc, find_calls(pg, &l, err));
    if (all_there(&l))
        goto out;
    collect_texts(&l);
    DRP_TRY(rc, find_models(pg, &l, err));
    DRP_TRY(rc, store_texts(pg, &l, err));
    DRP_TRY(rc, add_calls(pg, &l, err));
    DRP_TRY(rc, add_subjects(pg, &l, err));
out:
    free(l.texts);
    free(l.items);
    return rc;
}

int drp_pg_write(struct drp_pg *pg, const struct drp_batch *first, struct drp_err *err)
{
    struct drp_batch copy = *first;
    return drp_pg_transact(pg, write_load, &copy, err);
}
