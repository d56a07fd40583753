/* The figures of a trial up to a rung, from its curve: what early stopping decides by. */
#include <math.h>

#include "campaign/coordinator/rungs.h"

const LedgerRow *trial_figures(const Coordinator *c, uint64_t trial) {
    const LedgerTrial *known = trial < c->ledger->trial_count ? &c->ledger->trials[trial] : NULL;
    if (known == NULL) return NULL;
    return known->finished ? &known->record : known->report;
}

bool trial_has_come(const Coordinator *c, const StageRungs *r, uint64_t trial, uint32_t rung) {
    const LedgerRow *figures = trial_figures(c, trial);
    if (figures == NULL) return false;
    bool ended = coordinator_finished(c, trial) && figures->outcome.status != TRIAL_STOPPED;
    return ended || figures->outcome.epochs >= r->plan.rung[rung];
}

/* Epochs that count at the rung: none of a trial that diverged or failed before it. */
static uint32_t epochs_at(const LedgerRow *figures, uint32_t epoch) {
    bool well = figures->outcome.status == TRIAL_COMPLETED || figures->outcome.status == TRIAL_STOPPED;
    if (!well && figures->outcome.epochs < epoch) return 0;
    return figures->curve_count < epoch ? figures->curve_count : epoch;
}

static double worth_of(const Coordinator *c, const EpochRow *row) {
    MetricKind metric = c->config->metric;
    return metric_worth(metric, metric_of(metric, row->val_accuracy, row->val_loss));
}

double trial_best(const Coordinator *c, const StageRungs *r, uint64_t trial, uint32_t rung) {
    const LedgerRow *figures = trial_figures(c, trial);
    uint32_t epochs = epochs_at(figures, r->plan.rung[rung]);
    double best = NAN;
    for (uint32_t i = 0; i < epochs; i++) {
        double worth = worth_of(c, &figures->curve[i]);
        if (isnan(best) || worth > best) best = worth;
    }
    return best;
}

double trial_mean(const Coordinator *c, const StageRungs *r, uint64_t trial, uint32_t rung) {
    const LedgerRow *figures = trial_figures(c, trial);
    uint32_t epochs = epochs_at(figures, r->plan.rung[rung]);
    double sum = 0;
    for (uint32_t i = 0; i < epochs; i++)
        sum += worth_of(c, &figures->curve[i]);
    return epochs > 0 ? sum / epochs : NAN;
}
