#include "rank/member_network.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
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
        if (status != STATUS_OK) {
            free(*parameters);
            *parameters = NULL;
        }
    }
    network_destroy(&network);
    return status;
}

/* Which ones there are instead. */
static Status no_network(const MemberBlob *blob, uint32_t epoch) {
    Text epochs = {0};
    for (uint32_t i = 0; i < blob->snapshot_count; i++)
        text_add(&epochs, "%s %u", i > 0 ? "," : " and its snapshots of", blob->snapshots[i].epoch);
    Status status =
        status_fail(STATUS_ENVIRONMENT,
                    "the network of trial %llu at epoch %u is not stored; that of its best epoch, %u,%s %s",
                    (unsigned long long)blob->trial, epoch, blob->epoch, text_of(&epochs),
                    blob->snapshot_count > 0 ? "are" : "is");
    text_release(&epochs);
    return status;
}

Status member_network(MemberNetwork *network, const char *file, const Ledger *ledger, const Config *config,
                      uint64_t trial, uint32_t epoch) {
    *network = (MemberNetwork){0};
    if (trial >= ledger->trial_count || !ledger->trials[trial].kept)
        return status_fail(STATUS_ENVIRONMENT,
                           "the network of trial %llu is not stored; winnow top %s marks those that are",
                           (unsigned long long)trial, file);
    const LedgerTrial *entry = &ledger->trials[trial];
    TRY(memory_new(&network->spec, 1, sizeof(*network->spec)));
    Draw draw = draw_unpack(entry->draw);
    TRY(config_network(config, &draw, ledger->data.shape, ledger->data.classes, network->spec));
    MemberBlob blob = {0};
    Status status = member_load(file, entry->member, &blob);
    const MemberBlob *wanted = member_blob_at(&blob, epoch);
    if (status == STATUS_OK)
        status = wanted != NULL ? member_parameters(wanted, network->spec, &network->parameters)
                                : no_network(&blob, epoch);
    member_blob_release(&blob);
    return status;
}

void member_network_release(MemberNetwork *network) {
    free(network->spec);
    free(network->parameters);
    *network = (MemberNetwork){0};
}
