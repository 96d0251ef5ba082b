#include "engine/openai_reply.h"

#include "base/base.h"
#include "base/log.h"
#include "base/utf8.h"
#include "io/json.h"

#include "base/banned.h"

#define MAX_EVENT_BYTES ((size_t)8 << 20)
#define MAX_WHOLE_BYTES ((size_t)32 << 20)

enum { MAX_NAME_BYTES = 512, MAX_PROBLEM_BYTES = 512, SHOWN_BYTES = 400 };

void drp_openai_reply_init(struct drp_openai_reply *r,
                           bool (*on_content)(void *ctx, struct drp_sv piece), void *ctx)
{
    *r = (struct drp_openai_reply){.on_content = on_content, .ctx = ctx};
    drp_str_init(&r->reasoning, MAX_WHOLE_BYTES);
    drp_str_init(&r->model, MAX_NAME_BYTES);
    drp_str_init(&r->problem, MAX_PROBLEM_BYTES);
    drp_str_init(&r->whole, MAX_WHOLE_BYTES);
    drp_sse_init(&r->sse, MAX_EVENT_BYTES);
}

void drp_openai_reply_release(struct drp_openai_reply *r)
{
    drp_str_release(&r->reasoning);
    drp_str_release(&r->model);
    drp_str_release(&r->problem);
    drp_str_release(&r->whole);
    drp_sse_release(&r->sse);
}

static bool spoil(struct drp_openai_reply *r, enum drp_openai_end bad, const char *problem)
{
    if (r->bad == DRP_OPENAI_COMPLETE) {
        r->bad = bad;
        drp_str_addz(&r->problem, problem);
    }
    return false;
}

/* ---- errors ----------------------------------------------------------------------------- */

/* The text may be any bytes: only well-formed ones can be cut between characters. */
static void add_shown(struct drp_str *out, struct drp_sv text)
{
    const size_t n = drp_utf8_cut(text, SHOWN_BYTES);
    drp_log_add_printable(out, drp_sv_slice(text, 0, n > 0 ? n : SHOWN_BYTES));
}

static bool add_string(struct drp_str *out, const struct drp_json_val *v)
{
    const struct drp_sv text = drp_sv_trim(drp_json_str(v));
    if (text.len > 0)
        add_shown(out, text);
    return text.len > 0;
}

/* {"error":{"message"}}, {"error":"…"}, {"message"}, {"detail":"…"}, {"detail":[{"msg"}]}. */
static bool add_message(struct drp_str *out, const struct drp_json_val *root)
{
    const struct drp_json_val *error = drp_json_get(root, "error");
    const struct drp_json_val *detail = drp_json_get(root, "detail");
    return add_string(out, drp_json_get(error, "message")) || add_string(out, error) ||
           add_string(out, drp_json_get(root, "message")) || add_string(out, detail) ||
           add_string(out, drp_json_get(drp_json_at(detail, 0), "msg"));
}

void drp_openai_error_text(struct drp_sv body, struct drp_str *out)
{
    struct drp_json *doc = NULL;
    struct drp_err ignored = {0};
    const struct drp_sv text = drp_sv_trim(body);
    const bool said = drp_json_parse(body, DRP_JSON_STRICT, &doc, &ignored) == 0 &&
                      add_message(out, drp_json_root(doc));
    if (!said && text.len == 0)
        drp_str_addz(out, "no reason given");
    else if (!said)
        add_shown(out, text);
    drp_json_free(doc);
}

/* An error in a reply of status 200: worth another attempt unless its code says no. */
static bool take_error(struct drp_openai_reply *r, const struct drp_json_val *root)
{
    int64_t code = 0;
    const struct drp_json_val *error = drp_json_get(root, "error");
    (void)drp_json_int(drp_json_get(error, "code"), &code);
    const bool lasting = code == 400 || code == 401 || code == 403 || code == 404 ||
                         code == 413 || code == 422;
    if (r->bad == DRP_OPENAI_COMPLETE) {
        r->bad = lasting ? DRP_OPENAI_REFUSED : DRP_OPENAI_BROKEN;
        drp_str_addz(&r->problem, "the server reports: ");
        if (!add_message(&r->problem, root))
            drp_str_addz(&r->problem, "an error without a message");
    }
    return false;
}

/* ---- choices ---------------------------------------------------------------------------- */

static bool take_content(struct drp_openai_reply *r, struct drp_sv text)
{
    if (text.len > 0 && !r->stopped)
        r->stopped = !r->on_content(r->ctx, text);
    return !r->stopped;
}

/* Content in parts: [{"type":"text","text"}, {"type":"thinking","thinking":[{"text"}]}]. */
static void take_parts(struct drp_openai_reply *r, const struct drp_json_val *parts)
{
    struct drp_json_iter it = {0};
    const struct drp_json_val *part;
    while ((part = drp_json_next(parts, &it, NULL))) {
        const struct drp_json_val *thinking = drp_json_get(part, "thinking");
        struct drp_json_iter inner = {0};
        const struct drp_json_val *thought;
        take_content(r, drp_json_str(drp_json_get(part, "text")));
        drp_str_add(&r->reasoning, drp_json_str(thinking));
        while (drp_json_type(thinking) == DRP_JSON_ARR &&
               (thought = drp_json_next(thinking, &inner, NULL)))
            drp_str_add(&r->reasoning, drp_json_str(drp_json_get(thought, "text")));
    }
}

/* The text of a delta or a message. */
static void take_text(struct drp_openai_reply *r, const struct drp_json_val *v)
{
    const struct drp_json_val *content = drp_json_get(v, "content");
    const struct drp_sv thoughts = drp_json_str(drp_json_get(v, "reasoning_content"));
    drp_str_add(&r->reasoning,
                thoughts.len > 0 ? thoughts : drp_json_str(drp_json_get(v, "reasoning")));
    if (drp_json_type(content) == DRP_JSON_ARR)
        take_parts(r, content);
    else
        take_content(r, drp_json_str(content));
}

static bool take_finish(struct drp_openai_reply *r, struct drp_sv reason)
{
    if (reason.len == 0)
        return true;
    r->has_finish = true;
    r->finish = drp_sv_is(reason, "length") ? DRP_FINISH_LENGTH : DRP_FINISH_STOP;
    if (drp_sv_is(reason, "content_filter"))
        return spoil(r, DRP_OPENAI_REFUSED, "the server's filter has cut the answer");
    if (drp_sv_is(reason, "abort") || drp_sv_is(reason, "error"))
        return spoil(r, DRP_OPENAI_BROKEN, "the server has given the answer up");
    return true;
}

static uint32_t token_count(const struct drp_json_val *v, const char *key)
{
    int64_t n = 0;
    if (!drp_json_int(drp_json_get(v, key), &n) || n < 0 || n > UINT32_MAX)
        return 0;
    return (uint32_t)n;
}

/* Some servers count what they had cached, or what was thought, beside the whole and not as a part of it. */
static uint32_t part_count(const struct drp_json_val *v, const char *key, uint32_t whole)
{
    const uint32_t n = token_count(v, key);
    return DRP_MIN(n, whole);
}

static void take_usage(struct drp_openai_reply *r, const struct drp_json_val *root)
{
    const struct drp_json_val *usage = drp_json_get(root, "usage");
    const struct drp_json_val *timings = drp_json_get(root, "timings");
    if (drp_json_type(usage) == DRP_JSON_OBJ) {
        const struct drp_json_val *in = drp_json_get(usage, "prompt_tokens_details");
        const struct drp_json_val *out = drp_json_get(usage, "completion_tokens_details");
        r->has_usage = true;
        r->usage.prompt_tokens = token_count(usage, "prompt_tokens");
        r->usage.answer_tokens = token_count(usage, "completion_tokens");
        r->usage.cached_tokens = part_count(in, "cached_tokens", r->usage.prompt_tokens);
        r->usage.reasoning_tokens =
            part_count(out, "reasoning_tokens", r->usage.answer_tokens);
    }
    if (drp_json_type(timings) == DRP_JSON_OBJ) { /* llama-server */
        const uint32_t computed = token_count(timings, "prompt_n");
        if (r->usage.cached_tokens == 0 && computed > 0 && r->usage.prompt_tokens > computed)
            r->usage.cached_tokens = r->usage.prompt_tokens - computed;
    }
}

/* One object: an event of a stream (`part` "delta") or the whole reply ("message"). */
static bool take_object(struct drp_openai_reply *r, const struct drp_json_val *root,
                        const char *part)
{
    const struct drp_json_val *choice = drp_json_at(drp_json_get(root, "choices"), 0);
    const struct drp_json_val *text = drp_json_get(choice, part);
    const struct drp_sv model = drp_json_str(drp_json_get(root, "model"));
    const enum drp_json_type error = drp_json_type(drp_json_get(root, "error"));
    if (error != DRP_JSON_NONE && error != DRP_JSON_NULL)
        return take_error(r, root);
    if (r->model.len == 0)
        drp_str_add(&r->model, model);
    take_usage(r, root);
    if (!choice)
        return true;
    r->has_choice = r->has_choice || drp_json_type(text) == DRP_JSON_OBJ;
    take_text(r, text);
    return take_finish(r, drp_json_str(drp_json_get(choice, "finish_reason"))) &&
           !r->stopped;
}

static bool take_json(struct drp_openai_reply *r, struct drp_sv text, const char *part)
{
    struct drp_json *doc = NULL;
    struct drp_err err = {0};
    bool go_on;
    if (drp_json_parse(text, DRP_JSON_STRICT, &doc, &err) < 0 ||
        drp_json_type(drp_json_root(doc)) != DRP_JSON_OBJ)
        go_on = spoil(r, DRP_OPENAI_BROKEN, "the answer is no JSON object");
    else
        go_on = take_object(r, drp_json_root(doc), part);
    drp_json_free(doc);
    return go_on;
}

/* ---- bodies ----------------------------------------------------------------------------- */

static bool on_event(void *ctx, struct drp_sv data)
{
    struct drp_openai_reply *r = ctx;
    if (r->has_done)
        return true;
    if (drp_sv_is(drp_sv_trim(data), "[DONE]")) {
        r->has_done = true;
        return true;
    }
    return take_json(r, data, "delta");
}

/* White space may come before either form. */
static enum drp_openai_form form_of(struct drp_sv bytes)
{
    const struct drp_sv text = drp_sv_trim(bytes);
    if (text.len == 0)
        return DRP_OPENAI_UNSEEN;
    return text.ptr[0] == '{' || text.ptr[0] == '<' || text.ptr[0] == '['
               ? DRP_OPENAI_WHOLE
               : DRP_OPENAI_EVENTS;
}

bool drp_openai_reply_feed(struct drp_openai_reply *r, struct drp_sv bytes)
{
    if (r->bad != DRP_OPENAI_COMPLETE || r->stopped)
        return false;
    if (r->form == DRP_OPENAI_UNSEEN)
        r->form = form_of(bytes);
    if (r->form == DRP_OPENAI_WHOLE) {
        drp_str_add(&r->whole, bytes);
        return !r->whole.full || spoil(r, DRP_OPENAI_BROKEN, "the answer is too large");
    }
    if (drp_sse_feed(&r->sse, bytes, on_event, r))
        return true;
    if (r->bad == DRP_OPENAI_COMPLETE && !r->stopped)
        spoil(r, DRP_OPENAI_BROKEN, "an event of the stream is too large");
    return false;
}

enum drp_openai_end drp_openai_reply_end(struct drp_openai_reply *r)
{
    if (r->bad != DRP_OPENAI_COMPLETE || r->stopped)
        return r->bad;
    if (r->form == DRP_OPENAI_WHOLE) {
        take_json(r, drp_str_sv(&r->whole), "message");
        r->has_finish = r->has_done = true;
    } else {
        drp_sse_end(&r->sse, on_event, r);
    }
    if (r->bad != DRP_OPENAI_COMPLETE || r->stopped)
        return r->bad;
    if (!r->has_choice)
        spoil(r, DRP_OPENAI_BROKEN, "the answer has no choices");
    else if (!r->has_finish)
        spoil(r, DRP_OPENAI_BROKEN, "the stream ended without a finish_reason");
    else if (!r->has_done)
        spoil(r, DRP_OPENAI_BROKEN, "the stream ended before [DONE]");
    else if (r->reasoning.full)
        spoil(r, DRP_OPENAI_REFUSED, "the thoughts are longer than 32 MiB");
    return r->bad;
}
