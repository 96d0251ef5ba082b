/* What is said of commands and options: one screen, everything, a manual page, completion. All from the two tables. */
#ifndef DRP_CLI_HELP_H
#define DRP_CLI_HELP_H

#include "cli/cmd.h"

/** The width that help is wrapped at, in columns. */
enum { DRP_HELP_COLUMNS = 80 };

/** All commands, on one screen. */
void drp_help_overview(struct drp_str *out);

/** What most people need of a command, on one screen of 24 lines. */
void drp_help_front(const struct drp_command *command, struct drp_str *out);

/** Every option of a command, by groups, and what applies to all commands. */
void drp_help_full(const struct drp_command *command, struct drp_str *out);

/** True when the one-screen page of the command shows the option. */
bool drp_help_is_front(const struct drp_command *command, const struct drp_option *opt);

/** True when all commands have the option, so that pages name it once. */
bool drp_help_is_common(const struct drp_option *opt);

/** The group that an option stands in. Static storage. */
const struct drp_option_group *drp_help_group(const struct drp_option *opt);

/** Appends what an option does, with its choices and default. */
void drp_help_describe(const struct drp_option *opt, struct drp_str *out);

/* Paragraphs that hold for many commands. */
extern const char drp_help_sources[];  /* how options are given           */
extern const char drp_help_specs[];    /* how a model is named            */
extern const char drp_help_statuses[]; /* exit statuses                   */

/** The manual page, in the macros of man. */
void drp_help_manual(struct drp_str *out);

#endif
