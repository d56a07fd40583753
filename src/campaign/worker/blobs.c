/* What a trial leaves: its result, its network once somebody wants it, and checkpoints on the way. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "campaign/worker/internal.h"

void blob_drop_offered(Worker *w) {
    free(w->offered.blob);
    w->offered = (NetworkMessage){0};
    w->storing = w->by_channel = false;
}

void blob_drop_checkpoint(Worker *w) {
    free(w->checkpoint.blob);
    w->checkpoint = (CheckpointMessage){0};
    w->checkpoint_offered = false;
}

Status blob_offer_checkpoint(Worker *w, double now) {
    if (w->checkpoint.blob == NULL || w->checkpoint_offered) return STATUS_OK;
    w->checkpoint_offered = true;
    Message message = {.kind = MESSAGE_CHECKPOINT};
    message.as.checkpoint = (CheckpointMessage){.lease = w->checkpoint.lease, .record = w->checkpoint.record};
    return worker_tell(w, WORKER_TO_COORDINATOR, &message, now);
}

Status blob_checkpoint(Worker *w, Message *message, double now) {
    CheckpointMessage *checkpoint = &message->as.checkpoint;
    if (checkpoint->stored) return worker_tell(w, WORKER_TO_COORDINATOR, message, now);
    if (!w->training || w->has_next || checkpoint->lease != w->lease.lease) return STATUS_OK;
    if (w->stopping && !w->saving) return STATUS_OK;
    free(w->checkpoint.blob);
    w->checkpoint = *checkpoint;
    checkpoint->blob = NULL; /* taken over */
    checkpoint->length = 0;
    return blob_offer_checkpoint(w, now);
}

static Status on_checkpoint_verdict(Worker *w, const VerdictMessage *verdict, double now) {
    if (!w->checkpoint_offered || w->checkpoint.lease != verdict->lease) return STATUS_OK;
    Status status = STATUS_OK;
    if (verdict->keep) {
        Message message = {.kind = MESSAGE_CHECKPOINT};
        message.as.checkpoint = w->checkpoint;
        status = worker_tell(w, WORKER_TO_COORDINATOR, &message, now);
    }
    blob_drop_checkpoint(w);
    return status == STATUS_OK ? blob_hand_in(w, now) : status; /* the result may have waited for it */
}

/* Whoever goes on from a rung needs the state that the trial came there with. */
static bool waits_for_checkpoint(const Worker *w) {
    return w->result.record.outcome.status == TRIAL_STOPPED && w->checkpoint.blob != NULL;
}

Status blob_hand_in(Worker *w, double now) {
    if (!w->has_result || w->training || w->offered.blob != NULL) return STATUS_OK;
    if (waits_for_checkpoint(w)) return STATUS_OK;
    w->result.has_network = w->network.blob != NULL;
    w->offered = w->network;
    w->offered.record.epoch = w->result.record.outcome.best_epoch;
    w->network = (NetworkMessage){0};
    Message message = {.kind = MESSAGE_RESULT};
    message.as.result = w->result;
    Status status = worker_tell(w, WORKER_TO_COORDINATOR, &message, now);
    trial_drop(w); /* with the result a checkpoint that is still here has no use */
    return status;
}

/* The host is to write the network. */
static Status store(Worker *w, double now) {
    NetworkMessage *o = &w->offered;
    o->record = member_record_of(o->trial, o->record.epoch, o->blob, o->length);
    w->storing = true;
    Message message = {.kind = MESSAGE_STORE};
    StoreMessage *order = &message.as.store;
    *order = (StoreMessage){.owner = STORE_OF_WORKER, .blob = o->blob, .length = o->length};
    text_copy(order->name, sizeof(order->name), o->record.blob);
    return worker_tell(w, WORKER_TO_HOST, &message, now);
}

/* Nothing more is to be done about the offered network: the next result may go. */
static Status offered_done(Worker *w, double now) {
    blob_drop_offered(w);
    return blob_hand_in(w, now);
}

Status blob_verdict(Worker *w, const VerdictMessage *verdict, double now) {
    if (verdict->what == BLOB_CHECKPOINT) return on_checkpoint_verdict(w, verdict, now);
    if (w->offered.blob == NULL || w->storing || w->offered.lease != verdict->lease) return STATUS_OK;
    if (!verdict->keep) return offered_done(w, now);
    if (w->sees_parts && !w->by_channel) return store(w, now);
    Message message = {.kind = MESSAGE_NETWORK};
    message.as.network = w->offered;
    TRY(worker_tell(w, WORKER_TO_COORDINATOR, &message, now));
    return offered_done(w, now);
}

Status blob_stored(Worker *w, const StoredMessage *stored, double now) {
    if (!w->storing || stored->owner != STORE_OF_WORKER || strcmp(stored->name, w->offered.record.blob) != 0)
        return STATUS_OK;
    w->storing = false;
    w->by_channel = stored->status != STATUS_OK;
    Message message = {.kind = MESSAGE_NETWORK};
    NetworkMessage *network = &message.as.network;
    network->lease = w->offered.lease;
    network->trial = w->offered.trial;
    network->stored = !w->by_channel;
    network->record = w->offered.record;
    TRY(worker_tell(w, WORKER_TO_COORDINATOR, &message, now));
    return w->by_channel ? STATUS_OK : offered_done(w, now); /* else its bytes wait for a verdict again */
}
