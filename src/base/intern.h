/* Interning: each distinct string gets a small number, once. Work is then on numbers. */
#ifndef DRP_BASE_INTERN_H
#define DRP_BASE_INTERN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/** What drp_intern_find() gives for a string that was never added. */
#define DRP_NO_ID UINT32_MAX

/** A table from strings to 0, 1, 2 … in order of first appearance. One owner; readers may share. */
struct drp_intern {
    struct drp_sv *names; /* (n) by id; the bytes live in arena  */
    uint32_t n, cap;
    uint32_t *slots; /* open addressing over ids + 1, 0 = free */
    size_t n_slots;  /* power of two, at most 2/3 filled       */
    struct drp_arena arena;
};

/** Starts an empty table. */
void drp_intern_init(struct drp_intern *t);

/** Frees the table and its strings. */
void drp_intern_release(struct drp_intern *t);

/** The id of `sv`, adding a copy when it is new. */
uint32_t drp_intern_add(struct drp_intern *t, struct drp_sv sv);

/** The id of `sv`, or DRP_NO_ID. */
uint32_t drp_intern_find(const struct drp_intern *t, struct drp_sv sv);

/** The string of an id below t->n, terminated. Borrowed. */
struct drp_sv drp_intern_get(const struct drp_intern *t, uint32_t id);

#endif
