#include "base/planted_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

PlantedCalls planted;

static void note(const char *call) {
    size_t used = strlen(planted.order);
    if (planted.noting) (void)snprintf(planted.order + used, sizeof(planted.order) - used, "%s;", call);
}

ssize_t write(int descriptor, const void *data, size_t length) {
    if (planted.noting) {
        if (planted.writes == 0) note("write");
        planted.writes++;
        if (planted.write_interrupted && planted.writes % 2 == 1) {
            errno = EINTR;
            return -1;
        }
        if (planted.write_error != 0) {
            errno = planted.write_error;
            return -1;
        }
        if (planted.write_at_most > 0 && length > planted.write_at_most) length = planted.write_at_most;
    }
    return syscall(SYS_write, descriptor, data, length);
}

int fsync(int descriptor) {
    struct stat about;
    if (planted.noting && fstat(descriptor, &about) == 0) {
        int error = S_ISDIR(about.st_mode) ? planted.folder_sync_error : planted.file_sync_error;
        note(S_ISDIR(about.st_mode) ? "fsync folder" : "fsync file");
        if (error != 0) {
            errno = error;
            return -1;
        }
    }
    return (int)syscall(SYS_fsync, descriptor);
}

int rename(const char *from, const char *to) {
    note("rename");
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
