#include "campaign/worker/listener.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "suite.h"

Heard heard;

static Status listen(void *context, WorkerPeer peer, const Message *message) {
    (void)context;
    CU_ASSERT_FATAL(heard.count < HEARD_MAX);
    heard.said[heard.count].peer = peer;
    heard.said[heard.count++].kind = message->kind;
    if (message->kind == MESSAGE_RESULT) {
        heard.result = message->as.result;
        heard.result.record.curve = NULL;
    }
    switch (message->kind) {
    case MESSAGE_NETWORK:
        heard.network_length = message->as.network.length;
        heard.network_stored = message->as.network.stored;
        break;
    case MESSAGE_HELLO: heard.hello = message->as.hello; break;
    case MESSAGE_PROGRESS: heard.progress = message->as.progress; break;
    case MESSAGE_CHECKPOINT: heard.checkpoint = message->as.checkpoint; break;
    case MESSAGE_STORE: text_copy(heard.stored, sizeof(heard.stored), message->as.store.name); break;
    case MESSAGE_JOB:
        heard.job = message->as.job.lease.lease;
        heard.job_length = message->as.job.lease.length;
        break;
    case MESSAGE_CANCEL: heard.cancelled = message->as.cancel.slot; break;
    default: break;
    }
    return STATUS_OK;
}

Worker worker_new(void) {
    heard = (Heard){0};
    Worker w = {.outlet = listen, .watches_coordinator = true};
    w.limits = (Limits){.trial_seconds = INFINITY, .epoch_seconds = 3600, .silence_seconds = 60};
    return w;
}

void from_coordinator(Worker *w, Message message, double now) {
    CU_ASSERT_EQUAL_FATAL(worker_on_coordinator(w, &message, now), STATUS_OK);
}

void from_host(Worker *w, Message message, double now) {
    CU_ASSERT_EQUAL_FATAL(worker_on_host(w, &message, now), STATUS_OK);
}

void lease(Worker *w, uint64_t number, uint64_t trial, double now) {
    Message message = {.kind = MESSAGE_LEASE};
    message.as.lease = (LeaseMessage){.lease = number, .trial = trial, .parameter_count = 1};
    from_coordinator(w, message, now);
}

void verdict(Worker *w, uint64_t number, bool keep) {
    Message message = {.kind = MESSAGE_VERDICT};
    message.as.verdict = (VerdictMessage){.lease = number, .keep = keep};
    from_coordinator(w, message, 0);
}

void checkpoint_verdict(Worker *w, uint64_t number, bool keep) {
    Message message = {.kind = MESSAGE_VERDICT};
    message.as.verdict = (VerdictMessage){.lease = number, .what = BLOB_CHECKPOINT, .keep = keep};
    from_coordinator(w, message, 0);
}

void stop(Worker *w, bool save, double now) {
    Message message = {.kind = MESSAGE_STOP};
    message.as.stop.save = save;
    from_coordinator(w, message, now);
}

void child_saves(Worker *w, uint64_t number, uint32_t epoch, size_t length) {
    Message message = {.kind = MESSAGE_CHECKPOINT};
    CheckpointMessage *checkpoint = &message.as.checkpoint;
    *checkpoint = (CheckpointMessage){.lease = number, .stored = length == 0, .length = length};
    checkpoint->record.epoch = epoch;
    if (length > 0) CU_ASSERT_EQUAL_FATAL(memory_new(&checkpoint->blob, length, 1), STATUS_OK);
    from_host(w, message, 1);
}

void host_stored(Worker *w, Status status) {
    Message message = {.kind = MESSAGE_STORED};
    message.as.stored = (StoredMessage){.owner = STORE_OF_WORKER, .status = status};
    text_copy(message.as.stored.name, sizeof(message.as.stored.name), heard.stored);
    from_host(w, message, 1);
}

void time_passes(Worker *w, double from, double now) {
    for (double t = from; t <= now; t += 0.5)
        CU_ASSERT_EQUAL_FATAL(worker_tick(w, t), STATUS_OK);
}

void child_says_result(Worker *w, uint64_t number, TrialStatus status) {
    Message message = {.kind = MESSAGE_RESULT};
    message.as.result.lease = number;
    message.as.result.record.outcome.status = status;
    message.as.result.record.curve_count = 1;
    CU_ASSERT_EQUAL_FATAL(memory_new(&message.as.result.record.curve, 1, sizeof(EpochRow)), STATUS_OK);
    from_host(w, message, 1);
}

void child_says_network(Worker *w, uint64_t number, size_t length) {
    Message message = {.kind = MESSAGE_NETWORK};
    message.as.network = (NetworkMessage){.lease = number, .trial = 39 + number, .length = length};
    CU_ASSERT_EQUAL_FATAL(memory_new(&message.as.network.blob, length, 1), STATUS_OK);
    from_host(w, message, 1);
}

void child_ends(Worker *w, int exit_code, int signal, const char *text, double now) {
    Message message = {.kind = MESSAGE_JOB_ENDED};
    message.as.job_ended.exit_code = exit_code;
    message.as.job_ended.signal = signal;
    text_copy(message.as.job_ended.text, sizeof(message.as.job_ended.text), text);
    from_host(w, message, now);
}

bool said(size_t back, WorkerPeer peer, MessageKind kind) {
    return heard.count > back && heard.said[heard.count - 1 - back].peer == peer &&
           heard.said[heard.count - 1 - back].kind == kind;
}

size_t count_of(WorkerPeer peer, MessageKind kind) {
    size_t count = 0;
    for (size_t i = 0; i < heard.count; i++)
        count += heard.said[i].peer == peer && heard.said[i].kind == kind;
    return count;
}

void trains(Worker *w, uint64_t number, size_t length) {
    lease(w, number, 39 + number, 0);
    child_says_result(w, number, TRIAL_COMPLETED);
    child_says_network(w, number, length);
    child_ends(w, 0, 0, "", 2);
}
