#include "search/sampler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/philox.h"
#include "search/fixtures.h"
#include "search/suites.h"
#include "suite.h"

static Space space, other;
static Draw draw, again;
static const char *const optimizers[] = {"sgd", "nesterov", "adam"};

static bool same_value(DrawnValue a, DrawnValue b) {
    return a.present == b.present && a.choice == b.choice &&
           (a.number == b.number || (isnan(a.number) && isnan(b.number)));
}

static bool same_draw(const Draw *a, const Draw *b, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!same_value(a->value[i], b->value[i])) return false;
    }
    return true;
}

static void take(const Space *from, uint64_t seed, uint8_t stage, uint32_t number, Draw *out) {
    Ranges ranges = space_ranges(from);
    Sampler sampler = {.seed = seed, .stage = stage};
    CU_ASSERT_EQUAL_FATAL(space_draw(from, &ranges, &sampler, number, out), STATUS_OK);
}

/* One parameter of every family. */
static void add_families(Space *to) {
    space_add_words(to, "optimizer", 3, optimizers);
    space_add_range(to, "uniform", DIST_UNIFORM, -1, 1);
    space_add_range(to, "int", DIST_INT_UNIFORM, 1, 6);
    space_add_range(to, "q_uniform", DIST_Q_UNIFORM, 0, 1)->q = 0.1;
    space_add_range(to, "log", DIST_LOG_UNIFORM_VALUES, 1e-5, 1);
    space_add_range(to, "q_log", DIST_Q_LOG_UNIFORM_VALUES, 50, 500)->q = 32;
    space_add_range(to, "inv_log", DIST_INV_LOG_UNIFORM_VALUES, 1e-5, 1);
    space_add_range(to, "reverse", DIST_REVERSE_LOG_UNIFORM_VALUES, 0.5, 0.999);
    static const Distribution normals[] = {DIST_NORMAL, DIST_Q_NORMAL, DIST_LOG_NORMAL, DIST_Q_LOG_NORMAL};
    for (size_t i = 0; i < 4; i++) {
        Parameter *p = space_add(to, distribution_name(normals[i]), normals[i]);
        p->mu = 1;
        p->sigma = 0.8;
        p->q = 0.3;
    }
    static const Distribution betas[] = {DIST_BETA, DIST_Q_BETA};
    for (size_t i = 0; i < 2; i++) {
        Parameter *p = space_add(to, distribution_name(betas[i]), betas[i]);
        p->a = 2;
        p->b = 0.7;
        p->q = 0.3;
    }
}

static void a_draw_depends_on_seed_stage_and_number_alone(void) {
    enum { NUMBERS = 200 };
    static Draw first[NUMBERS];
    space = (Space){0};
    add_families(&space);
    for (uint32_t n = 0; n < NUMBERS; n++) {
        take(&space, 7, 1, n, &first[n]);
    }
    for (uint32_t n = NUMBERS; n-- > 0;) {
        take(&space, 7, 1, n, &again);
        CU_ASSERT(same_draw(&first[n], &again, space.count));
    }
}

static void seeds_stages_and_numbers_draw_apart(void) {
    space = (Space){0};
    space_add_range(&space, "x", DIST_UNIFORM, 0, 1);
    space_add_range(&space, "y", DIST_UNIFORM, 0, 1);
    take(&space, 7, 0, 0, &draw);
    double x = draw.value[0].number;
    CU_ASSERT_NOT_EQUAL(x, draw.value[1].number);
    take(&space, 8, 0, 0, &again);
    CU_ASSERT_NOT_EQUAL(again.value[0].number, x);
    take(&space, 7, 1, 0, &again);
    CU_ASSERT_NOT_EQUAL(again.value[0].number, x);
    take(&space, 7, 0, 1, &again);
    CU_ASSERT_NOT_EQUAL(again.value[0].number, x);
    take(&space, 7 + (UINT64_C(1) << 40), 0, 0, &again);
    CU_ASSERT_NOT_EQUAL(again.value[0].number, x);
}

static void parameters_draw_independently(void) {
    enum { NUMBERS = 10000 };
    space = (Space){0};
    space_add_range(&space, "x", DIST_UNIFORM, -1, 1);
    space_add_range(&space, "y", DIST_UNIFORM, -1, 1);
    double sum = 0;
    for (uint32_t n = 0; n < NUMBERS; n++) {
        take(&space, 3, 0, n, &draw);
        sum += draw.value[0].number * draw.value[1].number;
    }
    CU_ASSERT(fabs(sum * 3 / NUMBERS) < 0.03); /* correlation; its deviation is 0.01 */
}

static void another_parameter_changes_no_draw(void) {
    space = (Space){0};
    other = (Space){0};
    add_families(&space);
    space_add_range(&other, "new", DIST_UNIFORM, 0, 1);
    add_families(&other);
    space_add_range(&other, "newer", DIST_UNIFORM, 0, 1);
    for (uint32_t n = 0; n < 100; n++) {
        take(&space, 7, 0, n, &draw);
        take(&other, 7, 0, n, &again);
        for (size_t i = 0; i < space.count; i++) {
            CU_ASSERT(same_value(draw.value[i], again.value[i + 1]));
        }
    }
}

/* The random number of a parameter, by the words of the header. */
static double unit_of(const char *name, uint64_t seed, uint8_t stage, uint32_t number) {
    uint64_t hash = hash64(name, strlen(name));
    RandomStream stream = random_stream(seed, RANDOM_DRAW, stage, (uint16_t)(hash % 65536), number,
                                        (uint32_t)(hash / 4294967296));
    return random_unit(&stream);
}

static void the_stream_is_the_one_documented(void) {
    space = (Space){0};
    space_add_range(&space, "learning_rate", DIST_UNIFORM, 0, 1);
    take(&space, 99, 2, 5, &draw);
    CU_ASSERT_EQUAL(draw.value[0].number, unit_of("learning_rate", 99, 2, 5));
}

typedef struct Pair {
    double unit, value;
} Pair;

static int compare_units(const void *left, const void *right) {
    const Pair *a = left, *b = right;
    return (a->unit > b->unit) - (a->unit < b->unit);
}

static void a_larger_random_number_gives_a_larger_value(void) {
    enum { NUMBERS = 1000 };
    static Pair pairs[NUMBERS];
    space = (Space){0};
    add_families(&space);
    for (size_t i = 0; i < space.count; i++) {
        for (uint32_t n = 0; n < NUMBERS; n++) {
            take(&space, 11, 0, n, &draw);
            DrawnValue value = draw.value[i];
            pairs[n] = (Pair){.unit = unit_of(space.parameters[i].name, 11, 0, n),
                              .value = i == 0 ? (double)value.choice : value.number};
        }
        qsort(pairs, NUMBERS, sizeof pairs[0], compare_units);
        for (size_t n = 1; n < NUMBERS; n++) {
            CU_ASSERT(pairs[n].value >= pairs[n - 1].value);
        }
        CU_ASSERT(pairs[NUMBERS - 1].value > pairs[0].value);
    }
}

static void no_value_leaves_its_range(void) {
    space = (Space){0};
    add_families(&space);
    Ranges wide = space_ranges(&space);
    for (uint32_t n = 0; n < 3000; n++) {
        /* Every trial draws from a smaller range that its number chooses. */
        Ranges ranges = wide;
        double from = 0.01 * (n % 90), to = from + 0.1 * (1 + n % 7);
        for (size_t i = 1; i < space.count; i++) {
            double width = wide.range[i].max - wide.range[i].min;
            ranges.range[i].min = wide.range[i].min + from * width;
            ranges.range[i].max = fmin(wide.range[i].min + to * width, wide.range[i].max);
        }
        ranges.range[0].allowed = 1 + n % 7;
        CU_ASSERT_EQUAL_FATAL(space_draw(&space, &ranges, &(Sampler){.seed = n}, n, &draw), STATUS_OK);
        CU_ASSERT((ranges.range[0].allowed >> draw.value[0].choice & 1) == 1);
        for (size_t i = 1; i < space.count; i++) {
            CU_ASSERT(draw.value[i].number >= ranges.range[i].min);
            CU_ASSERT(draw.value[i].number <= ranges.range[i].max);
        }
    }
}

static void a_range_of_one_point_gives_that_point(void) {
    space = (Space){0};
    add_families(&space);
    Ranges ranges = space_ranges(&space);
    for (size_t i = 1; i < space.count; i++) {
        ranges.range[i].min = ranges.range[i].max;
    }
    CU_ASSERT_EQUAL_FATAL(space_draw(&space, &ranges, &(Sampler){.seed = 1}, 0, &draw), STATUS_OK);
    for (size_t i = 1; i < space.count; i++) {
        CU_ASSERT_EQUAL(draw.value[i].number, ranges.range[i].max);
    }
}

static void ends_of_continuous_ranges_are_never_drawn(void) {
    space = (Space){0};
    double end = nextafter(nextafter(1, 2), 2);
    space_add_range(&space, "tight", DIST_UNIFORM, 1, end);
    space_add_range(&space, "log", DIST_LOG_UNIFORM_VALUES, 1, end);
    for (uint32_t n = 0; n < 100; n++) {
        take(&space, 1, 0, n, &draw);
        CU_ASSERT_EQUAL(draw.value[0].number, nextafter(1, 2));
        CU_ASSERT_EQUAL(draw.value[1].number, nextafter(1, 2));
    }
}

static void whole_parameters_draw_whole_numbers(void) {
    space = (Space){0};
    Parameter *units = space_add_range(&space, "units", DIST_Q_UNIFORM, 0.5, 6.5);
    units->q = 3;
    units->integer = true;
    Parameter *all = space_add_range(&space, "all", DIST_INT_UNIFORM, 0.5, 2.5);
    all->integer = true;
    bool seen[7] = {false};
    for (uint32_t n = 0; n < 300; n++) {
        take(&space, 1, 0, n, &draw);
        double number = draw.value[0].number;
        CU_ASSERT(number == 1 || number == 3 || number == 6);
        seen[(size_t)number] = true;
        CU_ASSERT(draw.value[1].number == 1 || draw.value[1].number == 2);
    }
    CU_ASSERT(seen[1] && seen[3] && seen[6]);
}

static void grids_have_no_negative_zero(void) {
    space = (Space){0};
    space_add_range(&space, "x", DIST_Q_UNIFORM, -0.4, 0.4)->q = 1;
    for (uint32_t n = 0; n < 20; n++) {
        take(&space, 1, 0, n, &draw);
        CU_ASSERT(draw.value[0].number == 0 && !signbit(draw.value[0].number));
    }
}

static void parameters_exist_only_where_their_conditions_hold(void) {
    space = (Space){0};
    space_add_range(&space, "depth", DIST_UNIFORM, 0, 1); /* behind `ramp`, behind `optimizer` */
    space_add_words(&space, "optimizer", 3, optimizers);
    space_add_words(&space, "ramp", 3, optimizers);
    space_add_condition(&space, 2, 1, 3);
    space_add_condition(&space, 0, 2, 5); /* an absent one has choice 0, which is no consent */
    space_add_condition(&space, 0, 1, 5);
    size_t seen[2] = {0};
    for (uint32_t n = 0; n < 500; n++) {
        take(&space, 1, 0, n, &draw);
        bool ramp = draw.value[1].choice != 2;
        bool depth = ramp && draw.value[2].choice != 1 && draw.value[1].choice == 0;
        CU_ASSERT_EQUAL(draw.value[2].present, ramp);
        CU_ASSERT_EQUAL(draw.value[0].present, depth);
        if (!depth) CU_ASSERT(isnan(draw.value[0].number));
        seen[depth]++;
    }
    CU_ASSERT(seen[0] > 0 && seen[1] > 0);
}

static void circles_are_refused(void) {
    space = (Space){0};
    space_add_words(&space, "a", 3, optimizers);
    space_add_condition(&space, 0, 0, 1);
    Ranges ranges = space_ranges(&space);
    CU_ASSERT_EQUAL(space_draw(&space, &ranges, &(Sampler){.seed = 0}, 0, &draw), STATUS_INPUT);
    CU_ASSERT_EQUAL(space_middle(&space, &ranges, &draw), STATUS_INPUT);
}

static void choices_carry_their_numbers(void) {
    static const double sizes[] = {32, 64, 128};
    space = (Space){0};
    space_add_numbers(&space, "batch_size", 3, sizes);
    space_add_words(&space, "optimizer", 3, optimizers);
    for (uint32_t n = 0; n < 20; n++) {
        take(&space, 1, 0, n, &draw);
        CU_ASSERT_EQUAL(draw.value[0].number, sizes[draw.value[0].choice]);
        CU_ASSERT(isnan(draw.value[1].number));
    }
}

static void the_middle_is_taken_in_each_scale(void) {
    space = (Space){0};
    add_families(&space);
    Ranges ranges = space_ranges(&space);
    ranges.range[0].allowed = 6;
    CU_ASSERT_EQUAL_FATAL(space_middle(&space, &ranges, &draw), STATUS_OK);
    CU_ASSERT_EQUAL(draw.value[0].choice, 1);
    CU_ASSERT_EQUAL(draw.value[1].number, 0);
    CU_ASSERT_EQUAL(draw.value[2].number, 4); /* 3.5, halves to even */
    CU_ASSERT_DOUBLE_EQUAL(draw.value[3].number, 0.5, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(draw.value[4].number, sqrt(1e-5), 1e-12);
    CU_ASSERT_EQUAL(draw.value[5].number, 160); /* 158.1 */
    CU_ASSERT_DOUBLE_EQUAL(draw.value[7].number, 1 - sqrt(0.5 * 0.001), 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(draw.value[8].number, 1, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(draw.value[10].number, exp(1), 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(draw.value[12].number, 0.5, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(draw.value[13].number, 0.6, 1e-12);
}

static void extremes_are_the_ends(void) {
    static const double sizes[] = {64, 128, 32};
    space = (Space){0};
    space_add_numbers(&space, "batch_size", 3, sizes);
    space_add_range(&space, "units", DIST_Q_LOG_UNIFORM_VALUES, 64, 512)->q = 32;
    space_add_range(&space, "rate", DIST_LOG_UNIFORM_VALUES, 1e-4, 1);
    space_add_words(&space, "optimizer", 3, optimizers);
    Parameter *beta = space_add(&space, "dropout", DIST_BETA);
    beta->a = beta->b = 2;
    space_add_range(&space, "momentum", DIST_UNIFORM, 0, 0.9);
    space_add_condition(&space, 5, 3, 4);
    Ranges ranges = space_ranges(&space);
    CU_ASSERT_EQUAL_FATAL(space_extreme(&space, &ranges, true, &draw), STATUS_OK);
    CU_ASSERT_EQUAL(draw.value[0].number, 128);
    CU_ASSERT_EQUAL(draw.value[1].number, 512);
    CU_ASSERT_EQUAL(draw.value[2].number, 1);
    CU_ASSERT_EQUAL(draw.value[3].choice, 2);
    CU_ASSERT(draw.value[4].number > 0.99 && draw.value[4].number < 1);
    CU_ASSERT_EQUAL(draw.value[5].number, 0.9);
    CU_ASSERT_EQUAL_FATAL(space_extreme(&space, &ranges, false, &draw), STATUS_OK);
    CU_ASSERT_EQUAL(draw.value[0].number, 32);
    CU_ASSERT_EQUAL(draw.value[1].number, 64);
    CU_ASSERT_EQUAL(draw.value[2].number, 1e-4);
    CU_ASSERT_EQUAL(draw.value[3].choice, 0);
    CU_ASSERT(draw.value[4].number > 0 && draw.value[4].number < 0.01);
    CU_ASSERT_FALSE(draw.value[5].present);
    ranges.range[0].allowed = 5;
    CU_ASSERT_EQUAL_FATAL(space_extreme(&space, &ranges, true, &draw), STATUS_OK);
    CU_ASSERT_EQUAL(draw.value[0].number, 64);
}

void suite_sampler(void) {
    static const TestCase tests[] = {
        {"a draw depends on seed, stage and number alone", a_draw_depends_on_seed_stage_and_number_alone},
        {"seeds, stages and numbers draw apart", seeds_stages_and_numbers_draw_apart},
        {"parameters draw independently", parameters_draw_independently},
        {"another parameter changes no draw", another_parameter_changes_no_draw},
        {"the stream is the one documented", the_stream_is_the_one_documented},
        {"a larger random number gives a larger value", a_larger_random_number_gives_a_larger_value},
        {"no value leaves its range", no_value_leaves_its_range},
        {"a range of one point gives that point", a_range_of_one_point_gives_that_point},
        {"ends of continuous ranges are never drawn", ends_of_continuous_ranges_are_never_drawn},
        {"whole parameters draw whole numbers", whole_parameters_draw_whole_numbers},
        {"grids have no negative zero", grids_have_no_negative_zero},
        {"parameters exist only where their conditions hold",
         parameters_exist_only_where_their_conditions_hold},
        {"conditions in a circle are refused", circles_are_refused},
        {"choices carry their numbers", choices_carry_their_numbers},
        {"the middle is taken in each scale", the_middle_is_taken_in_each_scale},
        {"extremes are the ends", extremes_are_the_ends},
    };
    SUITE("sampler", tests);
}
