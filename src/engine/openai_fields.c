#include "engine/openai_fields.h"

#include <stddef.h>

#include "base/base.h"

#include "base/banned.h"

static const char *const words[] = {
#define WORD(name, word) [name##_INDEX] = (word),
    DRP_OPENAI_FIELDS(WORD)
#undef WORD
};

/* What servers call a field besides its name. */
static const struct {
    uint32_t field;
    const char *phrase;
} phrases[] = {
    {DRP_FIELD_RESPONSE_FORMAT, "json_schema"},
    {DRP_FIELD_RESPONSE_FORMAT, "json schema"},
    {DRP_FIELD_RESPONSE_FORMAT, "structured output"},
    {DRP_FIELD_STREAM_OPTIONS, "include_usage"},
};

const char *drp_openai_field_word(uint32_t field)
{
    for (size_t i = 0; i < DRP_N_OPENAI_FIELDS; i++)
        if (field == (uint32_t)1 << i)
            return words[i];
    return "";
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_';
}

static bool is_quote(char c)
{
    return c == '\'' || c == '"' || c == '`';
}

/* Every refusal may say "stop": a name that is also a word of the language counts in
 * quotes or behind a colon only. */
static bool holds_name(struct drp_sv text, struct drp_sv name)
{
    const bool is_plain = drp_sv_find(name, DRP_SV("_"), 0) == SIZE_MAX;
    size_t at = drp_sv_find_nocase(text, name, 0);
    for (; at != SIZE_MAX; at = drp_sv_find_nocase(text, name, at + 1)) {
        const size_t end = at + name.len;
        const bool begins = at == 0 || !is_word_char(text.ptr[at - 1]);
        const bool ends = end == text.len || !is_word_char(text.ptr[end]);
        const bool named = (at > 0 && is_quote(text.ptr[at - 1])) ||
                           drp_sv_ends(drp_sv_slice(text, 0, at), DRP_SV(": "));
        if (begins && ends && (named || !is_plain))
            return true;
    }
    return false;
}

/* A limit on tokens that is merely too large is no reason to call the field unknown. */
static bool is_about_size(struct drp_sv text)
{
    static const char *const unknown[] = {
        "unsupported", "not supported", "unrecognized", "unknown",    "not permitted",
        "unexpected",  "not allowed",   "extra inputs", "deprecated", "max_completion"};
    for (size_t i = 0; i < DRP_LEN(unknown); i++)
        if (drp_sv_find_nocase(text, drp_sv_from(unknown[i]), 0) != SIZE_MAX)
            return false;
    return true;
}

uint32_t drp_openai_fields_named(struct drp_sv refusal, uint32_t sent)
{
    const uint32_t limits = DRP_FIELD_MAX_TOKENS | DRP_FIELD_MAX_COMPLETION;
    uint32_t named = 0;
    for (size_t i = 0; i < DRP_N_OPENAI_FIELDS; i++)
        if (holds_name(refusal, drp_sv_from(words[i])))
            named |= (uint32_t)1 << i;
    for (size_t i = 0; i < DRP_LEN(phrases); i++)
        if (drp_sv_find_nocase(refusal, drp_sv_from(phrases[i].phrase), 0) != SIZE_MAX)
            named |= phrases[i].field;
    if ((named & limits) && is_about_size(refusal))
        named &= ~limits;
    return named & sent;
}
