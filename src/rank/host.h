/* The host process of a rank: forked before MPI_Init, so that no fork ever meets registered memory; it forks
 * one child a job, passes on what they say, and tells how they ended. A crash ends a child alone. */
#ifndef WINNOW_RANK_HOST_H
#define WINNOW_RANK_HOST_H

#include <sys/types.h>

#include "base/status.h"
#include "campaign/channel.h"
#include "campaign/wire.h"

typedef struct Host {
    pid_t process;
    Channel *channel; /* of messages to and from it; NULL once stopped */
} Host;

/* Fork it. In the host process this does not return. Call before MPI_Init and before anything large is
 * allocated. */
Status host_start(Host *host) MUST_CHECK;

/* Send a message. STATUS_RESUMABLE where the host process has died: nothing that was finished is lost. */
Status host_send(Host *host, const Message *message) MUST_CHECK;

/* The next message from it; *got is false where there is none. An error that the host could not go on from is
 * returned as its own; STATUS_RESUMABLE where it died without a word. */
Status host_receive(Host *host, Message *message, bool *got) MUST_CHECK;

/* Send MESSAGE_SETUP and wait for its answer, up to `seconds`. A segment of "" makes the host load the data
 * itself. */
Status host_set_up(Host *host, const SetupMessage *setup, double seconds) MUST_CHECK;

/* End it with all its children, whatever they do, and wait. */
void host_stop(Host *host);

#endif
