/* One option's value: from text, from JSON, to JSON, joined with a former one. */
#ifndef DRP_RUN_OPTION_VALUE_H
#define DRP_RUN_OPTION_VALUE_H

#include "run/options.h"

/** Adds a copy of `text` to a list of texts. */
void drp_strings_add(struct drp_strings *list, struct drp_sv text, struct drp_arena *arena);

/** Sets an option from what would be typed; a list gets it added. **Errors**: DRP_EUSAGE. */
int drp_option_set(const struct drp_option *opt, struct drp_sv text,
                   struct drp_arena *arena, struct drp_options *o,
                   struct drp_err *err) DRP_CHECKED;

/** True when the option may be given several times. */
bool drp_option_is_list(const struct drp_option *opt);

/** Empties an option that is a list. */
void drp_option_clear(const struct drp_option *opt, struct drp_options *o);

/** Appends the name of the environment variable that sets the option, e.g. DRP_TOP_P. */
void drp_option_add_variable(const struct drp_option *opt, struct drp_str *out);

/** Writes the option's value as a member `key` of an object. */
void drp_option_write(const struct drp_option *opt, const struct drp_options *o,
                      const char *key, struct drp_jw *w);

/** Writes the members of an object: every option of `verb` that `rule` fits, by name. */
void drp_options_write(const struct drp_options *o, unsigned verb,
                       enum drp_option_rule rule, struct drp_jw *w);

/** Sets one option from a JSON value, as a config file would. **Errors**: DRP_EUSAGE. */
int drp_option_from_json(const struct drp_option *opt, const struct drp_json_val *v,
                         struct drp_arena *arena, struct drp_options *o,
                         struct drp_err *err) DRP_CHECKED;

/** Adds the values of a grid option that `o` does not have yet from an array (of a former run). **Errors**: DRP_EUSAGE. */
int drp_option_merge(const struct drp_option *opt, const struct drp_json_val *former,
                     struct drp_arena *arena, struct drp_options *o,
                     struct drp_err *err) DRP_CHECKED;

#endif
