#include "cli/view.h"

#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/base.h"
#include "base/log.h"
#include "base/utf8.h"
#include "select/mask.h"

#include "base/banned.h"

/* ---- parts -------------------------------------------------------------------------------- */

size_t drp_view_width(void)
{
    struct winsize size;
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
        size.ws_col == 0)
        return 90;
    return DRP_MIN(DRP_MAX((size_t)size.ws_col, 60), 100);
}

static void styled(struct drp_view *v, enum drp_view_style style, struct drp_sv text)
{
    static const char *const codes[] = {
        [DRP_PLAIN] = "",        [DRP_STRONG] = "\033[1m", [DRP_DIM] = "\033[2m",
        [DRP_GOOD] = "\033[32m", [DRP_BAD] = "\033[31m",
    };
    if (v->color)
        drp_str_addz(v->out, codes[style]);
    drp_str_add(v->out, text);
    if (v->color && style != DRP_PLAIN)
        drp_str_addz(v->out, "\033[0m");
}

static void spaces(struct drp_view *v, size_t n)
{
    while (n-- > 0)
        drp_str_addc(v->out, ' ');
}

void drp_view_heading(struct drp_view *v, const char *heading, struct drp_sv remark)
{
    drp_str_addc(v->out, '\n');
    styled(v, DRP_STRONG, drp_sv_from(heading));
    if (remark.len > 0) {
        spaces(v, 2);
        styled(v, DRP_DIM, remark);
    }
    drp_str_addc(v->out, '\n');
}

/* The margin of the first line holds the label, the others only spaces. */
static void margin(struct drp_view *v, size_t indent, const char *label)
{
    const size_t used = label ? drp_utf8_width(drp_sv_from(label)) : 0;
    if (label)
        styled(v, DRP_DIM, drp_sv_from(label));
    spaces(v, used < indent ? indent - used : used > 0);
}

void drp_view_text(struct drp_view *v, size_t indent, const char *label,
                   struct drp_sv text, size_t max_lines)
{
    struct drp_sv rest = text, word;
    size_t column = 0, lines = 1;
    margin(v, indent, label);
    while (drp_utf8_word(&rest, &word)) {
        const size_t width = drp_utf8_width(word);
        if (column > 0 && indent + column + 1 + width > v->width - 2) {
            if (lines == max_lines) {
                drp_str_addz(v->out, " …");
                break;
            }
            drp_str_addc(v->out, '\n');
            spaces(v, indent);
            column = 0;
            lines++;
        }
        if (column > 0)
            drp_str_addc(v->out, ' ');
        drp_log_add_printable(v->out, word);
        column += width + (column > 0);
    }
    drp_str_addc(v->out, '\n');
}

/* ---- one prediction ----------------------------------------------------------------------- */

static struct drp_sv rating_words(const struct drp_view *v, double rating)
{
    return isnan(rating) ? DRP_SV("") : drp_arena_f(v->arena, "rating %g, ", rating);
}

static void show_history(struct drp_view *v, const struct drp_dataset *ds,
                         const struct drp_sample *s)
{
    drp_view_heading(v, "What this person wrote",
                     drp_arena_f(v->arena,
                                 "%zu past texts; the %zu most like the one to write",
                                 s->profile.n, s->own.n));
    for (size_t i = 0; i < s->own.n; i++) {
        const struct drp_review *r = s->own.at[i];
        const struct drp_sv rating = rating_words(v, r->rating);
        drp_view_text(v, 4, NULL,
                      drp_arena_f(v->arena, "%.*s (%.*s“%.*s”): %.*s",
                                  DRP_SV_ARG(drp_dataset_item(ds, r->item)->title),
                                  DRP_SV_ARG(rating), DRP_SV_ARG(r->title),
                                  DRP_SV_ARG(r->text)),
                      3);
    }
}

static void show_peer(struct drp_view *v, const struct drp_dataset *ds,
                      const struct drp_review *review, size_t peer)
{
    const struct drp_sv user = drp_dataset_user_id(ds, review->user);
    const struct drp_sv text =
        v->include_peers ? review->text : drp_mask_text(review, peer, v->arena);
    drp_view_text(v, 8, NULL,
                  drp_arena_f(v->arena, "%.*s: %.*s", DRP_SV_ARG(user), DRP_SV_ARG(text)),
                  2);
}

static void show_peers(struct drp_view *v, const struct drp_dataset *ds,
                       const struct drp_sample *s)
{
    drp_view_heading(
        v, "Compared with",
        s->n_contrasts > 0
            ? DRP_SV("one representative of each group that writes unlike this person")
            : DRP_SV("nobody: no item of this person has enough other texts"));
    for (size_t i = 0; i < s->n_contrasts; i++) {
        const struct drp_contrast *c = &s->contrasts[i];
        drp_view_text(v, 4, NULL, c->item ? c->item->title : DRP_SV("whole histories"), 1);
        for (size_t p = 0; p < c->peers.n; p++)
            show_peer(v, ds, c->peers.at[p], p + 1);
    }
}

/* What was counted about a feature, dim and below it; one that was measured says its figures itself. */
static void show_evidence(struct drp_view *v, const struct drp_feature *f)
{
    struct drp_view plain = *v;
    struct drp_str wrapped;
    struct drp_str words;
    drp_str_init(&wrapped, SIZE_MAX / 4);
    drp_str_init(&words, SIZE_MAX / 4);
    if (f->source == DRP_FEATURE_MEASURED) {
        drp_str_addz(&words, "counted; claimed by no model");
    } else {
        drp_str_addz(&words, "counted: ");
        drp_evidence_show(f->evidence, &words);
    }
    plain.out = &wrapped;
    drp_view_text(&plain, 4, NULL, drp_str_sv(&words), 2);
    styled(v, DRP_DIM, drp_sv_slice(drp_str_sv(&wrapped), 0, wrapped.len - 1));
    drp_str_addc(v->out, '\n');
    drp_str_release(&words);
    drp_str_release(&wrapped);
}

static void show_feature(struct drp_view *v, const struct drp_feature *f)
{
    spaces(v, 2);
    styled(v, f->kept ? DRP_GOOD : DRP_BAD, f->kept ? DRP_SV("+") : DRP_SV("-"));
    const struct drp_sv text =
        f->kept
            ? drp_arena_f(v->arena, "%.*s: %.*s", DRP_SV_ARG(f->name),
                          DRP_SV_ARG(f->description))
            : drp_arena_f(v->arena, "%.*s: dropped, %s", DRP_SV_ARG(f->name), f->reason);
    /* The sign takes the first columns of the margin. */
    struct drp_view inner = *v;
    inner.width = v->width - 3;
    struct drp_str wrapped;
    drp_str_init(&wrapped, SIZE_MAX / 4);
    inner.out = &wrapped;
    drp_view_text(&inner, 4, NULL, text, 3);
    drp_str_add(v->out, drp_sv_slice(drp_str_sv(&wrapped), 3, wrapped.len));
    drp_str_release(&wrapped);
    if (f->evidence)
        show_evidence(v, f);
}

void drp_view_features(struct drp_view *v, const struct drp_features *features)
{
    size_t kept = 0;
    for (size_t i = 0; i < features->n; i++)
        kept += features->at[i].kept;
    drp_view_heading(v, "How this person differs",
                     drp_arena_f(v->arena, "%zu features kept, %zu dropped", kept,
                                 features->n - kept));
    for (size_t i = 0; i < features->n; i++)
        if (features->at[i].kept)
            show_feature(v, &features->at[i]);
    for (size_t i = 0; i < features->n; i++)
        if (!features->at[i].kept)
            show_feature(v, &features->at[i]);
}

void drp_view_written(struct drp_view *v, const struct drp_sample *s,
                      const struct drp_prediction *prediction)
{
    const struct drp_sv rating = rating_words(v, s->rating);
    const struct drp_sv what = s->item ? s->item->title : DRP_SV("");
    drp_view_heading(v, "The text",
                     drp_arena_f(v->arena, "%.*s, %.*s“%.*s”", DRP_SV_ARG(what),
                                 DRP_SV_ARG(rating), DRP_SV_ARG(s->title)));
    if (prediction->fallback)
        drp_view_text(v, 4, NULL,
                      drp_arena_f(v->arena, "(written from: %s)", prediction->fallback), 0);
    drp_view_text(v, 10, "  drp", prediction->text, 0);
    if (s->reference.len > 0) {
        drp_str_addc(v->out, '\n');
        drp_view_text(v, 10, "  really", s->reference, 0);
    }
}

void drp_view_explain(struct drp_view *v, const struct drp_dataset *ds,
                      const struct drp_sample *s, const struct drp_profile *profile,
                      const struct drp_prediction *prediction)
{
    show_history(v, ds, s);
    show_peers(v, ds, s);
    drp_view_features(v, &profile->features);
    drp_view_heading(v, "The profile", DRP_SV("what the writing model is told"));
    drp_view_text(v, 4, NULL, profile->summary, 0);
    drp_view_written(v, s, prediction);
}
