#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/paths.h"

#define PROBE_TRIES 20 /* lock_probe holds the lock for a moment: wait that out */
#define PROBE_SECONDS 0.005

/* Who holds it, as that process wrote it; it may be cut short or missing. */
static void read_holder(int descriptor, char holder[LOCK_HOLDER_SIZE]) {
    ssize_t got = pread(descriptor, holder, LOCK_HOLDER_SIZE - 1, 0);
    holder[got > 0 ? got : 0] = '\0';
    holder[strcspn(holder, "\n")] = '\0';
    for (char *at = holder; *at != '\0'; at++) {
        if ((unsigned char)*at < ' ') *at = '?';
    }
    if (holder[0] == '\0') snprintf(holder, LOCK_HOLDER_SIZE, "another process");
}

/* For the message alone: a disk that is too full for it is no reason to stop. */
static void write_holder(int descriptor) {
    char host[64] = "an unknown host";
    char text[LOCK_HOLDER_SIZE];
    (void)gethostname(host, sizeof(host) - 1);
    int length = snprintf(text, sizeof(text), "process %ld on %s\n", (long)getpid(), host);
    if (ftruncate(descriptor, 0) == 0) {
        ssize_t written = pwrite(descriptor, text, (size_t)length, 0);
        (void)written;
    }
}

static Status take(int descriptor, const char *path, const char *file) {
    for (int tries = 1; flock(descriptor, LOCK_EX | LOCK_NB) != 0; tries++) {
        if (errno == EINTR) continue;
        if (errno == EWOULDBLOCK && tries < PROBE_TRIES) {
            clock_sleep(PROBE_SECONDS);
            continue;
        }
        if (errno == EWOULDBLOCK) {
            char holder[LOCK_HOLDER_SIZE];
            read_holder(descriptor, holder);
            return status_fail(STATUS_ENVIRONMENT,
                               "%s is in use by %s; wait until it ends, or write to another file with -o",
                               file, holder);
        }
        return status_fail_errno(
            STATUS_ENVIRONMENT,
            "no lock can be taken on %s; write to another file system, or with --no-lock see to it "
            "yourself that only one run writes to %s",
            path, file);
    }
    write_holder(descriptor);
    return STATUS_OK;
}

Status lock_take(Lock *lock, const char *file) {
    lock->descriptor = -1;
    char *path = NULL;
    TRY(campaign_path(&path, file, ".lock"));
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    Status status = descriptor < 0 ? status_fail_errno(STATUS_ENVIRONMENT,
                                                       "cannot open the lock file %s for writing", path)
                                   : take(descriptor, path, file);
    free(path);
    if (status == STATUS_OK) {
        lock->descriptor = descriptor;
    } else if (descriptor >= 0) {
        close(descriptor);
    }
    return status;
}

void lock_release(Lock *lock) {
    if (lock->descriptor >= 0) close(lock->descriptor);
    lock->descriptor = -1;
}

Status lock_probe(const char *file, bool *held, char holder[LOCK_HOLDER_SIZE]) {
    *held = false;
    holder[0] = '\0';
    char *path = NULL;
    TRY(campaign_path(&path, file, ".lock"));
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    free(path);
    if (descriptor < 0) return STATUS_OK;
    *held = flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (*held) read_holder(descriptor, holder);
    close(descriptor);
    return STATUS_OK;
}
