/* A trial has come to a rung of early stopping: what it amounts to so far is written down, and it waits. */
#include <string.h>

#include "campaign/coordinator/state.h"

uint32_t trial_until(const Coordinator *c, uint64_t trial) {
    size_t stage = plan_stage(&c->plan, trial);
    const StoppingPlan *plan = &c->rungs[stage].plan;
    uint32_t rung = stopping_bracket(plan, plan_number(&c->plan, trial))->rung;
    if (trial < c->ledger->trial_count) {
        const LedgerTrial *known = &c->ledger->trials[trial];
        uint32_t passed = ledger_rungs_passed(known);
        if (passed > rung) rung = passed;
        if (known->stopped_at > 0) rung = known->stopped_at - 1;
    }
    return rung < plan->rung_count ? plan->rung[rung] : plan->epochs;
}

bool trial_at_rung(const Coordinator *c, uint64_t trial) {
    if (trial >= c->ledger->trial_count || c->ledger->trials[trial].report == NULL) return false;
    return c->ledger->trials[trial].report->outcome.epochs >= trial_until(c, trial);
}

/* Is it of the rung that the lease was for? */
static bool is_sound(const Coordinator *c, const Lease *lease, const TrialRecord *report) {
    return report->outcome.epochs == lease->until && report->curve_count == lease->until &&
           lease->until < c->plan.epochs[plan_stage(&c->plan, lease->trial)];
}

Status report_take(Coordinator *c, Actions *actions, const Lease *lease, TrialRecord *report, Moment now) {
    if (!is_sound(c, lease, report)) {
        TRY(lease_end(c, actions, lease, LEASE_LOST, now));
        return trial_free(c, lease->trial);
    }
    TRY(lease_end(c, actions, lease, LEASE_PAUSED, now));
    row_complete(c, lease, report);
    count_epochs(c, lease->trial, report->outcome.epochs);
    Record record;
    record.kind = RECORD_REPORT;
    record.as.trial = *report;
    memset(report, 0, sizeof(*report));
    TRY(coordinator_append(c, actions, &record));
    c->trials[lease->trial].holder = 0;
    return rungs_take(c, actions, lease->trial);
}
