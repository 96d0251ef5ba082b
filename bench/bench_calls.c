/* How many calls a second go through methods and journal when the model costs nothing: method DRP over many
 * users by drp_run(), a journal in SQLite in a temporary folder ($TMPDIR), memory at a tenth and at the end.
 * Other programs take from the calls a second; less from the processor time of a call; nothing from its counts.
 *
 *     bench_calls [samples [workers]] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
    WANTED = 20000, /* calls a second */
    GROUP = 4,
    ITEMS = 8,
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

/* What the process has spent so far. */
struct spent {
    double wall_s, processor_s;
    double n_switches;                /* to another thread, because one waited */
    double n_writes, written_kib;     /* by system calls                       */
    double n_transactions, n_entries; /* of the journal                        */
};

/* A number of /proc/self/io; 0 where the system has no such file. */
static double io_count(const char *name)
{
    char line[128];
    int64_t value = 0;
    FILE *f = fopen("/proc/self/io", "r");
    while (f && fgets(line, sizeof line, f)) {
        const struct drp_sv text = drp_sv_trim(drp_sv_from(line));
        if (drp_sv_starts(text, drp_sv_from(name)))
            drp_sv_int(drp_sv_slice(text, strlen(name), text.len), &value);
    }
    if (f)
        fclose(f);
    return (double)value;
}

static int look(struct bench *b, struct spent *out, struct drp_err *err)
{
    struct rusage u;
    struct drp_journal_stats journal;
    getrusage(RUSAGE_SELF, &u);
    *out = (struct spent){
        .wall_s = (double)drp_clock_ms() / 1000,
        .processor_s = (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
                       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6,
        .n_switches = (double)u.ru_nvcsw,
        .n_writes = io_count("syscw: "),
        .written_kib = io_count("wchar: ") / 1024,
    };
    const int rc = drp_journal_get_stats(b->session.journal, &journal, err);
    out->n_transactions = rc < 0 ? 0 : (double)journal.transactions;
    out->n_entries = rc < 0 ? 0 : (double)journal.calls;
    return rc;
}

static void show(const struct bench *b, const struct spent *from, const struct spent *to)
{
    const double n = (double)b->n_calls;
    const double rate = n / (to->wall_s - from->wall_s + 0.001);
    printf("%zu samples, %zu calls, %zu workers: %.0f calls/s, %.2f of the %d wanted\n",
           b->n_users, b->n_calls, b->n_workers, rate, rate / WANTED, WANTED);
    printf("a call: %.1f us of processor, %.2f waits, %.1f writes of %.1f KiB in all; "
           "%.1f calls a transaction\n",
           1e6 * (to->processor_s - from->processor_s) / n,
           (to->n_switches - from->n_switches) / n, (to->n_writes - from->n_writes) / n,
           (to->written_kib - from->written_kib) / n,
           n / (to->n_transactions - from->n_transactions));
    printf("resident at a tenth %.0f MiB, at the half %.0f MiB, at the end %.0f MiB\n",
           b->mib[1], b->mib[N_MARKS / 2], b->mib[N_MARKS]);
}

static int measure(struct bench *b, struct drp_err *err)
{
    int rc = 0;
    struct drp_cancel cancel = {0};
    struct drp_run_result result;
    struct spent before, after;
    DRP_TRY(rc, parse_options(b, err));
    DRP_TRY(rc, open_session(b, err));
    DRP_TRY(rc, look(b, &before, err));
    DRP_TRY(rc, drp_run(&b->session, NULL, b->dir, &cancel, &result, err));
    DRP_TRY(rc, look(b, &after, err));
    show(b, &before, &after);
    const size_t n = b->n_users * CALLS_A_SAMPLE;
    if (result.n_done != b->n_users || b->n_calls != n || after.n_entries != (double)n)
        rc = drp_fail(err, DRP_EENGINE,
                      "%zu samples, %zu calls, %.0f kept instead of %zu, %zu",
                      result.n_done, b->n_calls, after.n_entries, b->n_users, n);
out:
    return rc;
}

int main(int argc, char **argv)
{
    int64_t n_users = 100000, n_workers = 256;
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
