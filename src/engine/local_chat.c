#include "engine/local_chat.h"

#include <limits.h>
#include <stdio.h>
#include <llama.h>

#include "base/base.h"
#include "base/utf8.h"

#include "base/banned.h"

/* Words that no template contains and none takes apart: no spaces to trim, no marks. */
#define PLACEHOLDER_F   "@@drp:%zu:text@@"
#define MAX_PLACEHOLDER 48
#define MAX_FRAME_BYTES ((size_t)16 << 20)

/* One turn as the template gets it. */
struct turn {
    enum drp_role role;
    struct drp_sv text;
    char placeholder[MAX_PLACEHOLDER];
};

bool drp_local_chat_known(const char *chat_template)
{
    const struct llama_chat_message probe = {"user", "x"};
    return llama_chat_apply_template(chat_template, &probe, 1, true, NULL, 0) >= 0;
}

void drp_local_chat_tokenize(const struct drp_local_model *m, struct drp_sv text,
                             bool special, struct drp_token_vec *out)
{
    if (text.len == 0 || text.len > INT32_MAX / 2)
        return;
    drp_vec_reserve(out, out->n + text.len / 2 + 8);
    for (;;) {
        const size_t room = DRP_MIN(out->cap - out->n, (size_t)INT32_MAX);
        const int32_t n = llama_tokenize(m->vocab, text.ptr, (int32_t)text.len,
                                         out->at + out->n, (int32_t)room, false, special);
        if (n >= 0) {
            out->n += (size_t)n;
            return;
        }
        if (n == INT32_MIN)
            return;
        drp_vec_reserve(out, out->n + (size_t)-n);
    }
}

/* The turns of a conversation; where the template has no system turn, that goes before
 * the first user turn. */
static size_t make_turns(const struct drp_local_model *m, const struct drp_call *call,
                         struct drp_arena *arena, struct turn *turns)
{
    size_t n = 0;
    struct drp_sv before = {NULL, 0};
    for (size_t i = 0; i < call->n_messages; i++) {
        const struct drp_message *msg = &call->messages[i];
        if (msg->role == DRP_ROLE_SYSTEM && m->no_system_turn) {
            before = msg->text;
            continue;
        }
        struct turn *t = &turns[n];
        *t = (struct turn){.role = msg->role, .text = msg->text};
        if (msg->role == DRP_ROLE_USER && before.len > 0) {
            t->text = drp_arena_f(arena, "%.*s\n\n%.*s", DRP_SV_ARG(before),
                                  DRP_SV_ARG(msg->text));
            before = (struct drp_sv){NULL, 0};
        }
        snprintf(t->placeholder, sizeof t->placeholder, PLACEHOLDER_F, n);
        n++;
    }
    return n;
}

/* The template's own text around the placeholders, and the opening of the reply. */
static int make_frame(const struct drp_local_model *m, const struct turn *turns, size_t n,
                      struct drp_arena *arena, struct drp_str *frame, struct drp_err *err)
{
    struct llama_chat_message *chat = drp_arena_new(arena, struct llama_chat_message, n);
    for (size_t i = 0; i < n; i++)
        chat[i] = (struct llama_chat_message){drp_role_name(turns[i].role),
                                              turns[i].placeholder};
    const int32_t len = llama_chat_apply_template(m->chat_template, chat, n, true, NULL, 0);
    if (len < 0)
        return drp_fail(
            err, DRP_EENGINE,
            "the model's chat template does not take this conversation of %zu turns", n);
    char *buf = drp_arena_calloc(arena, (size_t)len + 1, 1);
    llama_chat_apply_template(m->chat_template, chat, n, true, buf, len + 1);
    drp_str_add(frame, (struct drp_sv){buf, (size_t)len});
    if (m->reasoning && !drp_sv_ends(drp_sv_trim(drp_str_sv(frame)), m->tags.open)) {
        drp_str_add(frame, m->tags.open);
        drp_str_addc(frame, '\n');
    }
    return 0;
}

/* Tokens of a text that is data. libllama leaves control tokens alone in plain text,
 * but not those that a model's file calls "user defined", as some do with think tags:
 * such a tag is cut behind its first character. */
static void add_data(const struct drp_local_model *m, struct drp_sv text,
                     struct drp_token_vec *out)
{
    const struct drp_sv tags[] = {m->tags.open, m->tags.close};
    for (size_t at = 0; at < text.len;) {
        size_t end = text.len;
        for (size_t i = 0; i < DRP_LEN(tags); i++) {
            const size_t found = drp_sv_find(text, tags[i], at);
            size_t behind = found;
            if (tags[i].len == 0 || found == SIZE_MAX)
                continue;
            drp_utf8_next(text, &behind);
            end = DRP_MIN(end, behind);
        }
        drp_local_chat_tokenize(m, drp_sv_slice(text, at, end), false, out);
        at = end;
    }
}

/* The beginning-of-text token, once, where the model wants it and the template has it
 * not. */
static void ensure_bos(const struct drp_local_model *m, struct drp_token_vec *out)
{
    const llama_token bos = llama_vocab_bos(m->vocab);
    if (!llama_vocab_get_add_bos(m->vocab) || bos == LLAMA_TOKEN_NULL ||
        (out->n > 0 && out->at[0] == bos))
        return;
    drp_vec_add(out, bos);
    for (size_t i = out->n - 1; i > 0; i--)
        out->at[i] = out->at[i - 1];
    out->at[0] = bos;
}

static int fill_frame(const struct drp_local_model *m, struct drp_sv frame,
                      const struct turn *turns, size_t n, struct drp_token_vec *out,
                      struct drp_err *err)
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        const struct drp_sv mark = drp_sv_from(turns[i].placeholder);
        const size_t found = drp_sv_find(frame, mark, at);
        if (found == SIZE_MAX || drp_sv_find(frame, mark, found + 1) != SIZE_MAX)
            return drp_fail(err, DRP_EENGINE,
                            "the model's chat template does not show turn %zu (%s) once and in "
                            "order: choose another with template=",
                            i + 1, drp_role_name(turns[i].role));
        drp_local_chat_tokenize(m, drp_sv_slice(frame, at, found), true, out);
        add_data(m, turns[i].text, out);
        at = found + mark.len;
    }
    drp_local_chat_tokenize(m, drp_sv_slice(frame, at, frame.len), true, out);
    ensure_bos(m, out);
    return 0;
}

int drp_local_chat_tokens(const struct drp_local_model *m, const struct drp_call *call,
                          struct drp_token_vec *out, struct drp_err *err)
{
    int rc = 0;
    struct drp_arena arena = {0};
    struct drp_str frame;
    drp_str_init(&frame, MAX_FRAME_BYTES);
    struct turn *turns = drp_arena_new(&arena, struct turn, call->n_messages);
    const size_t n = make_turns(m, call, &arena, turns);
    DRP_TRY(rc, make_frame(m, turns, n, &arena, &frame, err));
    DRP_TRY(rc, fill_frame(m, drp_str_sv(&frame), turns, n, out, err));
out:
    drp_str_release(&frame);
    drp_arena_release(&arena);
    return rc;
}
