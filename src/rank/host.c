#include "rank/host.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "rank/host_process.h"

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

/* Kill it (which changes nothing for one that has ended) and wait: how did it end? */
static int host_reap(Host *host) {
    int state = 0;
    if (host->process > 0) { /* 0 would be this whole process group */
        kill(host->process, SIGKILL);
        while (waitpid(host->process, &state, 0) < 0 && errno == EINTR) {
        }
    }
    host->process = 0;
    return state;
}

/* Its end of the channel is closed. */
static Status host_lost(Host *host) {
    int state = host_reap(host);
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

Status host_set_up(Host *host, const SetupMessage *setup, double seconds) {
    Message message = {.kind = MESSAGE_SETUP};
    message.as.setup = *setup;
    TRY(host_send(host, &message));
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
    (void)host_reap(host); /* it may be loading data, deaf; its children die with it */
}
