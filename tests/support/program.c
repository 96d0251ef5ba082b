#include "support/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/base.h"
#include "io/json.h"
#include "support/served.h"

#include "base/banned.h"

static const char *whole_path(const char *path, struct drp_arena *arena)
{
    char *whole = realpath(path, NULL);
    if (!whole)
        fail_msg("no '%s'", path);
    const char *copy = drp_arena_f(arena, "%s", whole).ptr;
    free(whole);
    return copy;
}

const char *program_path(struct drp_arena *arena)
{
    const char *drp = getenv("DRP");
    return whole_path(drp ? drp : "build/drp", arena);
}

const char *program_source(struct drp_arena *arena)
{
    const char *source = getenv("SOURCE_DIR");
    return whole_path(source ? source : ".", arena);
}

int program_shell(const char *dir, struct drp_str *said, const char *fmt, ...)
{
    struct drp_str line;
    char bytes[4096];
    size_t n;
    va_list args;
    drp_str_init(&line, 1 << 16);
    drp_str_addf(&line, "exec 2>&1; cd '%s'; ", dir);
    va_start(args, fmt);
    drp_str_vaddf(&line, fmt, args);
    va_end(args);
    drp_str_clear(said);
    FILE *out = popen(line.ptr, "r"); /* NOLINT(cert-env33-c): the shell is what is wanted */
    assert_non_null(out);
    while ((n = fread(bytes, 1, sizeof bytes, out)) > 0)
        drp_str_add(said, (struct drp_sv){bytes, n});
    drp_str_release(&line);
    const int status = pclose(out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void program_prepare(const char *dir, struct drp_str *said)
{
    struct drp_arena arena = {0};
    const char *source = program_source(&arena);
    if (program_shell(dir, said,
                      "'%s' prepare --reviews '%s/share/sample/reviews.jsonl' --meta "
                      "'%s/share/sample/meta.jsonl' --out data --min-item 4 --min-user 5 --holdout 1 "
                      "--min-profile 4 --min-profile-item 2",
                      program_path(&arena), source, source) != 0)
        fail_msg("%s", said->ptr);
    drp_arena_release(&arena);
}

static void serve_text(const struct drp_server_request *request,
                       struct drp_server_reply *reply)
{
    static const struct drp_sv grammar = {"response_format", 15};
    const bool is_list = drp_sv_find(request->body, grammar, 0) != SIZE_MAX;
    struct drp_jw w;
    drp_jw_init(&w, &reply->body, 0);
    drp_str_addz(&reply->body, "data: ");
    drp_jw_obj(&w);
    drp_jw_key(&w, "choices");
    drp_jw_arr(&w);
    drp_jw_obj(&w);
    drp_jw_key(&w, "delta");
    drp_jw_obj(&w);
    drp_jw_key_strz(&w, "content",
                    is_list ? "{\"features\":[{\"name\":\"tone\",\"definition\":\"how it "
                              "sounds\",\"difference\":\"sounds calm and sure\"}]}"
                            : "It does what it should.");
    drp_jw_obj_end(&w);
    drp_jw_key_strz(&w, "finish_reason", "stop");
    drp_jw_obj_end(&w);
    drp_jw_arr_end(&w);
    drp_jw_key(&w, "usage");
    drp_jw_raw(&w, DRP_SV("{\"prompt_tokens\":100,\"completion_tokens\":10}"));
    drp_jw_obj_end(&w);
    drp_str_addz(&reply->body, "\n\ndata: [DONE]\n\n");
}

void program_serve(const struct drp_server_request *request, struct drp_server_reply *reply)
{
    if (drp_sv_ends(request->path, DRP_SV("/models")))
        drp_str_addz(&reply->body, "{\"data\":[{\"id\":\"m\",\"max_model_len\":8192}]}");
    else if (drp_sv_ends(request->path, DRP_SV("/embeddings")))
        served_embeddings(request, reply);
    else
        serve_text(request, reply);
}
