/* The running trial: its child, its limits, its end. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "campaign/worker/internal.h"

void trial_drop_result(Worker *w) {
    free(w->result.record.curve);
    w->result = (ResultMessage){0};
    w->has_result = false;
    free(w->network.blob);
    w->network = (NetworkMessage){0};
}

void trial_drop(Worker *w) {
    trial_drop_result(w);
    blob_drop_checkpoint(w);
}

void next_drop(Worker *w) {
    free(w->next.blob);
    w->next = (LeaseMessage){0};
    w->has_next = false;
}

static Status start(Worker *w, const LeaseMessage *lease, double now) {
    trial_drop(w);
    w->training = true;
    w->limit_reached = w->hung = false;
    w->started = w->last_epoch = w->attention;
    w->lease = *lease;
    w->lease.blob = NULL;
    w->lease.length = 0;
    Message message = {.kind = MESSAGE_JOB};
    message.as.job = (JobMessage){.kind = JOB_TRIAL, .lease = *lease};
    return worker_tell(w, WORKER_TO_HOST, &message, now);
}

Status trial_lease(Worker *w, LeaseMessage *lease, double now) {
    if (w->stopping) return STATUS_OK;
    if (!w->training) return start(w, lease, now);
    next_drop(w);
    w->next = *lease;
    w->has_next = true;
    lease->blob = NULL;
    lease->length = 0;
    return worker_cancel(w, now);
}

Status trial_progress(Worker *w, const Message *message, double now) {
    const ProgressMessage *progress = &message->as.progress;
    if (!w->training || progress->lease != w->lease.lease) return STATUS_OK;
    if (progress->begun && progress->from_epoch == 0) w->lease.checkpoint.seconds = 0; /* it begins anew */
    w->last_epoch = w->attention;
    return worker_tell(w, WORKER_TO_COORDINATOR, message, now);
}

void trial_result(Worker *w, ResultMessage *result) {
    if (!w->training || result->lease != w->lease.lease) return;
    free(w->result.record.curve);
    w->result = *result;
    w->has_result = true;
    result->record.curve = NULL; /* taken over */
    result->record.curve_count = 0;
}

void trial_network(Worker *w, NetworkMessage *network) {
    if (!w->training || network->lease != w->lease.lease) return;
    free(w->network.blob);
    w->network = *network;
    network->blob = NULL; /* taken over */
    network->length = 0;
}

/* Seconds in all leases that led here. */
static double trial_seconds(const Worker *w) {
    return w->attention - w->started + w->lease.checkpoint.seconds;
}

/* What to hand in for a child that gave no result. */
static void result_of_death(Worker *w, const JobEndedMessage *ended) {
    trial_drop_result(w);
    w->has_result = true;
    w->result = (ResultMessage){.lease = w->lease.lease, .crashed = !w->limit_reached};
    TrialRecord *row = &w->result.record;
    row->trial = w->lease.trial;
    row->outcome = (TrainOutcome){.status = TRIAL_FAILED,
                                  .val_accuracy = NAN,
                                  .val_loss = NAN,
                                  .train_loss = NAN,
                                  .seconds = trial_seconds(w),
                                  .samples_per_second = NAN};
    if (w->limit_reached)
        snprintf(row->reason, sizeof(row->reason), "took longer than limits.trial_seconds: %g",
                 w->limits.trial_seconds);
    else if (w->hung)
        snprintf(row->reason, sizeof(row->reason), "ended no epoch within limits.epoch_seconds: %g",
                 w->limits.epoch_seconds);
    else if (ended->signal != 0)
        snprintf(row->reason, sizeof(row->reason), "its process was ended by signal %d (%s)", ended->signal,
                 strsignal(ended->signal));
    else
        snprintf(row->reason, sizeof(row->reason), "its process ended with code %d%s%.100s", ended->exit_code,
                 ended->text[0] != '\0' ? ": " : "", ended->text);
}

Status trial_ended(Worker *w, const JobEndedMessage *ended, double now) {
    if (!w->training || ended->slot != JOB_SLOT_TRIAL) return STATUS_OK;
    w->training = false;
    if (w->has_next) {
        Status status = start(w, &w->next, now);
        next_drop(w);
        return status;
    }
    /* A child that died after its result may not have sent its network. */
    bool sound = w->has_result && ended->exit_code == 0;
    if (w->stopping && !(sound && w->saving)) { /* no strike, no row: the next run has it */
        trial_drop_result(w);
        return STATUS_OK;
    }
    if (!sound) result_of_death(w, ended);
    return blob_hand_in(w, now);
}

/* The child's time is over. */
static bool to_be_ended(Worker *w, double now) {
    if (w->stopping) {
        bool over = now >= w->save_until;
        if (over) w->save_until = INFINITY;
        return over;
    }
    if (w->has_next || w->limit_reached || w->hung) return false; /* ended already */
    w->limit_reached = trial_seconds(w) > w->limits.trial_seconds;
    w->hung = !w->limit_reached && w->attention - w->last_epoch > w->limits.epoch_seconds;
    return w->limit_reached || w->hung;
}

/* A process that waits for a dead disk is not even ended by SIGKILL. */
static bool does_not_end(const Worker *w) {
    bool told = w->has_next || w->limit_reached || w->hung;
    return w->training && told && w->attention - w->cancelled > WORKER_END_SECONDS;
}

Status trial_tick(Worker *w, double now) {
    if (does_not_end(w))
        return status_fail(STATUS_ENVIRONMENT, "the process of trial %llu does not end when it is killed",
                           (unsigned long long)w->lease.trial);
    return w->training && to_be_ended(w, now) ? worker_cancel(w, now) : STATUS_OK;
}
