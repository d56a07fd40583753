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

/* One network of a trainer. */
static Status fill(MemberBlob *blob, const NetworkSpec *spec, const Network *network, const float *parameters,
                   const float *probabilities) {
    TRY(network_spec_json(spec, &blob->network));
    TRY(copy_blocks(network, parameters, blob));
    size_t values = (size_t)blob->examples * blob->classes;
    TRY(memory_new(&blob->probabilities, values, sizeof(float)));
    memcpy(blob->probabilities, probabilities, values * sizeof(float));
    return STATUS_OK;
}

/* Where the best epoch has a snapshot, that network is in the blob already. */
static Status fill_snapshots(MemberBlob *blob, const NetworkSpec *spec, const Trainer *trainer) {
    size_t count = trainer_snapshot_count(trainer);
    if (count == 0) return STATUS_OK;
    TRY(memory_new(&blob->snapshots, count, sizeof(*blob->snapshots)));
    for (size_t i = 0; i < count; i++) {
        Snapshot snapshot = trainer_snapshot(trainer, i);
        if (snapshot.epoch == blob->epoch) continue;
        MemberBlob *copy = &blob->snapshots[blob->snapshot_count++];
        *copy = (MemberBlob){.trial = blob->trial,
                             .epoch = snapshot.epoch,
                             .examples = blob->examples,
                             .classes = blob->classes};
        TRY(fill(copy, spec, trainer_network(trainer), snapshot.parameters, snapshot.probabilities));
    }
    return STATUS_OK;
}

Status trial_network_send(const LeaseMessage *lease, const NetworkSpec *spec, const Trainer *trainer,
                          const Examples *validation, Channel *out) {
    MemberBlob blob = {.trial = lease->trial,
                       .epoch = trainer_outcome(trainer).best_epoch,
                       .examples = validation->count,
                       .classes = (uint32_t)validation->classes};
    ByteWriter writer = {0};
    Status status = fill(&blob, spec, trainer_network(trainer), trainer_best_parameters(trainer),
                         trainer_best_probabilities(trainer));
    if (status == STATUS_OK) status = fill_snapshots(&blob, spec, trainer);
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
