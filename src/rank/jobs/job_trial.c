#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "engine/trainer.h"
#include "rank/jobs.h"
#include "rank/jobs/checkpoint.h"
#include "rank/jobs/trial_network.h"

/* A trial on its way. */
typedef struct Trial {
    const JobContext *context;
    const LeaseMessage *lease;
    Channel *out;
    Examples training, validation;
    NetworkSpec *spec; /* owned */
    TrainSettings settings;
    Trainer *trainer; /* owned */
    TrialRecord row;  /* owns its curve, with room for all epochs */
} Trial;

static Status make_trainer(Trial *t) {
    TrialKey key = {
        .seed = t->context->config->seed, .stage = (uint8_t)t->lease->stage, .number = t->lease->number};
    return trainer_create(&t->trainer, t->spec, &t->settings, &t->training, &t->validation, key);
}

static Status prepare(Trial *t) {
    const Config *config = t->context->config;
    const LeaseMessage *lease = t->lease;
    t->training = dataset_part(t->context->dataset, PART_TRAIN);
    t->validation = dataset_part(t->context->dataset, PART_VALIDATION);
    TRY(memory_new(&t->spec, 1, sizeof(*t->spec)));
    TRY(config_network(config, &lease->draw, t->training.shape, t->training.classes, t->spec));
    TRY(config_settings(config, &lease->draw, lease->stage, &t->settings));
    t->row.trial = lease->trial;
    t->row.stage = lease->stage;
    t->row.number = lease->number;
    TRY(memory_new(&t->row.curve, t->settings.epochs, sizeof(EpochRow)));
    return make_trainer(t);
}

/* From the checkpoint where there is one that can be used, else from the start; says which. */
static Status begin(Trial *t) {
    Message message = {.kind = MESSAGE_PROGRESS};
    ProgressMessage *word = &message.as.progress;
    *word = (ProgressMessage){.lease = t->lease->lease, .trial = t->lease->trial, .begun = true};
    if (t->lease->checkpoint.epoch > 0 &&
        checkpoint_restore(t->context, t->lease, t->settings.epochs, t->trainer, &t->row) != STATUS_OK) {
        text_copy(word->note, sizeof(word->note), status_text());
        status_clear();
        t->row.curve_count = 0;
        trainer_destroy(&t->trainer);
        TRY(make_trainer(t));
    }
    word->from_epoch = t->row.curve_count;
    return message_send(t->out, 0, &message);
}

static Status one_epoch(Trial *t, bool *done) {
    Message message = {.kind = MESSAGE_PROGRESS};
    message.as.progress =
        (ProgressMessage){.lease = t->lease->lease, .trial = t->lease->trial, .has_row = true};
    trainer_epoch(t->trainer, &message.as.progress.row, done);
    t->row.curve[t->row.curve_count++] = message.as.progress.row;
    return message_send(t->out, 0, &message);
}

/* As far as the lease goes. *over remains false where the trial was saved to be gone on with elsewhere. */
static Status train(Trial *t, bool *over) {
    Checkpoints checkpoints = {.context = t->context,
                               .lease = t->lease,
                               .out = t->out,
                               .last = clock_monotonic(),
                               .epoch = t->row.curve_count};
    for (bool done = false; !done;) {
        TRY(checkpoint_listen(&checkpoints));
        bool at_rung = t->row.curve_count >= t->lease->until_epoch;
        bool unsaved = t->row.curve_count > checkpoints.epoch;
        if (unsaved && (checkpoints.leave || at_rung || checkpoint_due(&checkpoints, clock_monotonic())))
            checkpoint_save(&checkpoints, t->trainer, &t->row);
        if (at_rung) break;
        if (checkpoints.leave) return STATUS_OK;
        TRY(one_epoch(t, &done));
    }
    *over = true;
    return STATUS_OK;
}

static Status hand_in(Trial *t) {
    t->row.outcome = trainer_outcome(t->trainer);
    if (t->row.outcome.status == TRIAL_DIVERGED)
        text_copy(t->row.reason, sizeof(t->row.reason), "the loss or a weight was not a finite number");
    Message message = {.kind = MESSAGE_RESULT};
    message.as.result.lease = t->lease->lease;
    message.as.result.record = t->row;
    TRY(message_send(t->out, 0, &message));
    if (t->row.outcome.status != TRIAL_COMPLETED) return STATUS_OK;
    return trial_network_send(t->lease, t->spec, t->trainer, t->context->dataset, t->out);
}

Status job_trial(const JobContext *context, const JobMessage *job, Channel *out) {
    const LeaseMessage *lease = &job->lease;
    if (lease->stage >= context->config->stage_count ||
        lease->parameter_count != context->config->space.count || lease->until_epoch == 0)
        return status_fail(STATUS_ENVIRONMENT, "a lease that does not fit the configuration");
    Trial trial = {.context = context, .lease = lease, .out = out};
    bool over = false;
    Status status = prepare(&trial);
    if (status == STATUS_OK) status = begin(&trial);
    if (status == STATUS_OK) status = train(&trial, &over);
    if (status == STATUS_OK && over) status = hand_in(&trial);
    trainer_destroy(&trial.trainer);
    free(trial.row.curve);
    free(trial.spec);
    return status;
}
