/* Every option's value and where it came from: --show-config. */
#ifndef DRP_RUN_OPTIONS_SHOW_H
#define DRP_RUN_OPTIONS_SHOW_H

#include "run/options.h"

/** Appends a line an option of `verb`, then one a setting of the methods where the verb takes --set: name, value, source. */
void drp_options_show_text(const struct drp_options *o, unsigned verb, struct drp_str *out);

/** Writes the same as an object: {"options":{NAME:{"value","from"}},"settings":{KEY:{"value","from"}}}. */
void drp_options_show_json(const struct drp_options *o, unsigned verb, struct drp_jw *w);

#endif
