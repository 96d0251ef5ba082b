/* Tokens of one text. Tokenisers rewrite what they read (a quote may become two characters), so tokens hold
 * bytes of their own. */
#ifndef DRP_TEXT_TOKEN_H
#define DRP_TEXT_TOKEN_H

#include "base/str.h"
#include "base/vec.h"

/** A run of bytes within a text. */
struct drp_span {
    size_t at, len;
};

/** Spans in the order of the text. Start with `{0}`, end with drp_vec_release(). */
struct drp_spans {
    struct drp_span *at;
    size_t n, cap;
};

/** Tokens in order. One owner, one thread; made to be cleared and filled again. */
struct drp_tokens {
    struct drp_str bytes;   /* of all tokens, one after another */
    struct drp_spans spans; /* of each, in bytes                */
};

/** Starts an empty list. */
void drp_tokens_init(struct drp_tokens *t);

/** Frees it; it may be initialised again. */
void drp_tokens_release(struct drp_tokens *t);

/** Empties without freeing. */
void drp_tokens_clear(struct drp_tokens *t);

/** Appends a copy of `token`. */
void drp_tokens_add(struct drp_tokens *t, struct drp_sv token);

/** Token `i`, borrowed until the next change. */
struct drp_sv drp_tokens_get(const struct drp_tokens *t, size_t i);

/** Appends each run of `text` without white space (Python's str.split()). */
void drp_tokens_split(struct drp_tokens *t, struct drp_sv text);

#endif
