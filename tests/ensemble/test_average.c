#include <math.h>

#include "ensemble/selection.h"
#include "ensemble/suites.h"
#include "suite.h"

static void the_average_is_weighted_by_counts(void) {
    const float a[] = {1, 0, 0.5f, 0.5f}, b[] = {0, 1, 0.25f, 0.75f};
    const float *both[] = {a, b};
    float out[4];
    ensemble_average(both, (uint32_t[]){3, 1}, 2, 2, 2, out);
    CU_ASSERT_EQUAL(out[0], 0.75f);
    CU_ASSERT_EQUAL(out[1], 0.25f);
    CU_ASSERT_EQUAL(out[2], 0.4375f);
    CU_ASSERT_EQUAL(out[3], 0.5625f);
}

static void one_member_averages_to_itself(void) {
    const float p[] = {0.1f, 0.2f, 0.7f};
    const float *one[] = {p};
    float out[3];
    ensemble_average(one, (uint32_t[]){7}, 1, 1, 3, out);
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(out[i], p[i]);
    }
}

static void sums_are_kept_in_double(void) {
    /* In float, 2^24 + 1 is 2^24: the small members would vanish beside the large one. */
    const float large = 16777216, one = 1;
    const float *members[] = {&large, &one, &one};
    float out = 0;
    ensemble_average(members, (uint32_t[]){1, 1, 1}, 3, 1, 1, &out);
    CU_ASSERT_EQUAL(out, (float)(16777218.0 / 3));
    CU_ASSERT_NOT_EQUAL(out, 16777216.0f / 3);
}

static void judging_counts_and_takes_logarithms(void) {
    const float p[] = {0.7f, 0.2f, 0.1f, 0.3f, 0.5f, 0.2f};
    double accuracy = 0, loss = 0;
    ensemble_judge(p, (uint16_t[]){0, 2}, 2, 3, &accuracy, &loss);
    CU_ASSERT_EQUAL(accuracy, 0.5);
    CU_ASSERT_DOUBLE_EQUAL(loss, -(log((double)0.7f) + log((double)0.2f)) / 2, 1e-15);
}

static void of_equal_probabilities_the_first_is_the_answer(void) {
    const float p[] = {0.4f, 0.4f, 0.2f, 0.2f, 0.4f, 0.4f};
    double accuracy = 0, loss = 0;
    ensemble_judge(p, (uint16_t[]){0, 1}, 2, 3, &accuracy, &loss);
    CU_ASSERT_EQUAL(accuracy, 1);
    ensemble_judge(p, (uint16_t[]){1, 2}, 2, 3, &accuracy, &loss);
    CU_ASSERT_EQUAL(accuracy, 0);
}

static void impossible_labels_cost_a_bounded_loss(void) {
    const float p[] = {1, 0, NAN, NAN};
    double accuracy = 0, loss = 0;
    ensemble_judge(p, (uint16_t[]){1}, 1, 2, &accuracy, &loss);
    CU_ASSERT_DOUBLE_EQUAL(loss, -log(1e-12), 1e-12);
    ensemble_judge(p, (uint16_t[]){0, 0}, 2, 2, &accuracy, &loss);
    CU_ASSERT_DOUBLE_EQUAL(loss, -log(1e-12) / 2, 1e-12);
    CU_ASSERT_EQUAL(accuracy, 0.5); /* NaN is no right answer */
}

void suite_average(void) {
    static const TestCase tests[] = {
        {"the average is weighted by counts", the_average_is_weighted_by_counts},
        {"one member averages to itself", one_member_averages_to_itself},
        {"sums are kept in double", sums_are_kept_in_double},
        {"judging counts and takes logarithms", judging_counts_and_takes_logarithms},
        {"of equal probabilities the first is the answer", of_equal_probabilities_the_first_is_the_answer},
        {"impossible labels cost a bounded loss", impossible_labels_cost_a_bounded_loss},
    };
    SUITE("average", tests);
}
