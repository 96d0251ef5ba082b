/* Ten thousand calls, a fifth of the requests with a fault: every call is answered once and the
 * journal has each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/thread.h"
#include "engine/journal.h"
#include "support/served.h"
#include "support/temp.h"

#include "base/banned.h"

/* ---- the soak --------------------------------------------------------------------------- */

enum { N_SOAK = 10000, N_SOAKERS = 4, PER_ASK = 50 };

/* A fifth of the requests meet a fault, drawn by their number. */
static void soak_script(void *ctx, const struct drp_server_request *request,
                        struct drp_server_reply *reply)
{
    static const struct served_step faults[] = {
        {{.status = 429}, "{}"},
        {{.status = 500}, "oops"},
        {{.status = 503}, ""},
        {{.end = DRP_SERVER_CUT, .n_cut = 90}, NULL},
        {{.end = DRP_SERVER_CLOSE}, NULL},
        {{0}, "garbage\n\n"},
        {{0}, "<html>"},
        {{0}, "data: {\"choices\":[]}\n\n" SERVED_DONE},
        {{0}, SERVED_DELTA("{\"content\":\"half\"}")},
        {{.chunk = 5}, SERVED_DELTA("{\"content\":\"\xe2\x82\"}") SERVED_DONE},
        {{.end = DRP_SERVER_SILENT, .n_cut = 60}, NULL},
    };
    struct served_plan *p = ctx;
    const uint64_t draw = drp_hash_mix(request->index, 20240607);
    if (drp_sv_ends(request->path, DRP_SV("/models")) || draw % 5 != 0) {
        served_script(ctx, request, reply);
        if (draw % 7 == 0)
            reply->chunk = 11;
        return;
    }
    /* Silence costs its time: it is the rarest. */
    const size_t n = draw / 5 % 100 == 0 ? DRP_LEN(faults) : DRP_LEN(faults) - 1;
    p->steps = &faults[n == DRP_LEN(faults) ? n - 1 : draw / 500 % n];
    p->n = 1;
    p->n_taken = 0;
    served_script(ctx, request, reply);
    p->n = 0;
}

struct soaker {
    struct drp_thread thread;
    struct drp_model *model;
    size_t first, n_bad;
    int rc;
};

static void soak_some(void *ctx)
{
    struct soaker *s = ctx;
    for (size_t at = 0; at < N_SOAK / N_SOAKERS && s->rc == 0; at += PER_ASK) {
        struct drp_arena arena = {0};
        struct drp_err err = {0};
        struct drp_message m[PER_ASK];
        struct drp_call calls[PER_ASK];
        struct drp_reply replies[PER_ASK];
        for (size_t i = 0; i < PER_ASK; i++) {
            m[i] = (struct drp_message){DRP_ROLE_USER, drp_arena_f(&arena, "soak %zu",
                                                                   s->first + at + i)};
            calls[i] =
                (struct drp_call){.messages = &m[i], .n_messages = 1, .age = s->first + at};
        }
        s->rc = drp_ask(s->model, calls, PER_ASK, replies, &arena, &err);
        for (size_t i = 0; i < PER_ASK; i++)
            s->n_bad += !drp_sv_is(replies[i].text, "good answer");
        drp_arena_release(&arena);
    }
}

static void soak(void **state)
{
    struct served b = {0};
    struct soaker soakers[N_SOAKERS];
    struct drp_server_opts server = served_quick();
    struct drp_journal_stats stats;
    server.give_up_ms = 60000;
    drp_log_set_level(DRP_LOG_ERROR);
    assert_int_equal(drp_journal_open(drp_temp_path(*state, "soak.db"), &b.journal, &b.err),
                     0);
    b.servers[0] = drp_server_new(soak_script, &b.plans[0]);
    assert_int_equal(served_open(&b, "#m?concurrency=64",
                                 (struct drp_model_opts){.server = &server}),
                     0);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < N_SOAKERS; i++) {
            soakers[i] =
                (struct soaker){.model = b.model, .first = i * (N_SOAK / N_SOAKERS)};
            assert_int_equal(drp_thread_start(&soakers[i].thread, soak_some, &soakers[i],
                                              0, &b.err),
                             0);
        }
        for (size_t i = 0; i < N_SOAKERS; i++) {
            drp_thread_join(&soakers[i].thread);
            assert_int_equal(soakers[i].rc, 0);
            assert_int_equal(soakers[i].n_bad, 0);
        }
        assert_int_equal(drp_journal_get_stats(b.journal, &stats, &b.err), 0);
        assert_int_equal(stats.calls, N_SOAK);
    }
    /* The second round cost nothing; the first met its faults and nothing was asked twice
     * for another reason. */
    struct drp_model_stats asked;
    drp_model_get_stats(b.model, &asked);
    assert_int_equal(asked.from_journal, N_SOAK);
    const size_t n = served_n(b.servers[0]);
    size_t n_faults = 0;
    for (size_t i = 0; i < n + 1; i++)
        n_faults += drp_hash_mix(i, 20240607) % 5 == 0 && i > 0;
    assert_int_equal(n, N_SOAK + n_faults);
    drp_log_set_level(DRP_LOG_INFO);
    served_release(&b);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(soak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
