/* The account of a sample as a line of JSON, for the process that sums up. */
#ifndef DRP_RUN_ACCOUNT_JSON_H
#define DRP_RUN_ACCOUNT_JSON_H

#include "base/err.h"
#include "base/intern.h"
#include "base/str.h"
#include "io/json.h"
#include "method/account.h"

/** Appends the counts that are not zero. */
void drp_account_write(const struct drp_account *account, struct drp_str *out);

/** Adds what such a line says to `sum`; reasons live in `words`. **Errors**: DRP_EDB. */
int drp_account_add_json(struct drp_account *sum, struct drp_sv json,
                         struct drp_intern *words, struct drp_err *err) DRP_CHECKED;

/** Writes rows of stages as an object {method: {stage: {calls, kept, prompt_tokens, cached_tokens, answer_tokens}}}. */
void drp_used_write(struct drp_jw *w, const struct drp_used *rows);

/** Adds what such an object says to `rows`; names live in `words`. */
void drp_used_read(const struct drp_json_val *v, struct drp_intern *words,
                   struct drp_used *rows);

#endif
