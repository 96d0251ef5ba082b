#include "cli/cmd.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/nearest.h"

#include "base/banned.h"

static const struct drp_command commands[] = {
    {"demo", DRP_VERB_DEMO, "", 0, 0, "the whole of it on a sample and a small model",
     drp_cmd_demo, NULL, NULL},
    {"prepare", DRP_VERB_PREPARE, "", 0, 0, "raw reviews to a dataset directory",
     drp_cmd_prepare, NULL, NULL},
    {"stats", DRP_VERB_STATS, "DATASET", 1, 1, "counts and distributions of a dataset",
     drp_cmd_stats, NULL, NULL},
    {"select", DRP_VERB_SELECT, "DATASET", 1, 1, "what would be compared, and why",
     drp_cmd_select, NULL, NULL},
    {"run", DRP_VERB_RUN, "DATASET", 1, 1, "predictions for a split", drp_cmd_run,
     "method,out,limit,user,items,peers,select,model,embedder,temperature,"
     "repeats,max-tokens,fidelity,set,strict,dry-run,keep-going",
     NULL},
    {"plan", DRP_VERB_PLAN, "DATASET", 1, 1, "what a run would ask, take and cost",
     drp_cmd_plan,
     "out,journal,method,limit,user,model,embedder,temperature,repeats,max-tokens,select,"
     "set,probe,exact",
     NULL},
    {"worker", DRP_VERB_WORKER, "[DATASET]", 0, 1,
     "work at a run whose journal is in PostgreSQL", drp_cmd_worker,
     "journal,name,wait,lease,workers,model,embedder,keep-going,api-key-file", NULL},
    {"write", DRP_VERB_WRITE, "[DATASET]", 0, 1, "one personalised text", drp_cmd_write,
     "user,history,others,meta,item,rating,title,item-title,item-description,explain,"
     "include-peers,method,model,embedder,temperature,max-tokens,journal",
     NULL},
    {"show", DRP_VERB_SHOW, "RUN [DATASET]", 1, 2,
     "why one text (--user) came out as it did", drp_cmd_show,
     "user,method,temperature,seed,item,include-peers,journal,api-key-file", NULL},
    {"verify", DRP_VERB_VERIFY, "RUN", 1, 1, "asks calls of a run again and compares",
     drp_cmd_verify,
     "calls,draw,journal,model,extractor,validator,summarizer,generator,api-key-file,"
     "give-up-after",
     NULL},
    {"eval", DRP_VERB_EVAL, "[RUN]", 0, 1, "scores of a run, or of --pairs FILE",
     drp_cmd_eval,
     "pairs,per-sample,punkt,wordnet,no-synonyms,resamples,bootstrap-seed,"
     "judge,judge-repeats",
     NULL},
    {"compare", DRP_VERB_COMPARE, "[RUN…]", 0, 64,
     "paired tests between methods, runs or files", drp_cmd_compare,
     "pairs,baseline,punkt,wordnet,no-synonyms,resamples,trials,"
     "bootstrap-seed,judge",
     NULL},
    {"forget", DRP_VERB_FORGET, "RUN|DATASET", 1, 1,
     "removes a person (--user) from files and journal", drp_cmd_forget, NULL, NULL},
    {"journal", DRP_VERB_JOURNAL, "ACTION RUN", 0, 2,
     "what was asked: stats, export or vacuum", drp_cmd_journal, NULL,
     "stats|export|vacuum"},
    {"methods", DRP_VERB_METHODS, "", 0, 0, "the methods there are", drp_cmd_methods,
     NULL, NULL},
    {"doctor", DRP_VERB_DOCTOR, "", 0, 0, "what would fail, and the line that mends it",
     drp_cmd_doctor,
     "out,journal,model,extractor,validator,summarizer,generator,embedder,judge,prompts,"
     "api-key-file,punkt,wordnet,no-synonyms",
     NULL},
    {"man", DRP_VERB_MAN, "", 0, 0, "the manual page, for man -l -", drp_cmd_man, NULL,
     NULL},
    {"completion", DRP_VERB_COMPLETION, "SHELL", 1, 1, "completion for bash, zsh or fish",
     drp_cmd_completion, NULL, "bash|zsh|fish"},
};

const struct drp_command *drp_commands(size_t *n)
{
    *n = DRP_LEN(commands);
    return commands;
}

struct drp_view drp_cli_view(const struct drp_cli *cli, struct drp_str *out)
{
    return (struct drp_view){
        .out = out,
        .arena = cli->arena,
        .width = drp_view_width(),
        .color = cli->color,
        .include_peers = cli->options->include_peers,
    };
}

/* Who reads no further, as head does, is not told of it: the process ends as any other would. */
static void end_by_pipe(void)
{
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
}

int drp_cli_print(struct drp_sv sv, struct drp_err *err)
{
    const bool is_written =
        fwrite(sv.ptr, 1, sv.len, stdout) == sv.len && fflush(stdout) == 0;
    if (!is_written && errno == EPIPE)
        end_by_pipe();
    if (!is_written)
        return drp_fail(err, DRP_EIO, "cannot write to standard output: %s",
                        strerror(errno));
    return 0;
}

int drp_command_find(const char *name, const struct drp_command **out, struct drp_err *err)
{
    struct drp_nearest near = drp_nearest_start(drp_sv_from(name));
    for (size_t i = 0; i < DRP_LEN(commands); i++) {
        if (strcmp(commands[i].name, name) == 0) {
            *out = &commands[i];
            return 0;
        }
        drp_nearest_offer(&near, drp_sv_from(commands[i].name));
    }
    if (!drp_nearest_is_likely(&near))
        return drp_fail(err, DRP_EUSAGE, "unknown command '%s': drp help lists all", name);
    return drp_fail(err, DRP_EUSAGE, "unknown command '%s': did you mean '%.*s'?", name,
                    DRP_SV_ARG(near.best));
}
