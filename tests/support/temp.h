/* Folders for one test: made before it, removed with all that is in them after it. */
#ifndef DRP_TESTS_SUPPORT_TEMP_H
#define DRP_TESTS_SUPPORT_TEMP_H

#include <stddef.h>

#include "base/str.h"

/** A cmocka set-up: `*state` becomes the path of a new folder. 0, or -1 when it cannot be made. */
int drp_temp_setup(void **state);

/** The tear-down that belongs to it. */
int drp_temp_teardown(void **state);

/** `dir/name`; static storage for the last eight, so that several may be used in one statement. */
const char *drp_temp_path(const char *dir, const char *name);

/** Writes a file and gives its path, as drp_temp_path(). Ends the process when it cannot. */
const char *drp_temp_write(const char *dir, const char *name, struct drp_sv bytes);

/** Number of files and folders in `dir`, hidden ones included. */
size_t drp_temp_count(const char *dir);

#endif
