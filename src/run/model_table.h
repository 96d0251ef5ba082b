/* The `models` table of a config file: names for SPECs, with what a SPEC cannot say. */
#ifndef DRP_RUN_MODEL_TABLE_H
#define DRP_RUN_MODEL_TABLE_H

#include "run/options.h"

/**
 * Reads the table, an object of objects, into o->model_table. Strings go to `arena`. **Errors**: DRP_EUSAGE naming key and model.
 */
int drp_model_table_read(const struct drp_json_val *v, struct drp_arena *arena,
                         struct drp_options *o, struct drp_err *err) DRP_CHECKED;

#endif
