/* Template mechanics for prompts: text files with values and repeated parts. No domain
 * words.
 *
 * A prompt file holds turns, each opened by a line `=== system`, `=== user` or `===
 * assistant`; blank lines at both ends of a turn do not count. In a turn `{{name}}` is a
 * value; `{{#name}} … {{/name}}` repeats for each entry of a list or stands when a value
 * is not empty; `{{^name}} … {{/name}}` stands when it is. The tag of a section alone on
 * its line takes the line with it. A section may hold whole turns, as many as its list has
 * entries. A turn that comes out empty is left out. Values are
 * data: see drp_prompt_guard(). A file without any turn is no prompt but raw text (a
 * grammar, a schema), for drp_prompts_get(). */
#ifndef DRP_ENGINE_PROMPT_H
#define DRP_ENGINE_PROMPT_H

#include "engine/engine.h"

/** A set of prompt files. */
struct drp_prompts;

/** A name with a value: a text, or a list of scopes. */
struct drp_binding {
    const char *name;
    struct drp_sv text;            /* when items is NULL */
    const struct drp_scope *items; /* (n_items) a list; sees what is around */
    size_t n_items;
    bool trusted; /* our own words, or checked: put in as it is */
};

/** Names that can be used at one place, then those of the places around it. */
struct drp_scope {
    const struct drp_binding *at; /* (n) */
    size_t n;
    const struct drp_scope *parent; /* NULL: outermost */
};

/**
 * Reads the prompts embedded in the program; a file `dir`/drp/extract.txt (`dir` NULL:
 * none) stands in for the embedded "drp/extract". A file that stands in for nothing is an
 * error; hidden files and backups (`~`) do not count.
 * **Owns**: caller, drp_prompts_free(). **Errors**: DRP_ENOTFOUND (folder), DRP_EINPUT
 * (file and line of a bad tag; unknown name, with the nearest), DRP_EIO, DRP_ELIMIT (1
 * MiB a file).
 */
int drp_prompts_open(const char *dir, struct drp_prompts **out,
                     struct drp_err *err) DRP_CHECKED;

/** Frees them. NULL is allowed. */
void drp_prompts_free(struct drp_prompts *p);

/** The turns of a conversation. */
struct drp_turns {
    struct drp_message *at; /* (n) */
    size_t n;
};

/**
 * Renders a prompt, e.g. "drp/extract", into messages that live in `arena`.
 * **Errors**: DRP_ENOTFOUND (no such prompt, no such value; names both), DRP_EINPUT.
 */
int drp_prompt_render(const struct drp_prompts *p, const char *name,
                      const struct drp_scope *scope, struct drp_arena *arena,
                      struct drp_turns *out, struct drp_err *err) DRP_CHECKED;

/**
 * The raw text of a prompt file of any kind (grammars too), absent when there is none.
 * Borrowed.
 */
struct drp_sv drp_prompts_get(const struct drp_prompts *p, const char *name);

/** SHA-256 over all names and texts, for run.json. */
struct drp_sha256 drp_prompts_hash(const struct drp_prompts *p);

/**
 * Appends data so that it cannot pass for a part of the prompt: a bracketed label before
 * a colon, such as `[Review]:`, becomes `(Review):`, also with brackets within brackets,
 * and white space or nothing visible before the colon; control characters but tab and
 * newline become a space. Nothing else changes, `[sic]` stays: template marks and think
 * tags are for the engine to treat as plain text.
 */
void drp_prompt_guard(struct drp_str *out, struct drp_sv data);

#endif
