/* A small dataset for whole runs, and the answers of a model that is scripted for it. */
#ifndef DRP_TESTS_SUPPORT_SMALL_H
#define DRP_TESTS_SUPPORT_SMALL_H

#include "support/stub.h"

/** Items that every user wrote about, and the calls of method DRP for each user. */
enum { SMALL_ITEMS = 3, SMALL_CALLS = 2 * SMALL_ITEMS + 2 };

/** Writes the dataset, split test, and vectors.jsonl with a vector for each text. */
void small_write(const char *dir, size_t n_users);

/** Answers as a struct drp_stub_opts wants it; `ctx` is a bool: the user "user3" fails. */
void small_answer(void *ctx, const struct drp_call *call, struct drp_job *job);

#endif
