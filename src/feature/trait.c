#include "feature/trait.h"

#include <assert.h>

#include "base/base.h"
#include "base/banned.h"

/* A rate in 100 words of what is called `name` by people. */
#define RATE(key, name, definition, is_exact, id)                                        \
    {                                                                                    \
        key, name, definition, name " per 100 words", "per 100 words",                   \
            "uses more " name, "uses fewer " name, is_exact, id                          \
    }

static const struct drp_trait table[DRP_N_TRAITS] = {
    [DRP_TRAIT_SENTENCE_LENGTH] = {"sentence_length", "sentence length",
                                   "words in a sentence, on average",
                                   "words per sentence", "words on average",
                                   "writes longer sentences", "writes shorter sentences",
                                   false, DRP_TRAIT_SENTENCE_LENGTH},
    [DRP_TRAIT_SENTENCE_SPREAD] = {"sentence_spread", "spread of sentence length",
                                   "standard deviation of the words in a sentence",
                                   "words of spread between sentences",
                                   "words of standard deviation",
                                   "varies the length of sentences more",
                                   "keeps sentences more alike in length", false,
                                   DRP_TRAIT_SENTENCE_LENGTH},
    [DRP_TRAIT_WORDS] = {"words", "length of texts", "words in a text", "words per text",
                         "words per text", "writes longer texts", "writes shorter texts",
                         false, DRP_TRAIT_WORDS},
    [DRP_TRAIT_EXCLAMATIONS] =
        RATE("exclamation_marks", "exclamation marks",
             "exclamation marks, each of a run counted", true, DRP_TRAIT_EXCLAMATIONS),
    [DRP_TRAIT_QUESTIONS] =
        RATE("question_marks", "question marks", "question marks, each of a run counted",
             true, DRP_TRAIT_QUESTIONS),
    [DRP_TRAIT_CAPITALS] = RATE("capitals", "words in capitals",
                                "words of two or more letters, all of them capitals",
                                true, DRP_TRAIT_CAPITALS),
    [DRP_TRAIT_FIRST_PERSON] =
        RATE("first_person", "words of the first person",
             "I, me, my, we, us, our and their forms", false, DRP_TRAIT_FIRST_PERSON),
    [DRP_TRAIT_SECOND_PERSON] =
        RATE("second_person", "words to the reader", "you, your and their forms", false,
             DRP_TRAIT_SECOND_PERSON),
    [DRP_TRAIT_HEDGES] = RATE("hedges", "hedges",
                              "words that leave a statement open: perhaps, I think, seems",
                              false, DRP_TRAIT_HEDGES),
    [DRP_TRAIT_INTENSIFIERS] = RATE("intensifiers", "intensifiers",
                                    "words that strengthen others: very, really, so much",
                                    false, DRP_TRAIT_INTENSIFIERS),
    [DRP_TRAIT_POSITIVE] =
        RATE("positive_words", "positive words",
             "words of a small list of praise; after a negation the others", false,
             DRP_TRAIT_POSITIVE),
    [DRP_TRAIT_NEGATIVE] =
        RATE("negative_words", "negative words",
             "words of a small list of blame; after a negation the others", false,
             DRP_TRAIT_NEGATIVE),
    [DRP_TRAIT_VOCABULARY] = {"vocabulary", "richness of vocabulary",
                              "different words in any 50 that follow each other, on average",
                              "different words in 50", "different words in 50",
                              "uses a richer vocabulary", "uses a smaller vocabulary",
                              false, DRP_TRAIT_VOCABULARY},
    [DRP_TRAIT_NUMBERS] = RATE("numbers", "numbers", "words that begin with a digit",
                               true, DRP_TRAIT_NUMBERS),
    [DRP_TRAIT_QUOTES] = RATE("quotes", "quoted passages", "pairs of double quotes", true,
                              DRP_TRAIT_QUOTES),
    [DRP_TRAIT_ELLIPSES] =
        RATE("ellipses", "ellipses", "runs of two or more dots", true, DRP_TRAIT_ELLIPSES),
    [DRP_TRAIT_DASHES] =
        RATE("dashes", "dashes", "dashes between words; hyphens within a word are none",
             true, DRP_TRAIT_DASHES),
    [DRP_TRAIT_EMOJI] =
        RATE("emoji", "emoji", "emoji and emoticons such as :-)", true, DRP_TRAIT_EMOJI),
    [DRP_TRAIT_LISTS] =
        RATE("list_items", "list items", "points with a bullet or a number before them",
             false, DRP_TRAIT_LISTS),
    [DRP_TRAIT_PARAGRAPHS] = {"paragraphs", "paragraphs",
                              "blocks of text with an empty line between",
                              "paragraphs per text", "per text", "uses more paragraphs",
                              "uses fewer paragraphs", false, DRP_TRAIT_PARAGRAPHS},
};

const struct drp_trait *drp_trait_get(enum drp_trait_id id)
{
    assert(id < DRP_N_TRAITS);
    return &table[id];
}

enum drp_trait_id drp_trait_find(struct drp_sv key)
{
    size_t i = 0;
    while (i < DRP_N_TRAITS && !drp_sv_is(key, table[i].key))
        i++;
    return (enum drp_trait_id)i;
}
