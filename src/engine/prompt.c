#include "engine/prompt.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/assets.h"
#include "base/base.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "engine/prompt_file.h"

#include "base/banned.h"

enum { MAX_FOLDER_DEPTH = 4 };

#define MAX_FILE_BYTES ((size_t)1 << 20)

static const struct drp_sv folder = {"prompts/", 8}, suffix = {".txt", 4};

struct prompt {
    struct drp_sv name;           /* "drp/extract", terminated */
    struct drp_sv text;           /* embedded, or in the arena */
    const char *path;             /* for error texts */
    bool is_template;             /* as the embedded file: a stand-in must be one too */
    struct drp_prompt_file *file; /* NULL: raw text */
};

struct drp_prompts {
    struct drp_arena arena;
    DRP_VEC(struct prompt) at; /* in the order of the embedded files */
};

/* ---- opening ---------------------------------------------------------------------------- */

static struct prompt *find(const struct drp_prompts *p, struct drp_sv name)
{
    for (size_t i = 0; i < p->at.n; i++)
        if (drp_sv_eq(p->at.at[i].name, name))
            return &p->at.at[i];
    return NULL;
}

static void add_embedded(struct drp_prompts *p)
{
    for (size_t i = 0; i < drp_n_assets; i++) {
        const struct drp_asset *a = &drp_assets[i];
        const struct drp_sv path = drp_sv_from(a->name);
        if (!drp_sv_starts(path, folder) || !drp_sv_ends(path, suffix))
            continue;
        const struct drp_sv name = drp_sv_slice(path, folder.len, path.len - suffix.len);
        const struct drp_sv text = {(const char *)a->bytes, a->len};
        drp_vec_add(&p->at, (struct prompt){.name = drp_arena_sv(&p->arena, name),
                                            .text = text,
                                            .path = a->name,
                                            .is_template = drp_prompt_has_turns(text)});
    }
}

/* `relative` stands in for an embedded file. */
static struct prompt *find_replaced(const struct drp_prompts *p, const char *path,
                                    struct drp_sv relative, struct drp_err *err)
{
    struct drp_nearest nearest = drp_nearest_start(relative);
    struct drp_sv name = relative;
    if (drp_sv_ends(name, suffix))
        name.len -= suffix.len;
    struct prompt *found = name.len < relative.len ? find(p, name) : NULL;
    for (size_t i = 0; i < p->at.n; i++)
        drp_nearest_offer(&nearest, p->at.at[i].name);
    if (!found)
        (void)drp_fail(err, DRP_EINPUT,
                       "no prompt is called '%.*s', so '%s' stands in for nothing: did you mean "
                       "'%.*s.txt'",
                       DRP_SV_ARG(name), path, DRP_SV_ARG(nearest.best));
    return found;
}

/* Lines as the embedded files have them, whatever editor wrote these. */
static void mend_line_ends(struct drp_str *text)
{
    size_t n = 0;
    for (size_t i = 0; i < text->len; i++)
        if (text->ptr[i] != '\r' || i + 1 == text->len || text->ptr[i + 1] != '\n')
            text->ptr[n++] = text->ptr[i];
    drp_str_truncate(text, n);
}

static int replace(struct drp_prompts *p, const char *path, struct drp_sv relative,
                   struct drp_err *err)
{
    int rc = 0;
    struct drp_str text;
    drp_str_init(&text, MAX_FILE_BYTES);
    struct prompt *prompt = find_replaced(p, path, relative, err);
    if (!prompt) {
        rc = DRP_EINPUT;
        goto out;
    }
    DRP_TRY(rc, drp_fs_read(path, &text, err));
    const size_t bad = drp_utf8_invalid(drp_str_sv(&text));
    if (bad != SIZE_MAX) {
        rc = drp_fail(err, DRP_EINPUT,
                      "bad prompt '%s': byte %zu is not UTF-8: save it as UTF-8", path,
                      bad + 1);
        goto out;
    }
    mend_line_ends(&text);
    prompt->text = drp_arena_sv(&p->arena, drp_str_sv(&text));
    prompt->path = drp_arena_sv(&p->arena, drp_sv_from(path)).ptr;
out:
    drp_str_release(&text);
    return rc;
}

static bool is_ignored(const char *name)
{
    return name[0] == '.' || drp_sv_ends(drp_sv_from(name), DRP_SV("~"));
}

/* All files below `dir`; their names in the set begin at `root` bytes. */
static int read_folder(struct drp_prompts *p, const char *dir, size_t root, int depth,
                       struct drp_err *err)
{
    int rc = 0;
    struct drp_str path;
    drp_str_init(&path, 4096);
    DIR *d = opendir(dir);
    if (!d) {
        rc = drp_fs_fail(err, errno, "open folder", dir);
        goto out;
    }
    for (const struct dirent *e = readdir(d); e; e = readdir(d)) {
        if (is_ignored(e->d_name))
            continue;
        (void)drp_fs_join(&path, dir, e->d_name);
        const bool is_folder = drp_fs_kind(path.ptr) == DRP_FS_FOLDER;
        if (is_folder && depth == MAX_FOLDER_DEPTH)
            DRP_TRY(rc, drp_fail(err, DRP_EINPUT,
                                 "'%s' is too deep: prompts lie in one folder "
                                 "below",
                                 path.ptr));
        DRP_TRY(rc, is_folder
                        ? read_folder(p, path.ptr, root, depth + 1, err)
                        : replace(p, path.ptr,
                                  drp_sv_slice(drp_str_sv(&path), root, path.len), err));
    }
out:
    if (d)
        closedir(d);
    drp_str_release(&path);
    return rc;
}

static int compile_all(struct drp_prompts *p, struct drp_err *err)
{
    int rc = 0;
    for (size_t i = 0; i < p->at.n && rc == 0; i++) {
        struct prompt *prompt = &p->at.at[i];
        const struct drp_prompt_origin origin = {prompt->name.ptr, prompt->path};
        if (prompt->is_template)
            rc = drp_prompt_file_compile(prompt->text, origin, &prompt->file, err);
    }
    return rc;
}

int drp_prompts_open(const char *dir, struct drp_prompts **out, struct drp_err *err)
{
    int rc = 0;
    struct drp_prompts *p = drp_calloc(1, sizeof *p);
    struct drp_str root;
    drp_str_init(&root, 4096);
    drp_arena_init(&p->arena);
    add_embedded(p);
    if (dir && dir[0] != '\0') {
        (void)drp_fs_join(&root, dir, "");
        DRP_TRY(rc, read_folder(p, dir, root.len, 0, err));
    }
    DRP_TRY(rc, compile_all(p, err));
    *out = p;
    p = NULL;
out:
    drp_str_release(&root);
    drp_prompts_free(p);
    return rc;
}

void drp_prompts_free(struct drp_prompts *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->at.n; i++)
        drp_prompt_file_free(p->at.at[i].file);
    drp_vec_release(&p->at);
    drp_arena_release(&p->arena);
    free(p);
}

/* ---- using ------------------------------------------------------------------------------ */

int drp_prompt_render(const struct drp_prompts *p, const char *name,
                      const struct drp_scope *scope, struct drp_arena *arena,
                      struct drp_turns *out, struct drp_err *err)
{
    const struct prompt *prompt = find(p, drp_sv_from(name));
    if (!prompt)
        return drp_fail(err, DRP_ENOTFOUND, "no prompt '%s' in this program", name);
    if (!prompt->file)
        return drp_fail(err, DRP_EINPUT, "'%s' is no prompt: it has no turn", prompt->path);
    return drp_prompt_file_render(prompt->file, scope, arena, out, err);
}

struct drp_sv drp_prompts_get(const struct drp_prompts *p, const char *name)
{
    const struct prompt *prompt = find(p, drp_sv_from(name));
    return prompt ? prompt->text : (struct drp_sv){NULL, 0};
}

struct drp_sha256 drp_prompts_hash(const struct drp_prompts *p)
{
    struct drp_hasher *h = drp_hasher_new();
    for (size_t i = 0; i < p->at.n; i++) {
        drp_hasher_field(h, p->at.at[i].name);
        drp_hasher_field(h, p->at.at[i].text);
    }
    return drp_hasher_finish(h);
}

/* ---- guarding --------------------------------------------------------------------------- */

/* A closing bracket that nothing visible has followed yet, and the one that it closes. */
struct closed {
    size_t open, close; /* in the output; open is SIZE_MAX when nothing was open */
};

struct guard {
    struct drp_str *out;
    DRP_VEC(size_t) open;          /* opening brackets not yet closed, in the output */
    DRP_VEC(struct closed) closed; /* the run of closing ones before this place */
};

static bool is_control(uint32_t cp)
{
    return (cp < 0x20 && cp != '\t' && cp != '\n') || (cp >= 0x7f && cp < 0xa0);
}

/* White space, and what has no width: neither keeps a label from its colon. */
static bool is_invisible(uint32_t cp)
{
    return drp_utf8_is_space(cp) || is_control(cp) || (cp >= 0x200b && cp <= 0x200f) ||
           (cp >= 0x2060 && cp <= 0x2064) || cp == 0xfeff || cp == 0xad;
}

/* The colon, and those of other widths that read like it. */
static bool is_colon(uint32_t cp)
{
    return cp == ':' || cp == 0xff1a || cp == 0xfe55 || cp == 0x2236 || cp == 0xa789;
}

static void close_bracket(struct guard *g)
{
    struct closed pair = {SIZE_MAX, g->out->len};
    if (g->open.n > 0)
        pair.open = g->open.at[--g->open.n];
    drp_vec_add(&g->closed, pair);
}

static void make_round(struct guard *g)
{
    for (size_t i = 0; i < g->closed.n; i++) {
        const struct closed pair = g->closed.at[i];
        if (pair.close < g->out->len)
            g->out->ptr[pair.close] = ')';
        if (pair.open < g->out->len)
            g->out->ptr[pair.open] = '(';
    }
}

/* End of the run of bytes from `at` that need no look. */
static size_t plain_end(struct drp_sv data, size_t at)
{
    while (at < data.len && data.ptr[at] >= ' ' && data.ptr[at] < 0x7f &&
           data.ptr[at] != '[' && data.ptr[at] != ']' && data.ptr[at] != ':')
        at++;
    return at;
}

void drp_prompt_guard(struct drp_str *out, struct drp_sv data)
{
    struct guard g = {.out = out};
    for (size_t at = 0, next = 0; at < data.len; at = next) {
        const struct drp_sv plain = drp_sv_slice(data, at, plain_end(data, at));
        if (plain.len > 0) {
            next = at + plain.len;
            drp_str_add(out, plain);
            if (drp_sv_trim(plain).len > 0)
                g.closed.n = 0;
            continue;
        }
        const uint32_t cp = drp_utf8_next(data, &next);
        if (is_colon(cp))
            make_round(&g);
        if (cp == ']')
            close_bracket(&g);
        else if (!is_invisible(cp))
            g.closed.n = 0;
        if (cp == '[')
            drp_vec_add(&g.open, out->len);
        if (is_control(cp))
            drp_str_addc(out, ' ');
        else
            drp_str_add(out, drp_sv_slice(data, at, next));
    }
    drp_vec_release(&g.open);
    drp_vec_release(&g.closed);
}
