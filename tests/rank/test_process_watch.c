#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "rank/process_watch.h"
#include "rank/suites.h"
#include "suite.h"

#define PATIENCE 10.0 /* seconds */

/* A process that does nothing until it is killed. */
static pid_t sleeper(void) {
    pid_t process = fork();
    if (process == 0) {
        alarm(60);
        for (;;)
            pause();
    }
    CU_ASSERT_FATAL(process > 0);
    return process;
}

static void kill_unreaped(pid_t process) {
    kill(process, SIGKILL);
    siginfo_t info;
    CU_ASSERT_EQUAL(waitid(P_PID, (id_t)process, &info, WEXITED | WNOWAIT), 0);
}

static void reap(pid_t process) {
    kill(process, SIGKILL);
    CU_ASSERT_EQUAL(waitpid(process, NULL, 0), process);
}

static bool ended_in_time(ProcessWatch *watch, size_t *number) {
    for (double end = clock_monotonic() + PATIENCE; clock_monotonic() < end; clock_sleep(0.001)) {
        if (process_watch_ended(watch, number)) return true;
    }
    return false;
}

static void the_killed_one_is_told_once(void) {
    ProcessWatch *watch = NULL;
    pid_t first = sleeper(), second = sleeper();
    size_t number = 99;
    CU_ASSERT_EQUAL_FATAL(process_watch_create(&watch, 5), STATUS_OK);
    process_watch_add(watch, 4, (uint32_t)first, process_space());
    process_watch_add(watch, 2, (uint32_t)second, process_space());
    CU_ASSERT_FALSE(process_watch_ended(watch, &number));
    kill_unreaped(second);
    CU_ASSERT_TRUE(process_watch_ended(watch, &number)); /* a zombie already */
    CU_ASSERT_EQUAL(number, 2);
    CU_ASSERT_FALSE(process_watch_ended(watch, &number));
    kill(first, SIGKILL);
    CU_ASSERT_TRUE(ended_in_time(watch, &number));
    CU_ASSERT_EQUAL(number, 4);
    CU_ASSERT_FALSE(process_watch_ended(watch, &number));
    reap(first);
    reap(second);
    process_watch_destroy(&watch);
    CU_ASSERT_PTR_NULL(watch);
}

static void two_deaths_at_once_are_both_told(void) {
    ProcessWatch *watch = NULL;
    pid_t first = sleeper(), second = sleeper();
    size_t one = 99, other = 99;
    CU_ASSERT_EQUAL_FATAL(process_watch_create(&watch, 2), STATUS_OK);
    process_watch_add(watch, 0, (uint32_t)first, process_space());
    process_watch_add(watch, 1, (uint32_t)second, process_space());
    kill_unreaped(first);
    kill_unreaped(second);
    CU_ASSERT_TRUE(process_watch_ended(watch, &one));
    CU_ASSERT_TRUE(process_watch_ended(watch, &other));
    CU_ASSERT_TRUE(one + other == 1 && one != other);
    CU_ASSERT_FALSE(process_watch_ended(watch, &one));
    reap(first);
    reap(second);
    process_watch_destroy(&watch);
}

static void one_gone_before_is_told(void) {
    ProcessWatch *watch = NULL;
    pid_t process = sleeper();
    size_t number = 99;
    reap(process);
    CU_ASSERT_EQUAL_FATAL(process_watch_create(&watch, 3), STATUS_OK);
    process_watch_add(watch, 1, (uint32_t)process, process_space());
    CU_ASSERT_TRUE(process_watch_ended(watch, &number));
    CU_ASSERT_EQUAL(number, 1);
    CU_ASSERT_FALSE(process_watch_ended(watch, &number));
    process_watch_destroy(&watch);
}

/* The same number there is another process. */
static void another_space_is_not_watched(void) {
    ProcessWatch *watch = NULL;
    pid_t process = sleeper();
    size_t number;
    reap(process);
    CU_ASSERT_EQUAL_FATAL(process_watch_create(&watch, 2), STATUS_OK);
    process_watch_add(watch, 0, (uint32_t)process, process_space() + 1);
    process_watch_add(watch, 1, (uint32_t)process, 0);
    CU_ASSERT_FALSE(process_watch_ended(watch, &number));
    process_watch_destroy(&watch);
}

static void the_space_is_the_same_in_a_child(void) {
    uint64_t space = process_space();
    CU_ASSERT_NOT_EQUAL(space, 0);
    pid_t child = fork();
    if (child == 0) _exit(process_space() == space ? 0 : 1);
    int state = -1;
    CU_ASSERT_EQUAL(waitpid(child, &state, 0), child);
    CU_ASSERT_TRUE(WIFEXITED(state) && WEXITSTATUS(state) == 0);
}

void suite_process_watch(void) {
    static const TestCase tests[] = {
        {"a process that is killed is told, once, and no other", the_killed_one_is_told_once},
        {"two deaths at once are both told", two_deaths_at_once_are_both_told},
        {"one that ended before it was watched is told", one_gone_before_is_told},
        {"a process of another or an unknown space is never said to have ended",
         another_space_is_not_watched},
        {"parent and child are in one space", the_space_is_the_same_in_a_child},
    };
    SUITE("process watch", tests);
}
