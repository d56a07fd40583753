#include "store/parts.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "store/paths.h"

#define MEMBER_PREFIX "member-"

/* "<file>.parts/<name>", owned. */
static Status part_path(char **out, const char *file, const char *name) {
    *out = NULL;
    /* The name comes out of a journal: it must stay within the folder. */
    if (strncmp(name, MEMBER_PREFIX, strlen(MEMBER_PREFIX)) != 0 || strchr(name, '/') != NULL) {
        return status_fail(STATUS_ENVIRONMENT, "'%s' is not the name of a kept network of %s", name, file);
    }
    char ending[BLOB_NAME_SIZE + sizeof(".parts/")];
    (void)snprintf(ending, sizeof(ending), ".parts/%s", name);
    return campaign_path(out, file, ending);
}

static Status make_folder(const char *file) {
    char *folder = NULL;
    TRY(campaign_path(&folder, file, ".parts"));
    Status status = STATUS_OK;
    if (!file_exists(folder)) {
        status = file_make_folder(folder);
        if (status == STATUS_OK) status = file_sync_folder_of(folder);
    }
    free(folder);
    return status;
}

Status parts_write_member(const char *file, const MemberRecord *record, const void *blob) {
    TRY(make_folder(file));
    char *path = NULL;
    TRY(part_path(&path, file, record->blob));
    Status status = file_write_whole(path, blob, record->length);
    free(path);
    return status;
}

static Status decode(const char *path, const MemberRecord *record, const char *data, size_t length,
                     MemberBlob *blob) {
    if (length != record->length || hash64(data, length) != record->hash) {
        return status_fail(STATUS_ENVIRONMENT, "%s has changed since winnow wrote it", path);
    }
    Status status = member_blob_decode(blob, data, length);
    if (status != STATUS_OK) return status_within(STATUS_ENVIRONMENT, "%s", path);
    if (blob->trial == record->trial && blob->epoch == record->epoch) return STATUS_OK;
    member_blob_release(blob);
    return status_fail(STATUS_ENVIRONMENT, "%s holds the network of another trial or epoch", path);
}

Status parts_read_member(const char *file, const MemberRecord *record, MemberBlob *blob) {
    char *path = NULL;
    TRY(part_path(&path, file, record->blob));
    char *data = NULL;
    size_t length = 0;
    size_t limit = record->length < SIZE_MAX ? (size_t)record->length : SIZE_MAX;
    Status status = file_read(path, limit, &data, &length);
    if (status == STATUS_INPUT) {
        status = status_fail(STATUS_ENVIRONMENT, "%s has changed since winnow wrote it", path);
    }
    if (status == STATUS_OK) status = decode(path, record, data, length, blob);
    free(data);
    free(path);
    return status;
}

void parts_remove_member(const char *file, const MemberRecord *record) {
    char *path = NULL;
    if (part_path(&path, file, record->blob) == STATUS_OK && path != NULL) (void)unlink(path);
    free(path);
}

void parts_remove_all(const char *file) {
    char *folder = NULL;
    if (campaign_path(&folder, file, ".parts") != STATUS_OK) return;
    DIR *listing = opendir(folder);
    if (listing != NULL) {
        const struct dirent *entry;
        while ((entry = readdir(listing)) != NULL) {
            if (strncmp(entry->d_name, MEMBER_PREFIX, strlen(MEMBER_PREFIX)) == 0) {
                (void)unlinkat(dirfd(listing), entry->d_name, 0);
            }
        }
        (void)closedir(listing);
        (void)rmdir(folder);
    }
    free(folder);
}
