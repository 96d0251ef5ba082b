#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/log.h"
#include "cli/cmd.h"

#include "base/banned.h"

/* Process-wide because signal handlers have no other way to reach it. */
static struct drp_cancel cancel;

static void on_signal(int signal_number)
{
    (void)signal_number;
    drp_cancel_raise(&cancel, drp_cancel_level(&cancel) + 1);
    if (drp_cancel_level(&cancel) > 2)
        _exit(130);
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

static int check_args(const struct drp_command *command, const struct drp_options *o,
                      struct drp_err *err)
{
    if (o->args.n < command->min_args)
        return drp_fail(err, DRP_EUSAGE, "missing argument: drp %s %s", command->name,
                        command->args);
    if (o->args.n > command->max_args)
        return drp_fail(
            err, DRP_EUSAGE,
            "stray argument '%.*s': an option takes one value and is given again for more",
            DRP_SV_ARG(o->args.at[command->max_args]));
    return 0;
}

static bool wants_color(const struct drp_options *o)
{
    const char *no_color = getenv("NO_COLOR");
    if (drp_sv_is(o->color, "auto"))
        return isatty(STDOUT_FILENO) && !(no_color && *no_color);
    return drp_sv_is(o->color, "always");
}

static int run_command(const struct drp_command *command, int argc, char **argv,
                       struct drp_err *err)
{
    struct drp_options options;
    struct drp_arena arena;
    int rc = 0;
    drp_arena_init(&arena);
    DRP_TRY(rc, drp_options_parse(command->verb, argc, argv, &arena, &options, err));
    if (options.help) {
        drp_help_print(command);
        goto out;
    }
    DRP_TRY(rc, check_args(command, &options, err));
    drp_log_set_level(options.quiet     ? DRP_LOG_WARN
                      : options.verbose ? DRP_LOG_DEBUG
                                        : DRP_LOG_INFO);
    struct drp_cli cli = {&options, &arena, &cancel, wants_color(&options)};
    rc = command->run(&cli, err);
out:
    drp_arena_release(&arena);
    return rc;
}

/* `drp`, `drp help [VERB]`, `drp --help`, `drp --version`; true when it was one of these. */
static bool general(int argc, char **argv, int *rc, struct drp_err *err)
{
    const char *word = argc > 1 ? argv[1] : "help";
    if (strcmp(word, "--version") == 0 || strcmp(word, "version") == 0) {
        printf("drp %s\n", DRP_VERSION);
        return true;
    }
    if (strcmp(word, "help") != 0 && strcmp(word, "--help") != 0 && strcmp(word, "-h") != 0)
        return false;
    const struct drp_command *command = NULL;
    if (argc > 2)
        *rc = drp_command_find(argv[2], &command, err);
    if (*rc == 0)
        drp_help_print(command);
    return true;
}

int main(int argc, char **argv)
{
    struct drp_err err = {0};
    const struct drp_command *command = NULL;
    int rc = 0;
    catch_signals();
    if (!general(argc, argv, &rc, &err)) {
        rc = drp_command_find(argv[1], &command, &err);
        if (rc == 0)
            rc = run_command(command, argc - 1, argv + 1, &err);
    }
    if (rc < 0)
        drp_log(DRP_LOG_ERROR, "%s", err.text);
    return drp_exit_status(rc);
}
