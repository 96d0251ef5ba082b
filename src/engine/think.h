/* Splits what a model writes into its thoughts and its answer. */
#ifndef DRP_ENGINE_THINK_H
#define DRP_ENGINE_THINK_H

#include "base/str.h"

/** The marks around thoughts. Both empty: the model has none. */
struct drp_think_tags {
    struct drp_sv open, close;
};

/** Where the split stands. */
enum drp_think_state {
    DRP_THINK_START,  /* nothing but white space, or a part of the opening tag, so far */
    DRP_THINK_INSIDE, /* in the thoughts                                               */
    DRP_THINK_ANSWER, /* behind them; all that follows is answer, tags in it are text  */
};

/**
 * A split under way. Thoughts count only at the beginning of a reply: a tag further on
 * is text. Start with drp_think_init(); pieces go in as they are made, and a tag may be
 * torn across them.
 */
struct drp_think {
    struct drp_think_tags tags; /* borrowed                            */
    enum drp_think_state state;
    struct drp_str held; /* bytes that may turn out to be a tag */
};

/**
 * Starts a split; `opened` when the prompt has opened the tag already. The tags are
 * borrowed.
 */
void drp_think_init(struct drp_think *t, struct drp_think_tags tags, bool opened);

/** Frees what is held. */
void drp_think_release(struct drp_think *t);

/** Adds a piece; what is decided goes to `thoughts` and `answer`. */
void drp_think_feed(struct drp_think *t, struct drp_sv piece, struct drp_str *thoughts,
                    struct drp_str *answer);

/**
 * Ends the reply: what was held goes where it belongs. False when the thoughts never
 * ended.
 */
bool drp_think_end(struct drp_think *t, struct drp_str *thoughts, struct drp_str *answer);

/**
 * Reads "<think> </think>", two words. False when it is not that.
 */
bool drp_think_tags_parse(struct drp_sv text, struct drp_think_tags *out);

/** What is known of a model by its name. */
struct drp_think_model {
    bool reasoning;      /* thinks before it answers                        */
    bool no_system_turn; /* its makers want all instructions in a user turn */
    struct drp_think_tags tags;
};

/**
 * What is known of a model of this name; case, '-', '_' and ' ' make no difference.
 * Unknown names do not think and have "<think> </think>".
 */
struct drp_think_model drp_think_known(struct drp_sv name);

#endif
