/* Scores texts against what was really written: two files, a text a line.
 *
 *     score_pairs HYPOTHESES REFERENCES */
#define _POSIX_C_SOURCE 200809L /* getline */
#include <stdio.h>
#include <stdlib.h>

#include <drp/drp.h>

/* A file read line by line. */
struct lines {
    FILE *file;
    char *line;
    size_t cap;
};

static bool next(struct lines *l, struct drp_sv *out)
{
    const ssize_t n = getline(&l->line, &l->cap, l->file);
    if (n < 0)
        return false;
    out->ptr = l->line;
    out->len = n > 0 && l->line[n - 1] == '\n' ? (size_t)n - 1 : (size_t)n;
    return true;
}

static int add_all(struct drp_scores *scores, struct lines *hypotheses,
                   struct lines *references, struct drp_err *err)
{
    struct drp_sv mine, real;
    int rc = 0;
    while (rc == 0 && next(hypotheses, &mine)) {
        if (!next(references, &real))
            return drp_fail(err, DRP_EINPUT, "there are more hypotheses than references");
        rc = drp_scores_add(scores, mine, real, NULL, err);
    }
    return rc;
}

static int print_all(const struct drp_scores *scores, struct drp_err *err)
{
    static const enum drp_metric metrics[] = {DRP_BLEU, DRP_METEOR, DRP_ROUGE1,
                                              DRP_ROUGE2, DRP_ROUGE_L};
    double value;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof metrics / sizeof *metrics; i++) {
        rc = drp_scores_get(scores, metrics[i], &value, err);
        if (rc == 0)
            printf("%s %.17g %s\n", drp_metric_name(metrics[i]), value,
                   drp_scores_signature(scores, metrics[i]));
    }
    return rc;
}

int main(int argc, char **argv)
{
    struct lines hypotheses = {argc == 3 ? fopen(argv[1], "r") : NULL, NULL, 0};
    struct lines references = {argc == 3 ? fopen(argv[2], "r") : NULL, NULL, 0};
    struct drp_scores *scores = NULL;
    struct drp_err err = {0};
    if (!hypotheses.file || !references.file) {
        fprintf(stderr, "usage: score_pairs HYPOTHESES REFERENCES\n");
        return 2;
    }
    int rc = drp_scores_open(NULL, &scores, &err);
    if (rc == 0)
        rc = add_all(scores, &hypotheses, &references, &err);
    if (rc == 0)
        rc = print_all(scores, &err);
    if (rc < 0)
        fprintf(stderr, "%s\n", err.text);
    drp_scores_close(scores);
    free(hypotheses.line);
    free(references.line);
    fclose(hypotheses.file);
    fclose(references.file);
    return rc < 0;
}
