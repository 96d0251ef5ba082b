/* `drp doctor`: opens and tries what a run with the same options would, and says of each what it found. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/machine.h"
#include "cli/cmd.h"
#include "cli/findings.h"
#include "eval/scorer.h"
#include "io/db.h"
#include "io/http.h"
#include "io/pg.h"
#include "run/session.h"

#include "base/banned.h"

#define MIB (UINT64_C(1) << 20)

enum {
    FEW_MEMORY_MIB = 1024,
    FEW_DISK_MIB = 1024,
    LEAST_DISK_MIB = 64,
    ANSWER_TOKENS = 4
};

struct doctor {
    struct drp_cli *cli;
    struct drp_session session;
    struct drp_findings findings;
};

/* ---- program and machine ------------------------------------------------------------------ */

static void check_program(struct doctor *d, const char *subject)
{
    drp_findings_add(&d->findings, DRP_FINE, subject, NULL,
                     "drp %s with llama.cpp of llama-cpp-python %s, %s, %s, %s",
                     DRP_VERSION, DRP_LLAMA_VERSION, drp_db_library(), drp_http_library(),
                     drp_pg_is_built() ? "libpq" : "no libpq");
}

/* Instructions that make a difference, by the kernel's name and by libllama's. */
static const struct {
    const char *kernel, *llama;
} instructions[] = {
    {"avx2", "AVX2"},
    {"fma", "FMA"},
    {"f16c", "F16C"},
    {"avx512f", "AVX512"},
    {"avx512_vnni", "AVX512_VNNI"},
    {"avx_vnni", "AVX_VNNI"},
    {"amx_int8", "AMX_INT8"},
};

static bool build_has(struct drp_sv build, const char *instruction)
{
    char word[64];
    snprintf(word, sizeof word, " %s = 1", instruction);
    return drp_sv_find(build, drp_sv_from(word), 0) != SIZE_MAX;
}

/* What libllama says of its build; absent when no model of its is open. */
static struct drp_sv llama_build(const struct drp_session *s)
{
    for (size_t i = 0; i < s->n_opened; i++) {
        const struct drp_model_info *info = drp_model_info(s->opened[i]);
        if (drp_sv_starts(info->build, DRP_SV("llama.cpp")))
            return info->build;
    }
    return (struct drp_sv){NULL, 0};
}

static void check_processor(struct doctor *d, const char *subject)
{
    const struct drp_sv build = llama_build(&d->session);
    struct drp_str used, unused;
    drp_str_init(&used, 1024);
    drp_str_init(&unused, 1024);
    for (size_t i = 0; i < DRP_LEN(instructions); i++) {
        if (!drp_machine_has(instructions[i].kernel))
            continue;
        struct drp_str *list =
            !build.ptr || build_has(build, instructions[i].llama) ? &used : &unused;
        drp_str_addf(list, " %s", instructions[i].llama);
    }
    if (unused.len > 0)
        drp_findings_add(&d->findings, DRP_NOTE, subject,
                         "build libllama on this machine: make clean all",
                         "%lld cores;%s would make it faster, but libllama was built without",
                         (long long)drp_machine_cores(), unused.ptr);
    else
        drp_findings_add(&d->findings, DRP_FINE, subject, NULL, "%lld cores;%s",
                         (long long)drp_machine_cores(),
                         used.len > 0 ? used.ptr : " no special instructions");
    drp_str_release(&used);
    drp_str_release(&unused);
}

static void check_memory(struct doctor *d, const char *subject)
{
    const uint64_t mib = drp_machine_memory() / MIB;
    const bool is_few = mib < FEW_MEMORY_MIB;
    drp_findings_add(&d->findings, is_few ? DRP_NOTE : DRP_FINE, subject,
                     is_few ? "end other programs, or take fewer slots: ?slots=N" : NULL,
                     "%llu MiB are left with these models open", (unsigned long long)mib);
}

/* Room and right to write where files are to come. */
static void check_place(struct doctor *d, const char *subject, const char *path)
{
    const uint64_t mib = drp_machine_disk(path) / MIB;
    if (!drp_machine_writable(path))
        drp_findings_add(&d->findings, DRP_FAILS, subject,
                         "give another place, or the right",
                         "nothing may be written at '%s'", path);
    else if (mib < LEAST_DISK_MIB)
        drp_findings_add(&d->findings, DRP_FAILS, subject,
                         "remove something, or give another place",
                         "%llu MiB are free at '%s'", (unsigned long long)mib, path);
    else
        drp_findings_add(&d->findings, mib < FEW_DISK_MIB ? DRP_NOTE : DRP_FINE, subject,
                         mib < FEW_DISK_MIB
                             ? "a run of many samples needs more: drp plan says how much"
                             : NULL,
                         "%llu MiB are free at '%s'", (unsigned long long)mib, path);
}

static void check_out(struct doctor *d, const char *subject)
{
    const struct drp_sv out = d->cli->options->out;
    check_place(d, subject, out.ptr ? out.ptr : ".");
}

static void check_cache(struct doctor *d, const char *subject)
{
    struct drp_str dir;
    struct drp_err err = {0};
    drp_str_init(&dir, 1 << 16);
    if (drp_fs_cache_dir(&dir, &err) < 0)
        drp_findings_add_error(&d->findings, subject, NULL, &err);
    else
        check_place(d, subject, dir.ptr);
    drp_str_release(&dir);
}

/* ---- models ------------------------------------------------------------------------------- */

/* One short question: keys, templates and limits show only then. */
static int ask(struct drp_model *model, struct drp_arena *arena, struct drp_err *err)
{
    const struct drp_message message = {DRP_ROLE_USER, DRP_SV("Say yes.")};
    const struct drp_call call = {
        .messages = &message,
        .n_messages = 1,
        .sampling = {.max_tokens = ANSWER_TOKENS, .think_budget = ANSWER_TOKENS},
    };
    struct drp_reply reply;
    int rc = 0;
    DRP_TRY(rc, drp_ask(model, &call, 1, &reply, arena, err));
    if (reply.status < 0)
        rc = drp_fail(err, (enum drp_code)reply.status, "%.*s", DRP_SV_ARG(reply.error));
out:
    return rc;
}

static int embed(struct drp_model *model, struct drp_arena *arena, struct drp_err *err)
{
    const struct drp_sv text = DRP_SV("yes");
    float *vector = drp_arena_new(arena, float, drp_model_info(model)->dimension);
    return drp_embed(model, &text, 1, vector, err);
}

static void describe(struct doctor *d, const char *subject, enum drp_task task)
{
    const struct drp_model_info *info = drp_model_info(d->session.models[task]);
    if (info->is_ambiguous)
        drp_findings_add(
            &d->findings, DRP_NOTE, subject,
            "add ?revision=NAME to its SPEC, so that answers of different models are "
            "not taken for each other",
            "answers as '%.*s', which may stand for any model", DRP_SV_ARG(info->name));
    else if (task == DRP_EMBEDDER)
        drp_findings_add(&d->findings, DRP_FINE, subject, NULL, "%.*s: %u dimensions",
                         DRP_SV_ARG(info->name), (unsigned)info->dimension);
    else
        drp_findings_add(&d->findings, DRP_FINE, subject, NULL,
                         "%.*s: %u at a time, %u tokens each%s", DRP_SV_ARG(info->name),
                         (unsigned)info->slots, (unsigned)info->context,
                         info->reasoning ? ", reasons" : "");
}

static void check_vector_file(struct doctor *d, const char *subject, const char *path)
{
    struct drp_vectors *vectors = NULL;
    struct drp_err err = {0};
    if (drp_vectors_open_file(path, &vectors, &err) < 0)
        drp_findings_add_error(&d->findings, subject, NULL, &err);
    else
        drp_findings_add(&d->findings, DRP_FINE, subject, NULL, "vectors of '%s'", path);
    drp_vectors_free(vectors);
}

static const char *subject_of(const struct drp_options *o, enum drp_task task)
{
    const bool is_common = !o->extractor.ptr && !o->validator.ptr && !o->summarizer.ptr &&
                           !o->generator.ptr && task < DRP_EMBEDDER;
    return is_common ? "model" : drp_task_word(task);
}

/* NULL: the error says it. */
static const char *model_mend(struct drp_sv spec)
{
    if (drp_sv_starts(spec, DRP_SV("openai:")))
        return "start the server, or correct its URL, model or key";
    return spec.ptr ? "name a GGUF file: llama:FILE.gguf" : NULL;
}

static void check_model(struct doctor *d, enum drp_task task)
{
    struct drp_session *s = &d->session;
    const char *subject = subject_of(s->options, task);
    const struct drp_sv spec = drp_task_spec(s->options, task);
    struct drp_err err = {0};
    for (enum drp_task before = 0; before < task; before++)
        if (drp_task_shares(s->options, before, task))
            return; /* was looked at then */
    if (task == DRP_EMBEDDER && drp_sv_starts(spec, DRP_SV("file:"))) {
        check_vector_file(d, subject, spec.ptr + strlen("file:"));
        return;
    }
    int rc = drp_session_open_task(s, task, &err);
    if (rc == 0)
        rc = task == DRP_EMBEDDER ? embed(s->models[task], d->cli->arena, &err)
                                  : ask(s->models[task], d->cli->arena, &err);
    if (rc < 0)
        drp_findings_add_error(&d->findings, subject, model_mend(spec), &err);
    else
        describe(d, subject, task);
}

static void check_models(struct doctor *d, const char *subject)
{
    (void)subject;
    for (enum drp_task task = 0; task < DRP_N_TASKS; task++)
        if (task != DRP_JUDGE_MODEL || d->cli->options->judge.ptr)
            check_model(d, task);
}

static void check_prompts(struct doctor *d, const char *subject)
{
    struct drp_err err = {0};
    const char *dir = d->cli->options->prompts.ptr;
    if (drp_prompts_open(dir, &d->session.prompts, &err) < 0)
        drp_findings_add_error(&d->findings, subject, NULL, &err);
    else
        drp_findings_add(&d->findings, DRP_FINE, subject, NULL, "%s%s",
                         dir ? "ours, and before them those of " : "ours", dir ? dir : "");
}

/* ---- journal ------------------------------------------------------------------------------ */

static void check_url(struct doctor *d, const char *subject, const char *url)
{
    struct drp_pg *pg = NULL;
    struct drp_err err = {0};
    if (drp_pg_open(url, &pg, &err) < 0)
        drp_findings_add_error(&d->findings, subject, NULL, &err);
    else
        drp_findings_add(&d->findings, DRP_FINE, subject, NULL, "PostgreSQL answers");
    drp_pg_free(pg);
}

static void check_file(struct doctor *d, const char *subject, const char *path)
{
    struct drp_journal *journal = NULL;
    struct drp_journal_stats stats;
    struct drp_err err = {0};
    struct stat st;
    if (drp_fs_kind(path) == DRP_FS_NONE) {
        drp_findings_add(&d->findings, DRP_FINE, subject, NULL, "'%s' will be made", path);
        return;
    }
    if (drp_journal_open(path, &journal, &err) < 0 ||
        drp_journal_get_stats(journal, &stats, &err) < 0) {
        drp_findings_add_error(&d->findings, subject, NULL, &err);
    } else if (stat(path, &st) == 0 && (st.st_mode & 077) != 0) {
        const struct drp_sv mend = drp_arena_f(d->cli->arena, "chmod 600 '%s'", path);
        drp_findings_add(&d->findings, DRP_NOTE, subject, mend.ptr,
                         "'%s' can be read by others, and holds people's texts", path);
    } else {
        drp_findings_add(&d->findings, DRP_FINE, subject, NULL, "'%s' holds %llu calls",
                         path, (unsigned long long)stats.calls);
    }
    drp_journal_free(journal);
}

static void check_journal(struct doctor *d, const char *subject)
{
    const struct drp_options *o = d->cli->options;
    struct drp_str path;
    drp_str_init(&path, 1 << 16);
    if (drp_pg_is_url(o->journal))
        check_url(d, subject, o->journal.ptr);
    else if (o->journal.ptr)
        check_file(d, subject, o->journal.ptr);
    else if (o->out.ptr)
        check_file(d, subject, drp_fs_join(&path, o->out.ptr, "journal.db"));
    drp_str_release(&path);
}

/* ---- scores ------------------------------------------------------------------------------- */

/* The value of a key in a signature "key:value|key:value". */
static struct drp_sv signed_value(struct drp_sv signature, const char *key)
{
    const size_t at = drp_sv_find(signature, drp_sv_from(key), 0);
    if (at == SIZE_MAX)
        return DRP_SV("?");
    const struct drp_sv value = drp_sv_slice(signature, at + strlen(key), signature.len);
    return drp_sv_slice(value, 0, drp_sv_find(value, DRP_SV("|"), 0));
}

static void describe_scorer(struct doctor *d, const struct drp_scorer *scorer)
{
    struct drp_str signature;
    drp_str_init(&signature, 1 << 16);
    drp_scorer_signature(scorer, DRP_METEOR, &signature);
    const struct drp_sv punkt = signed_value(drp_str_sv(&signature), "|punkt:");
    const struct drp_sv synonyms = signed_value(drp_str_sv(&signature), "|syn:");
    drp_findings_add(&d->findings, DRP_FINE, "WordNet", NULL, "METEOR's synonyms: %.*s",
                     DRP_SV_ARG(synonyms));
    if (drp_sv_is(punkt, "builtin"))
        drp_findings_add(&d->findings, DRP_NOTE, "Punkt",
                         "for the sentences that NLTK finds: nltk.download('punkt_tab'), or "
                         "--punkt DIR",
                         "NLTK's parameters are not installed; ours cut sentences");
    else
        drp_findings_add(&d->findings, DRP_FINE, "Punkt", NULL, "%.*s", DRP_SV_ARG(punkt));
    drp_str_release(&signature);
}

static void check_scores(struct doctor *d, const char *subject)
{
    const struct drp_options *o = d->cli->options;
    const struct drp_scorer_opts opts = {o->punkt.ptr, o->wordnet.ptr, o->no_synonyms};
    struct drp_scorer *scorer = NULL;
    struct drp_err err = {0};
    if (drp_scorer_open(&opts, &scorer, &err) < 0)
        drp_findings_add_error(&d->findings, subject, NULL, &err);
    else if (drp_scorer_missing(scorer))
        drp_findings_add_error(&d->findings, subject, NULL, drp_scorer_missing(scorer));
    else
        describe_scorer(d, scorer);
    drp_scorer_free(scorer);
}

/* ---- all ---------------------------------------------------------------------------------- */

/* Models first: memory and processor are looked at while they are open. */
static const struct {
    const char *subject;
    void (*check)(struct doctor *d, const char *subject);
} checks[] = {
    {"program", check_program},     {"models", check_models},
    {"processor", check_processor}, {"memory", check_memory},
    {"files", check_out},           {"cache", check_cache},
    {"journal", check_journal},     {"prompts", check_prompts},
    {"scores", check_scores},
};

static int print(struct doctor *d, struct drp_err *err)
{
    struct drp_str out;
    struct drp_jw w;
    drp_str_init(&out, SIZE_MAX / 4);
    struct drp_view view = drp_cli_view(d->cli, &out);
    if (d->cli->options->json) {
        drp_jw_init(&w, &out, 2);
        drp_findings_json(&d->findings, &w);
        drp_str_addc(&out, '\n');
    } else {
        drp_findings_text(&d->findings, &view);
    }
    const int rc = drp_cli_print(drp_str_sv(&out), err);
    drp_str_release(&out);
    return rc;
}

int drp_cmd_doctor(struct drp_cli *cli, struct drp_err *err)
{
    struct doctor d = {
        .cli = cli,
        .session = {.options = cli->options, .cancel = cli->cancel, .is_trial = true}};
    if (!cli->options->verbose)
        drp_log_set_level(DRP_LOG_ERROR); /* what else is said, findings say better */
    for (size_t i = 0; i < DRP_LEN(checks) && drp_cancel_level(cli->cancel) == 0; i++)
        checks[i].check(&d, checks[i].subject);
    int rc = print(&d, err);
    const size_t n_failing = drp_findings_count(&d.findings, DRP_FAILS);
    if (rc == 0 && drp_cancel_level(cli->cancel) > 0)
        rc = drp_fail(err, DRP_ECANCELLED, "interrupted: not everything was looked at");
    else if (rc == 0 && n_failing > 0)
        rc = drp_fail(err, DRP_ENEGATIVE, "%zu of these would fail a run", n_failing);
    drp_session_release(&d.session);
    drp_findings_release(&d.findings);
    return rc;
}
