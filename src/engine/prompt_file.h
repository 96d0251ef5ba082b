/* One prompt file, compiled: turns of literal text, values and sections. The syntax:
 * engine/prompt.h. */
#ifndef DRP_ENGINE_PROMPT_FILE_H
#define DRP_ENGINE_PROMPT_FILE_H

#include "engine/prompt.h"

/** A compiled file. It borrows the text that it was compiled from. */
struct drp_prompt_file;

/** Where a prompt comes from, for error texts. Borrowed. */
struct drp_prompt_origin {
    const char *name; /* as methods ask for it: "drp/extract" */
    const char *path; /* as people find it: "DIR/drp/extract.txt" */
};

/** True when a text has a line that opens a turn; others (grammars) are no templates. */
bool drp_prompt_has_turns(struct drp_sv text);

/**
 * Compiles a file. **Owns**: caller, drp_prompt_file_free(). **Errors**: DRP_EINPUT with
 * path and line: text before the first turn, unknown role, bad tag, section not closed or
 * closed twice, nested deeper than 8.
 */
int drp_prompt_file_compile(struct drp_sv text, struct drp_prompt_origin origin,
                            struct drp_prompt_file **out, struct drp_err *err) DRP_CHECKED;

/** Frees it. NULL is allowed. */
void drp_prompt_file_free(struct drp_prompt_file *f);

/** As drp_prompt_render(). */
int drp_prompt_file_render(const struct drp_prompt_file *f, const struct drp_scope *scope,
                           struct drp_arena *arena, struct drp_turns *out,
                           struct drp_err *err) DRP_CHECKED;

#endif
