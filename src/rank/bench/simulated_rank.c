#include "rank/bench/simulated_rank.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/text.h"
#include "engine/blas.h"
#include "rank/bench/made_up_network.h"

#define WAKE_SECONDS 1.0   /* as worker_tick asks for */
#define STORE_SECONDS 1e-2 /* to write a network that it was told to keep */

static Status put(SimulatedRank *rank, SimulatedEvent kind, double after, uint64_t tag) {
    TimedEvent event = {.time = rank->world->now + after, .kind = kind, .rank = rank->number, .tag = tag};
    return event_queue_put(&rank->world->events, event);
}

static Status to_coordinator(SimulatedRank *rank, const Message *message) {
    ByteWriter writer = {0};
    message_encode(message, &writer);
    Status status = bytes_writer_status(&writer);
    if (status != STATUS_OK) {
        bytes_writer_release(&writer);
        return status;
    }
    TimedEvent event = {.time = rank->world->now, .bytes = writer.data, .length = writer.length};
    if (rank->relay == NO_RELAY) {
        event.kind = TO_COORDINATOR;
        event.rank = rank->number;
        if (rank->number > 0) event.time += LATENCY; /* rank 0's worker sits beside it */
    } else {
        event.kind = TO_RELAY;
        event.rank = rank->relay;
        event.tag = rank->number;
    }
    return event_queue_put(&rank->world->events, event);
}

/* --- the child --- */

static Status say(SimulatedRank *rank, Message *message) {
    return worker_on_host(&rank->worker, message, rank->world->now);
}

static Status end_child(SimulatedRank *rank, int exit_code, int signal) {
    rank->training = false;
    rank->world->training--;
    Message ended = {.kind = MESSAGE_JOB_ENDED};
    ended.as.job_ended = (JobEndedMessage){.slot = JOB_SLOT_TRIAL, .exit_code = exit_code, .signal = signal};
    return say(rank, &ended);
}

static Status next_epoch(SimulatedRank *rank) {
    const LeaseMessage *lease = &rank->worker.lease;
    rank->row = rank->world->epoch(rank->world->context, lease, rank->epoch + 1);
    rank->row.epoch = rank->epoch + 1;
    return put(rank, RANK_EPOCH_ENDS, rank->row.seconds, lease->lease);
}

static Status save(SimulatedRank *rank) {
    const LeaseMessage *lease = &rank->worker.lease;
    CheckpointBlob blob = {.trial = lease->trial, .epoch = rank->epoch};
    text_copy(blob.arithmetic, sizeof(blob.arithmetic), arithmetic_id());
    Message message = {.kind = MESSAGE_CHECKPOINT};
    message.as.checkpoint = (CheckpointMessage){
        .lease = lease->lease,
        .stored = true,
        .record = checkpoint_record_of(&blob, lease->lease, 0, &lease->trial, sizeof(lease->trial))};
    rank->saved = rank->world->now;
    return say(rank, &message);
}

static bool is_finite(const EpochRow *row) {
    return isfinite(row->train_loss) && isfinite(row->val_loss);
}

/* As the engine's: figures of the best epoch, the first on ties; none where it diverged. */
static TrainOutcome outcome_of(const SimulatedRank *rank, const EpochRow *curve, uint32_t epochs) {
    MetricKind metric = rank->world->config->metric;
    TrainOutcome outcome = {.status = TRIAL_DIVERGED,
                            .val_accuracy = NAN,
                            .val_loss = NAN,
                            .train_loss = NAN,
                            .samples_per_second = NAN};
    const EpochRow *best = curve;
    for (uint32_t e = 0; e < epochs; e++) {
        const EpochRow *row = &curve[e];
        outcome.seconds += row->seconds;
        if (!is_finite(row)) return outcome;
        outcome.epochs = row->epoch;
        bool loss = metric == METRIC_VAL_LOSS;
        if (metric_better(metric, loss ? row->val_loss : row->val_accuracy,
                          loss ? best->val_loss : best->val_accuracy))
            best = row;
    }
    bool whole = epochs == rank->world->config->stages[rank->worker.lease.stage].epochs;
    outcome.status = whole ? TRIAL_COMPLETED : TRIAL_STOPPED;
    outcome.best_epoch = best->epoch;
    outcome.val_accuracy = best->val_accuracy;
    outcome.val_loss = best->val_loss;
    outcome.train_loss = best->train_loss;
    outcome.weights_hash = hash64(best, sizeof(*best));
    return outcome;
}

static Status say_result(SimulatedRank *rank, TrainOutcome *outcome) {
    const LeaseMessage *lease = &rank->worker.lease;
    Message message = {.kind = MESSAGE_RESULT};
    message.as.result.lease = lease->lease;
    TrialRecord *record = &message.as.result.record;
    record->trial = lease->trial;
    TRY(memory_new(&record->curve, rank->epoch, sizeof(EpochRow)));
    record->curve_count = rank->epoch;
    for (uint32_t e = 0; e < rank->epoch; e++) {
        record->curve[e] = rank->world->epoch(rank->world->context, lease, e + 1);
        record->curve[e].epoch = e + 1;
    }
    record->outcome = outcome_of(rank, record->curve, rank->epoch);
    *outcome = record->outcome;
    return say(rank, &message);
}

static Status say_network(SimulatedRank *rank, uint32_t epoch) {
    Message message = {.kind = MESSAGE_NETWORK};
    NetworkMessage *network = &message.as.network;
    network->lease = rank->worker.lease.lease;
    network->trial = rank->worker.lease.trial;
    TRY(made_up_network(network->trial, epoch, &network->blob, &network->length));
    return say(rank, &message);
}

static Status finish(SimulatedRank *rank) {
    uint32_t epochs = rank->world->config->stages[rank->worker.lease.stage].epochs;
    if (rank->epoch < epochs && is_finite(&rank->row)) TRY(save(rank)); /* at a rung */
    TrainOutcome outcome;
    TRY(say_result(rank, &outcome));
    if (rank->world->ended != NULL)
        rank->world->ended(rank->world->watcher, &rank->worker.lease, &outcome, rank->world->epochs);
    if (outcome.status == TRIAL_COMPLETED) TRY(say_network(rank, outcome.best_epoch));
    return end_child(rank, 0, 0);
}

static Status begin_child(SimulatedRank *rank, uint64_t lease_number) {
    const LeaseMessage *lease = &rank->worker.lease;
    if (!rank->training || lease->lease != lease_number) return STATUS_OK; /* it was ended */
    rank->epoch = lease->checkpoint.epoch;
    rank->saved = rank->world->now;
    Message message = {.kind = MESSAGE_PROGRESS};
    message.as.progress = (ProgressMessage){
        .lease = lease->lease, .trial = lease->trial, .begun = true, .from_epoch = rank->epoch};
    TRY(say(rank, &message));
    if (rank->epoch < lease->until_epoch) return next_epoch(rank);
    rank->row = rank->world->epoch(rank->world->context, lease, rank->epoch);
    return finish(rank); /* saved there, and its report was lost */
}

static Status epoch_ends(SimulatedRank *rank, uint64_t lease_number) {
    const LeaseMessage *lease = &rank->worker.lease;
    if (!rank->training || lease->lease != lease_number) return STATUS_OK;
    rank->epoch++;
    rank->world->epochs++;
    rank->world->training_seconds += rank->row.seconds;
    Message message = {.kind = MESSAGE_PROGRESS};
    message.as.progress =
        (ProgressMessage){.lease = lease->lease, .trial = lease->trial, .has_row = true, .row = rank->row};
    TRY(say(rank, &message));
    if (rank->epoch == lease->until_epoch || !is_finite(&rank->row)) return finish(rank);
    if (rank->saves) {
        TRY(save(rank));
        return end_child(rank, 0, 0);
    }
    if (rank->world->now - rank->saved >= rank->world->config->limits.checkpoint_seconds) TRY(save(rank));
    return next_epoch(rank);
}

/* --- the host --- */

static Status on_host(SimulatedRank *rank, const Message *message) {
    switch (message->kind) {
    case MESSAGE_JOB:
        rank->training = true;
        rank->saves = false;
        rank->world->training++;
        return put(rank, RANK_CHILD_BEGINS, 0, message->as.job.lease.lease);
    case MESSAGE_CANCEL: return rank->training ? end_child(rank, -1, SIGKILL) : STATUS_OK;
    case MESSAGE_SAVE: rank->saves = true; return STATUS_OK;
    case MESSAGE_STORE: return put(rank, RANK_STORED, STORE_SECONDS, rank->worker.offered.trial);
    default: return STATUS_OK;
    }
}

static Status stored(SimulatedRank *rank, uint64_t trial) {
    Message message = {.kind = MESSAGE_STORED};
    message.as.stored.owner = STORE_OF_WORKER;
    MemberRecord record = member_record_of(trial, 0, "", 0);
    text_copy(message.as.stored.name, sizeof(message.as.stored.name), record.blob);
    return say(rank, &message);
}

/* --- the rank --- */

static Status outlet(void *context, WorkerPeer peer, const Message *message) {
    SimulatedRank *rank = context;
    return peer == WORKER_TO_COORDINATOR ? to_coordinator(rank, message) : on_host(rank, message);
}

bool simulated_rank_is_relayed(const SimulatedRank *rank) {
    return rank->relay != NO_RELAY && rank->relay != rank->number;
}

static HelloMessage hello_of(const SimulatedRank *rank) {
    HelloMessage hello = {.sees_parts = true, .relayed = simulated_rank_is_relayed(rank)};
    (void)snprintf(hello.host, sizeof(hello.host), "node%u", rank->number / RANKS_A_NODE);
    text_copy(hello.arithmetic, sizeof(hello.arithmetic), arithmetic_id());
    return hello;
}

Status simulated_rank_begin(SimulatedRank *rank, SimulatedWorld *world, uint32_t number, uint32_t relay,
                            SimulatedRelay *relaying) {
    *rank = (SimulatedRank){.world = world, .number = number, .relay = relay, .relaying = relaying};
    rank->worker.outlet = outlet;
    rank->worker.context = rank;
    rank->worker.limits = world->config->limits;
    rank->worker.sees_parts = true;
    rank->worker.watches_coordinator = number > 0;
    HelloMessage hello = hello_of(rank);
    TRY(worker_start(&rank->worker, &hello, world->now));
    return put(rank, RANK_WAKES, WAKE_SECONDS, 0);
}

static Status take_message(SimulatedRank *rank, const TimedEvent *event) {
    Message message;
    TRY(message_decode(&message, event->bytes, event->length));
    return worker_on_coordinator(&rank->worker, &message, rank->world->now);
}

static Status wake(SimulatedRank *rank) {
    TRY(worker_tick(&rank->worker, rank->world->now));
    if (rank->relaying != NULL) TRY(simulated_relay_wake(rank->relaying));
    return put(rank, RANK_WAKES, WAKE_SECONDS, 0);
}

static Status speak_directly(SimulatedRank *rank) {
    rank->relay = NO_RELAY;
    HelloMessage hello = hello_of(rank);
    return worker_greet_anew(&rank->worker, &hello, rank->world->now);
}

static Status die(SimulatedRank *rank) {
    rank->dead = true;
    rank->world->training -= rank->training;
    return rank->relaying != NULL ? simulated_relay_dies(rank->relaying) : STATUS_OK;
}

Status simulated_rank_event(SimulatedRank *rank, const TimedEvent *event) {
    if (rank->dead) return STATUS_OK;
    switch (event->kind) {
    case TO_RANK: return take_message(rank, event);
    case RANK_CHILD_BEGINS: return begin_child(rank, event->tag);
    case RANK_EPOCH_ENDS: return epoch_ends(rank, event->tag);
    case RANK_STORED: return stored(rank, event->tag);
    case RANK_WAKES: return wake(rank);
    case RANK_LOSES_RELAY: return speak_directly(rank);
    case RANK_DIES: return die(rank);
    case TO_RELAY:
    case RELAY_GOES_ON:
    case RELAY_IS_TOLD: return simulated_relay_event(rank->relaying, event);
    default: return STATUS_OK;
    }
}

void simulated_rank_release(SimulatedRank *rank) {
    worker_release(&rank->worker);
    simulated_relay_destroy(&rank->relaying);
}
