/* The moving average of weights as a formula. */
#include "engine/moving_average.h"

#include <math.h>

#include "suite.h"
#include "suites.h"

static void decay(void) {
    CU_ASSERT_EQUAL(moving_average_decay(0.999, 1), 2.0 / 11);
    CU_ASSERT_EQUAL(moving_average_decay(0.999, 90), 91.0 / 100);
    CU_ASSERT_EQUAL(moving_average_decay(0.999, 8990), 8991.0 / 9000);
    CU_ASSERT_EQUAL(moving_average_decay(0.999, 8991), 0.999); /* from where on (1 + t) / (10 + t) is above */
    CU_ASSERT_EQUAL(moving_average_decay(0.1, 1), 0.1);
    CU_ASSERT_EQUAL(moving_average_decay(0.5, UINT64_MAX), 0.5);
}

/* Against the weighted sum of all weights that there have been, in double. */
static void sum_of_all(void) {
    enum { COUNT = 37, STEPS = 300 };
    float average[COUNT], weights[COUNT];
    double expected[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        expected[i] = average[i] = (float)sin((double)i);
    for (uint64_t t = 1; t <= STEPS; t++) {
        double d = fmin(0.98, (1 + (double)t) / (10 + (double)t));
        for (size_t i = 0; i < COUNT; i++) {
            weights[i] = (float)cos((double)(t * (i + 1)));
            expected[i] = d * expected[i] + (1 - d) * weights[i];
        }
        moving_average_step(average, weights, COUNT, moving_average_decay(0.98, t));
    }
    for (size_t i = 0; i < COUNT; i++)
        CU_ASSERT_DOUBLE_EQUAL(average[i], expected[i], 1e-6);
}

static void fixed_point(void) {
    float average[3] = {0.1F, -7.3F, 1e-20F}, weights[3] = {0.1F, -7.3F, 1e-20F};
    for (uint64_t t = 1; t <= 5000; t++)
        moving_average_step(average, weights, 3, moving_average_decay(0.9999, t));
    for (size_t i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(average[i], weights[i]);
}

static void bad_numbers(void) {
    float average[3] = {1, 1, 1}, weights[3] = {NAN, INFINITY, 2};
    moving_average_step(average, weights, 3, 0.5);
    CU_ASSERT(isnan(average[0]) && isinf(average[1]) && average[2] == 1.5F);
}

void suite_moving_average(void) {
    static const TestCase tests[] = {
        {"the decay warms up as TensorFlow's does", decay},
        {"the average is the weighted sum of all weights that there have been", sum_of_all},
        {"weights that stand still stay as they are, bit for bit", fixed_point},
        {"what is not finite is seen in the average", bad_numbers},
    };
    SUITE("moving average", tests);
}
