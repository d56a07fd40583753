#include <math.h>
#include <string.h>

#include "search/fixtures.h"
#include "search/suites.h"
#include "suite.h"

static Space space;
static size_t order[SPACE_MAX_PARAMETERS];
static const char *const optimizers[] = {"sgd", "nesterov", "adam"};

static void names_of_distributions_are_those_of_wandb(void) {
    CU_ASSERT_STRING_EQUAL(distribution_name(DIST_CONSTANT), "constant");
    CU_ASSERT_STRING_EQUAL(distribution_name(DIST_INV_LOG_UNIFORM_VALUES), "inv_log_uniform_values");
    CU_ASSERT_STRING_EQUAL(distribution_name(DIST_Q_BETA), "q_beta");
    for (int d = 0; d < DIST_COUNT; d++) {
        for (int e = 0; e < d; e++) {
            CU_ASSERT_STRING_NOT_EQUAL(distribution_name((Distribution)d),
                                       distribution_name((Distribution)e));
        }
    }
}

static void parameters_are_found_by_name(void) {
    space = (Space){0};
    space_add_range(&space, "a", DIST_UNIFORM, 0, 1);
    space_add_range(&space, "ab", DIST_UNIFORM, 0, 1);
    CU_ASSERT_EQUAL(space_find(&space, "ab"), 1);
    CU_ASSERT_EQUAL(space_find(&space, "a"), 0);
    CU_ASSERT_EQUAL(space_find(&space, "b"), 2);
}

static void ranges_are_those_configured(void) {
    space = (Space){0};
    space_add_range(&space, "x", DIST_LOG_UNIFORM_VALUES, 1e-4, 1);
    space_add_words(&space, "optimizer", 3, optimizers);
    Parameter *normal = space_add(&space, "normal", DIST_NORMAL);
    normal->mu = 10;
    normal->sigma = 2;
    Parameter *log_normal = space_add(&space, "log_normal", DIST_LOG_NORMAL);
    log_normal->sigma = 1;
    space_add(&space, "beta", DIST_BETA);
    Parameter *full = space_add(&space, "full", DIST_CATEGORICAL);
    full->value_count = 64;
    Ranges ranges = space_ranges(&space);
    CU_ASSERT_EQUAL(ranges.range[0].min, 1e-4);
    CU_ASSERT_EQUAL(ranges.range[0].max, 1);
    CU_ASSERT_EQUAL(ranges.range[1].allowed, 7);
    CU_ASSERT_EQUAL(ranges.range[2].min, 2);
    CU_ASSERT_EQUAL(ranges.range[2].max, 18);
    CU_ASSERT_DOUBLE_EQUAL(ranges.range[3].min, exp(-4), 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(ranges.range[3].max, exp(4), 1e-9);
    CU_ASSERT_EQUAL(ranges.range[4].min, 0);
    CU_ASSERT_EQUAL(ranges.range[4].max, 1);
    CU_ASSERT_EQUAL(ranges.range[5].allowed, UINT64_MAX);
}

static void normal_ranges_end_on_the_grid_and_in_the_domain(void) {
    space = (Space){0};
    Parameter *normal = space_add(&space, "units", DIST_Q_NORMAL);
    normal->mu = 10;
    normal->sigma = 3.4; /* -3.6 to 23.6 */
    normal->q = 5;
    normal->domain_min = 1;
    Parameter *momentum = space_add(&space, "momentum", DIST_NORMAL);
    momentum->mu = 0.9;
    momentum->sigma = 0.1;
    momentum->domain_max = 1;
    Ranges ranges = space_ranges(&space);
    CU_ASSERT_EQUAL(ranges.range[0].min, 1);
    CU_ASSERT_EQUAL(ranges.range[0].max, 25);
    CU_ASSERT_DOUBLE_EQUAL(ranges.range[1].min, 0.5, 1e-12);
    CU_ASSERT_EQUAL(ranges.range[1].max, 1);
}

static void order_puts_conditions_first(void) {
    space = (Space){0};
    space_add_range(&space, "momentum", DIST_UNIFORM, 0, 1);
    space_add_words(&space, "kind", 3, optimizers);
    space_add_words(&space, "optimizer", 3, optimizers);
    space_add_condition(&space, 0, 1, 1);
    space_add_condition(&space, 1, 2, 1);
    CU_ASSERT_EQUAL_FATAL(space_order(&space, order), STATUS_OK);
    CU_ASSERT_EQUAL(order[0], 2);
    CU_ASSERT_EQUAL(order[1], 1);
    CU_ASSERT_EQUAL(order[2], 0);
}

static void order_without_conditions_is_that_of_the_space(void) {
    space = (Space){0};
    space_add_range(&space, "b", DIST_UNIFORM, 0, 1);
    space_add_range(&space, "a", DIST_UNIFORM, 0, 1);
    CU_ASSERT_EQUAL_FATAL(space_order(&space, order), STATUS_OK);
    CU_ASSERT_EQUAL(order[0], 0);
    CU_ASSERT_EQUAL(order[1], 1);
}

static void conditions_in_a_circle_are_refused_by_name(void) {
    space = (Space){0};
    space_add_words(&space, "free", 3, optimizers);
    space_add_words(&space, "behind", 3, optimizers);
    space_add_words(&space, "a", 3, optimizers);
    space_add_words(&space, "b", 3, optimizers);
    space_add_condition(&space, 1, 2, 1);
    space_add_condition(&space, 2, 0, 1);
    space_add_condition(&space, 2, 3, 1);
    space_add_condition(&space, 3, 2, 1);
    CU_ASSERT_EQUAL_FATAL(space_order(&space, order), STATUS_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "in a circle: a -> b -> a;"));
}

static void a_condition_on_oneself_is_a_circle(void) {
    space = (Space){0};
    space_add_words(&space, "a", 3, optimizers);
    space_add_condition(&space, 0, 0, 1);
    CU_ASSERT_EQUAL_FATAL(space_order(&space, order), STATUS_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "a -> a"));
}

static void scales_lead_there_and_back(void) {
    static const Distribution logs[] = {DIST_LOG_UNIFORM_VALUES, DIST_Q_LOG_UNIFORM_VALUES,
                                        DIST_INV_LOG_UNIFORM_VALUES, DIST_LOG_NORMAL, DIST_Q_LOG_NORMAL};
    Parameter p = {.q = 1};
    for (size_t i = 0; i < 5; i++) {
        p.distribution = logs[i];
        CU_ASSERT_DOUBLE_EQUAL(parameter_to_scale(&p, 0.01), log(0.01), 1e-15);
        CU_ASSERT_DOUBLE_EQUAL(parameter_from_scale(&p, log(0.01)), 0.01, 1e-16);
    }
    CU_ASSERT_DOUBLE_EQUAL(parameter_to_scale(&p, 0), log(0.5), 1e-15); /* q_log_normal's 0 */
    p.distribution = DIST_REVERSE_LOG_UNIFORM_VALUES;
    CU_ASSERT_DOUBLE_EQUAL(parameter_to_scale(&p, 0.99), log(0.01), 1e-13);
    CU_ASSERT_DOUBLE_EQUAL(parameter_from_scale(&p, log(0.01)), 0.99, 1e-15);
    p.distribution = DIST_NORMAL;
    CU_ASSERT_EQUAL(parameter_to_scale(&p, -3), -3);
    CU_ASSERT_EQUAL(parameter_from_scale(&p, -3), -3);
}

static const char *text_of_number(double number) {
    static char out[64];
    Parameter p = {.distribution = DIST_UNIFORM};
    parameter_value_text(&p, (DrawnValue){.present = true, .number = number}, out, sizeof out);
    return out;
}

static void texts_are_short_and_read_back_equal(void) {
    static const double numbers[] = {0.1,    1.0 / 3, 1e-4, 100000, 9007199254740992.0,   0.1 + 0.2,
                                     5e-324, 1e300,   -2.5, 0,      0.999999999999999889, M_PI * 1e-7};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        CU_ASSERT_EQUAL(strtod(text_of_number(numbers[i]), NULL), numbers[i]);
    }
    CU_ASSERT_STRING_EQUAL(text_of_number(0.1), "0.1");
    CU_ASSERT_STRING_EQUAL(text_of_number(0.1 + 0.2), "0.30000000000000004");
    CU_ASSERT_STRING_EQUAL(text_of_number(100000), "100000");
    CU_ASSERT_STRING_EQUAL(text_of_number(9007199254740992.0), "9007199254740992");
}

static void texts_of_choices_are_their_words_or_numbers(void) {
    static const double sizes[] = {32, 0.5};
    char out[64];
    space = (Space){0};
    Parameter *words = space_add_words(&space, "optimizer", 3, optimizers);
    Parameter *numbers = space_add_numbers(&space, "size", 2, sizes);
    parameter_value_text(words, (DrawnValue){.present = true, .choice = 1, .number = NAN}, out, sizeof out);
    CU_ASSERT_STRING_EQUAL(out, "nesterov");
    parameter_value_text(numbers, (DrawnValue){.present = true, .choice = 1, .number = 0.5}, out, sizeof out);
    CU_ASSERT_STRING_EQUAL(out, "0.5");
    parameter_value_text(words, (DrawnValue){.present = false, .choice = 1}, out, sizeof out);
    CU_ASSERT_STRING_EQUAL(out, "");
    parameter_value_text(words, (DrawnValue){.present = true, .choice = 1}, out, 4);
    CU_ASSERT_STRING_EQUAL(out, "nes");
}

void suite_space(void) {
    static const TestCase tests[] = {
        {"names of distributions are those of W&B, each its own", names_of_distributions_are_those_of_wandb},
        {"parameters are found by their whole name", parameters_are_found_by_name},
        {"ranges are those configured", ranges_are_those_configured},
        {"normal ranges end on the grid and in the domain", normal_ranges_end_on_the_grid_and_in_the_domain},
        {"the order puts conditions first", order_puts_conditions_first},
        {"the order without conditions is that of the space", order_without_conditions_is_that_of_the_space},
        {"conditions in a circle are refused by name", conditions_in_a_circle_are_refused_by_name},
        {"a condition on oneself is a circle", a_condition_on_oneself_is_a_circle},
        {"scales lead there and back", scales_lead_there_and_back},
        {"texts of numbers are short and read back equal", texts_are_short_and_read_back_equal},
        {"texts of choices are their words or numbers", texts_of_choices_are_their_words_or_numbers},
    };
    SUITE("space", tests);
}
