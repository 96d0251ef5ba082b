/* What Punkt knows of a language: abbreviations, collocations, words that begin sentences, and in which case
 * words stand where. */
#ifndef DRP_TEXT_PUNKT_PARAMS_H
#define DRP_TEXT_PUNKT_PARAMS_H

#include "base/err.h"
#include "base/intern.h"
#include "base/str.h"
#include "base/vec.h"

/** What is known of a word type; several together. The cases are the package's ORTHO flags. */
enum drp_punkt_fact {
    DRP_PUNKT_ABBREVIATION = 1 << 0, /* seen with a full stop that belongs to it        */
    DRP_PUNKT_BEGIN_UPPER = 1 << 1,  /* begins a sentence with a capital                */
    DRP_PUNKT_MIDDLE_UPPER = 1 << 2, /* stands in a sentence with a capital             */
    DRP_PUNKT_UNKNOWN_UPPER = 1 << 3, /* stands at an unclear place with a capital       */
    DRP_PUNKT_BEGIN_LOWER = 1 << 4,
    DRP_PUNKT_MIDDLE_LOWER = 1 << 5,
    DRP_PUNKT_UNKNOWN_LOWER = 1 << 6,
    DRP_PUNKT_STARTER = 1 << 7,    /* often begins a sentence                         */
    DRP_PUNKT_COLLOCATES = 1 << 8, /* is the first word of a collocation              */
    DRP_PUNKT_UPPER = 0x0e,        /* any place, with a capital                       */
    DRP_PUNKT_LOWER = 0x70,        /* any place, without                              */
};

/** Parameters of one language, read once. **Threads**: any may use it at once. */
struct drp_punkt {
    struct drp_intern words; /* word types, lower case                               */
    DRP_VEC(uint16_t) facts; /* (words.n) enum drp_punkt_fact                        */
    struct drp_intern pairs; /* collocations, a tab between the two types            */
    char name[9];            /* "builtin", or the start of the files' hash           */
};

/** The contents of the four files. */
struct drp_punkt_files {
    struct drp_sv abbrev_types, collocations, sent_starters, ortho_context;
};

/**
 * Reads the parameters of English: abbrev_types.txt, collocations.tab, sent_starters.txt and ortho_context.tab,
 * in NLTK's layout (`punkt_tab`). `dir`: the folder that holds the four files, or one that holds
 * tokenizers/punkt_tab/english; NULL: the first that is there of tokenizers/punkt_tab/english in the folders of
 * $NLTK_DATA (separated by colons), ~/nltk_data and /usr/share/nltk_data, and where there is none the built-in
 * set in share/punkt, which is smaller; "builtin": that set whatever is installed.
 * **Owns**: caller, drp_punkt_free(). **Errors**: DRP_ENOTFOUND (a given folder, or one file of four), DRP_EINPUT
 * (a line that is none, bytes that are no UTF-8; file and line), DRP_ELIMIT, DRP_EIO.
 * **Source**: nltk 3.10.4, nltk.tokenize.punkt.load_punkt_params.
 */
int drp_punkt_open(const char *dir, struct drp_punkt **out, struct drp_err *err) DRP_CHECKED;

/**
 * Like drp_punkt_open(), from the contents of the files.
 * **Owns**: caller, drp_punkt_free(). **Errors**: DRP_EINPUT with file and line.
 */
int drp_punkt_parse(const struct drp_punkt_files *files, struct drp_punkt **out,
                    struct drp_err *err) DRP_CHECKED;

/** Frees them. NULL is allowed. */
void drp_punkt_free(struct drp_punkt *p);

/**
 * For signatures: "builtin", or the first eight hex digits of the SHA-256 over the four files, one after another
 * in the order of struct drp_punkt_files. Borrowed.
 */
struct drp_sv drp_punkt_name(const struct drp_punkt *p);

/** What is known of a word type; 0 for one that is not listed. */
unsigned drp_punkt_facts(const struct drp_punkt *p, struct drp_sv type);

/** Whether the type that follows makes a collocation with the one before. `scratch` is overwritten. */
bool drp_punkt_collocated(const struct drp_punkt *p, struct drp_sv type,
                          struct drp_sv next, struct drp_str *scratch);

#endif
