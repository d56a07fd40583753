/* Points of the unit cube: against published ones, and against what defines nets, sequences and Latin
 * hypercubes. */
#include "search/points/points.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "search/suites.h"
#include "suite.h"

#define DIMENSIONS SPACE_MAX_PARAMETERS

typedef double (*Coordinate)(const Sampler *sampler, uint32_t number, size_t dimension);

static const struct {
    SamplerKind kind;
    Coordinate unit;
} kinds[] = {{SAMPLER_SOBOL, sobol_unit}, {SAMPLER_HALTON, halton_unit}, {SAMPLER_LHS, lhs_unit}};
#define KINDS (sizeof kinds / sizeof kinds[0])

/* Joe and Kuo, Notes on generating Sobol' sequences (2008), and the output of their program for three
 * dimensions. */
static void sobol_points_are_the_published_ones(void) {
    static const double published[10][3] = {{0, 0, 0},
                                            {0.5, 0.5, 0.5},
                                            {0.75, 0.25, 0.25},
                                            {0.25, 0.75, 0.75},
                                            {0.375, 0.375, 0.625},
                                            {0.875, 0.875, 0.125},
                                            {0.625, 0.125, 0.875},
                                            {0.125, 0.625, 0.375},
                                            {0.1875, 0.3125, 0.9375},
                                            {0.6875, 0.8125, 0.4375}};
    for (uint32_t n = 0; n < 10; n++) {
        for (size_t d = 0; d < 3; d++)
            CU_ASSERT_EQUAL(ldexp(sobol_integer(n, d), -32), published[n][d]);
    }
}

/* A triangular matrix with ones on its diagonal, over the field of two elements: what makes every dimension a
 * (0,1)-sequence down to the last bit. */
static void sobol_bits_are_told_apart_in_every_dimension(void) {
    for (size_t d = 0; d < DIMENSIONS; d++) {
        for (uint32_t bit = 0; bit < 32; bit++) {
            uint32_t gray = 1U << bit, number = gray; /* the number whose Gray code has this bit alone */
            for (uint32_t shift = 1; shift < 32; shift *= 2)
                number ^= number >> shift;
            uint32_t column = sobol_integer(number, d);
            CU_ASSERT_EQUAL(column & (0xffffffffU >> bit), 0x80000000U >> bit);
        }
    }
}

static void halton_bases_are_the_first_primes(void) {
    size_t found = 0;
    for (uint32_t p = 2; found < DIMENSIONS; p++) {
        bool prime = true;
        for (uint32_t q = 2; q * q <= p; q++)
            prime = prime && p % q != 0;
        if (prime) CU_ASSERT_EQUAL(halton_base(found++), p);
    }
}

/* Exactly one of `count` points from `first` on in each of `count` equal parts of the dimension. */
static bool one_in_each_part(Coordinate unit, const Sampler *sampler, size_t dimension, uint32_t first,
                             uint32_t count) {
    static bool seen[1 << 17];
    memset(seen, 0, count * sizeof seen[0]);
    for (uint32_t n = first; n < first + count; n++) {
        double u = unit(sampler, n, dimension);
        if (!(u >= 0 && u < 1)) return false;
        size_t part = (size_t)floor(u * count);
        if (part >= count || seen[part]) return false;
        seen[part] = true;
    }
    return true;
}

static void sobol_has_one_point_in_each_part_of_every_dimension(void) {
    Sampler sampler = {.kind = SAMPLER_SOBOL, .seed = 5, .stage = 2};
    for (size_t d = 0; d < DIMENSIONS; d++) {
        for (uint32_t count = 1; count <= 256; count *= 4) {
            CU_ASSERT(one_in_each_part(sobol_unit, &sampler, d, 0, count));
            CU_ASSERT(one_in_each_part(sobol_unit, &sampler, d, 7 * count, count));
        }
    }
    CU_ASSERT(one_in_each_part(sobol_unit, &sampler, 1, 0x7fff0000, 1 << 16)); /* far out */
}

static void halton_has_one_point_in_each_part_of_every_dimension(void) {
    Sampler sampler = {.kind = SAMPLER_HALTON, .seed = 5, .stage = 2};
    for (size_t d = 0; d < DIMENSIONS; d++) {
        CU_ASSERT(one_in_each_part(halton_unit, &sampler, d, 0, halton_base(d)));
        CU_ASSERT(one_in_each_part(halton_unit, &sampler, d, 1000003, halton_base(d)));
    }
    for (size_t d = 0; d < 4; d++) {
        uint32_t base = halton_base(d);
        CU_ASSERT(one_in_each_part(halton_unit, &sampler, d, 12345, base * base * base));
    }
    CU_ASSERT(one_in_each_part(halton_unit, &sampler, 10, 0xffff0000, 31 * 31));
}

static void lhs_has_one_point_in_each_part_of_every_dimension(void) {
    static const uint32_t trials[] = {1, 2, 3, 5, 8, 40, 97, 1000};
    for (size_t t = 0; t < sizeof trials / sizeof trials[0]; t++) {
        Sampler sampler = {.kind = SAMPLER_LHS, .seed = 5, .stage = 2, .trials = trials[t]};
        for (size_t d = 0; d < DIMENSIONS; d += 9) {
            CU_ASSERT(one_in_each_part(lhs_unit, &sampler, d, 0, trials[t]));
            CU_ASSERT(one_in_each_part(lhs_unit, &sampler, d, 3 * trials[t], trials[t]));
        }
    }
    Sampler many = {.kind = SAMPLER_LHS, .seed = 5, .trials = 100003};
    CU_ASSERT(one_in_each_part(lhs_unit, &many, 0, 0, many.trials));
}

/* Boxes of 2^-i by 2^-(m - i), and for Halton of 2^-i by 3^-k. */
static void sobol_has_one_point_in_each_box_of_two_dimensions(void) {
    enum { M = 10, COUNT = 1 << M };
    for (uint64_t seed = 0; seed < 5; seed++) {
        Sampler sampler = {.kind = SAMPLER_SOBOL, .seed = seed};
        for (int i = 0; i <= M; i++) {
            uint8_t seen[COUNT] = {0};
            for (uint32_t n = COUNT; n < 2 * COUNT; n++) {
                size_t column = (size_t)floor(ldexp(sobol_unit(&sampler, n, 0), i));
                size_t row = (size_t)floor(ldexp(sobol_unit(&sampler, n, 1), M - i));
                seen[column << (M - i) | row]++;
            }
            size_t wrong = 0;
            for (size_t box = 0; box < COUNT; box++)
                wrong += seen[box] != 1;
            CU_ASSERT_EQUAL(wrong, 0);
        }
    }
}

static void halton_has_one_point_in_each_box_of_two_dimensions(void) {
    enum { COLUMNS = 8, ROWS = 27 };
    for (uint64_t seed = 0; seed < 5; seed++) {
        Sampler sampler = {.kind = SAMPLER_HALTON, .seed = seed};
        uint8_t seen[COLUMNS * ROWS] = {0};
        for (uint32_t n = 1001; n < 1001 + COLUMNS * ROWS; n++) {
            size_t column = (size_t)floor(halton_unit(&sampler, n, 0) * COLUMNS);
            seen[column * ROWS + (size_t)floor(halton_unit(&sampler, n, 1) * ROWS)]++;
        }
        for (size_t box = 0; box < COLUMNS * ROWS; box++)
            CU_ASSERT_EQUAL(seen[box], 1);
    }
}

/* Every scrambled point is uniform by itself: 16 equal parts over seeds, chi-square with 15 degrees of
 * freedom, 37.7 at a significance of 0.001. Two dimensions, and two points, are independent of each other in
 * how they are scrambled: 4 by 4 parts. */
static double chi_square(const uint32_t observed[16], uint32_t count) {
    double sum = 0, expected = count / 16.0;
    for (size_t i = 0; i < 16; i++)
        sum += (observed[i] - expected) * (observed[i] - expected) / expected;
    return sum;
}

static void each_point_is_uniform_over_seeds(void) {
    enum { SEEDS = 4000 };
    static const uint32_t numbers[] = {0, 1, 6, 29};
    for (size_t k = 0; k < KINDS; k++) {
        for (size_t i = 0; i < 4; i++) {
            uint32_t single[16] = {0}, pair[16] = {0};
            for (uint64_t seed = 0; seed < SEEDS; seed++) {
                Sampler sampler = {.kind = kinds[k].kind, .seed = seed, .stage = 1, .trials = 30};
                double u = kinds[k].unit(&sampler, numbers[i], 3), v = kinds[k].unit(&sampler, numbers[i], 4);
                single[(size_t)(u * 16)]++;
                pair[(size_t)(u * 4) * 4 + (size_t)(v * 4)]++;
            }
            CU_ASSERT(chi_square(single, SEEDS) < 37.7);
            CU_ASSERT(chi_square(pair, SEEDS) < 37.7);
        }
    }
}

/* Points 0 and 1 differ in their first digit and have the same second one, 0. Of Sobol's points it is
 * permuted on its own behind each first digit, and comes out the same in half of all cases (deviation 0.0079
 * at 4000 seeds); of Halton's always. */
static void second_digits_depend_on_first_ones_in_sobol_alone(void) {
    enum { SEEDS = 4000 };
    size_t sobol = 0, halton = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        Sampler sampler = {.seed = seed};
        size_t a = (size_t)(sobol_unit(&sampler, 0, 0) * 4), b = (size_t)(sobol_unit(&sampler, 1, 0) * 4);
        sobol += a % 2 == b % 2;
        a = (size_t)(halton_unit(&sampler, 0, 1) * 9);
        b = (size_t)(halton_unit(&sampler, 1, 1) * 9);
        halton += a % 3 == b % 3;
    }
    CU_ASSERT_DOUBLE_EQUAL((double)sobol / SEEDS, 0.5, 0.025);
    CU_ASSERT_EQUAL(halton, SEEDS);
}

static void each_order_of_few_strata_is_as_likely(void) {
    enum { SEEDS = 24000, COUNT = 4 };
    uint32_t observed[256] = {0}, orders = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        Sampler sampler = {.kind = SAMPLER_LHS, .seed = seed, .trials = COUNT};
        size_t order = 0;
        for (uint32_t n = 0; n < COUNT; n++)
            order = order * COUNT + (size_t)(lhs_unit(&sampler, n, 0) * COUNT);
        observed[order]++;
    }
    double sum = 0;
    for (size_t i = 0; i < 256; i++) {
        orders += observed[i] > 0;
        if (observed[i] > 0) sum += (observed[i] - 1000.0) * (observed[i] - 1000.0) / 1000.0;
    }
    CU_ASSERT_EQUAL(orders, 24);
    CU_ASSERT(sum < 49.7); /* chi-square with 23 degrees of freedom at 0.001 */
}

/* The mean of x y over 2^10 points, over seeds: no bias, and a variance far below that of independent points.
 */
static void means_and_variances_are_those_of_the_cube(void) {
    enum { SEEDS = 40, COUNT = 1024 };
    static const double most[KINDS] = {0.01, 0.03, 0.2}; /* parts of the variance of independent points */
    for (size_t k = 0; k < KINDS; k++) {
        double sum = 0, squares = 0, second = 0;
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            Sampler sampler = {.kind = kinds[k].kind, .seed = seed, .trials = COUNT};
            double mean = 0;
            for (uint32_t n = 0; n < COUNT; n++) {
                double x = kinds[k].unit(&sampler, n, 2), y = kinds[k].unit(&sampler, n, 5);
                mean += x * y / COUNT;
                second += x * x / COUNT / SEEDS;
            }
            sum += mean / SEEDS;
            squares += (mean - 0.25) * (mean - 0.25) / SEEDS;
        }
        double independent = 7.0 / 144 / COUNT; /* variance of x y: 1/9 - 1/16 */
        CU_ASSERT(squares < most[k] * independent);
        CU_ASSERT_DOUBLE_EQUAL(sum, 0.25, 4 * sqrt(most[k] * independent / SEEDS));
        CU_ASSERT_DOUBLE_EQUAL(second, 1.0 / 3, 5e-4); /* of independent points, 1.5e-3 is a deviation */
    }
}

static void points_depend_on_seed_stage_number_and_dimension_alone(void) {
    enum { COUNT = 64 };
    for (size_t k = 0; k < KINDS; k++) {
        Sampler sampler = {.kind = kinds[k].kind, .seed = 9, .stage = 1, .trials = COUNT};
        double first[COUNT];
        for (uint32_t n = 0; n < COUNT; n++)
            first[n] = kinds[k].unit(&sampler, n, 7);
        Sampler seed = sampler, high = sampler, stage = sampler;
        seed.seed = 10;
        high.seed += UINT64_C(1) << 40;
        stage.stage = 0;
        for (uint32_t n = COUNT; n-- > 0;) {
            CU_ASSERT_EQUAL(kinds[k].unit(&sampler, n, 7), first[n]);
            CU_ASSERT_NOT_EQUAL(kinds[k].unit(&seed, n, 7), first[n]);
            CU_ASSERT_NOT_EQUAL(kinds[k].unit(&high, n, 7), first[n]);
            CU_ASSERT_NOT_EQUAL(kinds[k].unit(&stage, n, 7), first[n]);
            CU_ASSERT_NOT_EQUAL(kinds[k].unit(&sampler, n, 8), first[n]);
        }
    }
}

void suite_points(void) {
    static const TestCase tests[] = {
        {"Sobol's points are the published ones", sobol_points_are_the_published_ones},
        {"Sobol's bits are told apart in every dimension", sobol_bits_are_told_apart_in_every_dimension},
        {"Halton's bases are the first primes", halton_bases_are_the_first_primes},
        {"sobol has one point in each part of every dimension",
         sobol_has_one_point_in_each_part_of_every_dimension},
        {"halton has one point in each part of every dimension",
         halton_has_one_point_in_each_part_of_every_dimension},
        {"lhs has one point in each part of every dimension",
         lhs_has_one_point_in_each_part_of_every_dimension},
        {"sobol has one point in each box of two dimensions",
         sobol_has_one_point_in_each_box_of_two_dimensions},
        {"halton has one point in each box of two dimensions",
         halton_has_one_point_in_each_box_of_two_dimensions},
        {"each point is uniform over seeds", each_point_is_uniform_over_seeds},
        {"second digits depend on first ones in sobol alone",
         second_digits_depend_on_first_ones_in_sobol_alone},
        {"each order of few strata is as likely", each_order_of_few_strata_is_as_likely},
        {"means and variances are those of the cube", means_and_variances_are_those_of_the_cube},
        {"points depend on seed, stage, number and dimension alone",
         points_depend_on_seed_stage_number_and_dimension_alone},
    };
    SUITE("points", tests);
}
