#include "engine/neutral.h"

#include "base/base.h"

#include "base/banned.h"

/* Beginnings of marks, case ignored. Those that end in '>' or ']' are whole marks. */
static const struct drp_sv marks[] = {
#define MARK(text)                                                                       \
    {                                                                                    \
        text, sizeof(text) - 1                                                           \
    }
    MARK("<|"),            /* ChatML, Llama 3, Phi, GLM, gpt-oss */
    MARK("<\xef\xbd\x9c"), /* DeepSeek's wide bar */
    MARK("<s>"),
    MARK("</s>"),
    MARK("<bos>"),
    MARK("<eos>"),
    MARK("<pad>"),
    MARK("<unk>"),
    MARK("<<SYS>>"),
    MARK("<</SYS>>"),
    MARK("<start_of_turn>"),
    MARK("<end_of_turn>"),
    MARK("<think>"),
    MARK("</think>"),
    MARK("<seed:"),
    MARK("</seed:"),
    MARK("<tool_call>"),
    MARK("</tool_call>"),
    MARK("<tool_response>"),
    MARK("</tool_response>"),
    MARK("<function"),
    MARK("</function"),
    MARK("[INST]"),
    MARK("[/INST]"),
    MARK("[THINK]"),
    MARK("[/THINK]"),
    MARK("[SYSTEM_PROMPT]"),
    MARK("[/SYSTEM_PROMPT]"),
    MARK("[AVAILABLE_TOOLS]"),
    MARK("[/AVAILABLE_TOOLS]"),
    MARK("[TOOL_CALLS]"),
    MARK("[TOOL_RESULTS]"),
    MARK("[/TOOL_RESULTS]"),
    MARK("[gMASK]"),
#undef MARK
};

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool begins(struct drp_sv text, size_t at, struct drp_sv mark)
{
    if (mark.len == 0 || mark.len > text.len - at)
        return false;
    for (size_t i = 0; i < mark.len; i++)
        if (lower(text.ptr[at + i]) != lower(mark.ptr[i]))
            return false;
    return true;
}

static bool is_mark(struct drp_sv text, size_t at, struct drp_think_tags tags)
{
    bool found = begins(text, at, tags.open) || begins(text, at, tags.close);
    if (text.ptr[at] != '<' && text.ptr[at] != '[')
        return found;
    for (size_t i = 0; i < DRP_LEN(marks) && !found; i++)
        found = begins(text, at, marks[i]);
    return found;
}

/* Bytes of the character at `at`; a mark of the model's own may begin with a wide one. */
static size_t char_end(struct drp_sv text, size_t at)
{
    do
        at++;
    while (at < text.len && ((unsigned char)text.ptr[at] & 0xc0) == 0x80);
    return at;
}

void drp_neutral_add(struct drp_str *out, struct drp_sv text, struct drp_think_tags tags)
{
    size_t done = 0;
    for (size_t at = 0; at < text.len; at++) {
        if (!is_mark(text, at, tags))
            continue;
        const size_t behind = char_end(text, at);
        drp_str_add(out, drp_sv_slice(text, done, behind));
        drp_str_addc(out, ' ');
        done = behind;
        at = behind - 1;
    }
    drp_str_add(out, drp_sv_slice(text, done, text.len));
}
