#include "rank/host.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/node_segment.h"
#include "engine/blas.h"
#include "rank/jobs.h"

typedef Status (*JobFunction)(const JobContext *context, const JobMessage *job, Channel *out);
static const JobFunction job_functions[JOB_KIND_COUNT] = {
    [JOB_TRIAL] = job_trial,
    [JOB_PREFLIGHT] = job_preflight,
    [JOB_PUBLISH] = job_publish,
    [JOB_ENSEMBLE] = job_ensemble,
};

/* A place for one child. */
typedef struct Child {
    pid_t process; /* 0: none */
    Channel *channel;
    uint8_t kind;
    double started;
    char text[ERROR_TEXT_SIZE]; /* its own error */
} Child;

typedef struct HostState {
    Channel *supervisor;
    JobContext context;
    NodeSegment segment;
    Child children[JOB_SLOT_COUNT];
} HostState;

/* Only parents end trial processes: signals meant for the campaign pass them by. */
static void ignore_campaign_signals(void) {
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE};
    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
        signal(ignored[i], SIG_IGN);
    static const int plain[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGCHLD};
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        signal(plain[i], SIG_DFL);
}

static void die_with_parent(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1); /* it died before the call */
}

/* Until everything queued has left, or the other side is gone. */
static void flush(Channel *channel) {
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

/* --- the child --- */

static void child_main(HostState *host, const JobMessage *job, int descriptor, pid_t parent)
    __attribute__((noreturn));
static void child_main(HostState *host, const JobMessage *job, int descriptor, pid_t parent) {
    die_with_parent(parent);
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
    if (out != NULL) flush(out);
    _exit((int)status);
}

static Status tell(HostState *host, const Message *message) {
    return message_send(host->supervisor, 0, message);
}

static Status child_start(HostState *host, const JobMessage *job) {
    if (job->kind >= JOB_KIND_COUNT) return status_fail(STATUS_ENVIRONMENT, "unknown job %u", job->kind);
    Child *child = &host->children[job->kind == JOB_TRIAL ? JOB_SLOT_TRIAL : JOB_SLOT_SERVICE];
    if (child->process != 0) return status_fail(STATUS_ENVIRONMENT, "a job was sent while another one runs");
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return status_fail_errno(STATUS_ENVIRONMENT, "cannot make a socket pair for a job");
    pid_t parent = getpid();
    pid_t process = fork();
    if (process == 0) {
        close(pair[0]);
        child_main(host, job, pair[1], parent);
    }
    close(pair[1]);
    if (process < 0) {
        Status status = status_fail_errno(STATUS_ENVIRONMENT, "cannot fork a process for a job");
        close(pair[0]);
        return status;
    }
    *child = (Child){.process = process, .kind = job->kind, .started = clock_monotonic()};
    return channel_socket_create(&child->channel, pair[0]);
}

/* The child has closed its end, or what it says makes no sense: how did it end? */
static Status child_reap(HostState *host, size_t slot) {
    Child *child = &host->children[slot];
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
    *child = (Child){0};
    return tell(host, &message);
}

/* Pass on all that a child has said. */
static Status child_listen(HostState *host, size_t slot) {
    Child *child = &host->children[slot];
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

/* --- the host --- */

static Status set_up(HostState *host, const SetupMessage *setup) {
    TRY(config_parse(&host->context.config, setup->config_name, setup->config_text,
                     strlen(setup->config_text)));
    if (setup->segment[0] == '\0') {
        TRY(dataset_load(&host->context.dataset, &host->context.config->data, host->context.config->seed));
    } else {
        TRY(node_segment_attach(&host->segment, setup->segment, setup->segment_length));
        TRY(dataset_view(&host->context.dataset, host->segment.data, host->segment.length));
    }
    blas_prepare();
    return STATUS_OK;
}

static Status on_message(HostState *host, Message *message) {
    switch (message->kind) {
    case MESSAGE_SETUP: {
        Message answer = {.kind = MESSAGE_READY};
        Status status = set_up(host, &message->as.setup);
        answer.as.ready.status = (uint32_t)status;
        if (status != STATUS_OK) text_copy(answer.as.ready.text, sizeof(answer.as.ready.text), status_text());
        return tell(host, &answer);
    }
    case MESSAGE_JOB: return child_start(host, &message->as.job);
    case MESSAGE_CANCEL: {
        size_t slot = message->as.cancel.slot;
        if (slot < JOB_SLOT_COUNT && host->children[slot].process != 0)
            kill(host->children[slot].process, SIGKILL);
        return STATUS_OK;
    }
    default: return STATUS_OK;
    }
}

static Status listen_to_supervisor(HostState *host) {
    for (;;) {
        int peer;
        Message message;
        bool got;
        TRY(message_receive(host->supervisor, &peer, &message, &got));
        if (!got) return STATUS_OK;
        Status status = on_message(host, &message);
        message_release(&message);
        TRY(status);
    }
}

static Status host_round(HostState *host) {
    struct pollfd wait[1 + JOB_SLOT_COUNT];
    size_t slots[1 + JOB_SLOT_COUNT], count = 0;
    wait[count++] =
        (struct pollfd){.fd = channel_socket_descriptor(host->supervisor),
                        .events = (short)(POLLIN | (channel_sending(host->supervisor) ? POLLOUT : 0))};
    for (size_t i = 0; i < JOB_SLOT_COUNT; i++) {
        if (host->children[i].process == 0) continue;
        slots[count] = i;
        wait[count++] =
            (struct pollfd){.fd = channel_socket_descriptor(host->children[i].channel), .events = POLLIN};
    }
    if (poll(wait, count, -1) < 0 && errno != EINTR)
        return status_fail_errno(STATUS_ENVIRONMENT, "poll in the host process");
    for (size_t i = 1; i < count; i++) {
        if (wait[i].revents != 0) TRY(child_listen(host, slots[i]));
    }
    return listen_to_supervisor(host);
}

static void host_main(int descriptor, pid_t parent) __attribute__((noreturn));
static void host_main(int descriptor, pid_t parent) {
    die_with_parent(parent);
    ignore_campaign_signals();
    HostState host = {0};
    Status status = channel_socket_create(&host.supervisor, descriptor);
    while (status == STATUS_OK)
        status = host_round(&host);
    if (host.supervisor != NULL) { /* why; where the supervisor is gone, nobody hears it */
        Message last = {.kind = MESSAGE_READY};
        last.as.ready.status = (uint32_t)status;
        text_copy(last.as.ready.text, sizeof(last.as.ready.text), status_text());
        if (tell(&host, &last) == STATUS_OK) flush(host.supervisor);
    }
    for (size_t i = 0; i < JOB_SLOT_COUNT; i++) {
        if (host.children[i].process != 0) kill(host.children[i].process, SIGKILL);
    }
    _exit(0);
}

/* --- the supervisor's side --- */

Status host_start(Host *host) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return status_fail_errno(STATUS_ENVIRONMENT, "cannot make a socket pair for the host process");
    fflush(NULL);
    pid_t parent = getpid();
    host->process = fork();
    if (host->process == 0) {
        close(pair[0]);
        host_main(pair[1], parent);
    }
    close(pair[1]);
    if (host->process < 0) {
        Status status = status_fail_errno(STATUS_ENVIRONMENT, "cannot fork the host process");
        close(pair[0]);
        return status;
    }
    return channel_socket_create(&host->channel, pair[0]);
}

/* Its end of the channel is closed: how did it end? */
static Status host_lost(Host *host) {
    int state = 0;
    kill(host->process, SIGKILL); /* changes nothing for one that has ended */
    while (waitpid(host->process, &state, 0) < 0 && errno == EINTR) {
    }
    host->process = 0;
    if (WIFSIGNALED(state))
        return status_fail(STATUS_RESUMABLE,
                           "the process that runs this rank's trials was ended by signal %d (%s); the same "
                           "command continues",
                           WTERMSIG(state), strsignal(WTERMSIG(state)));
    return status_fail(STATUS_RESUMABLE,
                       "the process that runs this rank's trials ended; the same command continues");
}

Status host_send(Host *host, const Message *message) {
    return message_send(host->channel, 0, message) == STATUS_OK ? STATUS_OK : host_lost(host);
}

Status host_receive(Host *host, Message *message, bool *got) {
    int peer;
    uint8_t *data;
    size_t length;
    *got = false;
    if (channel_receive(host->channel, &peer, &data, &length) != STATUS_OK) return host_lost(host);
    if (data == NULL) return STATUS_OK;
    Status status = message_decode(message, data, length);
    free(data);
    if (status == STATUS_OK && message->kind == MESSAGE_READY && message->as.ready.status != STATUS_OK)
        return status_restore((Status)message->as.ready.status, message->as.ready.text);
    *got = status == STATUS_OK;
    return status;
}

Status host_set_up(Host *host, const char *config_name, const char *config_text, const char *segment,
                   size_t segment_length, double seconds) {
    Message message = {.kind = MESSAGE_SETUP};
    SetupMessage *setup = &message.as.setup;
    setup->segment_length = segment_length;
    Status status = memory_text(&setup->config_name, config_name);
    if (status == STATUS_OK) status = memory_text(&setup->config_text, config_text);
    if (status == STATUS_OK) status = memory_text(&setup->segment, segment);
    if (status == STATUS_OK) status = host_send(host, &message);
    message_release(&message);
    TRY(status);
    for (double end = clock_monotonic() + seconds;;) {
        Message answer;
        bool got;
        TRY(host_receive(host, &answer, &got));
        if (got) {
            bool ready = answer.kind == MESSAGE_READY;
            message_release(&answer);
            if (ready) return STATUS_OK;
            continue;
        }
        if (clock_monotonic() > end)
            return status_fail(STATUS_ENVIRONMENT, "the host process did not get ready within %g s", seconds);
        struct pollfd wait = {.fd = channel_socket_descriptor(host->channel),
                              .events = (short)(POLLIN | (channel_sending(host->channel) ? POLLOUT : 0))};
        if (poll(&wait, 1, 100) < 0 && errno != EINTR)
            return status_fail_errno(STATUS_ENVIRONMENT, "poll for the host process");
    }
}

void host_stop(Host *host) {
    channel_destroy(&host->channel);
    if (host->process > 0) {
        kill(host->process, SIGKILL); /* it may be loading data, deaf; its children die with it */
        while (waitpid(host->process, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    host->process = 0;
}
