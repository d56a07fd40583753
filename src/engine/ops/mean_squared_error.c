/* loss = mean over classes of (s_j - [j = y])^2 */
#include "engine/loss.h"

static double example(const real *scores, size_t classes, size_t label, double smoothing, real scale,
                      real *gradient) {
    (void)smoothing;
    double loss = 0;
    real factor = 2 * scale / (real)classes;
    for (size_t j = 0; j < classes; j++) {
        real error = scores[j] - (j == label ? 1 : 0);
        loss += (double)error * (double)error;
        if (gradient != NULL) gradient[j] = factor * error;
    }
    return loss / (double)classes;
}

static void probabilities(const real *scores, size_t classes, float *out) {
    double sum = 0;
    for (size_t j = 0; j < classes; j++) {
        sum += scores[j] > 0 ? (double)scores[j] : 0;
    }
    for (size_t j = 0; j < classes; j++) {
        double part = scores[j] > 0 ? (double)scores[j] : 0;
        out[j] = (float)(sum > 0 ? part / sum : 1 / (double)classes);
    }
}

const Loss loss_mean_squared_error = {
    .name = "mean_squared_error", .example = example, .probabilities = probabilities};
