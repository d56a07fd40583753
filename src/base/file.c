#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/size.h"

#define FIRST_ROOM 4096 /* bytes, for files that do not tell their size */

static Status read_open(int descriptor, const char *path, size_t limit, char **data, size_t *length) {
    size_t capacity = 0;
    struct stat about;
    if (fstat(descriptor, &about) != 0) return status_fail_errno(STATUS_ENVIRONMENT, "cannot read %s", path);
    size_t expected = S_ISREG(about.st_mode) && about.st_size > 0 ? (size_t)about.st_size : 0;
    for (;;) {
        if (expected > limit || *length > limit) {
            return status_fail(STATUS_INPUT, "%s is longer than the %zu bytes that are allowed here", path,
                               limit);
        }
        /* Room for one byte more than expected, which shows the end without growing, and for the zero. */
        size_t needed = 0;
        if (!size_add(*length < expected ? expected : *length, 2, &needed)) {
            return status_fail(STATUS_ENVIRONMENT, "%s does not fit into memory", path);
        }
        if (needed < FIRST_ROOM) needed = FIRST_ROOM;
        Status status = memory_grow(data, &capacity, needed, 1);
        if (status != STATUS_OK) return status_within(status, "cannot read %s", path);
        ssize_t got = read(descriptor, *data + *length, capacity - *length - 1);
        if (got == 0) break;
        if (got > 0) {
            *length += (size_t)got;
        } else if (errno != EINTR) {
            return status_fail_errno(STATUS_ENVIRONMENT, "cannot read %s", path);
        }
    }
    (*data)[*length] = '\0';
    return STATUS_OK;
}

Status file_read(const char *path, size_t limit, char **data, size_t *length) {
    *data = NULL;
    *length = 0;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return status_fail_errno(STATUS_ENVIRONMENT, "cannot open %s", path);
    Status status = read_open(descriptor, path, limit, data, length);
    close(descriptor);
    if (status != STATUS_OK) {
        free(*data);
        *data = NULL;
        *length = 0;
    }
    return status;
}

Status file_write_all(int descriptor, const void *data, size_t length, const char *path) {
    const char *at = data;
    while (length > 0) {
        ssize_t written = write(descriptor, at, length);
        if (written > 0) {
            at += written;
            length -= (size_t)written;
        } else if (written == 0 || errno != EINTR) {
            return status_fail_errno(STATUS_ENVIRONMENT, "cannot write %s", path);
        }
    }
    return STATUS_OK;
}

static Status sync_descriptor(int descriptor, const char *path) {
    while (fsync(descriptor) != 0) {
        if (errno != EINTR) return status_fail_errno(STATUS_ENVIRONMENT, "cannot sync %s to disk", path);
    }
    return STATUS_OK;
}

Status file_folder_of(char **out, const char *path) {
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    while (length > 0 && path[length - 1] != '/')
        length--;
    if (length == 0) return memory_text(out, ".");
    while (length > 1 && path[length - 1] == '/')
        length--;
    TRY(memory_new(out, length + 1, 1));
    memcpy(*out, path, length);
    return STATUS_OK;
}

static Status sync_folder(const char *folder) {
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return status_fail_errno(STATUS_ENVIRONMENT, "cannot open the folder %s", folder);
    int failure = fsync(descriptor) == 0 ? 0 : errno;
    close(descriptor);
    /* Some network file systems cannot sync a folder and say so; their rename is then as safe as it gets. */
    if (failure == 0 || failure == EINVAL || failure == ENOTSUP) return STATUS_OK;
    errno = failure;
    return status_fail_errno(STATUS_ENVIRONMENT, "cannot sync the folder %s to disk", folder);
}

Status file_sync_folder_of(const char *path) {
    char *folder = NULL;
    TRY(file_folder_of(&folder, path));
    Status status = sync_folder(folder);
    free(folder);
    return status;
}

static Status rename_synced(const char *temporary, const char *path) {
    if (rename(temporary, path) != 0) {
        Status status = status_fail_errno(STATUS_ENVIRONMENT, "cannot rename %s to %s", temporary, path);
        (void)unlink(temporary);
        return status;
    }
    return file_sync_folder_of(path);
}

Status file_publish(const char *temporary, const char *path) {
    int descriptor = open(temporary, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return status_fail_errno(STATUS_ENVIRONMENT, "cannot open %s", temporary);
    Status status = sync_descriptor(descriptor, temporary);
    close(descriptor);
    if (status != STATUS_OK) {
        (void)unlink(temporary);
        return status;
    }
    return rename_synced(temporary, path);
}

static Status write_synced(const char *path, const void *data, size_t length) {
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) return status_fail_errno(STATUS_ENVIRONMENT, "cannot create %s", path);
    Status status = file_write_all(descriptor, data, length, path);
    if (status == STATUS_OK) status = sync_descriptor(descriptor, path);
    /* A network file system may report a failed write here and nowhere else. */
    if (close(descriptor) != 0 && status == STATUS_OK) {
        status = status_fail_errno(STATUS_ENVIRONMENT, "cannot write %s", path);
    }
    if (status != STATUS_OK) (void)unlink(path);
    return status;
}

Status file_write_whole(const char *path, const void *data, size_t length) {
    char *temporary = NULL;
    if (asprintf(&temporary, "%s.tmp", path) < 0) {
        return status_fail(STATUS_ENVIRONMENT, "out of memory while writing %s", path);
    }
    Status status = write_synced(temporary, data, length);
    if (status == STATUS_OK) status = rename_synced(temporary, path);
    free(temporary);
    return status;
}

bool file_exists(const char *path) {
    struct stat about;
    return stat(path, &about) == 0;
}

Status file_make_folder(const char *path) {
    if (mkdir(path, 0777) == 0) return STATUS_OK;
    int failure = errno;
    struct stat about;
    /* What is there already is fine, whatever mkdir says of it (a read-only parent, an automounter). */
    if (stat(path, &about) == 0) {
        if (S_ISDIR(about.st_mode)) return STATUS_OK;
        failure = ENOTDIR;
    }
    errno = failure;
    return status_fail_errno(STATUS_ENVIRONMENT, "cannot make the folder %s", path);
}

Status file_make_folders(const char *path) {
    char *part = NULL;
    TRY(memory_text(&part, path));
    Status status = STATUS_OK;
    for (char *at = part; *at != '\0' && status == STATUS_OK; at++) {
        if (*at != '/' || at == part) continue;
        *at = '\0';
        status = file_make_folder(part);
        *at = '/';
    }
    if (status == STATUS_OK) status = file_make_folder(part);
    free(part);
    return status;
}
