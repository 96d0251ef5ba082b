/* A view of text: how texts go into the library and come out of it. */
#ifndef DRP_SV_H
#define DRP_SV_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A borrowed run of bytes, UTF-8 where it is text; not terminated unless something says so.
 * {NULL, 0} is "absent", {non-NULL, 0} "empty".
 */
struct drp_sv {
    const char *ptr;
    size_t len;
};

/** For "%.*s": length and pointer of an sv. */
#define DRP_SV_ARG(sv)                                                                   \
    (int)((sv).len > 2000000000u ? 2000000000u : (sv).len), ((sv).ptr ? (sv).ptr : "")

/** An sv over a string literal. */
#ifdef __cplusplus
#define DRP_SV(literal) (drp_sv{"" literal, sizeof(literal) - 1})
#else
#define DRP_SV(literal) ((struct drp_sv){"" literal, sizeof(literal) - 1})
#endif

/** An sv over a terminated string; NULL gives the absent sv. Borrowed. */
struct drp_sv drp_sv_from(const char *z);

#ifdef __cplusplus
}
#endif

#endif
