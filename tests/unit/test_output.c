/* The run's files: dataset order, whole lines, gaps left out, also when a write fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/thread.h"
#include "run/output.h"
#include "support/temp.h"

#include "base/banned.h"

static void put(struct drp_output *o, size_t i)
{
    struct drp_sample_lines lines;
    drp_sample_lines_init(&lines);
    drp_str_addf(&lines.at[DRP_PREDICTIONS], "p%zu\n", i);
    drp_str_addf(&lines.at[DRP_FEATURES], "f%zu\ng%zu\n", i, i);
    drp_output_put(o, i, &lines);
    assert_int_equal(lines.at[DRP_PREDICTIONS].len, 0);
    drp_sample_lines_release(&lines);
}

static void assert_file(const char *dir, const char *name, const char *expected)
{
    struct drp_str s;
    struct drp_err err = {0};
    drp_str_init(&s, 1 << 20);
    if (drp_fs_read(drp_temp_path(dir, name), &s, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(s.ptr, expected);
    drp_str_release(&s);
}

static void order_is_that_of_the_dataset(void **state)
{
    struct drp_err err = {0};
    struct drp_output *o;
    assert_int_equal(drp_output_open(*state, &o, &err), 0);
    static const size_t order[] = {2, 0, 4, 1, 3};
    for (size_t i = 0; i < DRP_LEN(order); i++)
        put(o, order[i]);
    assert_int_equal(drp_output_close(o, &err), 0);
    assert_file(*state, "predictions.jsonl", "p0\np1\np2\np3\np4\n");
    assert_file(*state, "features.jsonl", "f0\ng0\nf1\ng1\nf2\ng2\nf3\ng3\nf4\ng4\n");
    assert_file(*state, "differences.jsonl", "");
    assert_int_equal(drp_temp_count(*state), 3);
}

static void missing_samples_leave_no_line(void **state)
{
    struct drp_err err = {0};
    struct drp_output *o;
    assert_int_equal(drp_output_open(*state, &o, &err), 0);
    put(o, 3);
    put(o, 1);
    assert_int_equal(drp_output_close(o, &err), 0);
    assert_file(*state, "predictions.jsonl", "p1\np3\n");
}

struct putter {
    struct drp_output *output;
    size_t first, step, n;
};

static void put_every(void *ctx)
{
    const struct putter *p = ctx;
    for (size_t i = p->first; i < p->n; i += p->step)
        put(p->output, i);
}

/* More samples than the window holds, from threads that run at different speeds. */
static void threads_may_put_side_by_side(void **state)
{
    enum { THREADS = 3, SAMPLES = 3000 };
    struct drp_err err = {0};
    struct drp_output *o;
    struct putter putters[THREADS];
    struct drp_thread threads[THREADS];
    struct drp_str expected;
    drp_str_init(&expected, 1 << 20);
    assert_int_equal(drp_output_open(*state, &o, &err), 0);
    for (size_t t = 0; t < THREADS; t++) {
        putters[t] = (struct putter){o, t, THREADS, SAMPLES};
        assert_int_equal(drp_thread_start(&threads[t], put_every, &putters[t], 0, &err), 0);
    }
    for (size_t t = 0; t < THREADS; t++)
        drp_thread_join(&threads[t]);
    assert_int_equal(drp_output_close(o, &err), 0);
    for (size_t i = 0; i < SAMPLES; i++)
        drp_str_addf(&expected, "p%zu\n", i);
    assert_file(*state, "predictions.jsonl", expected.ptr);
    drp_str_release(&expected);
}

/* Whatever operation fails: an error, no new file of any name, and the former file as it was. */
static void faults_leave_nothing_half_written(void **state)
{
    struct drp_err err = {0};
    bool failed = true;
    drp_temp_write(*state, "predictions.jsonl", DRP_SV("before\n"));
    for (int64_t n = 1; failed; n++) {
        struct drp_output *o = NULL;
        assert_true(n < 100);
        drp_fs_fail_nth(n);
        int rc = drp_output_open(*state, &o, &err);
        if (rc == 0) {
            put(o, 0);
            rc = drp_output_close(o, &err);
        }
        drp_fs_fail_nth(0);
        failed = rc < 0;
        assert_true(!failed || err.code == DRP_EIO || err.code == DRP_ENOTFOUND);
        struct drp_str s;
        drp_str_init(&s, 1 << 20);
        assert_int_equal(drp_fs_read(drp_temp_path(*state, "predictions.jsonl"), &s, &err),
                         0);
        assert_true(drp_sv_is(drp_str_sv(&s), "before\n") ||
                    drp_sv_is(drp_str_sv(&s), "p0\n"));
        drp_str_release(&s);
        assert_true(drp_temp_count(*state) <= 3);
    }
}

static void published_files_are_whole_and_writing_goes_on(void **state)
{
    struct drp_err err = {0};
    struct drp_outfile *f;
    const char *path = drp_temp_path(*state, "lines");
    assert_int_equal(drp_outfile_open(path, true, &f, &err), 0);
    drp_outfile_add(f, DRP_SV("one\n"));
    assert_int_equal(drp_outfile_publish(f, &err), 0);
    assert_file(*state, "lines", "one\n");
    drp_outfile_add(f, DRP_SV("two\n"));
    assert_file(*state, "lines", "one\n");
    assert_int_equal(drp_outfile_commit(f, &err), 0);
    assert_file(*state, "lines", "one\ntwo\n");
    assert_int_equal(drp_temp_count(*state), 1);
}

int main(void)
{
#define WITH_FOLDER(test)                                                                \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(order_is_that_of_the_dataset),
        WITH_FOLDER(missing_samples_leave_no_line),
        WITH_FOLDER(threads_may_put_side_by_side),
        WITH_FOLDER(faults_leave_nothing_half_written),
        WITH_FOLDER(published_files_are_whole_and_writing_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
