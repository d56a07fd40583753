#include "ensemble/optimism.h"

#include <math.h>

#include "ensemble/selection.h"

#define NORMAL_95 1.959963984540054 /* the normal distribution's quantile at 0.975 */

/* Scores of the examples, added up. */
typedef struct Scores {
    double sum, squares;
    double count;
} Scores;

static Scores score(MetricKind metric, const JudgedPart *part, size_t networks, size_t classes) {
    Scores scores = {.count = (double)part->examples};
    for (size_t e = 0; e < part->examples; e++) {
        double sum = 0;
        for (size_t n = 0; n < networks; n++) {
            double accuracy = 0, loss = 0;
            ensemble_judge(part->probabilities[n] + e * classes, part->labels + e, 1, classes, &accuracy,
                           &loss);
            sum += metric_of(metric, accuracy, loss);
        }
        double mean = sum / (double)networks;
        scores.sum += mean;
        scores.squares += mean * mean;
    }
    return scores;
}

/* Of the mean. */
static double squared_error(MetricKind metric, Scores scores) {
    if (metric == METRIC_VAL_ACCURACY) {
        scores.sum += 1;
        scores.squares += 1;
        scores.count += 2;
    }
    double mean = scores.sum / scores.count;
    return fmax(0, scores.squares / scores.count - mean * mean) / scores.count;
}

Optimism optimism_of(MetricKind metric, const JudgedPart *seen, const JudgedPart *unseen, size_t networks,
                     size_t classes) {
    Scores a = score(metric, seen, networks, classes), b = score(metric, unseen, networks, classes);
    return (Optimism){.networks = (uint32_t)networks,
                      .seen = a.sum / a.count,
                      .unseen = b.sum / b.count,
                      .margin = NORMAL_95 * sqrt(squared_error(metric, a) + squared_error(metric, b))};
}

double optimism_difference(MetricKind metric, const Optimism *optimism) {
    return metric_worth(metric, optimism->seen - optimism->unseen);
}
