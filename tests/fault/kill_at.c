/* Preloaded into a run: a process dies at its n-th call that decides what stands on disk.
 *
 * KILL_FOLDER  the campaign's folder, absolute; calls for other files do not count
 * KILL_STATE   a file of KillState's size, all zero at first: shared by all processes, read by who started
 * them KILL_WHO     "main": the process that was started; "host": what it forks; "job": what that forks
 * KILL_AT      n, counted over all processes of that kind; 0: count only. It fires once.
 * KILL_HOW     "before": just before the call. "half": only writes count, and half of the bytes are written.
 *              "power": before the call, all processes at once, and what was not synced is lost, names too.
 *              "data": the same, but changes of names are kept. */
#include "kill_at.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

KillState *kill_state;
const char *kill_folder;
static unsigned kind; /* 0: main, 1: host, 2: job */
static unsigned who = 99, at;
static const char *how = "before";

static void join(void) {
    unsigned place = atomic_fetch_add(&kill_state->process_count, 1);
    if (place < KILL_PROCESSES) kill_state->processes[place] = getpid();
}

static void forked(void) {
    if (kind < 2) kind++;
    join();
}

__attribute__((constructor)) static void begin(void) {
    const char *state = getenv("KILL_STATE"), *kinds[] = {"main", "host", "job"};
    kill_folder = getenv("KILL_FOLDER");
    if (state == NULL || kill_folder == NULL) return;
    int file = (int)syscall(SYS_openat, AT_FDCWD, state, O_RDWR | O_CLOEXEC);
    void *map =
        file < 0 ? MAP_FAILED : mmap(NULL, sizeof(KillState), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (map == MAP_FAILED) abort();
    close(file);
    kill_state = map;
    for (unsigned i = 0; i < 3; i++) {
        if (getenv("KILL_WHO") != NULL && strcmp(getenv("KILL_WHO"), kinds[i]) == 0) who = i;
    }
    if (getenv("KILL_AT") != NULL) at = (unsigned)atoi(getenv("KILL_AT"));
    if (getenv("KILL_HOW") != NULL) how = getenv("KILL_HOW");
    join();
    pthread_atfork(NULL, NULL, forked);
}

static int is_within(const char *path) {
    size_t length = strlen(kill_folder);
    return strncmp(path, kill_folder, length) == 0 && path[length] == '/';
}

/* The path of a file of the campaign, or NULL. */
static const char *path_of(int descriptor, char *path) {
    char link[64];
    if (kill_state == NULL) return NULL;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", descriptor);
    int before = errno;
    ssize_t length = readlink(link, path, KILL_PATH_SIZE - 1);
    errno = before;
    if (length <= 0) return NULL;
    path[length] = '\0';
    return is_within(path) || strcmp(path, kill_folder) == 0 ? path : NULL;
}

/* A path as it was given, which is absolute in these tests or belongs to an open folder. */
static const char *path_at(int folder, const char *path, char *out) {
    if (kill_state == NULL) return NULL;
    if (path[0] == '/') return is_within(path) && strlen(path) < KILL_PATH_SIZE ? path : NULL;
    if (folder == AT_FDCWD || path_of(folder, out) == NULL) return NULL;
    size_t length = strlen(out);
    if (length + 1 + strlen(path) >= KILL_PATH_SIZE) return NULL;
    out[length] = '/';
    strcpy(out + length + 1, path);
    return out;
}

static void die(const char *call, const char *path) {
    snprintf(kill_state->where, sizeof(kill_state->where), "%s %s", call, path + strlen(kill_folder));
    if (strcmp(how, "power") == 0 || strcmp(how, "data") == 0) power_cut(strcmp(how, "power") == 0);
    kill(getpid(), SIGKILL);
}

/* Is this the point? */
static int reached(void) {
    return kind == who && atomic_fetch_add(&kill_state->reached[kind], 1) + 1 == at &&
           atomic_exchange(&kill_state->fired, 1) == 0;
}

static void point(const char *call, const char *path) {
    if (strcmp(how, "half") != 0 && reached()) die(call, path);
}

/* The number of bytes to write: all, or half of them and then die. */
static int half_point(const char *path) {
    if (strcmp(how, "half") != 0) {
        point("write", path);
        return 0;
    }
    return reached();
}

ssize_t write(int descriptor, const void *data, size_t length) {
    char buffer[KILL_PATH_SIZE];
    const char *path = path_of(descriptor, buffer);
    if (path == NULL) return syscall(SYS_write, descriptor, data, length);
    int half = half_point(path);
    power_before_change(descriptor);
    ssize_t written = syscall(SYS_write, descriptor, data, half ? length / 2 : length);
    if (half) die("half of write", path);
    return written;
}

ssize_t pwrite(int descriptor, const void *data, size_t length, off_t offset) {
    char buffer[KILL_PATH_SIZE];
    const char *path = path_of(descriptor, buffer);
    if (path == NULL) return syscall(SYS_pwrite64, descriptor, data, length, offset);
    int half = half_point(path);
    power_before_change(descriptor);
    ssize_t written = syscall(SYS_pwrite64, descriptor, data, half ? length / 2 : length, offset);
    if (half) die("half of pwrite", path);
    return written;
}

int ftruncate(int descriptor, off_t length) {
    char buffer[KILL_PATH_SIZE];
    const char *path = path_of(descriptor, buffer);
    if (path != NULL) {
        point("ftruncate", path);
        power_before_change(descriptor);
    }
    return (int)syscall(SYS_ftruncate, descriptor, length);
}

static int sync_by(long number, const char *name, int descriptor) {
    char buffer[KILL_PATH_SIZE];
    const char *path = path_of(descriptor, buffer);
    if (path != NULL) point(name, path);
    int result = (int)syscall(number, descriptor);
    if (path != NULL && result == 0) power_synced(descriptor);
    return result;
}

int fsync(int descriptor) {
    return sync_by(SYS_fsync, "fsync", descriptor);
}

int fdatasync(int descriptor) {
    return sync_by(SYS_fdatasync, "fdatasync", descriptor);
}

static int open_at(int folder, const char *name, int flags, mode_t mode) {
    char buffer[KILL_PATH_SIZE];
    const char *path = (flags & O_ACCMODE) == O_RDONLY ? NULL : path_at(folder, name, buffer);
    if (path == NULL) return (int)syscall(SYS_openat, folder, name, flags, mode);
    int is_new = (flags & O_CREAT) != 0 && access(path, F_OK) != 0;
    if ((flags & O_CREAT) != 0) point("open", path);
    int descriptor = (int)syscall(SYS_openat, folder, name, flags, mode);
    if (descriptor >= 0 && is_new) power_made(path, CHANGE_MADE);
    if (descriptor >= 0) power_before_change(descriptor);
    return descriptor;
}

int open(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(list, mode_t) : 0;
    va_end(list);
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(list, mode_t) : 0;
    va_end(list);
    return open_at(folder, path, flags, mode);
}

int rename(const char *from, const char *to) {
    char buffer[KILL_PATH_SIZE];
    const char *path = path_at(AT_FDCWD, to, buffer);
    NameChange change = {.kind = CHANGE_RENAMED};
    if (path != NULL) {
        point("rename", path);
        strcpy(change.from, from);
        power_before_loss(path, &change);
    }
    int result = (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
    if (path != NULL && result == 0) power_changed(&change);
    return result;
}

static int remove_at(int folder, const char *name, int flags) {
    char buffer[KILL_PATH_SIZE];
    const char *path = path_at(folder, name, buffer);
    NameChange change = {.kind = (flags & AT_REMOVEDIR) != 0 ? CHANGE_OLD_FOLDER : CHANGE_REMOVED};
    if (path != NULL) {
        point((flags & AT_REMOVEDIR) != 0 ? "rmdir" : "unlink", path);
        power_before_loss(path, &change);
    }
    int result = (int)syscall(SYS_unlinkat, folder, name, flags);
    if (path != NULL && result == 0) power_changed(&change);
    return result;
}

int unlink(const char *path) {
    return remove_at(AT_FDCWD, path, 0);
}

int unlinkat(int folder, const char *path, int flags) {
    return remove_at(folder, path, flags);
}

int rmdir(const char *path) {
    return remove_at(AT_FDCWD, path, AT_REMOVEDIR);
}

int mkdir(const char *name, mode_t mode) {
    char buffer[KILL_PATH_SIZE];
    const char *path = path_at(AT_FDCWD, name, buffer);
    if (path != NULL) point("mkdir", path);
    int result = (int)syscall(SYS_mkdirat, AT_FDCWD, name, mode);
    if (path != NULL && result == 0) power_made(path, CHANGE_NEW_FOLDER);
    return result;
}
