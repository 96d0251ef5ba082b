/* A clause says something about its subject. For each trait named in it the words before decide, then those behind:
 *     uses [far fewer] exclamation marks      sentences [are longer]      does [not] ask questions [often]
 * LESS and NOT each turn the direction round; a subject "others" turns it once more. */
#include "feature/claim.h"

#include "base/base.h"
#include "feature/wording.h"
#include "base/banned.h"

enum {
    MAX_NAMINGS = 16, /* of one clause; more are not looked at */
    GAP_BEFORE = 3,   /* other words between a degree and what it is said of */
    GAP_WITHIN = 2,   /* and between two words of one degree                 */
    REACH_AFTER = 5,  /* words behind a noun that are looked at              */
    UNCLEAR = 2,      /* a direction that was claimed both ways              */
};

/* What is known so far, trait by trait. */
struct reading {
    const struct drp_wording *w;
    bool weak;         /* "uses" alone counts as more                              */
    int last_person;   /* named last in the clauses before, as person_at()  */
    bool after_others; /* the last clause claimed something about others    */
    int direction[DRP_N_TRAITS]; /* 1, -1, UNCLEAR; 0: nothing              */
};

/* Tokens [from, to) that belong together, and the traits named in them. */
struct clause {
    size_t from, to;
    struct drp_naming_at named[MAX_NAMINGS];
    int direction[MAX_NAMINGS]; /* of the clause's subject */
    size_t n;
};

static unsigned roles(const struct reading *r, size_t i)
{
    return r->w->at[i].roles;
}

static bool is_word(const struct reading *r, size_t i, const char *words)
{
    return i < r->w->n && drp_wording_is(r->w->at[i].word, words);
}

static bool any_role(const struct reading *r, size_t from, size_t to, unsigned wanted)
{
    for (size_t i = from; i < to; i++)
        if (roles(r, i) & wanted)
            return true;
    return false;
}

/* Behind the last token of [from, to) with one of the roles; `from` when there is none. */
static size_t after_last_role(const struct reading *r, size_t from, size_t to,
                              unsigned wanted)
{
    while (to > from && (!(roles(r, to - 1) & wanted) || is_word(r, to - 1, "to")))
        to--;
    return to;
}

/* ---- degree ---- */

/* The roles that make a trait more or less, by how it is named. */
struct scale {
    unsigned more, less;
    bool counts; /* less alone is an answer: "few", not "less" of "less long" */
};

static struct scale scale_of(enum drp_naming naming)
{
    switch (naming) {
    case DRP_NAMES_LENGTH:
        return (struct scale){DRP_ROLE_LONG, DRP_ROLE_SHORT, false};
    case DRP_NAMES_SIZE:
        return (struct scale){DRP_ROLE_LONG | DRP_ROLE_MORE, DRP_ROLE_SHORT, true};
    case DRP_NAMES_WEALTH:
        return (struct scale){DRP_ROLE_RICH, DRP_ROLE_POOR, false};
    default:
        return (struct scale){DRP_ROLE_MORE, 0, true};
    }
}

/* A degree being read word by word, the nearest first. */
struct degree {
    struct scale scale;
    int base; /* what the nearest word of the scale says; UNCLEAR: two that differ */
    size_t turns, gap;
    bool backwards;
};

/* Takes token `i`; false when it is too far from the last one that counted. */
static bool take(const struct reading *r, struct degree *d, size_t i)
{
    const unsigned has = roles(r, i);
    const int says = has & d->scale.more ? 1 : has & d->scale.less ? -1 : 0;
    if (says) {
        /* The "less" of "shorter, less complex sentences" is not said of "shorter". */
        if (d->backwards && !d->scale.counts && !d->base)
            d->turns = 0;
        d->base = d->base == 0 || d->base == says ? says : UNCLEAR;
    } else if (has & (DRP_ROLE_LESS | DRP_ROLE_NOT)) {
        d->turns += !is_word(r, i + 1, "only just merely");
    } else if (has & (DRP_ROLE_CLEAR | DRP_ROLE_USES | DRP_ROLE_MORE)) {
        return true;
    } else {
        const bool began = d->base || d->turns;
        return ++d->gap <= (size_t)(began ? GAP_WITHIN : GAP_BEFORE);
    }
    d->gap = 0;
    return true;
}

static int answer(const struct degree *d)
{
    int base = d->base;
    if (base == UNCLEAR)
        return 0;
    if (base == 0 && d->scale.counts && d->turns > 0)
        base = 1;
    return d->turns % 2 ? -base : base;
}

static int degree_before(const struct reading *r, struct scale scale, size_t from, size_t to)
{
    struct degree d = {.scale = scale, .backwards = true};
    while (to > from && take(r, &d, to - 1))
        to--;
    return answer(&d);
}

static int degree_after(const struct reading *r, enum drp_naming naming, size_t from,
                        size_t to)
{
    struct degree d = {.scale = scale_of(naming)};
    const bool says_is =
        from < to && (roles(r, from) & (DRP_ROLE_IS | d.scale.more | d.scale.less));
    if (!says_is && naming != DRP_NAMES_COUNT)
        return 0;
    to = DRP_MIN(to, from + REACH_AFTER);
    for (size_t i = from; i < to; i++)
        if (((roles(r, i) & (DRP_ROLE_AND | DRP_ROLE_CUT)) &&
             !is_word(r, i - 1, "tend tends")) ||
            is_word(r, i, "over instead without free") || !take(r, &d, i))
            break;
    return answer(&d);
}

/* Without any degree: "uses dashes", "dashes and ellipses". Nothing is said by "uses short paragraphs". */
static int weakly(const struct reading *r, const struct clause *c, size_t k, size_t from)
{
    const size_t noun = c->named[k].from;
    const struct drp_naming_at *before = k > 0 ? &c->named[k - 1] : NULL;
    if (r->weak && any_role(r, from, noun, DRP_ROLE_USES) &&
        !any_role(r, from, noun, DRP_ROLE_LONG | DRP_ROLE_SHORT) &&
        !any_role(r, c->from, noun, DRP_ROLE_NOT))
        return 1;
    const bool is_joined = before && before->naming == DRP_NAMES_COUNT &&
                           noun == before->to + 1 && (roles(r, before->to) & DRP_ROLE_AND);
    return is_joined ? c->direction[k - 1] : 0;
}

/* What the clause says of its `k`-th naming, a noun. */
static int degree_of(const struct reading *r, const struct clause *c, size_t k)
{
    const struct drp_naming_at *named = &c->named[k];
    const struct scale scale = scale_of(named->naming);
    const size_t previous = k > 0 ? c->named[k - 1].to : c->from;
    const size_t next = k + 1 < c->n ? c->named[k + 1].from : c->to;
    const size_t wide = after_last_role(r, previous, named->from, DRP_ROLE_CUT);
    const size_t tight = after_last_role(r, wide, named->from, DRP_ROLE_AND);

    int said = degree_before(r, scale, tight, named->from);
    if (!said)
        said = degree_after(r, named->naming, named->to, next);
    if (!said && !any_role(r, wide, named->from, DRP_ROLE_NOT))
        said = degree_before(r, scale, wide, named->from);
    if (!said && named->naming == DRP_NAMES_COUNT)
        said = weakly(r, c, k, wide);
    return said;
}

/* ---- subject ---- */

/* "person 3": prompts number the others so. */
static bool is_number(const struct reading *r, size_t i)
{
    return i < r->w->n && r->w->at[i].word.len > 0 && r->w->at[i].word.ptr[0] >= '0' &&
           r->w->at[i].word.ptr[0] <= '9';
}

/* Who is named at `i`: 1 the user, -1 others, 0 nobody. */
static int person_at(const struct reading *r, size_t from, size_t i)
{
    const unsigned has = roles(r, i);
    const bool is_other =
        i > from && is_word(r, i - 1, "other most average typical fellow many");
    if ((has & DRP_ROLE_OTHERS) ||
        ((has & DRP_ROLE_PEOPLE) && (is_other || is_number(r, i + 1))))
        return -1;
    return (has & DRP_ROLE_USER) && !is_word(r, i - 1, "first second third");
}

/* Likewise, but only who does something: not those "than" whom; UNCLEAR: "and others", both at once. */
static int actor_at(const struct reading *r, size_t from, size_t i)
{
    const int person = person_at(r, from, i);
    if (person >= 0)
        return person;
    size_t before = i;
    while (before > from &&
           is_word(r, before - 1, "other most average typical fellow many the all"))
        before--;
    if (before > from && (roles(r, before - 1) & DRP_ROLE_AND))
        return UNCLEAR;
    const bool is_object = before > from && (roles(r, before - 1) & DRP_ROLE_BEFORE_NOUN);
    return is_object && !is_word(r, i + 1, "who that which") ? 0 : -1;
}

/* Of whom the clause speaks at token `at`, as actor_at(); 0: nobody was named. */
static int subject_at(const struct reading *r, const struct clause *c, size_t at)
{
    int last = is_word(r, c->from, "who whose") ? r->last_person : 0;
    for (size_t i = c->from; i < at; i++) {
        const int who = actor_at(r, c->from, i);
        last = who ? who : last;
    }
    for (size_t i = at; i + 1 < c->to && !last; i++)
        if (is_word(r, i, "by"))
            for (size_t k = i + 1; k < c->to && k < i + 4 && !last; k++)
                last = actor_at(r, c->from, k);
    return last;
}

/* ---- clauses ---- */

static void claim(struct reading *r, enum drp_trait_id trait, int direction)
{
    int *known = &r->direction[trait];
    if (direction)
        *known = *known == 0 || *known == direction ? direction : UNCLEAR;
}

/* "sentences of varied length", "a mix of short and long sentences": the spread, not the length. */
static bool read_spread(struct reading *r, struct clause *c)
{
    bool names_sentences = false;
    size_t says = c->to;
    bool has_length = false;
    for (size_t k = 0; k < c->n; k++)
        names_sentences = names_sentences || c->named[k].trait == DRP_TRAIT_SENTENCE_LENGTH;
    for (size_t i = c->from; i < c->to; i++) {
        has_length = has_length || is_word(r, i, "length*");
        if (says == c->to && (roles(r, i) & (DRP_ROLE_VARIED | DRP_ROLE_UNIFORM)))
            says = i;
    }
    const bool both = any_role(r, c->from, c->to, DRP_ROLE_LONG) &&
                      any_role(r, c->from, c->to, DRP_ROLE_SHORT);
    if (!names_sentences || says == c->to || !(has_length || both))
        return false;
    const struct scale none = {0, 0, true};
    const int turned = degree_before(r, none, c->from, says) < 0 ? -1 : 1;
    const int direction = roles(r, says) & DRP_ROLE_VARIED ? turned : -turned;
    const int who = subject_at(r, c, says);
    if (who != UNCLEAR)
        claim(r, DRP_TRAIT_SENTENCE_SPREAD, who < 0 ? -direction : direction);
    return true;
}

static bool is_noun(enum drp_naming naming)
{
    return naming != DRP_SAYS_MORE && naming != DRP_SAYS_LESS;
}

/* Fills c->named with the nouns of the clause, or with what claims by itself. */
static void find_namings(const struct reading *r, struct clause *c, bool nouns)
{
    struct drp_naming_at found;
    c->n = 0;
    for (size_t i = c->from; i < c->to && c->n < MAX_NAMINGS;) {
        const bool is_naming = drp_wording_name(r->w, i, &found) && found.to <= c->to;
        if (is_naming && is_noun(found.naming) == nouns)
            c->named[c->n++] = found;
        i = is_naming ? found.to : i + 1;
    }
}

/* Claims of `c` about one subject become the user's. False when some were about others. */
static bool claim_all(struct reading *r, const struct clause *c)
{
    bool of_user = true;
    for (size_t k = 0; k < c->n; k++) {
        const int who = subject_at(r, c, c->named[k].from);
        if (who == UNCLEAR || (who == 0 && r->after_others))
            continue;
        claim(r, c->named[k].trait, who < 0 ? -c->direction[k] : c->direction[k]);
        of_user = of_user && !(who < 0 && c->direction[k]);
    }
    return of_user;
}

/* "concise", "hedges": unless a sentence was called so, or content is spoken of. */
static void read_adjectives(const struct reading *r, struct clause *c, bool took_length)
{
    const struct scale none = {0, 0, true};
    bool positive = false;
    bool negative = false;
    find_namings(r, c, false);
    for (size_t k = 0; k < c->n; k++) {
        positive = positive || c->named[k].trait == DRP_TRAIT_POSITIVE;
        negative = negative || c->named[k].trait == DRP_TRAIT_NEGATIVE;
    }
    for (size_t k = 0; k < c->n; k++) {
        const struct drp_naming_at *at = &c->named[k];
        const size_t tight =
            after_last_role(r, c->from, at->from, DRP_ROLE_CUT | DRP_ROLE_AND);
        const bool turned = degree_before(r, none, tight, at->from) < 0;
        const bool is_length = at->trait == DRP_TRAIT_WORDS;
        const bool is_tone =
            at->trait == DRP_TRAIT_POSITIVE || at->trait == DRP_TRAIT_NEGATIVE;
        const bool of_content =
            is_tone &&
            is_word(r, at->to,
                    "experience* opinion* aspect* side* point* feedback rating* "
                    "review* impact* effect* feature* attribute* comment* critic*");
        c->direction[k] = (at->naming == DRP_SAYS_MORE) != turned ? 1 : -1;
        if ((is_length && took_length) || of_content || (is_tone && positive && negative))
            c->direction[k] = 0;
    }
}

/* Reads tokens [from, to), which hold no split. */
static void read_clause(struct reading *r, size_t from, size_t to)
{
    struct clause c = {.from = from, .to = from};
    while (c.to < to && !is_word(r, c.to, "than"))
        c.to++;
    if (any_role(r, c.from, c.to, DRP_ROLE_VAGUE))
        return;
    find_namings(r, &c, true);
    const bool spread = read_spread(r, &c);
    bool took_length = false;
    for (size_t k = 0; k < c.n; k++) {
        const bool is_length = c.named[k].trait == DRP_TRAIT_SENTENCE_LENGTH;
        c.direction[k] = spread && is_length ? 0 : degree_of(r, &c, k);
        took_length =
            took_length || (c.named[k].naming != DRP_NAMES_COUNT && c.direction[k]);
    }
    bool of_user = claim_all(r, &c);
    read_adjectives(r, &c, took_length);
    of_user = claim_all(r, &c) && of_user;
    const bool names_user = subject_at(r, &c, c.to) == 1;
    r->after_others = !of_user || (r->after_others && !names_user);
}

/* A comma between adjectives of one noun: "long, flowing sentences". */
static bool is_in_list(const struct reading *r, size_t comma)
{
    const unsigned adjectives = DRP_ROLE_LONG | DRP_ROLE_SHORT | DRP_ROLE_RICH |
                                DRP_ROLE_POOR | DRP_ROLE_LESS | DRP_ROLE_MORE;
    const unsigned ends = DRP_ROLE_SPLIT | DRP_ROLE_USER | DRP_ROLE_OTHERS |
                          DRP_ROLE_PEOPLE | DRP_ROLE_IS | DRP_ROLE_CUT;
    struct drp_naming_at found;
    if (!(roles(r, comma) & DRP_ROLE_COMMA) || comma == 0 ||
        !(roles(r, comma - 1) & adjectives))
        return false;
    for (size_t i = comma + 1; i < r->w->n && i <= comma + 3; i++) {
        if (drp_wording_name(r->w, i, &found))
            return found.naming == DRP_NAMES_LENGTH || found.naming == DRP_NAMES_WEALTH;
        if (roles(r, i) & ends)
            return false;
    }
    return false;
}

/* "Like others, the user …": whatever follows is no difference. */
static bool is_shared(const struct reading *r)
{
    for (size_t i = 0; i + 1 < r->w->n; i++)
        if (is_word(r, i, "like") && is_word(r, i + 1, "others other most everyone"))
            return true;
    return false;
}

static void read_clauses(struct reading *r)
{
    for (size_t from = 0; from < r->w->n && !is_shared(r);) {
        size_t to = from;
        while (to < r->w->n && (!(roles(r, to) & DRP_ROLE_SPLIT) || is_in_list(r, to)))
            to++;
        if (to > from)
            read_clause(r, from, to);
        for (size_t i = from; i < to; i++) {
            const int who = person_at(r, from, i);
            r->last_person = who ? who : r->last_person;
        }
        from = to + 1;
    }
}

static size_t collect(const struct reading *r, struct drp_claim *out)
{
    size_t n = 0;
    for (size_t t = 0; t < DRP_N_TRAITS && n < DRP_MAX_CLAIMS; t++)
        if (r->direction[t] == 1 || r->direction[t] == -1)
            out[n++] = (struct drp_claim){(enum drp_trait_id)t, r->direction[t]};
    return n;
}

/* ---- a feature ---- */

/* The one noun of a text that names a trait; false when there is none, or several. */
static bool only_naming(const struct drp_wording *w, struct drp_naming_at *out)
{
    struct drp_naming_at found;
    size_t n = 0;
    for (size_t i = 0; i < w->n;) {
        const bool is_naming = drp_wording_name(w, i, &found);
        if (is_naming && is_noun(found.naming)) {
            n += n == 0 || found.trait != out->trait;
            *out = found;
        }
        i = is_naming ? found.to : i + 1;
    }
    return n == 1;
}

/* A description that leaves its noun to the name: "uses them more often", "writes longer ones". */
static void read_for(struct reading *r, const struct drp_naming_at *named)
{
    for (size_t from = 0, to = 0; from < r->w->n; from = to + 1) {
        bool points_back = named->naming != DRP_NAMES_COUNT;
        for (to = from; to < r->w->n && !(roles(r, to) & DRP_ROLE_SPLIT); to++)
            points_back = points_back || is_word(r, to, "them these those it such");
        struct clause c = {.from = from, .to = from};
        while (c.to < to && !is_word(r, c.to, "than"))
            c.to++;
        if (!points_back || any_role(r, c.from, c.to, DRP_ROLE_VAGUE))
            continue;
        struct degree d = {.scale = scale_of(named->naming)};
        for (size_t i = c.from; i < c.to; i++) {
            d.gap = 0;
            (void)take(r, &d, i);
        }
        const int who = subject_at(r, &c, c.to);
        if (who != UNCLEAR)
            claim(r, named->trait, who < 0 ? -answer(&d) : answer(&d));
    }
}

static bool names_nothing(const struct drp_wording *w)
{
    struct drp_naming_at found;
    for (size_t i = 0; i < w->n; i++)
        if (drp_wording_name(w, i, &found))
            return false;
    return true;
}

size_t drp_claim_read(const struct drp_feature *feature,
                      struct drp_claim out[DRP_MAX_CLAIMS])
{
    struct drp_arena arena = {0};
    struct drp_naming_at named = {0};
    const struct drp_wording description = drp_wording_read(feature->description, &arena);
    const struct drp_wording name = drp_wording_read(feature->name, &arena);
    struct reading r = {.w = &description, .weak = true};
    read_clauses(&r);
    size_t n = collect(&r, out);
    if (n == 0 && names_nothing(&description)) {
        r = (struct reading){.w = &name};
        read_clauses(&r);
        n = collect(&r, out);
        if (n == 0 && only_naming(&name, &named)) {
            r = (struct reading){.w = &description};
            read_for(&r, &named);
            n = collect(&r, out);
        }
    }
    drp_arena_release(&arena);
    return n;
}
