#include "report/overview.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

double outcome_metric(MetricKind metric, const TrainOutcome *outcome) {
    return metric_of(metric, outcome->val_accuracy, outcome->val_loss);
}

static void later(Overview *o, double moment) {
    if (moment > o->last_record) o->last_record = moment;
}

static void count_trial(Overview *o, const LedgerRow *record) {
    o->finished++;
    o->seconds += record->outcome.seconds;
    later(o, record->started + record->outcome.seconds);
    switch (record->outcome.status) {
    case TRIAL_COMPLETED: o->completed++; break;
    case TRIAL_STOPPED: o->stopped++; break;
    case TRIAL_DIVERGED: o->diverged++; break;
    case TRIAL_FAILED: o->failed++; break;
    }
}

/* Of one stage. */
static void count_epochs(Overview *o, const Ledger *ledger, const Config *config, const Plan *plan,
                         size_t stage) {
    uint64_t done = 0, left = plan->first[stage + 1] - plan->first[stage], all = plan->work[stage];
    for (uint64_t id = plan->first[stage]; id < plan->first[stage + 1] && id < ledger->trial_count; id++) {
        const LedgerTrial *trial = &ledger->trials[id];
        if (trial->finished) done += trial->record.outcome.epochs;
        if (trial->report != NULL) {
            done += trial->report->outcome.epochs;
            o->seconds += trial->report->outcome.seconds;
            o->waiting++;
        }
        left -= trial->finished;
    }
    if (plan_stopping(config, stage).rung_count == 0 || left == 0)
        all = done + left * plan->epochs[stage];
    else if (all < done)
        all = done;
    o->epochs_done += done;
    o->epochs_planned += all;
}

Status overview_of(const Ledger *ledger, const Config *config, Overview *overview) {
    Plan plan = plan_of(config);
    Overview o = {.planned = plan_trials(&plan)};
    later(&o, ledger->campaign.created);
    for (size_t id = 0; id < ledger->trial_count; id++) {
        const LedgerTrial *trial = &ledger->trials[id];
        if (trial->finished && id < o.planned) count_trial(&o, &trial->record);
    }
    for (size_t stage = 0; stage < plan.stage_count; stage++)
        count_epochs(&o, ledger, config, &plan, stage);
    for (size_t i = 0; i < ledger->start_count; i++)
        later(&o, ledger->starts[i].time);
    for (size_t i = 0; i < ledger->lease_count; i++) {
        later(&o, ledger->leases[i].start);
        later(&o, ledger->leases[i].end);
    }
    if (ledger->ended) later(&o, ledger->end.time);
    uint64_t *ids;
    size_t count;
    TRY(ledger_best(ledger, config->metric, 1, &ids, &count));
    o.has_best = count > 0;
    if (o.has_best) o.best = &ledger->trials[ids[0]];
    free(ids);
    *overview = o;
    return STATUS_OK;
}

void overview_counts(const Overview *overview, char *out, size_t size) {
    const struct {
        uint64_t count;
        const char *what;
    } part[] = {{overview->completed, "completed"},
                {overview->stopped, "stopped early"},
                {overview->diverged, "diverged"},
                {overview->failed, "failed"}};
    Text text = {0};
    for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
        if (part[i].count > 0)
            text_add(&text, "%s%llu %s", text.length > 0 ? ", " : "", (unsigned long long)part[i].count,
                     part[i].what);
    }
    if (text.length == 0) text_add(&text, "none yet");
    if (overview->waiting > 0)
        text_add(&text, "; %llu more came to a rung", (unsigned long long)overview->waiting);
    text_copy(out, size, text_of(&text));
    text_release(&text);
}
