/* Finds out whether a text repeats words of others: by the pieces of 24 bytes that stand in theirs and nowhere else. */
#ifndef DRP_TEXT_QUOTE_H
#define DRP_TEXT_QUOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/** Bytes of a piece. Shorter agreement is taken for chance, shorter texts have no pieces. */
enum { DRP_QUOTE_BYTES = 24 };

/** The pieces of some texts, as hashes. Start with `{0}`. One owner; readers may share. */
struct drp_quotes {
    uint64_t *slots; /* open addressing; 0 free, bit 0 says that the piece stands elsewhere too */
    size_t n, n_slots;
};

/** Frees them. */
void drp_quotes_release(struct drp_quotes *q);

/** Adds the pieces of a text that is looked for. */
void drp_quotes_add(struct drp_quotes *q, struct drp_sv text);

/** Takes out what also stands in this text, which is somebody else's. After all drp_quotes_add(). */
void drp_quotes_except(struct drp_quotes *q, struct drp_sv text);

/** Whether a text holds any of the pieces. Cost: a hash a byte. */
bool drp_quotes_found(const struct drp_quotes *q, struct drp_sv text);

#endif
