/* Hashes: SHA-256 by its published examples, fields that do not run together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/hash.h"
#include "support/temp.h"
#include "base/banned.h"

static void assert_hex(struct drp_sha256 hash, const char *expected)
{
    char hex[65];
    drp_sha256_hex(&hash, hex);
    assert_string_equal(hex, expected);
}

/* Source: FIPS 180-2, appendix B; the empty one is commonly known. */
static const struct {
    const char *in, *hex;
} examples[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void known_values(void **state)
{
    for (size_t i = 0; i < DRP_LEN(examples); i++) {
        struct drp_sha256 hash;
        const struct drp_sv in = drp_sv_from(examples[i].in);
        assert_hex(drp_sha256(in), examples[i].hex);
        struct drp_hasher *const h = drp_hasher_new();
        for (size_t k = 0; k < in.len; k++)
            drp_hasher_add(h, drp_sv_slice(in, k, k + 1));
        assert_hex(drp_hasher_finish(h), examples[i].hex);
        assert_int_equal(drp_sha256_file(drp_temp_write(*state, "f", in), &hash, NULL), 0);
        assert_hex(hash, examples[i].hex);
    }
}

static void files_that_cannot_be_read(void **state)
{
    struct drp_err err = {0};
    struct drp_sha256 hash;
    assert_int_equal(drp_sha256_file(drp_temp_path(*state, "no"), &hash, &err),
                     DRP_ENOTFOUND);
    assert_int_equal(drp_sha256_file(*state, &hash, &err), DRP_EIO);
    assert_non_null(strstr(err.text, *state));
}

static struct drp_sha256 of_fields(struct drp_sv a, struct drp_sv b)
{
    struct drp_hasher *const h = drp_hasher_new();
    drp_hasher_field(h, a);
    drp_hasher_field(h, b);
    return drp_hasher_finish(h);
}

static void fields_do_not_run_together(void **state)
{
    (void)state;
    const struct drp_sha256 one = of_fields(DRP_SV("ab"), DRP_SV("c"));
    const struct drp_sha256 two = of_fields(DRP_SV("a"), DRP_SV("bc"));
    assert_memory_not_equal(&one, &two, sizeof one);
    const struct drp_sha256 same =
        drp_sha256(DRP_SV("\2\0\0\0\0\0\0\0ab\1\0\0\0\0\0\0\0c"));
    assert_memory_equal(&one, &same, sizeof one);
}

static struct drp_sha256 of_double(double value)
{
    struct drp_hasher *const h = drp_hasher_new();
    drp_hasher_double(h, value);
    return drp_hasher_finish(h);
}

static void numbers_are_little_endian(void **state)
{
    (void)state;
    struct drp_hasher *const h = drp_hasher_new();
    drp_hasher_u64(h, UINT64_C(0x0807060504030201));
    const struct drp_sha256 got = drp_hasher_finish(h);
    const struct drp_sha256 same = drp_sha256(DRP_SV("\1\2\3\4\5\6\7\10"));
    assert_memory_equal(&got, &same, sizeof got);

    const struct drp_sha256 zero = of_double(0.0), negative = of_double(-0.0);
    const struct drp_sha256 one = of_double(1.0),
                            bits = drp_sha256(DRP_SV("\0\0\0\0\0\0\360\77"));
    assert_memory_equal(&zero, &negative, sizeof zero);
    assert_memory_equal(&one, &bits, sizeof one);
}

static void hex_is_read_strictly(void **state)
{
    (void)state;
    struct drp_sha256 hash;
    char hex[65];
    const char *const upper =
        "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";
    assert_true(drp_sha256_from_hex(drp_sv_from(upper), &hash));
    assert_hex(hash, examples[1].hex);
    assert_false(drp_sha256_from_hex(drp_sv_slice(drp_sv_from(upper), 0, 63), &hash));
    memcpy(hex, upper, sizeof hex);
    hex[63] = 'g';
    assert_false(drp_sha256_from_hex(drp_sv_from(hex), &hash));
}

static void table_hashes(void **state)
{
    (void)state;
    assert_true(drp_hash64(DRP_SV("")) == UINT64_C(0x2d06800538d394c2)); /* XXH3's of nothing */
    assert_true(drp_hash64((struct drp_sv){NULL, 0}) == drp_hash64(DRP_SV("")));
    assert_true(drp_hash64(DRP_SV("a")) != drp_hash64(DRP_SV("b")));
    assert_true(drp_hash_mix(1, 2) != drp_hash_mix(2, 1));
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(known_values),
        IN_FOLDER(files_that_cannot_be_read),
        cmocka_unit_test(fields_do_not_run_together),
        cmocka_unit_test(numbers_are_little_endian),
        cmocka_unit_test(hex_is_read_strictly),
        cmocka_unit_test(table_hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
