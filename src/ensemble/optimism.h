/* How far the figures that a search chose by flatter what it chose. */
#ifndef WINNOW_ENSEMBLE_OPTIMISM_H
#define WINNOW_ENSEMBLE_OPTIMISM_H

#include <stddef.h>
#include <stdint.h>

#include "engine/train_settings.h"

/* What some networks say of a part of the data. */
typedef struct JudgedPart {
    const float *const *probabilities; /* [networks][examples, classes] borrowed */
    const uint16_t *labels;            /* [examples] borrowed, below `classes` */
    size_t examples;                   /* at least 1 */
} JudgedPart;

typedef struct Optimism {
    uint32_t networks;
    double seen;   /* the metric on the examples that chose, the mean over the networks */
    double unseen; /* the same on examples that chose nothing */
    double margin; /* half of the 95 % interval of their difference */
} Optimism;

/* Each example's score is the mean over the networks of what the metric says of it: 1 or 0 for right or
 * wrong, or -ln p[label]. The two parts are independent samples, so their means differ by chance with the
 * standard error sqrt(v/n + w/m), v and w the variances of the scores among the n and m examples; the margin
 * is 1.96 of it. Networks that are wrong on the same examples are so told as what they are: few looks at the
 * same data, not many. For accuracy one right and one wrong example is added to either part before (Agresti
 * and Caffo, The American Statistician 54, 2000), so that a part without a mistake is not taken for
 * certainty; for one network this is their interval's width. `networks` is at least 1. */
Optimism optimism_of(MetricKind metric, const JudgedPart *seen, const JudgedPart *unseen, size_t networks,
                     size_t classes);

/* How much better the figure that chose is, in the metric's units; below 0 where it is the worse one. */
double optimism_difference(MetricKind metric, const Optimism *optimism);

#endif
