#include "run/line_filter.h"

#include "base/base.h"
#include "base/fs.h"
#include "io/jsonl.h"

#include "base/banned.h"

/* What a model wrote. A reference is the text of whom the line is about. */
static const char *const said[] = {"prediction",  "name",      "definition",
                                   "description", "extracted", "validated"};

static bool stays(const struct drp_line_filter *f, const struct drp_json_val *line,
                  struct drp_line_counts *counts)
{
    if (drp_sv_eq(drp_json_str(drp_json_get(line, "user_id")), f->user)) {
        counts->own++;
        return false;
    }
    for (size_t i = 0; i < DRP_LEN(said); i++)
        if (drp_quotes_found(f->quotes, drp_json_str(drp_json_get(line, said[i])))) {
            counts->quoting++;
            return false;
        }
    return true;
}

int drp_line_filter_text(const struct drp_line_filter *f, struct drp_sv lines,
                         struct drp_str *out, struct drp_line_counts *counts,
                         struct drp_err *err)
{
    struct drp_sv line;
    while (drp_sv_line(&lines, &line)) {
        struct drp_json *doc = NULL;
        const int rc = drp_json_parse(line, DRP_JSON_STRICT, &doc, err);
        if (rc < 0)
            return rc;
        if (stays(f, drp_json_root(doc), counts) && out) {
            drp_str_add(out, line);
            drp_str_addc(out, '\n');
        }
        drp_json_free(doc);
    }
    return 0;
}

static int each_line(const struct drp_line_filter *f, const char *path,
                     struct drp_outfile *out, struct drp_line_counts *counts,
                     struct drp_err *err)
{
    struct drp_jsonl *lines = NULL;
    const struct drp_json_val *line;
    int rc = 0;
    DRP_TRY(rc, drp_jsonl_open(path, 0, &lines, err));
    while ((rc = drp_jsonl_next(lines, &line, err)) > 0)
        if (stays(f, line, counts) && out) {
            drp_outfile_add(out, drp_jsonl_text(lines));
            drp_outfile_add(out, DRP_SV("\n"));
        }
out:
    drp_jsonl_free(lines);
    return rc;
}

int drp_line_filter_file(const struct drp_line_filter *f, const char *path, bool write,
                         struct drp_line_counts *counts, struct drp_err *err)
{
    struct drp_line_counts again = {0};
    struct drp_outfile *out = NULL;
    int rc = 0;
    *counts = (struct drp_line_counts){0};
    if (drp_fs_kind(path) == DRP_FS_NONE)
        return 0;
    DRP_TRY(rc, each_line(f, path, NULL, counts, err));
    if (!write || counts->own + counts->quoting == 0)
        goto out;
    DRP_TRY(rc, drp_outfile_open(path, true, &out, err));
    DRP_TRY(rc, each_line(f, path, out, &again, err));
    rc = drp_outfile_commit(out, err);
    out = NULL;
out:
    drp_outfile_abort(out);
    return rc;
}
