#include "report/statistics/agreement.h"

#include <stdlib.h>

#include "base/memory.h"

void predicted_classes(const float *probabilities, size_t examples, size_t classes, uint16_t *predicted) {
    for (size_t e = 0; e < examples; e++) {
        const float *row = probabilities + e * classes;
        size_t best = 0;
        for (size_t c = 1; c < classes; c++) {
            if (row[c] > row[best] || row[best] != row[best]) best = c;
        }
        predicted[e] = (uint16_t)best;
    }
}

double disagreement(const uint16_t *a, const uint16_t *b, size_t examples) {
    size_t different = 0;
    for (size_t e = 0; e < examples; e++)
        different += a[e] != b[e];
    return (double)different / (double)examples;
}

static int by_pair(const void *a, const void *b) {
    const Confused *left = a, *right = b;
    if (left->label != right->label) return left->label < right->label ? -1 : 1;
    return (left->predicted > right->predicted) - (left->predicted < right->predicted);
}

static int by_count(const void *a, const void *b) {
    const Confused *left = a, *right = b;
    if (left->count != right->count) return left->count > right->count ? -1 : 1;
    return by_pair(a, b);
}

Status confusion(const uint16_t *labels, const uint16_t *predicted, size_t examples, Confused **pairs,
                 size_t *count) {
    TRY(memory_new(pairs, examples, sizeof(Confused)));
    for (size_t e = 0; e < examples; e++)
        (*pairs)[e] = (Confused){labels[e], predicted[e], 1};
    qsort(*pairs, examples, sizeof(Confused), by_pair);
    *count = 0;
    for (size_t e = 0; e < examples; e++) {
        Confused *last = *count > 0 ? &(*pairs)[*count - 1] : NULL;
        if (last != NULL && by_pair(last, &(*pairs)[e]) == 0)
            last->count++;
        else
            (*pairs)[(*count)++] = (*pairs)[e];
    }
    return STATUS_OK;
}

size_t confusion_worst(Confused *pairs, size_t count) {
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        if (pairs[i].label != pairs[i].predicted) pairs[wrong++] = pairs[i];
    }
    qsort(pairs, wrong, sizeof(Confused), by_count);
    return wrong;
}
