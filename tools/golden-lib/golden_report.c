#include "golden_report.h"

#include <math.h>

#include "base/base.h"
#include "base/fs.h"

#include "base/banned.h"

bool golden_near(double ours, double theirs, double tolerance, struct golden_report *report)
{
    const double difference = fabs(ours - theirs);
    report->largest = fmax(report->largest, difference);
    return difference <= tolerance;
}

int golden_differs(struct golden_report *report, const char *what)
{
    report->wrong = what;
    return 0;
}

void golden_count(struct golden_report *report, int equal, int64_t line)
{
    report->n_cases++;
    report->n_wrong += equal == 0;
    if (equal == 0 && report->n_wrong == 1) {
        report->first_wrong = report->wrong;
        report->wrong_line = line;
    }
}

int golden_lines(const struct golden_folder *folder, const char *file,
                 golden_line_fn *compare, struct golden_report *report, struct drp_err *err)
{
    int rc = 0;
    struct drp_str path;
    struct drp_jsonl *lines = NULL;
    const struct drp_json_val *line;
    struct drp_arena arena = {0};
    report->arena = &arena;
    drp_str_init(&path, 4096);
    DRP_TRY(rc, drp_jsonl_open(drp_fs_join(&path, folder->dir, file), 0, &lines, err));
    for (;;) {
        DRP_TRY(rc, drp_jsonl_next(lines, &line, err));
        if (rc == 0)
            break;
        rc = compare(folder, line, report, err);
        if (rc < 0) {
            drp_err_prefix(err, "%s line %lld", file, (long long)drp_jsonl_line(lines));
            goto out;
        }
        golden_count(report, rc, drp_jsonl_line(lines));
        drp_arena_release(&arena);
    }
out:
    report->arena = NULL;
    drp_arena_release(&arena);
    drp_jsonl_free(lines);
    drp_str_release(&path);
    return rc;
}
