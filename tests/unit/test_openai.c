/* A model behind a server: opening it, its replies in every form, embeddings, fields that not
 * every server takes, the key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "engine/journal.h"
#include "support/served.h"
#include "support/temp.h"

#include "base/banned.h"

/* ---- what works ------------------------------------------------------------------------- */

static void a_call_is_answered(void **state)
{
    (void)state;
    struct served b;
    served_init(&b, &(struct served_plan){0});
    const struct drp_reply r = served_ask(&b, "question");
    assert_int_equal(r.status, 0);
    assert_true(drp_sv_is(r.text, "good answer"));
    assert_int_equal(r.finish, DRP_FINISH_STOP);
    assert_int_equal(r.usage.prompt_tokens, 100);
    assert_int_equal(r.usage.cached_tokens, 64);
    assert_int_equal(r.usage.answer_tokens, 20);
    assert_true(drp_sv_is(drp_model_info(b.model)->name, "m"));
    const struct drp_sv body = served_body(b.servers[0], 0);
    served_says(body, "\"model\":\"m\"");
    served_says(body, "\"stream\":true");
    served_says(body, "\"include_usage\":true");
    served_says(body, "\"temperature\":0.0");
    served_release(&b);
}

/* One body that goes out in pieces of every size, characters torn. */
static void torn_streams(void **state)
{
    static const char stream[] =
        ": hello\r\n\r\n"
        "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"w\xc3\xa4gen\"}}]}\r\n\r\n"
        "data: {\"choices\":[{\"delta\":{\"content\":\"\xf0\x9f\x8e\xb8 z\xc3\xbcrich "
        "\xe2\x82\xac\"}}]}\r\n\r\n"
        "event: x\r\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\r\n\r\n"
        "data: [DONE]\r\n\r\n";
    static const struct served_step rows[] = {
        {{.chunk = 1}, stream}, {{.chunk = 2}, stream},  {{.chunk = 3}, stream},
        {{.chunk = 7}, stream}, {{.chunk = 64}, stream}, {{0}, stream},
    };
    (void)state;
    struct served b;
    served_init(&b, &(struct served_plan){.steps = rows, .n = DRP_LEN(rows)});
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_reply r =
            served_ask(&b, drp_arena_f(&b.arena, "question %zu", i).ptr);
        assert_int_equal(r.status, 0);
        assert_true(drp_sv_is(r.text, "\xf0\x9f\x8e\xb8 z\xc3\xbcrich \xe2\x82\xac"));
        assert_true(drp_sv_is(r.reasoning, "w\xc3\xa4gen"));
        assert_int_equal(r.finish, DRP_FINISH_LENGTH);
    }
    served_release(&b);
}

static void thoughts_in_every_form(void **state)
{
    static const struct {
        int reasoning; /* of the model: 1 yes, -1 no */
        const char *stream, *text, *thoughts;
        enum drp_finish finish;
    } rows[] = {
        {1,
         SERVED_DELTA("{\"reasoning_content\":\"why\"}")
             SERVED_DELTA("{\"content\":\"so\"}") SERVED_FINISH("stop") SERVED_DONE,
         "so", "why", DRP_FINISH_STOP},
        {1,
         SERVED_DELTA("{\"reasoning\":\"why\"}") SERVED_DELTA("{\"content\":\"so\"}")
             SERVED_FINISH("stop") SERVED_DONE,
         "so", "why", DRP_FINISH_STOP},
        {1,
         SERVED_DELTA("{\"content\":\"<think>why</think>so\"}") SERVED_FINISH("stop")
             SERVED_DONE,
         "so", "why", DRP_FINISH_STOP},
        {1,
         SERVED_DELTA("{\"content\":\"why</th\"}")
             SERVED_DELTA("{\"content\":\"ink>so\"}") SERVED_FINISH("stop") SERVED_DONE,
         "so", "why", DRP_FINISH_STOP},
        {1, SERVED_DELTA("{\"content\":\"no thoughts\"}") SERVED_FINISH("stop") SERVED_DONE,
         "no thoughts", "", DRP_FINISH_STOP},
        {1, SERVED_DELTA("{\"content\":\"on and on\"}") SERVED_FINISH("length") SERVED_DONE,
         "", "on and on", DRP_FINISH_THINK},
        {1,
         SERVED_DELTA("{\"reasoning_content\":\"on and on\"}") SERVED_FINISH("length")
             SERVED_DONE,
         "", "on and on", DRP_FINISH_THINK},
        {-1, SERVED_DELTA("{\"content\":\"<think>on\"}") SERVED_FINISH("length") SERVED_DONE,
         "", "on", DRP_FINISH_THINK},
        {-1,
         SERVED_DELTA("{\"content\":\"<think>why</think>so\"}") SERVED_FINISH("stop")
             SERVED_DONE,
         "so", "why", DRP_FINISH_STOP},
        {-1,
         SERVED_DELTA(
             "{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"text\":\"why\"}]},"
             "{\"type\":\"text\",\"text\":\"so\"}]}") SERVED_FINISH("stop") SERVED_DONE,
         "so", "why", DRP_FINISH_STOP},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct served_step step = {.body = rows[i].stream};
        struct served b = {.plans = {{.steps = &step, .n = 1}}};
        assert_int_equal(
            served_open(&b, "#m", (struct drp_model_opts){.reasoning = rows[i].reasoning}),
            0);
        const struct drp_reply r = served_ask(&b, "question");
        assert_int_equal(r.status, 0);
        if (!drp_sv_is(r.text, rows[i].text) ||
            !drp_sv_is(r.reasoning, rows[i].thoughts) || r.finish != rows[i].finish)
            fail_msg("row %zu: '%.*s', thoughts '%.*s', %s", i, DRP_SV_ARG(r.text),
                     DRP_SV_ARG(r.reasoning), drp_finish_name(r.finish));
        served_release(&b);
    }
}

/* A server that does not stream is understood too. */
static void whole_replies(void **state)
{
    static const struct served_step step = {
        .body = "{\"model\":\"m\",\"choices\":[{\"message\":{\"content\":\"whole\"},"
                "\"finish_reason\":\"length\"}],\"usage\":{\"prompt_tokens\":3,"
                "\"completion_tokens\":4}}"};
    (void)state;
    struct served b;
    served_init(&b, &(struct served_plan){.steps = &step, .n = 1});
    const struct drp_reply r = served_ask(&b, "question");
    assert_true(drp_sv_is(r.text, "whole"));
    assert_int_equal(r.finish, DRP_FINISH_LENGTH);
    assert_int_equal(r.usage.answer_tokens, 4);
    served_release(&b);
}

static void collect(void *ctx, struct drp_sv piece)
{
    drp_str_add(ctx, piece);
}

/* Text that was shown before an attempt broke is not shown again. */
static void shown_text_is_shown_once(void **state)
{
    static const struct served_step step = {.reply = {.end = DRP_SERVER_CUT, .n_cut = 20},
                                            .body = NULL};
    static const struct served_step torn = {.reply = {.end = DRP_SERVER_CUT, .n_cut = 46},
                                            .body = SERVED_DELTA("{\"content\":\"good \"}")
                                                SERVED_DELTA("{\"content\":\"ans\"}")};
    const struct served_step steps[] = {step, torn};
    (void)state;
    struct served b;
    struct drp_str shown;
    const struct drp_message m = {DRP_ROLE_USER, DRP_SV("question")};
    drp_str_init(&shown, 4096);
    served_init(&b, &(struct served_plan){.steps = steps, .n = 2});
    const struct drp_reply r = served_ask_call(&b, &(struct drp_call){.messages = &m,
                                                                      .n_messages = 1,
                                                                      .on_text = collect,
                                                                      .ctx = &shown});
    assert_true(drp_sv_is(r.text, "good answer"));
    assert_string_equal(shown.ptr, "good answer");
    assert_int_equal(served_n(b.servers[0]), 3);
    drp_str_release(&shown);
    served_release(&b);
}

static void stop_strings(void **state)
{
    (void)state;
    struct served b;
    const struct drp_sv stop = DRP_SV("swe");
    const struct drp_message m = {DRP_ROLE_USER, DRP_SV("question")};
    served_init(&b, &(struct served_plan){0});
    const struct drp_reply r =
        served_ask_call(&b, &(struct drp_call){.messages = &m,
                                               .n_messages = 1,
                                               .sampling = {.stop = &stop, .n_stop = 1}});
    assert_true(drp_sv_is(r.text, "good an"));
    assert_int_equal(r.finish, DRP_FINISH_STOP);
    served_says(served_body(b.servers[0], 0), "\"stop\":[\"swe\"]");
    served_release(&b);
}

static void embeddings(void **state)
{
    (void)state;
    struct served b = {0};
    struct drp_sv texts[100];
    float v[100 * 3];
    assert_int_equal(served_open(&b, "/v1/#m", (struct drp_model_opts){.embedding = true}),
                     0);
    assert_int_equal(drp_model_info(b.model)->dimension, 3);
    for (size_t i = 0; i < 100; i++)
        texts[i] = drp_arena_f(&b.arena, "%0*d", (int)i % 9 + 1, 0);
    assert_int_equal(drp_embed(b.model, texts, 100, v, &b.err), 0);
    for (size_t i = 0; i < 100; i++) {
        const double n = (double)(i % 9 + 1), length = sqrt(9 + n * n);
        assert_true(fabs(v[i * 3] - 3 / length) < 1e-6);
        assert_true(fabs(v[i * 3 + 1] - n / length) < 1e-6);
    }
    assert_int_equal(drp_server_n(b.servers[0], "/embeddings"), 5); /* one at the opening */
    served_release(&b);
}
/* ---- fields that not every server takes ------------------------------------------------- */

static const struct drp_grammar grammar = {.gbnf = {"root ::= \"x\"", 12},
                                           .json_schema = {"{\"type\":\"object\"}", 17}};

/* Whatever single field a server refuses: one call finds out, all are answered. */
static void a_refused_field_is_left_out(void **state)
{
    static const struct {
        const char *field, *instead;
    } rows[] = {
        {"max_tokens", "\"max_completion_tokens\":512"},
        {"stream_options", NULL},
        {"seed", NULL},
        {"top_k", NULL},
        {"min_p", NULL},
        {"repeat_penalty", "repetition_penalty"},
        {"repetition_penalty", "repeat_penalty"},
        {"temperature", NULL},
        {"cache_prompt", NULL},
        {"response_format", "\"structured_outputs\":{\"json\":{\"type\":\"object\"}}"},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct served b = {.plans = {{.refuses = rows[i].field}}};
        assert_int_equal(served_open(&b, "#m", (struct drp_model_opts){.strict = true}), 0);
        served_ask_many(&b, 10, &grammar);
        assert_int_equal(served_n(b.servers[0]), 11);
        served_says(served_body(b.servers[0], 0), rows[i].field);
        for (size_t k = 1; k < 11; k++) {
            assert_false(served_holds(served_body(b.servers[0], k),
                                      drp_arena_f(&b.arena, "\"%s\":", rows[i].field).ptr));
            if (rows[i].instead)
                served_says(served_body(b.servers[0], k), rows[i].instead);
        }
        served_release(&b);
    }
}

/* A 429, a 500 or garbage says nothing of fields, whatever it names. */
static void only_refusals_name_fields(void **state)
{
    static const char says[] =
        "{\"error\":{\"message\":\"Unrecognized: response_format\"}}";
    static const struct served_step steps[] = {{{.status = 429}, says},
                                               {{.status = 500}, says},
                                               {{.status = 503}, says},
                                               {{0}, says}};
    (void)state;
    struct served b;
    served_init(&b, &(struct served_plan){.steps = steps, .n = DRP_LEN(steps)});
    served_ask_many(&b, 1, &grammar);
    for (size_t i = 0; i <= DRP_LEN(steps); i++) {
        served_says(served_body(b.servers[0], i), "response_format");
        assert_true(drp_sv_eq(served_body(b.servers[0], 0), served_body(b.servers[0], i)));
    }
    served_release(&b);
}
/* ---- opening ---------------------------------------------------------------------------- */

static void opening(void **state)
{
    static const struct {
        const char *tail, *models;
        int rc;
        const char *says; /* the error, or the model's name */
    } rows[] = {
        {"#m", NULL, 0, "m"},
        {"", NULL, 0, "m"},
        {"/v1", NULL, 0, "m"},
        {"/v1/#m?concurrency=3", NULL, 0, "m"},
        {"#b", "{\"data\":[{\"id\":\"a\"},{\"id\":\"b:latest\"}]}", 0, "b:latest"},
        {"", "{\"data\":[{\"id\":\"a\"},{\"id\":\"b:latest\"}]}", DRP_EUSAGE,
         "the server has a, b:latest"},
        {"#c", "{\"data\":[{\"id\":\"a\"},{\"id\":\"b:latest\"}]}", DRP_EUSAGE,
         "unknown model 'c': the server has a, b:latest"},
        {"", "{\"data\":[]}", DRP_EUSAGE, "lists no model"},
        {"#m?concurency=3", NULL, DRP_EUSAGE, "did you mean 'concurrency'"},
        {"#m?concurrency=0", NULL, DRP_EUSAGE, "from 1 to 4096"},
        {"/x?key=1#m", NULL, DRP_EUSAGE, "has a query"},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct served b = {.plans = {{.models = rows[i].models}}};
        const int rc = served_open(&b, rows[i].tail, (struct drp_model_opts){0});
        if (rc != rows[i].rc)
            fail_msg("'%s': %d %s", rows[i].tail, rc, b.err.text);
        if (rc < 0)
            served_says(drp_sv_from(b.err.text), rows[i].says);
        else
            assert_true(drp_sv_is(drp_model_info(b.model)->name, rows[i].says));
        served_release(&b);
    }
}

static void bad_places(void **state)
{
    static const struct {
        const char *spec, *says;
    } rows[] = {
        {"openai:localhost:8000#m", "begins with http"},
        {"openai:http://user:pass@host#m", "name or password"},
        {"openai:http://#m", "names no host"},
        {"openai:http:///v1#m", "names no host"},
        {"openai:", "begins with http"},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_model *m = NULL;
        struct drp_err err = {0};
        const struct drp_model_opts o = {.spec = rows[i].spec};
        assert_int_equal(drp_model_open(&o, &m, &err), DRP_EUSAGE);
        served_says(drp_sv_from(err.text), rows[i].says);
        assert_null(strstr(err.text, "pass@"));
    }
}

/* The model is who answers, not where; a revision tells two of one name apart. */
static void fingerprints(void **state)
{
    (void)state;
    struct drp_sha256 prints[4];
    static const struct {
        const char *tail;
        size_t same_as;
    } rows[] = {{"#m", 0}, {"/v1#m?concurrency=2", 0}, {"#m?revision=a", 2}, {"#n", 3}};
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct served b = {
            .plans = {{.models = "{\"data\":[{\"id\":\"m\"},{\"id\":\"n\"}]}"}}};
        assert_int_equal(served_open(&b, rows[i].tail, (struct drp_model_opts){0}), 0);
        prints[i] = drp_model_info(b.model)->fingerprint;
        for (size_t k = 0; k < i; k++)
            assert_int_equal(memcmp(&prints[i], &prints[k], sizeof prints[0]) == 0,
                             rows[i].same_as == rows[k].same_as);
        served_release(&b);
    }
}

static void a_server_without_a_list(void **state)
{
    (void)state;
    struct served b = {.plans = {{.has_no_models = true}}};
    assert_int_equal(served_open(&b, "#m", (struct drp_model_opts){0}), 0);
    assert_int_equal(served_ask(&b, "question").status, 0);
    served_release(&b);
    struct served c = {.plans = {{.has_no_models = true}}};
    assert_int_equal(served_open(&c, "", (struct drp_model_opts){0}), DRP_EENGINE);
    served_release(&c);
}

static void contexts(void **state)
{
    static const struct {
        const char *models, *tail;
        uint32_t context;
    } rows[] = {
        {NULL, "#m", 8192},
        {NULL, "#m?ctx=1000", 1000},
        {"{\"data\":[{\"id\":\"m\",\"max_model_len\":4096}]}", "#m", 4096},
        {"{\"data\":[{\"id\":\"m\",\"context_length\":5000}]}", "#m", 5000},
        {"{\"data\":[{\"id\":\"m\",\"meta\":{\"n_ctx\":6000}}]}", "#m", 6000},
        {"{\"data\":[{\"id\":\"m\",\"max_model_len\":-4}]}", "#m", 8192},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct served b = {.plans = {{.models = rows[i].models}}};
        assert_int_equal(served_open(&b, rows[i].tail, (struct drp_model_opts){0}), 0);
        assert_int_equal(drp_model_info(b.model)->context, rows[i].context);
        served_release(&b);
    }
}
/* ---- the key ---------------------------------------------------------------------------- */

static bool file_holds(const char *path, const char *needle)
{
    FILE *f = fopen(path, "rb");
    struct drp_str text;
    char bytes[4096];
    size_t n;
    drp_str_init(&text, 1 << 26);
    while (f && (n = fread(bytes, 1, sizeof bytes, f)) > 0)
        drp_str_add(&text, (struct drp_sv){bytes, n});
    if (f)
        fclose(f);
    const bool found = served_holds(drp_str_sv(&text), needle);
    drp_str_release(&text);
    return found;
}

/* It goes to the server and nowhere else: not into replies, errors or the journal. */
static void the_key_stays_secret(void **state)
{
    static const struct served_step steps[] = {
        {{.status = 500}, "{\"error\":{\"message\":\"no such key " SERVED_KEY "\"}}"},
        {{.status = 401}, "{\"error\":{\"message\":\"wrong: " SERVED_KEY "!\"}}"},
    };
    struct drp_server_opts server = served_quick();
    struct served b = {.plans = {{.steps = steps, .n = DRP_LEN(steps)}}};
    const char *path = drp_temp_path(*state, "j.db");
    server.api_key = SERVED_KEY;
    assert_int_equal(drp_journal_open(path, &b.journal, &b.err), 0);
    assert_int_equal(served_open(&b, "#m", (struct drp_model_opts){.server = &server}), 0);
    const struct drp_reply r = served_ask(&b, "question");
    assert_int_equal(r.status, DRP_EENGINE);
    assert_false(served_holds(r.error, "sk-secret"));
    assert_int_equal(served_ask(&b, "another").status, 0);
    for (size_t i = 0; i < drp_server_n(b.servers[0], NULL); i++) {
        served_says(drp_server_get(b.servers[0], i).headers,
                    "Authorization: Bearer " SERVED_KEY);
        assert_false(served_holds(drp_server_get(b.servers[0], i).body, SERVED_KEY));
    }
    assert_false(served_holds(drp_model_info(b.model)->spec, SERVED_KEY));
    served_release(&b);
    assert_false(file_holds(path, "sk-secret"));
    assert_true(file_holds(path, "good answer"));
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_is_answered),
        cmocka_unit_test(torn_streams),
        cmocka_unit_test(thoughts_in_every_form),
        cmocka_unit_test(whole_replies),
        cmocka_unit_test(shown_text_is_shown_once),
        cmocka_unit_test(stop_strings),
        cmocka_unit_test(embeddings),
        cmocka_unit_test(a_refused_field_is_left_out),
        cmocka_unit_test(only_refusals_name_fields),
        cmocka_unit_test(opening),
        cmocka_unit_test(bad_places),
        cmocka_unit_test(fingerprints),
        cmocka_unit_test(a_server_without_a_list),
        cmocka_unit_test(contexts),
        IN_FOLDER(the_key_stays_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
