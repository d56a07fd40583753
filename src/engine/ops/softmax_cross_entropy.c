/* p = softmax(s); loss = -sum_j t_j log p_j with t = (1 - smoothing) one-hot + smoothing / classes; gradient
 * p - t. */
#include <tgmath.h>

#include "engine/loss.h"

static real largest(const real *scores, size_t classes) {
    return scores[loss_first_largest(scores, classes)];
}

static double example(const real *scores, size_t classes, size_t label, double smoothing, real scale,
                      real *gradient) {
    real top = largest(scores, classes);
    real sum = 0;
    real scores_sum = 0; /* of s_j - top */
    for (size_t j = 0; j < classes; j++) {
        real e = exp(scores[j] - top);
        sum += e;
        scores_sum += scores[j] - top;
        if (gradient != NULL) gradient[j] = e;
    }
    if (gradient != NULL) {
        real factor = scale / sum;
        real spread = scale * (real)(smoothing / (double)classes);
        for (size_t j = 0; j < classes; j++) {
            gradient[j] = gradient[j] * factor - spread;
        }
        gradient[label] -= scale * (real)(1 - smoothing);
    }
    double log_sum = log((double)sum);
    double loss = log_sum - (double)(scores[label] - top);
    if (smoothing > 0) {
        loss = (1 - smoothing) * loss + smoothing * (log_sum - (double)scores_sum / (double)classes);
    }
    return loss;
}

void loss_softmax(const real *scores, size_t classes, float *probabilities) {
    real top = largest(scores, classes);
    real sum = 0;
    for (size_t j = 0; j < classes; j++) {
        sum += exp(scores[j] - top);
    }
    for (size_t j = 0; j < classes; j++) {
        probabilities[j] = (float)(exp(scores[j] - top) / sum);
    }
}

size_t loss_first_largest(const real *scores, size_t classes) {
    size_t best = 0;
    for (size_t j = 1; j < classes; j++) {
        if (scores[j] > scores[best]) best = j;
    }
    return best;
}

const Loss loss_softmax_cross_entropy = {
    .name = "softmax_cross_entropy", .example = example, .probabilities = loss_softmax};
