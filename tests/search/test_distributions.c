/* Draws against distribution functions written here from their definitions: Kolmogorov-Smirnov for what is
 * continuous, chi-square for what is not. Fixed seed, so these either always pass or never. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "search/fixtures.h"
#include "search/sampler.h"
#include "search/suites.h"
#include "suite.h"

#define DRAWS 10000
#define SEED 2017
#define KS_LIMIT 0.0163 /* sqrt(DRAWS) D < 1.63: significance 0.01 */

static Space space;
static double values[DRAWS];

/* DRAWS values of the one parameter of the space, from `range`. */
static void draw_all(Range range) {
    Ranges ranges = {.range = {range}};
    Sampler sampler = {.seed = SEED};
    static Draw draw;
    for (uint32_t n = 0; n < DRAWS; n++) {
        CU_ASSERT_EQUAL_FATAL(space_draw(&space, &ranges, &sampler, n, &draw), STATUS_OK);
        const DrawnValue *value = &draw.value[0];
        if (!value->present) CU_FAIL_FATAL("absent without a condition");
        bool choice = distribution_is_choice(space.parameters[0].distribution);
        values[n] = choice ? (double)value->choice : value->number;
        if (!choice && !(value->number >= range.min && value->number <= range.max))
            CU_FAIL("outside the range");
    }
}

static int compare_doubles(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

typedef double (*Cdf)(double x);

static double ks_distance(Cdf cdf, Range range) {
    draw_all(range);
    qsort(values, DRAWS, sizeof values[0], compare_doubles);
    double below = cdf(range.min), within = cdf(range.max) - below;
    double distance = 0;
    for (size_t i = 0; i < DRAWS; i++) {
        double p = (cdf(values[i]) - below) / within;
        distance = fmax(distance, fmax(p - (double)i / DRAWS, (double)(i + 1) / DRAWS - p));
    }
    return distance;
}

static Parameter *only(Distribution distribution) {
    space = (Space){0};
    return space_add(&space, "x", distribution);
}

static void check_fit(Cdf cdf, double min, double max) {
    double distance = ks_distance(cdf, (Range){.min = min, .max = max});
    CU_ASSERT(distance < KS_LIMIT);
}

static double identity(double x) {
    return x;
}
static double reciprocal_log(double x) {
    return -log(1 / x);
}
static double reverse_log(double x) {
    return -log(1 - x);
}
static double normal_3_2(double x) {
    return 0.5 * (1 + erf((x - 3) / 2 / sqrt(2)));
}
static double log_normal_1_half(double x) {
    return x > 0 ? 0.5 * (1 + erf((log(x) - 1) / 0.5 / sqrt(2))) : 0;
}
static double beta_2_3(double x) {
    return x * x * (6 - 8 * x + 3 * x * x);
}
static double beta_half_half(double x) {
    return 2 / M_PI * asin(sqrt(x));
}
static double beta_tenth_one(double x) {
    return pow(x, 0.1);
}
static double beta_one_seven(double x) {
    return 1 - pow(1 - x, 7);
}

static void uniform_fits(void) {
    only(DIST_UNIFORM);
    check_fit(identity, -2, 5);
}

static void log_uniform_fits(void) {
    only(DIST_LOG_UNIFORM_VALUES);
    check_fit(log, 1e-6, 1);
}

static void inverse_log_uniform_fits(void) {
    only(DIST_INV_LOG_UNIFORM_VALUES);
    check_fit(reciprocal_log, 1e-3, 10);
}

static void reverse_log_uniform_fits(void) {
    only(DIST_REVERSE_LOG_UNIFORM_VALUES);
    check_fit(reverse_log, 0.5, 0.999);
}

static void normal_fits_whole_and_in_part(void) {
    Parameter *p = only(DIST_NORMAL);
    p->mu = 3;
    p->sigma = 2;
    check_fit(normal_3_2, -5, 11);
    check_fit(normal_3_2, 4, 5.5);
    check_fit(normal_3_2, -8, 0);
    check_fit(normal_3_2, 9, 30);
}

static void log_normal_fits_whole_and_in_part(void) {
    Parameter *p = only(DIST_LOG_NORMAL);
    p->mu = 1;
    p->sigma = 0.5;
    check_fit(log_normal_1_half, exp(-1), exp(3));
    check_fit(log_normal_1_half, 3, 4);
    check_fit(log_normal_1_half, 0, 2);
}

static void beta_fits_whole_and_in_part(void) {
    Parameter *p = only(DIST_BETA);
    p->a = 2;
    p->b = 3;
    check_fit(beta_2_3, 0, 1);
    check_fit(beta_2_3, 0.6, 0.95);
    p->a = p->b = 0.5;
    check_fit(beta_half_half, 0, 1);
    p->a = 0.1;
    p->b = 1;
    check_fit(beta_tenth_one, 0, 1);
    p->a = 1;
    p->b = 7;
    check_fit(beta_one_seven, 0, 1);
    check_fit(beta_one_seven, 0.5, 1);
}

static void a_wrong_distribution_is_noticed(void) {
    only(DIST_UNIFORM);
    CU_ASSERT(ks_distance(log, (Range){.min = 0.5, .max = 1}) > KS_LIMIT);
    CU_ASSERT(ks_distance(beta_2_3, (Range){.min = 0, .max = 1}) > KS_LIMIT);
}

/* Sum of (seen - expected)^2 / expected over `count` values with these probabilities. */
static double chi_square(Range range, const double *points, const double *probabilities, size_t count) {
    draw_all(range);
    size_t seen[32] = {0};
    for (size_t n = 0; n < DRAWS; n++) {
        size_t i = 0;
        while (i < count && fabs(values[n] - points[i]) > 1e-9) {
            i++;
        }
        if (i == count) {
            CU_FAIL("a value off the grid");
            return INFINITY;
        }
        seen[i]++;
    }
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        double expected = probabilities[i] * DRAWS;
        sum += (double)(seen[i] * (probabilities[i] == 0)) * 1e9;
        if (expected > 0) sum += pow((double)seen[i] - expected, 2) / expected;
    }
    return sum;
}

/* Points k q for k in [first, last]; probabilities from the cells x with round(x / q) = k, cut to the range.
 */
static double chi_square_grid(Cdf cdf, Range range, double q, int first, int last) {
    double points[32], probabilities[32];
    double whole = cdf(range.max) - cdf(range.min);
    for (int k = first; k <= last; k++) {
        double from = fmax((k - 0.5) * q, range.min), to = fmin((k + 0.5) * q, range.max);
        points[k - first] = fmin(fmax(k * q, range.min), range.max);
        probabilities[k - first] = (cdf(to) - cdf(from)) / whole;
    }
    return chi_square(range, points, probabilities, (size_t)last - (size_t)first + 1);
}

static void categories_come_by_their_probabilities(void) {
    static const char *const words[] = {"a", "b", "c"};
    static const double points[] = {0, 1, 2}, given[] = {0.5, 0.3, 0.2}, of_rest[] = {0, 0.6, 0.4};
    space = (Space){0};
    Parameter *p = space_add_words(&space, "x", 3, words);
    memcpy(p->probabilities, given, sizeof given);
    CU_ASSERT(chi_square((Range){.allowed = 7}, points, given, 3) < 9.21);
    CU_ASSERT(chi_square((Range){.allowed = 6}, points, of_rest, 3) < 6.63);
}

static void improbable_categories_never_come(void) {
    static const char *const words[] = {"a", "b", "c"};
    static const double points[] = {0, 1, 2}, probabilities[] = {0, 1, 0};
    space = (Space){0};
    Parameter *p = space_add_words(&space, "x", 3, words);
    memcpy(p->probabilities, probabilities, sizeof probabilities);
    CU_ASSERT_EQUAL(chi_square((Range){.allowed = 7}, points, probabilities, 3), 0);
}

static void integers_come_equally_often_both_ends_included(void) {
    static const double points[] = {-2, -1, 0, 1, 2, 3};
    static const double probabilities[] = {1.0 / 6, 1.0 / 6, 1.0 / 6, 1.0 / 6, 1.0 / 6, 1.0 / 6};
    only(DIST_INT_UNIFORM)->integer = true;
    CU_ASSERT(chi_square((Range){.min = -2, .max = 3}, points, probabilities, 6) < 15.09);
}

static void q_uniform_rounds_to_its_grid(void) {
    only(DIST_Q_UNIFORM)->q = 0.25;
    CU_ASSERT(chi_square_grid(identity, (Range){.min = 0, .max = 1}, 0.25, 0, 4) < 13.28);
}

static void q_log_uniform_rounds_to_its_grid_and_clips(void) {
    Parameter *p = only(DIST_Q_LOG_UNIFORM_VALUES);
    p->q = 32;
    p->integer = true;
    CU_ASSERT(chi_square_grid(log, (Range){.min = 64, .max = 512}, 32, 2, 16) < 29.14);
    /* 500 lies in the cell of 512 and is its only allowed part */
    CU_ASSERT(chi_square_grid(log, (Range){.min = 64, .max = 500}, 32, 2, 16) < 29.14);
}

static void q_normal_rounds_to_its_grid(void) {
    Parameter *p = only(DIST_Q_NORMAL);
    p->mu = 3;
    p->sigma = 2;
    p->q = 1;
    p->integer = true;
    CU_ASSERT(chi_square_grid(normal_3_2, (Range){.min = -1, .max = 7}, 1, -1, 7) < 20.09);
    CU_ASSERT(space_ranges(&space).range[0].min == -5 && space_ranges(&space).range[0].max == 11);
}

static void q_log_normal_and_q_beta_round_to_their_grids(void) {
    Parameter *p = only(DIST_Q_LOG_NORMAL);
    p->mu = 1;
    p->sigma = 0.5;
    p->q = 1;
    CU_ASSERT(chi_square_grid(log_normal_1_half, (Range){.min = 0, .max = 6}, 1, 0, 6) < 16.81);
    p = only(DIST_Q_BETA);
    p->a = 2;
    p->b = 3;
    p->q = 0.2;
    CU_ASSERT(chi_square_grid(beta_2_3, (Range){.min = 0, .max = 1}, 0.2, 0, 5) < 15.09);
}

void suite_distributions(void) {
    static const TestCase tests[] = {
        {"uniform draws fit", uniform_fits},
        {"log-uniform draws fit", log_uniform_fits},
        {"inverse log-uniform draws fit W&B's definition", inverse_log_uniform_fits},
        {"reverse log-uniform draws fit", reverse_log_uniform_fits},
        {"normal draws fit, whole and in part", normal_fits_whole_and_in_part},
        {"log-normal draws fit, whole and in part", log_normal_fits_whole_and_in_part},
        {"beta draws fit, whole and in part", beta_fits_whole_and_in_part},
        {"a wrong distribution is noticed", a_wrong_distribution_is_noticed},
        {"categories come by their probabilities, among those allowed",
         categories_come_by_their_probabilities},
        {"categories of probability 0 never come", improbable_categories_never_come},
        {"integers come equally often, both ends included", integers_come_equally_often_both_ends_included},
        {"q_uniform rounds to its grid", q_uniform_rounds_to_its_grid},
        {"q_log_uniform_values rounds to its grid and clips", q_log_uniform_rounds_to_its_grid_and_clips},
        {"q_normal rounds to its grid", q_normal_rounds_to_its_grid},
        {"q_log_normal and q_beta round to their grids", q_log_normal_and_q_beta_round_to_their_grids},
    };
    SUITE("distributions", tests);
}
