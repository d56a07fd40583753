/* Completed trials in the order of one metric: best first, ties by the lower id.
 *
 * Only as many stay in order as somebody has asked for (a few hundred at least), and the others lie behind
 * them in no order. So of a million results nearly each one costs a comparison. Before anybody asks nothing
 * is in order: a million that were read from a file are sorted at once, or, by the metric that nobody asks
 * for, never. */
#ifndef WINNOW_CAMPAIGN_RANKING_H
#define WINNOW_CAMPAIGN_RANKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "engine/trainer.h"

typedef struct RankedTrial {
    double worth; /* larger is better, never NaN */
    uint64_t trial;
} RankedTrial;

typedef struct Ranking {
    RankedTrial *entries; /* owned [count] */
    size_t count, capacity;
    size_t sorted; /* so many are the best ones, best first */
    size_t asked;  /* the most that were asked for */
} Ranking;

/* The place of an outcome under a metric; NaN stands behind every number. */
RankedTrial ranked_trial(MetricKind metric, uint64_t trial, const TrainOutcome *outcome);
bool ranked_before(RankedTrial a, RankedTrial b);

/* Each trial once. */
Status ranking_insert(Ranking *ranking, RankedTrial entry) MUST_CHECK;

/* The best `places`, best first, or all where there are fewer: *places says how many. Borrowed until the next
 * insertion. */
const RankedTrial *ranking_best(Ranking *ranking, size_t *places);

void ranking_release(Ranking *ranking);

#endif
