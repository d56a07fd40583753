/* Completed trials in the order of one metric: best first, ties by the lower id.
 *
 * Sorted blocks of bounded size: an insertion moves at most one block's entries and finds the block by
 * bisection, the best few are read off the front. So a million results cost about a microsecond each,
 * whatever order they come in. New ones wait until somebody asks: a million that were read from a file are
 * sorted at once, or, by the metric that nobody asks for, never. */
#ifndef WINNOW_CAMPAIGN_RANKING_H
#define WINNOW_CAMPAIGN_RANKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "engine/trainer.h"

#define RANKING_BLOCK 1024 /* entries */

typedef struct RankedTrial {
    double worth; /* larger is better, never NaN */
    uint64_t trial;
} RankedTrial;

typedef struct RankingBlock {
    size_t count;         /* 1 .. RANKING_BLOCK */
    RankedTrial *entries; /* owned [RANKING_BLOCK] */
} RankingBlock;

typedef struct Ranking {
    size_t count; /* of all entries */
    size_t block_count;
    size_t block_capacity;
    RankingBlock *blocks; /* owned [block_count], best first */
    size_t waiting_count;
    size_t waiting_capacity;
    RankedTrial *waiting; /* owned [waiting_count], in no order: not in blocks yet */
} Ranking;

/* The place of an outcome under a metric; NaN stands behind every number. */
RankedTrial ranked_trial(MetricKind metric, uint64_t trial, const TrainOutcome *outcome);
bool ranked_before(RankedTrial a, RankedTrial b);

/* Each trial once; it waits. */
Status ranking_insert(Ranking *ranking, RankedTrial entry) MUST_CHECK;

/* Put those that wait into the blocks, before these are looked at. */
Status ranking_settle(Ranking *ranking) MUST_CHECK;

/* The entry in the blocks at `place` (0 is the best), NULL past the end; borrowed until they change. */
const RankedTrial *ranking_at(const Ranking *ranking, size_t place);

void ranking_release(Ranking *ranking);

#endif
