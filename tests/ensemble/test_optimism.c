#include <math.h>

#include "ensemble/optimism.h"
#include "ensemble/suites.h"
#include "suite.h"

#define QUANTILE 1.959963984540054

/* Two classes; whether each answer is right, against labels that are all 0. */
static void answers(const char *right, float *out) {
    for (size_t e = 0; right[e] != '\0'; e++) {
        out[2 * e] = right[e] == '+' ? 0.75f : 0.25f;
        out[2 * e + 1] = 1 - out[2 * e];
    }
}

static const uint16_t zeros[16];

static double added_variance(double right, double examples) {
    double p = (right + 1) / (examples + 2);
    return p * (1 - p) / (examples + 2);
}

static void one_network_has_agresti_and_caffos_interval(void) {
    float a[16], b[12];
    const float *seen[] = {a}, *unseen[] = {b};
    answers("++++++--", a);
    answers("+++---", b);
    Optimism o = optimism_of(METRIC_VAL_ACCURACY, &(JudgedPart){seen, zeros, 8},
                             &(JudgedPart){unseen, zeros, 6}, 1, 2);
    CU_ASSERT_EQUAL(o.networks, 1);
    CU_ASSERT_EQUAL(o.seen, 0.75);
    CU_ASSERT_EQUAL(o.unseen, 0.5);
    CU_ASSERT_EQUAL(optimism_difference(METRIC_VAL_ACCURACY, &o), 0.25);
    CU_ASSERT_DOUBLE_EQUAL(o.margin, QUANTILE * sqrt(added_variance(6, 8) + added_variance(3, 6)), 1e-15);
}

static void no_mistake_is_no_certainty(void) {
    float a[16], b[16];
    const float *seen[] = {a}, *unseen[] = {b};
    answers("++++++++", a);
    answers("++++++++", b);
    Optimism o = optimism_of(METRIC_VAL_ACCURACY, &(JudgedPart){seen, zeros, 8},
                             &(JudgedPart){unseen, zeros, 8}, 1, 2);
    CU_ASSERT_EQUAL(optimism_difference(METRIC_VAL_ACCURACY, &o), 0);
    CU_ASSERT_DOUBLE_EQUAL(o.margin, QUANTILE * sqrt(2 * added_variance(8, 8)), 1e-15);
    CU_ASSERT(o.margin > 0.2);
}

/* Copies of a network know no more than it does; networks that are wrong here and there do. */
static void networks_that_agree_narrow_nothing(void) {
    float a[16], b[16], c[16];
    const float *one[] = {a}, *copies[] = {a, a, a}, *others[] = {a, b, c};
    answers("++++++--", a);
    answers("--++++++", b);
    answers("+++--+++", c);
    Optimism alone =
        optimism_of(METRIC_VAL_ACCURACY, &(JudgedPart){one, zeros, 8}, &(JudgedPart){one, zeros, 8}, 1, 2);
    Optimism same = optimism_of(METRIC_VAL_ACCURACY, &(JudgedPart){copies, zeros, 8},
                                &(JudgedPart){copies, zeros, 8}, 3, 2);
    Optimism apart = optimism_of(METRIC_VAL_ACCURACY, &(JudgedPart){others, zeros, 8},
                                 &(JudgedPart){others, zeros, 8}, 3, 2);
    CU_ASSERT_EQUAL(same.networks, 3);
    CU_ASSERT_EQUAL(same.seen, alone.seen);
    CU_ASSERT_DOUBLE_EQUAL(same.margin, alone.margin, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(apart.seen, 0.75, 1e-15);
    CU_ASSERT(apart.margin < 0.8 * alone.margin);
}

static void losses_are_better_when_lower(void) {
    float a[8], b[4];
    const float *seen[] = {a}, *unseen[] = {b};
    answers("++-+", a);
    answers("+-", b);
    Optimism o =
        optimism_of(METRIC_VAL_LOSS, &(JudgedPart){seen, zeros, 4}, &(JudgedPart){unseen, zeros, 2}, 1, 2);
    double good = -log(0.75), bad = -log(0.25);
    CU_ASSERT_DOUBLE_EQUAL(o.seen, (3 * good + bad) / 4, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(o.unseen, (good + bad) / 2, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(optimism_difference(METRIC_VAL_LOSS, &o), o.unseen - o.seen, 0);
    CU_ASSERT(optimism_difference(METRIC_VAL_LOSS, &o) > 0);
    double gap = (bad - good) * (bad - good);
    CU_ASSERT_DOUBLE_EQUAL(o.margin, QUANTILE * sqrt(gap * 3 / 16 / 4 + gap / 4 / 2), 1e-14);
}

/* A probability that is no number is wrong, with the largest loss that one can have. */
static void what_is_no_number_is_wrong(void) {
    const float a[] = {NAN, NAN, 1, 0}, *nets[] = {a};
    JudgedPart part = {nets, zeros, 2};
    Optimism o = optimism_of(METRIC_VAL_ACCURACY, &part, &part, 1, 2);
    CU_ASSERT_EQUAL(o.seen, 0.5);
    o = optimism_of(METRIC_VAL_LOSS, &part, &part, 1, 2);
    CU_ASSERT_DOUBLE_EQUAL(o.seen, -log(1e-12) / 2, 1e-12);
    CU_ASSERT(isfinite(o.margin));
}

void suite_optimism(void) {
    static const TestCase tests[] = {
        {"the interval of one network's accuracy is Agresti's and Caffo's",
         one_network_has_agresti_and_caffos_interval},
        {"no mistake is no certainty", no_mistake_is_no_certainty},
        {"networks that agree are told as one, others narrow the interval",
         networks_that_agree_narrow_nothing},
        {"losses are better when they are lower, by the normal interval", losses_are_better_when_lower},
        {"what is no number is wrong", what_is_no_number_is_wrong},
    };
    SUITE("optimism", tests);
}
