/* The median rule in the order of numbers: a trial is compared with those of lower numbers alone, once all is
 * known of them, so that the verdict does not depend on who came first. */
#include "campaign/coordinator/rungs.h"

static Status judge(Coordinator *c, Actions *actions, const StageRungs *r, uint64_t trial, uint32_t k) {
    const LedgerTrial *known = &c->ledger->trials[trial];
    bool promoted = decision_promoted(known, k);
    if (promoted || decision_stopped(known, k)) {
        if (!decision_on_record(known, k)) TRY(decision_write(c, actions, r, trial, k, VERDICT_PROMOTED));
        TRY(decision_check(c, actions, r, trial, k));
        return promoted ? trial_go_on(c, trial) : trial_stop(c, actions, r, trial, k);
    }
    const Rung *means = &r->rung[k];
    bool enough = means->count >= r->plan.rules.min_trials;
    bool stops = enough && trial_best(c, r, trial, k) < rung_median(means);
    TRY(decision_write(c, actions, r, trial, k, stops ? VERDICT_STOPPED : VERDICT_PROMOTED));
    return stops ? trial_stop(c, actions, r, trial, k) : trial_go_on(c, trial);
}

/* A decision about it may be lost; what it was, its row tells. */
static Status make_good(Coordinator *c, Actions *actions, const StageRungs *r, uint64_t trial, uint32_t k) {
    const LedgerTrial *known = &c->ledger->trials[trial];
    bool stopped = row_stopped(r, known, k);
    if (decision_on_record(known, k)) return STATUS_OK;
    return decision_write(c, actions, r, trial, k, stopped ? VERDICT_STOPPED : VERDICT_PROMOTED);
}

Status median_take(Coordinator *c, Actions *actions, StageRungs *r) {
    uint64_t first = c->plan.first[r->stage];
    for (uint32_t k = 0; k < r->plan.rung_count; k++) {
        for (; r->looked[k] < r->plan.trials; r->looked[k]++) {
            uint64_t trial = first + r->looked[k];
            bool come = trial_has_come(c, r, trial, k), ended = coordinator_finished(c, trial);
            if (!come && !ended) break;
            if (!come) continue; /* stopped before */
            if (!ended) TRY(judge(c, actions, r, trial, k));
            if (ended) TRY(make_good(c, actions, r, trial, k));
            size_t place;
            TRY(rung_enter(&r->rung[k], trial_mean(c, r, trial, k), trial, &place));
        }
    }
    return STATUS_OK;
}
