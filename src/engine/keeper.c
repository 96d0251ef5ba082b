#include "engine/keeper.h"

#include "base/base.h"
#include "io/json.h"

#include "base/banned.h"

int drp_kept_refs(struct drp_sv messages, const char *where, struct drp_arena *arena,
                  struct drp_kept_ref **out, size_t *n, struct drp_err *err)
{
    struct drp_json *doc = NULL;
    struct drp_json_iter it = {0};
    const struct drp_json_val *pair;
    int rc = 0;
    DRP_TRY(rc, drp_json_parse(messages, DRP_JSON_STRICT, &doc, err));
    *n = 0;
    *out = drp_arena_new(arena, struct drp_kept_ref, drp_json_len(drp_json_root(doc)));
    while ((pair = drp_json_next(drp_json_root(doc), &it, NULL))) {
        struct drp_kept_ref *ref = &(*out)[(*n)++];
        ref->role = drp_arena_sv(arena, drp_json_str(drp_json_at(pair, 0)));
        if (!drp_json_int(drp_json_at(pair, 1), &ref->body))
            DRP_TRY(rc, drp_fail(err, DRP_EDB,
                                 "a conversation in journal '%s' names no text", where));
    }
out:
    drp_json_free(doc);
    return rc;
}
