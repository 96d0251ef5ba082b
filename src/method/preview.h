/* A text shown while it is made. What an answer says ends up in the text unless it is a label, a wrapping or white
 * space at its ends: that much is held back until it is known. */
#ifndef DRP_METHOD_PREVIEW_H
#define DRP_METHOD_PREVIEW_H

#include "base/str.h"

/** An answer under way. Start with drp_preview_init(). One thread at a time. */
struct drp_preview {
    struct drp_str raw;   /* what came so far       */
    struct drp_str shown; /* what was given out     */
};

/** Starts one. */
void drp_preview_init(struct drp_preview *p);

/** Frees it. */
void drp_preview_release(struct drp_preview *p);

/**
 * Adds the next piece, of whole characters, or begins another answer with an absent one, as drp_method_ctx.on_text gets
 * them; gives what can be shown beyond what was: often nothing. Borrowed until the next call.
 */
struct drp_sv drp_preview_feed(struct drp_preview *p, struct drp_sv piece);

/**
 * What is left to show of the text that the prediction has in the end. False when what was shown is not its
 * beginning (the model began anew behind a label): then all of it is to be shown again.
 */
bool drp_preview_end(const struct drp_preview *p, struct drp_sv text, struct drp_sv *rest);

#endif
