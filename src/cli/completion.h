/* Scripts that let a shell complete the commands, options and values of drp. */
#ifndef DRP_CLI_COMPLETION_H
#define DRP_CLI_COMPLETION_H

#include "base/err.h"
#include "base/str.h"

/** Appends the script for "bash", "zsh" or "fish". **Errors**: DRP_EUSAGE, another shell. */
int drp_completion_write(struct drp_sv shell, struct drp_str *out,
                         struct drp_err *err) DRP_CHECKED;

#endif
