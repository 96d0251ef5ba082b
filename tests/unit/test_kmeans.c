/* The cases below were computed by scikit-learn 1.9.1 in double precision: KMeans(k, random_state=42), or with
 * init=start and n_init=1. Their rows are uniform numbers of numpy's RandomState(seed), so that the test can make them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"
#include "base/rng.h"
#include "select/kmeans.h"
#include "select/representatives.h"

#include "base/banned.h"

struct known {
    uint32_t seed;
    size_t n, d, k;
    double offset; /* added to all values                                              */
    size_t n_far;  /* the last so many of the given centres are far off; 0: none given */
    uint32_t n_rounds;
    double inertia;
    const char *labels; /* 0-9, then a-z                                                */
};

/* The first five stop by the tolerance, and their last assignment changes labels. One lies far from the origin.
 * The last five begin with centres that no row is near, so that clusters run empty. */
// clang-format off
static const struct known KNOWN[] = {
    {42, 200, 1, 11, 0, 0, 6, 0.13730682590785467,
     "73081156805369114a74814726928581533645071253984aa1363383595479674a16536956006571"
     "6845440832100a62a7515842397095413683613a6341976652791434a07339244582543912390090"
     "788a56415805298107314133986aa95338440336"},
    {84, 200, 1, 8, 0, 0, 8, 0.22155728252244561,
     "30712557057427146623153206152547775654755127453500314004273161460532623773005472"
     "47737721645144140177602366064322710113420004445455157425113531502502175464032604"
     "7002544023444430774505737671001411314633"},
    {114, 200, 1, 11, 0, 0, 6, 0.1230547971644604,
     "28471327953362260545a641807a3480030919495a2538361513787344760785025a707a3000110a"
     "9592393795033a28676933789167435088838a3842177a011323a748103500082a53330096765873"
     "079557176540396849674838aa51559719069075"},
    {171, 200, 1, 5, 0, 0, 5, 0.62607120371967595,
     "20204122224112444301010140110142432423400201222302104401033302202140240022041114"
     "11124201300214342430440023131144024441040000134402302043112334243203442101241412"
     "1030312240344430211332112110232411021440"},
    {183, 200, 1, 8, 0, 0, 7, 0.22524645297113038,
     "03321417105261326334420666351250474337742356735523432177763156300517510450047755"
     "01064610655630315153024574134535233716473735366315536006601665247233312541463624"
     "0202455321303315404113454153122311645712"},
    {3, 200, 3, 5, 0, 0, 7, 18.16192316351383,
     "03244421030102212240213302240300440401323414034202331310324000420212201122014434"
     "11100430102204032443400212300333302414031024311430022000041134230003104324330412"
     "1223402034332200413010420200021401220241"},
    {4, 200, 2, 20, 0, 0, 7, 1.2223637488786638,
     "bbh57h0c7d904ajiac6eeheh63h1333e8ah06cc94fiiia91jj79bd0ga09d905cc61b4h99f7040dfe"
     "91884ib5777c3fb35995g317273568ib867bgg7dea459a37af74j567he981j68dhf67ghi3edgfc5h"
     "gig0ib532372b24jg65ji6i3f9fif932g26f8b83"},
    {7, 200, 2, 5, 4096, 0, 7, 6.6629370617294272,
     "42130204032032100233032240104210311301000212114014012103210344323432323030043023"
     "41120033003300100031323231241303102331031144333423340310404443310003341402121302"
     "4200314440124333233141303000243223122432"},
    {21, 200, 1, 5, 0, 2, 12, 0.62584687652897075,
     "34234342423133012120024112034440041214220012101111204130421411241020123314032114"
     "13000000144142132300223322323011201232200442232124441123343043342404334432041444"
     "2441021403112413014212410131232400311202"},
    {22, 200, 2, 6, 0, 3, 15, 5.7159247983211792,
     "24122231453005341310112522031051355455020053544132413531242015122445203313151424"
     "01401054515234023102345012310322543240540222332550003114111002355102123004522521"
     "0110010053001001114231121245405554555035"},
    {23, 200, 3, 8, 0, 5, 10, 11.9157968930898,
     "51110217032774235517044177562377436432020626612570071460713707310370727624374430"
     "24123061241111162350717624642323637340331725361066225624017600467361604276126022"
     "5616531234646676571356370343304101323326"},
    {24, 50, 2, 10, 0, 9, 15, 0.88220154325493105,
     "89593607809808758889636902040701978590407655364483"},
    {25, 200, 2, 7, 0, 6, 24, 4.8491218920544483,
     "51254243664643465400340436155562562120646036363563262606222123102554650232210016"
     "04223114464606331155516425234440242551446544236606013555412151323555012425100060"
     "5155100332450665445550243106154520513001"},
};
// clang-format on

static float *uniform(struct drp_arena *arena, uint32_t seed, size_t n, double offset)
{
    struct drp_rng rng;
    float *values = drp_arena_new(arena, float, n);
    drp_rng_init(&rng, seed);
    for (size_t i = 0; i < n; i++)
        values[i] = (float)(drp_rng_double(&rng) + offset);
    return values;
}

static const float *start_of(struct drp_arena *arena, const struct known *c)
{
    if (c->n_far == 0)
        return NULL;
    float *start = uniform(arena, c->seed + 1000, c->k * c->d, 0);
    const size_t first = c->k - c->n_far;
    for (size_t row = first; row < c->k; row++) {
        for (size_t i = 0; i < c->d; i++)
            start[row * c->d + i] += 100.0f * (float)(row - first + 1);
    }
    return start;
}

static bool same_partition(const int32_t *labels, const char *expected, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            if ((labels[i] == labels[j]) != (expected[i] == expected[j]))
                return false;
        }
    }
    return true;
}

static void equals_known_results(void **state)
{
    (void)state;
    for (size_t i = 0; i < DRP_LEN(KNOWN); i++) {
        const struct known *c = &KNOWN[i];
        struct drp_arena arena = {0};
        struct drp_err err = {0};
        struct drp_kmeans found;
        const struct drp_points points = {uniform(&arena, c->seed, c->n * c->d, c->offset),
                                          c->n, c->d};
        const struct drp_kmeans_opts opts = {.seed = 42, .start = start_of(&arena, c)};
        assert_int_equal(strlen(c->labels), c->n);
        assert_int_equal(drp_kmeans_fit(points, c->k, &opts, &arena, &found, &err), 0);
        if (!same_partition(found.labels, c->labels, c->n))
            fail_msg("labels of seed %u differ", c->seed);
        if (found.n_rounds != c->n_rounds)
            fail_msg("seed %u: %u rounds, not %u", c->seed, found.n_rounds, c->n_rounds);
        if (fabs(found.inertia - c->inertia) > 1e-6 * c->inertia)
            fail_msg("seed %u: inertia %.17g, not %.17g", c->seed, found.inertia,
                     c->inertia);
        drp_arena_release(&arena);
    }
}

/* Rows with zeros behind them are the same points, but few rows in many dimensions are reduced first. */
static void dimensions_do_not_matter(void **state)
{
    (void)state;
    enum { N = 40, D = 6, WIDE = 300 };
    for (uint32_t seed = 1; seed <= 20; seed++) {
        struct drp_arena arena = {0};
        struct drp_err err = {0};
        struct drp_kmeans narrow, wide;
        const float *rows = uniform(&arena, seed, N * D, 0);
        float *padded = drp_arena_new(&arena, float, N *WIDE);
        for (size_t i = 0; i < N; i++)
            memcpy(padded + i * WIDE + seed, rows + i * D, D * sizeof *rows);
        const struct drp_kmeans_opts opts = {.seed = seed};
        const struct drp_points few = {rows, N, D}, many = {padded, N, WIDE};
        assert_int_equal(drp_kmeans_fit(few, 5, &opts, &arena, &narrow, &err), 0);
        assert_int_equal(drp_kmeans_fit(many, 5, &opts, &arena, &wide, &err), 0);
        assert_memory_equal(narrow.labels, wide.labels, N * sizeof *narrow.labels);
        assert_true(fabs(narrow.inertia - wide.inertia) < 1e-9 * narrow.inertia);
        drp_arena_release(&arena);
    }
}

static void equal_points_share_a_cluster(void **state)
{
    (void)state;
    enum { N = 30, D = 64, DISTINCT = 3 };
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    struct drp_kmeans found;
    float *rows = uniform(&arena, 7, N * D, 0);
    for (size_t i = DISTINCT; i < N; i++)
        memcpy(rows + i * D, rows + i % DISTINCT * D, D * sizeof *rows);
    const struct drp_kmeans_opts opts = {.seed = 42};
    assert_int_equal(drp_kmeans_fit((struct drp_points){rows, N, D}, 5, &opts, &arena,
                                    &found, &err),
                     0);
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < i; j++)
            assert_int_equal(found.labels[i] == found.labels[j],
                             i % DISTINCT == j % DISTINCT);
    }
    assert_true(found.inertia < 1e-20);
    drp_arena_release(&arena);
}

/* The point in the middle is as near to one centre as to the other. */
static void the_lower_number_wins_ties(void **state)
{
    (void)state;
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    struct drp_kmeans found;
    const float rows[] = {0, 0, 0, 1, 2, 2, 2}, start[] = {2, 0};
    const struct drp_kmeans_opts opts = {.start = start, .max_rounds = 1};
    assert_int_equal(drp_kmeans_fit((struct drp_points){rows, 7, 1}, 2, &opts, &arena,
                                    &found, &err),
                     0);
    const int32_t expected[] = {1, 1, 1, 0, 0, 0, 0};
    assert_memory_equal(found.labels, expected, sizeof expected);
    drp_arena_release(&arena);
}

static void as_many_points_as_clusters(void **state)
{
    (void)state;
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    struct drp_kmeans found;
    const float rows[] = {0, 5, 9, 40};
    const struct drp_kmeans_opts opts = {.seed = 42};
    assert_int_equal(drp_kmeans_fit((struct drp_points){rows, 4, 1}, 4, &opts, &arena,
                                    &found, &err),
                     0);
    assert_true(found.inertia == 0);
    assert_int_equal(found.n_rounds, 1);
    drp_arena_release(&arena);
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        float last;
        size_t k;
        const char *text;
    } CASES[] = {
        {1, 0, "cannot make 0 clusters: at least 1 is needed"},
        {1, 4, "cannot make 4 clusters of 3 points: at least as many points are needed"},
        {NAN, 2, "cannot cluster points: value 1 of point 2 is not finite"},
        {-INFINITY, 2, "cannot cluster points: value 1 of point 2 is not finite"},
    };
    for (size_t i = 0; i < DRP_LEN(CASES); i++) {
        struct drp_arena arena = {0};
        struct drp_err err = {0};
        struct drp_kmeans found;
        const float rows[] = {0, 1, 2, 3, 4, CASES[i].last};
        const struct drp_kmeans_opts opts = {.seed = 42};
        assert_int_equal(drp_kmeans_fit((struct drp_points){rows, 3, 2}, CASES[i].k,
                                        &opts, &arena, &found, &err),
                         DRP_EINPUT);
        assert_string_equal(err.text, CASES[i].text);
        drp_arena_release(&arena);
    }
}

/* Two members are equally near to their mean, and so is a pair of pairs: the lowest counts. */
static void representatives_are_the_nearest(void **state)
{
    (void)state;
    int32_t labels[] = {2, 0, 0, 1, 1, 1, 4, 4};
    double distances[] = {0, 0.5 + 1e-9, 0.5, 0.3, 0.2, 0.1, 0.7, 0.7 - 2e-6};
    const struct drp_kmeans clusters = {
        .n = DRP_LEN(labels), .k = 5, .labels = labels, .distances = distances};
    size_t nearest[5];
    drp_representatives(&clusters, nearest);
    const size_t expected[] = {1, 5, 0, DRP_NO_POINT, 7};
    assert_memory_equal(nearest, expected, sizeof expected);
}

/* Distances stay, and rows that are equal stay equal to the last bit. */
static void reduced_rows_keep_distances(void **state)
{
    (void)state;
    enum { N = 21, D = 100, TWIN = 13 };
    struct drp_arena arena = {0};
    float *values = uniform(&arena, 3, N * D, -0.5);
    memcpy(values + TWIN * D, values + 4 * D, D * sizeof *values);
    double *means;
    const struct drp_rows rows =
        drp_rows_centred((struct drp_points){values, N, D}, &arena, &means);
    const struct drp_rows reduced = drp_rows_reduce(rows, &arena);
    assert_true(reduced.width < rows.width);
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            double naive = 0;
            for (size_t c = 0; c < D; c++)
                naive += pow((double)values[i * D + c] - (double)values[j * D + c], 2);
            const double distance =
                drp_squared_distance(drp_rows_at(reduced, i), drp_rows_at(reduced, j),
                                     reduced.width);
            assert_true(fabs(distance - naive) < 1e-12);
        }
    }
    assert_memory_equal(drp_rows_at(reduced, 4), drp_rows_at(reduced, TWIN),
                        reduced.width * sizeof(double));
    drp_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_known_results),
        cmocka_unit_test(dimensions_do_not_matter),
        cmocka_unit_test(equal_points_share_a_cluster),
        cmocka_unit_test(the_lower_number_wins_ties),
        cmocka_unit_test(as_many_points_as_clusters),
        cmocka_unit_test(refuses),
        cmocka_unit_test(representatives_are_the_nearest),
        cmocka_unit_test(reduced_rows_keep_distances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
