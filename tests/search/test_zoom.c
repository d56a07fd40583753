#include "search/zoom.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/philox.h"
#include "search/fixtures.h"
#include "search/sampler.h"
#include "search/suites.h"
#include "suite.h"

#define MOST_TRIALS 64

static Space space;
static Draw draws[MOST_TRIALS];
static ZoomTrial trials[MOST_TRIALS];
static size_t trial_count;
static ZoomResult result;
static ZoomRules rules;
static Ranges before;

/* Trials of the first parameter's values, from best to worst, ids 100, 101, ... */
static void trials_from(size_t count, const double *values) {
    memset(draws, 0, sizeof draws);
    trial_count = count;
    for (size_t i = 0; i < count; i++) {
        bool choice = distribution_is_choice(space.parameters[0].distribution);
        draws[i].value[0] = (DrawnValue){
            .present = true, .number = choice ? NAN : values[i], .choice = choice ? (size_t)values[i] : 0};
        trials[i] = (ZoomTrial){.id = 100 + i, .metric = 1 - 0.01 * (double)i, .draw = draws[i].value};
    }
}

/* Others, which diverged. */
static void diverged_at(size_t count, const double *values) {
    for (size_t i = 0; i < count; i++, trial_count++) {
        draws[trial_count].value[0] = (DrawnValue){.present = true, .number = values[i]};
        trials[trial_count] =
            (ZoomTrial){.id = 200 + i, .metric = NAN, .draw = draws[trial_count].value, .diverged = true};
    }
}

static void zoom(void) {
    free(result.elites);
    before = space_ranges(&space);
    CU_ASSERT_EQUAL_FATAL(space_zoom(&space, &before, &rules, trials, trial_count, &result), STATUS_OK);
}

static Parameter *one_parameter(Distribution distribution, double min, double max) {
    space = (Space){0};
    rules = zoom_rules_default(ZOOM_BY_SPAN);
    rules.keep = 0.5;
    rules.margin = 0.25;
    return space_add_range(&space, "x", distribution, min, max);
}

static void expect(ZoomReason reason, double min, double max) {
    CU_ASSERT_EQUAL(result.reason[0], reason);
    CU_ASSERT_DOUBLE_EQUAL(result.after.range[0].min, min, 1e-12 * (1 + fabs(min)));
    CU_ASSERT_DOUBLE_EQUAL(result.after.range[0].max, max, 1e-12 * (1 + fabs(max)));
}

static void a_range_narrows_to_the_elites_and_a_margin(void) {
    one_parameter(DIST_UNIFORM, 0, 10);
    trials_from(6, (double[]){5, 4, 6, 0, 9, 10});
    zoom();
    expect(ZOOM_NARROWED, 3.5, 6.5);
}

static void log_ranges_narrow_in_the_logarithm(void) {
    one_parameter(DIST_LOG_UNIFORM_VALUES, 1e-6, 1);
    trials_from(4, (double[]){1e-4, 1e-2, 1, 1e-6});
    zoom();
    expect(ZOOM_NARROWED, pow(10, -4.5), pow(10, -1.5));
    one_parameter(DIST_REVERSE_LOG_UNIFORM_VALUES, 0, 1 - 1e-6);
    trials_from(4, (double[]){1 - 1e-4, 0.99, 0, 0.5});
    zoom();
    expect(ZOOM_NARROWED, 1 - pow(10, -1.5), 1 - pow(10, -4.5));
}

static void the_margin_stays_inside_the_old_range(void) {
    one_parameter(DIST_UNIFORM, 0, 10);
    trials_from(8, (double[]){5, 1, 6, 9, 0, 0, 0, 0});
    zoom();
    expect(ZOOM_KEPT, 0, 10);
}

static void elites_of_one_value_leave_the_floor(void) {
    one_parameter(DIST_UNIFORM, 0, 10);
    trials_from(4, (double[]){4, 4, 0, 10});
    zoom();
    expect(ZOOM_FLOOR, 3.5, 4.5);
    CU_ASSERT(result.after.range[0].max - result.after.range[0].min >= 1 - 1e-12);
}

static void the_floor_shifts_off_an_edge_that_stays(void) {
    one_parameter(DIST_UNIFORM, 0, 10);
    rules.floor = 0.4;
    trials_from(4, (double[]){1, 1, 5, 10});
    zoom();
    expect(ZOOM_FLOOR, 0, 4);
    trials_from(4, (double[]){9, 9, 5, 10});
    zoom();
    expect(ZOOM_FLOOR, 6, 10);
}

static void a_range_grows_where_trials_get_better_towards_its_edge(void) {
    one_parameter(DIST_UNIFORM, 0, 10);
    trials_from(10, (double[]){9.9, 9, 8.2, 7.5, 6.5, 5.6, 3, 2, 1, 0.5});
    zoom();
    trials_from(10, (double[]){0.1, 1, 1.8, 2.5, 3.5, 4.4, 7, 8, 9, 9.5});
    zoom();
}

static void best_trials_near_an_edge_alone_do_not_move_it(void) {
    one_parameter(DIST_UNIFORM, 0, 10);
    trials_from(10, (double[]){8.4, 8.8, 8, 9.2, 7.6, 6, 9.9, 3, 2, 1}); /* the optimum is within */
    zoom();
    expect(ZOOM_NARROWED, 7.2, 9.6);
    trials_from(10, (double[]){9.9, 4, 5, 9, 3, 8, 2, 7, 1, 6}); /* two of five elites are not most */
    zoom();
    expect(ZOOM_NARROWED, 3 - 0.25 * 6.9, 10);
}

/* At one edge or the other: each has most of the elites in half of all cases, and then a trend by chance. */
static void a_parameter_without_influence_seldom_grows(void) {
    one_parameter(DIST_UNIFORM, 0, 1);
    rules.keep = 0.2;
    double values[40];
    size_t grew = 0;
    for (uint32_t round = 0; round < 10000; round++) {
        RandomStream stream = random_stream(1, RANDOM_SYNTHETIC, 0, 0, round, 0);
        for (size_t i = 0; i < 40; i++)
            values[i] = random_unit(&stream);
        trials_from(40, values);
        zoom();
        grew += result.after.range[0].min < 0 || result.after.range[0].max > 1;
    }
    CU_ASSERT(grew > 0 && grew < 1000);
}

static void few_trials_near_an_edge_are_judged_by_the_half(void) {
    one_parameter(DIST_UNIFORM, 0, 10);
    double values[] = {9.5, 8.5, 7.5, 5.5, 5.2, 4, 3, 2}; /* three in the part beside it: few */
    trials_from(8, values);
    rules.keep = 0.25;
    zoom();
    values[1] = 5.5; /* 9.5, 5.5, 7.5, 8.5, 5.2: no order */
    values[3] = 8.5;
    trials_from(8, values);
    zoom();
    CU_ASSERT(result.after.range[0].max <= 10);
}

static void no_range_grows_towards_what_diverged(void) {
    one_parameter(DIST_UNIFORM, 0, 10);
    trials_from(10, (double[]){9.2, 9, 8.2, 7.5, 6.5, 5.6, 3, 2, 1, 0.5});
    zoom();
    trials_from(10, (double[]){9.2, 9, 8.2, 7.5, 6.5, 5.6, 3, 2, 1, 0.5});
    diverged_at(3, (double[]){9.4, 9.9, 9.6});
    zoom();
    expect(ZOOM_NARROWED, 6.5 - 0.25 * 2.7, 9.2 + 0.25 * 2.7);
    CU_ASSERT_EQUAL(result.elite_count, 5); /* of those that completed */
}

static void a_range_grows_away_from_what_diverged(void) {
    one_parameter(DIST_UNIFORM, 0, 10);
    trials_from(5, (double[]){1.5, 0.5, 2.5, 1, 2});
    zoom();
    CU_ASSERT(result.after.range[0].min >= 0);
    trials_from(5, (double[]){1.5, 0.5, 2.5, 1, 2});
    diverged_at(5, (double[]){3, 4.5, 6, 3.5, 4});
    zoom();
}

static void diverged_trials_do_not_make_four(void) {
    one_parameter(DIST_UNIFORM, 0, 10);
    trials_from(3, (double[]){5, 5, 5});
    diverged_at(6, (double[]){8, 8, 8, 8, 8, 8});
    zoom();
    expect(ZOOM_FEW_TRIALS, 0, 10);
}

static void significance_and_growth_are_settings(void) {
    one_parameter(DIST_UNIFORM, 0, 10);
    trials_from(10, (double[]){9.9, 9, 8.2, 7.5, 6.5, 5.6, 3, 2, 1, 0.5}); /* rho 1 of 6 trials: 1.3 % */
    rules.grow = 0.25;
    zoom();
    rules.significance = 0.01;
    zoom();
    expect(ZOOM_NARROWED, 6.5 - 0.25 * 3.4, 10);
    rules.significance = 0.05;
    rules.grow = 0;
    zoom();
    expect(ZOOM_NARROWED, 6.5 - 0.25 * 3.4, 10);
}

static int nearer_the_optimum(const void *left, const void *right) {
    double a = fabs(*(const double *)left - 8.5), b = fabs(*(const double *)right - 8.5);
    return (a > b) - (a < b);
}

/* The half of the range rises on the whole, its last fifth falls. */
static void edge_is_how_much_of_the_range_is_looked_at(void) {
    one_parameter(DIST_UNIFORM, 0, 10);
    double values[60];
    for (size_t i = 0; i < 60; i++)
        values[i] = (double)i / 6;
    qsort(values, 60, sizeof(double), nearer_the_optimum);
    trials_from(60, values);
    rules.keep = 0.2;
    rules.edge = 0.5;
    zoom();
    rules.edge = 0.2;
    zoom();
    CU_ASSERT_EQUAL(result.reason[0], ZOOM_NARROWED);
}

/* Twelve trials of a parameter between 0 and 1, the better the nearer they are to the upper (or lower) end.
 */
static void trials_towards(const Parameter *p, bool high) {
    double values[12];
    double low = parameter_to_scale(p, p->min), up = parameter_to_scale(p, p->max);
    for (size_t i = 0; i < 12; i++) {
        double part = (double)i / 12;
        values[i] = parameter_from_scale(p, high ? up - part * (up - low) : low + part * (up - low));
    }
    trials_from(12, values);
}

static void log_ranges_grow_by_a_factor_and_never_reach_zero(void) {
    Parameter *rate = one_parameter(DIST_LOG_UNIFORM_VALUES, 1e-5, 1e-3);
    rate->domain_min = 0;
    trials_towards(rate, false);
    zoom();
    CU_ASSERT_DOUBLE_EQUAL(result.after.range[0].min, pow(10, -6.2), 1e-15);
    for (int stage = 0; stage < 800; stage++) {
        rate->min = result.after.range[0].min;
        rate->max = 10 * rate->min;
        trials_towards(rate, false);
        zoom();
        CU_ASSERT_FATAL(result.after.range[0].min > 0);
    }
    CU_ASSERT(result.after.range[0].min < 1e-300);
}

static void reverse_log_ranges_never_reach_one(void) {
    Parameter *momentum = one_parameter(DIST_REVERSE_LOG_UNIFORM_VALUES, 0.5, 0.99);
    momentum->domain_min = 0;
    momentum->domain_max = 1;
    trials_towards(momentum, true);
    zoom();
    CU_ASSERT_DOUBLE_EQUAL(result.after.range[0].max, 1 - 0.01 * pow(0.02, 0.6), 1e-12);
    for (int stage = 0; stage < 60; stage++) {
        momentum->max = result.after.range[0].max;
        trials_towards(momentum, true);
        zoom();
        CU_ASSERT_FATAL(result.after.range[0].max < 1);
    }
    momentum->max = 0.99;
    trials_towards(momentum, false);
    zoom();
}

static void growth_ends_at_the_domain(void) {
    Parameter *dropout = one_parameter(DIST_UNIFORM, 0, 0.9);
    dropout->domain_min = 0;
    dropout->domain_max = 1;
    trials_towards(dropout, true);
    zoom();
    CU_ASSERT_EQUAL(result.after.range[0].max, 1);
    trials_towards(dropout, false);
    zoom();
    CU_ASSERT_EQUAL(result.reason[0], ZOOM_NARROWED);
    CU_ASSERT_EQUAL(result.after.range[0].min, 0);
    dropout->max = 1;
    trials_towards(dropout, true);
    zoom();
    CU_ASSERT_EQUAL(result.reason[0], ZOOM_NARROWED);
    CU_ASSERT_EQUAL(result.after.range[0].max, 1);
    trials_from(4, (double[]){1, 1, 0.2, 0.2});
    zoom();
    expect(ZOOM_FLOOR, 0.9, 1);
    Parameter *decay = one_parameter(DIST_LOG_UNIFORM_VALUES, 0.01, 0.9);
    decay->domain_max = 1;
    trials_towards(decay, true);
    zoom();
    CU_ASSERT_EQUAL(result.after.range[0].max, 1);
}

static void beta_ranges_stay_within_zero_and_one(void) {
    Parameter *p = one_parameter(DIST_BETA, -INFINITY, INFINITY);
    p->a = p->b = 1;
    trials_from(4, (double[]){0.99, 0.9, 0.2, 0.2});
    zoom();
    expect(ZOOM_NARROWED, 0.8775, 1);
    trials_from(10, (double[]){0.99, 0.95, 0.9, 0.85, 0.8, 0.6, 0.3, 0.2, 0.1, 0.05});
    zoom();
    expect(ZOOM_NARROWED, 0.8 - 0.25 * 0.19, 1); /* as far as it goes already */
}

static void integers_stay_whole(void) {
    one_parameter(DIST_INT_UNIFORM, 1, 10);
    trials_from(4, (double[]){5, 5, 1, 10});
    zoom();
    expect(ZOOM_FLOOR, 4, 6);
    trials_from(4, (double[]){4, 6, 1, 10});
    zoom();
    expect(ZOOM_NARROWED, 3, 7);
    one_parameter(DIST_INT_UNIFORM, 1, 3)->domain_min = 1;
    trials_from(8, (double[]){3, 3, 3, 3, 2, 2, 1, 1});
    zoom();
    trials_from(8, (double[]){1, 1, 1, 1, 2, 2, 3, 3});
    zoom();
    expect(ZOOM_FLOOR, 1, 2);
}

static void q_ranges_stay_on_their_grid(void) {
    Parameter *units = one_parameter(DIST_Q_LOG_UNIFORM_VALUES, 64, 512);
    units->q = 32;
    trials_from(4, (double[]){128, 192, 64, 512});
    zoom();
    expect(ZOOM_NARROWED, 96, 224); /* 115.7 to 212.6 */
    trials_from(8, (double[]){512, 480, 416, 352, 320, 256, 128, 64});
    zoom();
    trials_from(8, (double[]){64, 64, 96, 96, 128, 160, 512, 512});
    zoom();
    units->min = 50; /* off the grid: as far as the range goes */
    trials_from(4, (double[]){64, 128, 512, 512});
    zoom();
    expect(ZOOM_NARROWED, 50, 160); /* 53.8 to 152.2 */
    units->min = 32;
    units->domain_min = 1;
    trials_from(8, (double[]){32, 32, 64, 64, 96, 128, 512, 512});
    zoom();
    expect(ZOOM_NARROWED, 32, 96);
}

static void tenths_stay_tenths(void) {
    one_parameter(DIST_Q_UNIFORM, 0, 1)->q = 0.1;
    rules.margin = 0;
    trials_from(4, (double[]){0.3, 3 * 0.1, 0.7, 1});
    rules.floor = 0;
    zoom();
    expect(ZOOM_NARROWED, 0.3, 0.3);
}

static void a_log_normal_zero_counts_as_half_a_step(void) {
    Parameter *p = one_parameter(DIST_Q_LOG_NORMAL, -INFINITY, INFINITY);
    p->mu = 1;
    p->sigma = 1;
    p->q = 1;
    trials_from(4, (double[]){0, 2, 50, 50});
    zoom();
    CU_ASSERT_EQUAL(result.after.range[0].min, 0);
    CU_ASSERT_EQUAL(result.after.range[0].max, 3);
}

static void fewer_than_four_trials_change_nothing(void) {
    one_parameter(DIST_UNIFORM, 0, 10);
    trials_from(3, (double[]){5, 5, 5});
    zoom();
    expect(ZOOM_FEW_TRIALS, 0, 10);
    CU_ASSERT_EQUAL(result.elite_count, 0);
    CU_ASSERT_PTR_NULL(result.elites);
    trials_from(0, NULL);
    zoom();
    expect(ZOOM_FEW_TRIALS, 0, 10);
}

static void a_parameter_of_one_elite_stays(void) {
    one_parameter(DIST_UNIFORM, 0, 10);
    trials_from(6, (double[]){5, 5, 5, 5, 5, 5});
    draws[0].value[0].present = draws[2].value[0].present = false;
    zoom();
    expect(ZOOM_FEW_ELITES, 0, 10);
    draws[2].value[0].present = true;
    zoom();
    expect(ZOOM_FLOOR, 4.5, 5.5);
}

static void elites_are_the_best_part_and_at_least_two(void) {
    one_parameter(DIST_UNIFORM, 0, 10);
    static const double values[25] = {5};
    rules.keep = 0.01;
    trials_from(16, values);
    zoom();
    CU_ASSERT_EQUAL(result.elite_count, 2);
    rules.keep = 0.2;
    zoom();
    CU_ASSERT_EQUAL(result.elite_count, 4); /* 3.2 rounded up */
    rules.keep = 0.28;                      /* times 25 is 7.000000000000001 in binary */
    trials_from(25, values);
    zoom();
    CU_ASSERT_EQUAL(result.elite_count, 7);
    trials_from(15, values);
    rules.keep = 1;
    zoom();
    CU_ASSERT_EQUAL(result.elite_count, 15);
    for (size_t i = 0; i < 15; i++) {
        CU_ASSERT_EQUAL(result.elites[i], 100 + i);
    }
}

static void equal_metrics_go_by_id_and_nan_comes_last(void) {
    one_parameter(DIST_UNIFORM, 0, 10);
    trials_from(6, (double[]){1, 2, 3, 4, 5, 6});
    static const double metrics[] = {NAN, 0.5, 0.5, -INFINITY, 0.5, 0.4};
    static const uint64_t ids[] = {1, 30, 10, 2, 20, 5};
    for (size_t i = 0; i < 6; i++) {
        trials[i].metric = metrics[i];
        trials[i].id = ids[i];
    }
    rules.keep = 1;
    zoom();
    static const uint64_t expected[] = {10, 20, 30, 5, 1, 2};
    CU_ASSERT_EQUAL(result.elite_count, 6);
    for (size_t i = 0; i < 6; i++) {
        CU_ASSERT_EQUAL(result.elites[i], expected[i]);
    }
}

static void categories_go_after_three_trials_without_an_elite(void) {
    static const char *const words[] = {"a", "b", "c", "d"};
    space = (Space){0};
    rules = zoom_rules_default(ZOOM_BY_SPAN);
    rules.keep = 0.2;
    space_add_words(&space, "x", 4, words);
    /* elites: a, a; b three times, c twice, d never */
    trials_from(8, (double[]){0, 0, 1, 1, 1, 2, 2, 0});
    zoom();
    CU_ASSERT_EQUAL(result.reason[0], ZOOM_CATEGORIES);
    CU_ASSERT_EQUAL(result.after.range[0].allowed, 1 + 4 + 8);
    trials_from(8, (double[]){0, 1, 1, 1, 1, 2, 2, 0});
    zoom();
    CU_ASSERT_EQUAL(result.reason[0], ZOOM_KEPT);
    CU_ASSERT_EQUAL(result.after.range[0].allowed, 15);
}

static void constants_are_kept(void) {
    space = (Space){0};
    rules = zoom_rules_default(ZOOM_BY_SPAN);
    space_add(&space, "x", DIST_CONSTANT)->value_count = 1;
    trials_from(5, (double[]){0, 0, 0, 0, 0});
    zoom();
    CU_ASSERT_EQUAL(result.reason[0], ZOOM_KEPT);
    CU_ASSERT_EQUAL(result.after.range[0].allowed, 1);
}

static void the_order_of_trials_does_not_matter(void) {
    static const char *const words[] = {"a", "b"};
    space = (Space){0};
    rules = zoom_rules_default(ZOOM_DEFAULT_RULE);
    rules.keep = 0.2;
    space_add_range(&space, "rate", DIST_LOG_UNIFORM_VALUES, 1e-4, 1);
    space_add_words(&space, "optimizer", 2, words);
    Ranges ranges = space_ranges(&space);
    Sampler sampler = {.seed = 5};
    for (uint32_t i = 0; i < 40; i++) {
        CU_ASSERT_EQUAL_FATAL(space_draw(&space, &ranges, &sampler, i, &draws[i]), STATUS_OK);
        trials[i] = (ZoomTrial){.id = i, .metric = (double)(i * 7 % 10), .draw = draws[i].value};
    }
    trial_count = 40;
    zoom();
    ZoomResult first = result;
    uint64_t ids[8];
    CU_ASSERT_EQUAL_FATAL(first.elite_count, 8);
    memcpy(ids, first.elites, sizeof ids);
    for (uint32_t turn = 1; turn < 40; turn++) {
        for (uint32_t i = 0; i < 40; i++) {
            uint32_t id = (i * 11 + turn) % 40;
            trials[i] = (ZoomTrial){.id = id, .metric = (double)(id * 7 % 10), .draw = draws[id].value};
        }
        zoom();
        CU_ASSERT_EQUAL(memcmp(ids, result.elites, sizeof ids), 0);
        for (size_t p = 0; p < 2; p++) {
            CU_ASSERT_EQUAL(result.reason[p], first.reason[p]);
            CU_ASSERT_EQUAL(result.after.range[p].min, first.after.range[p].min);
            CU_ASSERT_EQUAL(result.after.range[p].max, first.after.range[p].max);
            CU_ASSERT_EQUAL(result.after.range[p].allowed, first.after.range[p].allowed);
        }
    }
}

static void a_zoomed_campaign_closes_in_on_the_best_value(void) {
    one_parameter(DIST_LOG_UNIFORM_VALUES, 1e-5, 1e-2)->domain_min = 0;
    rules = zoom_rules_default(ZOOM_BY_SPAN);
    Ranges ranges = space_ranges(&space);
    free(result.elites);
    result = (ZoomResult){0};
    for (uint8_t stage = 0; stage < 5; stage++) {
        Sampler sampler = {.seed = 1, .stage = stage};
        for (uint32_t i = 0; i < 40; i++) {
            CU_ASSERT_EQUAL_FATAL(space_draw(&space, &ranges, &sampler, i, &draws[i]), STATUS_OK);
            double off = log(draws[i].value[0].number / 0.03); /* outside the range at first */
            trials[i] = (ZoomTrial){.id = i, .metric = -off * off, .draw = draws[i].value};
        }
        free(result.elites);
        CU_ASSERT_EQUAL_FATAL(space_zoom(&space, &ranges, &rules, trials, 40, &result), STATUS_OK);
        ranges = result.after;
    }
    CU_ASSERT(ranges.range[0].min > 0.015 && ranges.range[0].min < 0.03);
    CU_ASSERT(ranges.range[0].max < 0.06 && ranges.range[0].max > 0.03);
}

static void every_reason_has_its_own_sentence(void) {
    for (int a = 0; a < ZOOM_REASON_COUNT; a++) {
        CU_ASSERT_STRING_NOT_EQUAL(zoom_reason_text((ZoomReason)a), "unknown");
        for (int b = 0; b < a; b++) {
            CU_ASSERT_STRING_NOT_EQUAL(zoom_reason_text((ZoomReason)a), zoom_reason_text((ZoomReason)b));
        }
    }
}

void suite_zoom(void) {
    static const TestCase tests[] = {
        {"a range narrows to the elites and a margin", a_range_narrows_to_the_elites_and_a_margin},
        {"log ranges narrow in the logarithm", log_ranges_narrow_in_the_logarithm},
        {"the margin stays inside the old range", the_margin_stays_inside_the_old_range},
        {"elites of one value leave the floor", elites_of_one_value_leave_the_floor},
        {"the floor shifts off an edge that stays", the_floor_shifts_off_an_edge_that_stays},
        {"a range grows where trials get better towards its edge",
         a_range_grows_where_trials_get_better_towards_its_edge},
        {"best trials near an edge alone do not move it", best_trials_near_an_edge_alone_do_not_move_it},
        {"a parameter without influence seldom grows", a_parameter_without_influence_seldom_grows},
        {"few trials near an edge are judged by the half", few_trials_near_an_edge_are_judged_by_the_half},
        {"no range grows towards what diverged", no_range_grows_towards_what_diverged},
        {"a range grows away from what diverged", a_range_grows_away_from_what_diverged},
        {"diverged trials do not make four", diverged_trials_do_not_make_four},
        {"significance and growth are settings", significance_and_growth_are_settings},
        {"edge is how much of the range is looked at", edge_is_how_much_of_the_range_is_looked_at},
        {"log ranges grow by a factor and never reach zero",
         log_ranges_grow_by_a_factor_and_never_reach_zero},
        {"reverse log ranges never reach one", reverse_log_ranges_never_reach_one},
        {"growth ends at the domain", growth_ends_at_the_domain},
        {"beta ranges stay within zero and one", beta_ranges_stay_within_zero_and_one},
        {"integers stay whole", integers_stay_whole},
        {"q ranges stay on their grid", q_ranges_stay_on_their_grid},
        {"tenths stay tenths", tenths_stay_tenths},
        {"a log-normal zero counts as half a step", a_log_normal_zero_counts_as_half_a_step},
        {"fewer than four trials change nothing", fewer_than_four_trials_change_nothing},
        {"a parameter of one elite stays", a_parameter_of_one_elite_stays},
        {"elites are the best part and at least two", elites_are_the_best_part_and_at_least_two},
        {"equal metrics go by id, and NaN comes last", equal_metrics_go_by_id_and_nan_comes_last},
        {"categories go after three trials without an elite",
         categories_go_after_three_trials_without_an_elite},
        {"constants are kept", constants_are_kept},
        {"the order of trials does not matter", the_order_of_trials_does_not_matter},
        {"a zoomed campaign closes in on the best value", a_zoomed_campaign_closes_in_on_the_best_value},
        {"every reason has its own sentence", every_reason_has_its_own_sentence},
    };
    SUITE("zoom", tests);
}
