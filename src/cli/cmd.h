/* The verbs of the command `drp`. Each is a client of the library: it reads options, calls, prints. */
#ifndef DRP_CLI_CMD_H
#define DRP_CLI_CMD_H

#include "base/thread.h"
#include "cli/view.h"
#include "run/options.h"
#include "run/rundir.h"

/** What a verb gets. Results go to stdout, everything else to stderr. */
struct drp_cli {
    struct drp_options *options;
    struct drp_arena *arena;   /* of the process */
    struct drp_cancel *cancel; /* raised by Ctrl-C */
    bool color;                /* of results on stdout */
};

/** One verb. */
struct drp_command {
    const char *name;
    enum drp_verb verb;
    const char *args; /* what follows the verb, e.g. "DATASET" */
    size_t min_args, max_args;
    const char *help; /* one line */
    int (*run)(struct drp_cli *cli, struct drp_err *err);
    const char *front; /* options of the one-screen page, by commas; NULL: all */
    const char *words; /* what the first argument may be, "a|b"; NULL: anything */
};

/** All verbs in the order of help; `*n` gets their number. Static storage. */
const struct drp_command *drp_commands(size_t *n);

/** The verb of a name. **Errors**: DRP_EUSAGE, with the likely one. */
int drp_command_find(const char *name, const struct drp_command **out,
                     struct drp_err *err) DRP_CHECKED;

/** `drp demo` */
int drp_cmd_demo(struct drp_cli *cli, struct drp_err *err);
/** `drp prepare` */
int drp_cmd_prepare(struct drp_cli *cli, struct drp_err *err);
/** `drp stats` */
int drp_cmd_stats(struct drp_cli *cli, struct drp_err *err);
/** `drp select` */
int drp_cmd_select(struct drp_cli *cli, struct drp_err *err);
/** `drp run` */
int drp_cmd_run(struct drp_cli *cli, struct drp_err *err);
/** `drp plan` */
int drp_cmd_plan(struct drp_cli *cli, struct drp_err *err);
/** `drp worker` */
int drp_cmd_worker(struct drp_cli *cli, struct drp_err *err);
/** `drp write` */
int drp_cmd_write(struct drp_cli *cli, struct drp_err *err);
/** `drp show` */
int drp_cmd_show(struct drp_cli *cli, struct drp_err *err);
/** `drp verify` */
int drp_cmd_verify(struct drp_cli *cli, struct drp_err *err);
/** `drp eval` */
int drp_cmd_eval(struct drp_cli *cli, struct drp_err *err);
/** `drp compare` */
int drp_cmd_compare(struct drp_cli *cli, struct drp_err *err);
/** `drp forget` */
int drp_cmd_forget(struct drp_cli *cli, struct drp_err *err);
/** `drp journal` */
int drp_cmd_journal(struct drp_cli *cli, struct drp_err *err);
/** `drp methods` */
int drp_cmd_methods(struct drp_cli *cli, struct drp_err *err);

/** `drp doctor` */
int drp_cmd_doctor(struct drp_cli *cli, struct drp_err *err);
/** `drp man` */
int drp_cmd_man(struct drp_cli *cli, struct drp_err *err);
/** `drp completion` */
int drp_cmd_completion(struct drp_cli *cli, struct drp_err *err);

/** Writes the account of a run to stdout. **Errors**: DRP_EIO. */
int drp_cli_print_result(const struct drp_cli *cli, const struct drp_run_result *result,
                         struct drp_err *err) DRP_CHECKED;

/** A view of `out` as the options and the terminal want it. Both are borrowed. */
struct drp_view drp_cli_view(const struct drp_cli *cli, struct drp_str *out);

/** Writes bytes to stdout. **Errors**: DRP_EIO. */
int drp_cli_print(struct drp_sv sv, struct drp_err *err) DRP_CHECKED;

#endif
