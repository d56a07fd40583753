#include <math.h>

#include "ensemble/greedy.h"
#include "ensemble/selection.h"

void ensemble_average(const float *const *probabilities, const uint32_t *counts, size_t members,
                      size_t examples, size_t classes, float *out) {
    double total = 0;
    for (size_t m = 0; m < members; m++) {
        total += counts[m];
    }
    for (size_t i = 0; i < examples * classes; i++) {
        double sum = 0;
        for (size_t m = 0; m < members; m++) {
            sum += counts[m] * (double)probabilities[m][i];
        }
        out[i] = (float)(sum / total);
    }
}

void ensemble_judge(const float *probabilities, const uint16_t *labels, size_t examples, size_t classes,
                    double *accuracy, double *loss) {
    size_t right = 0;
    double sum = 0;
    for (size_t e = 0; e < examples; e++) {
        const float *p = probabilities + e * classes; /* [classes] */
        size_t largest = 0;
        for (size_t c = 1; c < classes; c++) {
            if (p[c] > p[largest]) largest = c;
        }
        right += largest == labels[e] && !isnan(p[largest]);
        double of_label = p[labels[e]];
        sum -= log(of_label > SMALLEST_PROBABILITY ? of_label : SMALLEST_PROBABILITY);
    }
    *accuracy = (double)right / (double)examples;
    *loss = sum / (double)examples;
}
