#include "campaign/plan.h"

StoppingPlan plan_stopping(const Config *config, size_t stage) {
    const StageSpec *spec = &config->stages[stage];
    return stopping_plan(&spec->stopping, spec->trials, spec->epochs);
}

Plan plan_of(const Config *config) {
    Plan plan = {.stage_count = config->stage_count};
    for (size_t stage = 0; stage < config->stage_count; stage++) {
        plan.first[stage + 1] = plan.first[stage] + config->stages[stage].trials;
        plan.replicates[stage] = config->stages[stage].replicates;
        plan.epochs[stage] = config->stages[stage].epochs;
        StoppingPlan stopping = plan_stopping(config, stage);
        plan.work[stage] = stopping_epochs(&stopping);
    }
    return plan;
}

uint64_t plan_trials(const Plan *plan) {
    return plan->first[plan->stage_count];
}

uint64_t plan_epochs(const Plan *plan) {
    uint64_t epochs = 0;
    for (size_t stage = 0; stage < plan->stage_count; stage++) {
        epochs += plan->work[stage];
    }
    return epochs;
}

size_t plan_stage(const Plan *plan, uint64_t id) {
    size_t stage = 0;
    while (stage + 1 < plan->stage_count && id >= plan->first[stage + 1])
        stage++;
    return stage;
}

uint32_t plan_number(const Plan *plan, uint64_t id) {
    return (uint32_t)(id - plan->first[plan_stage(plan, id)]);
}

uint32_t plan_configuration(const Plan *plan, uint64_t id) {
    size_t stage = plan_stage(plan, id);
    return (uint32_t)(id - plan->first[stage]) / plan->replicates[stage];
}

bool plan_in_shard(const Plan *plan, uint64_t id, Shard shard) {
    return shard.count == 1 || plan_number(plan, id) % shard.count == shard.index;
}

uint64_t plan_shard_trials(const Plan *plan, size_t stage, Shard shard) {
    uint64_t trials = plan->first[stage + 1] - plan->first[stage];
    return trials / shard.count + (trials % shard.count > shard.index);
}
