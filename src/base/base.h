/* The words that nearly every file uses. */
#ifndef DRP_BASE_BASE_H
#define DRP_BASE_BASE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

/** Number of elements of an array (not of a pointer). */
#define DRP_LEN(array) (sizeof(array) / sizeof *(array))

/** The smaller of two values; each may be evaluated twice. */
#define DRP_MIN(a, b) ((a) < (b) ? (a) : (b))
/** The larger of two values; each may be evaluated twice. */
#define DRP_MAX(a, b) ((a) > (b) ? (a) : (b))

#endif
