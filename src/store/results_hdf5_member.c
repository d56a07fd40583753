#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "store/parts.h"
#include "store/replay.h"
#include "store/results_hdf5_pieces.h"

#define MEMBERS "/members"
#define PATH_SIZE 192 /* "/members/<20 digits>/layers/<64>/<16>" */

/* In the order in which a layer holds them. */
static const char *const ROLES[] = {"weight", "bias", "scale", "shift", "mean", "variance"};

static void member_path(char path[PATH_SIZE], uint64_t trial) {
    (void)snprintf(path, PATH_SIZE, MEMBERS "/%llu", (unsigned long long)trial);
}

static void block_path(char path[PATH_SIZE], uint64_t trial, const char *layer, const char *role) {
    (void)snprintf(path, PATH_SIZE, MEMBERS "/%llu/layers/%s/%s", (unsigned long long)trial, layer, role);
}

static Status write_block(const Hdf5File *file, uint64_t trial, const struct MemberBlock *block) {
    char path[PATH_SIZE];
    uint64_t dims[ARRAY_MAX_RANK];
    for (size_t i = 0; i < block->shape.rank; i++)
        dims[i] = block->shape.dims[i];
    if (strchr(block->layer, '/') != NULL || strcmp(block->layer, ".") == 0) {
        return hdf5_refuse(file, "a layer cannot be stored under the name '%s'", block->layer);
    }
    block_path(path, trial, block->layer, block->role);
    return hdf5_write_array(file, path, HDF5_F32, (int)block->shape.rank, dims, block->values);
}

/* `part` is "validation" or "selection". */
static void probabilities_path(char path[PATH_SIZE], uint64_t trial, const char *part) {
    (void)snprintf(path, PATH_SIZE, MEMBERS "/%llu/%s_probabilities", (unsigned long long)trial, part);
}

static Status write_probabilities(const Hdf5File *file, const MemberBlob *blob) {
    char path[PATH_SIZE];
    uint64_t dims[2] = {blob->examples, blob->classes};
    probabilities_path(path, blob->trial, "validation");
    TRY(hdf5_write_array(file, path, HDF5_F32, 2, dims, blob->probabilities));
    if (blob->selection_examples == 0) return STATUS_OK;
    dims[0] = blob->selection_examples;
    probabilities_path(path, blob->trial, "selection");
    return hdf5_write_array(file, path, HDF5_F32, 2, dims, blob->selection_probabilities);
}

static Status write_member(const Hdf5File *file, const MemberBlob *blob) {
    char path[PATH_SIZE];
    for (uint32_t i = 0; i < blob->block_count; i++)
        TRY(write_block(file, blob->trial, &blob->blocks[i]));
    TRY(write_probabilities(file, blob));
    member_path(path, blob->trial);
    TRY(hdf5_put_text(file, path, "network", blob->network));
    return hdf5_put_number(file, path, "epoch", HDF5_U32, &blob->epoch);
}

/* From the folder of parts; without it there, from the file that is being replaced. */
static Status fetch(const ResultsSource *source, const MemberRecord *record, MemberBlob *blob) {
    Status status = STATUS_ENVIRONMENT;
    if (record->blob[0] != '\0') {
        status = parts_read_member(source->path, record, blob);
        if (status == STATUS_OK || source->previous == NULL) return status;
    } else if (source->previous == NULL) {
        return status_fail(status, "the network of trial %llu is neither in %s.parts nor in %s",
                           (unsigned long long)record->trial, source->path, source->path);
    }
    status = read_member(source->previous, record->trial, blob);
    if (status != STATUS_OK || blob->epoch == record->epoch) return status;
    member_blob_release(blob);
    return status_fail(STATUS_ENVIRONMENT,
                       "%s holds the network of trial %llu at another epoch than the record", source->path,
                       (unsigned long long)record->trial);
}

static Status write_kept(const Hdf5File *file, const ResultsSource *source, const uint64_t *ids,
                         size_t count) {
    for (size_t i = 0; i < count; i++) {
        const LedgerTrial *trial = &source->ledger->trials[ids[i]];
        if (!trial->kept) continue;
        MemberBlob blob = {0};
        TRY(fetch(source, trial->member, &blob));
        Status status = write_member(file, &blob);
        member_blob_release(&blob);
        TRY(status);
    }
    return STATUS_OK;
}

Status write_members(const Hdf5File *file, const ResultsSource *source) {
    uint64_t *ids = NULL;
    size_t count = 0;
    TRY(hdf5_make_group(file, MEMBERS));
    TRY(ledger_best(source->ledger, source->config->metric, source->config->ensemble.pool, &ids, &count));
    Status status = write_kept(file, source, ids, count);
    free(ids);
    return status;
}

/* A weight has 2 dimensions or 4, all else has one. */
static Status read_block(const Hdf5File *file, const char *path, struct MemberBlock *block) {
    uint64_t dims[ARRAY_MAX_RANK];
    int rank = 1;
    if (strcmp(block->role, "weight") == 0) TRY(hdf5_array_rank(file, path, &rank));
    if (rank < 1 || rank > ARRAY_MAX_RANK) return hdf5_refuse(file, "%s has %d dimensions", path, rank);
    TRY(hdf5_read_array(file, path, HDF5_F32, rank, dims, &block->values));
    block->shape.rank = (size_t)rank;
    for (int i = 0; i < rank; i++)
        block->shape.dims[i] = dims[i];
    return STATUS_OK;
}

/* The blocks of one layer. */
static Status read_layer(const Hdf5File *file, const char *layer, MemberBlob *blob, size_t *capacity) {
    if (layer == NULL || layer[0] == '\0' || strlen(layer) >= NETWORK_NAME_SIZE ||
        strchr(layer, '/') != NULL) {
        return hdf5_refuse(file, "the network of trial %llu has a layer without a name that can be",
                           (unsigned long long)blob->trial);
    }
    for (size_t i = 0; i < sizeof(ROLES) / sizeof(ROLES[0]); i++) {
        char path[PATH_SIZE];
        block_path(path, blob->trial, layer, ROLES[i]);
        if (!hdf5_has(file, path)) continue;
        TRY(memory_grow(&blob->blocks, capacity, blob->block_count + 1, sizeof(*blob->blocks)));
        struct MemberBlock *block = &blob->blocks[blob->block_count];
        text_copy(block->layer, sizeof(block->layer), layer);
        text_copy(block->role, sizeof(block->role), ROLES[i]);
        TRY(read_block(file, path, block));
        blob->block_count++;
    }
    return STATUS_OK;
}

/* The JSON tells the order of the layers. */
static Status read_layers(const Hdf5File *file, MemberBlob *blob) {
    json_t *network = json_loads(blob->network, 0, NULL);
    const json_t *layers = json_object_get(network, "layers");
    Status status = STATUS_OK;
    size_t capacity = 0;
    if (!json_is_array(layers)) {
        status =
            hdf5_refuse(file, "the network of trial %llu cannot be read", (unsigned long long)blob->trial);
    }
    for (size_t i = 0; status == STATUS_OK && i < json_array_size(layers); i++) {
        status = read_layer(file, json_string_value(json_object_get(json_array_get(layers, i), "name")), blob,
                            &capacity);
    }
    json_decref(network);
    return status;
}

static Status read_probabilities(const Hdf5File *file, MemberBlob *blob) {
    char path[PATH_SIZE];
    uint64_t dims[2] = {0}, selection[2] = {0};
    probabilities_path(path, blob->trial, "validation");
    TRY(hdf5_read_array(file, path, HDF5_F32, 2, dims, &blob->probabilities));
    if (dims[1] > UINT16_MAX + 1U) return hdf5_refuse(file, "%s has too many classes", path);
    blob->examples = dims[0];
    blob->classes = (uint32_t)dims[1];
    probabilities_path(path, blob->trial, "selection");
    if (!hdf5_has(file, path)) return STATUS_OK;
    TRY(hdf5_read_array(file, path, HDF5_F32, 2, selection, &blob->selection_probabilities));
    if (selection[0] == 0 || selection[1] != dims[1])
        return hdf5_refuse(file, "%s has %llu examples of %llu classes", path,
                           (unsigned long long)selection[0], (unsigned long long)selection[1]);
    blob->selection_examples = selection[0];
    return STATUS_OK;
}

static Status read_whole(const Hdf5File *file, const char *path, MemberBlob *blob) {
    TRY(hdf5_get_text(file, path, "network", &blob->network));
    TRY(hdf5_get_number(file, path, "epoch", HDF5_U32, &blob->epoch));
    TRY(read_layers(file, blob));
    return read_probabilities(file, blob);
}

Status read_member(const Hdf5File *file, uint64_t trial, MemberBlob *blob) {
    char path[PATH_SIZE];
    *blob = (MemberBlob){.trial = trial};
    member_path(path, trial);
    if (!hdf5_has(file, path)) {
        return hdf5_refuse(file, "the network of trial %llu is not in the file", (unsigned long long)trial);
    }
    Status status = read_whole(file, path, blob);
    if (status != STATUS_OK) member_blob_release(blob);
    return status;
}

/* The file's own network serves; nothing in a folder does. */
static Status hand_over_name(const Hdf5File *file, const char *name, JournalVisitor visit, void *context) {
    char path[PATH_SIZE];
    char *end = NULL;
    Record record = {.kind = RECORD_MEMBER};
    record.as.member.trial = strtoull(name, &end, 10);
    if (*end != '\0') return hdf5_refuse(file, MEMBERS " holds '%s', which is no trial", name);
    member_path(path, record.as.member.trial);
    TRY(hdf5_get_number(file, path, "epoch", HDF5_U32, &record.as.member.epoch));
    return replay_copy(&record, visit, context);
}

static Status hand_over_names(const Hdf5File *file, hid_t group, JournalVisitor visit, void *context) {
    H5G_info_t about;
    if (H5Gget_info(group, &about) < 0) return hdf5_fail(file, MEMBERS " cannot be read");
    for (hsize_t i = 0; i < about.nlinks; i++) {
        char name[NETWORK_NAME_SIZE];
        if (H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof(name), H5P_DEFAULT) <
            0) {
            return hdf5_fail(file, MEMBERS " cannot be read");
        }
        TRY(hand_over_name(file, name, visit, context));
    }
    return STATUS_OK;
}

Status read_members(const Hdf5File *file, JournalVisitor visit, void *context) {
    hid_t group = H5Gopen2(file->id, MEMBERS, H5P_DEFAULT);
    if (group < 0) return hdf5_refuse(file, MEMBERS " is missing");
    Status status = hand_over_names(file, group, visit, context);
    (void)H5Gclose(group);
    return status;
}
