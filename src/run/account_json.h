/* The account of a sample as a line of JSON, for the process that sums up. */
#ifndef DRP_RUN_ACCOUNT_JSON_H
#define DRP_RUN_ACCOUNT_JSON_H

#include "base/err.h"
#include "base/intern.h"
#include "base/str.h"
#include "method/account.h"

/** Appends the counts that are not zero. */
void drp_account_write(const struct drp_account *account, struct drp_str *out);

/** Adds what such a line says to `sum`; reasons live in `words`. **Errors**: DRP_EDB. */
int drp_account_add_json(struct drp_account *sum, struct drp_sv json,
                         struct drp_intern *words, struct drp_err *err) DRP_CHECKED;

#endif
