/* The users of a split, and where each stands: the mean of the vectors of their texts. */
#ifndef DRP_SELECT_USERS_H
#define DRP_SELECT_USERS_H

#include "data/dataset.h"
#include "select/vectors.h"

/** Each user once, by user id. A user with several rows stands for the first, which knows least of what is to be predicted. */
struct drp_users {
    size_t n;
    size_t *row;  /* (n) first row of each                       */
    size_t *user; /* (n_rows) which of the users a row is of     */
};

/** Lists them. */
void drp_users_init(struct drp_users *users, const struct drp_dataset *ds);

/** Frees the contents. */
void drp_users_release(struct drp_users *users);

/**
 * The mean vector of each user's history; zeros for an empty one. Shows its progress.
 * **Shapes**: out (n, dim). **Owns**: caller, free(). **Errors**: as drp_vectors_get().
 */
int drp_users_means(const struct drp_users *users, const struct drp_dataset *ds,
                    struct drp_vectors *vectors, float **out,
                    struct drp_err *err) DRP_CHECKED;

#endif
