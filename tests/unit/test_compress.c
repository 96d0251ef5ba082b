/* The stream: every format gives the same bytes; damage and truncation are told apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "base/base.h"
#include "base/fs.h"
#include "io/compress.h"
#include "support/temp.h"
#include "base/banned.h"

/* Reads a whole file; the result of the last call, and how many bytes came. */
static int read_all(const char *path, struct drp_str *out, struct drp_err *err)
{
    struct drp_stream *s = NULL;
    struct drp_sv bytes;
    drp_str_clear(out);
    int rc = drp_stream_open(path, &s, err);
    while (rc >= 0 && (rc = drp_stream_next(s, &bytes, err)) > 0) {
        assert_in_range(bytes.len, 1, 64 * 1024);
        drp_str_add(out, bytes);
    }
    drp_stream_free(s);
    return rc;
}

static void add_gzip(struct drp_str *out, struct drp_sv sv)
{
    z_stream z = {0};
    unsigned char *const buffer = malloc(sv.len + 1000);
    assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)sv.ptr;
    z.avail_in = (unsigned)sv.len;
    z.next_out = buffer;
    z.avail_out = (unsigned)sv.len + 1000;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    drp_str_add(out, (struct drp_sv){(char *)buffer, z.total_out});
    deflateEnd(&z);
    free(buffer);
}

static void add_zstd(struct drp_str *out, struct drp_sv sv)
{
    const size_t size = ZSTD_compressBound(sv.len);
    char *const buffer = malloc(size);
    ZSTD_CCtx *const z = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1); /* as the command does */
    const size_t n = ZSTD_compress2(z, buffer, size, sv.ptr, sv.len);
    assert_false(ZSTD_isError(n));
    ZSTD_freeCCtx(z);
    drp_str_add(out, (struct drp_sv){buffer, n});
    free(buffer);
}

static void add_plain(struct drp_str *out, struct drp_sv sv)
{
    drp_str_add(out, sv);
}

static void (*const packers[])(struct drp_str *, struct drp_sv) = {add_plain, add_gzip,
                                                                   add_zstd};

/* 300,000 bytes that neither repeat nor compress well. */
static void fill_text(struct drp_str *s)
{
    uint32_t x = 1;
    drp_str_init(s, 1 << 20);
    while (s->len < 300000) {
        x = x * 1664525u + 1013904223u;
        drp_str_addf(s, "%08x\n", x);
    }
}

static void every_format_gives_the_same_bytes(void **state)
{
    struct drp_str text, packed, got;
    fill_text(&text);
    drp_str_init(&packed, 1 << 21);
    drp_str_init(&got, 1 << 21);
    for (size_t i = 0; i < DRP_LEN(packers); i++) {
        struct drp_err err = {0};
        drp_str_clear(&packed);
        packers[i](&packed, drp_str_sv(&text));
        const char *const path = drp_temp_write(*state, "f", drp_str_sv(&packed));
        assert_int_equal(read_all(path, &got, &err), 0);
        assert_true(drp_sv_eq(drp_str_sv(&got), drp_str_sv(&text)));
    }
    drp_str_release(&text);
    drp_str_release(&packed);
    drp_str_release(&got);
}

static void several_members_are_one_text(void **state)
{
    struct drp_str packed, got;
    drp_str_init(&got, 1000);
    for (size_t i = 1; i < DRP_LEN(packers); i++) {
        drp_str_init(&packed, 1000);
        packers[i](&packed, DRP_SV("one "));
        packers[i](&packed, DRP_SV(""));
        packers[i](&packed, DRP_SV("two"));
        if (packers[i] == add_gzip)
            drp_str_add(&packed, DRP_SV("\0\0\0\0")); /* padding, as tapes have it */
        const char *const path = drp_temp_write(*state, "f", drp_str_sv(&packed));
        assert_int_equal(read_all(path, &got, NULL), 0);
        assert_string_equal(got.ptr, "one two");
        drp_str_release(&packed);
    }
    drp_str_release(&got);
}

static void every_cut_is_a_truncation(void **state)
{
    struct drp_str packed, got;
    drp_str_init(&got, 1000);
    for (size_t i = 1; i < DRP_LEN(packers); i++) {
        drp_str_init(&packed, 1000);
        packers[i](&packed, DRP_SV("{\"user\":\"u1\"}\n{\"user\":\"u2\"}\n"));
        for (size_t len = 4; len < packed.len; len++) {
            struct drp_err err = {0};
            const char *const path =
                drp_temp_write(*state, "f", drp_sv_slice(drp_str_sv(&packed), 0, len));
            assert_int_equal(read_all(path, &got, &err), DRP_EIO);
            assert_non_null(strstr(err.text, "data end too early; fetch or copy it again"));
            assert_non_null(strstr(err.text, path));
        }
        drp_str_release(&packed);
    }
    drp_str_release(&got);
}

static void damage_is_an_error(void **state)
{
    struct drp_str text, packed, got;
    fill_text(&text);
    drp_str_init(&got, 1 << 21);
    for (size_t i = 1; i < DRP_LEN(packers); i++) {
        struct drp_err err = {0};
        drp_str_init(&packed, 1 << 21);
        packers[i](&packed, drp_str_sv(&text));
        memset(packed.ptr + packed.len / 2, 0xff, 200);
        const char *path = drp_temp_write(*state, "f", drp_str_sv(&packed));
        assert_int_equal(read_all(path, &got, &err), DRP_EIO);
        assert_non_null(strstr(err.text, "data are damaged"));

        drp_str_clear(&packed);
        packers[i](&packed, DRP_SV("good"));
        drp_str_addz(&packed, "garbage behind it");
        path = drp_temp_write(*state, "f", drp_str_sv(&packed));
        assert_int_equal(read_all(path, &got, &err), DRP_EIO);
        assert_string_equal(got.ptr, "good");
        drp_str_release(&packed);
    }
    drp_str_release(&text);
    drp_str_release(&got);
}

static void a_huge_zstd_window_is_refused(void **state)
{
    ZSTD_CCtx *const z = ZSTD_createCCtx();
    char out[1000];
    struct drp_err err = {0};
    struct drp_str got;
    drp_str_init(&got, 1000);
    ZSTD_CCtx_setParameter(z, ZSTD_c_windowLog, 30);
    ZSTD_inBuffer in = {"x", 1, 0};
    ZSTD_outBuffer to = {out, sizeof out, 0};
    ZSTD_compressStream2(z, &to, &in,
                         ZSTD_e_flush); /* of unknown size: the window is stated */
    ZSTD_compressStream2(z, &to, &in, ZSTD_e_end);
    const char *const path = drp_temp_write(*state, "f", (struct drp_sv){out, to.pos});
    assert_int_equal(read_all(path, &got, &err), DRP_EIO);
    assert_non_null(strstr(err.text, "its zstd window is over 128 MiB"));
    ZSTD_freeCCtx(z);
    drp_str_release(&got);
}

static void short_and_empty_files_are_plain(void **state)
{
    static const char *const texts[] = {"", "\n", "{}", "\x1f"};
    struct drp_str got;
    drp_str_init(&got, 1000);
    for (size_t i = 0; i < DRP_LEN(texts); i++) {
        const char *const path = drp_temp_write(*state, "f", drp_sv_from(texts[i]));
        assert_int_equal(read_all(path, &got, NULL), 0);
        assert_string_equal(got.ptr, texts[i]);
    }
    drp_str_release(&got);
}

static void known_formats_that_cannot_be_read_are_named(void **state)
{
    static const struct {
        struct drp_sv bytes;
        const char *name;
    } rows[] = {
        {{"\xfd\x37zXZ\0rest", 10}, "an xz file"}, {{"BZh91AY", 7}, "a bzip2 file"},
        {{"PK\x03\x04rest", 8}, "a zip archive"},  {{"PAR1rest", 8}, "a Parquet file"},
        {{"\xff\xfe{\0", 4}, "UTF-16 text"},       {{"\xfe\xff\0{", 4}, "UTF-16 text"},
    };
    struct drp_stream *s = NULL;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_err err = {0};
        const char *const path = drp_temp_write(*state, "f", rows[i].bytes);
        assert_int_equal(drp_stream_open(path, &s, &err), DRP_EINPUT);
        assert_null(s);
        assert_non_null(strstr(err.text, rows[i].name));
    }
}

static void files_that_cannot_be_opened(void **state)
{
    struct drp_err err = {0};
    struct drp_stream *s = NULL;
    assert_int_equal(drp_stream_open(drp_temp_path(*state, "no"), &s, &err), DRP_ENOTFOUND);
    assert_int_equal(drp_stream_open(*state, &s, &err), DRP_EIO);
    assert_non_null(strstr(err.text, "it is a folder"));
}

static void every_failed_read_is_an_error(void **state)
{
    struct drp_str text, got;
    fill_text(&text);
    drp_str_init(&got, 1 << 21);
    const char *const path = drp_temp_write(*state, "f", drp_str_sv(&text));
    int n = 1, rc = -1;
    for (; rc < 0; n++) {
        drp_fs_fail_nth(n);
        rc = read_all(path, &got, NULL);
        assert_true(rc == 0 || rc == DRP_EIO);
    }
    drp_fs_fail_nth(0);
    assert_in_range(n, 7, 9); /* the opening, five reads, the read at the end */
    drp_str_release(&text);
    drp_str_release(&got);
}

static void the_position_ends_at_the_size(void **state)
{
    struct drp_str text, packed;
    uint64_t done, total;
    struct drp_stream *s = NULL;
    struct drp_sv bytes;
    fill_text(&text);
    drp_str_init(&packed, 1 << 21);
    add_gzip(&packed, drp_str_sv(&text));
    assert_int_equal(
        drp_stream_open(drp_temp_write(*state, "f", drp_str_sv(&packed)), &s, NULL), 0);
    assert_int_equal(drp_stream_next(s, &bytes, NULL), 1);
    drp_stream_position(s, &done, &total);
    assert_int_equal(total, packed.len);
    assert_in_range(done, 1, total - 1);
    while (drp_stream_next(s, &bytes, NULL) > 0)
        ;
    drp_stream_position(s, &done, &total);
    assert_int_equal(done, total);
    drp_stream_free(s);
    drp_str_release(&text);
    drp_str_release(&packed);
}

static void a_pipe_can_be_read(void **state)
{
    (void)state;
    int ends[2];
    char path[64];
    struct drp_str got;
    drp_str_init(&got, 100);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "[1]\n", 4), 4);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    assert_int_equal(read_all(path, &got, NULL), 0);
    assert_string_equal(got.ptr, "[1]\n");
    close(ends[0]);
    drp_str_release(&got);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(every_format_gives_the_same_bytes),
        IN_FOLDER(several_members_are_one_text),
        IN_FOLDER(every_cut_is_a_truncation),
        IN_FOLDER(damage_is_an_error),
        IN_FOLDER(a_huge_zstd_window_is_refused),
        IN_FOLDER(short_and_empty_files_are_plain),
        IN_FOLDER(known_formats_that_cannot_be_read_are_named),
        IN_FOLDER(files_that_cannot_be_opened),
        IN_FOLDER(every_failed_read_is_an_error),
        IN_FOLDER(the_position_ends_at_the_size),
        cmocka_unit_test(a_pipe_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
