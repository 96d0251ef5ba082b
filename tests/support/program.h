/* The program itself in tests: commands of the shell, and what a scripted server has to answer for a whole run. */
#ifndef DRP_TESTS_SUPPORT_PROGRAM_H
#define DRP_TESTS_SUPPORT_PROGRAM_H

#include "base/arena.h"
#include "support/server.h"

/** Path of the binary under test. **Owns**: the arena. */
const char *program_path(struct drp_arena *arena);

/** Path of the sources. **Owns**: the arena. */
const char *program_source(struct drp_arena *arena);

/** Runs a line of the shell in `dir`, all it says into `said`; its exit status, -1 when a signal ended it. */
int program_shell(const char *dir, struct drp_str *said, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/** Makes dir/data of the sample corpus; ends the test when that fails. */
void program_prepare(const char *dir, struct drp_str *said);

/** Lists one model, "m"; answers chats (features where they are asked for) and embeddings, the same ones always. */
void program_serve(const struct drp_server_request *request,
                   struct drp_server_reply *reply);

#endif
