#include "campaign/worker.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "campaign/worker/internal.h"

#define ABSENCE 1.0 /* seconds: a longer gap between two calls is the worker's own */

Status worker_tell(Worker *w, WorkerPeer peer, const Message *message, double now) {
    if (peer == WORKER_TO_COORDINATOR) w->last_sent = now;
    return w->outlet(w->context, peer, message);
}

Status worker_cancel(Worker *w, double now) {
    Message message = {.kind = MESSAGE_CANCEL};
    message.as.cancel.slot = JOB_SLOT_TRIAL;
    w->cancelled = w->attention;
    return worker_tell(w, WORKER_TO_HOST, &message, now);
}

static void attend(Worker *w, double now) {
    w->attention += fmin(fmax(now - w->last_call, 0), ABSENCE);
    w->last_call = now;
}

Status worker_start(Worker *w, const HelloMessage *hello, double now) {
    w->last_call = now;
    Message message = {.kind = MESSAGE_HELLO};
    message.as.hello = *hello;
    return worker_tell(w, WORKER_TO_COORDINATOR, &message, now);
}

Status worker_leave(Worker *w, const char *reason, double now) {
    if (w->left) return STATUS_OK;
    Message message = {.kind = MESSAGE_FAREWELL};
    text_copy(message.as.farewell.reason, sizeof(message.as.farewell.reason), reason);
    w->left = true;
    return worker_tell(w, WORKER_TO_COORDINATOR, &message, now);
}

/* Whatever was done or said last: is something still open? */
static Status leave_when_done(Worker *w, double now) {
    if (!w->stopping || w->training || w->has_result) return STATUS_OK;
    if (w->offered.blob != NULL || w->checkpoint.blob != NULL) return STATUS_OK;
    return worker_leave(w, "", now);
}

/* The lease that it works on or is about to; 0 for none. */
static uint64_t present_lease(const Worker *w) {
    if (w->has_next) return w->next.lease;
    return w->training ? w->lease.lease : 0;
}

Status worker_greet_anew(Worker *w, HelloMessage *hello, double now) {
    if (w->left) return STATUS_OK;
    attend(w, now);
    w->last_heard = w->attention; /* the new way has its own time */
    if (!w->storing) blob_drop_offered(w);
    if (!w->training) trial_drop_result(w);
    /* A checkpoint is of use while its trial runs, or where it was saved for a stop. */
    if (w->training ? w->has_next : !w->saving) blob_drop_checkpoint(w);
    hello->lease = present_lease(w);
    Message message = {.kind = MESSAGE_HELLO};
    message.as.hello = *hello;
    TRY(worker_tell(w, WORKER_TO_COORDINATOR, &message, now));
    w->checkpoint_offered = false;
    TRY(blob_offer_checkpoint(w, now));
    return leave_when_done(w, now);
}

/* Also when a stop that saves goes on: then nobody is there any more to take what is saved. */
static Status on_stop(Worker *w, const StopMessage *stop, double now) {
    if (w->stopping && stop->save) return STATUS_OK;
    if (!w->stopping) w->save_until = now + WORKER_SAVE_SECONDS;
    w->stopping = true;
    w->ranks_lost |= stop->ranks_lost;
    w->saving = stop->save && w->training;
    next_drop(w);
    if (stop->save) {
        Message save = {.kind = MESSAGE_SAVE};
        return w->training ? worker_tell(w, WORKER_TO_HOST, &save, now) : STATUS_OK;
    }
    trial_drop(w);
    if (!w->storing) blob_drop_offered(w);
    return w->training ? worker_cancel(w, now) : STATUS_OK;
}

Status worker_on_coordinator(Worker *w, Message *message, double now) {
    attend(w, now);
    w->last_heard = w->attention;
    Status status = STATUS_OK;
    if (!w->left) {
        switch (message->kind) {
        case MESSAGE_LEASE: status = trial_lease(w, &message->as.lease, now); break;
        case MESSAGE_VERDICT: status = blob_verdict(w, &message->as.verdict, now); break;
        case MESSAGE_STOP: status = on_stop(w, &message->as.stop, now); break;
        default: break; /* a sign of life, or not for a worker */
        }
        if (status == STATUS_OK) status = leave_when_done(w, now);
    }
    message_release(message);
    return status;
}

Status worker_on_host(Worker *w, Message *message, double now) {
    attend(w, now);
    Status status = STATUS_OK;
    if (!w->left) {
        switch (message->kind) {
        case MESSAGE_PROGRESS: status = trial_progress(w, message, now); break;
        case MESSAGE_CHECKPOINT: status = blob_checkpoint(w, message, now); break;
        case MESSAGE_RESULT: trial_result(w, &message->as.result); break;
        case MESSAGE_NETWORK: trial_network(w, &message->as.network); break;
        case MESSAGE_STORED: status = blob_stored(w, &message->as.stored, now); break;
        case MESSAGE_JOB_ENDED: status = trial_ended(w, &message->as.job_ended, now); break;
        default: break; /* not about a trial */
        }
        if (status == STATUS_OK) status = leave_when_done(w, now);
    }
    message_release(message);
    return status;
}

Status worker_tick(Worker *w, double now) {
    attend(w, now);
    if (w->left) return STATUS_OK;
    if (w->watches_coordinator && w->attention - w->last_heard > WORKER_PATIENCE * w->limits.silence_seconds)
        return status_fail(
            STATUS_RESUMABLE,
            "nothing was heard of rank 0 for %.0f s: this rank ends; the same command continues",
            w->attention - w->last_heard);
    TRY(trial_tick(w, now));
    if (now - w->last_sent < WORKER_SIGN_OF_LIFE) return STATUS_OK;
    Message message = {.kind = MESSAGE_PROGRESS};
    if (w->training || w->has_result)
        message.as.progress = (ProgressMessage){.lease = w->lease.lease, .trial = w->lease.trial};
    return worker_tell(w, WORKER_TO_COORDINATOR, &message, now);
}

void worker_release(Worker *w) {
    trial_drop(w);
    next_drop(w);
    blob_drop_offered(w);
}
