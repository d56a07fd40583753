/* What a power cut takes: bytes that were never synced, and changes of names whose folder was not synced
 * since. Of all that a file system may lose this is the most. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kill_at.h"

/* A process that was ended by another one may leave it locked: after a second it is taken over. */
static int lock(void) {
    for (int i = 0; i < 10000 && atomic_exchange(&kill_state->locked, 1) != 0; i++)
        usleep(100);
    return errno;
}

static void unlock(int error) {
    atomic_store(&kill_state->locked, 0);
    errno = error;
}

static SyncedFile *file_of(uint64_t inode) {
    for (uint32_t i = 0; i < kill_state->file_count; i++) {
        if (kill_state->files[i].inode == inode) return &kill_state->files[i];
    }
    return NULL;
}

static SyncedFile *new_file(uint64_t inode) {
    SyncedFile *file = file_of(inode);
    if (file != NULL) return file;
    if (kill_state->file_count == KILL_FILES) abort();
    file = &kill_state->files[kill_state->file_count++];
    *file = (SyncedFile){.inode = inode};
    return file;
}

void power_before_change(int descriptor) {
    int error = errno;
    lock();
    struct stat about;
    if (fstat(descriptor, &about) == 0 && file_of(about.st_ino) == NULL)
        new_file(about.st_ino)->length = (uint64_t)about.st_size; /* from an earlier run: synced long ago */
    unlock(error);
}

static int is_in(const char *path, const char *folder) {
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && path[length] == '/' &&
           strchr(path + length + 1, '/') == NULL;
}

void power_synced(int descriptor) {
    int error = errno;
    lock();
    struct stat about;
    if (fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode)) {
        new_file(about.st_ino)->length = (uint64_t)about.st_size;
    } else {
        char link[64], folder[KILL_PATH_SIZE];
        snprintf(link, sizeof(link), "/proc/self/fd/%d", descriptor);
        ssize_t length = readlink(link, folder, sizeof(folder) - 1);
        folder[length < 0 ? 0 : length] = '\0';
        uint32_t left = 0;
        for (uint32_t i = 0; i < kill_state->change_count; i++) {
            NameChange *change = &kill_state->changes[i];
            if (!is_in(change->path, folder))
                kill_state->changes[left++] = *change;
            else if (change->kept[0] != '\0')
                syscall(SYS_unlinkat, AT_FDCWD, change->kept, 0);
        }
        kill_state->change_count = left;
    }
    unlock(error);
}

void power_changed(const NameChange *change) {
    int error = lock();
    if (kill_state->change_count == KILL_CHANGES) abort();
    kill_state->changes[kill_state->change_count++] = *change;
    unlock(error);
}

void power_made(const char *path, ChangeKind kind) {
    int error = errno;
    NameChange change = {.kind = kind};
    strcpy(change.path, path);
    struct stat about;
    if (kind == CHANGE_MADE && stat(path, &about) == 0) { /* perhaps the number of a file that is gone */
        lock();
        new_file(about.st_ino)->length = 0;
        unlock(error);
    }
    power_changed(&change);
    errno = error;
}

void power_before_loss(const char *path, NameChange *change) {
    int error = errno;
    strcpy(change->path, path);
    struct stat about;
    if (lstat(path, &about) == 0 && S_ISREG(about.st_mode)) {
        snprintf(change->kept, sizeof(change->kept), "%s.kept/%u", kill_folder,
                 atomic_fetch_add(&kill_state->kept_count, 1));
        if (link(path, change->kept) != 0) abort();
    }
    errno = error;
}

/* Has it ended, or is it another one by now? */
static int is_gone(pid_t process) {
    char path[64], text[4096], wanted[KILL_PATH_SIZE + 16];
    snprintf(path, sizeof(path), "/proc/%d/environ", process);
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 1;
    int wanted_length = snprintf(wanted, sizeof(wanted), "KILL_STATE=%s", getenv("KILL_STATE"));
    size_t length = 0;
    int found = 0;
    for (ssize_t got; !found && (got = read(file, text + length, sizeof(text) - length)) > 0;) {
        length += (size_t)got;
        found = memmem(text, length, wanted, (size_t)wanted_length) != NULL;
        if (length > sizeof(text) / 2 && !found) { /* keep what the word may have begun in */
            size_t tail = (size_t)wanted_length;
            memmove(text, text + length - tail, tail);
            length = tail;
        }
    }
    close(file);
    return !found;
}

static void end_others(void) {
    prctl(PR_SET_PDEATHSIG, 0);
    unsigned count = atomic_load(&kill_state->process_count);
    for (int again = 1; again;) {
        again = 0;
        for (unsigned i = 0; i < count && i < KILL_PROCESSES; i++) {
            pid_t process = kill_state->processes[i];
            if (process == getpid() || is_gone(process)) continue;
            kill(process, SIGKILL);
            again = 1;
        }
        sched_yield();
    }
}

static void cut_files(const char *folder) {
    DIR *listing = opendir(folder);
    if (listing == NULL) return;
    for (const struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        char path[2 * KILL_PATH_SIZE + 64];
        struct stat about;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.' || lstat(path, &about) != 0) continue;
        if (S_ISDIR(about.st_mode)) cut_files(path);
        const SyncedFile *file = S_ISREG(about.st_mode) ? file_of(about.st_ino) : NULL;
        if (file != NULL && (uint64_t)about.st_size > file->length) {
            if (truncate(path, (off_t)file->length) != 0) abort();
        }
    }
    closedir(listing);
}

static void undo(const NameChange *change) {
    switch (change->kind) {
    case CHANGE_MADE: syscall(SYS_unlinkat, AT_FDCWD, change->path, 0); break;
    case CHANGE_NEW_FOLDER: syscall(SYS_unlinkat, AT_FDCWD, change->path, AT_REMOVEDIR); break;
    case CHANGE_OLD_FOLDER: syscall(SYS_mkdirat, AT_FDCWD, change->path, 0777); break;
    case CHANGE_RENAMED: syscall(SYS_renameat, AT_FDCWD, change->path, AT_FDCWD, change->from); break;
    case CHANGE_REMOVED: break;
    }
    if (change->kept[0] != '\0') syscall(SYS_renameat, AT_FDCWD, change->kept, AT_FDCWD, change->path);
}

void power_cut(int names_too) {
    end_others();
    char kept[KILL_PATH_SIZE + 8];
    snprintf(kept, sizeof(kept), "%s.kept", kill_folder);
    cut_files(kill_folder);
    cut_files(kept);
    for (uint32_t i = kill_state->change_count; names_too && i-- > 0;)
        undo(&kill_state->changes[i]);
}
