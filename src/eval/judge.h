/* A language model as judge: a score for a text, or the better of two. */
#ifndef DRP_EVAL_JUDGE_H
#define DRP_EVAL_JUDGE_H

#include "base/thread.h"
#include "engine/engine.h"
#include "engine/prompt.h"

/** Who judges, and how. Everything is borrowed and outlives the judge. */
struct drp_judge {
    struct drp_model *model;
    const struct drp_prompts *prompts;
    uint32_t n_repeats; /* odd; of a score: its median counts. 1 is greedy              */
    uint64_t seed;
    const struct drp_cancel *cancel; /* may be NULL */
    uint64_t n_asked, n_unread;      /* answers so far; those that could not be read    */
};

/** A text to judge. */
struct drp_judgement {
    struct drp_sv candidate, reference;
    struct drp_sv user_id; /* whose text the reference is, for erasure; may be absent        */
    double score; /* set: 0 to 10; NAN when fewer than half of the answers were read */
};

/** Two texts of which one is to be chosen. */
struct drp_choice {
    struct drp_sv a, b, reference;
    struct drp_sv user_id;
    int better; /* set: 1 a, -1 b, 0 neither: asked in both orders, they must agree */
    bool read;  /* set: both answers could be read                                  */
};

/**
 * Scores all texts at once ("judge/score"). An answer is read strictly: the JSON object that the prompt asks for
 * and nothing else. **Errors**: DRP_ECANCELLED; the engine's, when every call failed.
 */
int drp_judge_score(struct drp_judge *j, struct drp_judgement *judgements, size_t n,
                    struct drp_err *err) DRP_CHECKED;

/** Chooses between pairs of texts ("judge/choose"), each asked in both orders. **Errors**: as drp_judge_score(). */
int drp_judge_choose(struct drp_judge *j, struct drp_choice *choices, size_t n,
                     struct drp_err *err) DRP_CHECKED;

/** Reads `{"score": 0 … 10}`. False when it is anything else. */
bool drp_judge_read_score(struct drp_sv answer, double *score);

/** Reads `{"better": "first" | "second" | "neither"}` as 1, -1, 0. False when it is anything else. */
bool drp_judge_read_choice(struct drp_sv answer, int *better);

/** Signature of who judged and how, `key:value|…`: by scores, or by choices between two texts. */
void drp_judge_signature(const struct drp_judge *j, bool by_scores, struct drp_str *out);

#endif
