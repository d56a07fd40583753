#include "rank/process_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/memory.h"

#define BOOT_ID_SIZE 36 /* a UUID as text */

struct ProcessWatch {
    uint64_t space;
    size_t room, count;
    struct pollfd *watched; /* owned [room]; the first `count` are in use; fd -1: ended before it was added */
    size_t *number;         /* owned [room]: the caller's of each */
};

uint64_t process_space(void) {
    struct {
        char boot[BOOT_ID_SIZE];
        uint64_t device, inode;
    } space = {0};
    struct stat names;
    int file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t got = read(file, space.boot, sizeof(space.boot));
    close(file);
    if (got != BOOT_ID_SIZE || stat("/proc/self/ns/pid", &names) != 0) return 0;
    space.device = names.st_dev;
    space.inode = names.st_ino;
    return hash64(&space, sizeof(space));
}

Status process_watch_create(ProcessWatch **out, size_t room) {
    ProcessWatch *watch;
    *out = NULL;
    TRY(memory_new(&watch, 1, sizeof(*watch)));
    watch->space = process_space();
    watch->room = room;
    *out = watch;
    Status status = memory_new(&watch->watched, room, sizeof(*watch->watched));
    if (status == STATUS_OK) status = memory_new(&watch->number, room, sizeof(*watch->number));
    if (status != STATUS_OK) process_watch_destroy(out);
    return status;
}

void process_watch_destroy(ProcessWatch **watch) {
    if (*watch == NULL) return;
    for (size_t i = 0; i < (*watch)->count; i++) {
        if ((*watch)->watched[i].fd >= 0) close((*watch)->watched[i].fd);
    }
    free((*watch)->watched);
    free((*watch)->number);
    free(*watch);
    *watch = NULL;
}

void process_watch_add(ProcessWatch *watch, size_t number, uint32_t process, uint64_t space) {
    if (watch->count == watch->room || space == 0 || space != watch->space) return;
    int descriptor = (int)syscall(SYS_pidfd_open, (pid_t)process, 0); /* close-on-exec by itself */
    if (descriptor < 0 && errno != ESRCH) return;
    watch->watched[watch->count] = (struct pollfd){.fd = descriptor, .events = POLLIN};
    watch->number[watch->count++] = number;
}

bool process_watch_ended(ProcessWatch *watch, size_t *number) {
    if (poll(watch->watched, watch->count, 0) < 0) return false;
    for (size_t i = 0; i < watch->count; i++) {
        int descriptor = watch->watched[i].fd;
        if (descriptor >= 0 && watch->watched[i].revents == 0) continue;
        if (descriptor >= 0) close(descriptor);
        *number = watch->number[i];
        watch->count--;
        watch->watched[i] = watch->watched[watch->count];
        watch->number[i] = watch->number[watch->count];
        return true;
    }
    return false;
}
