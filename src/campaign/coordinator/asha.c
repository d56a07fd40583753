/* Asynchronous halving: who goes on depends on who has come. */
#include "campaign/coordinator/rungs.h"

/* Of all trials of the stage no more will ever be among the best at a rung. */
static Status take_at(Coordinator *c, Actions *actions, StageRungs *r, uint64_t trial, uint32_t k) {
    bool entered;
    if (k == r->plan.rung_count) return STATUS_OK;
    return rung_take(c, actions, r, trial, k, halving_keep(r->plan.trials, r->plan.rules.eta), &entered);
}

Status asha_take(Coordinator *c, Actions *actions, StageRungs *r, uint64_t trial) {
    for (uint32_t k = 0; k < r->plan.rung_count; k++)
        TRY(take_at(c, actions, r, trial, k));
    return STATUS_OK;
}

/* From the last rung down the best one that may go on by what has come so far; `last`: nobody else will come,
 * so that one of any number goes on. One that has ended by itself is carried along at once. */
static Status promote_best(Coordinator *c, Actions *actions, StageRungs *r, bool last) {
    for (uint32_t k = r->plan.rung_count; k-- > 0;) {
        const Rung *rung = rung_at(r, 0, k);
        uint32_t count = (uint32_t)rung->count, eta = r->plan.rules.eta;
        RungEntry *entry = rung_undecided(rung, last ? halving_keep(count, eta) : count / eta);
        if (entry == NULL) continue;
        uint64_t trial = entry->trial;
        TRY(rung_promote(c, actions, r, entry, k));
        if (!coordinator_finished(c, trial)) return STATUS_OK;
        TRY(take_at(c, actions, r, trial, k + 1));
        k = r->plan.rung_count; /* a rung above may have got an entry */
    }
    return STATUS_OK;
}

Status asha_promote(Coordinator *c, Actions *actions, StageRungs *r) {
    return promote_best(c, actions, r, false);
}

Status asha_close(Coordinator *c, Actions *actions, StageRungs *r) {
    TRY(promote_best(c, actions, r, true));
    if (trial_freed(c) != NO_TRIAL) return STATUS_OK;
    for (uint32_t k = 0; k < r->plan.rung_count; k++) {
        const Rung *rung = rung_at(r, 0, k);
        for (RungEntry *entry; (entry = rung_undecided(rung, rung->count)) != NULL;) {
            entry->decided = true;
            TRY(decision_write(c, actions, r, entry->trial, k, VERDICT_STOPPED));
            TRY(trial_stop(c, actions, r, entry->trial, k));
        }
    }
    return STATUS_OK;
}
