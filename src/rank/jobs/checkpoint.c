#include "rank/jobs/checkpoint.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/text.h"
#include "engine/blas.h"
#include "store/parts.h"

#define TRAINING_PER_COST 100.0 /* seconds of training that pay for a second of saving */

/* --- going on --- */

static Status checkpoint_sent(const LeaseMessage *lease, CheckpointBlob *blob) {
    const CheckpointRecord *record = &lease->checkpoint;
    if (lease->length != record->length || hash64(lease->blob, lease->length) != record->hash)
        return status_fail(STATUS_ENVIRONMENT, "the checkpoint that came with the lease is damaged");
    TRY(checkpoint_blob_decode(blob, lease->blob, lease->length));
    if (blob->trial == record->trial && blob->epoch == record->epoch) return STATUS_OK;
    checkpoint_blob_release(blob);
    return status_fail(STATUS_ENVIRONMENT,
                       "the checkpoint that came with the lease is of another trial or epoch");
}

static Status checkpoint_find(const JobContext *context, const LeaseMessage *lease, CheckpointBlob *blob) {
    if (lease->blob != NULL) return checkpoint_sent(lease, blob);
    if (context->file[0] != '\0') return parts_read_checkpoint(context->file, &lease->checkpoint, blob);
    return status_fail(STATUS_ENVIRONMENT, "rank 0 could not read the trial's checkpoint");
}

static Status checkpoint_use(const CheckpointBlob *blob, uint64_t trial, uint32_t epochs, Trainer *trainer,
                             TrialRecord *row) {
    if (strcmp(blob->arithmetic, arithmetic_id()) != 0)
        return status_fail(STATUS_ENVIRONMENT, "its checkpoint is of another arithmetic, %.60s",
                           blob->arithmetic);
    if (blob->trial != trial || blob->epoch >= epochs)
        return status_fail(STATUS_ENVIRONMENT, "its checkpoint is of another trial");
    ByteReader reader = bytes_reader(blob->state, blob->state_length);
    TRY(trainer_restore(trainer, &reader));
    TRY(bytes_reader_status(&reader, "its checkpoint"));
    if (trainer_outcome(trainer).epochs != blob->epoch)
        return status_fail(STATUS_ENVIRONMENT, "its checkpoint contradicts itself");
    row->curve_count = blob->curve_count;
    for (uint32_t i = 0; i < blob->curve_count; i++)
        row->curve[i] = blob->curve[i];
    return STATUS_OK;
}

Status checkpoint_restore(const JobContext *context, const LeaseMessage *lease, uint32_t epochs,
                          Trainer *trainer, TrialRecord *row) {
    CheckpointBlob blob = {0};
    TRY(checkpoint_find(context, lease, &blob));
    Status status = checkpoint_use(&blob, lease->trial, epochs, trainer, row);
    checkpoint_blob_release(&blob);
    return status;
}

/* --- saving --- */

Status checkpoint_listen(Checkpoints *c) {
    for (bool got = true; got;) {
        int peer;
        Message message;
        TRY(message_receive(c->out, &peer, &message, &got));
        if (!got) return STATUS_OK;
        c->leave |= message.kind == MESSAGE_SAVE;
        message_release(&message);
    }
    return STATUS_OK;
}

static Status let_it_leave(Checkpoints *c) {
    while (channel_sending(c->out)) {
        struct pollfd wait = {.fd = channel_socket_descriptor(c->out), .events = POLLIN | POLLOUT};
        if (poll(&wait, 1, -1) < 0 && errno != EINTR)
            return status_fail_errno(STATUS_ENVIRONMENT, "poll for the host process");
        TRY(checkpoint_listen(c));
    }
    return STATUS_OK;
}

bool checkpoint_due(const Checkpoints *c, double now) {
    double trained = now - c->last;
    return trained >= c->context->config->limits.checkpoint_seconds && trained > TRAINING_PER_COST * c->cost;
}

static Status encode(const CheckpointBlob *blob, ByteWriter *writer) {
    checkpoint_blob_encode(blob, writer);
    return bytes_writer_status(writer);
}

static Status hand_over(const Checkpoints *c, const CheckpointRecord *record, ByteWriter *bytes) {
    Message message = {.kind = MESSAGE_CHECKPOINT};
    CheckpointMessage *checkpoint = &message.as.checkpoint;
    *checkpoint = (CheckpointMessage){.lease = c->lease->lease, .record = *record};
    if (c->context->file[0] != '\0') {
        TRY(parts_write(c->context->file, record->blob, bytes->data, bytes->length));
        checkpoint->stored = true;
    } else {
        checkpoint->blob = bytes->data;
        checkpoint->length = bytes->length;
    }
    return message_send(c->out, 0, &message);
}

static Status save(const Checkpoints *c, const Trainer *trainer, const TrialRecord *row) {
    ByteWriter state = {0}, bytes = {0};
    TrainOutcome outcome = trainer_outcome(trainer);
    trainer_save(trainer, &state);
    CheckpointBlob blob = {.trial = c->lease->trial,
                           .epoch = outcome.epochs,
                           .curve_count = row->curve_count,
                           .curve = row->curve,
                           .state = state.data,
                           .state_length = state.length};
    text_copy(blob.arithmetic, sizeof(blob.arithmetic), arithmetic_id());
    Status status = bytes_writer_status(&state);
    if (status == STATUS_OK) status = encode(&blob, &bytes);
    bytes_writer_release(&state);
    if (status == STATUS_OK) {
        CheckpointRecord record =
            checkpoint_record_of(&blob, c->lease->lease, outcome.seconds, bytes.data, bytes.length);
        status = hand_over(c, &record, &bytes);
    }
    bytes_writer_release(&bytes);
    return status;
}

void checkpoint_save(Checkpoints *c, const Trainer *trainer, const TrialRecord *row) {
    double begin = clock_monotonic();
    Status status = save(c, trainer, row);
    if (status == STATUS_OK) status = let_it_leave(c);
    if (status == STATUS_OK)
        c->epoch = row->curve_count;
    else
        status_clear();
    c->last = clock_monotonic();
    c->cost = c->last - begin;
}
