/* Growing arrays of any element type: `struct { T *at; size_t n, cap; }` and three macros. */
#ifndef DRP_BASE_VEC_H
#define DRP_BASE_VEC_H

#include <stddef.h>
#include <stdlib.h>

/** Declares a vector type: `DRP_VEC(uint32_t) ids = {0};`. `at` is NULL while empty. */
#define DRP_VEC(T)                                                                       \
    struct {                                                                             \
        T *at;                                                                           \
        size_t n, cap;                                                                   \
    }

/** Appends `value`; amortised constant. `v` is a pointer to a vector. */
#define drp_vec_add(v, ...)                                                              \
    do {                                                                                 \
        if ((v)->n == (v)->cap)                                                          \
            (v)->at = drp_vec_grow((v)->at, &(v)->cap, (v)->n + 1, sizeof *(v)->at);     \
        (v)->at[(v)->n] = (__VA_ARGS__);                                                 \
        (v)->n++;                                                                        \
    } while (0)

/** Makes room for at least `count` elements in all. */
#define drp_vec_reserve(v, count)                                                        \
    do {                                                                                 \
        if ((count) > (v)->cap)                                                          \
            (v)->at = drp_vec_grow((v)->at, &(v)->cap, (count), sizeof *(v)->at);        \
    } while (0)

/** Frees the elements; the vector is empty again. */
#define drp_vec_release(v)                                                               \
    do {                                                                                 \
        free((v)->at);                                                                   \
        (v)->at = NULL;                                                                  \
        (v)->n = (v)->cap = 0;                                                           \
    } while (0)

/** What the macros call: `at` resized so that `*cap` ≥ `need`, at least doubling. **Owns**: the vector. */
void *drp_vec_grow(void *at, size_t *cap, size_t need, size_t size);

#endif
