/* Long output for people: through their pager on a terminal. */
#ifndef DRP_CLI_PAGER_H
#define DRP_CLI_PAGER_H

#include "base/err.h"
#include "base/str.h"

/**
 * Writes a text to stdout; on a terminal through $PAGER (without it less, where there is one), which a user may
 * leave early. **Errors**: DRP_EIO.
 */
int drp_pager_print(struct drp_sv text, struct drp_err *err) DRP_CHECKED;

#endif
