/* Metrics of pairs.jsonl, pair by pair and as a corpus. */
#include <math.h>

#include "base/base.h"
#include "base/fs.h"
#include "eval/pairs.h"
#include "eval/scorer.h"

#include "golden_report.h"

#include "base/banned.h"

static const double TOLERANCE = 1e-9;

/* Texts and the tools that score them. */
struct scoring {
    struct drp_pairs *pairs;
    struct drp_scorer *scorer;
};

static int scoring_open(const struct golden_folder *folder, struct scoring *s,
                        struct drp_err *err)
{
    struct drp_str path;
    const struct drp_scorer_opts opts = {.punkt = folder->punkt_dir};
    int rc = 0;
    *s = (struct scoring){0};
    drp_str_init(&path, 4096);
    const struct drp_source source = {drp_fs_join(&path, folder->dir, "pairs.jsonl"),
                                      false};
    DRP_TRY(rc, drp_pairs_open(&source, &s->pairs, err));
    DRP_TRY(rc, drp_scorer_open(&opts, &s->scorer, err));
    const struct drp_err *missing = drp_scorer_missing(s->scorer);
    if (missing) {
        *err = *missing;
        rc = err->code;
    }
out:
    drp_str_release(&path);
    return rc;
}

static void scoring_release(struct scoring *s)
{
    drp_pairs_free(s->pairs);
    drp_scorer_free(s->scorer);
}

static int compare_values(const struct drp_json_val *line, const double *ours,
                          struct golden_report *report)
{
    for (size_t m = 0; m < DRP_JUDGE; m++) {
        const char *name = drp_metric_name((enum drp_metric)m);
        const double theirs = drp_json_num(drp_json_get(line, name), NAN);
        if (!golden_near(ours[m], theirs, TOLERANCE, report))
            return golden_differs(report, name);
    }
    return 1;
}

static bool same_id(const struct drp_pair *pair, const struct drp_json_val *line)
{
    struct drp_str id;
    drp_str_init(&id, 4096);
    drp_json_write(&id, drp_json_get(line, "id"));
    const bool same = drp_sv_eq(drp_str_sv(&id), pair->id);
    drp_str_release(&id);
    return same;
}

int golden_per_pair(const struct golden_folder *folder, struct golden_report *report,
                    struct drp_err *err)
{
    struct scoring s;
    struct drp_str path;
    struct drp_jsonl *lines = NULL;
    const struct drp_json_val *line;
    struct drp_pair pair;
    struct drp_pair_scores scores;
    int rc = 0, n_pairs;
    drp_str_init(&path, 4096);
    DRP_TRY(rc, scoring_open(folder, &s, err));
    DRP_TRY(rc, drp_jsonl_open(drp_fs_join(&path, folder->dir, "metrics_per_pair.jsonl"),
                               0, &lines, err));
    for (;;) {
        DRP_TRY(rc, drp_jsonl_next(lines, &line, err));
        if (rc == 0)
            break;
        DRP_TRY(n_pairs, drp_pairs_next(s.pairs, &pair, err));
        if (n_pairs == 0 || !same_id(&pair, line))
            DRP_TRY(rc, drp_fail(err, DRP_EINPUT,
                                 "metrics_per_pair.jsonl line %lld: its id is not that of the "
                                 "line in pairs.jsonl",
                                 (long long)drp_jsonl_line(lines)));
        drp_scorer_score(s.scorer, pair.hypothesis, pair.reference, &scores);
        golden_count(report, compare_values(line, scores.value, report),
                     drp_jsonl_line(lines));
    }
out:
    rc = rc == 0 && err->code < 0 ? err->code : rc;
    drp_jsonl_free(lines);
    drp_str_release(&path);
    scoring_release(&s);
    return rc;
}

static bool same_numbers(const struct drp_json_val *theirs, const double *ours, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (drp_json_num(drp_json_at(theirs, i), -1) != ours[i])
            return false;
    return true;
}

static bool same_counts(const struct drp_json_val *doc, const struct drp_bleu_counts *ours)
{
    return same_numbers(drp_json_get(doc, "bleu_counts"), ours->correct, DRP_BLEU_ORDER) &&
           same_numbers(drp_json_get(doc, "bleu_totals"), ours->total, DRP_BLEU_ORDER) &&
           drp_json_num(drp_json_get(doc, "bleu_sys_len"), -1) == ours->sys_len &&
           drp_json_num(drp_json_get(doc, "bleu_ref_len"), -1) == ours->ref_len;
}

static int compare_corpus(const struct drp_json_val *doc, const struct drp_unit *sum,
                          struct golden_report *report)
{
    double ours[DRP_N_METRICS];
    const struct drp_bleu_score bleu = drp_bleu_compute(&sum->bleu, false);
    const struct drp_json_val *precisions = drp_json_get(doc, "bleu_precisions");
    drp_unit_scores(sum, ours);
    if (!same_counts(doc, &sum->bleu))
        return golden_differs(report, "counts of BLEU");
    for (size_t n = 0; n < DRP_BLEU_ORDER; n++)
        if (!golden_near(bleu.precisions[n],
                         drp_json_num(drp_json_at(precisions, n), NAN), TOLERANCE, report))
            return golden_differs(report, "bleu_precisions");
    if (!golden_near(bleu.bp, drp_json_num(drp_json_get(doc, "bleu_bp"), NAN), TOLERANCE,
                     report))
        return golden_differs(report, "bleu_bp");
    return compare_values(doc, ours, report);
}

int golden_corpus(const struct golden_folder *folder, struct golden_report *report,
                  struct drp_err *err)
{
    struct scoring s;
    struct drp_str path, text;
    struct drp_json *doc = NULL;
    struct drp_pair pair;
    struct drp_pair_scores scores;
    struct drp_unit sum = {0};
    int rc = 0;
    drp_str_init(&path, 4096);
    drp_str_init(&text, 1 << 20);
    DRP_TRY(rc, scoring_open(folder, &s, err));
    DRP_TRY(rc, drp_fs_read(drp_fs_join(&path, folder->dir, "metrics_corpus.json"), &text,
                            err));
    DRP_TRY(rc, drp_json_parse(drp_str_sv(&text), DRP_JSON_STRICT, &doc, err));
    for (;;) {
        DRP_TRY(rc, drp_pairs_next(s.pairs, &pair, err));
        if (rc == 0)
            break;
        drp_scorer_score(s.scorer, pair.hypothesis, pair.reference, &scores);
        const struct drp_unit unit = drp_scorer_unit(&scores);
        drp_unit_add(&sum, &unit);
    }
    golden_count(report, compare_corpus(drp_json_root(doc), &sum, report), 1);
out:
    drp_json_free(doc);
    drp_str_release(&text);
    drp_str_release(&path);
    scoring_release(&s);
    return rc;
}
