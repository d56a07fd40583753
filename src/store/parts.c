#include "store/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "store/parts_folder.h"
#include "store/paths.h"

bool parts_is_blob(const char *name) {
    return strncmp(name, MEMBER_PREFIX, strlen(MEMBER_PREFIX)) == 0 ||
           strncmp(name, CHECKPOINT_PREFIX, strlen(CHECKPOINT_PREFIX)) == 0;
}

Status parts_path(char **out, const char *file, const char *name) {
    char ending[BLOB_NAME_SIZE + sizeof(PARTS_ENDING "/")];
    (void)snprintf(ending, sizeof(ending), PARTS_ENDING "/%s", name);
    return campaign_path(out, file, ending);
}

/* The name comes out of a journal or from another rank: it must stay within the folder. */
static Status blob_path(char **out, const char *file, const char *name) {
    *out = NULL;
    if (!parts_is_blob(name) || strchr(name, '/') != NULL || strlen(name) >= BLOB_NAME_SIZE) {
        return status_fail(STATUS_ENVIRONMENT, "'%s' is not the name of a network or checkpoint of %s", name,
                           file);
    }
    return parts_path(out, file, name);
}

Status parts_make_folder(const char *file) {
    char *folder = NULL;
    TRY(campaign_path(&folder, file, PARTS_ENDING));
    Status status = STATUS_OK;
    if (!file_exists(folder)) {
        status = file_make_folder(folder);
        if (status == STATUS_OK) status = file_sync_folder_of(folder);
    }
    free(folder);
    return status;
}

Status parts_write(const char *file, const char *name, const void *blob, size_t length) {
    char *path = NULL;
    TRY(blob_path(&path, file, name));
    Status status = parts_make_folder(file);
    if (status == STATUS_OK) status = file_write_whole(path, blob, length);
    free(path);
    return status;
}

Status parts_read(const char *file, const char *name, uint64_t length, uint64_t hash, uint8_t **blob) {
    *blob = NULL;
    char *path = NULL;
    TRY(blob_path(&path, file, name));
    char *data = NULL;
    size_t got = 0;
    Status status = file_read(path, length < SIZE_MAX ? (size_t)length : SIZE_MAX, &data, &got);
    if (status == STATUS_INPUT || (status == STATUS_OK && (got != length || hash64(data, got) != hash)))
        status = status_fail(STATUS_ENVIRONMENT, "%s has changed since winnow wrote it", path);
    if (status == STATUS_OK)
        *blob = (uint8_t *)data;
    else
        free(data);
    free(path);
    return status;
}

/* What is sound to the bit and still cannot be used was written by another version, or for another trial. */
static Status refuse(const char *file, const char *name, Status status) {
    if (status != STATUS_OK) return status_within(STATUS_ENVIRONMENT, "%s" PARTS_ENDING "/%s", file, name);
    return status_fail(STATUS_ENVIRONMENT, "%s" PARTS_ENDING "/%s is of another trial or epoch", file, name);
}

Status parts_read_member(const char *file, const MemberRecord *record, MemberBlob *blob) {
    uint8_t *data = NULL;
    *blob = (MemberBlob){0};
    TRY(parts_read(file, record->blob, record->length, record->hash, &data));
    Status status = member_blob_decode(blob, data, (size_t)record->length);
    free(data);
    if (status == STATUS_OK && blob->trial == record->trial && blob->epoch == record->epoch) return STATUS_OK;
    status = refuse(file, record->blob, status);
    member_blob_release(blob);
    return status;
}

Status parts_read_checkpoint(const char *file, const CheckpointRecord *record, CheckpointBlob *blob) {
    uint8_t *data = NULL;
    *blob = (CheckpointBlob){0};
    TRY(parts_read(file, record->blob, record->length, record->hash, &data));
    Status status = checkpoint_blob_decode(blob, data, (size_t)record->length);
    free(data);
    if (status == STATUS_OK && blob->trial == record->trial && blob->epoch == record->epoch) return STATUS_OK;
    status = refuse(file, record->blob, status);
    checkpoint_blob_release(blob);
    return status;
}

void parts_remove(const char *file, const char *name) {
    char *path = NULL;
    if (blob_path(&path, file, name) == STATUS_OK && path != NULL)
        (void)unlink(path);
    else
        status_clear();
    free(path);
}
