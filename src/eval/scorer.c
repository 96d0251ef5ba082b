#include "eval/scorer.h"

#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "metric/meteor.h"
#include "metric/rouge.h"
#include "text/treebank.h"

#include "base/banned.h"

#define SACREBLEU_VERSION "2.6.0"
#define ROUGE_VERSION     "0.1.2"
#define NLTK_VERSION      "3.10.4"

struct drp_scorer {
    struct drp_punkt *punkt;
    struct drp_treebank *treebank;
    struct drp_wordnet *wordnet; /* NULL: not asked for, or missing */
    struct drp_meteor *meteor;   /* NULL: missing                   */
    struct drp_bleu *bleu;
    struct drp_rouge *rouge;
    struct drp_tokens hypothesis, reference;
    struct drp_err missing;
};

/* METEOR's tools. Without WordNet there is no METEOR, unless synonyms were not wanted. */
static int open_meteor(struct drp_scorer *s, const struct drp_scorer_opts *opts,
                       struct drp_err *err)
{
    if (!opts->no_synonyms) {
        struct drp_err wordnet_err = {0};
        const int rc = drp_wordnet_open(opts->wordnet, &s->wordnet, &wordnet_err);
        if (rc == DRP_ENOTFOUND && !opts->wordnet) {
            s->missing = wordnet_err;
            return 0;
        }
        if (rc < 0) {
            *err = wordnet_err;
            return rc;
        }
    }
    s->meteor = drp_meteor_new(s->wordnet);
    return 0;
}

int drp_scorer_open(const struct drp_scorer_opts *opts, struct drp_scorer **out,
                    struct drp_err *err)
{
    struct drp_scorer *s = drp_calloc(1, sizeof *s);
    int rc = 0;
    *out = NULL;
    drp_tokens_init(&s->hypothesis);
    drp_tokens_init(&s->reference);
    s->bleu = drp_bleu_new();
    s->rouge = drp_rouge_new();
    DRP_TRY(rc, drp_punkt_open(opts->punkt, &s->punkt, err));
    s->treebank = drp_treebank_new(s->punkt);
    DRP_TRY(rc, open_meteor(s, opts, err));
    *out = s;
    s = NULL;
out:
    drp_scorer_free(s);
    return rc;
}

void drp_scorer_free(struct drp_scorer *s)
{
    if (!s)
        return;
    drp_tokens_release(&s->hypothesis);
    drp_tokens_release(&s->reference);
    drp_rouge_free(s->rouge);
    drp_bleu_free(s->bleu);
    drp_meteor_free(s->meteor);
    drp_wordnet_free(s->wordnet);
    drp_treebank_free(s->treebank);
    drp_punkt_free(s->punkt);
    free(s);
}

const struct drp_err *drp_scorer_missing(const struct drp_scorer *s)
{
    return s->meteor ? NULL : &s->missing;
}

static double meteor(struct drp_scorer *s, struct drp_sv hypothesis, struct drp_sv reference)
{
    if (!s->meteor)
        return NAN;
    drp_tokens_clear(&s->hypothesis);
    drp_tokens_clear(&s->reference);
    drp_treebank_words(s->treebank, hypothesis, &s->hypothesis);
    drp_treebank_words(s->treebank, reference, &s->reference);
    return drp_meteor_score(s->meteor, &s->hypothesis, &s->reference);
}

void drp_scorer_score(struct drp_scorer *s, struct drp_sv hypothesis,
                      struct drp_sv reference, struct drp_pair_scores *out)
{
    const struct drp_rouge_score rouge =
        drp_rouge_score_pair(s->rouge, hypothesis, reference);
    out->counts = drp_bleu_count(s->bleu, hypothesis, reference);
    out->value[DRP_BLEU] = drp_bleu_compute(&out->counts, true).score;
    out->value[DRP_METEOR] = meteor(s, hypothesis, reference);
    out->value[DRP_ROUGE1] = rouge.rouge1;
    out->value[DRP_ROUGE2] = rouge.rouge2;
    out->value[DRP_ROUGE_L] = rouge.rouge_l;
    out->value[DRP_JUDGE] = NAN;
}

struct drp_unit drp_scorer_unit(const struct drp_pair_scores *scores)
{
    struct drp_unit unit = {.bleu = scores->counts, .n = 1};
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        unit.sum[m] = scores->value[m];
    unit.sum[DRP_BLEU] = 0;
    unit.n_judged = isnan(scores->value[DRP_JUDGE]) ? 0 : 1;
    if (unit.n_judged == 0)
        unit.sum[DRP_JUDGE] = 0;
    return unit;
}

/* ---- signatures --------------------------------------------------------------------------- */

static void add_meteor_signature(const struct drp_scorer *s, struct drp_str *out)
{
    drp_str_addf(out,
                 "nrefs:1|case:lc|alpha:0.9|beta:3|gamma:0.5|tok:word_tokenize|punkt:%.*s"
                 "|stem:porter-nltk|syn:",
                 DRP_SV_ARG(drp_punkt_name(s->punkt)));
    if (s->wordnet)
        drp_str_addf(out, "wordnet-%.*s", DRP_SV_ARG(drp_wordnet_version(s->wordnet)));
    else
        drp_str_addz(out, "no");
    drp_str_addz(out, "|agg:mean|version:nltk-" NLTK_VERSION);
}

void drp_scorer_signature(const struct drp_scorer *s, enum drp_metric metric,
                          struct drp_str *out)
{
    switch (metric) {
    case DRP_BLEU:
        drp_str_addz(
            out, "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:" SACREBLEU_VERSION);
        break;
    case DRP_ROUGE1:
    case DRP_ROUGE2:
    case DRP_ROUGE_L:
        drp_str_addf(out,
                     "nrefs:1|case:lc|type:%s|measure:f1|tok:[a-z0-9]+|stem:no|agg:mean"
                     "|version:rouge-score-" ROUGE_VERSION,
                     drp_metric_name(metric));
        break;
    case DRP_METEOR:
        if (!s->meteor)
            return;
        add_meteor_signature(s, out);
        break;
    case DRP_JUDGE:
    case DRP_N_METRICS:
        return;
    }
    drp_str_addz(out, "|impl:drp-" DRP_VERSION);
}

void drp_resample_signature(const struct drp_resample_opts *opts, bool with_trials,
                            struct drp_str *out)
{
    drp_str_addf(out, "bs:%u|", opts->n_resamples);
    if (with_trials)
        drp_str_addf(out, "ar:%u|", opts->n_trials);
    drp_str_addf(out,
                 "seed:%llu|rng:pcg64|unit:sample|interval:95|version:" SACREBLEU_VERSION
                 "|impl:drp-" DRP_VERSION,
                 (unsigned long long)opts->seed);
}
