#include <math.h>
#include <stdlib.h>

#include "base/philox.h"
#include "report/statistics/importance.h"
#include "report/suites.h"
#include "suite.h"

#define MANY 200

static void a_choice_that_decides_is_counted_out_by_hand(void) {
    double value[40], worth[40];
    for (size_t i = 0; i < 40; i++) {
        value[i] = (double)(i % 2);
        worth[i] = i % 2 == 1 ? 1 : 0;
    }
    Importance found;
    CU_ASSERT_EQUAL_FATAL(importance_of(value, worth, 40, 2, &found), STATUS_OK);
    /* 8 of 40 are best, all of one choice: 0.2^2 (0.5 (0 - 1)^2 + 0.5 (2 - 1)^2). */
    CU_ASSERT(found.told);
    CU_ASSERT_EQUAL(found.best, 8);
    CU_ASSERT_DOUBLE_EQUAL(found.variance, 0.04, 1e-12);
    CU_ASSERT(found.variance > found.chance);
}

static void a_choice_that_the_best_share_alike_counts_nothing(void) {
    double value[40], worth[40];
    for (size_t i = 0; i < 40; i++) {
        value[i] = (double)(i % 2);
        worth[i] = -(double)i; /* the best eight: four of each */
    }
    Importance found;
    CU_ASSERT_EQUAL_FATAL(importance_of(value, worth, 40, 2, &found), STATUS_OK);
    CU_ASSERT_DOUBLE_EQUAL(found.variance, 0, 1e-12);
}

static void a_number_counts_what_numpy_says(void) {
    double value[50], worth[50];
    Importance found;
    for (size_t i = 0; i < 50; i++) {
        value[i] = ((double)(i * 37 % 50) + 0.5) / 50;
        worth[i] = -(value[i] - 0.3) * (value[i] - 0.3);
    }
    CU_ASSERT_EQUAL_FATAL(importance_of(value, worth, 50, 0, &found), STATUS_OK);
    CU_ASSERT_DOUBLE_EQUAL(found.variance, 0.09634181361040152, 1e-9);
    for (size_t i = 0; i < 20; i++)
        value[i] = worth[i] = (double)i / 20 + 0.01;
    CU_ASSERT_EQUAL_FATAL(importance_of(value, worth, 20, 0, &found), STATUS_OK);
    CU_ASSERT_DOUBLE_EQUAL(found.variance, 0.17843934576942938, 1e-9);
}

static void a_conditional_one_is_measured_among_those_that_have_it(void) {
    double value[80], worth[80], alone[40], its[40];
    for (size_t i = 0; i < 80; i++) {
        value[i] = i % 2 == 0 ? NAN : ((double)(i / 2) + 0.5) / 40;
        worth[i] = (double)(i * 31 % 80);
        if (i % 2 == 1) {
            alone[i / 2] = value[i];
            its[i / 2] = worth[i];
        }
    }
    Importance all, part;
    CU_ASSERT_EQUAL_FATAL(importance_of(value, worth, 80, 0, &all), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(importance_of(alone, its, 40, 0, &part), STATUS_OK);
    CU_ASSERT_EQUAL(all.present, 40);
    CU_ASSERT_DOUBLE_EQUAL(all.variance, part.variance / 2, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(all.chance, part.chance / 2, 1e-12);
}

static void too_few_trials_tell_nothing(void) {
    double value[8] = {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, NAN}, worth[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    Importance found;
    CU_ASSERT_EQUAL_FATAL(importance_of(value, worth, 8, 0, &found), STATUS_OK);
    CU_ASSERT_FALSE(found.told);
    CU_ASSERT_EQUAL(found.present, 7);
    CU_ASSERT_EQUAL(found.variance, 0);
}

/* What `chance` says: of parameters that reach nothing, one in twenty is above it. */
static void where_the_best_found_nothing_nothing_is_told(void) {
    double value[12], worth[12];
    for (size_t i = 0; i < 12; i++) {
        value[i] =
            ((double)i + 0.5) / 12; /* in order, so that ties taken in order would look like a finding */
        worth[i] = -INFINITY;
    }
    Importance found;
    CU_ASSERT_EQUAL_FATAL(importance_of(value, worth, 12, 0, &found), STATUS_OK);
    CU_ASSERT_FALSE(found.told);
    for (size_t i = 0; i < 3; i++)
        worth[11 - i] = 0.5;
    CU_ASSERT_EQUAL_FATAL(importance_of(value, worth, 12, 0, &found), STATUS_OK);
    CU_ASSERT_FALSE(found.told); /* four count as best, three found something */
    worth[8] = 0.4;
    CU_ASSERT_EQUAL_FATAL(importance_of(value, worth, 12, 0, &found), STATUS_OK);
    CU_ASSERT(found.told);
    CU_ASSERT_EQUAL(found.best, 4);
}

static void luck_passes_its_own_bar_one_time_in_twenty(void) {
    size_t above[2] = {0, 0};
    for (uint32_t column = 0; column < MANY; column++) {
        RandomStream stream = random_stream(1, RANDOM_REPORT, 0, 9, column, 0);
        for (size_t kind = 0; kind < 2; kind++) {
            double value[60], worth[60];
            for (size_t i = 0; i < 60; i++) {
                value[i] = kind == 0 ? random_unit(&stream) : (double)random_below(&stream, 3);
                worth[i] = random_unit(&stream);
            }
            Importance found;
            CU_ASSERT_EQUAL_FATAL(importance_of(value, worth, 60, kind == 0 ? 0 : 3, &found), STATUS_OK);
            above[kind] += found.variance > found.chance;
        }
    }
    for (size_t kind = 0; kind < 2; kind++) /* 10 of 200 are expected, with a deviation of 3 */
        CU_ASSERT(above[kind] >= 1 && above[kind] <= 20);
}

static void diverged_trials_are_the_worst(void) {
    double value[30], worth[30];
    for (size_t i = 0; i < 30; i++) {
        value[i] = (double)(i >= 20);
        worth[i] = i >= 20 ? -INFINITY : 0.5;
    }
    Importance found;
    CU_ASSERT_EQUAL_FATAL(importance_of(value, worth, 30, 2, &found), STATUS_OK);
    /* The best 8 are all of choice 0, which two thirds have: (8/30)^2 (2/3 (3/2 - 1)^2 + 1/3). */
    CU_ASSERT_DOUBLE_EQUAL(found.variance, 64 / 900.0 * 0.5, 1e-12);
}

void suite_importance(void) {
    static const TestCase tests[] = {
        {"a choice that decides is counted out by hand", a_choice_that_decides_is_counted_out_by_hand},
        {"a choice that the best share alike counts nothing",
         a_choice_that_the_best_share_alike_counts_nothing},
        {"a number counts what NumPy says", a_number_counts_what_numpy_says},
        {"a conditional one is measured among those that have it",
         a_conditional_one_is_measured_among_those_that_have_it},
        {"too few trials tell nothing", too_few_trials_tell_nothing},
        {"where the best found nothing, nothing is told", where_the_best_found_nothing_nothing_is_told},
        {"luck passes its own bar one time in twenty", luck_passes_its_own_bar_one_time_in_twenty},
        {"diverged trials are the worst", diverged_trials_are_the_worst},
    };
    SUITE("importance", tests);
}
