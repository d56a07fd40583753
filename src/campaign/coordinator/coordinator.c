#include "campaign/coordinator.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "campaign/coordinator/state.h"

/* Has another rank of its node said already that it computes like this one? */
static bool node_is_known(const Coordinator *c, uint32_t worker) {
    const WorkerState *w = &c->workers[worker];
    for (uint32_t other = 0; other < c->worker_count; other++)
        if (other != worker && strcmp(c->workers[other].host, w->host) == 0 &&
            strcmp(c->workers[other].arithmetic, w->arithmetic) == 0)
            return true;
    return false;
}

static Status refuse_other_arithmetic(Coordinator *c, Actions *actions, const WorkerState *w, const char *own,
                                      Moment now) {
    char text[ERROR_TEXT_SIZE];
    (void)snprintf(
        text, sizeof(text),
        "--strict: %s computes as %s, rank 0 as %s; ask for nodes of one kind, or go on without it", w->host,
        w->arithmetic, own);
    return coordinator_fail(c, actions, STATUS_ENVIRONMENT, text, now);
}

static Status on_hello(Coordinator *c, Actions *actions, uint32_t worker, const HelloMessage *hello,
                       Moment now) {
    WorkerState *w = &c->workers[worker];
    const char *own = c->ledger->starts[c->ledger->start_count - 1].arithmetic;
    if (w->standing == STANDING_AWAITED) worker_set_standing(c, worker, STANDING_PRESENT);
    /* Its first greeting may have been lost with a relay. */
    TRY(worker_reached_anew(c, actions, worker, hello->lease, now));
    w->relayed = hello->relayed;
    w->sees_parts = hello->sees_parts;
    text_copy(w->host, sizeof(w->host), hello->host);
    text_copy(w->arithmetic, sizeof(w->arithmetic), hello->arithmetic);
    if (strcmp(w->arithmetic, own) != 0) {
        if (c->strict) return refuse_other_arithmetic(c, actions, w, own, now);
        if (!node_is_known(c, worker))
            TRY(coordinator_news(actions,
                                 "%s computes as %s, rank 0 as %s: their trials may differ in the last bits",
                                 w->host, w->arithmetic, own));
    }
    return lease_next(c, actions, worker, now);
}

/* The lease that a worker's message is about; 0 for none. */
static uint64_t lease_of(const Message *message) {
    switch (message->kind) {
    case MESSAGE_HELLO: return message->as.hello.lease;
    case MESSAGE_PROGRESS: return message->as.progress.lease;
    case MESSAGE_RESULT: return message->as.result.lease;
    case MESSAGE_CHECKPOINT: return message->as.checkpoint.lease;
    default: return 0;
    }
}

static Status on_message(Coordinator *c, Actions *actions, uint32_t worker, Message *message, Moment now) {
    if (worker >= c->worker_count || c->phase == PHASE_OVER) return STATUS_OK;
    TRY(worker_heard(c, actions, worker, lease_of(message)));
    switch (message->kind) {
    case MESSAGE_HELLO: return on_hello(c, actions, worker, &message->as.hello, now);
    case MESSAGE_PROGRESS:
        TRY(lease_progress(c, actions, worker, &message->as.progress));
        TRY(worker_alive(c, actions, worker));
        break;
    case MESSAGE_RESULT: return result_take(c, actions, worker, &message->as.result, now);
    case MESSAGE_NETWORK: TRY(network_take(c, actions, worker, &message->as.network, now)); break;
    case MESSAGE_CHECKPOINT: TRY(checkpoint_take(c, actions, worker, &message->as.checkpoint)); break;
    case MESSAGE_FAREWELL: return worker_farewell(c, actions, worker, message->as.farewell.reason, now);
    default: break; /* not for a coordinator */
    }
    return worker_idle(c, worker) ? lease_next(c, actions, worker, now) : STATUS_OK;
}

static Status on_stored(Coordinator *c, Actions *actions, const Event *event, Moment now) {
    if (c->phase == PHASE_OVER) return STATUS_OK;
    bool known;
    TRY(network_stored(c, actions, event, &known, now));
    return known ? STATUS_OK : checkpoint_stored(c, actions, event);
}

static Status on_synced(Coordinator *c, Actions *actions) {
    for (size_t i = 0; i < c->unrecorded_count; i++) {
        Message message;
        message.kind = MESSAGE_RECORDED;
        message.as.recorded = (RecordedMessage){.trial = c->unrecorded[i].trial};
        TRY(coordinator_send(c, actions, c->unrecorded[i].worker, &message));
    }
    c->unrecorded_count = 0;
    return STATUS_OK;
}

Status coordinator_step(Coordinator *c, Event *event, Moment now, Actions *actions) {
    c->attention += fmin(fmax(now.steady - c->last_step, 0), ABSENCE);
    c->last_step = now.steady;
    if (event->kind != EVENT_MESSAGE && c->phase != PHASE_OVER) TRY(workers_look(c, actions, now));
    switch (event->kind) {
    case EVENT_MESSAGE: TRY(on_message(c, actions, event->worker, event->message, now)); break;
    case EVENT_WORKER_LOST:
        if (event->worker < c->worker_count) TRY(worker_died(c, actions, event->worker, now));
        break;
    case EVENT_SYNCED: TRY(on_synced(c, actions)); break;
    case EVENT_JOB_RESULT: TRY(service_result(c, actions, event->record)); break;
    case EVENT_JOB_ENDED: TRY(service_ended(c, actions, event, now)); break;
    case EVENT_STORED: TRY(on_stored(c, actions, event, now)); break;
    case EVENT_STOP: TRY(stop_begin(c, actions, "", now)); break;
    case EVENT_TICK: break;
    }
    if (c->phase == PHASE_OVER) return STATUS_OK;
    TRY(offers_answer(c, actions, now));
    TRY(strikes_look(c, actions, now));
    TRY(coordinator_advance(c, actions, now));
    TRY(time_look(c, actions, now));
    TRY(stop_look(c, actions, now));
    return service_next(c, actions, now);
}

/* --- life --- */

/* Counters from what the ledger already holds. */
static void take_stock(Coordinator *c) {
    const Ledger *ledger = c->ledger;
    uint64_t trials = plan_trials(&c->plan);
    for (size_t s = 0; s < c->plan.stage_count; s++) {
        c->stage_left[s] = c->plan.first[s + 1] - c->plan.first[s];
        c->shard_left[s] = plan_shard_trials(&c->plan, s, c->shard);
    }
    for (size_t id = 0; id < ledger->trial_count && id < trials; id++) {
        const LedgerRow *report = ledger->trials[id].report;
        if (report != NULL) count_epochs(c, id, report->outcome.epochs);
        if (!ledger->trials[id].finished) continue;
        const LedgerRow *row = &ledger->trials[id].record;
        coordinator_count_row(c, id, &row->outcome);
        StageCost *cost = &c->costs[plan_stage(&c->plan, id)];
        if (row->outcome.epochs == 0 || !(row->outcome.seconds > 0 && row->outcome.seconds < INFINITY))
            continue;
        cost->seconds += row->outcome.seconds;
        cost->epochs += row->outcome.epochs;
    }
    for (size_t i = 0; i < ledger->lease_count; i++) {
        const LeaseRecord *lease = &ledger->leases[i];
        if (lease->lease == 0 || lease->trial >= trials) continue;
        TrialState *trial = &c->trials[lease->trial];
        if (trial->started == 0 || lease->start < trial->started) trial->started = lease->start;
        if (lease->last_epoch > trial->reached) trial->reached = lease->last_epoch;
        if (isnan(lease->end)) trial->cut_short = true;
    }
}

Status coordinator_create(Coordinator **out, const Config *config, Ledger *ledger,
                          const CoordinatorPlace *place, Moment now) {
    Coordinator *c;
    Status status = memory_new(&c, 1, sizeof(*c));
    if (status != STATUS_OK) {
        ledger_destroy(&ledger);
        return status;
    }
    c->config = config;
    c->ledger = ledger;
    c->plan = plan_of(config);
    c->worker_count = place->workers;
    c->standing[STANDING_AWAITED] = place->workers;
    c->shard = place->shard;
    c->published = place->published;
    c->strict = place->strict;
    c->deadline = place->deadline;
    c->began = c->last_step = c->next_publish = now.steady;
    status = memory_new(&c->workers, place->workers, sizeof(WorkerState));
    if (status == STATUS_OK) status = memory_new(&c->idle, 1 + place->workers / 64, sizeof(uint64_t));
    if (status == STATUS_OK)
        status = memory_grow(&c->trials, &c->trial_capacity, ledger->trial_count, sizeof(TrialState));
    if (status == STATUS_OK) status = memory_new(&c->stage_left, c->plan.stage_count, sizeof(uint64_t));
    if (status == STATUS_OK) status = memory_new(&c->shard_left, c->plan.stage_count, sizeof(uint64_t));
    if (status == STATUS_OK) status = memory_new(&c->costs, c->plan.stage_count, sizeof(StageCost));
    if (status == STATUS_OK) status = memory_new(&c->progress, c->plan.stage_count, sizeof(StageProgress));
    if (status == STATUS_OK) status = memory_new(&c->rungs, c->plan.stage_count, sizeof(StageRungs));
    if (status == STATUS_OK) {
        for (uint32_t i = 0; i < place->workers; i++)
            c->workers[i].last_alive = -INFINITY;
        for (size_t s = 0; s < c->plan.stage_count; s++)
            c->rungs[s].plan = plan_stopping(config, s);
        take_stock(c);
        *out = c;
    } else {
        coordinator_destroy(&c);
    }
    return status;
}

void coordinator_destroy(Coordinator **coordinator) {
    Coordinator *c = *coordinator;
    if (c == NULL) return;
    for (size_t i = 0; i < c->pending_count; i++)
        row_release(&c->pending[i].row);
    for (size_t i = 0; i < c->held_count; i++)
        row_release(&c->held[i].row);
    free(c->workers);
    free(c->idle);
    free(c->trials);
    free(c->stage_left);
    free(c->shard_left);
    free(c->costs);
    free(c->progress);
    for (size_t s = 0; c->rungs != NULL && s < c->plan.stage_count; s++)
        stage_rungs_release(&c->rungs[s]);
    free(c->rungs);
    free(c->freed);
    free(c->pending);
    free(c->held);
    free(c->stores);
    free(c->unrecorded);
    free(c->stopped);
    ledger_destroy(&c->ledger);
    free(c);
    *coordinator = NULL;
}
