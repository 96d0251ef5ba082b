#include "engine/openai_embed.h"

#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/utf8.h"
#include "engine/openai_request.h"

#include "base/banned.h"

enum { TEXTS_A_REQUEST = 32, BYTES_A_TOKEN = 3 };

static int read_vector(const struct drp_json_val *list, uint32_t dimension, float *out,
                       struct drp_err *err)
{
    struct drp_json_iter it = {0};
    const struct drp_json_val *v;
    double sum = 0;
    size_t i = 0;
    if (drp_json_len(list) != dimension)
        return drp_fail(err, DRP_EENGINE,
                        "the server gives a vector of %zu numbers where %u are expected",
                        drp_json_len(list), (unsigned)dimension);
    while ((v = drp_json_next(list, &it, NULL))) {
        const double value = drp_json_num(v, NAN);
        sum += value * value;
        out[i++] = (float)value;
    }
    if (!(sum > 0) || !isfinite(sum))
        return drp_fail(err, DRP_EENGINE, "the server gives a vector without a direction");
    for (i = 0; i < dimension; i++)
        out[i] = (float)((double)out[i] / sqrt(sum));
    return 0;
}

int drp_openai_read_vectors(const struct drp_json_val *root, size_t n, uint32_t dimension,
                            float *vectors, struct drp_err *err)
{
    const struct drp_json_val *data = drp_json_get(root, "data");
    struct drp_json_iter it = {0};
    const struct drp_json_val *entry;
    bool *seen = drp_calloc(n, sizeof *seen);
    int64_t at = 0;
    int rc = 0;
    if (drp_json_len(data) != n)
        DRP_TRY(rc, drp_fail(err, DRP_EENGINE, "the server gives %zu vectors for %zu texts",
                             drp_json_len(data), n));
    for (int64_t i = 0; (entry = drp_json_next(data, &it, NULL)); i++) {
        if (!drp_json_int(drp_json_get(entry, "index"), &at))
            at = i;
        if (at < 0 || (size_t)at >= n || seen[at])
            DRP_TRY(rc, drp_fail(err, DRP_EENGINE,
                                 "the server gives vectors with wrong numbers"));
        seen[at] = true;
        DRP_TRY(rc, read_vector(drp_json_get(entry, "embedding"), dimension,
                                vectors + (size_t)at * dimension, err));
    }
out:
    free(seen);
    return rc;
}

static struct drp_sv cut(const struct drp_openai_embedder *e, struct drp_sv text)
{
    const size_t most = (size_t)e->context * BYTES_A_TOKEN;
    return e->context > 0 && text.len > most
               ? drp_sv_slice(text, 0, drp_utf8_cut(text, most))
               : text;
}

static void make_question(const struct drp_openai_embedder *e, const struct drp_sv *texts,
                          size_t n, struct drp_question *q)
{
    struct drp_sv cuts[TEXTS_A_REQUEST];
    for (size_t i = 0; i < n; i++)
        cuts[i] = cut(e, texts[i]);
    drp_question_init(q, "/embeddings");
    q->x.cancel = e->cancel;
    drp_openai_embed_body(e->model, cuts, n, &q->x.body);
}

int drp_openai_embed(const struct drp_openai_embedder *e, const struct drp_sv *texts,
                     size_t n, float *vectors, struct drp_err *err)
{
    const size_t n_questions = (n + TEXTS_A_REQUEST - 1) / TEXTS_A_REQUEST;
    struct drp_question *qs = drp_calloc(n_questions, sizeof *qs);
    int rc = 0;
    for (size_t i = 0; i < n_questions; i++) {
        const size_t from = i * TEXTS_A_REQUEST;
        make_question(e, texts + from, DRP_MIN(n - from, (size_t)TEXTS_A_REQUEST), &qs[i]);
    }
    DRP_TRY(rc, drp_questions_ask(e->pool, qs, n_questions, err));
    for (size_t i = 0; i < n_questions; i++) {
        const size_t from = i * TEXTS_A_REQUEST;
        DRP_TRY(rc, drp_openai_read_vectors(drp_json_root(qs[i].doc),
                                            DRP_MIN(n - from, (size_t)TEXTS_A_REQUEST),
                                            e->dimension, vectors + from * e->dimension,
                                            err));
    }
out:
    for (size_t i = 0; i < n_questions; i++)
        drp_question_release(&qs[i]);
    free(qs);
    return rc;
}

int drp_openai_dimension(const struct drp_openai_embedder *e, uint32_t *out,
                         struct drp_err *err)
{
    struct drp_question q;
    const struct drp_sv text = DRP_SV("text");
    make_question(e, &text, 1, &q);
    int rc = drp_questions_ask(e->pool, &q, 1, err);
    if (rc == 0) {
        const struct drp_json_val *data = drp_json_get(drp_json_root(q.doc), "data");
        *out = (uint32_t)drp_json_len(drp_json_get(drp_json_at(data, 0), "embedding"));
        if (*out == 0)
            rc = drp_fail(err, DRP_EENGINE,
                          "the server gives no vectors: is this an embedding model?");
    }
    drp_question_release(&q);
    return rc;
}
