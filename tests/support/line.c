#include "support/line.h"

#include <string.h>

#include "base/base.h"

#include "base/banned.h"

int drp_line_split(const char *line, struct drp_arena *arena, char **argv, int max)
{
    struct drp_sv rest = drp_sv_from(line);
    int argc = 0;
    while (rest.len > 0 && argc < max) {
        const size_t space = drp_sv_find(rest, DRP_SV(" "), 0);
        const struct drp_sv word = drp_sv_slice(rest, 0, space);
        argv[argc] = drp_arena_new(arena, char, word.len + 1);
        memcpy(argv[argc++], word.ptr, word.len);
        rest = drp_sv_slice(rest, space == SIZE_MAX ? rest.len : space + 1, rest.len);
    }
    argv[argc] = NULL;
    return argc;
}
