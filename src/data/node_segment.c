#include "data/node_segment.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

#define SHARED_MEMORY_FOLDER "/dev/shm" /* where shm_open keeps its names on Linux */
#define LEFT_SECONDS 10                 /* a maker takes its lock much sooner */
#define ATTEMPTS 1000                   /* names left behind by dead processes of the same number */

static Status map(NodeSegment *segment, int descriptor, size_t length) {
    void *data = mmap(NULL, length, PROT_READ, MAP_SHARED, descriptor, 0);
    if (data == MAP_FAILED)
        return status_fail_errno(STATUS_ENVIRONMENT, "%s: cannot be mapped", segment->name);
    segment->data = data;
    segment->length = length;
    return STATUS_OK;
}

/* Reserve the room before writing: a write or a mapping beyond what the place holds could kill the process.
 */
static Status fill(NodeSegment *segment, int descriptor, const void *data, size_t length) {
    int error;
    do {
        error = posix_fallocate(descriptor, 0, (off_t)length);
    } while (error == EINTR);
    if (error != 0) {
        errno = error;
        return status_fail_errno(STATUS_ENVIRONMENT, "%s: no room for %zu bytes", segment->name, length);
    }
    TRY(file_write_all(descriptor, data, length, segment->name));
    return map(segment, descriptor, length);
}

static Status fill_and_close(NodeSegment *segment, int descriptor, const void *data, size_t length) {
    segment->held = 1 + descriptor;
    while (flock(descriptor, LOCK_SH) != 0 && errno == EINTR) {
    }
    Status status = fill(segment, descriptor, data, length);
    if (status != STATUS_OK) {
        node_segment_unlink(segment);
        *segment = (NodeSegment){0};
    }
    return status;
}

/* Is it one of ours whose maker is dead? */
static bool is_left(int folder, const char *name) {
    long process;
    int attempt, end = 0;
    if (sscanf(name, "winnow-%ld-%d%n", &process, &attempt, &end) != 2 || name[end] != '\0') return false;
    int descriptor = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat about;
    bool left = descriptor >= 0 && fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode) &&
                about.st_uid == geteuid() && about.st_mtime + LEFT_SECONDS < time(NULL) &&
                flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    if (descriptor >= 0) close(descriptor);
    return left;
}

static void remove_left(void) {
    DIR *listing = opendir(SHARED_MEMORY_FOLDER);
    if (listing == NULL) return;
    const struct dirent *entry;
    while ((entry = readdir(listing)) != NULL) {
        if (is_left(dirfd(listing), entry->d_name)) unlinkat(dirfd(listing), entry->d_name, 0);
    }
    closedir(listing);
}

static Status create_in_shared_memory(NodeSegment *segment, const void *data, size_t length) {
    *segment = (NodeSegment){0};
    int descriptor = -1;
    for (int attempt = 0; descriptor < 0 && attempt < ATTEMPTS; attempt++) {
        snprintf(segment->name, sizeof segment->name, SHARED_MEMORY_FOLDER "/winnow-%ld-%d", (long)getpid(),
                 attempt);
        descriptor = shm_open(segment->name + strlen(SHARED_MEMORY_FOLDER), O_CREAT | O_EXCL | O_RDWR, 0600);
        if (descriptor < 0 && errno != EEXIST) break;
    }
    if (descriptor < 0) return status_fail_errno(STATUS_ENVIRONMENT, "%s: cannot be made", segment->name);
    return fill_and_close(segment, descriptor, data, length);
}

Status node_segment_create_in_folder(NodeSegment *segment, const char *folder, const void *data,
                                     size_t length) {
    *segment = (NodeSegment){0};
    int size = snprintf(segment->name, sizeof segment->name, "%s/winnow-XXXXXX", folder);
    if (size < 0 || (size_t)size >= sizeof segment->name) {
        *segment = (NodeSegment){0};
        return status_fail(STATUS_ENVIRONMENT, "the path of the folder for temporary files is too long: %s",
                           folder);
    }
    int descriptor = mkostemp(segment->name, O_CLOEXEC);
    if (descriptor < 0) {
        Status status = status_fail_errno(STATUS_ENVIRONMENT, "%s: cannot be made", segment->name);
        *segment = (NodeSegment){0};
        return status;
    }
    return fill_and_close(segment, descriptor, data, length);
}

Status node_segment_create(NodeSegment *segment, const void *data, size_t length) {
    remove_left();
    if (create_in_shared_memory(segment, data, length) == STATUS_OK) return STATUS_OK;
    char first[512];
    snprintf(first, sizeof first, "%s", status_text());
    const char *folder = getenv("TMPDIR");
    if (folder == NULL || folder[0] == '\0') folder = "/tmp";
    Status status = node_segment_create_in_folder(segment, folder, data, length);
    return status == STATUS_OK ? STATUS_OK : status_within(status, "%s; then", first);
}

Status node_segment_attach(NodeSegment *segment, const char *name, size_t length) {
    *segment = (NodeSegment){0};
    size_t size = strlen(name) + 1;
    if (size > sizeof segment->name) {
        return status_fail(STATUS_ENVIRONMENT, "the name of a shared segment is too long: %s", name);
    }
    int descriptor = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0) return status_fail_errno(STATUS_ENVIRONMENT, "%s: cannot be opened", name);
    memcpy(segment->name, name, size);
    struct stat about;
    Status status;
    if (fstat(descriptor, &about) != 0) {
        status = status_fail_errno(STATUS_ENVIRONMENT, "%s: cannot be examined", name);
    } else if (!S_ISREG(about.st_mode) || (size_t)about.st_size != length) {
        status = status_fail(STATUS_ENVIRONMENT, "%s: it has %lld bytes, but %zu are expected", name,
                             (long long)about.st_size, length);
    } else {
        status = map(segment, descriptor, length);
    }
    close(descriptor);
    if (status != STATUS_OK) *segment = (NodeSegment){0};
    return status;
}

void node_segment_unlink(NodeSegment *segment) {
    if (segment->name[0] != '\0') unlink(segment->name);
    segment->name[0] = '\0';
    if (segment->held > 0) close(segment->held - 1);
    segment->held = 0;
}

void node_segment_detach(NodeSegment *segment) {
    /* munmap takes a pointer without const. */
    void *data;
    memcpy(&data, &segment->data, sizeof data);
    if (data != NULL) munmap(data, segment->length);
    segment->data = NULL;
    segment->length = 0;
}
