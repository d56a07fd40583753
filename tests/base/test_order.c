#include <math.h>

#include "base/order.h"
#include "base/suites.h"
#include "suite.h"

static void numbers_are_sorted(void) {
    double values[] = {3, -INFINITY, 0.5, INFINITY, 3, -2};
    static const double sorted[] = {-INFINITY, -2, 0.5, 3, 3, INFINITY};
    order_sort(values, 6);
    for (size_t i = 0; i < 6; i++)
        CU_ASSERT_EQUAL(values[i], sorted[i]);
}

static void the_median_is_in_the_middle(void) {
    double odd[] = {5, 1, 3}, even[] = {4, 1, 3, 9}, one[] = {7};
    CU_ASSERT_EQUAL(order_median(odd, 3), 3);
    CU_ASSERT_EQUAL(order_median(even, 4), 3.5);
    CU_ASSERT_EQUAL(order_median(one, 1), 7);
}

static void infinities_have_a_median(void) {
    double lost[] = {-INFINITY, 2, -INFINITY, -INFINITY}, half[] = {-INFINITY, 2};
    CU_ASSERT_EQUAL(order_median(lost, 4), -INFINITY);
    CU_ASSERT_EQUAL(order_median(half, 2), -INFINITY);
}

void suite_order(void) {
    static const TestCase tests[] = {
        {"numbers are sorted, infinities too", numbers_are_sorted},
        {"the median is in the middle, or between the two there", the_median_is_in_the_middle},
        {"infinities have a median", infinities_have_a_median},
    };
    SUITE("order", tests);
}
