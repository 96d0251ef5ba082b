#include "feature/glyph.h"

#include "base/base.h"
#include "base/utf8.h"
#include "base/banned.h"

/* Blocks of Unicode 15 that hold no letters, in ascending order; what lies between them are letters. */
static const struct {
    uint32_t first, last;
    enum drp_glyph glyph;
} blocks[] = {
    {0x0080, 0x00A9, DRP_GLYPH_MARK},        {0x00AB, 0x00B4, DRP_GLYPH_MARK},
    {0x00B6, 0x00B9, DRP_GLYPH_MARK},        {0x00BB, 0x00BF, DRP_GLYPH_MARK},
    {0x00D7, 0x00D7, DRP_GLYPH_MARK},        {0x00F7, 0x00F7, DRP_GLYPH_MARK},
    {0x060C, 0x060D, DRP_GLYPH_MARK},        {0x061B, 0x061F, DRP_GLYPH_MARK},
    {0x0964, 0x0965, DRP_GLYPH_MARK},        {0x200B, 0x200F, DRP_GLYPH_INVISIBLE},
    {0x2010, 0x205F, DRP_GLYPH_MARK},        {0x2060, 0x206F, DRP_GLYPH_INVISIBLE},
    {0x2070, 0x25FF, DRP_GLYPH_MARK},        {0x2600, 0x27BF, DRP_GLYPH_EMOJI},
    {0x27C0, 0x2B4F, DRP_GLYPH_MARK},        {0x2B50, 0x2B55, DRP_GLYPH_EMOJI},
    {0x2B56, 0x2BFF, DRP_GLYPH_MARK},        {0x2E00, 0x2E7F, DRP_GLYPH_MARK},
    {0x2E80, 0x2FDF, DRP_GLYPH_IDEOGRAPH},   {0x2FF0, 0x3004, DRP_GLYPH_MARK},
    {0x3005, 0x3007, DRP_GLYPH_IDEOGRAPH},   {0x3008, 0x3030, DRP_GLYPH_MARK},
    {0x3031, 0x30FA, DRP_GLYPH_IDEOGRAPH},   {0x30FB, 0x30FB, DRP_GLYPH_MARK},
    {0x30FC, 0x312F, DRP_GLYPH_IDEOGRAPH},   {0x3190, 0x4DBF, DRP_GLYPH_IDEOGRAPH},
    {0x4DC0, 0x4DFF, DRP_GLYPH_MARK},        {0x4E00, 0x9FFF, DRP_GLYPH_IDEOGRAPH},
    {0xD800, 0xF8FF, DRP_GLYPH_MARK},        {0xF900, 0xFAFF, DRP_GLYPH_IDEOGRAPH},
    {0xFE00, 0xFE0F, DRP_GLYPH_INVISIBLE},   {0xFE10, 0xFE6F, DRP_GLYPH_MARK},
    {0xFEFF, 0xFEFF, DRP_GLYPH_INVISIBLE},   {0xFF00, 0xFF0F, DRP_GLYPH_MARK},
    {0xFF10, 0xFF19, DRP_GLYPH_DIGIT},       {0xFF1A, 0xFF20, DRP_GLYPH_MARK},
    {0xFF3B, 0xFF40, DRP_GLYPH_MARK},        {0xFF5B, 0xFF65, DRP_GLYPH_MARK},
    {0xFF66, 0xFF9F, DRP_GLYPH_IDEOGRAPH},   {0xFFE0, 0xFFFF, DRP_GLYPH_MARK},
    {0x1D000, 0x1D3FF, DRP_GLYPH_MARK},      {0x1F000, 0x1F1E5, DRP_GLYPH_EMOJI},
    {0x1F1E6, 0x1F1FF, DRP_GLYPH_FLAG},      {0x1F200, 0x1F3FA, DRP_GLYPH_EMOJI},
    {0x1F3FB, 0x1F3FF, DRP_GLYPH_INVISIBLE}, {0x1F400, 0x1FAFF, DRP_GLYPH_EMOJI},
    {0x1FB00, 0x1FFFF, DRP_GLYPH_MARK},      {0x20000, 0x3FFFF, DRP_GLYPH_IDEOGRAPH},
    {0xE0000, 0xE0FFF, DRP_GLYPH_INVISIBLE}, {0xE1000, 0x10FFFF, DRP_GLYPH_MARK},
};

static enum drp_glyph wide_glyph(uint32_t cp)
{
    size_t low = 0;
    size_t high = DRP_LEN(blocks);
    while (low < high) {
        const size_t at = low + (high - low) / 2;
        if (blocks[at].last < cp)
            low = at + 1;
        else
            high = at;
    }
    const bool is_in = low < DRP_LEN(blocks) && blocks[low].first <= cp;
    return is_in ? blocks[low].glyph : DRP_GLYPH_LETTER;
}

enum drp_glyph drp_glyph_of(uint32_t cp)
{
    if ((cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z'))
        return DRP_GLYPH_LETTER;
    if (cp >= '0' && cp <= '9')
        return DRP_GLYPH_DIGIT;
    if (drp_utf8_is_space(cp))
        return DRP_GLYPH_SPACE;
    return cp < 0x80 ? DRP_GLYPH_MARK : wide_glyph(cp);
}
