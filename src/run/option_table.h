/* The table of options, apart from the code that reads them. */
#ifndef DRP_RUN_OPTION_TABLE_H
#define DRP_RUN_OPTION_TABLE_H

#include "run/options.h"

/** Every option, in the order of help; `*n` gets the number. Static storage. */
const struct drp_option *drp_options_table(size_t *n);

/** The groups of the table, (n) in its order; the first begins with the first option. Static storage. */
const struct drp_option_group *drp_option_groups(size_t *n);

#endif
