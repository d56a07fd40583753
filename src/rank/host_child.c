#include "rank/host_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

#define FORK_TRIES 20
#define FORK_PAUSE 0.1 /* seconds between them */

typedef Status (*JobFunction)(const JobContext *context, const JobMessage *job, Channel *out);
static const JobFunction job_functions[JOB_KIND_COUNT] = {
    [JOB_TRIAL] = job_trial,
    [JOB_PREFLIGHT] = job_preflight,
    [JOB_PUBLISH] = job_publish,
    [JOB_ENSEMBLE] = job_ensemble,
};

void host_die_with_parent(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1); /* it died before the call */
}

void host_flush(Channel *channel) {
    while (channel_sending(channel)) {
        struct pollfd wait = {.fd = channel_socket_descriptor(channel), .events = POLLOUT};
        if (poll(&wait, 1, 1000) < 0 && errno != EINTR) return;
        int peer;
        uint8_t *data;
        size_t length;
        if (channel_receive(channel, &peer, &data, &length) != STATUS_OK) return;
        free(data);
    }
}

/* --- in the child --- */

/* Where memory runs out, a trial goes, not the rank that leads it. */
static void be_the_first_to_go(void) {
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    ssize_t written = write(file, "1000", 4);
    (void)written; /* a wish */
    close(file);
}

static void child_main(HostState *host, const JobMessage *job, int descriptor, pid_t parent)
    __attribute__((noreturn));
static void child_main(HostState *host, const JobMessage *job, int descriptor, pid_t parent) {
    host_die_with_parent(parent);
    be_the_first_to_go();
    channel_destroy(&host->supervisor);
    for (size_t i = 0; i < JOB_SLOT_COUNT; i++)
        channel_destroy(&host->children[i].channel);
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    Channel *out = NULL;
    Status status = channel_socket_create(&out, descriptor);
    if (status == STATUS_OK) status = job_functions[job->kind](&host->context, job, out);
    if (out != NULL && status != STATUS_OK) {
        Message message = {.kind = MESSAGE_READY};
        message.as.ready.status = (uint32_t)status;
        text_copy(message.as.ready.text, sizeof(message.as.ready.text), status_text());
        if (message_send(out, 0, &message) != STATUS_OK) status_clear();
    }
    if (out != NULL) host_flush(out);
    _exit((int)status);
}

/* --- in the host process --- */

static Status child_fork(HostState *host, const JobMessage *job, HostChild *child) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return status_fail_errno(STATUS_ENVIRONMENT, "cannot make a socket pair for a job");
    pid_t parent = getpid();
    pid_t process = fork();
    if (process == 0) {
        close(pair[0]);
        child_main(host, job, pair[1], parent);
    }
    if (process < 0) {
        Status status = status_fail_errno(STATUS_ENVIRONMENT, "cannot fork a process for a job");
        close(pair[0]);
        close(pair[1]);
        return status;
    }
    close(pair[1]);
    *child = (HostChild){.process = process, .kind = job->kind, .started = clock_monotonic()};
    return channel_socket_create(&child->channel, pair[0]);
}

Status host_child_start(HostState *host, const JobMessage *job) {
    if (job->kind >= JOB_KIND_COUNT) return status_fail(STATUS_ENVIRONMENT, "unknown job %u", job->kind);
    size_t slot = job->kind == JOB_TRIAL ? JOB_SLOT_TRIAL : JOB_SLOT_SERVICE;
    HostChild *child = &host->children[slot];
    if (child->process != 0) return status_fail(STATUS_ENVIRONMENT, "a job was sent while another one runs");
    Status status = child_fork(host, job, child);
    for (int i = 1; i < FORK_TRIES && child->process == 0; i++) {
        clock_sleep(FORK_PAUSE);
        status = child_fork(host, job, child);
    }
    if (child->process != 0) return status;
    Message message = {.kind = MESSAGE_JOB_ENDED};
    JobEndedMessage *ended = &message.as.job_ended;
    ended->slot = (uint8_t)slot;
    ended->kind = job->kind;
    ended->exit_code = (int32_t)status;
    text_copy(ended->text, sizeof(ended->text), status_text());
    return message_send(host->supervisor, 0, &message);
}

/* The child has closed its end, or what it says makes no sense: how did it end? */
static Status child_reap(HostState *host, size_t slot) {
    HostChild *child = &host->children[slot];
    int state = 0;
    kill(child->process, SIGKILL); /* changes nothing for one that has ended */
    while (waitpid(child->process, &state, 0) < 0 && errno == EINTR) {
    }
    Message message = {.kind = MESSAGE_JOB_ENDED};
    JobEndedMessage *ended = &message.as.job_ended;
    ended->slot = (uint8_t)slot;
    ended->kind = child->kind;
    ended->exit_code = WIFEXITED(state) ? WEXITSTATUS(state) : -1;
    ended->signal = WIFSIGNALED(state) ? WTERMSIG(state) : 0;
    ended->seconds = clock_monotonic() - child->started;
    text_copy(ended->text, sizeof(ended->text), child->text);
    channel_destroy(&child->channel);
    *child = (HostChild){0};
    return message_send(host->supervisor, 0, &message);
}

Status host_child_listen(HostState *host, size_t slot) {
    HostChild *child = &host->children[slot];
    for (;;) {
        int peer;
        uint8_t *data;
        size_t length;
        if (channel_receive(child->channel, &peer, &data, &length) != STATUS_OK)
            return child_reap(host, slot);
        if (data == NULL) return STATUS_OK;
        Message message;
        Status status = STATUS_OK;
        if (length > 1 && data[1] == MESSAGE_READY) { /* its own error */
            if (message_decode(&message, data, length) == STATUS_OK) {
                text_copy(child->text, sizeof(child->text), message.as.ready.text);
                message_release(&message);
            }
        } else {
            status = channel_send(host->supervisor, 0, data, length);
        }
        free(data);
        TRY(status);
    }
}
