#include "search/stopping.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_ETA 3
#define DEFAULT_MIN_TRIALS 5

const char *stopping_name(StoppingKind kind) {
    static const char *const names[] = {[STOPPING_NONE] = "none",
                                        [STOPPING_HYPERBAND] = "hyperband",
                                        [STOPPING_HALVING] = "successive_halving",
                                        [STOPPING_ASHA] = "asha",
                                        [STOPPING_MEDIAN] = "median"};
    return names[kind < STOPPING_KIND_COUNT ? kind : STOPPING_NONE];
}

StoppingRules stopping_rules_default(StoppingKind kind) {
    return (StoppingRules){.kind = kind, .eta = DEFAULT_ETA, .min_iter = 1, .min_trials = DEFAULT_MIN_TRIALS};
}

/* --- where the rungs are --- */

static void rungs_up(StoppingPlan *plan, uint32_t most) {
    const StoppingRules *rules = &plan->rules;
    uint64_t end = rules->max_iter > 0 && rules->max_iter < plan->epochs ? rules->max_iter : plan->epochs;
    for (uint64_t epoch = rules->min_iter; epoch < end && plan->rung_count < most; epoch *= rules->eta)
        plan->rung[plan->rung_count++] = (uint32_t)epoch;
}

static void rungs_down(StoppingPlan *plan, uint32_t most) {
    uint32_t down[STOPPING_MAX_RUNGS], count = 0;
    for (uint32_t epoch = plan->rules.max_iter / plan->rules.eta; epoch > 0 && count < most;
         epoch /= plan->rules.eta)
        down[count++] = epoch;
    while (count > 0) {
        uint32_t epoch = down[--count];
        if (epoch < plan->epochs) plan->rung[plan->rung_count++] = epoch;
    }
}

/* --- who halves together --- */

/* The proportions of Hyperband's brackets, the one that halves most often first: ceil((K + 1) eta^s / (s +
 * 1)) for s = K .. 0, K being the number of rungs. */
static uint64_t hyperband_shares(const StoppingPlan *plan, uint64_t share[STOPPING_MAX_RUNGS + 1]) {
    uint64_t power = 1, all = 0;
    for (uint64_t s = 0; s <= plan->rung_count; s++, power *= plan->rules.eta) {
        uint64_t of = (plan->rung_count + 1) * power;
        share[plan->rung_count - s] = (of + s) / (s + 1);
        all += share[plan->rung_count - s];
    }
    return all;
}

/* By largest remainder, ties to the earlier one. */
static void apportion(const uint64_t *share, uint64_t all, uint32_t count, uint32_t trials, uint32_t *size) {
    uint64_t remainder[STOPPING_MAX_RUNGS + 1];
    uint32_t left = trials;
    for (uint32_t b = 0; b < count; b++) {
        size[b] = (uint32_t)(share[b] * trials / all);
        remainder[b] = share[b] * trials % all;
        left -= size[b];
    }
    for (; left > 0; left--) {
        uint32_t largest = 0;
        for (uint32_t b = 1; b < count; b++) {
            if (remainder[b] > remainder[largest]) largest = b;
        }
        size[largest]++;
        remainder[largest] = 0;
    }
}

static void add_bracket(StoppingPlan *plan, uint32_t rung, uint32_t trials) {
    if (trials == 0) return;
    uint32_t first = 0;
    if (plan->bracket_count > 0) {
        const StoppingBracket *before = &plan->bracket[plan->bracket_count - 1];
        first = before->first + before->trials;
    }
    StoppingBracket *bracket = &plan->bracket[plan->bracket_count++];
    *bracket = (StoppingBracket){.first = first, .trials = trials, .rung = rung, .to_end = trials};
    bool all = plan->rules.kind == STOPPING_MEDIAN;
    for (uint32_t k = rung; k < plan->rung_count; k++) {
        bracket->at[k] = bracket->to_end;
        if (!all) bracket->to_end = halving_keep(bracket->to_end, plan->rules.eta);
    }
}

StoppingPlan stopping_plan(const StoppingRules *rules, uint32_t trials, uint32_t epochs) {
    StoppingPlan plan = {.rules = *rules, .trials = trials, .epochs = epochs};
    uint32_t most = rules->s > 0 && rules->s < STOPPING_MAX_RUNGS ? rules->s : STOPPING_MAX_RUNGS;
    if (rules->kind != STOPPING_NONE && rules->min_iter > 0) rungs_up(&plan, most);
    if (rules->kind != STOPPING_NONE && rules->min_iter == 0) rungs_down(&plan, most);
    if (rules->kind != STOPPING_HYPERBAND) {
        add_bracket(&plan, 0, trials);
        return plan;
    }
    uint64_t share[STOPPING_MAX_RUNGS + 1];
    uint32_t size[STOPPING_MAX_RUNGS + 1];
    uint64_t all = hyperband_shares(&plan, share);
    apportion(share, all, plan.rung_count + 1, trials, size);
    for (uint32_t rung = 0; rung <= plan.rung_count; rung++)
        add_bracket(&plan, rung, size[rung]);
    return plan;
}

const StoppingBracket *stopping_bracket(const StoppingPlan *plan, uint32_t number) {
    const StoppingBracket *bracket = plan->bracket;
    while (number - bracket->first >= bracket->trials)
        bracket++;
    return bracket;
}

uint64_t stopping_epochs(const StoppingPlan *plan) {
    uint64_t epochs = 0;
    for (uint32_t b = 0; b < plan->bracket_count; b++) {
        const StoppingBracket *bracket = &plan->bracket[b];
        uint32_t done = 0;
        for (uint32_t k = bracket->rung; k < plan->rung_count; k++) {
            epochs += (uint64_t)bracket->at[k] * (plan->rung[k] - done);
            done = plan->rung[k];
        }
        epochs += (uint64_t)bracket->to_end * (plan->epochs - done);
    }
    return epochs;
}

uint64_t stopping_waiting(const StoppingPlan *plan) {
    uint64_t waiting = 0;
    for (uint32_t b = 0; b < plan->bracket_count; b++) {
        const StoppingBracket *bracket = &plan->bracket[b];
        if (bracket->rung == plan->rung_count) continue;
        bool all = plan->rules.kind == STOPPING_MEDIAN;
        waiting += all ? bracket->trials : halving_keep(bracket->trials, plan->rules.eta);
        /* One that has gone on may be overtaken and make room at the first rung for another. */
        for (uint32_t k = bracket->rung + 1; plan->rules.kind == STOPPING_ASHA && k < plan->rung_count; k++)
            waiting += bracket->at[k];
    }
    return waiting;
}

/* --- verdicts --- */

uint32_t halving_keep(uint32_t trials, uint32_t eta) {
    uint32_t keep = trials / eta;
    return keep > 0 ? keep : trials > 0;
}

size_t halving_certain(size_t reported, size_t expected, size_t keep) {
    size_t missing = expected > reported ? expected - reported : 0;
    size_t certain = keep > missing ? keep - missing : 0;
    return certain < reported ? certain : reported;
}

void stopping_reason(const StoppingPlan *plan, uint32_t number, uint32_t rung,
                     char out[STOPPING_REASON_SIZE]) {
    const StoppingBracket *bracket = stopping_bracket(plan, number);
    unsigned epoch = plan->rung[rung], eta = plan->rules.eta;
    unsigned of = bracket->at[rung], best = halving_keep(of, eta);
    unsigned place = (unsigned)(bracket - plan->bracket) + 1;
    switch (plan->rules.kind) {
    case STOPPING_HALVING:
        (void)snprintf(out, STOPPING_REASON_SIZE, "not among the best %u of %u at epoch %u", best, of, epoch);
        return;
    case STOPPING_HYPERBAND:
        (void)snprintf(out, STOPPING_REASON_SIZE, "not among the best %u of %u in bracket %u at epoch %u",
                       best, of, place, epoch);
        return;
    case STOPPING_ASHA:
        (void)snprintf(out, STOPPING_REASON_SIZE, "never taken from the best one in %u at epoch %u", eta,
                       epoch);
        return;
    case STOPPING_MEDIAN:
        (void)snprintf(out, STOPPING_REASON_SIZE,
                       "worse than the median of the means of the trials before it at epoch %u", epoch);
        return;
    case STOPPING_NONE:
    case STOPPING_KIND_COUNT: break;
    }
    out[0] = '\0';
}
