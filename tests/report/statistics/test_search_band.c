#include <math.h>
#include <string.h>

#include "report/statistics/search_band.h"
#include "report/suites.h"
#include "suite.h"

#define POOL 100

/* Worths 1 .. 100, shuffled by a stride; each trial costs 2 seconds. */
static void fill(SearchTrial *pool) {
    for (size_t i = 0; i < POOL; i++)
        pool[i] = (SearchTrial){.worth = (double)(i * 37 % POOL + 1), .cost = 2};
}

/* The best of n draws is at most the k-th smallest with probability (k / N)^n. */
static double known_quantile(double q, double n) {
    return ceil(POOL * pow(q, 1 / n));
}

static void the_band_has_the_quantiles_that_are_known(void) {
    SearchTrial pool[POOL];
    fill(pool);
    SearchBand band;
    CU_ASSERT_EQUAL_FATAL(search_band(pool, POOL, 200, 400, &band), STATUS_OK);
    CU_ASSERT_EQUAL(band.resamples, BAND_RESAMPLES_MAX);
    for (size_t i = 0; i < BAND_POINTS; i++) {
        double n = band.by_trials[i].at;
        CU_ASSERT_EQUAL(n, 2 * (double)(i + 1));
        /* The part of 1000 resamples below a quantile has a deviation of 1.6 %; four of them. */
        CU_ASSERT(band.by_trials[i].low >= known_quantile(0.05 - 0.028, n));
        CU_ASSERT(band.by_trials[i].low <= known_quantile(0.05 + 0.028, n));
        CU_ASSERT(band.by_trials[i].middle >= known_quantile(0.5 - 0.064, n));
        CU_ASSERT(band.by_trials[i].middle <= known_quantile(0.5 + 0.064, n));
        CU_ASSERT(band.by_trials[i].high >= known_quantile(0.95 - 0.028, n));
        CU_ASSERT(band.by_trials[i].high <= known_quantile(0.95 + 0.028, n));
    }
}

static void equal_costs_make_costs_and_trials_the_same(void) {
    SearchTrial pool[POOL];
    fill(pool);
    SearchBand band;
    CU_ASSERT_EQUAL_FATAL(search_band(pool, POOL, 100, 200, &band), STATUS_OK);
    for (size_t i = 0; i < BAND_POINTS; i++) {
        CU_ASSERT_DOUBLE_EQUAL(band.by_cost[i].at, 2 * band.by_trials[i].at, 1e-9);
        CU_ASSERT_EQUAL(band.by_cost[i].low, band.by_trials[i].low);
        CU_ASSERT_EQUAL(band.by_cost[i].middle, band.by_trials[i].middle);
        CU_ASSERT_EQUAL(band.by_cost[i].high, band.by_trials[i].high);
    }
}

static void a_trial_counts_when_it_has_ended(void) {
    const SearchTrial one = {.worth = 7, .cost = 10};
    SearchBand band;
    CU_ASSERT_EQUAL_FATAL(search_band(&one, 1, 1, 20, &band), STATUS_OK);
    for (size_t i = 0; i < BAND_POINTS; i++)
        CU_ASSERT_EQUAL(band.by_cost[i].middle, band.by_cost[i].at >= 10 ? 7 : -INFINITY);
    CU_ASSERT_EQUAL(band.by_trials[0].middle, 7);
}

static void trials_without_a_result_cost_and_find_nothing(void) {
    const SearchTrial pool[] = {{-INFINITY, 1}, {-INFINITY, 1}};
    SearchBand band;
    CU_ASSERT_EQUAL_FATAL(search_band(pool, 2, 10, 10, &band), STATUS_OK);
    CU_ASSERT_EQUAL(band.by_trials[BAND_POINTS - 1].high, -INFINITY);
    CU_ASSERT_EQUAL(band.by_cost[BAND_POINTS - 1].high, -INFINITY);
}

static void free_trials_end_the_search_all_the_same(void) {
    const SearchTrial pool[] = {{1, 0}, {2, 0}};
    SearchBand band;
    CU_ASSERT_EQUAL_FATAL(search_band(pool, 2, 50, 0, &band), STATUS_OK);
    CU_ASSERT_EQUAL(band.by_cost[0].low, 2);
    CU_ASSERT_EQUAL(band.by_trials[BAND_POINTS - 1].low, 2);
}

static void the_same_campaign_gives_the_same_band(void) {
    SearchTrial pool[POOL];
    fill(pool);
    SearchBand one, other;
    CU_ASSERT_EQUAL_FATAL(search_band(pool, POOL, 60, 77, &one), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(search_band(pool, POOL, 60, 77, &other), STATUS_OK);
    CU_ASSERT_EQUAL(memcmp(&one.by_trials, &other.by_trials, sizeof(one.by_trials)), 0);
    CU_ASSERT_EQUAL(memcmp(&one.by_cost, &other.by_cost, sizeof(one.by_cost)), 0);
}

static void the_expected_best_is_that_of_all_draws_counted_out(void) {
    const double worth[] = {3, 2, 1};
    /* Of nine pairs the better one is 3 in five, 2 in three, 1 in one. */
    CU_ASSERT_DOUBLE_EQUAL(expected_best(worth, 3, 1), 2, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(expected_best(worth, 3, 2), (5 * 3 + 3 * 2 + 1) / 9.0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(expected_best(worth, 3, 1000), 3, 1e-9);
}

void suite_search_band(void) {
    static const TestCase tests[] = {
        {"the band has the quantiles that are known", the_band_has_the_quantiles_that_are_known},
        {"equal costs make costs and trials the same", equal_costs_make_costs_and_trials_the_same},
        {"a trial counts when it has ended", a_trial_counts_when_it_has_ended},
        {"trials without a result cost and find nothing", trials_without_a_result_cost_and_find_nothing},
        {"free trials end the search all the same", free_trials_end_the_search_all_the_same},
        {"the same campaign gives the same band", the_same_campaign_gives_the_same_band},
        {"the expected best is that of all draws, counted out",
         the_expected_best_is_that_of_all_draws_counted_out},
    };
    SUITE("search band", tests);
}
