#include "rank/member_network.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/network.h"
#include "store/parts.h"
#include "store/results.h"

Status member_load(const char *file, const MemberRecord *record, MemberBlob *blob) {
    if (record->blob[0] != '\0' && parts_read_member(file, record, blob) == STATUS_OK) return STATUS_OK;
    return results_read_member(file, record->trial, blob);
}

static Status copy_blocks(const MemberBlob *blob, Network *network, float *parameters) {
    if (blob->block_count != network_block_count(network))
        return status_fail(STATUS_ENVIRONMENT,
                           "the stored network of trial %llu has %u arrays, its layers need %zu",
                           (unsigned long long)blob->trial, blob->block_count, network_block_count(network));
    for (size_t i = 0; i < blob->block_count; i++) {
        ParameterBlock block = network_block(network, i);
        const struct MemberBlock *stored = &blob->blocks[i];
        if (strcmp(block.layer, stored->layer) != 0 || strcmp(block.role, stored->role) != 0 ||
            !array_same(block.shape, stored->shape))
            return status_fail(STATUS_ENVIRONMENT,
                               "array %s/%s of the stored network of trial %llu does not fit layer %s",
                               stored->layer, stored->role, (unsigned long long)blob->trial, block.layer);
        memcpy(parameters + block.offset, stored->values, block.count * sizeof(float));
    }
    return STATUS_OK;
}

Status member_parameters(const MemberBlob *blob, const NetworkSpec *spec, float **parameters) {
    Network *network;
    TRY(network_create(&network, spec, 1));
    Status status = memory_new(parameters, network_parameter_count(network), sizeof(float));
    if (status == STATUS_OK) {
        status = copy_blocks(blob, network, *parameters);
        if (status != STATUS_OK) free(*parameters);
    }
    network_destroy(&network);
    return status;
}
