/* Method P-DB against a scripted model: which calls it makes and shares, what stands in them, whom it joins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/hash.h"
#include "base/thread.h"
#include "engine/journal.h"
#include "method/method.h"
#include "support/stub.h"
#include "support/temp.h"

#include "base/banned.h"

/* What texts hold. A user's own ones hold MARK and the user's number. */
#define MARK      "MARK"
#define REFERENCE "REFERENCETEXT"
#define ON_TARGET "ONTARGETTEXT" /* about the target of user 0            */
#define YOUNG     "YOUNGTEXT"    /* younger than every target             */
#define USER      "USERID"

enum kind { DISTIL, INDUCE, REPAIR, WRITE, N_KINDS };
enum { MAX_USERS = 9, NOBODY = -1 };

/* What to put on stage. `{0}` is of no use: begin with `usual`. */
struct stage {
    size_t n_users, n_texts;
    int on_target; /* who wrote about the target of user 0         */
    int young;     /* whose last text is younger than the targets  */
    int failing;   /* whose calls fail; n_users: everybody's       */
    enum kind failing_kind;
    int status;
    const char *answers[N_KINDS]; /* NULL: the usual ones                         */
    const char *settings[3];
    bool with_journal, before_target, file_vectors;
};

static const struct stage usual = {
    .n_users = 5, .n_texts = 6, .on_target = NOBODY, .young = NOBODY, .failing = NOBODY};

/* One call as the model saw it. */
struct seen {
    enum kind kind;
    int user; /* whose text or persona is asked about */
    char *text;
    size_t n_subjects;
    uint64_t seed;
};

struct world {
    struct stage stage;
    struct drp_dataset *dataset;
    struct drp_stub *stub;
    struct drp_journal *journal;
    struct drp_model *model, *embedder;
    struct drp_vectors *vectors;
    struct drp_selector *selector;
    struct drp_prompts *prompts;
    struct drp_settings settings;
    struct drp_cell cell;
    struct drp_account account;
    DRP_VEC(struct seen) calls;
    size_t n_of_kind[N_KINDS];
};

/* ---- the dataset ---- */

static void add_review(struct drp_str *out, const char *asin, const char *text,
                       size_t user, size_t number, long long time_ms)
{
    drp_str_addf(out,
                 "{\"asin\":\"%s\",\"title\":\"A title\",\"text\":\"%s%zu says %zu.\","
                 "\"rating\":4,\"timestamp\":%lld}",
                 asin, text, user, number, time_ms);
}

static void add_row(struct drp_str *out, const struct stage *st, size_t user)
{
    char asin[64];
    drp_str_addf(out, "{\"user_id\":\"" USER "%zu\",\"profile\":[", user);
    if ((int)user == st->on_target) {
        add_review(out, "goal-0", ON_TARGET " " MARK, user, 0, 500);
        drp_str_addz(out, st->n_texts ? "," : "");
    }
    for (size_t i = 0; i < st->n_texts; i++) {
        const bool is_young = (int)user == st->young && i + 1 == st->n_texts;
        snprintf(asin, sizeof asin, "item-%zu-%zu", user, i);
        drp_str_addz(out, i > 0 ? "," : "");
        add_review(out, asin, is_young ? YOUNG " " MARK : MARK, user, i,
                   is_young ? 90000 : 1000 * (long long)(i + 1));
    }
    snprintf(asin, sizeof asin, "goal-%zu", user);
    drp_str_addz(out, "],\"data\":");
    add_review(out, asin, REFERENCE, user, 0, 50000);
    drp_str_addz(out, "}\n");
}

static void load_dataset(struct world *w, const char *dir)
{
    struct drp_err err = {0};
    struct drp_str text;
    drp_str_init(&text, SIZE_MAX / 4);
    for (size_t u = 0; u < w->stage.n_users; u++)
        drp_str_addf(&text,
                     "{\"asin\":\"goal-%zu\",\"title\":\"Goal %zu\",\"description\":\"It is "
                     "%zu.\"}\n",
                     u, u, u);
    drp_temp_write(dir, "items.jsonl", drp_str_sv(&text));
    drp_str_clear(&text);
    for (size_t u = 0; u < w->stage.n_users; u++)
        add_row(&text, &w->stage, u);
    drp_temp_write(dir, "test.jsonl", drp_str_sv(&text));
    drp_temp_write(dir, "train.jsonl", DRP_SV(""));
    drp_temp_write(dir, "val.jsonl", DRP_SV(""));
    drp_str_release(&text);
    if (drp_dataset_load(dir, "test", &w->dataset, &err) < 0)
        fail_msg("%s", err.text);
}

/* ---- the model ---- */

static enum kind kind_of(const struct drp_call *call)
{
    const struct drp_sv first = call->messages[0].text;
    const struct drp_sv last = call->messages[call->n_messages - 1].text;
    if (drp_sv_find(first, DRP_SV("notes about a person"), 0) != SIZE_MAX)
        return REPAIR;
    if (drp_sv_find(first, DRP_SV("You write reviews"), 0) != SIZE_MAX)
        return WRITE;
    return drp_sv_starts(last, DRP_SV("What lies behind")) ? INDUCE : DISTIL;
}

static char *text_of(const struct drp_call *call)
{
    static const char *const roles[] = {"system", "user", "assistant"};
    struct drp_str text;
    drp_str_init(&text, SIZE_MAX / 4);
    for (size_t i = 0; i < call->n_messages; i++) {
        drp_str_addf(&text, "=== %s\n", roles[call->messages[i].role]);
        drp_str_add(&text, call->messages[i].text);
        drp_str_addc(&text, '\n');
    }
    return drp_str_take(&text, NULL);
}

/* The usual answers: personas that name their user, and a text that changes with every byte of its prompt. */
static void say(struct drp_str *out, const struct seen *c)
{
    switch (c->kind) {
    case DISTIL:
    case REPAIR:
        drp_str_addf(out, "values: VALUE%d\ntopics: None\nattitudes: ", c->user);
        for (int i = 0; i < 5; i++)
            drp_str_addf(out, "%sHINT%d likes %d", i > 0 ? "; " : "", c->user, i);
        break;
    case INDUCE:
        drp_str_addf(out, "attitudes: HINT%d likes 0\nthemes: HINT%d deeply", c->user,
                     c->user);
        break;
    case WRITE:
        drp_str_addf(out, "Text %llx.",
                     (unsigned long long)drp_hash64(drp_sv_from(c->text)));
        break;
    case N_KINDS:
        break;
    }
}

/* Runs on the stub's only thread. */
static void answer(void *ctx, const struct drp_call *call, struct drp_job *job)
{
    struct world *w = ctx;
    struct seen c = {.kind = kind_of(call),
                     .text = text_of(call),
                     .n_subjects = call->n_subjects,
                     .seed = call->sampling.seed};
    const char *mark = strstr(c.text, MARK);
    c.user = mark ? mark[strlen(MARK)] - '0' : NOBODY;
    drp_vec_add(&w->calls, c);
    w->n_of_kind[c.kind]++;
    const bool fails =
        w->stage.failing_kind == c.kind &&
        (w->stage.failing == c.user || w->stage.failing == (int)w->stage.n_users);
    job->finish = fails ? DRP_FINISH_ERROR : DRP_FINISH_STOP;
    job->status = fails ? w->stage.status : 0;
    if (fails)
        drp_str_addz(&job->error, "the script says so");
    else if (w->stage.answers[c.kind])
        drp_str_addz(&job->text, w->stage.answers[c.kind]);
    else
        say(&job->text, &c);
}

/* ---- all together ---- */

static void open_models(struct world *w, const char *dir)
{
    struct drp_err err = {0};
    int rc = 0;
    w->stub =
        drp_stub_new(&(struct drp_stub_opts){.answer = answer, .ctx = w, .forgets = true});
    if (w->stage.with_journal)
        rc = drp_journal_open(drp_temp_path(dir, "journal.db"), &w->journal, &err);
    const struct drp_model_opts text = {.spec = "stub:", .journal = w->journal};
    const struct drp_model_opts vectors = {.spec = "stub:", .embedding = true};
    if (rc == 0)
        rc = drp_model_open(&text, &w->model, &err);
    if (rc == 0)
        rc = drp_model_open(&vectors, &w->embedder, &err);
    if (rc == 0 && w->stage.file_vectors)
        rc = drp_vectors_open_file(
            drp_temp_write(dir, "vectors.jsonl",
                           DRP_SV("{\"text_sha256\":\"e3b0c44298fc1c149af"
                                  "bf4c8996fb92427ae41e4649b934ca495991b7852b855"
                                  "\",\"vector\":[1,0]}\n")),
            &w->vectors, &err);
    else if (rc == 0)
        rc = drp_vectors_open_model(w->embedder, NULL, &w->vectors, &err);
    if (rc < 0)
        fail_msg("%s", err.text);
}

static void open_world(struct world *w, const char *dir, const struct stage *st)
{
    struct drp_err err = {0};
    *w = (struct world){.stage = *st, .cell = {.top_p = 0.95, .seed = 42}};
    load_dataset(w, dir);
    open_models(w, dir);
    drp_settings_init(&w->settings, DRP_FIDELITY_OURS);
    for (size_t i = 0; i < DRP_LEN(st->settings) && st->settings[i]; i++)
        if (drp_settings_set(&w->settings, drp_sv_from(st->settings[i]), &err) < 0)
            fail_msg("%s", err.text);
    const struct drp_select_opts opts = {.peers_before_target = st->before_target};
    if (drp_selector_new(w->dataset, w->vectors, &opts, &w->selector, &err) < 0 ||
        drp_prompts_open(NULL, &w->prompts, &err) < 0)
        fail_msg("%s", err.text);
}

static void close_world(struct world *w)
{
    drp_selector_free(w->selector);
    drp_vectors_free(w->vectors);
    drp_model_free(w->model);
    drp_model_free(w->embedder);
    drp_journal_free(w->journal);
    drp_stub_free(w->stub);
    drp_prompts_free(w->prompts);
    drp_dataset_free(w->dataset);
    for (size_t i = 0; i < w->calls.n; i++)
        free(w->calls.at[i].text);
    drp_vec_release(&w->calls);
}

/* One prediction: what a test looks at. */
struct outcome {
    int rc;
    char text[64];
    const char *fallback;
};

static struct outcome predict_with(const struct world *w, size_t row, bool mask,
                                   struct drp_account *account)
{
    struct outcome out = {0};
    struct drp_err err = {0};
    struct drp_arena arena = {0};
    struct drp_sample sample;
    struct drp_profile profile = {0};
    struct drp_prediction p = {0};
    const struct drp_method *method = NULL;
    struct drp_method_ctx x = {
        .dataset = w->dataset,
        .extractor = w->model,
        .validator = w->model,
        .summarizer = w->model,
        .generator = w->model,
        .selector = w->selector,
        .vectors = w->vectors,
        .prompts = w->prompts,
        .set = &w->settings,
        .cell = &w->cell,
        .arena = &arena,
        .account = account,
        .mask_peers = mask,
    };
    out.rc = drp_method_find(DRP_SV("pdb"), &method, &err);
    if (out.rc == 0)
        out.rc = drp_selector_fill(w->selector, row, NULL, &arena, &sample, &err);
    if (out.rc == 0)
        out.rc = method->profile(&x, &sample, &profile, &err);
    if (out.rc == 0)
        out.rc = method->write(&x, &sample, &profile, &p, &err);
    if (out.rc == 0)
        snprintf(out.text, sizeof out.text, "%.*s", DRP_SV_ARG(p.text));
    out.fallback = p.fallback;
    drp_arena_release(&arena);
    return out;
}

static struct outcome predict(struct world *w, size_t row)
{
    return predict_with(w, row, false, &w->account);
}

static size_t count_in(const char *text, const char *needle)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, needle)); at++)
        n++;
    return n;
}

/* Number of calls of a kind whose prompt holds `needle`; NULL: any. */
static size_t count_calls(const struct world *w, enum kind kind, const char *needle)
{
    size_t n = 0;
    for (size_t i = 0; i < w->calls.n; i++)
        n += w->calls.at[i].kind == kind &&
             (!needle || strstr(w->calls.at[i].text, needle));
    return n;
}

static const struct seen *last_call(const struct world *w, enum kind kind)
{
    for (size_t i = w->calls.n; i-- > 0;)
        if (w->calls.at[i].kind == kind)
            return &w->calls.at[i];
    fail_msg("no call of kind %d", (int)kind);
    return NULL;
}

static void assert_fallback(const char *got, const char *expected)
{
    if (expected)
        assert_string_equal(got ? got : "none", expected);
    else
        assert_null(got);
}

/* ---- the calls ---- */

static void personas_are_made_once(void **state)
{
    static const struct {
        int on_target;
        size_t n_distil;
    } rows[] = {
        {NOBODY, 5}, /* five users touched by five samples                                */
        {2, 6}, /* user 2's persona for user 0 does without the text about its target */
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct world w;
        struct stage st = usual;
        st.with_journal = true;
        st.on_target = rows[i].on_target;
        open_world(&w, *state, &st);
        for (size_t row = 0; row < st.n_users; row++) {
            const struct outcome out = predict(&w, row);
            assert_int_equal(out.rc, 0);
            assert_fallback(out.fallback, NULL);
        }
        assert_int_equal(w.n_of_kind[DISTIL], rows[i].n_distil);
        assert_int_equal(w.n_of_kind[INDUCE], rows[i].n_distil);
        assert_int_equal(w.n_of_kind[WRITE], 5);
        assert_int_equal(w.n_of_kind[REPAIR], 0);
        if (rows[i].on_target != NOBODY)
            assert_int_equal(count_calls(&w, DISTIL, ON_TARGET), 1);
        close_world(&w);
        assert_int_equal(remove(drp_temp_path(*state, "journal.db")), 0);
    }
}

/* The same predictions whatever the order, with or without what earlier samples left in a journal. */
static void order_changes_nothing(void **state)
{
    struct outcome texts[3][MAX_USERS];
    for (size_t round = 0; round < 3; round++) {
        struct world w;
        struct stage st = usual;
        st.with_journal = round > 0;
        st.on_target = 3;
        st.settings[0] = "pdb.pool=3";
        open_world(&w, *state, &st);
        w.cell.temperature = 0.7;
        for (size_t i = 0; i < st.n_users; i++) {
            const size_t row = round == 1 ? st.n_users - 1 - i : i;
            texts[round][row] = predict(&w, row);
        }
        for (size_t i = 0; i < w.calls.n; i++)
            for (size_t k = 0; k < i; k++)
                if (w.calls.at[i].kind == DISTIL && w.calls.at[k].kind == DISTIL)
                    assert_int_equal(w.calls.at[i].user == w.calls.at[k].user,
                                     w.calls.at[i].seed == w.calls.at[k].seed);
        close_world(&w);
        for (size_t row = 0; row < st.n_users; row++)
            assert_string_equal(texts[round][row].text, texts[0][row].text);
    }
}

struct job {
    struct world *w;
    size_t row;
    struct outcome out;
    struct drp_account account;
};

static void predict_job(void *ctx)
{
    struct job *job = ctx;
    job->out = predict_with(job->w, job->row, false, &job->account);
}

static void samples_side_by_side_share(void **state)
{
    struct world w;
    struct stage st = usual;
    struct job jobs[5];
    struct drp_thread threads[5];
    struct drp_err err = {0};
    st.with_journal = true;
    st.settings[0] = "pdb.pool=3";
    open_world(&w, *state, &st);
    for (size_t i = 0; i < DRP_LEN(jobs); i++) {
        jobs[i] = (struct job){.w = &w, .row = i};
        assert_int_equal(drp_thread_start(&threads[i], predict_job, &jobs[i], 0, &err), 0);
    }
    for (size_t i = 0; i < DRP_LEN(jobs); i++) {
        drp_thread_join(&threads[i]);
        assert_int_equal(jobs[i].out.rc, 0);
    }
    assert_int_equal(w.n_of_kind[DISTIL], 5);
    assert_int_equal(w.n_of_kind[INDUCE], 5);
    close_world(&w);
}

/* All people are asked about at once, and only as many as the pool holds. */
static void the_pool_is_bounded(void **state)
{
    static const struct {
        const char *pool;
        size_t n_distil;
    } rows[] = {{"pdb.pool=0", 8},
                {"pdb.pool=20", 8},
                {"pdb.pool=7", 8},
                {"pdb.pool=3", 4},
                {"pdb.pool=1", 2}};
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct world w;
        struct stage st = usual;
        st.n_users = 8;
        st.settings[0] = rows[i].pool;
        open_world(&w, *state, &st);
        assert_int_equal(predict(&w, 4).rc, 0);
        assert_int_equal(w.n_of_kind[DISTIL], rows[i].n_distil);
        assert_int_equal(w.n_of_kind[INDUCE], rows[i].n_distil);
        assert_int_equal(drp_stub_largest_batch(w.stub), rows[i].n_distil);
        close_world(&w);
    }
}

/* ---- what stands in them ---- */

static void prompts_hold_their_material(void **state)
{
    struct world w;
    open_world(&w, *state, &usual);
    assert_int_equal(predict(&w, 1).rc, 0);
    for (size_t i = 0; i < w.calls.n; i++) {
        const struct seen *c = &w.calls.at[i];
        char own[16], others[16];
        snprintf(own, sizeof own, MARK "%d", c->user);
        assert_null(strstr(c->text, REFERENCE));
        assert_null(strstr(c->text, USER));
        if (c->kind != WRITE)
            assert_int_equal(count_in(c->text, own), 6);
        for (int u = 0; u < 5; u++) {
            snprintf(others, sizeof others, MARK "%d", u);
            if (u != c->user)
                assert_null(strstr(c->text, others));
        }
        if (c->kind != WRITE) {
            assert_int_equal(c->n_subjects, 1);
            assert_int_equal(count_in(c->text, "VALUE"), c->kind == INDUCE);
            assert_null(strstr(c->text, "Goal"));
        }
    }
    const struct seen *written = last_call(&w, WRITE);
    const char *facts = strstr(written->text, "values: VALUE1");
    const char *theirs = strstr(written->text, "[People like you");
    assert_int_equal(written->user, 1);
    assert_non_null(facts);
    assert_non_null(theirs);
    assert_true(facts < theirs);
    assert_true(strstr(theirs, "Write your review of Goal 1.") != NULL);
    assert_null(strstr(theirs, "HINT1")); /* nobody is their own collaborator */
    assert_null(strstr(written->text, "topics"));
    close_world(&w);
}

/* What a collaborator wrote about the target, or after it, is in no prompt of the sample. */
static void nothing_leaks(void **state)
{
    static const struct {
        bool before_target;
        size_t n_young; /* prompts with a young text                        */
    } rows[] = {{false, 2}, {true, 0}};
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct world w;
        struct stage st = usual;
        st.on_target = 2;
        st.young = 3;
        st.before_target = rows[i].before_target;
        open_world(&w, *state, &st);
        assert_int_equal(predict(&w, 0).rc, 0);
        size_t n_young = 0;
        for (size_t k = 0; k < w.calls.n; k++) {
            assert_null(strstr(w.calls.at[k].text, REFERENCE));
            assert_null(strstr(w.calls.at[k].text, ON_TARGET));
            n_young += strstr(w.calls.at[k].text, YOUNG) != NULL;
        }
        assert_int_equal(n_young, rows[i].n_young);
        assert_int_equal(w.n_of_kind[DISTIL], 5);
        close_world(&w);
    }
}

static void a_dry_run_masks_the_others(void **state)
{
    struct world w;
    open_world(&w, *state, &usual);
    assert_int_equal(predict_with(&w, 1, true, &w.account).rc, 0);
    for (size_t i = 0; i < w.calls.n; i++) {
        const struct seen *c = &w.calls.at[i];
        const bool masked = strstr(c->text, "[review by peer ") != NULL;
        assert_int_equal(strstr(c->text, MARK "1") != NULL, !masked);
        assert_true(masked || c->user == 1);
        assert_int_equal(masked && strstr(c->text, "A title"), 0);
    }
    assert_int_equal(count_calls(&w, DISTIL, "[review by peer 4, "), 1);
    close_world(&w);
}

/* Of r items, ceil(x r) are the collaborators'. Each user has 6 texts and 6 lines. */
static void items_are_shared_out(void **state)
{
    static const struct {
        const char *r, *x, *collaborators;
        size_t theirs, own, n_distil;
        const char *fallback;
    } rows[] = {
        {"pdb.r=8", "pdb.x=0.25", "pdb.collaborators=3", 2, 6, 5, NULL},
        {"pdb.r=9", "pdb.x=0.25", "pdb.collaborators=3", 3, 6, 5, NULL},
        {"pdb.r=1", "pdb.x=0.25", "pdb.collaborators=3", 1, 0, 5, NULL},
        {"pdb.r=8", "pdb.x=1", "pdb.collaborators=3", 8, 0, 5, NULL},
        {"pdb.r=8", "pdb.x=0", "pdb.collaborators=3", 0, 8, 1, NULL},
        {"pdb.r=8", "pdb.x=0.25", "pdb.collaborators=0", 0, 8, 1, NULL},
        {"pdb.r=30", "pdb.x=0.1", "pdb.collaborators=3", 3, 12, 5, NULL},
        {"pdb.r=40", "pdb.x=0.25", "pdb.collaborators=3", 10, 12, 5, NULL},
        {"pdb.r=40", "pdb.x=0.25", "pdb.collaborators=1", 6, 12, 5, NULL},
        {"pdb.r=500", "pdb.x=1", "pdb.collaborators=2", 12, 12, 5, NULL},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct world w;
        struct stage st = usual;
        st.settings[0] = rows[i].r;
        st.settings[1] = rows[i].x;
        st.settings[2] = rows[i].collaborators;
        open_world(&w, *state, &st);
        const struct outcome out = predict(&w, 0);
        assert_int_equal(out.rc, 0);
        assert_fallback(out.fallback, rows[i].fallback);
        assert_int_equal(w.n_of_kind[DISTIL], rows[i].n_distil);
        const struct seen *written = last_call(&w, WRITE);
        const size_t own = count_in(written->text, "\n- HINT0");
        const size_t lines = count_in(written->text, "\n- HINT");
        assert_int_equal(lines - own, rows[i].theirs);
        assert_int_equal(own + count_in(written->text, "=== assistant\n"), rows[i].own);
        assert_int_equal(strstr(written->text, "[People like you") != NULL,
                         rows[i].theirs > 0);
        assert_in_range(written->n_subjects, 1, 4);
        assert_int_equal(written->n_subjects > 1, rows[i].theirs > 0);
        close_world(&w);
    }
}

/* A file has no vectors of what a model wrote: then words decide, and the account says so. */
static void words_stand_in_for_vectors(void **state)
{
    struct world w;
    struct stage st = usual;
    st.file_vectors = true;
    open_world(&w, *state, &st);
    const struct outcome first = predict(&w, 0);
    assert_int_equal(first.rc, 0);
    assert_fallback(first.fallback, NULL);
    assert_int_equal(w.account.ranked_by_words, 1);
    assert_int_equal(count_in(last_call(&w, WRITE)->text, "\n- HINT"), 2);
    assert_string_equal(predict(&w, 0).text, first.text);
    close_world(&w);

    open_world(&w, *state, &usual);
    assert_int_equal(predict(&w, 0).rc, 0);
    assert_int_equal(w.account.ranked_by_words, 0);
    close_world(&w);
}

/* ---- odd answers ---- */

static void answers_are_repaired_or_lost(void **state)
{
    static const struct {
        const char *distil, *induce, *repair;
        size_t n_repair, n_induce;
        uint64_t lost;
        const char *fallback;
    } rows[] = {
        {NULL, NULL, NULL, 0, 5, 0, NULL},
        {NULL, "None", NULL, 0, 5, 0, NULL},
        {NULL, "themes: None", NULL, 0, 5, 0, NULL},
        /* Prose: a repair each. */
        {"This person, as far as I can see it, likes kettles.", NULL, NULL, 5, 5, 0, NULL},
        {NULL, "I have said all that there is to say by now.", "themes: None", 5, 5, 0,
         NULL},
        /* Nothing to repair: too short, or all is unknown. */
        {"A user.", NULL, NULL, 0, 0, 5, "own history"},
        {"values: None\ntopics: none", NULL, NULL, 0, 0, 5, "own history"},
        {"This person, as far as I can see it, likes kettles.", NULL,
         "I cannot say anything about that, I am sorry.", 5, 0, 5, "own history"},
        /* A copy of the prompt's own example is no finding. */
        {"background: baker for a monastery\nowns: a van", NULL, NULL, 0, 0, 5,
         "own history"},
        {"values: VALUE\nowns: a van", NULL, NULL, 0, 5, 0, NULL},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct world w;
        struct stage st = usual;
        st.answers[DISTIL] = rows[i].distil;
        st.answers[INDUCE] = rows[i].induce;
        st.answers[REPAIR] = rows[i].repair;
        open_world(&w, *state, &st);
        const struct outcome out = predict(&w, 0);
        assert_int_equal(out.rc, 0);
        assert_fallback(out.fallback, rows[i].fallback);
        /* They are equal here, and equal questions are asked once. */
        assert_int_equal(w.n_of_kind[REPAIR], rows[i].n_repair > 0);
        assert_int_equal(w.n_of_kind[INDUCE], rows[i].n_induce);
        assert_int_equal(w.account.personas_repaired, rows[i].n_repair);
        assert_int_equal(w.account.personas_lost, rows[i].lost);
        assert_null(strstr(last_call(&w, WRITE)->text, "a van"));
        close_world(&w);
    }
}

static void thin_data_step_down(void **state)
{
    static const struct {
        size_t n_users, n_texts, n_calls;
        const char *text; /* of the answer, NULL: the usual */
        const char *fallback;
    } rows[] = {
        {1, 6, 3, NULL, "own history"}, /* nobody to join         */
        {1, 0, 1, NULL, "plain"},       /* no text of the user    */
        {5, 0, 1, NULL, "plain"},       /* of nobody              */
        {2, 1, 5, NULL, NULL},          /* as thin as it may be   */
        {1, 0, 2, "", "title"},         /* asked twice            */
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct world w;
        struct stage st = usual;
        st.n_users = rows[i].n_users;
        st.n_texts = rows[i].n_texts;
        st.answers[WRITE] = rows[i].text;
        open_world(&w, *state, &st);
        const struct outcome out = predict(&w, 0);
        assert_int_equal(out.rc, 0);
        assert_fallback(out.fallback, rows[i].fallback);
        assert_int_equal(w.calls.n, rows[i].n_calls);
        assert_true(strlen(out.text) > 0);
        close_world(&w);
    }
}

static void failing_calls(void **state)
{
    static const struct {
        int failing;
        enum kind kind;
        int status, expected;
        uint64_t lost;
        const char *fallback;
    } rows[] = {
        {1, DISTIL, DRP_ENET, 0, 1, NULL},          /* one that might collaborate */
        {0, DISTIL, DRP_ENET, 0, 1, "own history"}, /* the user's own             */
        {1, INDUCE, DRP_ENET, 0, 0, NULL},
        {0, INDUCE, DRP_ENET, 0, 0, NULL},
        {5, DISTIL, DRP_ENET, DRP_ENET, 0, NULL}, /* all: an error              */
        {5, INDUCE, DRP_EENGINE, DRP_EENGINE, 0, NULL},
        {5, WRITE, DRP_ENET, DRP_ENET, 0, NULL},
        {1, DISTIL, DRP_ECANCELLED, DRP_ECANCELLED, 0, NULL},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct world w;
        struct stage st = usual;
        st.failing = rows[i].failing;
        st.failing_kind = rows[i].kind;
        st.status = rows[i].status;
        open_world(&w, *state, &st);
        const struct outcome out = predict(&w, 0);
        assert_int_equal(out.rc, rows[i].expected);
        if (rows[i].expected == 0) {
            assert_fallback(out.fallback, rows[i].fallback);
            assert_int_equal(w.account.personas_lost, rows[i].lost);
        }
        close_world(&w);
    }
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(personas_are_made_once),      IN_FOLDER(order_changes_nothing),
        IN_FOLDER(samples_side_by_side_share),  IN_FOLDER(the_pool_is_bounded),
        IN_FOLDER(prompts_hold_their_material), IN_FOLDER(nothing_leaks),
        IN_FOLDER(a_dry_run_masks_the_others),  IN_FOLDER(items_are_shared_out),
        IN_FOLDER(words_stand_in_for_vectors),  IN_FOLDER(answers_are_repaired_or_lost),
        IN_FOLDER(thin_data_step_down),         IN_FOLDER(failing_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
