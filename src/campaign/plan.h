/* The plan of a campaign: which trial is which. Ids run through the stages in order from 0. Pure. */
#ifndef WINNOW_CAMPAIGN_PLAN_H
#define WINNOW_CAMPAIGN_PLAN_H

#include "campaign/config.h"

typedef struct Plan {
    size_t stage_count;
    uint64_t first[CONFIG_MAX_STAGES +
                   1]; /* id of each stage's first trial; the last entry is the number of trials */
    uint32_t replicates[CONFIG_MAX_STAGES];
    uint32_t epochs[CONFIG_MAX_STAGES]; /* of a trial that is trained to the end */
    uint64_t work[CONFIG_MAX_STAGES]; /* epochs of all trials of the stage together; with early stopping where
                                         none diverges or ends by itself, of type median at most */
} Plan;

Plan plan_of(const Config *config);
/* How a stage stops trials early. */
StoppingPlan plan_stopping(const Config *config, size_t stage);

uint64_t plan_trials(const Plan *plan);
uint64_t plan_epochs(const Plan *plan); /* of all stages together */
size_t plan_stage(const Plan *plan, uint64_t id);
uint32_t plan_number(const Plan *plan, uint64_t id); /* within its stage */
/* Of a trial within its stage, as planned: number / replicates. */
uint32_t plan_configuration(const Plan *plan, uint64_t id);

/* A part of every stage, for a job of its own: the trials whose number leaves `index` when divided by
 * `count`. */
typedef struct Shard {
    uint32_t index; /* < count */
    uint32_t count; /* 1: all trials */
} Shard;
#define SHARDS_MAX 10000
#define SHARD_ALL ((Shard){.index = 0, .count = 1})
bool plan_in_shard(const Plan *plan, uint64_t id, Shard shard);
uint64_t plan_shard_trials(const Plan *plan, size_t stage, Shard shard);

#endif
