/* A method of a program sees copies of reviews as public texts, made when it asks for them. */
#include "drp/own_method.h"

#include <math.h>
#include <stdarg.h>

#include "api/work.h"
#include "base/base.h"
#include "base/utf8.h"
#include "method/compose.h"
#include "method/draft.h"

#include "base/banned.h"

enum { MAX_TEXT_BYTES = 1 << 28 };

/* ---- what it sees ------------------------------------------------------------------------- */

static struct drp_text text_about(const struct drp_item *item, struct drp_sv title,
                                  double rating)
{
    return (struct drp_text){
        .item = item->asin,
        .item_title = item->title,
        .item_description = item->description,
        .title = title,
        .rating = isnan(rating) ? 0 : rating,
    };
}

static const struct drp_text *texts_of(const struct drp_work *w, struct drp_reviews reviews)
{
    struct drp_text *texts = drp_arena_new(w->x.arena, struct drp_text, reviews.n);
    for (size_t i = 0; i < reviews.n; i++) {
        const struct drp_review *r = reviews.at[i];
        texts[i] = text_about(drp_dataset_item(w->x.dataset, r->item), r->title, r->rating);
        texts[i].author = drp_dataset_user_id(w->x.dataset, r->user);
        texts[i].text = r->text;
        texts[i].time_ms = r->time_ms;
    }
    return texts;
}

const struct drp_text *drp_work_target(struct drp_work *w)
{
    w->target = text_about(w->sample.item, w->sample.title, w->sample.rating);
    return &w->target;
}

const struct drp_text *drp_work_history(struct drp_work *w, size_t *n)
{
    *n = w->sample.profile.n;
    return texts_of(w, w->sample.profile);
}

const struct drp_text *drp_work_similar(struct drp_work *w, size_t *n)
{
    *n = w->sample.own.n;
    return texts_of(w, w->sample.own);
}

const struct drp_comparison *drp_work_comparisons(struct drp_work *w, size_t *n)
{
    const struct drp_sample *s = &w->sample;
    struct drp_comparison *out =
        drp_arena_new(w->x.arena, struct drp_comparison, s->n_contrasts);
    for (size_t i = 0; i < s->n_contrasts; i++) {
        const struct drp_contrast *c = &s->contrasts[i];
        out[i] = (struct drp_comparison){texts_of(w, c->own), c->own.n,
                                         texts_of(w, c->peers), c->peers.n};
    }
    *n = s->n_contrasts;
    return out;
}

struct drp_sv drp_work_text(struct drp_work *w, const char *fmt, ...)
{
    struct drp_str text;
    va_list args;
    drp_str_init(&text, MAX_TEXT_BYTES);
    va_start(args, fmt);
    drp_str_vaddf(&text, fmt, args);
    va_end(args);
    const struct drp_sv kept = drp_arena_sv(w->x.arena, drp_str_sv(&text));
    drp_str_release(&text);
    return kept;
}

/* ---- what it asks ------------------------------------------------------------------------- */

static int check_question(const struct drp_question *q, size_t i, struct drp_err *err)
{
    if (q->n_messages == 0 || q->messages[q->n_messages - 1].role != DRP_ROLE_USER)
        return drp_fail(err, DRP_EUSAGE,
                        "bad question %zu: the user speaks last in a conversation", i + 1);
    for (size_t m = 0; m < q->n_messages; m++) {
        const size_t bad = drp_utf8_invalid(q->messages[m].text);
        if (bad != SIZE_MAX)
            return drp_fail(err, DRP_EINPUT,
                            "bad question %zu: byte %zu of message %zu is not UTF-8",
                            i + 1, bad + 1, m + 1);
    }
    return 0;
}

/* wide: the public signature */
int drp_work_ask(struct drp_work *w, enum drp_step step,
                 const struct drp_question *questions, size_t n, struct drp_sv *answers,
                 struct drp_err *err)
{
    int rc = 0;
    const struct drp_sample *s = &w->sample;
    /* What a message may hold: it decides about whom the journal says the call is. */
    const struct drp_material seen = {
        .own = s->own,
        .pairs = s->contrasts,
        .n_pairs = s->n_contrasts,
        .item = s->item,
    };
    struct drp_draft *drafts = drp_arena_new(w->x.arena, struct drp_draft, n);
    struct drp_reply *replies = drp_arena_new(w->x.arena, struct drp_reply, n);
    for (size_t i = 0; i < n; i++) {
        DRP_TRY(rc, check_question(&questions[i], i, err));
        drafts[i] = (struct drp_draft){
            .stage = step == DRP_STEP_WRITE ? DRP_STAGE_WRITE : DRP_STAGE_STUDY,
            .material = &seen,
            .messages = questions[i].messages,
            .n_messages = questions[i].n_messages,
        };
    }
    DRP_TRY(rc, drp_draft_ask(&w->x, s, drafts, n, replies, err));
    for (size_t i = 0; i < n; i++)
        answers[i] = drp_compose_strip(replies[i].text);
out:
    return rc;
}

/* ---- what it says ------------------------------------------------------------------------- */

void drp_work_set_profile(struct drp_work *w, struct drp_sv profile)
{
    w->profile.summary = drp_arena_sv(w->x.arena, profile);
}

struct drp_sv drp_work_profile(struct drp_work *w)
{
    return w->profile.summary.ptr ? w->profile.summary : DRP_SV("");
}

void drp_work_set_text(struct drp_work *w, struct drp_sv text)
{
    w->prediction.text = drp_arena_sv(w->x.arena, drp_sv_trim(text));
}

/* One of a method's functions; whatever it returns, `err` says something afterwards. */
static int call(struct drp_work *w, const struct drp_own_method *m,
                int (*function)(struct drp_work *, void *, struct drp_err *),
                struct drp_err *err)
{
    struct drp_err reason = {0};
    const int rc = function(w, m->ctx, &reason);
    if (rc == 0)
        return 0;
    if (rc > 0 || reason.code == 0)
        return drp_fail(err, rc < 0 ? rc : DRP_EBUG,
                        "method '%s' returned %d and gave no reason", m->name, rc);
    *err = reason;
    return rc;
}

int drp_work_run(struct drp_work *w, const struct drp_own_method *m, struct drp_err *err)
{
    int rc = 0;
    if (m->profile)
        DRP_TRY(rc, call(w, m, m->profile, err));
    DRP_TRY(rc, call(w, m, m->write, err));
    const struct drp_material nothing = {0};
    if (w->prediction.text.len == 0)
        rc = drp_compose_text(&w->x, &w->sample, "nonp/generate", &nothing,
                              &w->prediction, err);
out:
    return rc;
}
