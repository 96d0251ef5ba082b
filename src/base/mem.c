#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"

static void end_process(size_t bytes)
{
    fprintf(stderr, "drp: error: out of memory, could not get %zu bytes\n", bytes);
    _Exit(70);
}

static drp_oom_handler *oom = end_process;

void drp_set_oom_handler(drp_oom_handler *handler)
{
    oom = handler ? handler : end_process;
}

static void *or_die(void *ptr, size_t bytes)
{
    if (!ptr) {
        oom(bytes);
        abort();
    }
    return ptr;
}

size_t drp_size_add(size_t a, size_t b)
{
    size_t sum;
    if (__builtin_add_overflow(a, b, &sum)) {
        oom(SIZE_MAX);
        abort();
    }
    return sum;
}

size_t drp_size_mul(size_t a, size_t b)
{
    size_t product;
    if (__builtin_mul_overflow(a, b, &product)) {
        oom(SIZE_MAX);
        abort();
    }
    return product;
}

void *drp_malloc(size_t bytes)
{
    return or_die(malloc(bytes ? bytes : 1), bytes);
}

void *drp_calloc(size_t n, size_t size)
{
    const size_t bytes = drp_size_mul(n, size);
    return or_die(calloc(1, bytes ? bytes : 1), bytes);
}

void *drp_realloc(void *ptr, size_t n, size_t size)
{
    const size_t bytes = drp_size_mul(n, size);
    return or_die(realloc(ptr, bytes ? bytes : 1), bytes);
}
