/* The public interface with a scripted model: options, texts, differences, stopping, methods of a program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/thread.h"
#include "drp/drp.h"
#include "support/stub.h"
#include "support/temp.h"

#include "base/banned.h"

enum { N_ITEMS = 2, N_OTHERS = 3 };

static const char *const items[N_ITEMS] = {"Kettle", "Pan"};
static const char *const others_texts[N_OTHERS][N_ITEMS] = {{"THEIRS one", "THEIRS two"},
                                                            {"THEIRS three", "THEIRS four"},
                                                            {"THEIRS five", "THEIRS six"}};
static const char *const authors[N_OTHERS] = {"bo", "cy", "di"};

/* What a person gives: texts about both items, and what three others wrote about these. */
struct given {
    struct drp_text own[N_ITEMS], others[N_OTHERS * N_ITEMS];
    struct drp_person person;
    struct drp_text target;
};

static void fill(struct given *g)
{
    *g = (struct given){0};
    for (size_t i = 0; i < N_ITEMS; i++)
        g->own[i] = (struct drp_text){
            .item_title = drp_sv_from(items[i]),
            .title = DRP_SV("A good one"),
            .text = i == 0 ? DRP_SV("MINE about the kettle") : DRP_SV("MINE about the pan"),
            .rating = 4,
        };
    for (size_t i = 0; i < N_OTHERS * N_ITEMS; i++)
        g->others[i] = (struct drp_text){
            .author = drp_sv_from(authors[i / N_ITEMS]),
            .item_title = drp_sv_from(items[i % N_ITEMS]),
            .text = drp_sv_from(others_texts[i / N_ITEMS][i % N_ITEMS]),
        };
    g->person =
        (struct drp_person){DRP_SV("ada"), g->own, N_ITEMS, g->others, N_OTHERS * N_ITEMS};
    g->target = (struct drp_text){
        .item_title = DRP_SV("Tent"),
        .item_description = DRP_SV("Sleeps two."),
        .title = DRP_SV("A good night"),
        .rating = 5,
    };
}

/* A feature where features are asked for, else a word for the stage. */
static void answer(void *ctx, const struct drp_call *call, struct drp_job *job)
{
    (void)ctx;
    const struct drp_sv asked = call->messages[call->n_messages - 1].text;
    if (call->grammar)
        drp_str_addz(&job->text,
                     "{\"features\":[{\"name\":\"tone\",\"definition\":\"how it sounds\","
                     "\"difference\":\"sounds calm and sure\"}]}");
    else if (drp_sv_find(asked, DRP_SV("Tent"), 0) != SIZE_MAX)
        drp_str_addz(&job->text, "A text of some words.");
    else
        drp_str_addz(&job->text, "A summary.");
}

static const struct drp_stub_opts script = {.answer = answer};

/* A writer of the stub; options are pairs, up to a NULL name. Ends the test when it cannot be had. */
static struct drp_writer *new_writer(void)
{
    struct drp_writer *w = NULL;
    struct drp_err err = {0};
    static const struct drp_choice choices[] = {{"model", "stub:"},
                                                {"embedder", "stub:"},
                                                {"peers", "2"}};
    assert_int_equal(drp_writer_new(&w, &err), 0);
    for (size_t i = 0; i < DRP_LEN(choices); i++)
        if (drp_writer_set(w, choices[i].name, choices[i].value, &err) < 0)
            fail_msg("%s", err.text);
    return w;
}

static void open_writer(struct drp_writer *w)
{
    struct drp_err err = {0};
    if (drp_writer_open(w, &err) < 0)
        fail_msg("%s", err.text);
}

static struct drp_written *write_text(struct drp_writer *w,
                                      const struct drp_write_opts *opts)
{
    struct given g;
    struct drp_written *out = NULL;
    struct drp_err err = {0};
    fill(&g);
    if (drp_write(w, &g.person, &g.target, opts, &out, &err) < 0)
        fail_msg("%s", err.text);
    return out;
}

static void a_text_with_what_led_to_it(void **state)
{
    (void)state;
    struct drp_stub *stub = drp_stub_new(&script);
    struct drp_writer *w = new_writer();
    open_writer(w);
    struct drp_written *text = write_text(w, NULL);
    assert_string_equal(text->text.ptr, "A text of some words.");
    assert_int_equal(text->text.len, strlen(text->text.ptr));
    assert_string_equal(text->profile.ptr, "A summary.");
    assert_string_equal(text->fallback.ptr, "");
    assert_string_equal(text->finish.ptr, "stop");
    assert_true(text->n_differences >= N_ITEMS);
    bool has_tone = false;
    for (size_t i = 0; i < text->n_differences; i++) {
        const struct drp_difference *d = &text->differences[i];
        assert_true(d->kept == (d->reason.len == 0));
        has_tone = has_tone || (drp_sv_is(d->name, "tone") && d->kept);
    }
    assert_true(has_tone);
    /* Two comparisons, each extracted and validated; a summary; the text. */
    assert_int_equal(drp_stub_n_calls(stub), 6);
    assert_int_equal(drp_stub_n_calls_with(stub, "ada"), 0);
    drp_written_free(text);
    drp_writer_free(w);
    drp_stub_free(stub);
}

static void options_of_one_text(void **state)
{
    (void)state;
    struct drp_stub *stub = drp_stub_new(&script);
    struct drp_writer *w = new_writer();
    open_writer(w);
    static const struct drp_choice rag[] = {{"method", "rag"}, {"seed", "7"}};
    static const struct drp_choice thin[] = {{"peers", "9"}, {"evidence", "off"}};
    struct drp_write_opts opts = {.choices = rag, .n_choices = DRP_LEN(rag)};
    drp_written_free(write_text(w, &opts));
    assert_int_equal(drp_stub_n_calls(stub), 1);
    opts = (struct drp_write_opts){.choices = thin, .n_choices = DRP_LEN(thin)};
    struct drp_written *text = write_text(w, &opts); /* nobody to compare with */
    assert_string_equal(text->fallback.ptr, "own history");
    drp_written_free(text);
    text = write_text(w, NULL);
    assert_string_equal(text->fallback.ptr, "");
    drp_written_free(text);
    drp_writer_free(w);
    drp_stub_free(stub);
}

static void mistakes(void **state)
{
    (void)state;
    struct drp_stub *stub = drp_stub_new(&script);
    static const struct {
        const char *name, *value, *says;
    } cases[] = {
        {"temprature", "1", "unknown option 'temprature': did you mean 'temperature'?"},
        {"user", "x", "unknown option 'user'"},
        {"temperature", "9", "bad value '9' for --temperature: 0 to 2 is allowed"},
        {"evidence", "maybe", "bad value 'maybe' for --evidence: one of on|check|off"},
        {"model", NULL, "no value for option 'model'"},
        {NULL, "x", "unknown option ''"},
        {"config", "/nowhere/x.json", "cannot read '/nowhere/x.json': "},
    };
    struct drp_writer *w = new_writer();
    struct given g;
    struct drp_written *text = NULL;
    struct drp_err err = {0};
    fill(&g);
    assert_int_equal(drp_write(w, &g.person, &g.target, NULL, &text, &err), DRP_EUSAGE);
    assert_string_equal(err.text, "the writer is not open: call drp_writer_open() first");
    for (size_t i = 0; i < DRP_LEN(cases); i++) {
        assert_true(drp_writer_set(w, cases[i].name, cases[i].value, &err) < 0);
        if (strncmp(err.text, cases[i].says, strlen(cases[i].says)) != 0)
            fail_msg("case %zu: %s", i, err.text);
    }
    assert_int_equal(drp_writer_set(w, "method", "drpp", &err), 0);
    assert_int_equal(drp_writer_open(w, &err), DRP_EUSAGE);
    assert_non_null(strstr(err.text, "did you mean 'drp'"));
    assert_int_equal(drp_writer_set(w, "method", "drp,rag", &err), 0);
    assert_int_equal(drp_writer_open(w, &err), DRP_EUSAGE);
    assert_int_equal(drp_writer_set(w, "method", "drp", &err), 0);
    open_writer(w);
    assert_int_equal(drp_writer_set(w, "seed", "1", &err), DRP_EUSAGE);

    const struct drp_choice model = {"model", "stub:"};
    const struct drp_write_opts opts = {.choices = &model, .n_choices = 1};
    assert_int_equal(drp_write(w, &g.person, &g.target, &opts, &text, &err), DRP_EUSAGE);
    assert_non_null(strstr(err.text, "cannot change from text to text"));
    g.own[1].text = DRP_SV("  ");
    assert_int_equal(drp_write(w, &g.person, &g.target, NULL, &text, &err), DRP_EINPUT);
    assert_int_equal(err.record, 2);
    assert_null(text);
    drp_writer_free(w);
    drp_writer_free(NULL);
    drp_written_free(NULL);
    drp_stub_free(stub);
}

static void version_in_both_forms(void **state)
{
    (void)state;
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", DRP_VERSION_NUMBER / 10000,
             DRP_VERSION_NUMBER / 100 % 100, DRP_VERSION_NUMBER % 100);
    assert_string_equal(drp_version(), text);
    assert_string_equal(drp_version(), DRP_VERSION);
}

static void config_file(void **state)
{
    const char *path = drp_temp_write(
        *state, "drp.json",
        DRP_SV("{ \"models\": {\"small\": {\"spec\": \"stub:\"}}, \"model\": \"small\", // here\n"
               "  \"method\": [\"nonp\"], \"user\": [\"nobody\"] }"));
    struct drp_stub *stub = drp_stub_new(&script);
    struct drp_writer *w = new_writer();
    struct drp_err err = {0};
    if (drp_writer_set(w, "config", path, &err) < 0)
        fail_msg("%s", err.text);
    open_writer(w);
    drp_written_free(write_text(w, NULL));
    assert_int_equal(drp_stub_n_calls(stub), 1);
    drp_writer_free(w);
    drp_stub_free(stub);
}

/* ---- pieces and stopping ---- */

struct heard {
    struct drp_str text;
    int answer;
    struct drp_writer *interrupted;
};

static int hear(void *ctx, struct drp_sv piece)
{
    struct heard *h = ctx;
    drp_str_add(&h->text, piece);
    return h->answer;
}

static void pieces_make_the_text(void **state)
{
    (void)state;
    struct drp_stub *stub = drp_stub_new(&script);
    struct drp_writer *w = new_writer();
    struct heard h = {0};
    drp_str_init(&h.text, 4096);
    open_writer(w);
    const struct drp_write_opts opts = {.on_piece = hear, .ctx = &h};
    drp_written_free(write_text(w, &opts));
    assert_string_equal(h.text.ptr, "A text of some words.");
    drp_str_release(&h.text);
    drp_writer_free(w);
    drp_stub_free(stub);
}

/* Waits until a call is on its way, then interrupts. */
static void interrupt_soon(void *ctx)
{
    struct {
        struct drp_writer *w;
        struct drp_stub *stub;
    } *x = ctx;
    while (drp_stub_n_calls(x->stub) == 0)
        ;
    drp_writer_interrupt(x->w);
}

static void interrupted(void **state)
{
    (void)state;
    const struct drp_stub_rule slow = {.text = "Late.", .delay_ms = 60000, .max_uses = 2};
    struct drp_stub *stub = drp_stub_new(
        &(struct drp_stub_opts){.rules = &slow, .n_rules = 1, .answer = answer});
    struct drp_writer *w = new_writer();
    struct given g;
    struct drp_written *text = NULL;
    struct drp_err err = {0};
    struct drp_thread thread;
    struct {
        struct drp_writer *w;
        struct drp_stub *stub;
    } x = {w, stub};
    fill(&g);
    open_writer(w);
    assert_int_equal(drp_thread_start(&thread, interrupt_soon, &x, 0, &err), 0);
    assert_int_equal(drp_write(w, &g.person, &g.target, NULL, &text, &err), DRP_ECANCELLED);
    drp_thread_join(&thread);
    assert_null(text);
    drp_written_free(write_text(w, NULL)); /* later ones are not touched */
    drp_writer_free(w);
    drp_stub_free(stub);
}

struct writing {
    struct drp_writer *w;
    struct drp_written *text;
};

static void write_in_thread(void *ctx)
{
    struct writing *x = ctx;
    x->text = write_text(x->w, NULL);
}

static void many_threads_share_a_writer(void **state)
{
    (void)state;
    struct drp_stub *stub = drp_stub_new(&script);
    struct drp_writer *w = new_writer();
    struct drp_thread threads[4];
    struct writing x[4];
    struct drp_err err = {0};
    open_writer(w);
    for (size_t i = 0; i < DRP_LEN(threads); i++) {
        x[i] = (struct writing){w, NULL};
        assert_int_equal(drp_thread_start(&threads[i], write_in_thread, &x[i], 0, &err), 0);
    }
    for (size_t i = 0; i < DRP_LEN(threads); i++) {
        drp_thread_join(&threads[i]);
        assert_string_equal(x[i].text->text.ptr, "A text of some words.");
        drp_written_free(x[i].text);
    }
    drp_writer_free(w);
    drp_stub_free(stub);
}

/* ---- methods of a program ---- */

struct seen {
    size_t history, similar, comparisons, others;
    bool writes; /* else it sets no text */
    int fails, returns;
};

static int study(struct drp_work *w, void *ctx, struct drp_err *err)
{
    struct seen *seen = ctx;
    struct drp_sv answers[2];
    const struct drp_text *history = drp_work_history(w, &seen->history);
    (void)drp_work_similar(w, &seen->similar);
    const struct drp_comparison *c = drp_work_comparisons(w, &seen->comparisons);
    seen->others = seen->comparisons ? c[0].n_others : 0;
    assert_true(drp_sv_starts(history[0].text, DRP_SV("MINE")));
    assert_true(drp_sv_is(c[0].own[0].author, "ada"));
    assert_true(drp_sv_starts(c[0].others[0].text, DRP_SV("THEIRS")));
    const struct drp_message one = {DRP_ROLE_USER,
                                    drp_work_text(w, "first of %zu", seen->history)};
    const struct drp_message two = {DRP_ROLE_USER, DRP_SV("second")};
    const struct drp_question questions[] = {{&one, 1}, {&two, 1}};
    const int rc = drp_work_ask(w, DRP_STEP_STUDY, questions, 2, answers, err);
    if (rc == 0)
        drp_work_set_profile(w, answers[1]);
    return rc;
}

static int write_own(struct drp_work *w, void *ctx, struct drp_err *err)
{
    const struct seen *seen = ctx;
    struct drp_sv text = {0};
    if (seen->fails)
        return drp_fail(err, seen->fails, "no wish to write");
    if (!seen->writes)
        return seen->returns;
    assert_true(drp_sv_is(drp_work_target(w)->item_title, "Tent"));
    const struct drp_message messages[] = {
        {DRP_ROLE_SYSTEM, drp_work_profile(w)},
        {DRP_ROLE_USER, drp_work_text(w, "Tent for %s", "two")},
    };
    const struct drp_question question = {messages, 2};
    const int rc = drp_work_ask(w, DRP_STEP_WRITE, &question, 1, &text, err);
    if (rc == 0)
        drp_work_set_text(w, text);
    return rc;
}

static struct drp_writer *writer_with(struct seen *seen)
{
    struct drp_writer *w = new_writer();
    struct drp_err err = {0};
    char name[] = "mirror";
    const struct drp_own_method m = {name, study, write_own, seen};
    if (drp_writer_add_method(w, &m, &err) < 0 ||
        drp_writer_set(w, "method", "mirror", &err) < 0)
        fail_msg("%s", err.text);
    name[0] = 'x'; /* it was copied */
    open_writer(w);
    return w;
}

static void a_method_of_a_program(void **state)
{
    (void)state;
    struct drp_stub *stub = drp_stub_new(&script);
    struct seen seen = {.writes = true};
    struct drp_writer *w = writer_with(&seen);
    struct heard h = {0};
    drp_str_init(&h.text, 4096);
    const struct drp_write_opts opts = {.on_piece = hear, .ctx = &h};
    struct drp_written *text = write_text(w, &opts);
    assert_int_equal(seen.history, N_ITEMS);
    assert_int_equal(seen.similar, N_ITEMS);
    assert_int_equal(seen.comparisons, N_ITEMS);
    assert_int_equal(seen.others, 2);
    assert_string_equal(text->text.ptr, "A text of some words.");
    assert_string_equal(text->profile.ptr, "A summary.");
    assert_string_equal(h.text.ptr, "A text of some words."); /* of the text alone */
    assert_int_equal(drp_stub_n_calls_with(stub, "first of 2"), 1);
    assert_int_equal(drp_stub_n_calls(stub), 3);
    drp_written_free(text);
    drp_str_release(&h.text);
    drp_writer_free(w);
    drp_stub_free(stub);
}

static void a_method_that_sets_no_text_and_one_that_fails(void **state)
{
    (void)state;
    struct drp_stub *stub = drp_stub_new(&script);
    struct seen seen = {0};
    struct drp_writer *w = writer_with(&seen);
    struct drp_written *text = write_text(w, NULL);
    assert_string_equal(text->fallback.ptr, "plain");
    assert_string_equal(text->text.ptr, "A text of some words.");
    drp_written_free(text);

    struct given g;
    struct drp_err err = {0};
    fill(&g);
    seen.fails = DRP_EINPUT;
    assert_int_equal(drp_write(w, &g.person, &g.target, NULL, &text, &err), DRP_EINPUT);
    assert_string_equal(err.text, "no wish to write");
    static const struct {
        int returns, code;
        const char *says;
    } silent[] = {
        {3, DRP_EBUG, "method 'mirror' returned 3 and gave no reason"},
        {DRP_ENET, DRP_ENET, "method 'mirror' returned -8 and gave no reason"},
    };
    seen.fails = 0;
    for (size_t i = 0; i < DRP_LEN(silent); i++) {
        seen.returns = silent[i].returns;
        assert_int_equal(drp_write(w, &g.person, &g.target, NULL, &text, &err),
                         silent[i].code);
        assert_string_equal(err.text, silent[i].says);
    }
    drp_writer_free(w);
    drp_stub_free(stub);
}

static void names_of_methods(void **state)
{
    (void)state;
    struct drp_writer *w = new_writer();
    struct drp_err err = {0};
    static const struct {
        const char *name, *says;
    } cases[] = {
        {"drp", "method 'drp' is there already"},
        {"all", "method 'all' is there already"},
        {"My", "bad name 'My' of a method"},
        {"", "bad name '' of a method"},
        {NULL, "bad name '' of a method"},
    };
    for (size_t i = 0; i < DRP_LEN(cases); i++) {
        const struct drp_own_method m = {cases[i].name, NULL, write_own, NULL};
        assert_int_equal(drp_writer_add_method(w, &m, &err), DRP_EUSAGE);
        if (strncmp(err.text, cases[i].says, strlen(cases[i].says)) != 0)
            fail_msg("case %zu: %s", i, err.text);
    }
    const struct drp_own_method nothing = {"mine", NULL, NULL, NULL};
    assert_int_equal(drp_writer_add_method(w, &nothing, &err), DRP_EUSAGE);
    const struct drp_own_method mine = {"mine", NULL, write_own, NULL};
    assert_int_equal(drp_writer_add_method(w, &mine, &err), 0);
    assert_int_equal(drp_writer_add_method(w, &mine, &err), DRP_EUSAGE);
    drp_writer_free(w);
}

static int ask_badly(struct drp_work *w, void *ctx, struct drp_err *err)
{
    const struct drp_question *q = ctx;
    struct drp_sv answer;
    return drp_work_ask(w, DRP_STEP_STUDY, q, 1, &answer, err);
}

static void questions_are_checked(void **state)
{
    (void)state;
    struct drp_stub *stub = drp_stub_new(&script);
    const struct drp_message spoken = {DRP_ROLE_ASSISTANT, DRP_SV("hm")};
    const struct drp_message broken = {DRP_ROLE_USER, DRP_SV("a\xff")};
    const struct {
        struct drp_question question;
        int code;
    } cases[] = {{{NULL, 0}, DRP_EUSAGE},
                 {{&spoken, 1}, DRP_EUSAGE},
                 {{&broken, 1}, DRP_EINPUT}};
    for (size_t i = 0; i < DRP_LEN(cases); i++) {
        struct drp_question q = cases[i].question;
        const struct drp_own_method m = {"bad", NULL, ask_badly, &q};
        struct drp_writer *w = new_writer();
        struct drp_written *text = NULL;
        struct drp_err err = {0};
        struct given g;
        fill(&g);
        assert_int_equal(drp_writer_add_method(w, &m, &err), 0);
        assert_int_equal(drp_writer_set(w, "method", "bad", &err), 0);
        open_writer(w);
        assert_int_equal(drp_write(w, &g.person, &g.target, NULL, &text, &err),
                         cases[i].code);
        drp_writer_free(w);
    }
    assert_int_equal(drp_stub_n_calls(stub), 0);
    drp_stub_free(stub);
}

static void the_journal_answers(void **state)
{
    const char *path = drp_temp_path(*state, "journal.db");
    struct drp_stub *stub = drp_stub_new(&script);
    for (int i = 0; i < 2; i++) {
        struct seen seen = {.writes = true};
        struct drp_err err = {0};
        struct drp_writer *w = new_writer();
        const struct drp_own_method m = {"mirror", study, write_own, &seen};
        assert_int_equal(drp_writer_add_method(w, &m, &err), 0);
        assert_int_equal(drp_writer_set(w, "method", "mirror", &err), 0);
        assert_int_equal(drp_writer_set(w, "journal", path, &err), 0);
        open_writer(w);
        struct drp_written *text = write_text(w, NULL);
        assert_string_equal(text->text.ptr, "A text of some words.");
        drp_written_free(text);
        drp_writer_free(w);
    }
    assert_int_equal(drp_stub_n_calls(stub), 3);
    drp_stub_free(stub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_with_what_led_to_it),
        cmocka_unit_test(options_of_one_text),
        cmocka_unit_test(mistakes),
        cmocka_unit_test_setup_teardown(config_file, drp_temp_setup, drp_temp_teardown),
        cmocka_unit_test(version_in_both_forms),
        cmocka_unit_test(pieces_make_the_text),
        cmocka_unit_test(interrupted),
        cmocka_unit_test(many_threads_share_a_writer),
        cmocka_unit_test(a_method_of_a_program),
        cmocka_unit_test(a_method_that_sets_no_text_and_one_that_fails),
        cmocka_unit_test(names_of_methods),
        cmocka_unit_test(questions_are_checked),
        cmocka_unit_test_setup_teardown(the_journal_answers, drp_temp_setup,
                                        drp_temp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
