#include "report/estimate.h"
#include "report/suites.h"
#include "suite.h"

#define NEAR 1e-9

static const Plan plan = {.stage_count = 2,
                          .first = {0, 40, 56},
                          .replicates = {1, 1},
                          .epochs = {3, 15},
                          .work = {40 * 3, 16 * 15}};
static const double even[] = {2, 2, 2, 2};

static void one_rank_does_all_the_work(void) {
    Estimate e = estimate_of(&plan, even, 4, 1);
    CU_ASSERT_DOUBLE_EQUAL(e.work.middle, 2 * (40 * 3 + 16 * 15), NEAR);
    CU_ASSERT_DOUBLE_EQUAL(e.wall.middle, e.work.middle, NEAR);
    CU_ASSERT_DOUBLE_EQUAL(e.wall.low, e.work.low, NEAR);
    CU_ASSERT_DOUBLE_EQUAL(e.wall.high, e.work.high, NEAR);
}

static void a_rank_a_trial_waits_for_the_longest(void) {
    const double costs[] = {1, 3};
    Estimate e = estimate_of(&plan, costs, 2, 1000);
    /* Between the mean and the longest trial of each stage. */
    CU_ASSERT_DOUBLE_EQUAL(e.wall.middle, ((2 + 3) * 3 + (2 + 3) * 15) / 2.0, NEAR);
    CU_ASSERT(e.wall.low < 2 * 18 && e.wall.high > 3 * 18);
}

static void more_ranks_never_take_longer(void) {
    const double costs[] = {1, 1.5, 4};
    double before = estimate_of(&plan, costs, 3, 1).wall.middle;
    for (uint64_t ranks = 2; ranks < 100; ranks++) {
        Estimate e = estimate_of(&plan, costs, 3, ranks);
        CU_ASSERT(e.wall.middle <= before + NEAR);
        CU_ASSERT(e.wall.middle >= e.work.middle / (double)ranks - NEAR);
        CU_ASSERT(e.wall.low <= e.wall.middle && e.wall.middle <= e.wall.high);
        before = e.wall.middle;
    }
}

static void what_is_asked_for_has_room_and_is_round(void) {
    static const double highs[][2] = {{0, 60},      {143, 240},   {179, 240},   {180, 240},  {181, 300},
                                      {1739, 1800}, {1740, 1800}, {1741, 2100}, {7200, 7500}};
    for (size_t i = 0; i < sizeof(highs) / sizeof(highs[0]); i++) {
        Estimate e = {.wall = {0, 0, highs[i][0]}};
        CU_ASSERT_EQUAL(estimate_to_ask(&e), highs[i][1]);
    }
}

static void uneven_draws_widen_the_span(void) {
    const double uneven[] = {0.5, 3.5, 0.5, 3.5};
    Estimate narrow = estimate_of(&plan, even, 4, 1), wide = estimate_of(&plan, uneven, 4, 1);
    CU_ASSERT_DOUBLE_EQUAL(narrow.work.middle, wide.work.middle, NEAR);
    CU_ASSERT_DOUBLE_EQUAL(narrow.work.high, 1.2 * narrow.work.middle, NEAR); /* the timing alone */
    CU_ASSERT_DOUBLE_EQUAL(narrow.work.low, narrow.work.middle / 1.2, NEAR);
    CU_ASSERT(wide.work.high > 1.5 * wide.work.middle);
}

static void early_stopping_is_less_work_and_no_shorter_trial(void) {
    Plan stopping = plan;
    stopping.work[1] = 100;
    Estimate e = estimate_of(&stopping, even, 4, 1), many = estimate_of(&stopping, even, 4, 1000);
    CU_ASSERT_DOUBLE_EQUAL(e.work.middle, 2 * (40 * 3 + 100), NEAR);
    CU_ASSERT_DOUBLE_EQUAL(many.wall.middle, 2 * (3 + 15), NEAR);
}

static void one_draw_does_not_tell_how_they_differ(void) {
    const double only[] = {2};
    Estimate one = estimate_of(&plan, only, 1, 4), four = estimate_of(&plan, even, 4, 4);
    CU_ASSERT_DOUBLE_EQUAL(one.work.middle, four.work.middle, NEAR);
    CU_ASSERT(one.work.high > 1.6 * one.work.middle && one.work.high < 2 * one.work.middle);
}

void suite_estimate(void) {
    static const TestCase tests[] = {
        {"one rank does all the work", one_rank_does_all_the_work},
        {"a rank a trial waits for the longest", a_rank_a_trial_waits_for_the_longest},
        {"more ranks never take longer", more_ranks_never_take_longer},
        {"uneven draws widen the span", uneven_draws_widen_the_span},
        {"what is asked for has room and is round", what_is_asked_for_has_room_and_is_round},
        {"early stopping is less work, and no shorter trial",
         early_stopping_is_less_work_and_no_shorter_trial},
        {"one draw does not tell how they differ", one_draw_does_not_tell_how_they_differ},
    };
    SUITE("estimate", tests);
}
