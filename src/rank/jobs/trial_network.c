#include "rank/jobs/trial_network.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static Status copy_blocks(const Network *network, const float *parameters, MemberBlob *blob) {
    size_t count = network_block_count(network);
    TRY(memory_new(&blob->blocks, count, sizeof(*blob->blocks)));
    blob->block_count = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        ParameterBlock block = network_block(network, i);
        struct MemberBlock *copy = &blob->blocks[i];
        text_copy(copy->layer, sizeof(copy->layer), block.layer);
        text_copy(copy->role, sizeof(copy->role), block.role);
        copy->shape = block.shape;
        TRY(memory_new(&copy->values, block.count, sizeof(float)));
        memcpy(copy->values, parameters + block.offset, block.count * sizeof(float));
    }
    return STATUS_OK;
}

/* Training has come to its end: only now is the selection part looked at, and what it says stays with the
 * network. */
static Status judge_selection(MemberBlob *blob, const NetworkSpec *spec, const float *parameters,
                              const Examples *selection) {
    double loss, accuracy;
    if (selection->count == 0) return STATUS_OK;
    TRY(memory_new(&blob->selection_probabilities, selection->count * selection->classes, sizeof(float)));
    blob->selection_examples = selection->count;
    return trainer_judge(spec, parameters, selection, &loss, &accuracy, blob->selection_probabilities);
}

/* What all networks of a trial share. */
typedef struct Source {
    const NetworkSpec *spec;
    const Trainer *trainer;
    const Examples *selection;
} Source;

/* One network of the trainer. */
static Status fill(MemberBlob *blob, const Source *source, const float *parameters,
                   const float *probabilities) {
    TRY(network_spec_json(source->spec, &blob->network));
    TRY(copy_blocks(trainer_network(source->trainer), parameters, blob));
    size_t values = (size_t)blob->examples * blob->classes;
    TRY(memory_new(&blob->probabilities, values, sizeof(float)));
    memcpy(blob->probabilities, probabilities, values * sizeof(float));
    return judge_selection(blob, source->spec, parameters, source->selection);
}

/* Where the best epoch has a snapshot, that network is in the blob already. */
static Status fill_snapshots(MemberBlob *blob, const Source *source) {
    size_t count = trainer_snapshot_count(source->trainer);
    if (count == 0) return STATUS_OK;
    TRY(memory_new(&blob->snapshots, count, sizeof(*blob->snapshots)));
    for (size_t i = 0; i < count; i++) {
        Snapshot snapshot = trainer_snapshot(source->trainer, i);
        if (snapshot.epoch == blob->epoch) continue;
        MemberBlob *copy = &blob->snapshots[blob->snapshot_count++];
        *copy = (MemberBlob){.trial = blob->trial,
                             .epoch = snapshot.epoch,
                             .examples = blob->examples,
                             .classes = blob->classes};
        TRY(fill(copy, source, snapshot.parameters, snapshot.probabilities));
    }
    return STATUS_OK;
}

Status trial_network_send(const LeaseMessage *lease, const NetworkSpec *spec, const Trainer *trainer,
                          const Dataset *dataset, Channel *out) {
    Examples validation = dataset_part(dataset, PART_VALIDATION);
    MemberBlob blob = {.trial = lease->trial,
                       .epoch = trainer_outcome(trainer).best_epoch,
                       .examples = validation.count,
                       .classes = (uint32_t)validation.classes};
    ByteWriter writer = {0};
    Examples selection = dataset_part(dataset, PART_SELECTION);
    Source source = {.spec = spec, .trainer = trainer, .selection = &selection};
    Status status =
        fill(&blob, &source, trainer_best_parameters(trainer), trainer_best_probabilities(trainer));
    if (status == STATUS_OK) status = fill_snapshots(&blob, &source);
    if (status == STATUS_OK) {
        member_blob_encode(&blob, &writer);
        status = bytes_writer_status(&writer);
    }
    member_blob_release(&blob);
    if (status == STATUS_OK) {
        Message message = {.kind = MESSAGE_NETWORK};
        message.as.network = (NetworkMessage){
            .lease = lease->lease, .trial = lease->trial, .blob = writer.data, .length = writer.length};
        status = message_send(out, 0, &message);
    }
    bytes_writer_release(&writer);
    return status;
}
