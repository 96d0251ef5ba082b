/* Forgetting a person: after a run with a scripted model that repeats what it reads, no byte of theirs is left in run,
 * dataset or journal, however often the work was broken off; everybody else's things are as before. With both stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/rng.h"
#include "data/removal.h"
#include "engine/upkeep.h"
#include "eval/judge.h"
#include "io/db.h"
#include "io/jsonl.h"
#include "io/pg.h"
#include "method/stage.h"
#include "run/forget.h"
#include "run/forget_dataset.h"
#include "run/run_json.h"
#include "run/run.h"
#include "run/share.h"
#include "support/line.h"
#include "support/postgres.h"
#include "support/stub.h"
#include "support/temp.h"

#include "base/banned.h"

enum {
    USERS = 8,
    ITEMS = 3,
    TEXTS = ITEMS + 1,
    MAX_WORDS = 32,
    PIECE = 24,
    QUOTED = 48,
    WHO = 3, /* the person that is forgotten */
};

/* ---- people ------------------------------------------------------------------------------- */

static struct drp_sv id_of(struct drp_arena *arena, size_t user)
{
    return drp_arena_f(arena, "someone-%zu-here", user);
}

/* What nobody else would write: syllables by chance. */
static struct drp_sv text_of(struct drp_arena *arena, size_t user, size_t item)
{
    static const char consonants[] = "bdfgklmnprstvz", vowels[] = "aeiou";
    struct drp_rng rng;
    struct drp_str s;
    drp_rng_init(&rng, (uint32_t)(100 * user + item + 1));
    drp_str_init(&s, 1 << 12);
    for (int i = 0; i < 80; i++) {
        drp_str_addc(&s, consonants[drp_rng_below(&rng, sizeof consonants - 1)]);
        drp_str_addc(&s, vowels[drp_rng_below(&rng, sizeof vowels - 1)]);
        if (i % 3 == 2)
            drp_str_addc(&s, ' ');
    }
    const struct drp_sv text = drp_arena_sv(arena, drp_sv_trim(drp_str_sv(&s)));
    drp_str_release(&s);
    return text;
}

static void add_review(struct drp_str *out, struct drp_arena *arena, size_t user,
                       size_t item)
{
    drp_str_addf(out,
                 "{\"asin\":\"item%zu\",\"title\":\"about %zu\",\"text\":\"%s\",\"rating\":4.0,"
                 "\"timestamp\":%zu}",
                 item, item, text_of(arena, user, item).ptr, 1000 * item + user);
}

static void add_row(struct drp_str *out, struct drp_arena *arena, size_t user)
{
    drp_str_addf(out, "{\"user_id\":\"%s\",\"profile\":[", id_of(arena, user).ptr);
    for (size_t i = 0; i < ITEMS; i++) {
        drp_str_addz(out, i > 0 ? "," : "");
        add_review(out, arena, user, i);
    }
    drp_str_addz(out, "],\"data\":");
    add_review(out, arena, user, ITEMS);
    drp_str_addz(out, "}\n");
}

/* ---- the stage ---------------------------------------------------------------------------- */

struct stage {
    struct drp_arena arena;
    const char *data, *run, *journal; /* journal NULL: of the run's folder */
    const char *extra;                /* options of the run */
    struct drp_options options;
    struct drp_stub *stub;
    struct drp_session session;
    struct drp_forgotten out;
    struct drp_err err;
};

static bool shows(const struct drp_call *call, struct drp_sv words)
{
    for (size_t i = 0; i < call->n_messages; i++)
        if (drp_sv_find(call->messages[i].text, words, 0) != SIZE_MAX)
            return true;
    return false;
}

/* Repeats the beginning of every text that it is shown; a text that is asked for, in half of all cases. */
static void answer(void *ctx, const struct drp_call *call, struct drp_job *job)
{
    const struct drp_sv asked = call->messages[call->n_messages - 1].text;
    const bool quotes = call->grammar || drp_hash64(asked) % 2 == 0;
    struct drp_arena arena = {0};
    (void)ctx;
    if (call->grammar)
        drp_str_addz(&job->text, "{\"features\":[{\"name\":\"tone\",\"definition\":\"how it "
                                 "sounds\",\"difference\":\"not like");
    else
        drp_str_addz(&job->text, "Words of somebody");
    for (size_t i = 0; quotes && i < USERS * TEXTS; i++) {
        const struct drp_sv quote =
            drp_sv_slice(text_of(&arena, i / TEXTS, i % TEXTS), 0, QUOTED);
        if (shows(call, quote))
            drp_str_addf(&job->text, " %.*s", DRP_SV_ARG(quote));
    }
    drp_str_addz(&job->text, call->grammar ? "\"}]}" : ".");
    drp_arena_release(&arena);
}

static void write_data(struct stage *t)
{
    struct drp_str items, rows;
    drp_str_init(&items, 1 << 20);
    drp_str_init(&rows, 1 << 20);
    for (size_t i = 0; i < TEXTS; i++)
        drp_str_addf(&items,
                     "{\"asin\":\"item%zu\",\"title\":\"Thing\",\"description\":\"\"}\n",
                     i);
    for (size_t u = 0; u < USERS; u++)
        add_row(&rows, &t->arena, u);
    drp_temp_write(t->data, "items.jsonl", drp_str_sv(&items));
    drp_temp_write(t->data, "test.jsonl", drp_str_sv(&rows));
    drp_temp_write(
        t->data, "dataset.json",
        DRP_SV("{\"drp_dataset\":1,\"read\":{\"texts\":32},\"counts\":{\"users\":0}}"));
    drp_str_release(&items);
    drp_str_release(&rows);
}

static int open_session(struct stage *t)
{
    struct drp_session *s = &t->session;
    const char *journal = t->journal ? t->journal : drp_temp_path(t->run, "journal.db");
    const struct drp_share_place place = {t->data, t->run};
    int rc = 0;
    *s = (struct drp_session){.options = &t->options};
    DRP_TRY(rc, drp_session_open_data(s, t->data, &t->err));
    DRP_TRY(rc, drp_prompts_open(NULL, &s->prompts, &t->err));
    DRP_TRY(rc, drp_journal_open(journal, &s->journal, &t->err));
    const struct drp_model_opts opts = {.spec = "stub:", .journal = s->journal};
    const struct drp_model_opts vectors = {.spec = "stub:", .embedding = true};
    DRP_TRY(rc, drp_model_open(&opts, &s->opened[0], &t->err));
    DRP_TRY(rc, drp_model_open(&vectors, &s->opened[1], &t->err));
    s->n_opened = 2;
    for (size_t task = 0; task < DRP_EMBEDDER; task++)
        s->models[task] = s->opened[0];
    s->models[DRP_EMBEDDER] = s->opened[1];
    DRP_TRY(rc, drp_vectors_open_model(s->opened[1], drp_temp_path(t->data, "vectors.db"),
                                       &s->vectors, &t->err));
    const struct drp_select_opts select = {.n_items = 8, .n_peers = 2, .kmeans_seed = 42};
    DRP_TRY(rc, drp_selector_new(s->dataset, s->vectors, &select, &s->selector, &t->err));
    if (t->journal)
        DRP_TRY(rc, drp_share_offer(s, &place, &t->arena, &t->err));
out:
    return rc;
}

/* A judge sees predictions, and with them whatever they quote. */
static void judge_all(struct stage *t)
{
    struct drp_jsonl *lines = NULL;
    const struct drp_json_val *line;
    struct drp_judge judge = {.model = t->session.opened[0],
                              .prompts = t->session.prompts,
                              .n_repeats = 1};
    int rc = drp_jsonl_open(drp_temp_path(t->run, "predictions.jsonl"), 0, &lines, &t->err);
    while (rc >= 0 && (rc = drp_jsonl_next(lines, &line, &t->err)) > 0) {
        struct drp_judgement one = {
            .user_id = drp_json_str(drp_json_get(line, "user_id")),
            .candidate = drp_json_str(drp_json_get(line, "prediction")),
            .reference = drp_json_str(drp_json_get(line, "reference")),
        };
        rc = drp_judge_score(&judge, &one, 1, &t->err);
    }
    drp_jsonl_free(lines);
    if (rc < 0)
        fail_msg("%s", t->err.text);
}

static void make_run(struct stage *t)
{
    struct drp_run_result result = {0};
    char *argv[MAX_WORDS + 1];
    const struct drp_sv line =
        drp_arena_f(&t->arena,
                    "run %s --method drp,dpl,cicl --workers 2 --peers 2 --out %s%s%s%s",
                    t->data, t->run, t->journal ? " --journal " : "",
                    t->journal ? t->journal : "", t->extra);
    const int argc = drp_line_split(line.ptr, &t->arena, argv, MAX_WORDS);
    t->stub = drp_stub_new(&(struct drp_stub_opts){.answer = answer, .forgets = true});
    if (drp_options_parse(DRP_VERB_RUN, argc, argv, &t->arena, &t->options, &t->err) < 0 ||
        open_session(t) < 0 ||
        drp_rundir_write(t->run, &t->session, &t->options, NULL, &t->err) < 0 ||
        drp_run(&t->session, NULL, t->run, NULL, &result, &t->err) < 0)
        fail_msg("%s", t->err.text);
    assert_int_equal(result.n_done, *t->extra ? 1 : USERS);
    judge_all(t);
    drp_session_release(&t->session);
    drp_stub_free(t->stub);
}

/* Dataset and run in folders of their own below `dir`. */
static void begin_with(struct stage *t, const char *dir, const char *journal,
                       const char *extra)
{
    *t = (struct stage){.journal = journal, .extra = extra};
    t->data = drp_arena_f(&t->arena, "%s/data", dir).ptr;
    t->run = drp_arena_f(&t->arena, "%s/run", dir).ptr;
    if (drp_fs_mkdir(t->data, true, &t->err) < 0 || drp_fs_mkdir(t->run, true, &t->err) < 0)
        fail_msg("%s", t->err.text);
    write_data(t);
    make_run(t);
}

static void begin(struct stage *t, const char *dir, const char *journal)
{
    begin_with(t, dir, journal, "");
}

static void end(struct stage *t)
{
    drp_arena_release(&t->arena);
}

static int forget_run(struct stage *t, size_t who)
{
    const struct drp_forget_opts opts = {.dir = t->run, .user = id_of(&t->arena, who)};
    return drp_forget_run(&opts, &t->arena, &t->out, &t->err);
}

static int forget_data(struct stage *t, size_t who)
{
    const struct drp_forget_opts opts = {.dir = t->data, .user = id_of(&t->arena, who)};
    return drp_forget_dataset(&opts, &t->arena, &t->out, &t->err);
}

/* ---- what is left ------------------------------------------------------------------------- */

/* How many pieces of the user's texts, and how many times the id, stand in some bytes. */
static size_t traces_in(struct drp_sv bytes, size_t user)
{
    struct drp_arena arena = {0};
    const struct drp_sv id = id_of(&arena, user);
    size_t n = memmem(bytes.ptr, bytes.len, id.ptr, id.len) != NULL;
    for (size_t i = 0; i < TEXTS; i++) {
        const struct drp_sv text = text_of(&arena, user, i);
        for (size_t at = 0; at + PIECE <= text.len; at++)
            n += memmem(bytes.ptr, bytes.len, text.ptr + at, PIECE) != NULL;
    }
    drp_arena_release(&arena);
    return n;
}

static size_t traces_in_file(const char *path, size_t user)
{
    struct drp_sv bytes;
    struct drp_err err = {0};
    if (drp_fs_map(path, &bytes, &err) < 0)
        fail_msg("%s", err.text);
    const size_t n = bytes.len > 0 ? traces_in(bytes, user) : 0;
    drp_fs_unmap(bytes);
    return n;
}

/* In every file of a folder and of those below it; `names` gets where. */
static size_t traces_below(const char *dir, size_t user, struct drp_str *names)
{
    struct drp_str path;
    size_t n = 0;
    DIR *d = opendir(dir);
    assert_non_null(d);
    drp_str_init(&path, 1 << 16);
    for (const struct dirent *e; (e = readdir(d));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        drp_fs_join(&path, dir, e->d_name);
        const size_t here = drp_fs_kind(path.ptr) == DRP_FS_FOLDER
                                ? traces_below(path.ptr, user, names)
                                : traces_in_file(path.ptr, user);
        if (here > 0)
            drp_str_addf(names, " %s", e->d_name);
        n += here;
    }
    closedir(d);
    drp_str_release(&path);
    return n;
}

/* In all rows of all tables. */
static size_t traces_in_server(size_t user)
{
    static const char *const tables[] = {"bodies", "calls", "samples", "runs", "workers"};
    struct drp_pg *pg = NULL;
    struct drp_err err = {0};
    size_t n = 0;
    if (drp_pg_open(drp_postgres_url(), &pg, &err) < 0)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < DRP_LEN(tables); i++) {
        struct drp_pg_rows *rows = NULL;
        char sql[128];
        snprintf(sql, sizeof sql, "SELECT string_agg(t::text, ' ') FROM %s AS t",
                 tables[i]);
        if (drp_pg_query(pg, sql, NULL, 0, &rows, &err) < 0)
            fail_msg("%s", err.text);
        const struct drp_sv text = drp_pg_get(rows, 0, 0);
        n += text.ptr ? traces_in(text, user) : 0;
        drp_pg_rows_free(rows);
    }
    drp_pg_free(pg);
    return n;
}

static size_t traces(const struct stage *t, size_t user, struct drp_str *names)
{
    return traces_below(t->run, user, names) + (t->journal ? traces_in_server(user) : 0);
}

static void assert_no_trace(const struct stage *t, size_t user)
{
    struct drp_str names;
    drp_str_init(&names, 1 << 12);
    const size_t n = traces(t, user, &names);
    if (n > 0)
        fail_msg("%zu traces of user %zu in%s", n, user, names.ptr);
    drp_str_release(&names);
}

static void assert_traces(const struct stage *t, size_t user)
{
    struct drp_str names;
    drp_str_init(&names, 1 << 12);
    assert_true(traces(t, user, &names) > TEXTS);
    drp_str_release(&names);
}

static bool knows(const struct stage *t, size_t who)
{
    const char *journal = t->journal ? t->journal : drp_temp_path(t->run, "journal.db");
    struct drp_upkeep *u = NULL;
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    bool known = true;
    if (drp_upkeep_open(journal, false, &u, &err) < 0 ||
        drp_upkeep_knows(u, drp_subject(id_of(&arena, who)), &known, &err) < 0)
        fail_msg("%s", err.text);
    drp_upkeep_free(u);
    drp_arena_release(&arena);
    return known;
}

/* ---- tests -------------------------------------------------------------------------------- */

static uint64_t part(const struct stage *t, const char *place, bool quoting)
{
    for (size_t i = 0; i < t->out.n_parts; i++)
        if (drp_sv_is(t->out.parts[i].place, place))
            return quoting ? t->out.parts[i].quoting : t->out.parts[i].own;
    fail_msg("nothing is said of %s", place);
    return 0;
}

static void check_nothing_is_left(const char *dir, const char *journal)
{
    struct stage t;
    begin(&t, dir, journal);
    assert_traces(&t, WHO);
    if (forget_run(&t, WHO) < 0)
        fail_msg("%s", t.err.text);
    assert_no_trace(&t, WHO);
    assert_false(knows(&t, WHO));
    assert_int_equal(part(&t, "predictions.jsonl", false), 3);
    assert_int_equal(part(&t, "differences.jsonl", false), 2 * ITEMS);
    assert_true(part(&t, "differences.jsonl", true) > 0);
    assert_true(part(&t, "features.jsonl", true) > 0);
    assert_in_range(part(&t, "predictions.jsonl", true), 1, 3 * (USERS - 1) - 1);
    assert_non_null(t.out.dataset.ptr);
    assert_false(t.out.guessed);
    assert_traces(&t, WHO + 1); /* others are still there */

    /* Once more there is nothing to forget, and it says so. */
    assert_int_equal(forget_run(&t, WHO), DRP_ENOTFOUND);
    end(&t);
}

static void nothing_is_left(void **state)
{
    check_nothing_is_left(*state, drp_postgres_url());
}

static void a_dataset_loses_rows_vectors_and_counts(void **state)
{
    struct stage t;
    struct drp_str text, names;
    struct drp_err err = {0};
    begin(&t, *state, NULL);
    drp_str_init(&text, 1 << 16);
    drp_str_init(&names, 1 << 12);
    assert_true(traces_below(t.data, WHO, &names) > TEXTS);
    drp_temp_write(t.data, ".test.jsonl.1-0.tmp", text_of(&t.arena, WHO, 1));
    if (forget_data(&t, WHO) < 0)
        fail_msg("%s", t.err.text);
    assert_int_equal(traces_below(t.data, WHO, &names), 0);
    assert_int_equal(part(&t, "test.jsonl", false), 1);
    assert_int_equal(part(&t, "vectors.db", false), ITEMS);
    assert_int_equal(part(&t, "temporary files", false), 1);
    assert_int_equal(drp_fs_read(drp_temp_path(t.data, "dataset.json"), &text, &err), 0);
    assert_non_null(strstr(text.ptr, "\"users\": 7"));
    assert_non_null(strstr(text.ptr, "\"texts\": 28"));
    assert_int_equal(forget_data(&t, WHO), DRP_ENOTFOUND);
    assert_non_null(strstr(t.err.text, "the nearest is 'someone-"));

    /* The run, forgotten after the dataset, knows the words from its prompts alone. */
    if (forget_run(&t, WHO) < 0)
        fail_msg("%s", t.err.text);
    assert_true(t.out.guessed);
    assert_null(t.out.dataset.ptr);
    struct drp_str where;
    drp_str_init(&where, 1 << 12);
    assert_int_equal(traces_in_file(drp_temp_path(t.run, "predictions.jsonl"), WHO), 0);
    assert_int_equal(traces_in_file(drp_temp_path(t.run, "features.jsonl"), WHO), 0);
    assert_int_equal(traces_in_file(drp_temp_path(t.run, "differences.jsonl"), WHO), 0);
    drp_str_release(&where);
    drp_str_release(&names);
    drp_str_release(&text);
    end(&t);
}

/* All files of two folders, name and bytes, in one number. */
static uint64_t fingerprint(const char *dir)
{
    uint64_t sum = 0;
    struct drp_str path;
    DIR *d = opendir(dir);
    assert_non_null(d);
    drp_str_init(&path, 1 << 16);
    for (const struct dirent *e; (e = readdir(d));) {
        struct drp_sv bytes;
        if (drp_fs_kind(drp_fs_join(&path, dir, e->d_name)) != DRP_FS_FILE ||
            strstr(e->d_name, ".db"))
            continue;
        assert_int_equal(drp_fs_map(path.ptr, &bytes, NULL), 0);
        sum += drp_hash_mix(drp_hash64(drp_sv_from(e->d_name)), drp_hash64(bytes));
        drp_fs_unmap(bytes);
    }
    closedir(d);
    drp_str_release(&path);
    return sum;
}

static void who_is_unknown_changes_nothing(void **state)
{
    struct stage t;
    begin(&t, *state, NULL);
    const uint64_t run = fingerprint(t.run), data = fingerprint(t.data);
    assert_int_equal(forget_run(&t, USERS), DRP_ENOTFOUND);
    assert_non_null(strstr(t.err.text, "unknown user 'someone-8-here' in '"));
    assert_int_equal(forget_data(&t, USERS), DRP_ENOTFOUND);
    assert_true(fingerprint(t.run) == run);
    assert_true(fingerprint(t.data) == data);
    end(&t);
}

/* A run about nobody any more does not become one about all when it is given again. */
static void a_list_that_gets_empty_is_not_all(void **state)
{
    struct stage t;
    struct drp_run_places places;
    begin_with(&t, *state, NULL, " --user someone-3-here --limit 1");
    if (forget_run(&t, WHO) < 0)
        fail_msg("%s", t.err.text);
    assert_int_equal(part(&t, "run.json", false), 1);
    assert_int_equal(drp_run_places_read(t.run, &t.arena, &places, &t.err), 0);
    assert_true(drp_sv_ends(places.dataset, DRP_SV("/data")));
    assert_no_trace(&t, WHO);

    t.options.users.at[0] = id_of(&t.arena, WHO + 1);
    t.stub = drp_stub_new(&(struct drp_stub_opts){.answer = answer, .forgets = true});
    if (open_session(&t) < 0 ||
        drp_rundir_join(t.run, &t.session, &t.options, &t.arena, &t.err) < 0)
        fail_msg("%s", t.err.text);
    assert_int_equal(t.options.users.n, 1);
    assert_int_equal(t.options.limit, 1);
    drp_session_release(&t.session);
    drp_stub_free(t.stub);
    end(&t);
}

typedef int forgetting(struct stage *t, size_t who);
typedef void failing(int64_t n);

/* Fails at the n-th operation, n = 1, 2, …, until nothing is left to fail; asked again, each time it ends well. */
static void check_faults(struct stage *t, forgetting *forget, failing *fail_nth)
{
    size_t who = 0, n_faults = 0;
    for (int64_t n = 1;; n += 1 + n / 2) {
        fail_nth(n);
        const int rc = forget(t, who);
        fail_nth(0);
        if (rc == 0)
            break;
        assert_true(rc == DRP_EDB || rc == DRP_EIO);
        n_faults++;
        const int again = forget(t, who);
        if (again < 0 && again != DRP_ENOTFOUND)
            fail_msg("fault %lld: %s", (long long)n, t->err.text);
        if (forget == forget_run)
            assert_no_trace(t, who);
        if (++who == USERS)
            break;
    }
    assert_true(n_faults > 3);
}

static void every_fault_can_be_finished(void **state)
{
    static const struct {
        forgetting *forget;
        failing *fail;
        const char *name;
    } rows[] = {{forget_run, drp_db_fail_nth, "a"},
                {forget_run, drp_fs_fail_nth, "b"},
                {forget_data, drp_db_fail_nth, "c"},
                {forget_data, drp_fs_fail_nth, "d"}};
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct stage t;
        begin(&t, drp_temp_path(*state, rows[i].name), NULL);
        check_faults(&t, rows[i].forget, rows[i].fail);
        end(&t);
    }
}

/* Killed at many moments, then asked again. */
static void a_killed_forgetting_is_finished(void **state)
{
    size_t n_killed = 0;
    struct stage t;
    begin(&t, *state, NULL);
    for (size_t who = 0; who < USERS; who++) {
        const pid_t child = fork();
        if (child == 0) {
            const int rc = forget_run(&t, who);
            _exit(rc < 0);
        }
        drp_clock_sleep_ms((int64_t)(3 * who));
        kill(child, SIGKILL);
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        n_killed += WIFSIGNALED(status);
        const int rc = forget_run(&t, who);
        if (rc < 0 && rc != DRP_ENOTFOUND)
            fail_msg("%s", t.err.text);
        assert_no_trace(&t, who);
    }
    assert_true(n_killed > 0);
    end(&t);
}

/* Another process has the journal open for a while. */
static void an_open_run_is_waited_for(void **state)
{
    struct stage t;
    int ready[2];
    char byte;
    begin(&t, *state, NULL);
    assert_int_equal(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
        struct drp_journal *j = NULL;
        const int rc = drp_journal_open(drp_temp_path(t.run, "journal.db"), &j, &t.err);
        if (rc < 0 || write(ready[1], "!", 1) != 1)
            _exit(1);
        drp_clock_sleep_ms(400);
        drp_journal_free(j);
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    const int64_t began_ms = drp_clock_ms();
    if (forget_run(&t, WHO) < 0)
        fail_msg("%s", t.err.text);
    assert_true(drp_clock_ms() - began_ms >= 300);
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_no_trace(&t, WHO);
    close(ready[0]);
    close(ready[1]);
    end(&t);
}

static void processes_at_work_are_not_disturbed(void **state)
{
    struct stage t;
    struct drp_queue *q = NULL;
    begin(&t, *state, drp_postgres_url());
    if (drp_queue_open(t.journal, 60, &q, &t.err) < 0 ||
        drp_queue_join(q, DRP_SV("run"), &t.err) < 0)
        fail_msg("%s", t.err.text);
    assert_int_equal(forget_run(&t, WHO), DRP_EDB);
    assert_non_null(strstr(t.err.text, "in use by 1 processes"));
    drp_queue_free(q);
    assert_traces(&t, WHO);
    end(&t);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
#define IN_SERVER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_postgres_setup, drp_temp_teardown)
    const struct CMUnitTest in_files[] = {
        IN_FOLDER(nothing_is_left),
        IN_FOLDER(a_dataset_loses_rows_vectors_and_counts),
        IN_FOLDER(who_is_unknown_changes_nothing),
        IN_FOLDER(a_list_that_gets_empty_is_not_all),
        IN_FOLDER(every_fault_can_be_finished),
        IN_FOLDER(a_killed_forgetting_is_finished),
        IN_FOLDER(an_open_run_is_waited_for),
    };
    const struct CMUnitTest in_servers[] = {
        IN_SERVER(nothing_is_left),
        IN_SERVER(processes_at_work_are_not_disturbed),
    };
    drp_log_set_level(DRP_LOG_ERROR);
    int n_failed = cmocka_run_group_tests(in_files, NULL, NULL);
    if (drp_postgres_start())
        n_failed += cmocka_run_group_tests(in_servers, NULL, NULL);
    drp_postgres_stop();
    return n_failed;
}
