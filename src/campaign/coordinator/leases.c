#include <math.h>
#include <string.h>

#include "base/text.h"
#include "campaign/coordinator/state.h"
#include "search/sampler.h"

uint32_t coordinator_pool(const Config *config) {
    return config->has_ensemble ? config->ensemble.pool : 1;
}

double coordinator_metric(const Config *config, const TrainOutcome *outcome) {
    return config->metric == METRIC_VAL_ACCURACY ? outcome->val_accuracy : outcome->val_loss;
}

/* What a row adds to the counters. */
void coordinator_count_row(Coordinator *c, const TrialRecord *row) {
    c->stage_left[plan_stage(&c->plan, row->trial)]--;
    c->epochs_done += c->plan.epochs[plan_stage(&c->plan, row->trial)];
    if (row->outcome.status == TRIAL_DIVERGED) c->diverged++;
    if (row->outcome.status == TRIAL_FAILED) c->failed++;
    if (row->outcome.status != TRIAL_COMPLETED) return;
    double metric = coordinator_metric(c->config, &row->outcome);
    if (!c->has_best || metric_better(c->config->metric, metric, c->best_metric) ||
        (metric == c->best_metric && row->trial < c->best_trial)) {
        c->has_best = true;
        c->best_metric = metric;
        c->best_trial = row->trial;
    }
}

bool coordinator_finished(const Coordinator *c, uint64_t trial) {
    return trial < c->ledger->trial_count && c->ledger->trials[trial].finished;
}

size_t coordinator_stage(const Coordinator *c) {
    return c->ledger->stage_count == 0 ? 0 : c->ledger->stage_count - 1;
}

/* The lowest id of the present stage that nobody works on and that has no row. */
static uint64_t trial_waiting(Coordinator *c) {
    uint64_t end = c->plan.first[coordinator_stage(c) + 1];
    while (c->next < end && (coordinator_finished(c, c->next) || c->leased[c->next]))
        c->next++;
    return c->next < end ? c->next : NO_TRIAL;
}

static Status draw_of(Coordinator *c, Actions *actions, uint64_t trial, Draw *draw) {
    if (trial < c->ledger->trial_count && c->ledger->trials[trial].drawn) {
        *draw = *c->ledger->trials[trial].draw;
        return STATUS_OK;
    }
    size_t stage = plan_stage(&c->plan, trial);
    TRY(space_draw(&c->config->space, &c->ledger->stages[stage].after, c->config->seed, (uint8_t)stage,
                   plan_number(&c->plan, trial), draw));
    Record record = {.kind = RECORD_DRAW};
    record.as.draw =
        (DrawRecord){.trial = trial, .parameter_count = (uint32_t)c->config->space.count, .draw = *draw};
    return coordinator_append(c, actions, record);
}

Status lease_write(Coordinator *c, Actions *actions, uint32_t worker, uint64_t lease, uint64_t trial,
                   double start, double end, uint32_t last_epoch, LeaseOutcome outcome) {
    Record record = {.kind = RECORD_LEASE};
    LeaseRecord *r = &record.as.lease;
    *r = (LeaseRecord){.lease = lease,
                       .trial = trial,
                       .rank = worker,
                       .start = start,
                       .end = end,
                       .first_epoch = last_epoch > 0 ? 1 : 0,
                       .last_epoch = last_epoch,
                       .outcome = (uint8_t)outcome};
    text_copy(r->host, sizeof(r->host), c->workers[worker].host);
    return coordinator_append(c, actions, record);
}

/* Give the worker the next trial, or remember that it waits. */
Status lease_next(Coordinator *c, Actions *actions, uint32_t worker, Moment now) {
    WorkerState *w = &c->workers[worker];
    if (!w->present || w->stopped || w->lease != 0) return STATUS_OK;
    uint64_t trial = c->phase == PHASE_TRAINING && !c->stopping ? trial_waiting(c) : NO_TRIAL;
    w->idle = trial == NO_TRIAL;
    if (w->idle) return STATUS_OK;
    Message message = {.kind = MESSAGE_LEASE};
    LeaseMessage *lease = &message.as.lease;
    TRY(draw_of(c, actions, trial, &lease->draw));
    lease->lease = c->ledger->lease_count + 1;
    lease->trial = trial;
    lease->stage = (uint32_t)plan_stage(&c->plan, trial);
    lease->number = plan_number(&c->plan, trial);
    lease->parameter_count = (uint32_t)c->config->space.count;
    w->lease = lease->lease;
    w->trial = trial;
    w->started = now.unix_time;
    w->epochs_done = 0;
    c->leased[trial] = 1;
    TRY(lease_write(c, actions, worker, w->lease, trial, w->started, NAN, 0, LEASE_OPEN));
    return coordinator_send(actions, worker, message);
}

Status lease_all(Coordinator *c, Actions *actions, Moment now) {
    for (uint32_t i = 0; i < c->worker_count; i++) {
        if (c->workers[i].idle) TRY(lease_next(c, actions, i, now));
    }
    return STATUS_OK;
}

/* The worker has no trial any more; the trial waits again unless it has a row. */
void lease_clear(Coordinator *c, WorkerState *w) {
    c->leased[w->trial] = 0;
    if (w->trial < c->next) c->next = w->trial;
    w->lease = 0;
}

Status lease_give_up(Coordinator *c, Actions *actions, uint32_t worker, LeaseOutcome outcome, Moment now) {
    WorkerState *w = &c->workers[worker];
    if (w->lease != 0) {
        TRY(lease_write(c, actions, worker, w->lease, w->trial, w->started, now.unix_time, w->epochs_done,
                        outcome));
        lease_clear(c, w);
    }
    if (w->awaits_network) {
        uint64_t trial = w->pending.trial;
        TRY(lease_write(c, actions, worker, w->pending_lease, trial, w->pending.started, now.unix_time,
                        w->pending.outcome.epochs, outcome));
        Record record = {.kind = RECORD_TRIAL};
        record.as.trial = w->pending;
        record_release(&record);
        w->awaits_network = false;
        c->leased[trial] = 0;
        if (trial < c->next) c->next = trial;
    }
    w->idle = false;
    return STATUS_OK;
}
