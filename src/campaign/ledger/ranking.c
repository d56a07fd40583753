#include "campaign/ranking.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

#define RANKING_FILLED (RANKING_BLOCK / 4 * 3) /* of a new block */
#define MANY_WAIT 8                            /* one of so many waits: sort all anew */

RankedTrial ranked_trial(MetricKind metric, uint64_t trial, const TrainOutcome *outcome) {
    double worth = metric_worth(metric, metric_of(metric, outcome->val_accuracy, outcome->val_loss));
    return (RankedTrial){.worth = isnan(worth) ? -INFINITY : worth, .trial = trial};
}

bool ranked_before(RankedTrial a, RankedTrial b) {
    if (a.worth > b.worth) return true;
    return a.worth == b.worth && a.trial < b.trial;
}

/* First block whose last entry comes behind `entry`; the last block where there is none. */
static size_t block_for(const Ranking *ranking, RankedTrial entry) {
    size_t low = 0;
    size_t high = ranking->block_count - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const RankingBlock *block = &ranking->blocks[middle];
        if (ranked_before(entry, block->entries[block->count - 1])) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* A new block at `index`, those from there on moved up. */
static Status block_open(Ranking *ranking, size_t index) {
    RankedTrial *entries = NULL;
    TRY(memory_grow(&ranking->blocks, &ranking->block_capacity, ranking->block_count + 1,
                    sizeof(RankingBlock)));
    TRY(memory_new(&entries, RANKING_BLOCK, sizeof(RankedTrial)));
    RankingBlock *at = &ranking->blocks[index];
    memmove(at + 1, at, (ranking->block_count - index) * sizeof(*at));
    *at = (RankingBlock){.entries = entries};
    ranking->block_count++;
    return STATUS_OK;
}

static Status block_split(Ranking *ranking, size_t index) {
    TRY(block_open(ranking, index + 1));
    RankingBlock *full = &ranking->blocks[index];
    RankingBlock *fresh = &ranking->blocks[index + 1];
    fresh->count = RANKING_BLOCK / 2;
    full->count = RANKING_BLOCK - fresh->count;
    memcpy(fresh->entries, full->entries + full->count, fresh->count * sizeof(RankedTrial));
    return STATUS_OK;
}

static Status insert(Ranking *ranking, RankedTrial entry) {
    if (ranking->block_count == 0) TRY(block_open(ranking, 0));
    size_t index = block_for(ranking, entry);
    if (ranking->blocks[index].count == RANKING_BLOCK) {
        TRY(block_split(ranking, index));
        index = block_for(ranking, entry);
    }
    RankingBlock *block = &ranking->blocks[index];
    size_t low = 0;
    size_t high = block->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranked_before(entry, block->entries[middle])) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    RankedTrial *at = block->entries + low;
    memmove(at + 1, at, (block->count - low) * sizeof(*at));
    *at = entry;
    block->count++;
    return STATUS_OK;
}

Status ranking_insert(Ranking *ranking, RankedTrial entry) {
    TRY(memory_grow(&ranking->waiting, &ranking->waiting_capacity, ranking->waiting_count + 1,
                    sizeof(RankedTrial)));
    ranking->waiting[ranking->waiting_count++] = entry;
    ranking->count++;
    return STATUS_OK;
}

static int compare(const void *a, const void *b) {
    const RankedTrial *x = a, *y = b;
    return ranked_before(*x, *y) ? -1 : ranked_before(*y, *x);
}

static void drop_blocks(Ranking *ranking) {
    while (ranking->block_count > 0)
        free(ranking->blocks[--ranking->block_count].entries);
}

/* Those in blocks wait again, too. */
static Status unsettle(Ranking *ranking) {
    TRY(memory_grow(&ranking->waiting, &ranking->waiting_capacity, ranking->count, sizeof(RankedTrial)));
    for (size_t i = 0; i < ranking->block_count; i++) {
        const RankingBlock *block = &ranking->blocks[i];
        memcpy(ranking->waiting + ranking->waiting_count, block->entries, block->count * sizeof(RankedTrial));
        ranking->waiting_count += block->count;
    }
    drop_blocks(ranking);
    return STATUS_OK;
}

/* All anew, with room in each block. */
static Status fill_blocks(Ranking *ranking) {
    TRY(unsettle(ranking));
    qsort(ranking->waiting, ranking->waiting_count, sizeof(RankedTrial), compare);
    for (size_t first = 0; first < ranking->count; first += RANKING_FILLED) {
        size_t left = ranking->count - first, count = left < RANKING_FILLED ? left : RANKING_FILLED;
        Status status = block_open(ranking, ranking->block_count);
        if (status != STATUS_OK) {
            drop_blocks(ranking); /* all still wait */
            return status;
        }
        RankingBlock *block = &ranking->blocks[ranking->block_count - 1];
        memcpy(block->entries, ranking->waiting + first, count * sizeof(RankedTrial));
        block->count = count;
    }
    free(ranking->waiting); /* seldom are there so many again */
    ranking->waiting = NULL;
    ranking->waiting_count = ranking->waiting_capacity = 0;
    return STATUS_OK;
}

Status ranking_settle(Ranking *ranking) {
    if (ranking->waiting_count > ranking->count / MANY_WAIT) return fill_blocks(ranking);
    for (; ranking->waiting_count > 0; ranking->waiting_count--)
        TRY(insert(ranking, ranking->waiting[ranking->waiting_count - 1]));
    return STATUS_OK;
}

const RankedTrial *ranking_at(const Ranking *ranking, size_t place) {
    for (size_t i = 0; i < ranking->block_count; i++) {
        const RankingBlock *block = &ranking->blocks[i];
        if (place < block->count) return &block->entries[place];
        place -= block->count;
    }
    return NULL;
}

void ranking_release(Ranking *ranking) {
    drop_blocks(ranking);
    free(ranking->blocks);
    free(ranking->waiting);
    *ranking = (Ranking){0};
}
