/* WordNet 3.0 in its own files, mapped into memory: which words share a sense. */
#ifndef DRP_TEXT_WORDNET_H
#define DRP_TEXT_WORDNET_H

#include "base/err.h"
#include "base/str.h"

/** The files index.*, data.* and *.exc of one folder. **Threads**: any may look up at once. */
struct drp_wordnet;

/** Words of the files, borrowed from the struct drp_wordnet. Start with `{0}`, end with drp_vec_release(). */
struct drp_lemmas {
    struct drp_sv *at;
    size_t n, cap;
};

/**
 * Opens the database: reads the index and exception files through once, and data files only when asked.
 * `dir`: the folder that holds the files; NULL: $WNHOME or $WNHOME/dict, and where that is not set
 * /usr/share/wordnet (Debian's wordnet-base). The files must not get shorter while open.
 * **Owns**: caller, drp_wordnet_free(). **Errors**: DRP_ENOTFOUND, with the line that installs it; DRP_EINPUT for a
 * file that is none of WordNet's (file and line); DRP_EIO.
 */
int drp_wordnet_open(const char *dir, struct drp_wordnet **out,
                     struct drp_err *err) DRP_CHECKED;

/** Frees it. NULL is allowed. */
void drp_wordnet_free(struct drp_wordnet *w);

/** The release as the files' licence names it, e.g. "3.0"; "?" when it does not. Borrowed. */
struct drp_sv drp_wordnet_version(const struct drp_wordnet *w);

/**
 * Appends every word of every synset of `word` (lower case): all base forms, all parts of speech, in the case of the
 * files, without markers of adjectives and without words that hold an underscore. Repeats are left in.
 * Entries of damaged files that lead nowhere are passed over.
 * **Source**: nltk 3.10.4, WordNetCorpusReader.synsets and the filter of meteor_score._enum_wordnetsyn_match.
 */
void drp_wordnet_synonyms(const struct drp_wordnet *w, struct drp_sv word,
                          struct drp_lemmas *out);

#endif
