#include "feature/wording.h"

#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "base/banned.h"

static const struct {
    enum drp_role role;
    const char *words;
} roles[] = {
    {DRP_ROLE_MORE,
     "more many much lots lot often frequent frequently heavy heavily heavier high higher "
     "greater increased plenty numerous abundant abundantly extensive extensively excessive "
     "excessively overuses overuse liberal liberally regularly constantly always multiple "
     "several strong stronger generously additional extra repeatedly"},
    {DRP_ROLE_LESS,
     "fewer less few rare rarer low lower little sparing sparingly sparse infrequent "
     "infrequently scarce minimal minimally limited absent reduced smaller lesser single"},
    {DRP_ROLE_NOT,
     "over not no never none rarely seldom hardly scarcely barely without avoid avoids avoiding "
     "lack lacks lacking omits omitting refrain refrains refraining absence neither nor "
     "cannot instead free devoid dont doesnt didnt isnt arent wont don't doesn't didn't isn't "
     "aren't won't can't wouldn't haven't hasn't"},
    {DRP_ROLE_USES,
     "asks asking poses uses using utilizes utilises employs employing includes including contains features "
     "incorporates incorporating prefers preferring favors favours relies relying adds adding "
     "has having shows showing displays exhibits loves enjoys likes makes inserts sprinkles "
     "writes"},
    {DRP_ROLE_LONG, "long longer longest lengthy lengthier extended elongated"},
    {DRP_ROLE_SHORT,
     "short shorter shortest brief briefer concise terse succinct clipped choppy "
     "fragmented compact"},
    {DRP_ROLE_RICH,
     "rich richer varied wide wider diverse broad broader extensive large larger"},
    {DRP_ROLE_POOR,
     "limited narrow narrower repetitive small smaller restricted poor poorer"},
    {DRP_ROLE_VARIED,
     "varied varies vary varying variation variations variety mix mixes mixture "
     "alternates alternating diverse"},
    {DRP_ROLE_UNIFORM, "uniform consistent even monotonous regular"},
    {DRP_ROLE_VAGUE,
     "afraid shy hesitate hesitates same similar similarly similarity equal equally comparable comparably sometimes "
     "occasional occasionally both either alike different differently differ"},
    {DRP_ROLE_SPLIT, "while whereas but although though however yet unlike compared whilst"},
    {DRP_ROLE_AND, "and or"},
    {DRP_ROLE_CUT,
     "with to for that which who through via by despite when because if toward towards"},
    {DRP_ROLE_CLEAR,
     "to the a an any as so very too of in on their his her its use usage number amount "
     "frequency level degree rate tend tends tending rely used use do does did would be been being "
     "is are was were on quite significantly noticeably far much uses using"},
    {DRP_ROLE_IS,
     "tend tends is are was were be being become becomes remain remains get gets stay stays seem "
     "seems"},
    {DRP_ROLE_USER,
     "user user's writer writer's author author's reviewer reviewer's he she person "
     "person's"},
    {DRP_ROLE_OTHERS, "others others' other's peers peers' everyone else"},
    {DRP_ROLE_PEOPLE,
     "people people's person persons person's users users' reviewers reviewers' writers writers' "
     "reviews customers customers' authors authors' texts user user's reviewer writer"},
    {DRP_ROLE_BEFORE_NOUN, "than from to with like among amongst for over against between "
                           "beyond above below"},
};

static const struct {
    const char *words;
    enum drp_trait_id trait;
    enum drp_naming naming;
} phrases[] = {
    {"sentence length*", DRP_TRAIT_SENTENCE_LENGTH, DRP_NAMES_SIZE},
    {"length of sentence*", DRP_TRAIT_SENTENCE_LENGTH, DRP_NAMES_SIZE},
    {"length of the sentence*", DRP_TRAIT_SENTENCE_LENGTH, DRP_NAMES_SIZE},
    {"length of their sentence*", DRP_TRAIT_SENTENCE_LENGTH, DRP_NAMES_SIZE},
    {"words per sentence", DRP_TRAIT_SENTENCE_LENGTH, DRP_NAMES_COUNT},
    {"run on sentence*", DRP_TRAIT_SENTENCE_LENGTH, DRP_NAMES_COUNT},
    {"sentences", DRP_TRAIT_SENTENCE_LENGTH, DRP_NAMES_LENGTH},
    {"sentence", DRP_TRAIT_SENTENCE_LENGTH, DRP_NAMES_LENGTH},
    {"review length*", DRP_TRAIT_WORDS, DRP_NAMES_SIZE},
    {"text length*", DRP_TRAIT_WORDS, DRP_NAMES_SIZE},
    {"length of the review*", DRP_TRAIT_WORDS, DRP_NAMES_SIZE},
    {"length of review*", DRP_TRAIT_WORDS, DRP_NAMES_SIZE},
    {"length of the text*", DRP_TRAIT_WORDS, DRP_NAMES_SIZE},
    {"word count*", DRP_TRAIT_WORDS, DRP_NAMES_SIZE},
    {"words per review", DRP_TRAIT_WORDS, DRP_NAMES_COUNT},
    {"reviews", DRP_TRAIT_WORDS, DRP_NAMES_LENGTH},
    {"review", DRP_TRAIT_WORDS, DRP_NAMES_LENGTH},
    {"texts", DRP_TRAIT_WORDS, DRP_NAMES_LENGTH},
    {"concise*", DRP_TRAIT_WORDS, DRP_SAYS_LESS},
    {"succinct*", DRP_TRAIT_WORDS, DRP_SAYS_LESS},
    {"terse*", DRP_TRAIT_WORDS, DRP_SAYS_LESS},
    {"brevity", DRP_TRAIT_WORDS, DRP_SAYS_LESS},
    {"to the point", DRP_TRAIT_WORDS, DRP_SAYS_LESS},
    {"verbose", DRP_TRAIT_WORDS, DRP_SAYS_MORE},
    {"verbosity", DRP_TRAIT_WORDS, DRP_SAYS_MORE},
    {"wordy", DRP_TRAIT_WORDS, DRP_SAYS_MORE},
    {"long winded", DRP_TRAIT_WORDS, DRP_SAYS_MORE},
    {"exclamation*", DRP_TRAIT_EXCLAMATIONS, DRP_NAMES_COUNT},
    {"question mark*", DRP_TRAIT_QUESTIONS, DRP_NAMES_COUNT},
    {"rhetorical question*", DRP_TRAIT_QUESTIONS, DRP_NAMES_COUNT},
    {"questions", DRP_TRAIT_QUESTIONS, DRP_NAMES_COUNT},
    {"all caps", DRP_TRAIT_CAPITALS, DRP_NAMES_COUNT},
    {"all capital*", DRP_TRAIT_CAPITALS, DRP_NAMES_COUNT},
    {"words in capitals", DRP_TRAIT_CAPITALS, DRP_NAMES_COUNT},
    {"uppercase word*", DRP_TRAIT_CAPITALS, DRP_NAMES_COUNT},
    {"uppercase for emphasis", DRP_TRAIT_CAPITALS, DRP_NAMES_COUNT},
    {"capitals for emphasis", DRP_TRAIT_CAPITALS, DRP_NAMES_COUNT},
    {"capital letters for emphasis", DRP_TRAIT_CAPITALS, DRP_NAMES_COUNT},
    {"first person", DRP_TRAIT_FIRST_PERSON, DRP_NAMES_COUNT},
    {"personal pronoun*", DRP_TRAIT_FIRST_PERSON, DRP_NAMES_COUNT},
    {"second person", DRP_TRAIT_SECOND_PERSON, DRP_NAMES_COUNT},
    {"addresses the reader*", DRP_TRAIT_SECOND_PERSON, DRP_SAYS_MORE},
    {"addressing the reader*", DRP_TRAIT_SECOND_PERSON, DRP_SAYS_MORE},
    {"addresses reader*", DRP_TRAIT_SECOND_PERSON, DRP_SAYS_MORE},
    {"speaks to the reader*", DRP_TRAIT_SECOND_PERSON, DRP_SAYS_MORE},
    {"hedges", DRP_TRAIT_HEDGES, DRP_SAYS_MORE},
    {"hedging", DRP_TRAIT_HEDGES, DRP_NAMES_COUNT},
    {"hedge word*", DRP_TRAIT_HEDGES, DRP_NAMES_COUNT},
    {"tentative*", DRP_TRAIT_HEDGES, DRP_SAYS_MORE},
    {"hedge", DRP_TRAIT_HEDGES, DRP_SAYS_MORE},
    {"intensifier*", DRP_TRAIT_INTENSIFIERS, DRP_NAMES_COUNT},
    {"positive word*", DRP_TRAIT_POSITIVE, DRP_NAMES_COUNT},
    {"positive", DRP_TRAIT_POSITIVE, DRP_SAYS_MORE},
    {"negative word*", DRP_TRAIT_NEGATIVE, DRP_NAMES_COUNT},
    {"negative", DRP_TRAIT_NEGATIVE, DRP_SAYS_MORE},
    {"vocabulary", DRP_TRAIT_VOCABULARY, DRP_NAMES_WEALTH},
    {"numbers", DRP_TRAIT_NUMBERS, DRP_NAMES_COUNT},
    {"numerical*", DRP_TRAIT_NUMBERS, DRP_NAMES_COUNT},
    {"numeric", DRP_TRAIT_NUMBERS, DRP_NAMES_COUNT},
    {"digits", DRP_TRAIT_NUMBERS, DRP_NAMES_COUNT},
    {"measurements", DRP_TRAIT_NUMBERS, DRP_NAMES_COUNT},
    {"quotation mark*", DRP_TRAIT_QUOTES, DRP_NAMES_COUNT},
    {"quotations", DRP_TRAIT_QUOTES, DRP_NAMES_COUNT},
    {"quotes", DRP_TRAIT_QUOTES, DRP_NAMES_COUNT},
    {"direct speech", DRP_TRAIT_QUOTES, DRP_NAMES_COUNT},
    {"ellipsis", DRP_TRAIT_ELLIPSES, DRP_NAMES_COUNT},
    {"ellipses", DRP_TRAIT_ELLIPSES, DRP_NAMES_COUNT},
    {"dashes", DRP_TRAIT_DASHES, DRP_NAMES_COUNT},
    {"emoji*", DRP_TRAIT_EMOJI, DRP_NAMES_COUNT},
    {"emoticon*", DRP_TRAIT_EMOJI, DRP_NAMES_COUNT},
    {"smiley*", DRP_TRAIT_EMOJI, DRP_NAMES_COUNT},
    {"bullet*", DRP_TRAIT_LISTS, DRP_NAMES_COUNT},
    {"numbered list*", DRP_TRAIT_LISTS, DRP_NAMES_COUNT},
    {"paragraph break*", DRP_TRAIT_PARAGRAPHS, DRP_NAMES_COUNT},
    {"paragraphs", DRP_TRAIT_PARAGRAPHS, DRP_NAMES_COUNT},
};

/* True when `word` is the pattern at `*at`, which moves behind it. */
static bool match(struct drp_sv word, const char **at)
{
    const char *p = *at;
    size_t n = 0;
    while (n < word.len && *p == word.ptr[n]) {
        p++;
        n++;
    }
    const bool found = *p == '*' || (n == word.len && (*p == ' ' || *p == 0));
    while (*p && *p != ' ')
        p++;
    *at = p + (*p == ' ');
    return found && word.len > 0;
}

bool drp_wording_is(struct drp_sv word, const char *words)
{
    while (*words)
        if (match(word, &words))
            return true;
    return false;
}

static unsigned roles_of(struct drp_sv word)
{
    unsigned found = 0;
    for (size_t i = 0; i < DRP_LEN(roles); i++)
        if (drp_wording_is(word, roles[i].words))
            found |= (unsigned)roles[i].role;
    return found;
}

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '\'' ||
           ((unsigned char)c & 0x80) != 0;
}

/* Lower case, with ASCII apostrophes and without quotes and dashes that are no letters. */
static struct drp_sv plain(struct drp_sv text, struct drp_arena *arena)
{
    struct drp_str s;
    struct drp_str lower;
    drp_str_init(&s, SIZE_MAX);
    drp_str_init(&lower, SIZE_MAX);
    drp_utf8_lower(&lower, text);
    const struct drp_sv sv = drp_str_sv(&lower);
    for (size_t at = 0; at < sv.len;) {
        const uint32_t cp = drp_utf8_next(sv, &at);
        if (cp == 0x2019)
            drp_str_addc(&s, '\'');
        else if (cp == 0x2013 || cp == 0x2014)
            drp_str_addc(&s, ',');
        else if (drp_utf8_is_space(cp) || (cp >= 0x2000 && cp < 0x2070))
            drp_str_addc(&s, ' ');
        else
            drp_utf8_add(&s, cp);
    }
    const struct drp_sv out = drp_arena_sv(arena, drp_str_sv(&s));
    drp_str_release(&s);
    drp_str_release(&lower);
    return out;
}

/* Tokens of an aside that ends here and would tear a clause: ", if ever,". */
static size_t ends_aside(const struct drp_wording *w)
{
    if (w->n < 4)
        return 0;
    const struct drp_word_token *t = w->at + (w->n - 4);
    const bool is_aside = (t[0].roles & DRP_ROLE_COMMA) && drp_sv_is(t[1].word, "if") &&
                          drp_wording_is(t[2].word, "ever any") &&
                          (t[3].roles & DRP_ROLE_COMMA);
    return is_aside ? 4 : 0;
}

struct drp_wording drp_wording_read(struct drp_sv text, struct drp_arena *arena)
{
    const struct drp_sv sv = plain(text, arena);
    struct drp_wording w = {.at = drp_arena_new(arena, struct drp_word_token, sv.len)};
    for (size_t at = 0; at < sv.len;) {
        size_t end = at;
        while (end < sv.len && is_word_byte(sv.ptr[end]))
            end++;
        struct drp_word_token token = {.word = drp_sv_slice(sv, at, end)};
        if (end > at)
            token.roles = roles_of(token.word);
        else if (memchr(",;:.!?()", sv.ptr[end], 8))
            token.roles = DRP_ROLE_SPLIT | (sv.ptr[end] == ',' ? DRP_ROLE_COMMA : 0);
        if (token.word.len > 0 || token.roles)
            w.at[w.n++] = token;
        w.n -= ends_aside(&w);
        at = end > at ? end : at + 1;
    }
    return w;
}

/* Number of tokens from `at` on that match the words of a phrase; 0 when not all do. */
static size_t match_phrase(const struct drp_wording *w, size_t at, const char *phrase)
{
    size_t n = 0;
    for (; *phrase; n++)
        if (at + n >= w->n || !match(w->at[at + n].word, &phrase))
            return 0;
    return n;
}

bool drp_wording_name(const struct drp_wording *w, size_t at, struct drp_naming_at *out)
{
    if (at >= w->n || w->at[at].word.len == 0)
        return false;
    for (size_t i = 0; i < DRP_LEN(phrases); i++) {
        if (phrases[i].words[0] != w->at[at].word.ptr[0])
            continue; /* most of them, without a call */
        const size_t n = match_phrase(w, at, phrases[i].words);
        if (n > 0) {
            *out = (struct drp_naming_at){phrases[i].trait, phrases[i].naming, at, at + n};
            return true;
        }
    }
    return false;
}
