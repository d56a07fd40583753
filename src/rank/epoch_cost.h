/* What an epoch costs: training and evaluation timed with the trainer itself on parts of the data. */
#ifndef WINNOW_RANK_EPOCH_COST_H
#define WINNOW_RANK_EPOCH_COST_H

#include "campaign/config.h"
#include "data/dataset.h"

#define EPOCH_COST_DRAWS 8

typedef struct EpochCost {
    size_t count;                     /* draws measured, >= 1 */
    double seconds[EPOCH_COST_DRAWS]; /* [count] of one whole epoch on one core */
} EpochCost;

/* The first trials of the first stage, in about `budget` seconds for all of them; a single batch takes what
 * it takes. Call blas_prepare first. */
Status epoch_cost_measure(const Config *config, const Dataset *dataset, double budget,
                          EpochCost *cost) MUST_CHECK;

#endif
