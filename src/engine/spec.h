/* Model SPEC: "scheme:place[?key=value&…]", as on the command line. */
#ifndef DRP_ENGINE_SPEC_H
#define DRP_ENGINE_SPEC_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/** A SPEC taken apart. Strings live in the arena it was parsed into. */
struct drp_spec {
    struct drp_sv scheme; /* "llama"; a bare path that ends in .gguf is "llama" too */
    struct drp_sv place;  /* path or URL */
    struct drp_sv model;  /* what stands after '#'; absent without */
    struct drp_spec_option {
        struct drp_sv key, value;
    } * options;
    size_t n_options;
};

/** Parses a SPEC. **Errors**: DRP_EUSAGE, naming the part and what is allowed. */
int drp_spec_parse(struct drp_sv text, struct drp_arena *arena, struct drp_spec *out,
                   struct drp_err *err) DRP_CHECKED;

/** What an integer option may be. */
struct drp_spec_range {
    int64_t min, max;  /* both included */
    int64_t otherwise; /* when it is not given; may lie outside */
};

/** An integer option within its range. **Errors**: DRP_EUSAGE. */
int drp_spec_int(const struct drp_spec *spec, const char *key, struct drp_spec_range range,
                 int64_t *out, struct drp_err *err) DRP_CHECKED;

/**
 * Fails when an option is none of `allowed` (NULL-terminated), naming the nearest.
 * **Errors**: DRP_EUSAGE.
 */
int drp_spec_only(const struct drp_spec *spec, const char *const *allowed,
                  struct drp_err *err) DRP_CHECKED;

#endif
