/* Asking: one answer for equal questions, the journal, failures and cancelling, over a
 * scripted back-end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/thread.h"
#include "engine/engine.h"
#include "engine/journal.h"
#include "io/db.h"
#include "support/stub.h"
#include "support/temp.h"

#include "base/banned.h"

/* A model over a script, with what it needs around it. */
struct bench {
    struct drp_stub *stub;
    struct drp_journal *journal;
    struct drp_model *model;
    struct drp_arena arena;
    struct drp_err err;
};

/* `path`: the journal, NULL for none. */
static void bench_init(struct bench *b, const struct drp_stub_opts *opts, const char *path)
{
    *b = (struct bench){0};
    b->stub = drp_stub_new(opts);
    if (path && drp_journal_open(path, &b->journal, &b->err) < 0)
        fail_msg("%s", b->err.text);
    const struct drp_model_opts o = {.spec = "stub:", .journal = b->journal};
    if (drp_model_open(&o, &b->model, &b->err) < 0)
        fail_msg("%s", b->err.text);
}

static void bench_release(struct bench *b)
{
    /* Whatever happened, each slot is free again, once. */
    assert_int_equal(drp_stub_n_kept(b->stub), drp_stub_n_calls(b->stub));
    drp_model_free(b->model);
    drp_journal_free(b->journal);
    drp_stub_free(b->stub);
    drp_arena_release(&b->arena);
}

static struct drp_call question(struct drp_message *m, const char *text)
{
    *m = (struct drp_message){DRP_ROLE_USER, drp_sv_from(text)};
    return (struct drp_call){.messages = m, .n_messages = 1};
}

/* Asks one question; the reply must come, whatever its status. */
static struct drp_reply ask_call(struct bench *b, const struct drp_call *call)
{
    struct drp_reply reply;
    if (drp_ask(b->model, call, 1, &reply, &b->arena, &b->err) < 0)
        fail_msg("%s", b->err.text);
    return reply;
}

static struct drp_reply ask(struct bench *b, const char *text)
{
    struct drp_message m;
    const struct drp_call call = question(&m, text);
    return ask_call(b, &call);
}

/* ---- replies ---------------------------------------------------------------------------- */

static void replies(void **state)
{
    static const struct drp_stub_rule rules[] = {
        {.match = "trim", .text = " \n answer\tof two \r\n", .reasoning = " why "},
        {.match = "cut", .text = "half", .finish = DRP_FINISH_LENGTH},
        {.match = "think", .reasoning = "on and on", .finish = DRP_FINISH_THINK},
        {.match = "fail", .status = DRP_EENGINE, .error = "out of memory"},
        {.match = "silent", .status = DRP_ENET},
        {.match = "odd", .finish = DRP_FINISH_ERROR},
        {.match = "empty", .text = "  "},
    };
    static const struct {
        const char *ask;
        int status;
        const char *text, *reasoning, *error;
        enum drp_finish finish;
        bool kept, answered;
    } rows[] = {
        {"trim", 0, "answer\tof two", " why ", "", DRP_FINISH_STOP, true, true},
        {"cut", 0, "half", "", "", DRP_FINISH_LENGTH, true, true},
        {"think", 0, "", "on and on", "", DRP_FINISH_THINK, true, false},
        {"fail", DRP_EENGINE, "", "", "out of memory", DRP_FINISH_ERROR, false, false},
        {"silent", DRP_ENET, "", "", "network", DRP_FINISH_ERROR, false, false},
        {"odd", DRP_EENGINE, "", "", "engine", DRP_FINISH_ERROR, false, false},
        {"empty", 0, "", "", "", DRP_FINISH_STOP, true, false},
    };
    struct bench b;
    bench_init(&b, &(struct drp_stub_opts){.rules = rules, .n_rules = DRP_LEN(rules)},
               drp_temp_path(*state, "j.db"));
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        for (int round = 0; round < 2; round++) {
            const struct drp_reply r = ask(&b, rows[i].ask);
            assert_int_equal(r.status, rows[i].status);
            assert_true(drp_sv_is(r.text, rows[i].text));
            assert_true(drp_sv_is(r.reasoning, rows[i].reasoning));
            assert_true(drp_sv_is(r.error, rows[i].error));
            assert_int_equal(r.finish, rows[i].finish);
            assert_int_equal(r.from_journal, round == 1 && rows[i].kept);
            assert_int_equal(drp_answered(&r), rows[i].answered);
            assert_int_equal(drp_stub_n_calls_with(b.stub, rows[i].ask),
                             round == 1 && !rows[i].kept ? 2 : 1);
        }
    bench_release(&b);
}

static void many_at_once_in_order(void **state)
{
    enum { N = 100 };
    struct bench b;
    struct drp_message messages[N];
    struct drp_call calls[N];
    struct drp_reply got[N];
    (void)state;
    bench_init(&b, &(struct drp_stub_opts){0}, NULL);
    for (size_t i = 0; i < N; i++) /* each question twice */
        calls[i] = question(&messages[i], drp_arena_f(&b.arena, "question %zu", i / 2).ptr);
    assert_int_equal(drp_ask(b.model, calls, N, got, &b.arena, &b.err), 0);
    for (size_t i = 0; i < N; i++) {
        assert_true(drp_sv_eq(got[i].text, messages[i].text));
        assert_int_equal(got[i].from_journal, i % 2);
    }
    assert_int_equal(drp_stub_n_calls(b.stub), N / 2);
    assert_int_equal(drp_stub_largest_batch(b.stub), N / 2);
    struct drp_model_stats stats;
    drp_model_get_stats(b.model, &stats);
    assert_int_equal(stats.calls, N);
    assert_int_equal(stats.shared, N / 2);
    assert_int_equal(stats.failed, 0);
    assert_int_equal(drp_ask(b.model, NULL, 0, NULL, &b.arena, &b.err), 0);
    bench_release(&b);
}

static void no_journal_asks_again(void **state)
{
    struct bench b;
    struct drp_message m;
    bench_init(&b, &(struct drp_stub_opts){0}, drp_temp_path(*state, "j.db"));
    struct drp_call call = question(&m, "x");
    call.no_journal = true;
    for (size_t i = 1; i <= 3; i++) {
        assert_false(ask_call(&b, &call).from_journal);
        assert_int_equal(drp_stub_n_calls(b.stub), i);
    }
    struct drp_journal_stats stats;
    assert_int_equal(drp_journal_get_stats(b.journal, &stats, &b.err), 0);
    assert_int_equal(stats.calls, 0);
    bench_release(&b);
}

static void add_piece(void *ctx, struct drp_sv piece)
{
    drp_str_add(ctx, piece);
}

static void text_is_shown_as_it_comes(void **state)
{
    struct bench b;
    struct drp_message m;
    struct drp_str shown;
    drp_str_init(&shown, 1000);
    bench_init(&b, &(struct drp_stub_opts){0}, drp_temp_path(*state, "j.db"));
    struct drp_call call = question(&m, "echo");
    call.on_text = add_piece;
    call.ctx = &shown;
    ask_call(&b, &call);
    assert_string_equal(shown.ptr, "echo");
    ask_call(&b, &call); /* from the journal */
    assert_string_equal(shown.ptr, "echoecho");
    drp_str_release(&shown);
    bench_release(&b);
}

/* What reaches the back-end says what is meant. */
static void check_sampling(void *ctx, const struct drp_call *call, struct drp_job *job)
{
    const struct drp_sampling *s = &call->sampling;
    (void)ctx;
    drp_str_addf(&job->text, "%g %g %g %u %u %u %u", s->temperature, s->top_p,
                 s->repeat_penalty, s->repeat_last_n, (unsigned)s->seed, s->max_tokens,
                 s->think_budget);
}

static void sampling_is_resolved(void **state)
{
    static const struct {
        struct drp_sampling in;
        const char *out;
    } rows[] = {
        {{0}, "0 1 1.25 256 0 512 4096"},
        {{.seed = 9, .top_p = 0.5, .max_tokens = 3}, "0 1 1.25 256 0 3 4096"},
        {{.temperature = 0.8, .seed = 9}, "0.8 1 1 0 9 512 4096"},
        {{.temperature = 0.8, .top_p = 0.95, .repeat_penalty = 1.5},
         "0.8 0.95 1.5 256 0 512 4096"},
        {{.repeat_penalty = 1, .repeat_last_n = 64, .think_budget = 1}, "0 1 1 0 0 512 1"},
    };
    struct bench b;
    (void)state;
    const struct drp_stub_opts opts = {.answer = check_sampling,
                                       .info = {.repeat_penalty = 1.25, .reasoning = true}};
    bench_init(&b, &opts, NULL);
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_message m;
        struct drp_call call = question(&m, "x");
        call.sampling = rows[i].in;
        assert_string_equal(ask_call(&b, &call).text.ptr, rows[i].out);
        const struct drp_sampling once =
            drp_sampling_resolve(rows[i].in, drp_model_info(b.model));
        const struct drp_sampling twice =
            drp_sampling_resolve(once, drp_model_info(b.model));
        assert_memory_equal(&once, &twice, sizeof once);
    }
    bench_release(&b);
}

/* ---- journal ---------------------------------------------------------------------------- */

static void nothing_is_asked_twice(void **state)
{
    const char *path = drp_temp_path(*state, "j.db");
    struct bench b;
    for (int run = 0; run < 2; run++) {
        bench_init(&b, &(struct drp_stub_opts){0}, path);
        for (int i = 0; i < 20; i++) {
            const struct drp_sv text = drp_arena_f(&b.arena, "question %d", i);
            const struct drp_reply r = ask(&b, text.ptr);
            assert_true(drp_sv_eq(r.text, text));
            assert_int_equal(r.from_journal, run == 1);
        }
        assert_int_equal(drp_stub_n_calls(b.stub), run == 0 ? 20 : 0);
        bench_release(&b);
    }
}

static void strict_wants_its_own(void **state)
{
    struct bench b;
    bench_init(&b, &(struct drp_stub_opts){0}, drp_temp_path(*state, "j.db"));
    ask(&b, "x");
    drp_model_free(b.model);
    const struct drp_model_opts o = {.spec = "stub:", .journal = b.journal, .strict = true};
    assert_int_equal(drp_model_open(&o, &b.model, &b.err), 0);
    assert_false(ask(&b, "x").from_journal);
    assert_true(ask(&b, "x").from_journal);
    bench_release(&b);
}

struct asker {
    struct drp_thread thread;
    struct drp_model *model;
    unsigned first, stride;
    int rc;
    unsigned n_wrong, n_statuses;
    struct drp_err err;
};

enum { N_ASKERS = 16, N_QUESTIONS = 60, PER_ASK = 6 };

/* Goes through all questions in an order of its own, some at a time. */
static void ask_all(void *ctx)
{
    struct asker *x = ctx;
    struct drp_arena arena = {0};
    for (unsigned at = 0; at < N_QUESTIONS && x->rc == 0; at += PER_ASK) {
        struct drp_message messages[PER_ASK];
        struct drp_call calls[PER_ASK];
        struct drp_reply got[PER_ASK];
        for (unsigned i = 0; i < PER_ASK; i++)
            calls[i] = question(&messages[i],
                                drp_arena_f(&arena, "question %u",
                                            (x->first + (at + i) * x->stride) % N_QUESTIONS)
                                    .ptr);
        x->rc = drp_ask(x->model, calls, PER_ASK, got, &arena, &x->err);
        for (unsigned i = 0; i < PER_ASK; i++) {
            x->n_statuses += got[i].status < 0;
            x->n_wrong += got[i].status == 0 && !drp_sv_eq(got[i].text, messages[i].text);
        }
    }
    drp_arena_release(&arena);
}

static void run_askers(struct drp_model *model, struct asker *askers)
{
    static const unsigned strides[] = {1, 7, 11,
                                       13}; /* no factor in common with N_QUESTIONS */
    struct drp_err err = {0};
    for (unsigned i = 0; i < N_ASKERS; i++) {
        askers[i] = (struct asker){.model = model,
                                   .first = i * 5,
                                   .stride = strides[i % DRP_LEN(strides)]};
        assert_int_equal(drp_thread_start(&askers[i].thread, ask_all, &askers[i], 0, &err),
                         0);
    }
    for (unsigned i = 0; i < N_ASKERS; i++)
        drp_thread_join(&askers[i].thread);
}

/* With a journal each question is put once; without, never twice at the same time. */
static void threads_share_answers(void **state)
{
    const char *paths[] = {NULL, drp_temp_path(*state, "j.db")};
    static const struct drp_stub_rule rules[] = {
        {.match = "question 9", .text = "question 9", .delay_ms = 20}};
    for (size_t k = 0; k < DRP_LEN(paths); k++) {
        struct bench b;
        struct asker askers[N_ASKERS];
        bench_init(&b, &(struct drp_stub_opts){.rules = rules, .n_rules = 1}, paths[k]);
        run_askers(b.model, askers);
        for (size_t i = 0; i < N_ASKERS; i++)
            assert_int_equal(
                askers[i].rc + (int)askers[i].n_statuses + (int)askers[i].n_wrong, 0);
        if (paths[k])
            assert_int_equal(drp_stub_n_calls(b.stub), N_QUESTIONS);
        struct drp_model_stats stats;
        drp_model_get_stats(b.model, &stats);
        assert_int_equal(stats.calls, N_ASKERS * N_QUESTIONS);
        assert_int_equal(stats.calls - stats.shared - stats.from_journal,
                         drp_stub_n_calls(b.stub));
        assert_true(stats.shared > 0);
        bench_release(&b);
    }
}

/* Whatever step of the journal fails: all threads end, with DRP_EDB or their answers, and
 * a second run asks the rest. */
static void faults_reach_every_waiter(void **state)
{
    unsigned n_hit = 0;
    for (int64_t nth = 1; nth < 2000; nth = nth * 3 / 2 + 1) {
        struct bench b;
        struct asker askers[N_ASKERS];
        char name[32];
        snprintf(name, sizeof name, "%d.db", (int)nth);
        bench_init(&b, &(struct drp_stub_opts){0}, drp_temp_path(*state, name));
        drp_db_fail_nth(nth);
        run_askers(b.model, askers);
        drp_db_fail_nth(0);
        for (size_t i = 0; i < N_ASKERS; i++) {
            n_hit += askers[i].rc < 0;
            assert_int_equal(askers[i].n_wrong, 0);
            assert_true(askers[i].rc == 0 || askers[i].rc == DRP_EDB);
            assert_true(askers[i].rc == 0 || strstr(askers[i].err.text, "full"));
            assert_int_equal(askers[i].n_statuses, askers[i].rc == 0 ? 0 : PER_ASK);
        }
        run_askers(b.model, askers);
        for (size_t i = 0; i < N_ASKERS; i++)
            assert_int_equal(askers[i].rc + (int)askers[i].n_wrong, 0);
        bench_release(&b);
    }
    assert_true(n_hit > 0);
}

/* ---- cancelling ------------------------------------------------------------------------- */

static const struct drp_stub_rule slow_rules[] = {
    {.match = "slow", .text = "at last", .delay_ms = 60000},
    {.match = "soon", .text = "done", .delay_ms = 200},
};

static const struct drp_stub_opts slow_opts = {.rules = slow_rules,
                                               .n_rules = DRP_LEN(slow_rules)};

static void first_level_starts_nothing(void **state)
{
    struct bench b;
    struct drp_message m;
    struct drp_cancel cancel = {0};
    bench_init(&b, &(struct drp_stub_opts){0}, drp_temp_path(*state, "j.db"));
    ask(&b, "kept");
    drp_cancel_raise(&cancel, 1);
    struct drp_call call = question(&m, "new");
    call.cancel = &cancel;
    const struct drp_reply r = ask_call(&b, &call);
    assert_int_equal(r.status, DRP_ECANCELLED);
    assert_int_equal(r.finish, DRP_FINISH_CANCEL);
    assert_true(r.error.len > 0);
    assert_int_equal(drp_stub_n_calls(b.stub), 1);
    call = question(&m, "kept"); /* costs nothing: still given */
    call.cancel = &cancel;
    assert_int_equal(ask_call(&b, &call).status, 0);
    struct drp_model_stats stats;
    drp_model_get_stats(b.model, &stats);
    assert_int_equal(stats.failed, 0);
    bench_release(&b);
}

struct raiser {
    struct drp_thread thread;
    struct drp_cancel *cancel;
    int64_t after_ms;
    int level;
};

static void raise_later(void *ctx)
{
    const struct raiser *r = ctx;
    drp_clock_sleep_ms(r->after_ms);
    drp_cancel_raise(r->cancel, r->level);
}

/* What was asked goes on at level 1 and ends at level 2. */
static void levels_in_flight(void **state)
{
    static const struct {
        const char *ask;
        int level, status;
    } rows[] = {{"soon", 1, 0}, {"slow", 2, DRP_ECANCELLED}};
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct bench b;
        struct drp_message m;
        struct drp_cancel cancel = {0};
        struct raiser r = {.cancel = &cancel, .after_ms = 50, .level = rows[i].level};
        bench_init(&b, &slow_opts, drp_temp_path(*state, "j.db"));
        assert_int_equal(drp_thread_start(&r.thread, raise_later, &r, 0, &b.err), 0);
        struct drp_call call = question(&m, rows[i].ask);
        call.cancel = &cancel;
        assert_int_equal(ask_call(&b, &call).status, rows[i].status);
        drp_thread_join(&r.thread);
        assert_int_equal(drp_stub_n_cancelled(b.stub), rows[i].status < 0);
        struct drp_journal_stats stats;
        assert_int_equal(drp_journal_get_stats(b.journal, &stats, &b.err), 0);
        assert_int_equal(stats.calls, 1); /* that of "soon", from the first row on */
        bench_release(&b);
    }
}

static void deadlines(void **state)
{
    struct bench b;
    struct drp_message m;
    (void)state;
    bench_init(&b, &slow_opts, NULL);
    struct drp_call call = question(&m, "slow");
    call.deadline_ms = drp_clock_ms() + 100;
    const struct drp_reply r = ask_call(&b, &call);
    assert_int_equal(r.status, DRP_ECANCELLED);
    assert_true(drp_sv_find(r.error, DRP_SV("deadline"), 0) != SIZE_MAX);
    assert_int_equal(drp_stub_n_cancelled(b.stub), 1);
    assert_int_equal(ask_call(&b, &call).status, DRP_ECANCELLED); /* over before it began */
    assert_int_equal(drp_stub_n_calls(b.stub), 1);
    bench_release(&b);
}

struct patient {
    struct drp_thread thread;
    struct drp_model *model;
    const struct drp_cancel *cancel;
    int rc, status;
};

static void ask_slow_then_read(void *ctx)
{
    struct patient *p = ctx;
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    struct drp_message m;
    struct drp_reply reply = {0};
    struct drp_call call = question(&m, "slow");
    call.cancel = p->cancel;
    p->rc = drp_ask(p->model, &call, 1, &reply, &arena, &err);
    p->status = reply.status;
    drp_arena_release(&arena);
}

static void wait_for_calls(struct drp_stub *stub, size_t n)
{
    while (drp_stub_n_calls(stub) < n)
        drp_clock_sleep_ms(1);
}

/* The one who leads is stopped; the other, who followed, asks the question itself. And
 * the reverse. */
static void the_other_goes_on(void **state)
{
    static const struct drp_stub_rule rules[] = {
        {.match = "slow", .text = "never", .delay_ms = 60000, .max_uses = 1},
        {.match = "slow", .text = "at last", .delay_ms = 200},
    };
    (void)state;
    for (int stopped = 0; stopped < 2; stopped++) {
        struct bench b;
        struct drp_cancel cancels[2] = {0};
        struct patient p[2] = {0};
        bench_init(&b,
                   &(struct drp_stub_opts){.rules = &rules[stopped],
                                           .n_rules = (size_t)2 - (size_t)stopped},
                   NULL);
        for (int i = 0; i < 2; i++) {
            p[i].model = b.model;
            p[i].cancel = &cancels[i];
            assert_int_equal(
                drp_thread_start(&p[i].thread, ask_slow_then_read, &p[i], 0, &b.err), 0);
            wait_for_calls(b.stub, 1); /* so that 0 leads and 1 follows */
        }
        drp_clock_sleep_ms(50);
        drp_cancel_raise(&cancels[stopped], 2);
        for (int i = 0; i < 2; i++)
            drp_thread_join(&p[i].thread);
        assert_int_equal(p[stopped].status, DRP_ECANCELLED);
        assert_int_equal(p[!stopped].status, 0);
        bench_release(&b);
    }
}

/* ---- the rest --------------------------------------------------------------------------- */

static void opening(void **state)
{
    static const struct {
        const char *spec, *says;
    } rows[] = {{"", "empty"}, {"what:x", "unknown engine 'what'"}, {"stub:", "no script"}};
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_model *m = NULL;
        struct drp_err err = {0};
        const struct drp_model_opts o = {.spec = rows[i].spec};
        drp_stub_free(drp_stub_new(&(struct drp_stub_opts){0})); /* known, without a script */
        assert_int_equal(drp_model_open(&o, &m, &err), DRP_EUSAGE);
        assert_non_null(strstr(err.text, rows[i].says));
        assert_null(m);
    }
}

static void misuse(void **state)
{
    struct bench b;
    struct drp_reply reply;
    float vector[16];
    (void)state;
    bench_init(&b, &(struct drp_stub_opts){0}, NULL);
    const struct drp_call none = {0};
    assert_int_equal(drp_ask(b.model, &none, 1, &reply, &b.arena, &b.err), DRP_EBUG);
    const struct drp_sv text = DRP_SV("x");
    assert_int_equal(drp_embed(b.model, &text, 1, vector, &b.err), DRP_EUSAGE);
    bench_release(&b);
}

static void embedding(void **state)
{
    struct bench b;
    float v[3 * 8];
    (void)state;
    b = (struct bench){
        .stub = drp_stub_new(&(struct drp_stub_opts){.info = {.dimension = 8}})};
    const struct drp_model_opts o = {.spec = "stub:", .embedding = true};
    assert_int_equal(drp_model_open(&o, &b.model, &b.err), 0);
    assert_int_equal(drp_model_info(b.model)->dimension, 8);
    const struct drp_sv texts[] = {DRP_SV("a"), DRP_SV("b"), DRP_SV("a")};
    assert_int_equal(drp_embed(b.model, texts, 3, v, &b.err), 0);
    assert_memory_equal(v, v + 16, 8 * sizeof *v);
    assert_memory_not_equal(v, v + 8, 8 * sizeof *v);
    double sum = 0;
    for (size_t i = 0; i < 8; i++)
        sum += (double)v[i] * (double)v[i];
    assert_true(fabs(sum - 1) < 1e-6);
    struct drp_message m;
    struct drp_reply reply;
    const struct drp_call call = question(&m, "x");
    assert_int_equal(drp_ask(b.model, &call, 1, &reply, &b.arena, &b.err), DRP_EUSAGE);
    bench_release(&b);
}

static void counting(void **state)
{
    struct bench b;
    struct drp_message m;
    size_t n = 0;
    (void)state;
    bench_init(&b, &(struct drp_stub_opts){0}, NULL);
    const struct drp_call call = question(&m, "twelve bytes");
    assert_int_equal(drp_count(b.model, &call, &n, &b.err), 0);
    assert_int_equal(n, 3);
    bench_release(&b);
}

static void finish_names(void **state)
{
    enum drp_finish back;
    (void)state;
    for (int i = DRP_FINISH_STOP; i <= DRP_FINISH_ERROR; i++) {
        assert_true(drp_finish_from_name(drp_sv_from(drp_finish_name((enum drp_finish)i)),
                                         &back));
        assert_int_equal(back, i);
    }
    assert_false(drp_finish_from_name(DRP_SV("done"), &back));
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(replies),
        cmocka_unit_test(many_at_once_in_order),
        IN_FOLDER(no_journal_asks_again),
        IN_FOLDER(text_is_shown_as_it_comes),
        cmocka_unit_test(sampling_is_resolved),
        IN_FOLDER(nothing_is_asked_twice),
        IN_FOLDER(strict_wants_its_own),
        IN_FOLDER(threads_share_answers),
        IN_FOLDER(faults_reach_every_waiter),
        IN_FOLDER(first_level_starts_nothing),
        IN_FOLDER(levels_in_flight),
        cmocka_unit_test(deadlines),
        cmocka_unit_test(the_other_goes_on),
        cmocka_unit_test(opening),
        cmocka_unit_test(misuse),
        cmocka_unit_test(embedding),
        cmocka_unit_test(counting),
        cmocka_unit_test(finish_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
