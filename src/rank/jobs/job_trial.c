#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "engine/trainer.h"
#include "rank/jobs.h"

/* The best epoch's network as a blob; everything in it is borrowed but the JSON. */
static Status offer_network(const LeaseMessage *lease, const NetworkSpec *spec, const Trainer *trainer,
                            const Examples *validation, Channel *out) {
    const Network *network = trainer_network(trainer);
    const float *parameters = trainer_best_parameters(trainer);
    size_t count = network_block_count(network);
    MemberBlob blob = {.trial = lease->trial,
                       .epoch = trainer_outcome(trainer).best_epoch,
                       .examples = validation->count,
                       .classes = (uint32_t)validation->classes};
    TRY(network_spec_json(spec, &blob.network));
    Status status = memory_new(&blob.blocks, count, sizeof(*blob.blocks));
    if (status == STATUS_OK) blob.block_count = (uint32_t)count;
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        ParameterBlock block = network_block(network, i);
        text_copy(blob.blocks[i].layer, sizeof(blob.blocks[i].layer), block.layer);
        text_copy(blob.blocks[i].role, sizeof(blob.blocks[i].role), block.role);
        blob.blocks[i].rows = block.rows;
        blob.blocks[i].columns = block.columns;
        status = memory_new(&blob.blocks[i].values, block.rows * block.columns, sizeof(float));
        if (status == STATUS_OK)
            memcpy(blob.blocks[i].values, parameters + block.offset,
                   block.rows * block.columns * sizeof(float));
    }
    size_t values = validation->count * validation->classes;
    if (status == STATUS_OK) status = memory_new(&blob.probabilities, values, sizeof(float));
    if (status == STATUS_OK) {
        memcpy(blob.probabilities, trainer_best_probabilities(trainer), values * sizeof(float));
        ByteWriter writer = {0};
        member_blob_encode(&blob, &writer);
        status = bytes_writer_status(&writer);
        if (status == STATUS_OK) {
            Message message = {.kind = MESSAGE_NETWORK};
            message.as.network = (NetworkMessage){
                .lease = lease->lease, .trial = lease->trial, .blob = writer.data, .length = writer.length};
            status = message_send(out, 0, &message);
        }
        bytes_writer_release(&writer);
    }
    member_blob_release(&blob);
    return status;
}

static Status report_epoch(const LeaseMessage *lease, const EpochRow *row, Channel *out) {
    Message message = {.kind = MESSAGE_PROGRESS};
    message.as.progress =
        (ProgressMessage){.lease = lease->lease, .trial = lease->trial, .has_row = true, .row = *row};
    return message_send(out, 0, &message);
}

static Status train(const LeaseMessage *lease, const NetworkSpec *spec, const TrainSettings *settings,
                    const Examples *validation, Trainer *trainer, Channel *out) {
    Message message = {.kind = MESSAGE_RESULT};
    ResultMessage *result = &message.as.result;
    result->lease = lease->lease;
    TrialRecord *record = &result->record;
    record->trial = lease->trial;
    record->stage = lease->stage;
    record->number = lease->number;
    TRY(memory_new(&record->curve, settings->epochs, sizeof(EpochRow)));
    Status status = STATUS_OK;
    for (bool done = false; !done && status == STATUS_OK;) {
        EpochRow *row = &record->curve[record->curve_count++];
        trainer_epoch(trainer, row, &done);
        status = report_epoch(lease, row, out);
    }
    record->outcome = trainer_outcome(trainer);
    if (record->outcome.status == TRIAL_DIVERGED)
        text_copy(record->reason, sizeof(record->reason), "the loss or a weight was not a finite number");
    if (status == STATUS_OK) status = message_send(out, 0, &message);
    bool completed = record->outcome.status == TRIAL_COMPLETED;
    free(record->curve);
    if (status == STATUS_OK && completed) status = offer_network(lease, spec, trainer, validation, out);
    return status;
}

Status job_trial(const JobContext *context, const JobMessage *job, Channel *out) {
    const LeaseMessage *lease = &job->lease;
    const Config *config = context->config;
    if (lease->stage >= config->stage_count || lease->parameter_count != config->space.count)
        return status_fail(STATUS_ENVIRONMENT, "a lease that does not fit the configuration");
    Examples training = dataset_part(context->dataset, PART_TRAIN);
    Examples validation = dataset_part(context->dataset, PART_VALIDATION);
    NetworkSpec *spec;
    TRY(memory_new(&spec, 1, sizeof(*spec)));
    TrainSettings settings;
    TrialKey key = {.seed = config->seed, .stage = (uint8_t)lease->stage, .number = lease->number};
    Trainer *trainer = NULL;
    Status status = config_network(config, &lease->draw, training.shape, training.classes, spec);
    if (status == STATUS_OK) status = config_settings(config, &lease->draw, lease->stage, &settings);
    if (status == STATUS_OK) status = trainer_create(&trainer, spec, &settings, &training, &validation, key);
    if (status == STATUS_OK) status = train(lease, spec, &settings, &validation, trainer, out);
    trainer_destroy(&trainer);
    free(spec);
    return status;
}
