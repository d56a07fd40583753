/* Where networks are wrong, and where they differ. Pure. */
#ifndef WINNOW_REPORT_STATISTICS_AGREEMENT_H
#define WINNOW_REPORT_STATISTICS_AGREEMENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* The most probable class of each example, the first one of equals; probabilities [examples, classes], NaN is
 * never the largest. predicted [examples]. */
void predicted_classes(const float *probabilities, size_t examples, size_t classes, uint16_t *predicted);

/* On how large a part of the examples two networks name different classes. examples >= 1. */
double disagreement(const uint16_t *a, const uint16_t *b, size_t examples);

/* How often examples of class `label` were taken for class `predicted`. */
typedef struct Confused {
    uint16_t label, predicted;
    uint64_t count;
} Confused;

/* The pairs that occur, right ones too, by label, then prediction: owned *pairs [*count], at most `examples`.
 * So 65,536 classes cost no table of their square. */
Status confusion(const uint16_t *labels, const uint16_t *predicted, size_t examples, Confused **pairs,
                 size_t *count) MUST_CHECK;

/* Leave out what is right and sort: the most frequent first, then by label and prediction. Returns how many
 * are left. */
size_t confusion_worst(Confused *pairs, size_t count);

#endif
