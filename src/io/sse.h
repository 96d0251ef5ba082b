/* Server-sent events, as they stream in: only their data; names, ids and comments are
 * passed over. **Source**: WHATWG HTML, section 9.2.6, but an event that the end of the
 * stream leaves without its empty line counts. */
#ifndef DRP_IO_SSE_H
#define DRP_IO_SSE_H

#include <stdbool.h>

#include "base/str.h"

/** A stream under way. Start with drp_sse_init(). */
struct drp_sse {
    struct drp_str line; /* begun and not ended        */
    struct drp_str data; /* of the event so far        */
    bool has_data;       /* a data line came           */
    bool after_cr;       /* a "\n" now ends no line    */
    bool after_first;    /* a byte order mark is over  */
};

/** Receives the data of one event, lines joined by "\n"; false: no more is wanted. */
typedef bool drp_sse_event(void *ctx, struct drp_sv data);

/** Starts; lines and events beyond `limit` bytes end the stream. */
void drp_sse_init(struct drp_sse *s, size_t limit);

/** Frees what is held. */
void drp_sse_release(struct drp_sse *s);

/**
 * Adds bytes, torn anywhere, and tells the events that are whole. False when the callback
 * wanted no more, or one was too long: feed nothing afterwards.
 */
bool drp_sse_feed(struct drp_sse *s, struct drp_sv bytes, drp_sse_event *on_event,
                  void *ctx);

/** Ends the stream: tells an event that is still open. As drp_sse_feed(). */
bool drp_sse_end(struct drp_sse *s, drp_sse_event *on_event, void *ctx);

#endif
