/* The program over a scripted server: a whole run with texts and vectors from it, the key in no
 * output, a budget that ends it, a server that refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "support/program.h"
#include "support/server.h"
#include "support/temp.h"

#include "base/banned.h"

#define KEY "sk-secret-0123456789abcdef"

/* What the server does, which a test changes between two commands. */
struct plan {
    atomic_int status;         /* of every chat; 0: good answers, some after a failure */
    const char *_Atomic lists; /* what /v1/models gives; NULL: one, "m" */
};

static void script(void *ctx, const struct drp_server_request *request,
                   struct drp_server_reply *reply)
{
    const struct plan *p = ctx;
    if (p->lists && drp_sv_ends(request->path, DRP_SV("/models"))) {
        drp_str_addz(&reply->body, p->lists);
        return;
    }
    if (!drp_sv_ends(request->path, DRP_SV("/chat/completions")) ||
        (!p->status && request->index % 10 != 5)) {
        program_serve(request, reply);
        return;
    }
    reply->status = p->status ? p->status : 503;
    drp_str_addz(&reply->body, "{\"error\":{\"message\":\"what is " KEY "?\"}}");
}

/* A dataset and a server, and what the last command said. */
struct bench {
    const char *dir;
    struct drp_arena arena;
    const char *drp;
    struct plan plan;
    struct drp_server *server;
    struct drp_str said;
};

static void bench_init(struct bench *b, const char *dir, int status)
{
    *b = (struct bench){.dir = dir, .plan = {.status = status}};
    b->drp = program_path(&b->arena);
    b->server = drp_server_new(script, &b->plan);
    drp_str_init(&b->said, 1 << 22);
    program_prepare(dir, &b->said);
}

static void bench_release(struct bench *b)
{
    drp_server_free(b->server);
    drp_str_release(&b->said);
    drp_arena_release(&b->arena);
}

/* `drp run` with a key, more options and its folder last. */
static int run(struct bench *b, const char *env, const char *more)
{
    const char *url = drp_server_url(b->server);
    return program_shell(b->dir, &b->said,
                         "%s '%s' run data --limit 2 --verbose --model 'openai:%s#m' --embedder "
                         "'openai:%s#m' --give-up-after 0 %s",
                         env, b->drp, url, url, more);
}

/* Files under the folder that hold the needle; for nftw, which takes no context. */
static const char *needle;
static size_t n_found, n_files;

static int search(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    struct drp_str text;
    char bytes[4096];
    size_t n;
    (void)st;
    (void)ftw;
    if (kind != FTW_F)
        return 0;
    FILE *f = fopen(path, "rb");
    drp_str_init(&text, 1 << 26);
    while (f && (n = fread(bytes, 1, sizeof bytes, f)) > 0)
        drp_str_add(&text, (struct drp_sv){bytes, n});
    if (f)
        fclose(f);
    n_files++;
    n_found += drp_sv_find(drp_str_sv(&text), drp_sv_from(needle), 0) != SIZE_MAX;
    drp_str_release(&text);
    return 0;
}

static size_t files_with(const char *dir, const char *text)
{
    needle = text;
    n_found = n_files = 0;
    assert_int_equal(nftw(dir, search, 16, FTW_PHYS), 0);
    assert_true(n_files > 0);
    return n_found;
}

static bool says(const struct bench *b, const char *part)
{
    return strstr(b->said.ptr, part) != NULL;
}

static void a_whole_run(void **state)
{
    struct bench b;
    bench_init(&b, *state, 0);
    if (run(&b, "OPENAI_API_KEY=" KEY, "--out R") != 0)
        fail_msg("%s", b.said.ptr);
    assert_false(says(&b, "sk-secret"));
    assert_int_equal(files_with(*state, "sk-secret"), 0);
    assert_true(files_with(*state, "It does what it should.") > 0);
    const size_t n = drp_server_n(b.server, "/chat/completions");
    for (size_t i = 0; i < drp_server_n(b.server, NULL); i++)
        assert_true(drp_sv_find(drp_server_get(b.server, i).headers,
                                DRP_SV("Authorization: Bearer " KEY), 0) != SIZE_MAX);
    assert_int_equal(run(&b, "", "--out R"), 0); /* all is in the journal */
    assert_int_equal(drp_server_n(b.server, "/chat/completions"), n);
    bench_release(&b);
}

static void a_refusal_ends_it(void **state)
{
    struct bench b;
    bench_init(&b, *state, 401);
    assert_int_equal(run(&b, "OPENAI_API_KEY=" KEY, "--out R"), 4);
    assert_true(says(&b, "HTTP 401: what is (key)"));
    assert_false(says(&b, "sk-secret"));
    assert_int_equal(files_with(*state, "sk-secret"), 0);
    bench_release(&b);
}

static void a_budget_ends_it(void **state)
{
    struct bench b;
    bench_init(&b, *state, 0);
    assert_int_equal(run(&b, "", "--out R --max-tokens-total 700"), 1);
    assert_true(says(&b, "the budget is spent"));
    assert_int_equal(run(&b, "", "--out S --max-cost 1"), 2);
    assert_true(says(&b, "--max-cost needs the prices"));
    assert_int_equal(run(&b, "", "--out R --max-tokens-total 700"), 1);
    assert_true(says(&b, "calls not asked: budget spent"));
    const size_t n = drp_server_n(b.server, "/chat/completions");
    assert_int_equal(run(&b, "", "--out R"), 0); /* goes on */
    assert_true(drp_server_n(b.server, "/chat/completions") > n);
    bench_release(&b);
}

static void keys_from_files_and_variables(void **state)
{
    struct bench b;
    struct drp_str config;
    bench_init(&b, *state, 0);
    const char *file = drp_temp_write(*state, "key", DRP_SV(KEY "\n"));
    assert_int_equal(chmod(file, 0644), 0);
    assert_int_equal(run(&b, "", "--out R --api-key-file key"), 2);
    assert_true(says(&b, "key file 'key' can be read by others: chmod 600 'key'"));
    assert_int_equal(chmod(file, 0600), 0);
    assert_int_equal(run(&b, "", "--out R --api-key-file key"), 0);
    assert_int_equal(files_with(*state, "sk-secret"), 1); /* the file itself */
    drp_str_init(&config, 4096);
    drp_str_addf(&config,
                 "{\"models\":{\"far\":{\"spec\":\"openai:%s#m\",\"key_env\":\"FAR_KEY\","
                 "\"price_in\":1.5,\"price_out\":2}}}",
                 drp_server_url(b.server));
    drp_temp_write(*state, "c.json", drp_str_sv(&config));
    drp_str_release(&config);
    const char *more = "--out S --config c.json --model far --max-cost 1";
    assert_int_equal(run(&b, "OPENAI_API_KEY=other", more), 2);
    assert_true(says(&b, "no key in the environment variable 'FAR_KEY'"));
    assert_int_equal(run(&b, "FAR_KEY=" KEY, more), 0);
    assert_true(says(&b, "cost"));
    assert_false(says(&b, "sk-secret"));
    bench_release(&b);
}

/* `drp doctor` with a model at the server. */
static int doctor(struct bench *b, const char *env, const char *more)
{
    const char *url = drp_server_url(b->server);
    return program_shell(b->dir, &b->said,
                         "%s '%s' doctor --model 'openai:%s' --embedder 'openai:%s' "
                         "--no-synonyms %s",
                         env, b->drp, url, url, more);
}

static void a_doctor_tries_the_server(void **state)
{
    struct bench b;
    bench_init(&b, *state, 0);
    if (doctor(&b, "", "") != 0)
        fail_msg("%s", b.said.ptr);
    assert_true(says(&b, "ok     model          m: "));
    assert_true(says(&b, "ok     embedder       m: 3 dimensions"));
    assert_true(drp_server_n(b.server, "/chat/completions") > 0);
    b.plan.lists = "{\"data\":[{\"id\":\"default\"}]}";
    assert_int_equal(doctor(&b, "", ""), 0);
    assert_true(says(&b, "note   model          answers as 'default'"));
    assert_true(says(&b, "?revision=NAME"));
    b.plan.status = 401;
    assert_int_equal(doctor(&b, "OPENAI_API_KEY=" KEY, ""), 1);
    assert_true(says(&b, "fails  model          server"));
    assert_true(says(&b, "HTTP 401"));
    assert_false(says(&b, "sk-secret"));
    drp_temp_write(*state, "key", DRP_SV(KEY "\n"));
    assert_int_equal(doctor(&b, "", "--api-key-file key"), 1);
    assert_true(says(&b, "key file 'key' can be read by others"));
    bench_release(&b);
}

/* The number behind `,"calls":`, the sum over all stages. */
static long n_calls(const struct bench *b)
{
    const char *at = strstr(b->said.ptr, ",\"calls\":");
    assert_non_null(at);
    return strtol(at + strlen(",\"calls\":"), NULL, 10);
}

static int plan(struct bench *b, const char *more)
{
    const char *url = drp_server_url(b->server);
    return program_shell(b->dir, &b->said,
                         "'%s' plan data --limit 2 --method dpl --quiet --model 'openai:%s#m' "
                         "--embedder 'openai:%s#m' --give-up-after 0 --out R %s",
                         b->drp, url, url, more);
}

/* A server gets the calls of the probe, not those of the run. */
static void a_plan_asks_a_probe_at_most(void **state)
{
    enum { PROBE_CALLS = 1 + 2 * 8 };
    struct bench b;
    bench_init(&b, *state, 0);
    assert_int_equal(plan(&b, "--probe 0 --json"), 0);
    assert_int_equal(drp_server_n(b.server, "/chat/completions"), 0);
    assert_true(says(&b, "\"cached_at_most\":true"));
    const long planned = n_calls(&b);
    assert_int_equal(planned, 2 * (8 + 2));
    assert_int_equal(plan(&b, "--probe 6 --max-tokens-total 700"), 0);
    assert_true(says(&b, "side by side"));
    assert_true(says(&b, "the most that a server can keep"));
    assert_true(says(&b, "the budget of --max-tokens-total or --max-cost ends the run"));
    const size_t n = drp_server_n(b.server, "/chat/completions");
    assert_true(n >= PROBE_CALLS && n <= 2 * PROBE_CALLS); /* some are tried again */
    assert_int_equal(run(&b, "", "--method dpl --out R --json 2>/dev/null"), 0);
    assert_int_equal(n_calls(&b), planned);
    bench_release(&b);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_whole_run),
        IN_FOLDER(a_refusal_ends_it),
        IN_FOLDER(a_budget_ends_it),
        IN_FOLDER(keys_from_files_and_variables),
        IN_FOLDER(a_doctor_tries_the_server),
        IN_FOLDER(a_plan_asks_a_probe_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
