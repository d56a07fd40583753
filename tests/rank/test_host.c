#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "rank/process_watch.h"
#include "rank/suites.h"
#include "rank/trial.h"
#include "store/parts.h"
#include "suite.h"

#define PATIENCE 20.0 /* seconds */

/* --- blobs --- */

/* Have the host write `length` bytes, and take its answer. */
static StoredMessage store(Host *host, const char *name, size_t length) {
    uint8_t *bytes = malloc(length);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    memset(bytes, 'b', length);
    Message message = {.kind = MESSAGE_STORE};
    message.as.store = (StoreMessage){.owner = STORE_OF_WORKER, .blob = bytes, .length = length};
    (void)snprintf(message.as.store.name, sizeof(message.as.store.name), "%s", name);
    CU_ASSERT_EQUAL_FATAL(host_send(host, &message), STATUS_OK);
    free(bytes);
    Message answer = host_next(host);
    CU_ASSERT_EQUAL_FATAL(answer.kind, MESSAGE_STORED);
    CU_ASSERT_EQUAL(answer.as.stored.owner, STORE_OF_WORKER);
    CU_ASSERT_STRING_EQUAL(answer.as.stored.name, name);
    return answer.as.stored;
}

static void a_blob_is_written(void) {
    Host host;
    parts_remove_all(TRIAL_FILE);
    trial_host(&host, TRIAL_FILE, "3600");
    StoredMessage stored = store(&host, "member-3", 5000);
    CU_ASSERT_EQUAL(stored.status, STATUS_OK);
    uint8_t expected[5000], *blob = NULL;
    memset(expected, 'b', sizeof(expected));
    CU_ASSERT_EQUAL_FATAL(
        parts_read(TRIAL_FILE, "member-3", sizeof(expected), hash64(expected, sizeof(expected)), &blob),
        STATUS_OK);
    free(blob);
    host_stop(&host);
    parts_remove_all(TRIAL_FILE);
}

static void a_full_disk_is_told(void) {
    Host host;
    parts_remove_all(TRIAL_FILE);
    trial_host(&host, TRIAL_FILE, "3600");
    struct rlimit small = {4096, 4096};
    CU_ASSERT_EQUAL_FATAL(prlimit(host.process, RLIMIT_FSIZE, &small, NULL), 0);
    StoredMessage stored = store(&host, "member-4", 5000);
    CU_ASSERT_EQUAL(stored.status, STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(stored.text, "File too large"));
    CU_ASSERT_EQUAL(store(&host, "member-5", 3000).status, STATUS_OK); /* it lives on */
    host_stop(&host);
    parts_remove_all(TRIAL_FILE);
}

static void no_folder_is_told(void) {
    Host host;
    trial_host(&host, "", "3600");
    StoredMessage stored = store(&host, "member-4", 10);
    CU_ASSERT_EQUAL(stored.status, STATUS_ENVIRONMENT);
    CU_ASSERT_TRUE(stored.text[0] != '\0');
    host_stop(&host);
}

/* --- children --- */

/* The first child of a process, waited for. */
static pid_t child_of(pid_t process) {
    char path[64];
    (void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)process, (int)process);
    for (double end = clock_monotonic() + PATIENCE; clock_monotonic() < end; clock_sleep(0.001)) {
        FILE *file = fopen(path, "r");
        int child = 0;
        bool found = file != NULL && fscanf(file, "%d", &child) == 1;
        if (file != NULL) (void)fclose(file);
        if (found) return child;
    }
    CU_FAIL_FATAL("no child was seen");
    return 0;
}

static long number_in(pid_t process, const char *name) {
    char path[64];
    long number = -1;
    (void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)process, name);
    FILE *file = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fscanf(file, "%ld", &number), 1);
    (void)fclose(file);
    return number;
}

/* Until the trial's first word. */
static void await_begin(Host *host) {
    Message message = host_next(host);
    CU_ASSERT_TRUE(message.kind == MESSAGE_PROGRESS && message.as.progress.begun);
    message_release(&message);
}

static void a_child_goes_first(void) {
    Host host;
    trial_host(&host, "", "3600");
    trial_begin(&host, 1, NULL);
    await_begin(&host);
    pid_t trial = child_of(host.process);
    CU_ASSERT_EQUAL(number_in(trial, "oom_score_adj"), 1000);
    CU_ASSERT_EQUAL(number_in(host.process, "oom_score_adj"), number_in(getpid(), "oom_score_adj"));
    struct rlimit core = {1, 1};
    CU_ASSERT_EQUAL(prlimit(trial, RLIMIT_CORE, NULL, &core), 0);
    CU_ASSERT_TRUE(core.rlim_cur == 0 && core.rlim_max == 0);
    host_stop(&host);
}

static void signals_pass_children_by(void) {
    static const int signals[] = {SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGXFSZ};
    Host host;
    trial_host(&host, "", "3600");
    trial_begin(&host, 1, NULL);
    await_begin(&host);
    pid_t trial = child_of(host.process);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        CU_ASSERT_EQUAL(kill(host.process, signals[i]), 0);
        CU_ASSERT_EQUAL(kill(trial, signals[i]), 0);
    }
    Heard heard = trial_listen(&host, 0);
    CU_ASSERT_TRUE(heard.has_result && heard.end.exit_code == 0);
    heard_release(&heard);
    host_stop(&host);
}

static void a_killed_child_is_told(void) {
    Host host;
    trial_host(&host, "", "3600");
    for (uint64_t lease = 1; lease < 4; lease++) {
        trial_begin(&host, lease, NULL);
        await_begin(&host);
        kill(child_of(host.process), SIGSEGV);
        Message message;
        for (message = host_next(&host); message.kind == MESSAGE_PROGRESS; message = host_next(&host))
            message_release(&message);
        CU_ASSERT_EQUAL_FATAL(message.kind, MESSAGE_JOB_ENDED);
        CU_ASSERT_TRUE(message.as.job_ended.signal == SIGSEGV && message.as.job_ended.exit_code == -1);
        message_release(&message);
    }
    Message save = {.kind = MESSAGE_SAVE}; /* for a child that is gone: it is passed over */
    CU_ASSERT_EQUAL(host_send(&host, &save), STATUS_OK);
    trial_begin(&host, 5, NULL);
    Heard heard = trial_listen(&host, 0);
    CU_ASSERT_TRUE(heard.has_result);
    heard_release(&heard);
    host_stop(&host);
}

/* As with no process to be had (which root is never refused): no descriptor for it. */
static void no_process_to_be_had_is_an_end_of_the_job(void) {
    Host host;
    trial_host(&host, "", "3600");
    struct rlimit none = {3, 0}, before;
    CU_ASSERT_EQUAL_FATAL(prlimit(host.process, RLIMIT_NOFILE, NULL, &before), 0);
    none.rlim_max = before.rlim_max;
    CU_ASSERT_EQUAL_FATAL(prlimit(host.process, RLIMIT_NOFILE, &none, NULL), 0);
    trial_begin(&host, 1, NULL);
    Heard heard = trial_listen(&host, 0);
    CU_ASSERT_TRUE(!heard.begun && heard.end.exit_code == STATUS_ENVIRONMENT && heard.end.signal == 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.end.text, "Too many open files"));
    CU_ASSERT_EQUAL_FATAL(prlimit(host.process, RLIMIT_NOFILE, &before, NULL), 0);
    trial_begin(&host, 2, NULL); /* and the host process goes on */
    Heard second = trial_listen(&host, 0);
    CU_ASSERT_TRUE(second.has_result);
    heard_release(&second);
    host_stop(&host);
}

/* The supervisor is killed: its host process and the trial go with it. */
static void nothing_outlives_the_supervisor(void) {
    int told[2];
    CU_ASSERT_EQUAL_FATAL(pipe(told), 0);
    pid_t supervisor = fork();
    if (supervisor == 0) {
        Host host;
        trial_host(&host, "", "3600");
        trial_begin(&host, 1, NULL);
        await_begin(&host);
        int both[2] = {(int)host.process, (int)child_of(host.process)};
        _exit(write(told[1], both, sizeof(both)) == sizeof(both) ? (kill(getpid(), SIGKILL), 1) : 1);
    }
    int both[2] = {0, 0};
    close(told[1]);
    CU_ASSERT_EQUAL_FATAL(read(told[0], both, sizeof(both)), (ssize_t)sizeof(both));
    close(told[0]);
    ProcessWatch *watch = NULL;
    CU_ASSERT_EQUAL_FATAL(process_watch_create(&watch, 2), STATUS_OK);
    process_watch_add(watch, 0, (uint32_t)both[0], process_space());
    process_watch_add(watch, 1, (uint32_t)both[1], process_space());
    int ended = 0;
    size_t number;
    double begin = clock_monotonic();
    while (ended < 2 && clock_monotonic() < begin + PATIENCE) {
        ended += process_watch_ended(watch, &number);
        clock_sleep(0.001);
    }
    CU_ASSERT_EQUAL(ended, 2);
    CU_ASSERT_TRUE(clock_monotonic() - begin < 5);
    process_watch_destroy(&watch);
    CU_ASSERT_EQUAL(waitpid(supervisor, NULL, 0), supervisor);
}

static void a_killed_host_is_told_and_stays_told(void) {
    Host host;
    trial_host(&host, "", "3600");
    kill(host.process, SIGKILL);
    bool got = false;
    Message message;
    Status status = STATUS_OK;
    for (double end = clock_monotonic() + PATIENCE; status == STATUS_OK && clock_monotonic() < end;)
        status = host_receive(&host, &message, &got);
    CU_ASSERT_EQUAL(status, STATUS_RESUMABLE);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "signal 9"));
    CU_ASSERT_EQUAL(host_receive(&host, &message, &got), STATUS_RESUMABLE);
    host_stop(&host);
}

void suite_host(void) {
    static const TestCase tests[] = {
        {"a blob is written into the campaign's folder", a_blob_is_written},
        {"a full disk is told, and the host process lives on", a_full_disk_is_told},
        {"a host process that does not see the folder says so", no_folder_is_told},
        {"where memory runs out a trial goes first, and leaves no core file", a_child_goes_first},
        {"signals to the campaign pass host process and trial by", signals_pass_children_by},
        {"a trial's death is told, and the next trial runs", a_killed_child_is_told},
        {"where there is no process to be had the job ends, not the rank",
         no_process_to_be_had_is_an_end_of_the_job},
        {"neither host process nor trial outlives the supervisor", nothing_outlives_the_supervisor},
        {"the host process's death is told, as often as one asks", a_killed_host_is_told_and_stays_told},
    };
    SUITE("host process", tests);
}
