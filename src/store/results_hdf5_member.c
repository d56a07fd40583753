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
#define SNAPSHOTS "snapshots"
#define GROUP_SIZE 64 /* "/members/<20 digits>/snapshots/<10>" */
#define PATH_SIZE 192 /* that, and "/layers/<64>/<16>" */

/* In the order in which a layer holds them. */
static const char *const ROLES[] = {"weight", "bias", "scale", "shift", "mean", "variance"};

static void member_group(char group[GROUP_SIZE], uint64_t trial) {
    (void)snprintf(group, GROUP_SIZE, MEMBERS "/%llu", (unsigned long long)trial);
}

static void snapshot_group(char group[GROUP_SIZE], uint64_t trial, uint32_t epoch) {
    (void)snprintf(group, GROUP_SIZE, MEMBERS "/%llu/" SNAPSHOTS "/%u", (unsigned long long)trial, epoch);
}

static void path_in(char path[PATH_SIZE], const char *group, const char *name) {
    (void)snprintf(path, PATH_SIZE, "%s/%s", group, name);
}

static void block_path(char path[PATH_SIZE], const char *group, const char *layer, const char *role) {
    (void)snprintf(path, PATH_SIZE, "%s/layers/%s/%s", group, layer, role);
}

static Status write_block(const Hdf5File *file, const char *group, const struct MemberBlock *block) {
    char path[PATH_SIZE];
    uint64_t dims[ARRAY_MAX_RANK];
    for (size_t i = 0; i < block->shape.rank; i++)
        dims[i] = block->shape.dims[i];
    if (strchr(block->layer, '/') != NULL || strcmp(block->layer, ".") == 0) {
        return hdf5_refuse(file, "a layer cannot be stored under the name '%s'", block->layer);
    }
    block_path(path, group, block->layer, block->role);
    return hdf5_write_array(file, path, HDF5_F32, (int)block->shape.rank, dims, block->values);
}

#define VALIDATION_PROBABILITIES "validation_probabilities"
#define SELECTION_PROBABILITIES "selection_probabilities"

static Status write_probabilities(const Hdf5File *file, const char *group, const MemberBlob *blob) {
    char path[PATH_SIZE];
    uint64_t dims[2] = {blob->examples, blob->classes};
    path_in(path, group, VALIDATION_PROBABILITIES);
    TRY(hdf5_write_array(file, path, HDF5_F32, 2, dims, blob->probabilities));
    if (blob->selection_examples == 0) return STATUS_OK;
    dims[0] = blob->selection_examples;
    path_in(path, group, SELECTION_PROBABILITIES);
    return hdf5_write_array(file, path, HDF5_F32, 2, dims, blob->selection_probabilities);
}

static Status write_network(const Hdf5File *file, const char *group, const MemberBlob *blob) {
    for (uint32_t i = 0; i < blob->block_count; i++)
        TRY(write_block(file, group, &blob->blocks[i]));
    TRY(write_probabilities(file, group, blob));
    TRY(hdf5_put_text(file, group, "network", blob->network));
    return hdf5_put_number(file, group, "epoch", HDF5_U32, &blob->epoch);
}

static Status write_member(const Hdf5File *file, const MemberBlob *blob) {
    char group[GROUP_SIZE];
    member_group(group, blob->trial);
    TRY(write_network(file, group, blob));
    for (uint32_t i = 0; i < blob->snapshot_count; i++) {
        snapshot_group(group, blob->trial, blob->snapshots[i].epoch);
        TRY(write_network(file, group, &blob->snapshots[i]));
    }
    return STATUS_OK;
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
static Status read_layer(const Hdf5File *file, const char *group, const char *layer, MemberBlob *blob,
                         size_t *capacity) {
    if (layer == NULL || layer[0] == '\0' || strlen(layer) >= NETWORK_NAME_SIZE ||
        strchr(layer, '/') != NULL) {
        return hdf5_refuse(file, "the network of trial %llu has a layer without a name that can be",
                           (unsigned long long)blob->trial);
    }
    for (size_t i = 0; i < sizeof(ROLES) / sizeof(ROLES[0]); i++) {
        char path[PATH_SIZE];
        block_path(path, group, layer, ROLES[i]);
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
static Status read_layers(const Hdf5File *file, const char *group, MemberBlob *blob) {
    json_t *network = json_loads(blob->network, 0, NULL);
    const json_t *layers = json_object_get(network, "layers");
    Status status = STATUS_OK;
    size_t capacity = 0;
    if (!json_is_array(layers)) {
        status =
            hdf5_refuse(file, "the network of trial %llu cannot be read", (unsigned long long)blob->trial);
    }
    for (size_t i = 0; status == STATUS_OK && i < json_array_size(layers); i++) {
        const json_t *name = json_object_get(json_array_get(layers, i), "name");
        status = read_layer(file, group, json_string_value(name), blob, &capacity);
    }
    json_decref(network);
    return status;
}

static Status read_probabilities(const Hdf5File *file, const char *group, MemberBlob *blob) {
    char path[PATH_SIZE];
    uint64_t dims[2] = {0}, selection[2] = {0};
    path_in(path, group, VALIDATION_PROBABILITIES);
    TRY(hdf5_read_array(file, path, HDF5_F32, 2, dims, &blob->probabilities));
    if (dims[1] > UINT16_MAX + 1U) return hdf5_refuse(file, "%s has too many classes", path);
    blob->examples = dims[0];
    blob->classes = (uint32_t)dims[1];
    path_in(path, group, SELECTION_PROBABILITIES);
    if (!hdf5_has(file, path)) return STATUS_OK;
    TRY(hdf5_read_array(file, path, HDF5_F32, 2, selection, &blob->selection_probabilities));
    if (selection[0] == 0 || selection[1] != dims[1])
        return hdf5_refuse(file, "%s has %llu examples of %llu classes", path,
                           (unsigned long long)selection[0], (unsigned long long)selection[1]);
    blob->selection_examples = selection[0];
    return STATUS_OK;
}

static Status read_network(const Hdf5File *file, const char *group, MemberBlob *blob) {
    TRY(hdf5_get_text(file, group, "network", &blob->network));
    TRY(hdf5_get_number(file, group, "epoch", HDF5_U32, &blob->epoch));
    TRY(read_layers(file, group, blob));
    return read_probabilities(file, group, blob);
}

/* --- groups whose names are numbers --- */

typedef struct Numbers {
    uint64_t *values; /* owned [count], ascending */
    size_t count;
} Numbers;

/* A group's names, and what they tell. */
typedef struct NumberedGroup {
    const char *path, *what;
    hid_t id;
} NumberedGroup;

static Status read_number(const Hdf5File *file, const NumberedGroup *group, hsize_t i, uint64_t *value) {
    char name[NETWORK_NAME_SIZE];
    char *end = NULL;
    if (H5Lget_name_by_idx(group->id, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof(name), H5P_DEFAULT) <
        0)
        return hdf5_fail(file, "%s cannot be read", group->path);
    *value = strtoull(name, &end, 10);
    if (*end == '\0') return STATUS_OK;
    return hdf5_refuse(file, "%s holds '%s', which is no %s", group->path, name, group->what);
}

static int compare_numbers(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static Status list_numbers(const Hdf5File *file, const NumberedGroup *group, Numbers *numbers) {
    H5G_info_t about;
    if (H5Gget_info(group->id, &about) < 0) return hdf5_fail(file, "%s cannot be read", group->path);
    TRY(memory_new(&numbers->values, about.nlinks, sizeof(uint64_t)));
    for (hsize_t i = 0; i < about.nlinks; i++)
        TRY(read_number(file, group, i, &numbers->values[numbers->count++]));
    qsort(numbers->values, numbers->count, sizeof(uint64_t), compare_numbers);
    return STATUS_OK;
}

/* The names in the group at `path`. Free the values in any case. */
static Status read_numbers(const Hdf5File *file, const char *path, const char *what, Numbers *numbers) {
    NumberedGroup group = {.path = path, .what = what, .id = H5Gopen2(file->id, path, H5P_DEFAULT)};
    *numbers = (Numbers){0};
    if (group.id < 0) return hdf5_refuse(file, "%s is missing", path);
    Status status = list_numbers(file, &group, numbers);
    (void)H5Gclose(group.id);
    return status;
}

/* --- whole members --- */

static Status read_snapshots(const Hdf5File *file, const Numbers *epochs, MemberBlob *blob) {
    if (epochs->count > SNAPSHOTS_MAX)
        return hdf5_refuse(file, "trial %llu has %zu snapshots, more than winnow keeps",
                           (unsigned long long)blob->trial, epochs->count);
    TRY(memory_new(&blob->snapshots, epochs->count, sizeof(*blob->snapshots)));
    for (size_t i = 0; i < epochs->count; i++) {
        char group[GROUP_SIZE];
        MemberBlob *snapshot = &blob->snapshots[blob->snapshot_count++];
        snapshot->trial = blob->trial;
        snapshot_group(group, blob->trial, (uint32_t)epochs->values[i]);
        TRY(read_network(file, group, snapshot));
        if (snapshot->epoch != epochs->values[i] || snapshot->epoch == blob->epoch)
            return hdf5_refuse(file, "%s is of epoch %u", group, snapshot->epoch);
    }
    return STATUS_OK;
}

static Status read_whole(const Hdf5File *file, const char *group, MemberBlob *blob) {
    char path[PATH_SIZE];
    TRY(read_network(file, group, blob));
    path_in(path, group, SNAPSHOTS);
    if (!hdf5_has(file, path)) return STATUS_OK;
    Numbers epochs;
    Status status = read_numbers(file, path, "epoch", &epochs);
    if (status == STATUS_OK) status = read_snapshots(file, &epochs, blob);
    free(epochs.values);
    return status;
}

Status read_member(const Hdf5File *file, uint64_t trial, MemberBlob *blob) {
    char group[GROUP_SIZE];
    *blob = (MemberBlob){.trial = trial};
    member_group(group, trial);
    if (!hdf5_has(file, group)) {
        return hdf5_refuse(file, "the network of trial %llu is not in the file", (unsigned long long)trial);
    }
    Status status = read_whole(file, group, blob);
    if (status != STATUS_OK) member_blob_release(blob);
    return status;
}

/* The file's own network serves; nothing in a folder does. */
static Status hand_over(const Hdf5File *file, uint64_t trial, JournalVisitor visit, void *context) {
    char group[GROUP_SIZE];
    Record record = {.kind = RECORD_MEMBER, .as.member.trial = trial};
    member_group(group, trial);
    TRY(hdf5_get_number(file, group, "epoch", HDF5_U32, &record.as.member.epoch));
    return replay_copy(&record, visit, context);
}

Status read_members(const Hdf5File *file, JournalVisitor visit, void *context) {
    Numbers trials;
    Status status = read_numbers(file, MEMBERS, "trial", &trials);
    for (size_t i = 0; status == STATUS_OK && i < trials.count; i++)
        status = hand_over(file, trials.values[i], visit, context);
    free(trials.values);
    return status;
}
