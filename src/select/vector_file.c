#include "select/vector_file.h"

#include <float.h>
#include <math.h>

#include "base/base.h"
#include "io/jsonl.h"

#include "base/banned.h"

/* A line being read; `values` is used for every line. */
struct reading {
    const struct drp_jsonl *lines;
    struct drp_vector_map *map;
    DRP_VEC(float) values;
};

static int fail(const struct reading *r, struct drp_err *err, const char *field,
                const char *verdict)
{
    drp_fail(err, DRP_EINPUT, "cannot read '%s' in '%s' line %lld: %s", field,
             drp_jsonl_path(r->lines), (long long)drp_jsonl_line(r->lines), verdict);
    if (err)
        err->record = drp_jsonl_line(r->lines);
    return DRP_EINPUT;
}

static int read_values(struct reading *r, const struct drp_json_val *vector,
                       struct drp_err *err)
{
    struct drp_json_iter it = {0};
    r->values.n = 0;
    if (drp_json_type(vector) != DRP_JSON_ARR || drp_json_len(vector) == 0)
        return fail(r, err, "vector", "expected an array of numbers");
    for (const struct drp_json_val *v; (v = drp_json_next(vector, &it, NULL));) {
        const double value = drp_json_num(v, NAN);
        if (!(fabs(value) <= FLT_MAX))
            return fail(r, err, "vector", "expected finite numbers of float32");
        drp_vec_add(&r->values, (float)value);
    }
    if (r->map->ids.n > 0 && r->values.n != r->map->dim)
        return fail(r, err, "vector", "its length differs from that of the first line");
    r->map->dim = r->values.n;
    return 0;
}

static int read_line(struct reading *r, const struct drp_json_val *line, struct drp_err *err)
{
    struct drp_sha256 text;
    if (!drp_sha256_from_hex(drp_json_str(drp_json_get(line, "text_sha256")), &text))
        return fail(r, err, "text_sha256", "expected 64 hex digits");
    const int rc = read_values(r, drp_json_get(line, "vector"), err);
    if (rc < 0)
        return rc;
    drp_vector_map_add(r->map, &text, r->values.at);
    return 0;
}

int drp_vector_file_read(const char *path, struct drp_vector_map *map, struct drp_err *err)
{
    int rc = 0;
    struct drp_jsonl *lines = NULL;
    const struct drp_json_val *line;
    struct reading r = {.map = map};
    DRP_TRY(rc, drp_jsonl_open(path, 0, &lines, err));
    r.lines = lines;
    for (;;) {
        DRP_TRY(rc, drp_jsonl_next(lines, &line, err));
        if (rc == 0)
            break;
        DRP_TRY(rc, read_line(&r, line, err));
    }
    if (map->ids.n == 0)
        rc = drp_fail(err, DRP_EINPUT,
                      "cannot use '%s': it holds no vector; lines are "
                      "{\"text_sha256\": …, \"vector\": […]}",
                      path);
out:
    drp_vec_release(&r.values);
    drp_jsonl_free(lines);
    return rc;
}
