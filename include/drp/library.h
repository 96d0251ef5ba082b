/* The library as a whole: its version, what it says on stderr, what it does without memory.
 *
 * It comes as a static archive only and promises no binary compatibility between versions: compile against the
 * headers that were installed with it. Structs that you fill grow at their end, and `{0}` always means the defaults.
 * Within a 0.x version names may change with x. Nothing but what these headers declare can be linked to: the parts it
 * is made of, libllama among them, are hidden and do not meet copies of your own. */
#ifndef DRP_LIBRARY_H
#define DRP_LIBRARY_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The version of these headers, and the same as a number: major * 10000 + minor * 100 + patch. */
#define DRP_VERSION        "0.1.0"
#define DRP_VERSION_NUMBER 100

/** The version of the library that is linked, e.g. "0.1.0". Static storage. */
const char *drp_version(void);

/** How much is said on stderr; a message is shown when its level is at most the set one. */
enum drp_log_level { DRP_LOG_ERROR, DRP_LOG_WARN, DRP_LOG_INFO, DRP_LOG_DEBUG };

/**
 * Sets the level, for the whole process; DRP_LOG_WARN unless set: a server that does not answer is worth a line, the
 * usual is not. Results and errors are never printed. **Threads**: any.
 */
void drp_log_set_level(enum drp_log_level level);

/** Called with the size that could not be had; must not return. */
typedef void drp_oom_handler(size_t bytes);

/**
 * Replaces what happens when memory runs out, for the whole process (default: one line on stderr, exit status 70).
 * NULL: the default. **Threads**: before any other call.
 */
void drp_set_oom_handler(drp_oom_handler *handler);

#ifdef __cplusplus
}
#endif

#endif
