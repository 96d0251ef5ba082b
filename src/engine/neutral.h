/* Text that is data, for engines that only take text: what a chat template would read as
 * a mark is broken by a space, so that it stays readable and loses its power. */
#ifndef DRP_ENGINE_NEUTRAL_H
#define DRP_ENGINE_NEUTRAL_H

#include "engine/think.h"

/**
 * Appends `text` with a space behind the first character of every template mark of the
 * families in use ("<|…", "<｜…", "</s>", "[INST]", "<start_of_turn>", "<think>" …) and of
 * `tags`. What holds none is copied as it is.
 */
void drp_neutral_add(struct drp_str *out, struct drp_sv text, struct drp_think_tags tags);

#endif
