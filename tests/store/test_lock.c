#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "fixtures.h"
#include "store/lock.h"
#include "suite.h"
#include "suites.h"

#define FILE_NAME "locked.h5"

/* A process that holds the lock until it is killed; returns once it has it. */
static pid_t hold_elsewhere(void) {
    int ready[2];
    if (pipe(ready) != 0) return -1;
    pid_t child = fork();
    if (child == 0) {
        Lock lock;
        if (lock_take(&lock, FILE_NAME) != STATUS_OK || write(ready[1], "x", 1) != 1) _exit(1);
        for (;;)
            pause();
    }
    char byte;
    close(ready[1]);
    ssize_t got = read(ready[0], &byte, 1);
    close(ready[0]);
    return got == 1 ? child : -1;
}

static void refused_by_name(void) {
    Lock lock;
    char holder[64];
    pid_t child = hold_elsewhere();
    CU_ASSERT_FATAL(child > 0);
    (void)snprintf(holder, sizeof(holder), "in use by process %ld on ", (long)child);
    CU_ASSERT(fixture_failed(lock_take(&lock, FILE_NAME), holder));
    CU_ASSERT_EQUAL(lock.descriptor, -1);
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
}

static void freed_by_kill(void) {
    Lock lock;
    pid_t child = hold_elsewhere();
    CU_ASSERT_FATAL(child > 0);
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    CU_ASSERT_EQUAL(lock_take(&lock, FILE_NAME), STATUS_OK);
    lock_release(&lock);
    CU_ASSERT_EQUAL(lock.descriptor, -1);
    lock_release(&lock);
}

static void file_stays(void) {
    Lock lock;
    struct stat before, after;
    CU_ASSERT_EQUAL_FATAL(lock_take(&lock, FILE_NAME), STATUS_OK);
    CU_ASSERT_EQUAL(stat(FILE_NAME ".lock", &before), 0);
    lock_release(&lock);
    CU_ASSERT_EQUAL_FATAL(lock_take(&lock, FILE_NAME), STATUS_OK);
    CU_ASSERT_EQUAL(stat(FILE_NAME ".lock", &after), 0);
    CU_ASSERT_EQUAL(before.st_ino, after.st_ino);
    lock_release(&lock);
}

static void held_within_one_process(void) {
    Lock first, second;
    CU_ASSERT_EQUAL_FATAL(lock_take(&first, FILE_NAME), STATUS_OK);
    CU_ASSERT(fixture_failed(lock_take(&second, FILE_NAME), "in use by process"));
    lock_release(&first);
}

static void folder_is_missing(void) {
    Lock lock;
    CU_ASSERT(fixture_failed(lock_take(&lock, "no/such/file.h5"),
                             "cannot open the lock file no/such/file.h5.lock"));
}

static void strange_holder(void) {
    Lock lock, other;
    CU_ASSERT_EQUAL_FATAL(lock_take(&lock, FILE_NAME), STATUS_OK);
    CU_ASSERT_EQUAL(pwrite(lock.descriptor, "\033[2J\x01 and on", 12, 0), 12);
    CU_ASSERT(fixture_failed(lock_take(&other, FILE_NAME), "in use by ?[2J? and on"));
    CU_ASSERT_EQUAL(ftruncate(lock.descriptor, 0), 0);
    CU_ASSERT(fixture_failed(lock_take(&other, FILE_NAME), "in use by another process"));
    lock_release(&lock);
}

static void probing(void) {
    bool held = true;
    char holder[LOCK_HOLDER_SIZE], expected[64];
    fixture_clean(FILE_NAME);
    CU_ASSERT_EQUAL(lock_probe(FILE_NAME, &held, holder), STATUS_OK);
    CU_ASSERT(!held && holder[0] == '\0');
    CU_ASSERT(!file_exists(FILE_NAME ".lock"));
    pid_t child = hold_elsewhere();
    CU_ASSERT_FATAL(child > 0);
    (void)snprintf(expected, sizeof(expected), "process %ld on ", (long)child);
    CU_ASSERT_EQUAL(lock_probe(FILE_NAME, &held, holder), STATUS_OK);
    CU_ASSERT(held && strncmp(holder, expected, strlen(expected)) == 0);
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    CU_ASSERT_EQUAL(lock_probe(FILE_NAME, &held, holder), STATUS_OK);
    CU_ASSERT(!held && holder[0] == '\0');
}

void suite_lock(void) {
    static const TestCase tests[] = {
        {"a second process is refused, and told who holds the lock", refused_by_name},
        {"kill -9 of the holder frees the lock", freed_by_kill},
        {"the lock file stays the same file", file_stays},
        {"a second lock within one process is refused too", held_within_one_process},
        {"a missing folder is named", folder_is_missing},
        {"a holder's text is shown without control characters", strange_holder},
        {"a probe tells the holder and takes nothing", probing},
    };
    SUITE("lock", tests);
}
