/* drp prepare from files to files: every rule on a tiny input whose result was worked out by
 * hand; broken inputs; what happens to the folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/log.h"
#include "data/dataset.h"
#include "data/prepare.h"
#include "data/summary.h"
#include "support/temp.h"

#include "base/banned.h"

/* One text in our own format. */
#define T(user, item, text, time)                                                        \
    "{\"user\":\"" user "\",\"item\":\"" item "\",\"text\":\"" text "\",\"time\":" #time \
    "}\n"
/* One review of 2014. */
#define A(user, item, text, title, rating, time)                                         \
    "{\"reviewerID\":\"" user "\",\"asin\":\"" item "\",\"reviewText\":\"" text          \
    "\",\"summary\":" title ",\"overall\":" rating ",\"unixReviewTime\":" #time "}\n"

struct rule_case {
    const char *name;
    const char *reviews;
    const char *meta;                 /* NULL: none */
    struct drp_thresholds thresholds; /* 0: none, see loose() */
    const char *train, *val;          /* rows as "user:item=text,…>item=text;" */
    const char *test;                 /* same; NULL: no user left */
    enum drp_drop drop;               /* the rule that is to have dropped… */
    uint64_t n_dropped;               /* …that many texts */
};

// clang-format off
static const struct rule_case RULES[] = {
    {"time orders, of equal times the line",
     T("u", "c", "x3", 3) T("u", "a", "x1", 1) T("u", "b", "x2", 1),
     NULL, {0}, "", "", "u:a=x1,b=x2>c=x3;", DRP_DROP_REPEATED, 0},
    {"the last line of equal times is the target",
     T("u", "c", "x3", 5) T("u", "a", "x1", 5) T("u", "b", "x2", 5),
     NULL, {0}, "", "", "u:c=x3,a=x1>b=x2;", DRP_DROP_REPEATED, 0},
    {"of one item the newest text stays",
     T("u", "a", "x1", 1) T("u", "a", "x2", 2) T("u", "b", "x3", 3),
     NULL, {0}, "", "", "u:a=x2>b=x3;", DRP_DROP_REPEATED, 1},
    {"of one item at one time the earlier line stays",
     T("u", "a", "x1", 1) T("u", "a", "x2", 1) T("u", "b", "x3", 3),
     NULL, {0}, "", "", "u:a=x1>b=x3;", DRP_DROP_REPEATED, 1},
    {"of one text the newest item stays",
     T("u", "a", "x", 1) T("u", "b", "x", 2) T("u", "c", "y", 3),
     NULL, {0}, "", "", "u:b=x>c=y;", DRP_DROP_REPEATED, 1},
    {"a repetition that went repeats nothing",
     T("u", "a", "x1", 3) T("u", "a", "x2", 2) T("u", "c", "x2", 1),
     NULL, {0}, "", "", "u:c=x2>a=x1;", DRP_DROP_REPEATED, 1},
    {"other users repeat nothing",
     T("u", "a", "x", 1) T("u", "b", "y", 2) T("v", "a", "x", 1) T("v", "b", "y", 2),
     NULL, {0}, "", "", "u:a=x>b=y;v:a=x>b=y;", DRP_DROP_REPEATED, 0},
    {"texts that become equal when white space goes are repetitions",
     T("u", "a", "x y", 1) T("u", "b", " x  y", 2) T("u", "c", "z", 3),
     NULL, {.min_user = 3}, "", "", "u:b=x y>c=z;", DRP_DROP_REPEATED, 1},
    {"Unicode white space becomes one space",
     T("u", "a", "\\u2003x\\u00a0\\u3000y\\u200bz\\n", 1) T("u", "b", "y", 2),
     NULL, {0}, "", "", "u:a=x y\xe2\x80\x8bz>b=y;", DRP_DROP_TEXT, 0},
    {"min-text counts code points as read",
     T("u", "a", "\xc3\xa9\xc3\xa9", 1) T("u", "b", "x  ", 2) T("u", "c", "xyz", 3),
     NULL, {.min_text = 3}, "", "", "u:b=x>c=xyz;", DRP_DROP_TEXT, 1},
    {"white space alone is no text",
     T("u", "a", "x", 1) T("u", "b", "   ", 2) T("u", "c", "y", 3),
     NULL, {0}, "", "", "u:a=x>c=y;", DRP_DROP_TEXT, 1},
    {"min-user counts without repetitions",
     T("u", "a", "x1", 1) T("u", "a", "x2", 2) T("u", "b", "x3", 3) T("v", "a", "y1", 1)
     T("v", "b", "y2", 2) T("v", "c", "y3", 3),
     NULL, {.min_user = 3}, "", "", "v:a=y1,b=y2>c=y3;", DRP_DROP_USER_FEW, 3},
    {"max-user",
     T("u", "a", "x1", 1) T("u", "b", "x2", 2) T("v", "a", "y1", 1) T("v", "b", "y2", 2)
     T("v", "c", "y3", 3),
     NULL, {.max_user = 2}, "", "", "u:a=x1>b=x2;", DRP_DROP_USER_MANY, 3},
    {"min-item counts users, repetitions included",
     T("u", "a", "x", 1) T("u", "b", "y", 2) T("v", "b", "z", 1) T("v", "a", "z", 2)
     T("v", "c", "w", 3),
     NULL, {.min_item = 2}, "", "", "u:a=x>b=y;", DRP_DROP_ITEM, 1},
    {"rules follow each other to the end",
     T("u", "a", "x1", 1) T("u", "b", "x2", 2) T("v", "b", "y1", 1) T("v", "c", "y2", 2)
     T("w", "c", "z1", 1) T("w", "d", "z2", 2),
     NULL,
     {.min_item = 2, .min_user = 2},
     NULL, NULL, NULL, DRP_DROP_ITEM, 4},
    {"a round looks at one snapshot",
     T("u", "a", "x1", 1) T("u", "b", "x2", 2) T("u", "c", "x3", 3) T("v", "a", "y1", 1)
     T("v", "b", "y2", 2),
     NULL,
     {.min_item = 2, .max_user = 2},
     NULL, NULL, NULL, DRP_DROP_USER_MANY, 2},
    {"holdout makes test, val and train",
     T("u", "a", "1", 1) T("u", "b", "2", 2) T("u", "c", "3", 3) T("u", "d", "4", 4)
     T("u", "e", "5", 5),
     NULL, {.holdout = 4}, "u:a=1>b=2;u:a=1,b=2>c=3;", "u:a=1,b=2,c=3>d=4;",
     "u:a=1,b=2,c=3,d=4>e=5;", DRP_DROP_BASE_USER, 0},
    {"rare items go from base profiles only",
     T("u", "a", "1", 1) T("u", "b", "2", 2) T("u", "c", "3", 3) T("u", "d", "4", 4)
     T("v", "a", "5", 1) T("v", "c", "6", 2) T("v", "e", "7", 3) T("v", "f", "8", 4),
     NULL,
     {.holdout = 2, .min_profile_item = 2},
     "", "u:a=1>c=3;v:a=5>e=7;",
     "u:a=1,c=3>d=4;v:a=5,e=7>f=8;",
     DRP_DROP_BASE_ITEM, 2},
    {"short profiles go, and their items with them",
     T("u", "a", "1", 1) T("u", "b", "2", 2) T("u", "t", "3", 3) T("v", "a", "4", 1)
     T("v", "b", "5", 2) T("v", "t", "6", 3) T("w", "b", "7", 1) T("w", "t", "8", 2),
     NULL,
     {.min_profile = 2, .min_profile_item = 2},
     "", "",
     "u:a=1,b=2>t=3;v:a=4,b=5>t=6;",
     DRP_DROP_BASE_USER, 2},
    {"rows stand in the order of code points",
     T("\xc3\xa9", "a", "1", 1) T("\xc3\xa9", "b", "2", 2) T("z", "a", "3", 1)
     T("z", "b", "4", 2) T("B", "a", "5", 1) T("B", "b", "6", 2),
     NULL, {0}, "", "",
     "B:a=5>b=6;z:a=3>b=4;\xc3\xa9:a=1>b=2;",
     DRP_DROP_TEXT, 0},
    {"our own texts need neither title nor rating nor time",
     "{\"user\":7,\"item\":1,\"text\":\"x\"}\n"
     "{\"user\":\"7\",\"item\":\"b\",\"text\":\"y\",\"title\":null,\"rating\":null,\"time\":null}\n",
     NULL, {0}, "", "", "7:1=x>b=y;", DRP_DROP_TITLE, 0},
    {"reviews of dumps need a title",
     A("u", "a", "x", "\"\"", "5.0", 1) A("u", "b", "y", "\"t\"", "5.0", 2)
     A("u", "c", "z", "\"t\"", "1", 3),
     NULL, {0}, "", "", "u:b=y>c=z;", DRP_DROP_TITLE, 1},
    {"reviews of dumps need a rating",
     A("u", "a", "x", "\"t\"", "0.0", 1) A("u", "b", "y", "\"t\"", "5.0", 2)
     A("u", "c", "z", "\"t\"", "1", 3),
     NULL, {0}, "", "", "u:b=y>c=z;", DRP_DROP_RATING, 1},
    {"reviews of dumps need a time",
     A("u", "a", "x", "\"t\"", "5", 0) A("u", "b", "y", "\"t\"", "5.0", 2)
     A("u", "c", "z", "\"t\"", "1", 3),
     NULL, {0}, "", "", "u:b=y>c=z;", DRP_DROP_TIME, 1},
    {"items without usable metadata go",
     T("u", "a", "1", 1) T("u", "b", "2", 2) T("u", "c", "3", 3) T("u", "d", "4", 4),
     "{\"item\":\"a\",\"title\":\"A\",\"description\":\"ten chars!\"}\n"
     "{\"item\":\"b\",\"title\":\"B\",\"description\":\"eleven char\"}\n"
     "{\"item\":\"c\",\"title\":\"\",\"description\":\"x\"}\n"
     "{\"item\":\"d\",\"title\":\"D\",\"description\":\"x\"}\n",
     {0}, "", "", "u:a=1>d=4;", DRP_DROP_META, 2},
    {"metadata of 2014 need categories",
     T("u", "a", "1", 1) T("u", "b", "2", 2) T("u", "c", "3", 3),
     "{\"asin\":\"a\",\"title\":\"A\",\"description\":\"x\",\"categories\":[[\"k\"]]}\n"
     "{\"asin\":\"b\",\"title\":\"B\",\"description\":\"x\",\"categories\":[]}\n"
     "{\"asin\":\"c\",\"title\":\"C\",\"description\":[\"x\"],\"category\":[\"k\"]}\n",
     {0}, "", "", "u:a=1>c=3;", DRP_DROP_META, 1},
    {"metadata of 2023 need categories and ratings",
     T("u", "a", "1", 1) T("u", "b", "2", 2) T("u", "c", "3", 3) T("u", "d", "4", 4),
     "{\"parent_asin\":\"a\",\"title\":\"A\",\"description\":[\"x\"],\"categories\":[\"k\"],"
     "\"rating_number\":3}\n"
     "{\"parent_asin\":\"b\",\"title\":\"B\",\"description\":[\"x\"],\"categories\":[\"k\"],"
     "\"rating_number\":0}\n"
     "{\"parent_asin\":\"c\",\"title\":\"C\",\"description\":[\"x\"],\"categories\":[],"
     "\"rating_number\":3}\n"
     "{\"parent_asin\":\"d\",\"title\":\"D\",\"description\":[\"x\"],\"categories\":[\"k\"],"
     "\"rating_number\":1}\n", {0}, "", "", "u:a=1>d=4;", DRP_DROP_META, 2},
};
// clang-format on

/* ---- helpers ---- */

/* Thresholds that keep everything, but for those that are given. */
static struct drp_thresholds loose(struct drp_thresholds given)
{
    static const struct drp_thresholds LOOSE = {.min_text = 1,
                                                .min_desc = 1,
                                                .max_desc = 10,
                                                .min_item = 1,
                                                .min_user = 1,
                                                .max_user = 100,
                                                .holdout = 1,
                                                .min_profile = 1,
                                                .min_profile_item = 1};
    int64_t fields[sizeof given / sizeof(int64_t)], defaults[DRP_LEN(fields)];
    memcpy(fields, &given, sizeof given);
    memcpy(defaults, &LOOSE, sizeof given);
    for (size_t i = 0; i < DRP_LEN(fields); i++)
        if (fields[i] == 0)
            fields[i] = defaults[i];
    memcpy(&given, fields, sizeof given);
    return given;
}

static struct drp_prepare_opts opts_of(const char *const *reviews,
                                       const char *const *meta, const char *out)
{
    return (struct drp_prepare_opts){
        .reviews = reviews,
        .n_reviews = 1,
        .meta = meta,
        .n_meta = meta ? 1 : 0,
        .out = out,
        .thresholds = loose((struct drp_thresholds){0}),
    };
}

static void add_review(struct drp_str *out, const struct drp_dataset *ds,
                       const struct drp_review *r)
{
    drp_str_add(out, drp_dataset_item(ds, r->item)->asin);
    drp_str_addc(out, '=');
    drp_str_add(out, r->text);
}

static void assert_split(const char *dir, const char *split, const char *expected)
{
    struct drp_dataset *ds = NULL;
    struct drp_str found;
    struct drp_err err = {0};
    drp_str_init(&found, 10000);
    assert_int_equal(drp_dataset_load(dir, split, &ds, &err), 0);
    for (size_t i = 0; i < drp_dataset_n_rows(ds); i++) {
        const struct drp_row *const row = drp_dataset_row(ds, i);
        drp_str_add(&found, drp_dataset_user_id(ds, row->user));
        for (size_t k = 0; k < row->profile.n; k++) {
            drp_str_addc(&found, k == 0 ? ':' : ',');
            add_review(&found, ds, row->profile.at[k]);
        }
        drp_str_addc(&found, '>');
        add_review(&found, ds, row->target);
        drp_str_addc(&found, ';');
    }
    assert_string_equal(found.ptr, expected);
    drp_str_release(&found);
    drp_dataset_free(ds);
}

static void assert_file(const char *path, const char *expected)
{
    struct drp_str found;
    struct drp_err err = {0};
    drp_str_init(&found, 100000);
    assert_int_equal(drp_fs_read(path, &found, &err), 0);
    assert_string_equal(found.ptr, expected);
    drp_str_release(&found);
}

static uint64_t sum(const struct drp_drops *drops)
{
    uint64_t n = 0;
    for (size_t i = 0; i < DRP_N_DROPS; i++)
        n += drops->n[i];
    return n;
}

/* ---- rules ---- */

static void check_rule(const struct rule_case *c, const char *dir)
{
    const char *const reviews = drp_temp_write(dir, "reviews", drp_sv_from(c->reviews));
    const char *const meta =
        drp_temp_write(dir, "meta", drp_sv_from(c->meta ? c->meta : ""));
    struct drp_prepare_opts opts =
        opts_of(&reviews, c->meta ? &meta : NULL, drp_temp_path(dir, "out"));
    struct drp_prepare_summary s;
    struct drp_err err = {0};
    opts.thresholds = loose(c->thresholds);
    const int rc = drp_prepare(&opts, &s, &err);
    if (rc != (c->test ? 0 : DRP_EINPUT))
        fail_msg("%s: %d %s", c->name, rc, err.text);
    assert_int_equal(s.n_texts, s.kept.texts + sum(&s.drops));
    if (s.drops.n[c->drop] != c->n_dropped)
        fail_msg("%s: %d dropped", c->name, (int)s.drops.n[c->drop]);
    assert_int_equal(s.is_empty, !c->test);
    if (!c->test) {
        assert_int_equal(drp_fs_kind(opts.out), DRP_FS_NONE);
        return;
    }
    assert_split(opts.out, "train", c->train);
    assert_split(opts.out, "val", c->val);
    assert_split(opts.out, "test", c->test);
}

static void rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < DRP_LEN(RULES); i++) {
        void *dir = NULL;
        assert_int_equal(drp_temp_setup(&dir), 0);
        check_rule(&RULES[i], dir);
        assert_int_equal(drp_temp_teardown(&dir), 0);
    }
}

static void files_to_the_byte(void **state)
{
    const char *const dir = *state;
    const char *const reviews = drp_temp_write(
        dir, "reviews",
        DRP_SV("{\"rating\":4.0,\"title\":\"T  1\",\"text\":\" a\\u00a0\\\"b\\\" \",\"asin\":\"z\","
               "\"parent_asin\":\"a\",\"user_id\":\"u\",\"timestamp\":1588615855070}\n"
               "{\"rating\":4.5,\"title\":\"T2\",\"text\":\"c\",\"asin\":\"z\","
               "\"parent_asin\":\"b\",\"user_id\":\"u\",\"timestamp\":1588615855071}\n"));
    const char *const meta = drp_temp_write(
        dir, "meta",
        DRP_SV("{\"parent_asin\":\"b\",\"title\":\"Item B\",\"description\":"
               "[\"Product Description\",\"d\",\"\",\"\xc3\xa9\"],\"categories\":[1],"
               "\"rating_number\":1}\n"
               "{\"parent_asin\":\"a\",\"title\":\"Item A\",\"description\":"
               "[\"\",\"Product Description\"],\"categories\":[1],\"rating_number\":1}\n"
               "{\"parent_asin\":\"a\",\"title\":\"second\",\"description\":[\"x\"],"
               "\"categories\":[1],\"rating_number\":1}\n"));
    const char *const out = drp_temp_path(dir, "out");
    struct drp_prepare_opts opts = opts_of(&reviews, &meta, out);
    struct drp_prepare_summary s;
    struct drp_err err = {0};
    opts.thresholds.max_desc = 100;
    assert_int_equal(drp_prepare(&opts, &s, &err), 0);
    assert_file(drp_temp_path(out, "items.jsonl"),
                "{\"asin\":\"a\",\"title\":\"Item A\",\"description\":\" Product Description\"}\n"
                "{\"asin\":\"b\",\"title\":\"Item B\",\"description\":\"d  \xc3\xa9\"}\n");
    assert_file(drp_temp_path(out, "train.jsonl"), "");
    assert_file(drp_temp_path(out, "test.jsonl"),
                "{\"user_id\":\"u\",\"profile\":[{\"asin\":\"a\",\"title\":\"T  1\",\"text\":"
                "\"a \\\"b\\\"\",\"rating\":4.0,\"timestamp\":1588615855070}],\"data\":{"
                "\"asin\":\"b\",\"title\":\"T2\",\"text\":\"c\",\"rating\":4.5,\"timestamp\":"
                "1588615855071}}\n");
    assert_int_equal(drp_temp_count(out), 5);
    assert_int_equal(drp_temp_count(dir), 3);
}

/* ---- broken inputs ---- */

struct broken_case {
    struct drp_sv bytes;
    int code;
    int64_t line;
    const char *words[3]; /* all in the text */
};

#define GOOD T("u", "a", "x", 1) T("u", "b", "y", 2)
#define BROKEN(bytes, code, line, ...)                                                   \
    {                                                                                    \
        {"" bytes, sizeof(bytes) - 1}, code, line,                                       \
        {                                                                                \
            __VA_ARGS__                                                                  \
        }                                                                                \
    }

static const struct broken_case BROKEN_REVIEWS[] = {
    BROKEN(GOOD "{\"user\":\"u\",\"item\":\"a\",\"text\":\"tr", DRP_EINPUT, 3, "line 3"),
    BROKEN(GOOD "{\"user\":\"u\",\"item\":\"a\",\"text\":\"\xc3\x28\"}\n", DRP_EINPUT, 3,
           "line 3"),
    BROKEN("{\"user\":\"u\",\"item\":\"a\",\"text\":\"x\0y\"}\n", DRP_EINPUT, 1, "line 1"),
    BROKEN("\0\0\0\n", DRP_EINPUT, 1, "line 1"),
    BROKEN(GOOD "\n{\"user\":\"u\",\"item\":\"a\"}\n", DRP_EINPUT, 4, "'text'", "line 4",
           "missing"),
    BROKEN("{\"user\":\"u\",\"text\":\"x\"}\n", DRP_EINPUT, 1, "'item'", "line 1",
           "missing"),
    BROKEN("{\"item\":\"u\",\"text\":\"x\"}\n", DRP_EINPUT, 1, "'user'", "line 1",
           "missing"),
    BROKEN("{\"reviewerID\":\"u\",\"asin\":\"a\",\"overall\":5}\n", DRP_EINPUT, 1,
           "'reviewText'"),
    BROKEN("{\"user_id\":\"u\",\"asin\":\"a\",\"text\":\"x\"}\n", DRP_EINPUT, 1,
           "'parent_asin'"),
    BROKEN("{\"user\":\"u\",\"item\":\"a\",\"text\":5}\n", DRP_EINPUT, 1, "'text'",
           "found a number, expected a string", "--skip-bad"),
    BROKEN("{\"user\":\"u\",\"item\":\"a\",\"text\":null}\n", DRP_EINPUT, 1, "'text'"),
    BROKEN("{\"user\":[\"u\"],\"item\":\"a\",\"text\":\"x\"}\n", DRP_EINPUT, 1, "'user'",
           "an array"),
    BROKEN("{\"user\":\"\",\"item\":\"a\",\"text\":\"x\"}\n", DRP_EINPUT, 1, "'user'",
           "not empty"),
    BROKEN("{\"user\":1.5,\"item\":\"a\",\"text\":\"x\"}\n", DRP_EINPUT, 1, "'user'"),
    BROKEN("{\"user\":\"u\",\"item\":true,\"text\":\"x\"}\n", DRP_EINPUT, 1, "'item'"),
    BROKEN("{\"user\":\"u\",\"item\":\"a\",\"text\":\"x\",\"rating\":\"five\"}\n",
           DRP_EINPUT, 1, "'rating'", "expected a number"),
    BROKEN("{\"user\":\"u\",\"item\":\"a\",\"text\":\"x\",\"title\":{}}\n", DRP_EINPUT, 1,
           "'title'"),
    BROKEN("{\"user\":\"u\",\"item\":\"a\",\"text\":\"x\",\"time\":\"May\"}\n",
           DRP_EINPUT, 1, "'time'"),
    BROKEN("{\"user\":\"u\",\"item\":\"a\",\"text\":\"x\",\"time\":1e300}\n", DRP_EINPUT,
           1, "'time'"),
    BROKEN("[1]\n", DRP_EINPUT, 1, "line 1", "an object"),
    BROKEN("{\"other\":1}\n", DRP_EINPUT, 1, "line 1", "'reviewerID'"),
    BROKEN("{\"user_id\":\"u\",\"profile\":[],\"data\":{}}\n", DRP_EINPUT, 1,
           "row of a dataset"),
    BROKEN(GOOD T("u", "c",
                  "a text that is far too long for the limit of this test, which is "
                  "one hundred bytes",
                  3),
           DRP_ELIMIT, 3, "line 3"),
    BROKEN("", DRP_EINPUT, -1, "is empty"),
    BROKEN("\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\x56", DRP_EIO, -1, "reviews"),
};

static void broken_reviews(void **state)
{
    const char *const dir = *state;
    for (size_t i = 0; i < DRP_LEN(BROKEN_REVIEWS); i++) {
        const struct broken_case *const c = &BROKEN_REVIEWS[i];
        const char *const reviews = drp_temp_write(dir, "reviews", c->bytes);
        struct drp_prepare_opts opts = opts_of(&reviews, NULL, drp_temp_path(dir, "out"));
        struct drp_prepare_summary s;
        struct drp_err err = {.record = -1};
        opts.max_line_bytes = 100;
        const int rc = drp_prepare(&opts, &s, &err);
        if (rc != c->code || (c->line > 0 && err.record != c->line))
            fail_msg("case %zu: %d, line %d: %s", i, rc, (int)err.record, err.text);
        for (size_t k = 0; k < DRP_LEN(c->words) && c->words[k]; k++)
            if (!strstr(err.text, c->words[k]))
                fail_msg("case %zu: no \"%s\" in: %s", i, c->words[k], err.text);
        if (c->line > 0 && !strstr(err.text, reviews))
            fail_msg("case %zu: no file in: %s", i, err.text);
        assert_null(strchr(err.text, '\n'));
        assert_int_equal(drp_temp_count(dir), 1);
    }
}

static void broken_metadata(void **state)
{
    static const struct broken_case CASES[] = {
        BROKEN("{'asin': 'a', 'title': \"A\"}\n", DRP_EINPUT, 1, "Python literals", "ast"),
        BROKEN("{\"title\":\"A\"}\n", DRP_EINPUT, 1, "'parent_asin'"),
        BROKEN("{\"item\":\"a\",\"title\":1}\n", DRP_EINPUT, 1, "'title'"),
        BROKEN("{\"item\":\"a\",\"title\":\"A\",\"description\":[1]}\n", DRP_EINPUT, 1,
               "'description'"),
        BROKEN("{\"item\":\"a\",\"title\":\"A\",\"description\":{}}\n", DRP_EINPUT, 1,
               "'description'"),
    };
    const char *const dir = *state;
    const char *const reviews = drp_temp_write(dir, "reviews", DRP_SV(GOOD));
    for (size_t i = 0; i < DRP_LEN(CASES); i++) {
        const char *const meta = drp_temp_write(dir, "meta", CASES[i].bytes);
        const struct drp_prepare_opts opts =
            opts_of(&reviews, &meta, drp_temp_path(dir, "out"));
        struct drp_prepare_summary s;
        struct drp_err err = {0};
        assert_int_equal(drp_prepare(&opts, &s, &err), CASES[i].code);
        assert_int_equal(err.record, CASES[i].line);
        for (size_t k = 0; k < DRP_LEN(CASES[i].words) && CASES[i].words[k]; k++)
            if (!strstr(err.text, CASES[i].words[k]))
                fail_msg("case %zu: no \"%s\" in: %s", i, CASES[i].words[k], err.text);
        assert_int_equal(drp_temp_count(dir), 2);
    }
}

static void folders_and_absent_files(void **state)
{
    const char *const dir = *state;
    const char *const paths[] = {dir, drp_temp_path(dir, "absent")};
    const int codes[] = {DRP_EIO, DRP_ENOTFOUND};
    for (size_t i = 0; i < DRP_LEN(paths); i++) {
        const struct drp_prepare_opts opts =
            opts_of(&paths[i], NULL, drp_temp_path(dir, "out"));
        struct drp_prepare_summary s;
        struct drp_err err = {0};
        assert_int_equal(drp_prepare(&opts, &s, &err), codes[i]);
        assert_non_null(strstr(err.text, paths[i]));
        assert_int_equal(drp_temp_count(dir), 0);
    }
}

static void bad_records_are_passed_over(void **state)
{
    const char *const dir = *state;
    const char *const reviews =
        drp_temp_write(dir, "reviews",
                       DRP_SV("{\"user\":1}\n" GOOD "}\n" T("u", "c", "z", 3)));
    struct drp_prepare_opts opts = opts_of(&reviews, NULL, drp_temp_path(dir, "out"));
    struct drp_prepare_summary s;
    struct drp_err err = {0};
    drp_log_set_level(DRP_LOG_ERROR);
    opts.skip_bad = 1;
    assert_int_equal(drp_prepare(&opts, &s, &err), DRP_EINPUT);
    assert_int_equal(err.record, 4);
    assert_int_equal(drp_temp_count(dir), 1);
    opts.skip_bad = 2;
    assert_int_equal(drp_prepare(&opts, &s, &err), 0);
    assert_int_equal(s.n_bad, 2);
    assert_int_equal(s.n_texts, 3);
    assert_split(opts.out, "test", "u:a=x,b=y>c=z;");
}

static void thresholds_that_contradict(void **state)
{
    const char *const dir = *state;
    const char *const reviews = drp_temp_write(dir, "reviews", DRP_SV(GOOD));
    const struct {
        struct drp_thresholds thresholds;
        const char *words;
    } cases[] = {
        {{.min_user = 101}, "--max-user 100 is below --min-user 101"},
        {{.min_desc = 11}, "--max-desc 10 is below --min-desc 11"},
        {{.holdout = -1}, "--holdout -1 is below 1"},
    };
    for (size_t i = 0; i < DRP_LEN(cases); i++) {
        struct drp_prepare_opts opts = opts_of(&reviews, NULL, drp_temp_path(dir, "out"));
        struct drp_prepare_summary s;
        struct drp_err err = {0};
        opts.thresholds = loose(cases[i].thresholds);
        assert_int_equal(drp_prepare(&opts, &s, &err), DRP_EUSAGE);
        assert_non_null(strstr(err.text, cases[i].words));
        assert_int_equal(drp_temp_count(dir), 1);
    }
}

/* ---- nobody left ---- */

static void nearest_thresholds(void **state)
{
    const char *const dir = *state;
    const char *const reviews =
        drp_temp_write(dir, "reviews",
                       DRP_SV(T("u", "a", "1", 1) T("u", "b", "2", 2) T("u", "c", "3", 3)
                                  T("v", "a", "4", 1) T("v", "b", "5", 2)));
    struct drp_prepare_opts opts = opts_of(&reviews, NULL, drp_temp_path(dir, "out"));
    struct drp_prepare_summary s;
    struct drp_err err = {0};
    struct drp_str text;
    drp_str_init(&text, 10000);
    opts.thresholds.min_user = 9;
    assert_int_equal(drp_prepare(&opts, &s, &err), DRP_EINPUT);
    assert_int_equal(s.n_suggestions, 1);
    assert_int_equal(s.suggestions[0].thresholds.min_user, 3);
    assert_int_equal(s.suggestions[0].n_users, 1);
    assert_non_null(strstr(err.text, "no user is left of 5 texts: 5 by a user with fewer texts "
                                     "than --min-user; try --min-user 3"));
    drp_summary_text(&text, &s);
    assert_non_null(strstr(text.ptr, "1  users with --min-user 3\n"));

    opts.thresholds = loose((struct drp_thresholds){.min_user = 20, .min_item = 20});
    assert_int_equal(drp_prepare(&opts, &s, &err), DRP_EINPUT);
    assert_int_equal(s.n_suggestions, 1);
    assert_in_range(s.suggestions[0].thresholds.min_user, 1, 3);
    assert_in_range(s.suggestions[0].thresholds.min_item, 1, 2);

    opts.thresholds = loose((struct drp_thresholds){.min_text = 2});
    assert_int_equal(drp_prepare(&opts, &s, &err), DRP_EINPUT);
    assert_int_equal(s.n_suggestions, 0);
    assert_non_null(strstr(err.text, "the longest has 1 characters"));
    assert_int_equal(drp_temp_count(dir), 1);
    drp_str_release(&text);
}

/* ---- the folder ---- */

static void folders_that_are_there(void **state)
{
    const char *const dir = *state;
    const char *const out = drp_temp_path(dir, "out");
    const char *const reviews = drp_temp_write(dir, "reviews", DRP_SV(GOOD));
    struct drp_prepare_opts opts = opts_of(&reviews, NULL, out);
    struct drp_prepare_summary s;
    struct drp_err err = {0};

    assert_int_equal(drp_fs_mkdir(out, false, &err), 0);
    assert_int_equal(drp_prepare(&opts, &s, &err), 0); /* empty */
    assert_int_equal(drp_temp_count(out), 5);

    (void)drp_temp_write(out, "notes", DRP_SV("mine"));
    (void)drp_temp_write(dir, "reviews", DRP_SV(GOOD T("u", "c", "z", 3)));
    assert_int_equal(drp_prepare(&opts, &s, &err), 0); /* ours: replaced */
    assert_split(out, "test", "u:a=x,b=y>c=z;");
    assert_file(drp_temp_path(out, "notes"), "mine");
    assert_int_equal(drp_temp_count(out), 6);

    (void)drp_temp_write(out, "dataset.json", DRP_SV("{}"));
    assert_int_equal(drp_prepare(&opts, &s, &err), DRP_EEXISTS); /* not ours any more */
    assert_file(drp_temp_path(out, "dataset.json"), "{}");
    assert_int_equal(drp_temp_count(out), 6);

    opts.out = reviews;
    assert_int_equal(drp_prepare(&opts, &s, &err), DRP_EEXISTS); /* a file */
    assert_int_equal(drp_temp_count(dir), 2);
}

/* The n-th operation on a file fails, for every n: nothing is left, or the old dataset is. */
static void failing_files(void **state)
{
    const char *const dir = *state;
    const char *const out = drp_temp_path(dir, "out");
    const char *const reviews = drp_temp_write(dir, "reviews", DRP_SV(GOOD));
    struct drp_prepare_opts opts = opts_of(&reviews, NULL, out);
    struct drp_prepare_summary s;
    struct drp_err err = {0};
    int rc = -1;
    int64_t n = 0;
    while (rc < 0 && n < 1000) {
        drp_fs_fail_nth(++n);
        rc = drp_prepare(&opts, &s, &err);
        drp_fs_fail_nth(0);
        if (rc < 0) {
            assert_int_equal(rc, DRP_EIO);
            assert_int_equal(drp_temp_count(dir), 1);
        }
    }
    assert_in_range(n, 10, 999);
    assert_split(out, "test", "u:a=x>b=y;");
}

static void an_interrupted_one_leaves_nothing(void **state)
{
    const char *const dir = *state;
    const char *const reviews = drp_temp_write(dir, "reviews", DRP_SV(GOOD));
    struct drp_cancel cancel = {0};
    struct drp_prepare_opts opts = opts_of(&reviews, NULL, drp_temp_path(dir, "out"));
    struct drp_prepare_summary s;
    struct drp_err err = {0};
    opts.cancel = &cancel;
    drp_cancel_raise(&cancel, 1);
    assert_int_equal(drp_prepare(&opts, &s, &err), DRP_ECANCELLED);
    assert_int_equal(drp_temp_count(dir), 1);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, drp_temp_setup, drp_temp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules),
        IN_FOLDER(files_to_the_byte),
        IN_FOLDER(broken_reviews),
        IN_FOLDER(broken_metadata),
        IN_FOLDER(folders_and_absent_files),
        IN_FOLDER(bad_records_are_passed_over),
        IN_FOLDER(thresholds_that_contradict),
        IN_FOLDER(nearest_thresholds),
        IN_FOLDER(folders_that_are_there),
        IN_FOLDER(failing_files),
        IN_FOLDER(an_interrupted_one_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
