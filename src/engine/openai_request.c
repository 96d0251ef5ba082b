#include "engine/openai_request.h"

#include "base/base.h"
#include "engine/neutral.h"
#include "io/json.h"

#include "base/banned.h"

enum {
    MAX_STOPS = 4,       /* OpenAI takes no more; the others are cut here */
    TURN_TOKENS = 8,     /* marks of the template around a turn */
    TEMPLATE_TOKENS = 16 /* what a template puts in front */
};

/* Writes optional fields and notes which. */
struct writer {
    struct drp_jw w;
    uint32_t absent, sent;
};

static bool wants(struct writer *x, uint32_t field)
{
    if (x->absent & field)
        return false;
    x->sent |= field;
    drp_jw_key(&x->w, drp_openai_field_word(field));
    return true;
}

static void add_num(struct writer *x, uint32_t field, double value)
{
    if (wants(x, field))
        drp_jw_num(&x->w, value);
}

static void add_int(struct writer *x, uint32_t field, int64_t value)
{
    if (wants(x, field))
        drp_jw_int(&x->w, value);
}

/* ---- messages --------------------------------------------------------------------------- */

static void add_message(struct drp_jw *w, const char *role, struct drp_sv text)
{
    drp_jw_obj(w);
    drp_jw_key_strz(w, "role", role);
    drp_jw_key_str(w, "content", text);
    drp_jw_obj_end(w);
}

static void add_messages(struct writer *x, const struct drp_openai_model *m,
                         const struct drp_call *call)
{
    struct drp_str text;
    drp_str_init(&text, SIZE_MAX / 4);
    drp_jw_key(&x->w, "messages");
    drp_jw_arr(&x->w);
    for (size_t i = 0; i < call->n_messages; i++) {
        const struct drp_message *msg = &call->messages[i];
        drp_neutral_add(&text, msg->text, m->tags);
        if (m->no_system_turn && msg->role == DRP_ROLE_SYSTEM) {
            drp_str_addz(&text, "\n\n");
            continue; /* the next turn follows in the same text */
        }
        add_message(&x->w, drp_role_name(msg->role), drp_str_sv(&text));
        drp_str_clear(&text);
    }
    drp_jw_arr_end(&x->w);
    drp_str_release(&text);
}

/* ---- sampling --------------------------------------------------------------------------- */

/* Everything that a server would else take from its own defaults is said. */
static void add_sampling(struct writer *x, const struct drp_sampling *s)
{
    add_num(x, DRP_FIELD_TEMPERATURE, s->temperature);
    if (s->temperature > 0) {
        add_num(x, DRP_FIELD_TOP_P, s->top_p > 0 ? s->top_p : 1);
        add_int(x, DRP_FIELD_TOP_K, -1);
        add_num(x, DRP_FIELD_MIN_P, 0);
        add_int(x, DRP_FIELD_SEED, drp_sampling_seed(s));
    }
    const double penalty = s->repeat_penalty > 0 ? s->repeat_penalty : 1;
    add_num(x, DRP_FIELD_REPETITION, penalty);
    add_num(x, DRP_FIELD_REPEAT, penalty);
    if (penalty != 1)
        add_int(x, DRP_FIELD_REPEAT_LAST_N, s->repeat_last_n);
}

/* Only the samplers that the engine `llama` has, in its order: the server's own list takes
 * more, and what it was started with (DRY, XTC, mirostat, other penalties) would decide. */
static void add_samplers(struct writer *x, const struct drp_sampling *s)
{
    if (wants(x, DRP_FIELD_SAMPLERS)) {
        drp_jw_arr(&x->w);
        drp_jw_str(&x->w, DRP_SV("penalties"));
        if (s->temperature > 0)
            drp_jw_str(&x->w, DRP_SV("top_p"));
        drp_jw_str(&x->w, DRP_SV("temperature"));
        drp_jw_arr_end(&x->w);
    }
    add_int(x, DRP_FIELD_MIROSTAT, 0);
    add_num(x, DRP_FIELD_FREQUENCY, 0);
    add_num(x, DRP_FIELD_PRESENCE, 0);
}

static void add_limits(struct writer *x, const struct drp_openai_model *m,
                       const struct drp_sampling *s)
{
    const int64_t n = (int64_t)s->max_tokens + (m->reasoning ? s->think_budget : 0);
    add_int(x,
            x->absent & DRP_FIELD_MAX_TOKENS ? DRP_FIELD_MAX_COMPLETION
                                             : DRP_FIELD_MAX_TOKENS,
            n);
    /* Thoughts may hold a stop string: it is looked for in the answer, here. */
    if (m->reasoning || s->n_stop == 0 || !wants(x, DRP_FIELD_STOP))
        return;
    drp_jw_arr(&x->w);
    for (size_t i = 0; i < s->n_stop && i < MAX_STOPS; i++)
        drp_jw_str(&x->w, s->stop[i]);
    drp_jw_arr_end(&x->w);
}

/* ---- grammar ---------------------------------------------------------------------------- */

static void add_schema(struct writer *x, struct drp_sv schema)
{
    drp_jw_obj(&x->w);
    drp_jw_key_strz(&x->w, "type", "json_schema");
    drp_jw_key(&x->w, "json_schema");
    drp_jw_obj(&x->w);
    drp_jw_key_strz(&x->w, "name", "answer");
    drp_jw_key_bool(&x->w, "strict", true);
    drp_jw_key(&x->w, "schema");
    drp_jw_raw(&x->w, schema);
    drp_jw_obj_end(&x->w);
    drp_jw_obj_end(&x->w);
}

/* The first form that the server has not refused. llama-server would make a grammar of its
 * own out of a schema, which allows other texts than ours. */
static void add_grammar(struct writer *x, const struct drp_openai_model *m,
                        const struct drp_grammar *g)
{
    const struct drp_sv schema = drp_sv_trim(g->json_schema);
    if (m->is_llama_server && g->gbnf.len > 0 && wants(x, DRP_FIELD_GRAMMAR)) {
        drp_jw_str(&x->w, g->gbnf);
        return;
    }
    if (schema.len > 0 && wants(x, DRP_FIELD_RESPONSE_FORMAT)) {
        add_schema(x, schema);
    } else if (schema.len > 0 && wants(x, DRP_FIELD_STRUCTURED)) {
        drp_jw_obj(&x->w);
        drp_jw_key(&x->w, "json");
        drp_jw_raw(&x->w, schema);
        drp_jw_obj_end(&x->w);
    } else if (schema.len > 0 && wants(x, DRP_FIELD_GUIDED)) {
        drp_jw_raw(&x->w, schema);
    } else if (g->gbnf.len > 0 && wants(x, DRP_FIELD_GRAMMAR)) {
        drp_jw_str(&x->w, g->gbnf);
    }
}

uint32_t drp_openai_chat_body(const struct drp_openai_model *m, const struct drp_call *call,
                              uint32_t absent, struct drp_str *out)
{
    struct writer x = {.absent = absent};
    drp_str_clear(out);
    drp_jw_init(&x.w, out, 0);
    drp_jw_obj(&x.w);
    drp_jw_key_str(&x.w, "model", m->name);
    add_messages(&x, m, call);
    add_sampling(&x, &call->sampling);
    if (m->is_llama_server)
        add_samplers(&x, &call->sampling);
    add_limits(&x, m, &call->sampling);
    if (call->grammar)
        add_grammar(&x, m, call->grammar);
    if (m->strict && wants(&x, DRP_FIELD_CACHE_PROMPT))
        drp_jw_bool(&x.w, false);
    drp_jw_key_bool(&x.w, "stream", true);
    if (wants(&x, DRP_FIELD_STREAM_OPTIONS)) {
        drp_jw_obj(&x.w);
        drp_jw_key_bool(&x.w, "include_usage", true);
        drp_jw_obj_end(&x.w);
    }
    drp_jw_obj_end(&x.w);
    return x.sent;
}

void drp_openai_embed_body(struct drp_sv model, const struct drp_sv *texts, size_t n,
                           struct drp_str *out)
{
    struct drp_jw w;
    drp_str_clear(out);
    drp_jw_init(&w, out, 0);
    drp_jw_obj(&w);
    drp_jw_key_str(&w, "model", model);
    drp_jw_key(&w, "input");
    drp_jw_arr(&w);
    for (size_t i = 0; i < n; i++)
        drp_jw_str(&w, texts[i]);
    drp_jw_arr_end(&w);
    drp_jw_key_strz(&w, "encoding_format", "float");
    drp_jw_obj_end(&w);
}

/* English has about four and a half bytes a token; characters outside ASCII about one
 * token each. */
size_t drp_openai_count(const struct drp_call *call)
{
    size_t n = TEMPLATE_TOKENS;
    for (size_t i = 0; i < call->n_messages; i++) {
        const struct drp_sv text = call->messages[i].text;
        size_t ascii = 0, wide = 0;
        for (size_t k = 0; k < text.len; k++) {
            ascii += (unsigned char)text.ptr[k] < 0x80;
            wide += (unsigned char)text.ptr[k] >= 0xc0;
        }
        n += TURN_TOKENS + ascii * 2 / 7 + wide;
    }
    return n;
}
