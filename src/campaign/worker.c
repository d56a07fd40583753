#include "campaign/worker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static Status tell(Worker *w, WorkerPeer peer, const Message *message, double now) {
    if (peer == WORKER_TO_COORDINATOR) w->last_sent = now;
    return w->outlet(w->context, peer, message);
}

Status worker_start(Worker *w, const HelloMessage *hello, double now) {
    Message message = {.kind = MESSAGE_HELLO};
    message.as.hello = *hello;
    return tell(w, WORKER_TO_COORDINATOR, &message, now);
}

static void drop_network(NetworkMessage *network) {
    free(network->blob);
    *network = (NetworkMessage){0};
}

static void drop_result(Worker *w) {
    if (w->has_result) {
        Message message = {.kind = MESSAGE_RESULT};
        message.as.result = w->result;
        message_release(&message);
    }
    w->has_result = false;
}

static Status on_lease(Worker *w, const LeaseMessage *lease, double now) {
    if (w->training || w->stopping) return STATUS_OK;
    w->training = true;
    w->limit_reached = false;
    w->started = now;
    w->last_sent = now;
    w->lease = *lease;
    Message message = {.kind = MESSAGE_JOB};
    message.as.job = (JobMessage){.kind = JOB_TRIAL, .lease = *lease};
    return tell(w, WORKER_TO_HOST, &message, now);
}

static Status on_verdict(Worker *w, const VerdictMessage *verdict, double now) {
    if (w->offered.blob == NULL || w->offered.lease != verdict->lease) return STATUS_OK;
    Status status = STATUS_OK;
    if (verdict->keep) {
        Message message = {.kind = MESSAGE_NETWORK};
        message.as.network = w->offered;
        status = tell(w, WORKER_TO_COORDINATOR, &message, now);
    }
    drop_network(&w->offered);
    return status;
}

Status worker_on_coordinator(Worker *w, Message *message, double now) {
    Status status = STATUS_OK;
    switch (message->kind) {
    case MESSAGE_LEASE: status = on_lease(w, &message->as.lease, now); break;
    case MESSAGE_VERDICT: status = on_verdict(w, &message->as.verdict, now); break;
    case MESSAGE_STOP:
        w->stopping = true;
        if (w->training) {
            Message cancel = {.kind = MESSAGE_CANCEL};
            cancel.as.cancel.slot = JOB_SLOT_TRIAL;
            status = tell(w, WORKER_TO_HOST, &cancel, now);
        }
        break;
    default: break; /* not for a worker */
    }
    message_release(message);
    return status;
}

/* What to hand in for a child that gave no result. */
static void result_of_death(Worker *w, const JobEndedMessage *ended, double now) {
    w->result = (ResultMessage){.lease = w->lease.lease};
    TrialRecord *row = &w->result.record;
    row->trial = w->lease.trial;
    row->outcome = (TrainOutcome){.status = TRIAL_FAILED,
                                  .val_accuracy = NAN,
                                  .val_loss = NAN,
                                  .train_loss = NAN,
                                  .seconds = now - w->started,
                                  .samples_per_second = NAN};
    w->result.crashed = !w->limit_reached;
    if (w->limit_reached)
        snprintf(row->reason, sizeof(row->reason), "took longer than limits.trial_seconds: %g",
                 w->limits.trial_seconds);
    else if (ended->signal != 0)
        snprintf(row->reason, sizeof(row->reason), "its process was ended by signal %d (%s)", ended->signal,
                 strsignal(ended->signal));
    else
        snprintf(row->reason, sizeof(row->reason), "its process ended with code %d%s%.100s", ended->exit_code,
                 ended->text[0] != '\0' ? ": " : "", ended->text);
    w->has_result = true;
}

static Status on_child_end(Worker *w, const JobEndedMessage *ended, double now) {
    if (!w->training) return STATUS_OK;
    w->training = false;
    if (w->stopping) return STATUS_OK;
    /* A child that died after its result may not have sent its network. */
    if (!w->has_result || ended->exit_code != 0) {
        drop_result(w);
        drop_network(&w->network);
        result_of_death(w, ended, now);
    }
    w->result.has_network = w->network.blob != NULL;
    drop_network(&w->offered);
    w->offered = w->network;
    w->network = (NetworkMessage){0};
    Message message = {.kind = MESSAGE_RESULT};
    message.as.result = w->result;
    Status status = tell(w, WORKER_TO_COORDINATOR, &message, now);
    drop_result(w);
    return status;
}

Status worker_on_host(Worker *w, Message *message, double now) {
    Status status = STATUS_OK;
    switch (message->kind) {
    case MESSAGE_PROGRESS:
        if (w->training && !w->stopping) status = tell(w, WORKER_TO_COORDINATOR, message, now);
        break;
    case MESSAGE_RESULT:
        if (w->training && message->as.result.lease == w->lease.lease) {
            drop_result(w);
            w->result = message->as.result;
            w->has_result = true;
            return STATUS_OK;
        }
        break;
    case MESSAGE_NETWORK:
        if (w->training && message->as.network.lease == w->lease.lease) {
            drop_network(&w->network);
            w->network = message->as.network;
            return STATUS_OK;
        }
        break;
    case MESSAGE_JOB_ENDED: status = on_child_end(w, &message->as.job_ended, now); break;
    default: break; /* not about a trial */
    }
    message_release(message);
    return status;
}

Status worker_tick(Worker *w, double now) {
    if (!w->training || w->stopping) return STATUS_OK;
    if (!w->limit_reached && now - w->started > w->limits.trial_seconds) {
        w->limit_reached = true;
        Message message = {.kind = MESSAGE_CANCEL};
        message.as.cancel.slot = JOB_SLOT_TRIAL;
        TRY(tell(w, WORKER_TO_HOST, &message, now));
    }
    if (now - w->last_sent < WORKER_SIGN_OF_LIFE) return STATUS_OK;
    Message message = {.kind = MESSAGE_PROGRESS};
    message.as.progress = (ProgressMessage){.lease = w->lease.lease, .trial = w->lease.trial};
    return tell(w, WORKER_TO_COORDINATOR, &message, now);
}

Status worker_leave(Worker *w, const char *reason, double now) {
    Message message = {.kind = MESSAGE_FAREWELL};
    text_copy(message.as.farewell.reason, sizeof(message.as.farewell.reason), reason);
    w->left = true;
    return tell(w, WORKER_TO_COORDINATOR, &message, now);
}

void worker_release(Worker *w) {
    drop_result(w);
    drop_network(&w->network);
    drop_network(&w->offered);
}
