#include "engine/openai_question.h"

#include "base/base.h"

#include "base/banned.h"

#define MAX_REPLY_BYTES ((size_t)64 << 20)

/* Several questions that one thread waits for. */
struct asking {
    struct drp_mutex lock;
    struct drp_cond ended;
    size_t n_left; /* guarded by the lock */
};

static struct drp_question *question_of(struct drp_exchange *x)
{
    return x->owner;
}

static uint32_t prepare(struct drp_exchange *x, uint32_t absent)
{
    (void)x; /* the body is there from the start */
    (void)absent;
    return 0;
}

static void begin(struct drp_exchange *x)
{
    drp_str_clear(&question_of(x)->reply);
}

static bool piece(struct drp_exchange *x, struct drp_sv bytes)
{
    drp_str_add(&question_of(x)->reply, bytes);
    return !question_of(x)->reply.full;
}

static enum drp_exchange_verdict judge(struct drp_exchange *x, struct drp_str *problem)
{
    struct drp_question *q = question_of(x);
    struct drp_err err = {0};
    drp_json_free(q->doc);
    if (drp_json_parse(drp_str_sv(&q->reply), DRP_JSON_STRICT, &q->doc, &err) == 0 &&
        drp_json_type(drp_json_root(q->doc)) == DRP_JSON_OBJ)
        return DRP_VERDICT_DONE;
    drp_str_addz(problem, "the answer is no JSON object");
    return DRP_VERDICT_RETRY;
}

static void end(struct drp_exchange *x)
{
    struct asking *a = question_of(x)->asking;
    drp_mutex_lock(&a->lock);
    a->n_left--;
    drp_cond_signal(&a->ended);
    drp_mutex_unlock(&a->lock);
}

void drp_question_init(struct drp_question *q, const char *path)
{
    static const struct drp_exchange_kind kind = {prepare, begin, piece, judge, end};
    *q = (struct drp_question){0};
    drp_exchange_init(&q->x, &kind, path);
    drp_str_init(&q->reply, MAX_REPLY_BYTES);
}

void drp_question_release(struct drp_question *q)
{
    drp_exchange_release(&q->x);
    drp_str_release(&q->reply);
    drp_json_free(q->doc);
}

int drp_questions_ask(struct drp_pool *p, struct drp_question *qs, size_t n,
                      struct drp_err *err)
{
    int rc = 0;
    struct asking asking = {.n_left = n};
    DRP_VEC(struct drp_exchange *) xs = {0};
    drp_mutex_init(&asking.lock);
    drp_cond_init(&asking.ended);
    for (size_t i = 0; i < n; i++) {
        qs[i].x.owner = &qs[i];
        qs[i].asking = &asking;
        drp_vec_add(&xs, &qs[i].x);
    }
    drp_pool_put(p, xs.at, n);
    drp_mutex_lock(&asking.lock);
    while (asking.n_left > 0)
        drp_cond_wait(&asking.ended, &asking.lock);
    drp_mutex_unlock(&asking.lock);
    for (size_t i = 0; i < n && rc == 0; i++)
        if (qs[i].x.status < 0)
            rc = drp_fail(err, qs[i].x.status, "%s", qs[i].x.error.ptr);
    drp_vec_release(&xs);
    drp_cond_release(&asking.ended);
    drp_mutex_release(&asking.lock);
    return rc;
}
