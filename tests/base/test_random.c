#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/philox.h"
#include "base/suites.h"
#include "suite.h"

static RandomStream stream_of(uint32_t number) {
    return random_stream(2017, RANDOM_SYNTHETIC, 0, 0, number, 0);
}

/* A stream whose next two words are these. */
static RandomStream about_to_give(uint32_t first, uint32_t second) {
    return (RandomStream){.word = {0, 0, first, second}, .left = 2};
}

static void unit_bounds(void) {
    RandomStream low = about_to_give(0, 0);
    RandomStream high = about_to_give(UINT32_MAX, UINT32_MAX);
    RandomStream half = about_to_give(UINT32_C(0x80000000), 0);
    RandomStream last_bit = about_to_give(0, 1U << 11);
    CU_ASSERT_EQUAL(random_unit(&low), 0.0);
    CU_ASSERT_EQUAL(random_unit(&high), 1.0 - 0x1p-53);
    CU_ASSERT_EQUAL(random_unit(&half), 0.5);
    CU_ASSERT_EQUAL(random_unit(&last_bit), 0x1p-53);
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double normal_share(double x) {
    return 0.5 * erfc(-x / sqrt(2.0));
}
static double unit_share(double x) {
    return x;
}

/* Kolmogorov and Smirnov's distance, times the root of the count. Sorts the values. */
static double distance_from(double (*share)(double), double *values, size_t count) {
    double distance = 0;
    qsort(values, count, sizeof(*values), compare);
    for (size_t i = 0; i < count; i++) {
        double expected = share(values[i]);
        distance = fmax(distance, fabs(expected - (double)i / (double)count));
        distance = fmax(distance, fabs(expected - (double)(i + 1) / (double)count));
    }
    return distance * sqrt((double)count);
}

#define SAMPLES 50000
#define CRITICAL 1.95 /* passed by 1 in 1,000 when the shares are right; the seeds are fixed */

static double values[SAMPLES];

static void unit_is_uniform(void) {
    RandomStream stream = stream_of(1);
    for (size_t i = 0; i < SAMPLES; i++) {
        values[i] = random_unit(&stream);
        CU_ASSERT(values[i] >= 0 && values[i] < 1);
    }
    CU_ASSERT(distance_from(unit_share, values, SAMPLES) < CRITICAL);
    for (size_t i = 0; i < SAMPLES; i++)
        values[i] = values[i] * values[i];
    CU_ASSERT(distance_from(unit_share, values, SAMPLES) > CRITICAL);
}

static void normal_is_normal(void) {
    RandomStream stream = stream_of(2);
    double sum = 0;
    double squares = 0;
    for (size_t i = 0; i < SAMPLES; i++) {
        values[i] = random_normal(&stream);
        sum += values[i];
        squares += values[i] * values[i];
    }
    CU_ASSERT(fabs(sum / SAMPLES) < 4 / sqrt(SAMPLES));
    CU_ASSERT(fabs(squares / SAMPLES - 1) < 4 * sqrt(2.0 / SAMPLES));
    CU_ASSERT(distance_from(normal_share, values, SAMPLES) < CRITICAL);
    for (size_t i = 0; i < SAMPLES; i++)
        values[i] *= 1.04;
    CU_ASSERT(distance_from(normal_share, values, SAMPLES) > CRITICAL);
}

static void normal_is_finite(void) {
    for (int i = 0; i < 4; i++) {
        RandomStream stream = {.word = {0}, .left = 4};
        if ((i & 1) != 0) stream.word[0] = stream.word[1] = UINT32_MAX;
        if ((i & 2) != 0) stream.word[2] = stream.word[3] = UINT32_MAX;
        double value = random_normal(&stream);
        CU_ASSERT(isfinite(value) && fabs(value) < 9);
    }
}

static void normal_takes_two_units(void) {
    RandomStream a = stream_of(3);
    RandomStream b = stream_of(3);
    (void)random_normal(&a);
    (void)random_unit(&b);
    (void)random_unit(&b);
    CU_ASSERT_EQUAL(random_u32(&a), random_u32(&b));
}

/* Pearson's chi squared of `count` classes that should be equal. */
static double chi_squared(const size_t *seen, size_t count, size_t total) {
    double expected = (double)total / (double)count;
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += ((double)seen[i] - expected) * ((double)seen[i] - expected) / expected;
    return sum;
}

static void below_is_even(void) {
    RandomStream stream = stream_of(4);
    for (uint32_t bound = 1; bound <= 20; bound++) {
        size_t seen[20] = {0};
        for (size_t i = 0; i < 20000; i++) {
            uint32_t value = random_below(&stream, bound);
            CU_ASSERT_FATAL(value < bound);
            seen[value]++;
        }
        /* The mean is bound - 1, the variance twice that: five deviations away. */
        double freedom = bound - 1;
        CU_ASSERT(chi_squared(seen, bound, 20000) <= freedom + 5 * sqrt(2 * freedom));
    }
}

static void below_has_no_bias(void) {
    /* Without rejection, multiples of three would come twice as often as the others under this bound. */
    const uint32_t bound = UINT32_C(0xC0000000);
    RandomStream stream = stream_of(5);
    size_t seen[3] = {0};
    for (size_t i = 0; i < 30000; i++)
        seen[random_below(&stream, bound) % 3]++;
    CU_ASSERT(chi_squared(seen, 3, 30000) < 15);
}

static void shuffle_is_a_permutation(void) {
    for (uint32_t count = 0; count <= 300; count++) {
        uint32_t index[300];
        bool seen[300] = {false};
        RandomStream stream = stream_of(count);
        for (uint32_t i = 0; i < count; i++)
            index[i] = i;
        random_shuffle(&stream, index, count);
        for (uint32_t i = 0; i < count; i++) {
            CU_ASSERT_FATAL(index[i] < count);
            CU_ASSERT_FALSE(seen[index[i]]);
            seen[index[i]] = true;
        }
    }
}

static void shuffle_is_fixed(void) {
    /* From a separate implementation of Philox, Lemire's method and Fisher and Yates' shuffle in Python. */
    static const uint32_t expected[12] = {6, 8, 1, 9, 10, 7, 0, 3, 5, 2, 4, 11};
    RandomStream stream = random_stream(2017, RANDOM_SHUFFLE, 1, 0, 5, 3);
    uint32_t index[12];
    for (uint32_t i = 0; i < 12; i++)
        index[i] = i;
    random_shuffle(&stream, index, 12);
    CU_ASSERT_EQUAL(memcmp(index, expected, sizeof(index)), 0);
}

static void shuffles_are_even(void) {
    size_t seen[27] = {0}; /* by the order, read as a number in base 3 */
    for (uint32_t number = 0; number < 6000; number++) {
        uint32_t index[3] = {0, 1, 2};
        RandomStream stream = stream_of(number);
        random_shuffle(&stream, index, 3);
        seen[index[0] * 9 + index[1] * 3 + index[2]]++;
    }
    const size_t orders[6] = {seen[5], seen[7], seen[11], seen[15], seen[19], seen[21]};
    CU_ASSERT(chi_squared(orders, 6, 6000) < 25);
}

static void neighbours_are_unrelated(void) {
    double bound = 5 / sqrt(SAMPLES);
    for (uint32_t number = 0; number < 4; number++) {
        RandomStream a = stream_of(number);
        RandomStream b = stream_of(number + 1);
        double products = 0;
        double previous = 0;
        double lagged = 0;
        for (size_t i = 0; i < SAMPLES; i++) {
            double x = (random_unit(&a) - 0.5) * sqrt(12.0);
            double y = (random_unit(&b) - 0.5) * sqrt(12.0);
            products += x * y;
            lagged += x * previous;
            previous = x;
        }
        CU_ASSERT(fabs(products / SAMPLES) < bound);
        CU_ASSERT(fabs(lagged / SAMPLES) < bound);
    }
}

void suite_random(void) {
    static const TestCase tests[] = {
        {"units reach from 0 to just under 1", unit_bounds},
        {"units are uniform", unit_is_uniform},
        {"normals are normal", normal_is_normal},
        {"normals are finite at the extremes", normal_is_finite},
        {"a normal takes two units", normal_takes_two_units},
        {"numbers below a bound are even", below_is_even},
        {"a large bound has no bias", below_has_no_bias},
        {"a shuffle is a permutation", shuffle_is_a_permutation},
        {"a seed fixes the shuffle", shuffle_is_fixed},
        {"all orders come equally often", shuffles_are_even},
        {"neighbouring streams are unrelated", neighbours_are_unrelated},
    };
    SUITE("random", tests);
}
