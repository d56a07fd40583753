#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "campaign/coordinator/state.h"

uint32_t coordinator_pool(const Config *config) {
    return config->has_ensemble ? config->ensemble.pool : 1;
}

double coordinator_metric(const Config *config, const TrainOutcome *outcome) {
    return metric_of(config->metric, outcome->val_accuracy, outcome->val_loss);
}

void count_epochs(Coordinator *c, uint64_t trial, uint32_t epochs) {
    uint64_t *done = &c->progress[plan_stage(&c->plan, trial)].done;
    *done = *done - c->trials[trial].counted + epochs;
    c->trials[trial].counted = epochs;
}

void coordinator_count_row(Coordinator *c, uint64_t trial, const TrainOutcome *outcome) {
    size_t stage = plan_stage(&c->plan, trial);
    c->stage_left[stage]--;
    c->shard_left[stage] -= plan_in_shard(&c->plan, trial, c->shard);
    count_epochs(c, trial, outcome->epochs);
    if (outcome->epochs < c->plan.epochs[stage])
        c->progress[stage].skipped += c->plan.epochs[stage] - outcome->epochs;
    if (outcome->status == TRIAL_DIVERGED) c->diverged++;
    if (outcome->status == TRIAL_FAILED) c->failed++;
    if (outcome->status != TRIAL_COMPLETED) return;
    double metric = coordinator_metric(c->config, outcome);
    if (!c->has_best || metric_better(c->config->metric, metric, c->best_metric) ||
        (metric == c->best_metric && trial < c->best_trial)) {
        c->has_best = true;
        c->best_metric = metric;
        c->best_trial = trial;
    }
}

void row_release(TrialRecord *row) {
    free(row->curve);
    memset(row, 0, sizeof(*row));
}

/* The pool may now be over-full: the network that fell out of it can go. */
static Status drop_superseded(Coordinator *c, Actions *actions) {
    uint64_t *ids;
    size_t count;
    uint32_t pool = coordinator_pool(c->config);
    TRY(ledger_best(c->ledger, c->config->metric, (size_t)pool + 1, &ids, &count));
    Status status = STATUS_OK;
    if (count > pool) {
        const LedgerTrial *last = &c->ledger->trials[ids[count - 1]];
        if (last->kept) status = coordinator_remove(actions, last->member->blob);
    }
    free(ids);
    return status;
}

void row_complete(const Coordinator *c, const Lease *lease, TrialRecord *row) {
    const WorkerState *w = &c->workers[lease->worker];
    row->trial = lease->trial;
    row->stage = (uint32_t)plan_stage(&c->plan, lease->trial);
    row->number = plan_number(&c->plan, lease->trial);
    row->started = c->trials[lease->trial].started; /* whoever began it */
    row->rank = lease->worker;
    text_copy(row->host, sizeof(row->host), w->host);
    text_copy(row->arithmetic, sizeof(row->arithmetic), w->arithmetic);
}

/* What lies in the folder of a trial that now has its row, and is of no use any more. */
static Status remove_remains(Coordinator *c, Actions *actions, uint64_t trial, bool kept) {
    const CheckpointRecord *checkpoint = trial_checkpoint(c, trial);
    if (checkpoint != NULL) TRY(coordinator_remove(actions, checkpoint->blob));
    if (kept) return drop_superseded(c, actions);
    if (!c->trials[trial].stray) return STATUS_OK;
    MemberRecord stray = member_record_of(trial, 0, "", 0);
    return coordinator_remove(actions, stray.blob);
}

Status row_enter(Coordinator *c, Actions *actions, TrialRecord *row, const MemberRecord *member) {
    uint64_t trial = row->trial;
    Record record;
    if (member != NULL) {
        record.kind = RECORD_MEMBER;
        record.as.member = *member;
        Status status = coordinator_append(c, actions, &record);
        if (status != STATUS_OK) {
            row_release(row);
            return status;
        }
    }
    coordinator_count_row(c, trial, &row->outcome);
    record.kind = RECORD_TRIAL;
    record.as.trial = *row;
    memset(row, 0, sizeof(*row));
    TRY(coordinator_append(c, actions, &record));
    c->trials[trial].holder = 0;
    c->dirty |= c->phase != PHASE_CLOSING; /* then the journal has it for the next run */
    return remove_remains(c, actions, trial, member != NULL);
}

/* A trial that fails behind a rung keeps the curve that it came there with. */
static Status keep_reported(const Coordinator *c, TrialRecord *row) {
    const LedgerRow *report = c->ledger->trials[row->trial].report;
    if (row->outcome.status != TRIAL_FAILED || report == NULL || row->curve_count > 0) return STATUS_OK;
    TRY(memory_new(&row->curve, report->curve_count, sizeof(EpochRow)));
    memcpy(row->curve, report->curve, report->curve_count * sizeof(EpochRow));
    row->curve_count = report->curve_count;
    row->outcome.epochs = report->outcome.epochs;
    return STATUS_OK;
}

Status row_commit(Coordinator *c, Actions *actions, const Lease *lease, TrialRecord *row,
                  const MemberRecord *member) {
    row_complete(c, lease, row);
    TRY(keep_reported(c, row));
    TRY(row_enter(c, actions, row, member));
    TRY(memory_grow(&c->unrecorded, &c->unrecorded_capacity, c->unrecorded_count + 1, sizeof(Unrecorded)));
    c->unrecorded[c->unrecorded_count++] = (Unrecorded){lease->worker, lease->trial};
    return rungs_take(c, actions, lease->trial);
}

static bool result_sound(const WorkerState *w, const ResultMessage *result) {
    return w->lease.number != 0 && result->lease == w->lease.number && result->record.trial == w->lease.trial;
}

/* A row without a network. */
static Status commit_alone(Coordinator *c, Actions *actions, const Lease *lease, ResultMessage *result,
                           Moment now) {
    TrialRecord *row = &result->record;
    if (row->outcome.status == TRIAL_FAILED)
        TRY(coordinator_news(actions, "trial %llu failed: %s", (unsigned long long)lease->trial,
                             row->reason));
    if (result->has_network) {
        Offer refused = {.lease = lease->number, .trial = lease->trial};
        TRY(coordinator_verdict(c, actions, lease->worker, &refused, BLOB_NETWORK, false));
    }
    TRY(lease_end(c, actions, lease, LEASE_FINISHED, now));
    return row_commit(c, actions, lease, row, NULL);
}

Status result_take(Coordinator *c, Actions *actions, uint32_t worker, ResultMessage *result, Moment now) {
    WorkerState *w = &c->workers[worker];
    offer_forget(c, worker, BLOB_CHECKPOINT); /* with the result the worker lets go of it */
    if (!result_sound(w, result)) {           /* of a lease that was taken from it: changes nothing */
        Offer refused = {.lease = result->lease, .trial = result->record.trial};
        if (result->has_network) TRY(coordinator_verdict(c, actions, worker, &refused, BLOB_NETWORK, false));
        return lease_next(c, actions, worker, now);
    }
    Lease lease = w->lease;
    worker_set_lease(c, worker, NULL);
    TrialRecord *row = &result->record;
    if (!result->crashed && row->outcome.epochs <= c->plan.epochs[plan_stage(&c->plan, lease.trial)])
        lease.epochs_done = row->outcome.epochs;
    if (result->crashed) {
        TRY(strike_hold(c, &lease, row));
    } else if (row->outcome.status == TRIAL_STOPPED) {
        TRY(report_take(c, actions, &lease, row, now));
    } else {
        if (result->has_network && network_in_pool(c, row->trial, &row->outcome))
            TRY(network_await(c, actions, &lease, row));
        else
            TRY(commit_alone(c, actions, &lease, result, now));
    }
    return lease_next(c, actions, worker, now);
}
