#include "base/vec.h"

#include "base/mem.h"

#include "base/banned.h"

void *drp_vec_grow(void *at, size_t *cap, size_t need, size_t size)
{
    size_t grown = *cap ? drp_size_mul(*cap, 2) : 8;
    if (grown < need)
        grown = need;
    at = drp_realloc(at, grown, size);
    *cap = grown;
    return at;
}
