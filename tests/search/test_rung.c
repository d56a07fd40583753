#include "search/rung.h"

#include <math.h>

#include "search/suites.h"
#include "suite.h"

static Rung rung_of(const double *worth, size_t count) {
    Rung rung = {0};
    for (size_t i = 0; i < count; i++) {
        size_t place;
        CU_ASSERT_EQUAL_FATAL(rung_enter(&rung, worth[i], i, &place), STATUS_OK);
        CU_ASSERT_EQUAL(rung.entries[place].trial, i);
    }
    return rung;
}

static void the_best_comes_first_and_ties_go_to_the_lower_id(void) {
    Rung rung = rung_of((double[]){0.5, 0.9, 0.5, 0.1, 0.9}, 5);
    uint64_t order[] = {1, 4, 0, 2, 3};
    for (size_t i = 0; i < 5; i++)
        CU_ASSERT_EQUAL(rung.entries[i].trial, order[i]);
    rung_release(&rung);
    CU_ASSERT_EQUAL(rung.count, 0);
}

static void what_is_no_number_stands_behind_everything(void) {
    Rung rung = rung_of((double[]){NAN, -1e300, -INFINITY, 2}, 4);
    uint64_t order[] = {3, 1, 0, 2};
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(rung.entries[i].trial, order[i]);
    rung_release(&rung);
}

static void the_undecided_are_found_best_first(void) {
    Rung rung = rung_of((double[]){1, 2, 3, 4}, 4);
    CU_ASSERT_PTR_NULL(rung_undecided(&rung, 0));
    CU_ASSERT_EQUAL(rung_undecided(&rung, 1)->trial, 3);
    rung_undecided(&rung, 1)->decided = true;
    CU_ASSERT_PTR_NULL(rung_undecided(&rung, 1));
    CU_ASSERT_EQUAL(rung_undecided(&rung, 9)->trial, 2);
    rung_release(&rung);
}

static void the_median_is_that_of_the_sorted(void) {
    Rung none = {0};
    CU_ASSERT_TRUE(isnan(rung_median(&none)));
    Rung odd = rung_of((double[]){5, 1, 3}, 3), even = rung_of((double[]){5, 1, 3, 4}, 4);
    CU_ASSERT_EQUAL(rung_median(&odd), 3);
    CU_ASSERT_EQUAL(rung_median(&even), 3.5);
    Rung lost = rung_of((double[]){NAN, 7, NAN, NAN}, 4), half = rung_of((double[]){7, NAN}, 2);
    CU_ASSERT_EQUAL(rung_median(&lost), -INFINITY);
    CU_ASSERT_EQUAL(rung_median(&half), -INFINITY);
    rung_release(&odd);
    rung_release(&even);
    rung_release(&lost);
    rung_release(&half);
}

void suite_rung(void) {
    static const TestCase tests[] = {
        {"the best comes first, and ties go to the lower id",
         the_best_comes_first_and_ties_go_to_the_lower_id},
        {"what is no number stands behind everything", what_is_no_number_stands_behind_everything},
        {"the undecided are found best first", the_undecided_are_found_best_first},
        {"the median is that of the sorted", the_median_is_that_of_the_sorted},
    };
    SUITE("rung", tests);
}
