#include "text/punkt_params.h"

#include <stdlib.h>
#include <string.h>

#include "base/assets.h"
#include "base/base.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/utf8.h"

#include "base/banned.h"

enum { N_FILES = 4, MAX_FILE_BYTES = 64 << 20 };

static const char ENGLISH[] = "tokenizers/punkt_tab/english";

/* ---- lines -------------------------------------------------------------------------------- */

/* The facts of a word type, which is added when it is new. */
static uint16_t *facts_of(struct drp_punkt *p, struct drp_sv type)
{
    const uint32_t id = drp_intern_add(&p->words, type);
    if (id == p->facts.n)
        drp_vec_add(&p->facts, 0);
    return &p->facts.at[id];
}

static bool add_word(struct drp_punkt *p, struct drp_sv line, unsigned fact)
{
    if (line.len == 0 || memchr(line.ptr, '\t', line.len))
        return false;
    *facts_of(p, line) |= (uint16_t)fact;
    return true;
}

static bool add_abbreviation(struct drp_punkt *p, struct drp_sv line)
{
    return add_word(p, line, DRP_PUNKT_ABBREVIATION);
}

static bool add_starter(struct drp_punkt *p, struct drp_sv line)
{
    return add_word(p, line, DRP_PUNKT_STARTER);
}

/* Two columns, none of them empty. */
static bool cut_columns(struct drp_sv line, struct drp_sv *first, struct drp_sv *second)
{
    const size_t tab = drp_sv_find(line, DRP_SV("\t"), 0);
    if (tab == SIZE_MAX || tab == 0 || tab + 1 == line.len ||
        drp_sv_find(line, DRP_SV("\t"), tab + 1) != SIZE_MAX)
        return false;
    *first = drp_sv_slice(line, 0, tab);
    *second = drp_sv_slice(line, tab + 1, line.len);
    return true;
}

static bool add_collocation(struct drp_punkt *p, struct drp_sv line)
{
    struct drp_sv first, second;
    if (!cut_columns(line, &first, &second))
        return false;
    *facts_of(p, first) |= DRP_PUNKT_COLLOCATES;
    drp_intern_add(&p->pairs, line);
    return true;
}

/* The last line of a word counts. */
static bool add_context(struct drp_punkt *p, struct drp_sv line)
{
    const unsigned all = DRP_PUNKT_UPPER | DRP_PUNKT_LOWER;
    struct drp_sv type, number;
    int64_t flags;
    if (!cut_columns(line, &type, &number) || !drp_sv_int(number, &flags) || flags < 0 ||
        flags > 127)
        return false;
    uint16_t *facts = facts_of(p, type);
    *facts = (uint16_t)((*facts & ~all) | ((unsigned)flags & all));
    return true;
}

/* ---- files -------------------------------------------------------------------------------- */

/* In the order of struct drp_punkt_files. */
static const struct {
    const char *name;
    const char *line; /* what each line is */
    bool (*add)(struct drp_punkt *p, struct drp_sv line);
} kinds[N_FILES] = {
    {"abbrev_types.txt", "one word", add_abbreviation},
    {"collocations.tab", "two words with a tab between them", add_collocation},
    {"sent_starters.txt", "one word", add_starter},
    {"ortho_context.tab", "a word, a tab, and a number from 0 to 127", add_context},
};

static int parse_file(struct drp_punkt *p, size_t kind, struct drp_sv rest,
                      struct drp_err *err)
{
    struct drp_sv line;
    for (int64_t number = 1; drp_sv_line(&rest, &line); number++) {
        const char *expected = kinds[kind].line;
        if (drp_utf8_invalid(line) != SIZE_MAX)
            expected = "UTF-8";
        else if (kinds[kind].add(p, line))
            continue;
        drp_fail(err, DRP_EINPUT, "cannot read '%s' line %lld: expected %s",
                 kinds[kind].name, (long long)number, expected);
        if (err)
            err->record = number;
        return DRP_EINPUT;
    }
    return 0;
}

static void set_name(struct drp_punkt *p, const struct drp_sv *contents)
{
    struct drp_hasher *hasher = drp_hasher_new();
    for (size_t i = 0; i < N_FILES; i++)
        drp_hasher_add(hasher, contents[i]);
    const struct drp_sha256 hash = drp_hasher_finish(hasher);
    char hex[65];
    drp_sha256_hex(&hash, hex);
    memcpy(p->name, hex, sizeof p->name - 1);
}

int drp_punkt_parse(const struct drp_punkt_files *files, struct drp_punkt **out,
                    struct drp_err *err)
{
    int rc = 0;
    const struct drp_sv contents[N_FILES] = {files->abbrev_types, files->collocations,
                                             files->sent_starters, files->ortho_context};
    struct drp_punkt *p = drp_calloc(1, sizeof *p);
    for (size_t i = 0; i < N_FILES; i++)
        DRP_TRY(rc, parse_file(p, i, contents[i], err));
    set_name(p, contents);
    *out = p;
    p = NULL;
out:
    drp_punkt_free(p);
    return rc;
}

void drp_punkt_free(struct drp_punkt *p)
{
    if (!p)
        return;
    drp_intern_release(&p->words);
    drp_intern_release(&p->pairs);
    drp_vec_release(&p->facts);
    free(p);
}

/* ---- folders ------------------------------------------------------------------------------ */

static int open_builtin(struct drp_punkt **out, struct drp_err *err)
{
    static const char name[] = "builtin";
    const struct drp_punkt_files files = {
        drp_asset_get("share/punkt/english/abbrev_types.txt"),
        drp_asset_get("share/punkt/english/collocations.tab"),
        drp_asset_get("share/punkt/english/sent_starters.txt"),
        drp_asset_get("share/punkt/english/ortho_context.tab"),
    };
    const int rc = drp_punkt_parse(&files, out, err);
    if (rc == 0)
        memcpy((*out)->name, name, sizeof name);
    return rc;
}

static int open_folder(const char *folder, struct drp_punkt **out, struct drp_err *err)
{
    int rc = 0;
    struct drp_str path, bytes[N_FILES];
    drp_str_init(&path, SIZE_MAX / 4);
    for (size_t i = 0; i < N_FILES; i++)
        drp_str_init(&bytes[i], MAX_FILE_BYTES);
    for (size_t i = 0; i < N_FILES; i++)
        DRP_TRY(rc, drp_fs_read(drp_fs_join(&path, folder, kinds[i].name), &bytes[i], err));
    const struct drp_punkt_files files = {drp_str_sv(&bytes[0]), drp_str_sv(&bytes[1]),
                                          drp_str_sv(&bytes[2]), drp_str_sv(&bytes[3])};
    rc = drp_punkt_parse(&files, out, err);
    if (rc < 0)
        drp_err_prefix(err, "'%s'", folder);
out:
    drp_str_release(&path);
    for (size_t i = 0; i < N_FILES; i++)
        drp_str_release(&bytes[i]);
    return rc;
}

/* True when `data` holds the folder of English, whose path is then in `folder`. */
static bool holds_english(const char *data, struct drp_str *folder)
{
    return drp_fs_kind(drp_fs_join(folder, data, ENGLISH)) == DRP_FS_FOLDER;
}

/* Looks through folders separated by colons. */
static bool find_in_list(struct drp_sv list, struct drp_str *folder)
{
    bool found = false;
    struct drp_str data;
    drp_str_init(&data, SIZE_MAX / 4);
    while (list.len > 0 && !found) {
        const size_t colon = drp_sv_find(list, DRP_SV(":"), 0);
        drp_str_clear(&data);
        drp_str_add(&data, drp_sv_slice(list, 0, colon));
        found = data.len > 0 && holds_english(data.ptr, folder);
        list = drp_sv_slice(list, colon == SIZE_MAX ? list.len : colon + 1, list.len);
    }
    drp_str_release(&data);
    return found;
}

static bool find_in_home(struct drp_str *folder)
{
    const char *const home = getenv("HOME");
    if (!home || !*home)
        return false;
    struct drp_str data;
    drp_str_init(&data, SIZE_MAX / 4);
    const bool found = holds_english(drp_fs_join(&data, home, "nltk_data"), folder);
    drp_str_release(&data);
    return found;
}

static int find_given(const char *dir, struct drp_str *folder, struct drp_err *err)
{
    if (holds_english(dir, folder))
        return 0;
    if (drp_fs_kind(dir) != DRP_FS_FOLDER)
        return drp_fail(err, DRP_ENOTFOUND,
                        "cannot find Punkt's parameters in '%s': no such folder; give the one "
                        "that holds %s, or one that holds %s",
                        dir, kinds[0].name, ENGLISH);
    drp_str_clear(folder);
    drp_str_addz(folder, dir);
    return 0;
}

int drp_punkt_open(const char *dir, struct drp_punkt **out, struct drp_err *err)
{
    int rc = 0;
    struct drp_str folder;
    drp_str_init(&folder, SIZE_MAX / 4);
    if (dir && strcmp(dir, "builtin") != 0)
        DRP_TRY(rc, find_given(dir, &folder, err));
    else if (dir ||
             (!find_in_list(drp_sv_from(getenv("NLTK_DATA")), &folder) &&
              !find_in_home(&folder) && !holds_english("/usr/share/nltk_data", &folder)))
        drp_str_clear(&folder);
    rc = folder.len > 0 ? open_folder(folder.ptr, out, err) : open_builtin(out, err);
out:
    drp_str_release(&folder);
    return rc;
}

/* ---- look-ups ----------------------------------------------------------------------------- */

struct drp_sv drp_punkt_name(const struct drp_punkt *p)
{
    return drp_sv_from(p->name);
}

unsigned drp_punkt_facts(const struct drp_punkt *p, struct drp_sv type)
{
    const uint32_t id = drp_intern_find(&p->words, type);
    return id == DRP_NO_ID ? 0 : p->facts.at[id];
}

bool drp_punkt_collocated(const struct drp_punkt *p, struct drp_sv type,
                          struct drp_sv next, struct drp_str *scratch)
{
    drp_str_clear(scratch);
    drp_str_add(scratch, type);
    drp_str_addc(scratch, '\t');
    drp_str_add(scratch, next);
    return drp_intern_find(&p->pairs, drp_str_sv(scratch)) != DRP_NO_ID;
}
