/* Draws at the points of sobol, halton and lhs: what parameters make of them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "search/fixtures.h"
#include "search/points/points.h"
#include "search/sampler.h"
#include "search/suites.h"
#include "suite.h"

static Space space, other;
static Draw draw, again;
static const char *const optimizers[] = {"sgd", "nesterov", "adam", "adamw"};
static const SamplerKind even[] = {SAMPLER_SOBOL, SAMPLER_HALTON, SAMPLER_LHS};
#define EVEN (sizeof even / sizeof even[0])

static void take(const Space *from, SamplerKind kind, uint32_t trials, uint32_t number, Draw *out) {
    Ranges ranges = space_ranges(from);
    Sampler sampler = {.kind = kind, .seed = 77, .stage = 3, .trials = trials};
    CU_ASSERT_EQUAL_FATAL(space_draw(from, &ranges, &sampler, number, out), STATUS_OK);
}

static void samplers_have_their_names(void) {
    static const char *const names[SAMPLER_COUNT] = {"random", "sobol", "halton", "lhs"};
    for (size_t k = 0; k < SAMPLER_COUNT; k++)
        CU_ASSERT_STRING_EQUAL(sampler_name((SamplerKind)k), names[k]);
}

static void a_parameter_is_a_quantile_of_its_coordinate(void) {
    space = (Space){0};
    space_add_range(&space, "second", DIST_UNIFORM, 0, 1);
    space_add_range(&space, "first", DIST_UNIFORM, 0, 1);
    Sampler sampler = {.kind = SAMPLER_SOBOL, .seed = 77, .stage = 3};
    for (uint32_t n = 0; n < 50; n++) {
        take(&space, SAMPLER_SOBOL, 50, n, &draw);
        CU_ASSERT_EQUAL(draw.value[0].number, sobol_unit(&sampler, n, 1));
        CU_ASSERT_EQUAL(draw.value[1].number, sobol_unit(&sampler, n, 0));
        take(&space, SAMPLER_HALTON, 50, n, &draw);
        CU_ASSERT_EQUAL(draw.value[0].number, halton_unit(&sampler, n, 1));
        sampler.trials = 50;
        take(&space, SAMPLER_LHS, 50, n, &draw);
        CU_ASSERT_EQUAL(draw.value[1].number, lhs_unit(&sampler, n, 0));
    }
}

static void neither_order_nor_constants_change_a_draw(void) {
    space = (Space){0};
    other = (Space){0};
    space_add_range(&space, "rate", DIST_LOG_UNIFORM_VALUES, 1e-4, 1);
    space_add_words(&space, "optimizer", 4, optimizers);
    space_add_range(&space, "decay", DIST_UNIFORM, 0, 1);
    Parameter *constant = space_add(&other, "constant", DIST_CONSTANT);
    constant->value_count = 1;
    constant->probabilities[0] = 1;
    space_add_range(&other, "decay", DIST_UNIFORM, 0, 1);
    space_add_range(&other, "rate", DIST_LOG_UNIFORM_VALUES, 1e-4, 1);
    space_add_words(&other, "optimizer", 4, optimizers);
    for (size_t k = 0; k < EVEN; k++) {
        for (uint32_t n = 0; n < 64; n++) {
            take(&space, even[k], 64, n, &draw);
            take(&other, even[k], 64, n, &again);
            CU_ASSERT_EQUAL(draw.value[0].number, again.value[2].number);
            CU_ASSERT_EQUAL(draw.value[1].choice, again.value[3].choice);
            CU_ASSERT_EQUAL(draw.value[2].number, again.value[1].number);
        }
    }
}

/* 64 trials: each of four equally likely choices 16 times (with Halton, whose boxes are no powers of two in
 * all dimensions, one more or less), and each twentieth of a scale three or four times. */
static void choices_and_scales_get_their_share(void) {
    enum { TRIALS = 64 };
    space = (Space){0};
    space_add_words(&space, "a", 4, optimizers);
    Parameter *weighted = space_add_words(&space, "b", 4, optimizers);
    static const double probabilities[] = {0.5, 0.25, 0.125, 0.125};
    memcpy(weighted->probabilities, probabilities, sizeof probabilities);
    space_add_range(&space, "c", DIST_LOG_UNIFORM_VALUES, 1e-4, 1);
    space_add_range(&space, "d", DIST_INT_UNIFORM, 1, 8);
    for (size_t k = 0; k < EVEN; k++) {
        double slack = even[k] == SAMPLER_HALTON ? 4 : 0;
        double equal[4] = {0}, unequal[4] = {0}, whole[8] = {0}, decades[4] = {0};
        for (uint32_t n = 0; n < TRIALS; n++) {
            take(&space, even[k], TRIALS, n, &draw);
            equal[draw.value[0].choice]++;
            unequal[draw.value[1].choice]++;
            decades[(size_t)floor(log10(draw.value[2].number) + 4)]++;
            whole[(size_t)draw.value[3].number - 1]++;
        }
        for (size_t i = 0; i < 4; i++) {
            CU_ASSERT_DOUBLE_EQUAL(equal[i], 16, slack);
            CU_ASSERT_DOUBLE_EQUAL(unequal[i], TRIALS * probabilities[i], slack);
            CU_ASSERT_DOUBLE_EQUAL(decades[i], 16, slack);
        }
        for (size_t i = 0; i < 8; i++)
            CU_ASSERT_DOUBLE_EQUAL(whole[i], 8, slack);
    }
}

/* A momentum beside two of four optimizers: present in just half of 64 trials, and spread there as Sobol's
 * first two dimensions are: one in each 32nd for the pair of optimizers. Others do not know of the condition.
 */
static void conditional_parameters_are_spread_where_they_are_present(void) {
    enum { TRIALS = 64 };
    space = (Space){0};
    space_add_range(&space, "b_momentum", DIST_UNIFORM, 0, 1);
    space_add_words(&space, "a_optimizer", 4, optimizers);
    space_add_range(&space, "c_rate", DIST_UNIFORM, 0, 1);
    other = space;
    space_add_condition(&space, 0, 1, 3);
    size_t present = 0, seen[TRIALS / 2] = {0};
    for (uint32_t n = 0; n < TRIALS; n++) {
        take(&space, SAMPLER_SOBOL, TRIALS, n, &draw);
        take(&other, SAMPLER_SOBOL, TRIALS, n, &again);
        CU_ASSERT_EQUAL(draw.value[0].present, draw.value[1].choice < 2);
        CU_ASSERT_EQUAL(draw.value[2].number, again.value[2].number);
        if (!draw.value[0].present) continue;
        CU_ASSERT_EQUAL(draw.value[0].number, again.value[0].number);
        present++;
        seen[(size_t)(draw.value[0].number * TRIALS / 2)]++;
    }
    CU_ASSERT_EQUAL(present, TRIALS / 2);
    for (size_t i = 0; i < TRIALS / 2; i++)
        CU_ASSERT_EQUAL(seen[i], 1);
}

static void as_many_parameters_as_may_be_have_dimensions(void) {
    space = (Space){0};
    char name[PARAMETER_NAME_SIZE];
    for (int i = 0; i < SPACE_MAX_PARAMETERS; i++) {
        (void)snprintf(name, sizeof name, "p%02d", i);
        space_add_range(&space, name, DIST_UNIFORM, 0, 1);
    }
    for (size_t k = 0; k < EVEN; k++) {
        Sampler sampler = {.kind = even[k], .seed = 77, .stage = 3, .trials = 16};
        take(&space, even[k], 16, 5, &draw);
        for (size_t i = 0; i < SPACE_MAX_PARAMETERS; i++) {
            double u = even[k] == SAMPLER_SOBOL    ? sobol_unit(&sampler, 5, i)
                       : even[k] == SAMPLER_HALTON ? halton_unit(&sampler, 5, i)
                                                   : lhs_unit(&sampler, 5, i);
            CU_ASSERT_EQUAL(draw.value[i].number, u);
        }
    }
}

void suite_sampler_points(void) {
    static const TestCase tests[] = {
        {"samplers have their names", samplers_have_their_names},
        {"a parameter is a quantile of its coordinate", a_parameter_is_a_quantile_of_its_coordinate},
        {"neither order nor constants change a draw", neither_order_nor_constants_change_a_draw},
        {"choices and scales get their share", choices_and_scales_get_their_share},
        {"conditional parameters are spread where they are present",
         conditional_parameters_are_spread_where_they_are_present},
        {"as many parameters as may be have dimensions", as_many_parameters_as_may_be_have_dimensions},
    };
    SUITE("sampler points", tests);
}
