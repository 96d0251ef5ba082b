#include "select/select_show.h"

#include <inttypes.h>
#include <math.h>

#include "base/base.h"
#include "base/utf8.h"
#include "select/mask.h"

#include "base/banned.h"

static void write_asins(const struct drp_dataset *ds, struct drp_reviews reviews,
                        struct drp_jw *w)
{
    drp_jw_arr(w);
    for (size_t i = 0; i < reviews.n; i++)
        drp_jw_str(w, drp_dataset_item(ds, reviews.at[i]->item)->asin);
    drp_jw_arr_end(w);
}

static void write_peer(const struct drp_dataset *ds, uint32_t user, int32_t cluster,
                       struct drp_jw *w)
{
    drp_jw_obj(w);
    drp_jw_key_str(w, "user_id", drp_dataset_user_id(ds, user));
    drp_jw_key_int(w, "cluster", cluster);
    drp_jw_obj_end(w);
}

static void write_item_contrast(const struct drp_dataset *ds,
                                const struct drp_contrast *c, struct drp_jw *w)
{
    drp_jw_key_str(w, "asin", c->item->asin);
    drp_jw_key_int(w, "target_cluster", c->target_cluster);
    drp_jw_key(w, "representatives");
    drp_jw_arr(w);
    for (size_t i = 0; i < c->peers.n; i++)
        write_peer(ds, c->peers.at[i]->user, c->clusters[i], w);
    drp_jw_arr_end(w);
}

static void write_user_contrast(const struct drp_dataset *ds,
                                const struct drp_contrast *c, struct drp_jw *w)
{
    drp_jw_key(w, "representative");
    write_peer(ds, c->peers.at[0]->user, c->clusters[0], w);
    drp_jw_key_int(w, "target_cluster", c->target_cluster);
    drp_jw_key(w, "items");
    write_asins(ds, c->peers, w);
}

void drp_select_write_json(const struct drp_dataset *ds, const struct drp_sample *sample,
                           struct drp_jw *w)
{
    drp_jw_obj(w);
    drp_jw_key_str(w, "user_id", sample->user_id);
    drp_jw_key_str(w, "target", sample->item->asin);
    drp_jw_key(w, "own");
    write_asins(ds, sample->own, w);
    drp_jw_key(w, "difference");
    drp_jw_arr(w);
    for (size_t i = 0; i < sample->n_contrasts; i++) {
        const struct drp_contrast *c = &sample->contrasts[i];
        drp_jw_obj(w);
        if (c->item)
            write_item_contrast(ds, c, w);
        else
            write_user_contrast(ds, c, w);
        drp_jw_obj_end(w);
    }
    drp_jw_arr_end(w);
    drp_jw_obj_end(w);
}

/* What is said when there is less to compare than asked for. */
static const char *const THIN_WORDS[] = {
    [DRP_THIN_NONE] = "",
    [DRP_THIN_FEW] = " (fewer than asked for: too few others wrote about the same)",
    [DRP_THIN_NO_ITEM] = " (no item of this history has enough other reviewers)",
    [DRP_THIN_NO_PEERS] = " (fewer users than clusters)",
};

static void add_item(const struct drp_item *item, struct drp_str *out)
{
    drp_str_add(out, item->asin);
    if (!drp_sv_eq(item->title, item->asin))
        drp_str_addf(out, " \"%.*s\"", DRP_SV_ARG(item->title));
}

static void add_peer(const struct drp_dataset *ds, const struct drp_review *review,
                     size_t number, bool include_peers, struct drp_str *out)
{
    drp_mask_add(out, review, number);
    if (include_peers)
        drp_str_addf(out, " %.*s", DRP_SV_ARG(drp_dataset_user_id(ds, review->user)));
}

static void add_item_contrast(const struct drp_dataset *ds, const struct drp_contrast *c,
                              bool include_peers, struct drp_str *out)
{
    add_item(c->item, out);
    drp_str_addf(out, "\n      cluster %" PRId32 ": own review, %zu chars\n",
                 c->target_cluster, drp_utf8_count(c->own.at[0]->text));
    for (size_t i = 0; i < c->peers.n; i++) {
        drp_str_addf(out, "      cluster %" PRId32 ": ", c->clusters[i]);
        add_peer(ds, c->peers.at[i], i + 1, include_peers, out);
        drp_str_addc(out, '\n');
    }
}

static void add_user_contrast(const struct drp_dataset *ds, const struct drp_contrast *c,
                              bool include_peers, struct drp_str *out)
{
    drp_str_addf(out, "own history in cluster %" PRId32 ", peer in cluster %" PRId32 "\n",
                 c->target_cluster, c->clusters[0]);
    for (size_t i = 0; i < c->peers.n; i++) {
        drp_str_addz(out, "      ");
        add_item(drp_dataset_item(ds, c->peers.at[i]->item), out);
        drp_str_addc(out, ' ');
        add_peer(ds, c->peers.at[i], 1, include_peers, out);
        drp_str_addc(out, '\n');
    }
}

void drp_select_write_text(const struct drp_dataset *ds, const struct drp_sample *sample,
                           bool include_peers, struct drp_str *out)
{
    drp_str_addf(out, "user %.*s, to write about ", DRP_SV_ARG(sample->user_id));
    add_item(sample->item, out);
    if (!isnan(sample->rating))
        drp_str_addf(out, ", rating %.1f", sample->rating);
    drp_str_addf(out, "\n  own texts that fit best: %zu of %zu\n", sample->own.n,
                 sample->profile.n);
    for (size_t i = 0; i < sample->own.n; i++) {
        drp_str_addf(out, "  %3zu ", i + 1);
        add_item(drp_dataset_item(ds, sample->own.at[i]->item), out);
        drp_str_addc(out, '\n');
    }
    drp_str_addf(out, "  comparisons: %zu%s\n", sample->n_contrasts,
                 THIN_WORDS[sample->thin]);
    for (size_t i = 0; i < sample->n_contrasts; i++) {
        const struct drp_contrast *c = &sample->contrasts[i];
        drp_str_addf(out, "  %3zu ", i + 1);
        if (c->item)
            add_item_contrast(ds, c, include_peers, out);
        else
            add_user_contrast(ds, c, include_peers, out);
    }
}
