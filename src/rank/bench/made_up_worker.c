#include "rank/bench/made_up_worker.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/text.h"
#include "engine/blas.h"
#include "rank/bench/made_up_training.h"

static double duration_of(const MadeUpWorker *w, uint64_t trial) {
    return trial < w->prompt ? 0 : made_up_seconds(trial, w->trial_seconds, 0.5);
}

static Status outlet(void *context, WorkerPeer peer, const Message *message) {
    MadeUpWorker *w = context;
    double now = clock_monotonic();
    if (peer == WORKER_TO_COORDINATOR) {
        if (message->kind == MESSAGE_RESULT && message->as.result.record.trial < w->trials)
            w->handed_in[message->as.result.record.trial] = now;
        return message_send(w->to_coordinator, 0, message);
    }
    if (message->kind != MESSAGE_JOB) return STATUS_OK;
    w->training = true;
    w->lease = message->as.job.lease;
    w->lease.blob = NULL; /* the message's */
    w->epoch = 0;
    w->epoch_seconds = duration_of(w, w->lease.trial) / MADE_UP_EPOCHS;
    w->due = now;
    return STATUS_OK;
}

/* --- what a child would say --- */

static Status say_progress(MadeUpWorker *w) {
    Message message = {.kind = MESSAGE_PROGRESS};
    ProgressMessage *progress = &message.as.progress;
    progress->lease = w->lease.lease;
    progress->trial = w->lease.trial;
    progress->begun = w->epoch == 0;
    progress->has_row = w->epoch > 0;
    if (progress->has_row) progress->row = made_up_row(w->lease.trial, w->epoch);
    w->epoch++;
    w->due += w->epoch_seconds;
    return worker_on_host(&w->worker, &message, clock_monotonic());
}

static Status say_result(MadeUpWorker *w) {
    Message message = {.kind = MESSAGE_RESULT};
    message.as.result.lease = w->lease.lease;
    TrialRecord *record = &message.as.result.record;
    record->trial = w->lease.trial;
    EpochRow last = made_up_row(record->trial, MADE_UP_EPOCHS);
    record->outcome = (TrainOutcome){.epochs = MADE_UP_EPOCHS,
                                     .best_epoch = MADE_UP_EPOCHS,
                                     .val_accuracy = last.val_accuracy,
                                     .val_loss = last.val_loss,
                                     .train_loss = last.train_loss,
                                     .seconds = MADE_UP_EPOCHS * last.seconds,
                                     .samples_per_second = 100000,
                                     .weights_hash = hash64(&record->trial, sizeof(record->trial))};
    TRY(memory_new(&record->curve, MADE_UP_EPOCHS, sizeof(EpochRow)));
    record->curve_count = MADE_UP_EPOCHS;
    for (uint32_t e = 0; e < MADE_UP_EPOCHS; e++)
        record->curve[e] = made_up_row(record->trial, e + 1);
    return worker_on_host(&w->worker, &message, clock_monotonic());
}

static Status end_trial(MadeUpWorker *w) {
    w->training = false;
    w->due = INFINITY;
    TRY(say_result(w));
    Message ended = {.kind = MESSAGE_JOB_ENDED};
    ended.as.job_ended.slot = JOB_SLOT_TRIAL;
    return worker_on_host(&w->worker, &ended, clock_monotonic());
}

/* --- the worker --- */

Status made_up_worker_begin(MadeUpWorker *w, bool watches_coordinator) {
    w->due = INFINITY;
    TRY(memory_new(&w->handed_in, w->trials, sizeof(double)));
    TRY(memory_new(&w->acknowledgement, w->trials, sizeof(Acknowledgement)));
    w->worker = (Worker){
        .outlet = outlet, .context = w, .sees_parts = true, .watches_coordinator = watches_coordinator};
    w->worker.limits = (Limits){.trial_seconds = INFINITY,
                                .epoch_seconds = INFINITY,
                                .checkpoint_seconds = INFINITY,
                                .silence_seconds = 60};
    HelloMessage hello = {.sees_parts = true};
    if (gethostname(hello.host, sizeof(hello.host) - 1) != 0) text_copy(hello.host, sizeof(hello.host), "?");
    text_copy(hello.arithmetic, sizeof(hello.arithmetic), arithmetic_id());
    return worker_start(&w->worker, &hello, clock_monotonic());
}

static void acknowledged(MadeUpWorker *w, uint64_t trial) {
    if (trial >= w->trials || w->acknowledgement_count == w->trials) return;
    w->acknowledgement[w->acknowledgement_count++] =
        (Acknowledgement){.trial = trial, .seconds = clock_monotonic() - w->handed_in[trial]};
}

Status made_up_worker_round(MadeUpWorker *w, bool *busy) {
    for (bool got = true; got && !w->worker.left;) {
        int peer;
        Message message;
        TRY(message_receive(w->to_coordinator, &peer, &message, &got));
        if (!got) break;
        *busy = true;
        if (message.kind == MESSAGE_RECORDED) acknowledged(w, message.as.recorded.trial);
        TRY(worker_on_coordinator(&w->worker, &message, clock_monotonic()));
    }
    while (w->training && clock_monotonic() >= w->due) {
        *busy = true;
        TRY(say_progress(w));
        if (w->epoch > MADE_UP_EPOCHS) TRY(end_trial(w));
    }
    return worker_tick(&w->worker, clock_monotonic());
}

void made_up_worker_release(MadeUpWorker *w) {
    worker_release(&w->worker);
    free(w->handed_in);
    free(w->acknowledgement);
}
