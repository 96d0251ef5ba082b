/* The last two stages of nearly every method: what is known about a user becomes one text, then the review. */
#ifndef DRP_METHOD_COMPOSE_H
#define DRP_METHOD_COMPOSE_H

#include "method/material.h"
#include "method/method.h"
#include "method/stage.h"

/**
 * Puts the user's past reviews into `m`: OWN8, best first; where BM25 found none, the newest ones, oldest
 * first. False when the user has no text at all.
 */
bool drp_compose_own(const struct drp_sample *s, struct drp_material *m);

/** Puts the newest past reviews, at most `n`, into `m`, oldest first. False when the user has none. */
bool drp_compose_newest(const struct drp_sample *s, size_t n, struct drp_material *m);

/**
 * Puts what was said about each comparison of `s` into a list "differences" of `m`; an absent text is left out.
 * **Shapes**: texts (s->n_contrasts). **Owns**: `arena`.
 */
void drp_compose_differences(const struct drp_sample *s, const struct drp_sv *texts,
                             struct drp_arena *arena, struct drp_material *m);

/**
 * One call of a stage with the prompt `prompt`: its text without labels, empty when no answer came.
 * **Errors**: drp_draft_open(), drp_draft_ask().
 */
int drp_compose_ask(struct drp_method_ctx *x, const struct drp_sample *s,
                    enum drp_stage stage, const char *prompt, const struct drp_material *m,
                    struct drp_reply *reply, struct drp_err *err) DRP_CHECKED;

/**
 * Asks for the text with the prompt `prompt`, the target of `s` added to `m`. When no answer comes: once more
 * without anything of the user ("nonp/generate"); then the title to write for, or the item's, stands for the text:
 * there is always one. out->fallback holds the step taken before and gets the one taken here. **Errors**: drp_draft_ask().
 */
int drp_compose_text(struct drp_method_ctx *x, const struct drp_sample *s,
                     const char *prompt, const struct drp_material *m,
                     struct drp_prediction *out, struct drp_err *err) DRP_CHECKED;

/**
 * The summary of a profile: own texts and what was found out in the sample's comparisons ("shared/summarize"), from
 * `known`, which gets the own texts. `found_any`: there is something beside them. Sets out->summary and, where no difference or no summary
 * came, the step of the ladder. **Errors**: drp_compose_ask().
 */
int drp_compose_summary(struct drp_method_ctx *x, const struct drp_sample *s,
                        struct drp_material *known, bool found_any,
                        struct drp_profile *out, struct drp_err *err) DRP_CHECKED;

/**
 * Writes from the retrieved texts and the summary of a profile ("shared/generate"): the last step of several methods,
 * as struct drp_method has it. **Errors**: drp_compose_text().
 */
int drp_compose_from_profile(struct drp_method_ctx *x, const struct drp_sample *s,
                             const struct drp_profile *found, struct drp_prediction *out,
                             struct drp_err *err) DRP_CHECKED;

/**
 * What an answer says without the labels that prompts use: what stands behind the last tag that asks for it ("[Review]",
 * "[Output]", "[Summary]", "[How this person writes]") when there is something, up to the next label at the
 * start of a line; without a code fence or quotes around all of it; trimmed. Borrowed from `answer`.
 */
struct drp_sv drp_compose_strip(struct drp_sv answer);

#endif
