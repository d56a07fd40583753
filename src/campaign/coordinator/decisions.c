/* Decisions of early stopping, and what follows from them. One is written down before anyone acts on it; what
 * is on record already (from a run before, or from another campaign that this one repeats) is not decided
 * again. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "campaign/coordinator/rungs.h"

bool decision_promoted(const LedgerTrial *known, uint32_t rung) {
    return ledger_rungs_passed(known) > rung || known->stopped_at > rung + 1;
}

bool decision_stopped(const LedgerTrial *known, uint32_t rung) {
    return known->stopped_at == rung + 1;
}

bool decision_on_record(const LedgerTrial *known, uint32_t rung) {
    return (known->promoted >> rung & 1) != 0 || decision_stopped(known, rung);
}

/* Nothing is decided about a trial that has ended by itself before the rung: it is carried along with what it
 * came to. Of one that ended later a decision may be lost, and its row tells which it was. */
static bool is_due(const Coordinator *c, const StageRungs *r, uint64_t trial, uint32_t rung,
                   Verdict verdict) {
    if (!coordinator_finished(c, trial)) return true;
    const LedgerTrial *known = &c->ledger->trials[trial];
    const TrainOutcome *outcome = &known->record.outcome;
    if (verdict == VERDICT_STOPPED) return row_stopped(r, known, rung);
    bool whole = outcome->status == TRIAL_COMPLETED || outcome->status == TRIAL_STOPPED;
    return outcome->epochs >= r->plan.rung[rung] + whole; /* the others have begun one more */
}

/* As the metric has it. */
static double best_metric(const Coordinator *c, const StageRungs *r, uint64_t trial, uint32_t rung) {
    return metric_worth(c->config->metric, trial_best(c, r, trial, rung));
}

Status decision_check(Coordinator *c, Actions *actions, const StageRungs *r, uint64_t trial, uint32_t rung) {
    const LedgerTrial *known = &c->ledger->trials[trial];
    uint32_t newest = known->stopped_at > 0 ? known->stopped_at : ledger_rungs_passed(known);
    double metric = best_metric(c, r, trial, rung);
    if (newest != rung + 1 || isnan(metric) || metric == known->decided_metric) return STATUS_OK;
    if (c->other_figures_told) return STATUS_OK;
    c->other_figures_told = true;
    return coordinator_news(
        actions,
        "warning: trial %llu has come to %s %.9g at epoch %u, and was decided upon at %.9g: "
        "what is on record was computed from other data or by another arithmetic",
        (unsigned long long)trial, metric_name(c->config->metric), metric, r->plan.rung[rung],
        known->decided_metric);
}

Status decision_write(Coordinator *c, Actions *actions, const StageRungs *r, uint64_t trial, uint32_t rung,
                      Verdict verdict) {
    if (!is_due(c, r, trial, rung, verdict)) return STATUS_OK;
    Record record;
    record.kind = RECORD_DECISION;
    record.as.decision = (DecisionRecord){.trial = trial,
                                          .rung = rung,
                                          .epoch = r->plan.rung[rung],
                                          .metric = best_metric(c, r, trial, rung),
                                          .verdict = (uint8_t)verdict};
    return coordinator_append(c, actions, &record);
}

/* Its row is what it reported. */
Status trial_stop(Coordinator *c, Actions *actions, const StageRungs *r, uint64_t trial, uint32_t rung) {
    if (coordinator_finished(c, trial)) return STATUS_OK;
    const LedgerRow *report = c->ledger->trials[trial].report;
    TrialRecord row = ledger_row_record(report);
    TRY(memory_new(&row.curve, report->curve_count, sizeof(EpochRow)));
    if (report->curve_count > 0) memcpy(row.curve, report->curve, report->curve_count * sizeof(EpochRow));
    stopping_reason(&r->plan, row.number, rung, row.reason);
    return row_enter(c, actions, &row, NULL);
}

/* A decision on record may have let it go on before the others of its rung were known. */
Status trial_go_on(Coordinator *c, uint64_t trial) {
    bool held = c->trials[trial].holder != 0;
    return held || coordinator_finished(c, trial) ? STATUS_OK : trial_free(c, trial);
}
