/* Early stopping, stage by stage: which trials are at which rung. */
#include "campaign/coordinator/rungs.h"

#include <stdlib.h>

#include "base/memory.h"

/* A trial's way: before its k-th rung 2k, at it 2k + 1. */
#define LEVEL_BEFORE(k) (2 * (k))
#define LEVEL_AT(k) (2 * (k) + 1)

static bool is_asha(const StageRungs *r) {
    return r->plan.rules.kind == STOPPING_ASHA;
}

Rung *rung_at(const StageRungs *r, size_t bracket, uint32_t rung) {
    return &r->rung[bracket * r->plan.rung_count + rung];
}

size_t rung_bracket(const Coordinator *c, const StageRungs *r, uint64_t trial) {
    return (size_t)(stopping_bracket(&r->plan, plan_number(&c->plan, trial)) - r->plan.bracket);
}

bool row_stopped(const StageRungs *r, const LedgerTrial *known, uint32_t k) {
    if (!known->finished || known->record.outcome.status != TRIAL_STOPPED) return false;
    return k + 1 == r->plan.rung_count || known->record.outcome.epochs < r->plan.rung[k + 1];
}

/* What is on record about it at rung k holds. */
static Status follow_record(Coordinator *c, Actions *actions, StageRungs *r, RungEntry *entry, uint32_t k) {
    uint64_t trial = entry->trial;
    const LedgerTrial *known = &c->ledger->trials[trial];
    bool promoted = decision_promoted(known, k), stopped = decision_stopped(known, k);
    entry->decided = promoted || stopped || row_stopped(r, known, k);
    if (entry->decided && !decision_on_record(known, k))
        TRY(decision_write(c, actions, r, trial, k, promoted ? VERDICT_PROMOTED : VERDICT_STOPPED));
    if (promoted || stopped) TRY(decision_check(c, actions, r, trial, k));
    if (stopped) return trial_stop(c, actions, r, trial, k);
    if (!promoted) return STATUS_OK;
    r->level[plan_number(&c->plan, trial)] = LEVEL_BEFORE(k + 1);
    return trial_go_on(c, trial);
}

Status rung_take(Coordinator *c, Actions *actions, StageRungs *r, uint64_t trial, uint32_t k, size_t cut,
                 bool *entered) {
    uint8_t *level = &r->level[plan_number(&c->plan, trial)];
    *entered = *level == LEVEL_BEFORE(k) && trial_has_come(c, r, trial, k);
    if (!*entered) return STATUS_OK;
    Rung *rung = rung_at(r, rung_bracket(c, r, trial), k);
    size_t place;
    TRY(rung_enter(rung, trial_best(c, r, trial, k), trial, &place));
    *level = LEVEL_AT(k);
    TRY(follow_record(c, actions, r, &rung->entries[place], k));
    if (rung->count <= cut) return STATUS_OK;
    RungEntry *beyond = &rung->entries[place > cut ? place : cut]; /* those behind were stopped before */
    if (beyond->decided) return STATUS_OK;
    beyond->decided = true;
    TRY(decision_write(c, actions, r, beyond->trial, k, VERDICT_STOPPED));
    return trial_stop(c, actions, r, beyond->trial, k);
}

Status rung_promote(Coordinator *c, Actions *actions, StageRungs *r, RungEntry *entry, uint32_t k) {
    uint64_t trial = entry->trial;
    entry->decided = true;
    TRY(decision_write(c, actions, r, trial, k, VERDICT_PROMOTED));
    r->level[plan_number(&c->plan, trial)] = LEVEL_BEFORE(k + 1);
    return trial_go_on(c, trial);
}

/* --- a stage's rungs --- */

static Status take(Coordinator *c, Actions *actions, StageRungs *r, uint64_t trial) {
    if (r->plan.rules.kind == STOPPING_MEDIAN) return median_take(c, actions, r);
    return is_asha(r) ? asha_take(c, actions, r, trial) : halving_take(c, actions, r, trial);
}

Status rungs_take(Coordinator *c, Actions *actions, uint64_t trial) {
    StageRungs *r = &c->rungs[plan_stage(&c->plan, trial)];
    return r->begun ? take(c, actions, r, trial) : STATUS_OK;
}

static Status stage_rungs_begin(Coordinator *c, Actions *actions, size_t stage) {
    StageRungs *r = &c->rungs[stage];
    size_t rungs = (size_t)r->plan.bracket_count * r->plan.rung_count;
    TRY(memory_new(&r->rung, rungs, sizeof(Rung)));
    TRY(memory_new(&r->looked, r->plan.rung_count, sizeof(uint32_t)));
    TRY(memory_new(&r->level, r->plan.trials, sizeof(uint8_t)));
    for (uint32_t number = 0; number < r->plan.trials; number++)
        r->level[number] = (uint8_t)LEVEL_BEFORE(stopping_bracket(&r->plan, number)->rung);
    r->stage = stage;
    for (uint64_t trial = c->plan.first[stage]; trial < c->plan.first[stage + 1]; trial++) {
        if (trial_figures(c, trial) != NULL) TRY(take(c, actions, r, trial));
    }
    r->begun = true;
    return STATUS_OK;
}

void stage_rungs_release(StageRungs *r) {
    for (size_t i = 0; r->rung != NULL && i < (size_t)r->plan.bracket_count * r->plan.rung_count; i++)
        rung_release(&r->rung[i]);
    free(r->rung);
    free(r->looked);
    free(r->level);
    r->rung = NULL;
    r->looked = NULL;
    r->level = NULL;
}

Status rungs_follow(Coordinator *c, Actions *actions) {
    for (size_t stage = 0; stage <= coordinator_stage(c); stage++) {
        if (c->rungs[stage].plan.rung_count > 0 && !c->rungs[stage].begun)
            TRY(stage_rungs_begin(c, actions, stage));
    }
    return STATUS_OK;
}

Status rungs_promote(Coordinator *c, Actions *actions) {
    StageRungs *r = &c->rungs[coordinator_stage(c)];
    if (!r->begun || !is_asha(r) || trial_freed(c) != NO_TRIAL) return STATUS_OK;
    return asha_promote(c, actions, r);
}

static bool all_wait(Coordinator *c) {
    return !anything_runs(c) && c->store_count == 0 && trial_waiting(c) == NO_TRIAL;
}

Status rungs_conclude(Coordinator *c, Actions *actions) {
    for (size_t stage = 0; stage <= coordinator_stage(c); stage++) {
        StageRungs *r = &c->rungs[stage];
        if (!r->begun || c->stage_left[stage] == 0 || r->plan.rules.kind == STOPPING_MEDIAN) continue;
        if (!all_wait(c)) return STATUS_OK;
        TRY(is_asha(r) ? asha_close(c, actions, r) : halving_close(c, actions, r));
    }
    return STATUS_OK;
}
