/* A file compiles into one flat list of nodes. A section's node says where its last inner
 * node is, so that rendering walks the list by index. A turn is a node too: rendering it ends
 * one message and begins the next, so a section may hold whole turns. Invariants: ranges of
 * sections nest; no text that is not blank stands before the first turn. */
#include "engine/prompt_file.h"

#include <string.h>

#include "base/base.h"
#include "base/nearest.h"

#include "base/banned.h"

enum { MAX_DEPTH = 8 };

#define MAX_TURN_BYTES ((size_t)64 << 20)

enum node_kind { NODE_TEXT, NODE_VALUE, NODE_SECTION, NODE_INVERTED, NODE_TURN };

struct node {
    enum node_kind kind;
    struct drp_sv text; /* the literal, or the name in the tag */
    enum drp_role role; /* of a turn */
    size_t end;         /* of a section: index behind its last node */
    int64_t line;
};

struct drp_prompt_file {
    struct drp_prompt_origin origin;
    DRP_VEC(struct node) nodes;
};

static const struct {
    const char *line;
    enum drp_role role;
} turn_lines[] = {
    {"=== system", DRP_ROLE_SYSTEM},
    {"=== user", DRP_ROLE_USER},
    {"=== assistant", DRP_ROLE_ASSISTANT},
};

/* ---- compiling -------------------------------------------------------------------------- */

/* Position in the text of a file. */
struct reader {
    struct drp_prompt_file *f;
    struct drp_sv text;
    size_t at;              /* next byte to look at */
    int64_t line;           /* of text.ptr[at] */
    size_t open[MAX_DEPTH]; /* nodes of the sections around, outermost first */
    size_t depth;
    bool in_turn; /* a turn has begun */
    struct drp_err *err;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_turn_line(struct drp_sv line)
{
    return drp_sv_starts(line, DRP_SV("=== "));
}

bool drp_prompt_has_turns(struct drp_sv text)
{
    struct drp_sv line;
    while (drp_sv_line(&text, &line))
        if (is_turn_line(line))
            return true;
    return false;
}

static int fail_at_line(const struct drp_prompt_file *f, int64_t line, const char *what,
                        struct drp_sv subject, struct drp_err *err)
{
    const int rc = drp_fail(err, DRP_EINPUT, "bad prompt '%s' line %lld: %s '%.*s'",
                            f->origin.path, (long long)line, what, DRP_SV_ARG(subject));
    if (err)
        err->record = line;
    return rc;
}

/* Takes text up to `end` as a literal and goes on at `next`. */
static int take_text(struct reader *r, size_t end, size_t next)
{
    const struct drp_sv text = drp_sv_slice(r->text, r->at, end);
    const struct drp_sv words = drp_sv_trim(text);
    if (!r->in_turn && words.len > 0) {
        for (const char *c = text.ptr; c < words.ptr; c++)
            r->line += *c == '\n';
        return fail_at_line(r->f, r->line,
                            "text before the first turn ('=== user'):", words, r->err);
    }
    if (end > r->at)
        drp_vec_add(&r->f->nodes,
                    (struct node){.kind = NODE_TEXT, .text = text, .line = r->line});
    for (size_t i = r->at; i < next; i++)
        r->line += r->text.ptr[i] == '\n';
    r->at = next;
    return 0;
}

/* Widens a tag that stands alone on its line to the whole line. */
static void widen(struct drp_sv text, size_t *from, size_t *to)
{
    size_t a = *from, b = *to;
    while (a > 0 && is_blank(text.ptr[a - 1]))
        a--;
    while (b < text.len && is_blank(text.ptr[b]))
        b++;
    if ((a > 0 && text.ptr[a - 1] != '\n') || (b < text.len && text.ptr[b] != '\n'))
        return;
    *from = a;
    *to = b < text.len ? b + 1 : b;
}

static bool is_name(struct drp_sv name)
{
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
            !(c >= '0' && c <= '9') && c != '_')
            return false;
    }
    return name.len > 0;
}

static int open_section(struct reader *r, enum node_kind kind, struct drp_sv name)
{
    if (r->depth == MAX_DEPTH)
        return fail_at_line(r->f, r->line, "sections are nested too deep at", name, r->err);
    r->open[r->depth++] = r->f->nodes.n;
    drp_vec_add(&r->f->nodes, (struct node){.kind = kind, .text = name, .line = r->line});
    return 0;
}

static int close_section(struct reader *r, struct drp_sv name)
{
    struct node *open = r->depth > 0 ? &r->f->nodes.at[r->open[r->depth - 1]] : NULL;
    if (!open || !drp_sv_eq(open->text, name))
        return fail_at_line(r->f, r->line, "nothing is open that this closes:", name,
                            r->err);
    open->end = r->f->nodes.n;
    r->depth--;
    return 0;
}

/* The tag whose `{{` is at `from`. */
static int take_tag(struct reader *r, size_t from)
{
    const size_t close = drp_sv_find(r->text, DRP_SV("}}"), from);
    struct drp_sv name = drp_sv_trim(drp_sv_slice(r->text, from + 2, close));
    const char sign = name.len > 0 ? name.ptr[0] : '\0';
    const bool is_section = sign == '#' || sign == '^' || sign == '/';
    if (is_section)
        name = drp_sv_trim(drp_sv_slice(name, 1, name.len));

    size_t to = close == SIZE_MAX ? r->text.len : close + 2;
    size_t end = from;
    if (is_section && close != SIZE_MAX)
        widen(r->text, &end, &to);
    int rc = 0;
    DRP_TRY(rc, take_text(r, end, from));
    if (close == SIZE_MAX || !is_name(name)) {
        rc = fail_at_line(r->f, r->line, "not a tag (letters, digits and _ in {{ }}):",
                          drp_sv_slice(r->text, from, DRP_MIN(to, from + 40)), r->err);
        goto out;
    }
    switch (sign) {
    case '#':
        rc = open_section(r, NODE_SECTION, name);
        break;
    case '^':
        rc = open_section(r, NODE_INVERTED, name);
        break;
    case '/':
        rc = close_section(r, name);
        break;
    default:
        if (!r->in_turn)
            rc = fail_at_line(r->f, r->line,
                              "a value before the first turn ('=== user'):", name, r->err);
        drp_vec_add(&r->f->nodes,
                    (struct node){.kind = NODE_VALUE, .text = name, .line = r->line});
    }
    r->at = from; /* the tag itself is no text, but its lines count */
    for (size_t i = from; i < to; i++)
        r->line += r->text.ptr[i] == '\n';
    r->at = to;
out:
    return rc;
}

/* The turn line at `from`. */
static int take_turn(struct reader *r, size_t from)
{
    const size_t end = drp_sv_find(r->text, DRP_SV("\n"), from);
    const struct drp_sv line = drp_sv_slice(r->text, from, end);
    int rc = take_text(r, from, from);
    size_t i = 0;
    while (i < DRP_LEN(turn_lines) && !drp_sv_is(drp_sv_trim(line), turn_lines[i].line))
        i++;
    if (rc == 0 && i == DRP_LEN(turn_lines))
        rc = fail_at_line(r->f, r->line, "a turn is of system, user or assistant, not",
                          line, r->err);
    if (rc < 0)
        return rc;
    drp_vec_add(&r->f->nodes, (struct node){.kind = NODE_TURN,
                                            .role = turn_lines[i].role,
                                            .line = r->line});
    r->in_turn = true;
    r->line++;
    r->at = end == SIZE_MAX ? r->text.len : end + 1;
    return 0;
}

/* Where the next turn line at or after `from` begins, or SIZE_MAX. */
static size_t find_turn(struct drp_sv text, size_t from)
{
    if (from == 0 && is_turn_line(text))
        return 0;
    const size_t before = drp_sv_find(text, DRP_SV("\n=== "), from > 0 ? from - 1 : 0);
    return before == SIZE_MAX ? SIZE_MAX : before + 1;
}

static int compile(struct drp_prompt_file *f, struct drp_sv text, struct drp_err *err)
{
    struct reader r = {.f = f, .text = text, .line = 1, .err = err};
    int rc = 0;
    for (;;) {
        const size_t tag = drp_sv_find(text, DRP_SV("{{"), r.at);
        const size_t turn = find_turn(text, r.at);
        if (tag == SIZE_MAX && turn == SIZE_MAX)
            break;
        DRP_TRY(rc, tag < turn ? take_tag(&r, tag) : take_turn(&r, turn));
    }
    DRP_TRY(rc, take_text(&r, text.len, text.len));
    if (r.depth > 0) {
        const struct node *open = &f->nodes.at[r.open[r.depth - 1]];
        rc = fail_at_line(f, open->line, "never closed: section", open->text, err);
    } else if (!r.in_turn) {
        rc = fail_at_line(f, 1, "there is no turn: start with the line",
                          DRP_SV("=== user"), err);
    }
out:
    return rc;
}

int drp_prompt_file_compile(struct drp_sv text, struct drp_prompt_origin origin,
                            struct drp_prompt_file **out, struct drp_err *err)
{
    int rc = 0;
    struct drp_prompt_file *f = drp_calloc(1, sizeof *f);
    f->origin = origin;
    DRP_TRY(rc, compile(f, text, err));
    *out = f;
    f = NULL;
out:
    drp_prompt_file_free(f);
    return rc;
}

void drp_prompt_file_free(struct drp_prompt_file *f)
{
    if (!f)
        return;
    drp_vec_release(&f->nodes);
    free(f);
}

/* ---- rendering -------------------------------------------------------------------------- */

/* The names that can be used at one place: an entry of a list, then what is around the
 * list. */
struct frame {
    const struct drp_scope *scope;
    const struct frame *up;
};

struct renderer {
    const struct drp_prompt_file *f;
    struct drp_arena *arena;
    DRP_VEC(struct drp_message) done; /* messages that are complete */
    enum drp_role role;               /* of the message in `out` */
    struct drp_str out;
    struct drp_err *err;
};

static const struct drp_binding *find_binding(const struct frame *frame, struct drp_sv name,
                                              struct drp_nearest *nearest)
{
    for (; frame; frame = frame->up)
        for (const struct drp_scope *s = frame->scope; s; s = s->parent)
            for (size_t i = 0; i < s->n; i++) {
                if (drp_sv_is(name, s->at[i].name))
                    return &s->at[i];
                if (nearest)
                    drp_nearest_offer(nearest, drp_sv_from(s->at[i].name));
            }
    return NULL;
}

static int fail_unknown(const struct renderer *r, const struct node *node,
                        const struct frame *frame)
{
    struct drp_nearest nearest = drp_nearest_start(node->text);
    (void)find_binding(frame, node->text, &nearest);
    const struct drp_prompt_origin *o = &r->f->origin;
    if (!nearest.best.ptr)
        return drp_fail(r->err, DRP_ENOTFOUND,
                        "no value '%.*s' for prompt '%s' ('%s' line %lld): it is given none",
                        DRP_SV_ARG(node->text), o->name, o->path, (long long)node->line);
    return drp_fail(r->err, DRP_ENOTFOUND,
                    "no value '%.*s' for prompt '%s' ('%s' line %lld): did you mean '%.*s'",
                    DRP_SV_ARG(node->text), o->name, o->path, (long long)node->line,
                    DRP_SV_ARG(nearest.best));
}

static int render_value(struct renderer *r, const struct node *node,
                        const struct drp_binding *b)
{
    if (b->items)
        return fail_at_line(r->f, node->line,
                            "a list is put in with {{#…}}, not as the value", node->text,
                            r->err);
    if (b->trusted)
        drp_str_add(&r->out, b->text);
    else
        drp_prompt_guard(&r->out, b->text);
    return 0;
}

/* `sv` without blank lines at both ends and without the last newline. */
static struct drp_sv trim_lines(struct drp_sv sv)
{
    size_t from = 0, to = sv.len;
    for (size_t i = 0; i < to && (is_blank(sv.ptr[i]) || sv.ptr[i] == '\n'); i++)
        if (sv.ptr[i] == '\n')
            from = i + 1;
    for (size_t i = to; i > from && (is_blank(sv.ptr[i - 1]) || sv.ptr[i - 1] == '\n'); i--)
        if (sv.ptr[i - 1] == '\n')
            to = i - 1;
    sv = drp_sv_slice(sv, from, to);
    return drp_sv_trim(sv).len == 0 ? drp_sv_slice(sv, 0, 0) : sv;
}

/* Ends the message in `out`; one without text is none. */
static int end_message(struct renderer *r)
{
    if (r->out.full)
        return drp_fail(r->err, DRP_ELIMIT, "prompt '%s' is longer than %zu MiB",
                        r->f->origin.name, MAX_TURN_BYTES >> 20);
    const struct drp_sv text = trim_lines(drp_str_sv(&r->out));
    if (text.len > 0)
        drp_vec_add(&r->done, (struct drp_message){r->role, drp_arena_sv(r->arena, text)});
    drp_str_clear(&r->out);
    return 0;
}

static int render_nodes(struct renderer *r, size_t first, size_t end,
                        const struct frame *frame)
{
    int rc = 0;
    for (size_t i = first; i < end; i++) {
        const struct node *node = &r->f->nodes.at[i];
        if (node->kind == NODE_TEXT) {
            drp_str_add(&r->out, node->text);
            continue;
        }
        if (node->kind == NODE_TURN) {
            DRP_TRY(rc, end_message(r));
            r->role = node->role;
            continue;
        }
        const struct drp_binding *b = find_binding(frame, node->text, NULL);
        DRP_TRY(rc, b ? 0 : fail_unknown(r, node, frame));
        if (node->kind == NODE_VALUE) {
            DRP_TRY(rc, render_value(r, node, b));
            continue;
        }
        const bool is_empty = b->items ? b->n_items == 0 : b->text.len == 0;
        if (node->kind == NODE_SECTION && b->items) {
            for (size_t k = 0; k < b->n_items; k++) {
                const struct frame inner = {&b->items[k], frame};
                DRP_TRY(rc, render_nodes(r, i + 1, node->end, &inner));
            }
        } else if (is_empty == (node->kind == NODE_INVERTED)) {
            DRP_TRY(rc, render_nodes(r, i + 1, node->end, frame));
        }
        i = node->end - 1;
    }
out:
    return rc;
}

int drp_prompt_file_render(const struct drp_prompt_file *f, const struct drp_scope *scope,
                           struct drp_arena *arena, struct drp_turns *out,
                           struct drp_err *err)
{
    int rc = 0;
    struct renderer r = {.f = f, .arena = arena, .err = err};
    const struct frame outer = {scope, NULL};
    drp_str_init(&r.out, MAX_TURN_BYTES);
    DRP_TRY(rc, render_nodes(&r, 0, f->nodes.n, &outer));
    DRP_TRY(rc, end_message(&r));
    struct drp_message *messages = drp_arena_new(arena, struct drp_message, r.done.n);
    if (r.done.n > 0)
        memcpy(messages, r.done.at, r.done.n * sizeof *messages);
    *out = (struct drp_turns){messages, r.done.n};
out:
    drp_vec_release(&r.done);
    drp_str_release(&r.out);
    return rc;
}
