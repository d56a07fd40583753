/* Forward selection within one set of candidates. Internal to the room. */
#ifndef WINNOW_ENSEMBLE_GREEDY_H
#define WINNOW_ENSEMBLE_GREEDY_H

#include <stdbool.h>

#include "ensemble/selection.h"

#define SMALLEST_PROBABILITY 1e-12 /* in the logarithm of a loss */

/* What all selections share. */
typedef struct ValidationPart {
    const uint16_t *labels; /* [count] borrowed */
    size_t count;
    size_t classes;
    size_t cells; /* count * classes */
} ValidationPart;

typedef struct Score {
    double accuracy, loss;
} Score;

/* Better by the metric; of equal accuracy the lower loss is the better one. */
bool score_better(MetricKind metric, Score a, Score b);

/* Worse than before by the metric itself: a higher loss of equal accuracy does not hurt. */
bool score_hurt(MetricKind metric, Score before, Score after);

/* Up to `rules->size` picks from `choices` [choice_count], indices into `candidates`, best first: sorted
 * start, then with replacement whichever makes the ensemble best (the earlier choice where equal). The picks
 * up to the best ensemble on the way (the earliest where equal) are written to picks [rules->size],
 * *pick_count >= 1 of them. */
Status greedy_pick(const EnsembleRules *rules, const Candidate *candidates, const size_t *choices,
                   size_t choice_count, const ValidationPart *examples, size_t *picks,
                   size_t *pick_count) MUST_CHECK;

#endif
