#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "campaign/coordinator/state.h"

size_t coordinator_stage(const Coordinator *c) {
    return c->ledger->stage_count == 0 ? 0 : c->ledger->stage_count - 1;
}

bool coordinator_finished(const Coordinator *c, uint64_t trial) {
    return trial < c->ledger->trial_count && c->ledger->trials[trial].finished;
}

const CheckpointRecord *trial_checkpoint(const Coordinator *c, uint64_t trial) {
    return trial < c->ledger->trial_count ? c->ledger->trials[trial].checkpoint : NULL;
}

bool worker_idle(const Coordinator *c, uint32_t worker) {
    return (c->idle[worker / 64] >> worker % 64 & 1) != 0;
}

void worker_set_idle(Coordinator *c, uint32_t worker, bool idle) {
    uint64_t bit = (uint64_t)1 << worker % 64;
    c->idle[worker / 64] = idle ? c->idle[worker / 64] | bit : c->idle[worker / 64] & ~bit;
}

/* The first idle one from `worker` on; worker_count for none. */
static uint32_t next_idle(const Coordinator *c, uint32_t worker) {
    while (worker < c->worker_count) {
        uint64_t left = c->idle[worker / 64] >> worker % 64;
        if (left != 0) return worker + (uint32_t)__builtin_ctzll(left);
        worker += 64 - worker % 64;
    }
    return c->worker_count;
}

void worker_set_lease(Coordinator *c, uint32_t worker, const Lease *lease) {
    WorkerState *w = &c->workers[worker];
    c->working -= w->lease.number != 0;
    w->lease = lease != NULL ? *lease : (Lease){0};
    c->working += w->lease.number != 0;
}

static bool is_alone(const Coordinator *c, uint32_t worker) {
    return c->standing[STANDING_PRESENT] == (c->workers[worker].standing == STANDING_PRESENT);
}

/* The same for a worker: a trial whose process died there goes to another rank, if there is one. */
static uint64_t trial_for(Coordinator *c, uint32_t worker) {
    uint64_t trial = trial_waiting(c);
    if (trial == NO_TRIAL || is_alone(c, worker)) return trial;
    uint64_t end = c->plan.first[coordinator_stage(c) + 1];
    for (; trial < end; trial++) {
        bool died_here =
            trial < c->trial_capacity && c->trials[trial].struck && c->trials[trial].struck_on == worker;
        if (trial_is_free(c, trial) && !died_here) return trial;
    }
    return NO_TRIAL;
}

static Status record_draw(Coordinator *c, Actions *actions, uint64_t trial, const Draw *draw) {
    if (trial < c->ledger->trial_count && c->ledger->trials[trial].drawn) return STATUS_OK;
    Record record;
    record.kind = RECORD_DRAW;
    record.as.draw =
        (DrawRecord){.trial = trial, .parameter_count = (uint32_t)c->config->space.count, .draw = *draw};
    return coordinator_append(c, actions, &record);
}

static bool is_of_other_arithmetic(const CheckpointRecord *checkpoint, const WorkerState *w) {
    return checkpoint != NULL && strcmp(checkpoint->arithmetic, w->arithmetic) != 0;
}

/* What the worker can go on from; NULL for the beginning. One that is past the trial's rung is left over
 * where the decision that let it past was lost. */
static const CheckpointRecord *usable_checkpoint(const Coordinator *c, const WorkerState *w, uint64_t trial) {
    const CheckpointRecord *checkpoint = trial_checkpoint(c, trial);
    if (checkpoint == NULL || is_of_other_arithmetic(checkpoint, w)) return NULL;
    return checkpoint->epoch <= trial_until(c, trial) ? checkpoint : NULL;
}

/* Only under the same arithmetic does a checkpoint lead to the same bits. */
static Status tell_other_arithmetic(const Coordinator *c, Actions *actions, uint32_t worker, uint64_t trial) {
    char name[RANK_NAME_SIZE];
    const CheckpointRecord *checkpoint = trial_checkpoint(c, trial);
    return coordinator_news(actions,
                            "trial %llu starts from epoch 0 on %s: it was saved after epoch %u as %s "
                            "computes, and this rank computes as %s",
                            (unsigned long long)trial, rank_name(c, worker, name), checkpoint->epoch,
                            checkpoint->arithmetic, c->workers[worker].arithmetic);
}

static Status lease_write(Coordinator *c, Actions *actions, const Lease *lease, double start, double end,
                          LeaseOutcome outcome) {
    bool any = outcome != LEASE_OPEN && lease->epochs_done > lease->from_epoch;
    Record record;
    record.kind = RECORD_LEASE;
    record.as.lease = (LeaseRecord){.lease = lease->number,
                                    .trial = lease->trial,
                                    .rank = lease->worker,
                                    .start = start,
                                    .end = end,
                                    .first_epoch = any || outcome == LEASE_OPEN ? lease->from_epoch + 1 : 0,
                                    .last_epoch = any ? lease->epochs_done : 0,
                                    .outcome = (uint8_t)outcome};
    text_copy(record.as.lease.host, sizeof(record.as.lease.host), c->workers[lease->worker].host);
    return coordinator_append(c, actions, &record);
}

Status lease_end(Coordinator *c, Actions *actions, const Lease *lease, LeaseOutcome outcome, Moment now) {
    TrialState *trial = &c->trials[lease->trial];
    if (lease->epochs_done > trial->reached) trial->reached = lease->epochs_done;
    bool saved = outcome == LEASE_FINISHED || outcome == LEASE_PAUSED;
    if (c->stopping && !saved) TRY(stop_note(c, lease->trial));
    double start = c->ledger->leases[lease->number - 1].start;
    return lease_write(c, actions, lease, start, now.unix_time, outcome);
}

static Status lease_begin(Coordinator *c, Actions *actions, uint32_t worker, uint64_t trial, Moment now) {
    WorkerState *w = &c->workers[worker];
    const CheckpointRecord *checkpoint = usable_checkpoint(c, w, trial);
    if (is_of_other_arithmetic(trial_checkpoint(c, trial), w))
        TRY(tell_other_arithmetic(c, actions, worker, trial));
    Message message;
    message.kind = MESSAGE_LEASE;
    LeaseMessage *lease = &message.as.lease;
    *lease = (LeaseMessage){0};
    TRY(draw_of(c, trial, &lease->draw));
    TRY(record_draw(c, actions, trial, &lease->draw));
    TRY(memory_grow(&c->trials, &c->trial_capacity, trial + 1, sizeof(TrialState)));
    lease->lease = c->ledger->lease_count + 1;
    lease->trial = trial;
    lease->stage = (uint32_t)plan_stage(&c->plan, trial);
    lease->number = plan_number(&c->plan, trial);
    lease->parameter_count = (uint32_t)c->config->space.count;
    lease->until_epoch = trial_until(c, trial);
    if (checkpoint != NULL) lease->checkpoint = *checkpoint;
    uint32_t from_epoch = lease->checkpoint.epoch;
    worker_set_lease(c, worker,
                     &(Lease){.number = lease->lease,
                              .trial = trial,
                              .worker = worker,
                              .from_epoch = from_epoch,
                              .epochs_done = from_epoch,
                              .until = lease->until_epoch});
    w->former = (Lease){0};
    w->started = now.unix_time;
    w->epoch_seconds = 0;
    offer_forget(c, worker, BLOB_CHECKPOINT); /* a new lease ends all that was about another */
    TrialState *state = &c->trials[trial];
    state->holder = lease->lease;
    if (state->started == 0) state->started = now.unix_time;
    TRY(lease_write(c, actions, &w->lease, now.unix_time, NAN, LEASE_OPEN));
    TRY(coordinator_send(c, actions, worker, &message));
    actions->list[actions->count - 1].with_checkpoint = from_epoch > 0 && !w->sees_parts;
    return STATUS_OK;
}

Status lease_next(Coordinator *c, Actions *actions, uint32_t worker, Moment now) {
    WorkerState *w = &c->workers[worker];
    if (w->standing != STANDING_PRESENT || w->stopped || w->lease.number != 0) return STATUS_OK;
    worker_set_idle(c, worker, true);
    if (c->phase != PHASE_TRAINING || w->offers[BLOB_NETWORK].state == OFFER_WAITS) return STATUS_OK;
    TRY(rungs_promote(c, actions));
    uint64_t trial = trial_for(c, worker);
    if (trial == NO_TRIAL) return STATUS_OK;
    const CheckpointRecord *checkpoint = usable_checkpoint(c, w, trial);
    if (!time_allows(c, trial, checkpoint != NULL ? checkpoint->epoch : 0, now)) {
        c->out_of_time = true;
        return STATUS_OK;
    }
    worker_set_idle(c, worker, false);
    return lease_begin(c, actions, worker, trial, now);
}

/* An offer that waits is answered first. */
static bool may_take_work(const WorkerState *w) {
    return w->standing == STANDING_PRESENT && !w->stopped && w->offers[BLOB_NETWORK].state != OFFER_WAITS;
}

Status lease_all(Coordinator *c, Actions *actions, Moment now) {
    for (uint32_t i = next_idle(c, 0); i < c->worker_count; i = next_idle(c, i + 1)) {
        if (!may_take_work(&c->workers[i])) continue;
        TRY(rungs_promote(c, actions));
        if (trial_waiting(c) == NO_TRIAL) return STATUS_OK;
        TRY(lease_next(c, actions, i, now));
    }
    return STATUS_OK;
}

Status lease_adopt(Coordinator *c, Actions *actions, uint32_t worker, uint64_t number) {
    WorkerState *w = &c->workers[worker];
    if (w->lease.number != 0 || number == 0 || number != w->former.number) return STATUS_OK;
    if (c->phase != PHASE_TRAINING || w->standing != STANDING_PRESENT) return STATUS_OK;
    if (!trial_is_free(c, w->former.trial) || trial_until(c, w->former.trial) != w->former.until)
        return STATUS_OK;
    worker_set_lease(c, worker, &w->former);
    w->former = (Lease){0};
    worker_set_idle(c, worker, false);
    c->trials[w->lease.trial].holder = number;
    char name[RANK_NAME_SIZE];
    TRY(coordinator_news(actions, "%s goes on with trial %llu", rank_name(c, worker, name),
                         (unsigned long long)w->lease.trial));
    return lease_write(c, actions, &w->lease, c->ledger->leases[number - 1].start, NAN, LEASE_OPEN);
}

/* As was to be, so that there is nothing to tell. */
static bool went_on_from_rung(const Coordinator *c, const Lease *lease, uint32_t repeated) {
    const LedgerRow *report = c->ledger->trials[lease->trial].report;
    return report != NULL && report->outcome.epochs == lease->from_epoch && repeated == 0 &&
           !c->trials[lease->trial].cut_short;
}

/* The child has begun. A trial that some rank had before goes on or starts again: from where? */
static Status lease_begun(Coordinator *c, Actions *actions, Lease *lease, const ProgressMessage *progress) {
    unsigned long long trial = lease->trial;
    uint32_t reached = c->trials[lease->trial].reached;
    if (progress->from_epoch > lease->from_epoch) return STATUS_OK; /* it was given no such checkpoint */
    lease->from_epoch = lease->epochs_done = progress->from_epoch;
    if (progress->note[0] != '\0') TRY(coordinator_news(actions, "trial %llu: %s", trial, progress->note));
    uint32_t repeated = reached > lease->from_epoch ? reached - lease->from_epoch : 0;
    if (lease->from_epoch == 0 && reached == 0) return STATUS_OK;
    if (went_on_from_rung(c, lease, repeated)) return STATUS_OK;
    char begin[64];
    if (lease->from_epoch > 0)
        (void)snprintf(begin, sizeof(begin), "goes on after epoch %u of %u", lease->from_epoch, lease->until);
    else
        (void)snprintf(begin, sizeof(begin), "starts again from epoch 0");
    bool cut_short = c->trials[trial].cut_short;
    c->trials[trial].cut_short = false;
    if (repeated == 0 && cut_short)
        return coordinator_news(actions, "trial %llu %s; what the killed run trained after it is repeated",
                                trial, begin);
    return coordinator_news(actions, "trial %llu %s; %s%s repeated", trial, begin,
                            cut_short ? "at least " : "", text_count(repeated, "epoch is", "epochs are"));
}

Status lease_progress(Coordinator *c, Actions *actions, uint32_t worker, const ProgressMessage *progress) {
    WorkerState *w = &c->workers[worker];
    if (w->lease.number == 0 || progress->lease != w->lease.number) return STATUS_OK;
    if (progress->begun) TRY(lease_begun(c, actions, &w->lease, progress));
    size_t stage = plan_stage(&c->plan, w->lease.trial);
    const EpochRow *row = &progress->row;
    if (!progress->has_row || row->epoch > c->plan.epochs[stage]) return STATUS_OK;
    w->lease.epochs_done = row->epoch;
    if (!(row->seconds >= 0 && row->seconds < INFINITY)) return STATUS_OK;
    if (row->seconds > w->epoch_seconds) w->epoch_seconds = row->seconds;
    c->costs[stage].seconds += row->seconds;
    c->costs[stage].epochs += 1;
    return STATUS_OK;
}
