/* Which options a program may set, and which of them for one text. */
#ifndef DRP_API_CHOOSE_H
#define DRP_API_CHOOSE_H

#include "drp/writer.h"
#include "run/options.h"

/**
 * Sets an option by name; `is_text`: of one text, so that what models are opened with cannot change.
 * **Errors**: DRP_EUSAGE naming the nearest option, or what is wrong with the value.
 */
int drp_choose(struct drp_options *o, const struct drp_choice *choice, bool is_text,
               struct drp_arena *arena, struct drp_err *err) DRP_CHECKED;

#endif
