/* Memory from the heap. Running out ends the process through one overridable handler, so that
 * nothing above has to carry the case. Sizes that come from outside are checked before. */
#ifndef DRP_BASE_MEM_H
#define DRP_BASE_MEM_H

#include <stddef.h>

#include "drp/library.h"

/** `bytes` of memory, not zeroed; never NULL (0 bytes gives a valid pointer). **Owns**: caller, free(). */
void *drp_malloc(size_t bytes);

/** `n` zeroed elements of `size` bytes; n * size is checked for overflow. **Owns**: caller, free(). */
void *drp_calloc(size_t n, size_t size);

/** `ptr` resized to `n` elements of `size` bytes; checked for overflow. **Owns**: caller, free(). */
void *drp_realloc(void *ptr, size_t n, size_t size);

/** a + b, or the out-of-memory handler when that does not fit. */
size_t drp_size_add(size_t a, size_t b);

/** a * b, or the out-of-memory handler when that does not fit. */
size_t drp_size_mul(size_t a, size_t b);

#endif
