/* What the machine has: memory, disk, processor. */
#ifndef DRP_BASE_MACHINE_H
#define DRP_BASE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/** Bytes of memory that can be taken without swapping, by the machine and by the container we may be in; UINT64_MAX: unknown. */
uint64_t drp_machine_memory(void);

/** Bytes that may still be written where `path`, or the nearest folder above it, lies; UINT64_MAX: unknown. */
uint64_t drp_machine_disk(const char *path);

/** True when a folder can be made or files written at `path`: it, or the nearest folder above it, takes writes. */
bool drp_machine_writable(const char *path);

/** True when the processor has a feature by the kernel's name, e.g. "avx2". */
bool drp_machine_has(const char *feature);

/** Cores that this process may use, at least 1. */
int64_t drp_machine_cores(void);

#endif
