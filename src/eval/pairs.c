#include "eval/pairs.h"

#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/fs.h"
#include "io/jsonl.h"

#include "base/banned.h"

enum { ID_BYTES = 1 << 16 };

struct drp_pairs {
    struct drp_jsonl *lines;
    bool is_run;
    struct drp_str id; /* of the line last read, as JSON */
};

static int open_lines(const char *path, bool is_run, struct drp_pairs **out,
                      struct drp_err *err)
{
    struct drp_jsonl *lines = NULL;
    *out = NULL;
    const int rc = drp_jsonl_open(path, 0, &lines, err);
    if (rc < 0)
        return rc;
    struct drp_pairs *p = drp_calloc(1, sizeof *p);
    p->lines = lines;
    p->is_run = is_run;
    drp_str_init(&p->id, ID_BYTES);
    *out = p;
    return 0;
}

int drp_pairs_open(const struct drp_source *source, struct drp_pairs **out,
                   struct drp_err *err)
{
    if (!source->is_run)
        return open_lines(source->path, false, out, err);
    struct drp_str path;
    drp_str_init(&path, 1 << 16);
    int rc =
        open_lines(drp_fs_join(&path, source->path, "predictions.jsonl"), true, out, err);
    if (rc == DRP_ENOTFOUND)
        rc = drp_fail(err, DRP_ENOTFOUND,
                      "no run in '%s': there is no predictions.jsonl; drp run makes it",
                      source->path);
    drp_str_release(&path);
    return rc;
}

void drp_pairs_free(struct drp_pairs *p)
{
    if (!p)
        return;
    drp_jsonl_free(p->lines);
    drp_str_release(&p->id);
    free(p);
}

/* A text field. It may be absent or null only when `otherwise` says what stands for it. */
static int text_field(const struct drp_pairs *p, const struct drp_json_val *line,
                      const char *key, struct drp_sv *out, struct drp_err *err)
{
    const struct drp_json_val *v = drp_json_get(line, key);
    if (drp_json_type(v) == DRP_JSON_STR) {
        *out = drp_json_str(v);
        return 0;
    }
    if (!v)
        return drp_fail(err, DRP_EINPUT, "no '%s' in '%s' line %lld: a string is needed",
                        key, drp_jsonl_path(p->lines), (long long)drp_jsonl_line(p->lines));
    return drp_fail(err, DRP_EINPUT,
                    "cannot use '%s' in '%s' line %lld: expected a string, not %s", key,
                    drp_jsonl_path(p->lines), (long long)drp_jsonl_line(p->lines),
                    drp_json_type_words(drp_json_type(v)));
}

static int read_pair(struct drp_pairs *p, const struct drp_json_val *line,
                     struct drp_pair *out, struct drp_err *err)
{
    int rc = 0;
    const struct drp_json_val *id = drp_json_get(line, "id");
    drp_str_clear(&p->id);
    if (id) {
        drp_json_write(&p->id, id);
        out->id = drp_str_sv(&p->id);
    }
    if (p->id.full)
        DRP_TRY(rc, drp_fail(err, DRP_ELIMIT,
                             "'id' in '%s' line %lld is longer than %d bytes",
                             drp_jsonl_path(p->lines),
                             (long long)drp_jsonl_line(p->lines), ID_BYTES));
    DRP_TRY(rc, text_field(p, line, "hypothesis", &out->hypothesis, err));
    DRP_TRY(rc, text_field(p, line, "reference", &out->reference, err));
out:
    return rc;
}

static int read_prediction(const struct drp_pairs *p, const struct drp_json_val *line,
                           struct drp_pair *out, struct drp_err *err)
{
    int rc = 0;
    DRP_TRY(rc, text_field(p, line, "method", &out->method, err));
    DRP_TRY(rc, text_field(p, line, "model", &out->model, err));
    DRP_TRY(rc, text_field(p, line, "user_id", &out->user_id, err));
    DRP_TRY(rc, text_field(p, line, "prediction", &out->hypothesis, err));
    DRP_TRY(rc, text_field(p, line, "reference", &out->reference, err));
    out->asin = drp_json_str(drp_json_get(line, "asin")); /* null in a task without items */
    out->temperature = drp_json_num(drp_json_get(line, "temperature"), NAN);
    (void)drp_json_int(drp_json_get(line, "seed"), &out->seed);
    (void)drp_json_int(drp_json_get(line, "repeat"), &out->repeat);
    if (!isfinite(out->temperature))
        rc = drp_fail(err, DRP_EINPUT,
                      "no 'temperature' in '%s' line %lld: a number is needed",
                      drp_jsonl_path(p->lines), (long long)drp_jsonl_line(p->lines));
out:
    return rc;
}

int drp_pairs_next(struct drp_pairs *p, struct drp_pair *out, struct drp_err *err)
{
    const struct drp_json_val *line;
    *out = (struct drp_pair){.temperature = NAN};
    int rc = drp_jsonl_next(p->lines, &line, err);
    if (rc <= 0)
        return rc;
    if (drp_json_type(line) != DRP_JSON_OBJ)
        return drp_fail(err, DRP_EINPUT, "no object in '%s' line %lld: expected %s",
                        drp_jsonl_path(p->lines), (long long)drp_jsonl_line(p->lines),
                        p->is_run ? "a prediction"
                                  : "{\"id\", \"hypothesis\", \"reference\"}");
    rc = p->is_run ? read_prediction(p, line, out, err) : read_pair(p, line, out, err);
    return rc < 0 ? rc : 1;
}

int64_t drp_pairs_line(const struct drp_pairs *p)
{
    return drp_jsonl_line(p->lines);
}

void drp_pairs_position(const struct drp_pairs *p, uint64_t *done, uint64_t *total)
{
    drp_jsonl_position(p->lines, done, total);
}

const char *drp_pairs_path(const struct drp_pairs *p)
{
    return drp_jsonl_path(p->lines);
}
