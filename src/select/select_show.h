/* What would be compared with whom, for programs and for people. */
#ifndef DRP_SELECT_SELECT_SHOW_H
#define DRP_SELECT_SELECT_SHOW_H

#include "data/dataset.h"
#include "io/json.h"

/**
 * One sample as an object: `{"user_id","target","own":[asin…],"difference":[{"asin","target_cluster",
 * "representatives":[{"user_id","cluster"}]}]}`; at user level a difference is `{"representative":{"user_id","cluster"},
 * "target_cluster","items":[asin…]}`.
 */
void drp_select_write_json(const struct drp_dataset *ds, const struct drp_sample *sample,
                           struct drp_jw *w);

/**
 * One sample for people, several lines. Texts of others are named by number and length; with `include_peers` also
 * who wrote them.
 */
void drp_select_write_text(const struct drp_dataset *ds, const struct drp_sample *sample,
                           bool include_peers, struct drp_str *out);

#endif
