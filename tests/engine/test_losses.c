/* Losses of single examples, by hand. */
#include <math.h>

#include "engine/loss.h"
#include "suite.h"
#include "suites.h"

static void softmax_by_hand(void) {
    const float scores[] = {1, 2, 3};
    float gradient[3];
    const Loss *loss = loss_of(LOSS_SOFTMAX_CROSS_ENTROPY);
    double sum = exp(1) + exp(2) + exp(3);
    CU_ASSERT_DOUBLE_EQUAL(loss->example(scores, 3, 1, 0, 0.5F, gradient), log(sum) - 2, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(gradient[0], 0.5 * exp(1) / sum, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(gradient[1], 0.5 * (exp(2) / sum - 1), 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(gradient[2], 0.5 * exp(3) / sum, 1e-6);
}

/* -sum t log p with t = 0.7 one-hot + 0.1 each. */
static void smoothing_by_hand(void) {
    const float scores[] = {1, 2, 3};
    float gradient[3];
    double sum = exp(1) + exp(2) + exp(3);
    double expected = 0.1 * (log(sum) - 1) + 0.8 * (log(sum) - 2) + 0.1 * (log(sum) - 3);
    const Loss *loss = loss_of(LOSS_SOFTMAX_CROSS_ENTROPY);
    CU_ASSERT_DOUBLE_EQUAL(loss->example(scores, 3, 1, 0.3, 1, gradient), expected, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(gradient[0], exp(1) / sum - 0.1, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(gradient[1], exp(2) / sum - 0.8, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(gradient[2], exp(3) / sum - 0.1, 1e-6);
}

static void large_scores(void) {
    const float scores[] = {1000, -1000, 999};
    float gradient[3];
    const Loss *loss = loss_of(LOSS_SOFTMAX_CROSS_ENTROPY);
    CU_ASSERT_DOUBLE_EQUAL(loss->example(scores, 3, 1, 0, 1, gradient), 2000 + log(1 + exp(-1)), 1e-3);
    CU_ASSERT_DOUBLE_EQUAL(gradient[1], -1, 1e-6);
    const float infinite[] = {1, INFINITY, 2};
    CU_ASSERT(!isfinite(loss->example(infinite, 3, 0, 0, 1, gradient)));
    const float minus[] = {-INFINITY, 0, 0};
    CU_ASSERT(!isfinite(loss->example(minus, 3, 0, 0, 1, gradient)));
}

static void hinge_by_hand(void) {
    const float scores[] = {3, 2.5F, 2, 1};
    float gradient[4];
    const Loss *loss = loss_of(LOSS_HINGE);
    CU_ASSERT_DOUBLE_EQUAL(loss->example(scores, 4, 1, 0, 2, gradient), 1.5 + 0.5, 1e-6);
    CU_ASSERT(gradient[0] == 2 && gradient[1] == -4 && gradient[2] == 2 && gradient[3] == 0);
    CU_ASSERT_EQUAL(loss->example(scores, 4, 0, 0, 2, NULL), 0.5);
}

static void squares_by_hand(void) {
    const float scores[] = {0.5F, 2, -1, 0};
    float gradient[4];
    const Loss *loss = loss_of(LOSS_MEAN_SQUARED_ERROR);
    CU_ASSERT_DOUBLE_EQUAL(loss->example(scores, 4, 1, 0, 2, gradient), (0.25 + 1 + 1) / 4, 1e-6);
    CU_ASSERT(gradient[0] == 0.5F && gradient[1] == 1 && gradient[2] == -1 && gradient[3] == 0);
}

static void not_a_number_reaches_the_loss(void) {
    for (int kind = LOSS_SOFTMAX_CROSS_ENTROPY; kind <= LOSS_MEAN_SQUARED_ERROR; kind++) {
        for (size_t where = 0; where < 3; where++) {
            float scores[] = {1, 2, 3};
            float gradient[3];
            scores[where] = NAN;
            CU_ASSERT(isnan(loss_of((LossKind)kind)->example(scores, 3, 1, 0, 1, gradient)));
        }
    }
}

static void probabilities_of_squares(void) {
    const float scores[] = {0.5F, -2, 1.5F, 0};
    float out[4];
    const Loss *loss = loss_of(LOSS_MEAN_SQUARED_ERROR);
    loss->probabilities(scores, 4, out);
    CU_ASSERT(out[0] == 0.25F && out[1] == 0 && out[2] == 0.75F && out[3] == 0);
    const float nothing[] = {-1, -2, -1.5F, 0};
    loss->probabilities(nothing, 4, out);
    for (size_t j = 0; j < 4; j++) {
        CU_ASSERT_EQUAL(out[j], 0.25F);
    }
}

static void hinge_has_softmax_probabilities(void) {
    const float scores[] = {1, 2, 3};
    float out[3];
    loss_of(LOSS_HINGE)->probabilities(scores, 3, out);
    CU_ASSERT_DOUBLE_EQUAL(out[2], exp(3) / (exp(1) + exp(2) + exp(3)), 1e-6);
}

static void first_on_ties(void) {
    const float scores[] = {1, 3, 3, 2};
    CU_ASSERT_EQUAL(loss_first_largest(scores, 4), 1);
}

void suite_losses(void) {
    static const TestCase tests[] = {
        {"softmax cross-entropy is as on paper", softmax_by_hand},
        {"smoothed labels are as on paper", smoothing_by_hand},
        {"large scores neither overflow nor hide an infinity", large_scores},
        {"the hinge loss is as on paper", hinge_by_hand},
        {"the mean squared error is as on paper", squares_by_hand},
        {"a score that is not a number reaches the loss", not_a_number_reaches_the_loss},
        {"probabilities from squared errors are cut at 0 and sum to 1", probabilities_of_squares},
        {"probabilities under the hinge loss are softmax", hinge_has_softmax_probabilities},
        {"the first of equal scores is the answer", first_on_ties},
    };
    SUITE("losses", tests);
}
