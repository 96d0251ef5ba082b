/* A command line as main() gets it. */
#ifndef DRP_TESTS_SUPPORT_LINE_H
#define DRP_TESTS_SUPPORT_LINE_H

#include "base/arena.h"

/** Splits `line` at single spaces into argv, NULL behind the last; gives argc, at most `max`. **Owns**: the arena. */
int drp_line_split(const char *line, struct drp_arena *arena, char **argv, int max);

#endif
