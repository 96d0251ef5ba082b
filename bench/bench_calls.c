/* How many calls a second go through methods and journal when the model costs nothing: method DRP over many
 * users by drp_run(), a journal in SQLite in a temporary folder ($TMPDIR), memory at a tenth and at the end.
 *
 *     bench_calls [samples [workers]] */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "run/run.h"
#include "support/line.h"
#include "support/stub.h"
#include "support/temp.h"

#include "base/banned.h"

/* Users come in groups that write about the same items, so that the work of a sample does not grow with
 * their number. A sample is an extraction and its check for each item, a profile and a text. */
enum {
    GROUP = 4,
    ITEMS = 3,
    CALLS_A_SAMPLE = 2 * ITEMS + 2,
    N_MARKS = 10,
    MAX_WORDS = 8
};

struct bench {
    const char *dir;
    size_t n_users, n_workers;
    struct drp_stub *stub;
    struct drp_arena arena;
    struct drp_options options;
    struct drp_session session;
    /* Of the stub's only thread until the run has ended. */
    size_t n_calls;
    double mib[N_MARKS + 1];
};

/* ---- what is asked ---------------------------------------------------------------------- */

static void add_text(struct drp_str *out, size_t user, size_t item)
{
    drp_str_addf(out,
                 "user %zu says of thing %zu: it does what it should, the sound is clear "
                 "and the case is sturdy, but the strap came off after a week",
                 user, item);
}

static void add_review(struct drp_str *out, size_t user, size_t item)
{
    drp_str_addf(out,
                 "{\"asin\":\"item%zu-%zu\",\"title\":\"about it\",\"rating\":4.0,"
                 "\"timestamp\":%zu,\"text\":\"",
                 user / GROUP, item, 1000 * item + user % GROUP);
    add_text(out, user, item);
    drp_str_addz(out, "\"}");
}

static void add_vector(struct drp_str *out, size_t user, size_t item)
{
    struct drp_str text;
    char hex[65];
    drp_str_init(&text, 4096);
    add_text(&text, user, item);
    const struct drp_sha256 hash = drp_sha256(drp_str_sv(&text));
    drp_sha256_hex(&hash, hex);
    drp_str_addf(out, "{\"text_sha256\":\"%s\",\"vector\":[%zu.5,%zu]}\n", hex,
                 user % GROUP, item + user % GROUP);
    drp_str_release(&text);
}

static void write_dataset(const char *dir, size_t n_users)
{
    enum { N_FILES = 3 };
    static const char *const names[N_FILES] = {"items.jsonl", "test.jsonl",
                                               "vectors.jsonl"};
    struct drp_str files[N_FILES];
    for (size_t f = 0; f < N_FILES; f++)
        drp_str_init(&files[f], (size_t)4 << 30);
    for (size_t u = 0; u < n_users; u++) {
        for (size_t i = 0; i <= ITEMS && u % GROUP == 0; i++)
            drp_str_addf(&files[0],
                         "{\"asin\":\"item%zu-%zu\",\"title\":\"Thing %zu\","
                         "\"description\":\"made for use number %zu\"}\n",
                         u / GROUP, i, i, i);
        drp_str_addf(&files[1], "{\"user_id\":\"user%zu\",\"profile\":[", u);
        for (size_t i = 0; i < ITEMS; i++) {
            drp_str_addz(&files[1], i ? "," : "");
            add_review(&files[1], u, i);
            add_vector(&files[2], u, i);
        }
        drp_str_addz(&files[1], "],\"data\":");
        add_review(&files[1], u, ITEMS);
        drp_str_addz(&files[1], "}\n");
    }
    for (size_t f = 0; f < N_FILES; f++) {
        drp_temp_write(dir, names[f], drp_str_sv(&files[f]));
        drp_str_release(&files[f]);
    }
}

/* ---- the model -------------------------------------------------------------------------- */

/* The second number of /proc/self/statm, in pages. */
static double resident_mib(void)
{
    char line[256] = "";
    int64_t pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f && fgets(line, sizeof line, f)) {
        const struct drp_sv text = drp_sv_from(line);
        const size_t at = drp_sv_find(text, DRP_SV(" "), 0) + 1;
        drp_sv_int(drp_sv_slice(text, at, drp_sv_find(text, DRP_SV(" "), at)), &pages);
    }
    if (f)
        fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

static void answer(void *ctx, const struct drp_call *call, struct drp_job *job)
{
    struct bench *b = ctx;
    const size_t step = b->n_users * CALLS_A_SAMPLE / N_MARKS;
    drp_str_addz(&job->text,
                 call->grammar
                     ? "{\"features\":[{\"name\":\"tone\",\"definition\":\"how it sounds\","
                       "\"difference\":\"sounds calm and sure\"}]}"
                     : "An answer.");
    b->n_calls++;
    if (step > 0 && b->n_calls % step == 0 && b->n_calls / step <= N_MARKS)
        b->mib[b->n_calls / step] = resident_mib();
}

/* ---- the run ---------------------------------------------------------------------------- */

static int parse_options(struct bench *b, struct drp_err *err)
{
    char *argv[MAX_WORDS + 1];
    const struct drp_sv line =
        drp_arena_f(&b->arena, "run --peers=2 --workers=%zu --embedder=file:%s",
                    b->n_workers, drp_temp_path(b->dir, "vectors.jsonl"));
    const int argc = drp_line_split(line.ptr, &b->arena, argv, MAX_WORDS);
    return drp_options_parse(DRP_VERB_RUN, argc, argv, &b->arena, &b->options, err);
}

static int open_session(struct bench *b, struct drp_err *err)
{
    struct drp_session *s = &b->session;
    int rc = 0;
    *s = (struct drp_session){.options = &b->options};
    DRP_TRY(rc, drp_session_open_data(s, b->dir, err));
    DRP_TRY(rc, drp_prompts_open(NULL, &s->prompts, err));
    DRP_TRY(rc, drp_journal_open(drp_temp_path(b->dir, "journal.db"), &s->journal, err));
    const struct drp_model_opts opts = {.spec = "stub:", .journal = s->journal};
    DRP_TRY(rc, drp_model_open(&opts, &s->opened[0], err));
    s->n_opened = 1;
    for (size_t task = 0; task < DRP_EMBEDDER; task++)
        s->models[task] = s->opened[0];
    DRP_TRY(rc, drp_session_open_selector(s, b->dir, err));
out:
    return rc;
}

static double processor_s(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int measure(struct bench *b, struct drp_err *err)
{
    int rc = 0;
    struct drp_cancel cancel = {0};
    struct drp_run_result result;
    DRP_TRY(rc, parse_options(b, err));
    DRP_TRY(rc, open_session(b, err));
    const double before_s = processor_s();
    const int64_t start_ms = drp_clock_ms();
    DRP_TRY(rc, drp_run(&b->session, b->dir, &cancel, &result, err));
    const double wall_s = (double)(drp_clock_ms() - start_ms + 1) / 1000;
    const double busy_s = processor_s() - before_s;
    const double n = (double)b->n_calls;
    printf("%zu samples, %zu calls, %zu workers: %.0f calls/s, %.0f a second of processor\n",
           result.n_done, b->n_calls, b->n_workers, n / wall_s, n / busy_s);
    printf("resident at a tenth %.0f MiB, at the half %.0f MiB, at the end %.0f MiB\n",
           b->mib[1], b->mib[N_MARKS / 2], b->mib[N_MARKS]);
    if (b->n_calls != b->n_users * CALLS_A_SAMPLE)
        rc = drp_fail(err, DRP_EENGINE, "%zu calls instead of %zu", b->n_calls,
                      b->n_users * CALLS_A_SAMPLE);
out:
    return rc;
}

int main(int argc, char **argv)
{
    int64_t n_users = 20000, n_workers = 64;
    void *dir = NULL;
    struct drp_err err = {0};
    struct bench b = {0};
    if ((argc > 1 && (!drp_sv_int(drp_sv_from(argv[1]), &n_users) || n_users < 1)) ||
        (argc > 2 && (!drp_sv_int(drp_sv_from(argv[2]), &n_workers) || n_workers < 1)))
        return drp_exit_status(DRP_EUSAGE);
    if (drp_temp_setup(&dir) < 0)
        return drp_exit_status(DRP_EIO);
    b.dir = dir;
    b.n_users = ((size_t)n_users + GROUP - 1) / GROUP * GROUP; /* nobody is alone */
    b.n_workers = (size_t)n_workers;
    drp_log_set_level(DRP_LOG_ERROR);
    write_dataset(b.dir, b.n_users);
    b.stub =
        drp_stub_new(&(struct drp_stub_opts){.answer = answer, .ctx = &b, .forgets = true});
    const int rc = measure(&b, &err);
    if (rc < 0)
        fprintf(stderr, "bench_calls: %s\n", err.text);
    drp_session_release(&b.session);
    drp_stub_free(b.stub);
    drp_arena_release(&b.arena);
    drp_temp_teardown(&dir);
    return drp_exit_status(rc);
}
