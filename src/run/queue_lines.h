/* The lines that a queue keeps of finished samples, without a person. */
#ifndef DRP_RUN_QUEUE_LINES_H
#define DRP_RUN_QUEUE_LINES_H

#include "run/line_filter.h"

/**
 * Takes a person out of the samples of all runs in a database: samples of theirs go, lines of others that quote them
 * too; then the table is written anew. `counts` is added to; with `write` false they are only counted. A database
 * without a queue has none. **Errors**: DRP_EDB, DRP_EINPUT.
 */
int drp_queue_lines_forget(const char *url, const struct drp_line_filter *f, bool write,
                           struct drp_line_counts *counts, struct drp_err *err) DRP_CHECKED;

#endif
