/* A child of the host process: one job in a process of its own. */
#ifndef WINNOW_RANK_HOST_CHILD_H
#define WINNOW_RANK_HOST_CHILD_H

#include <sys/types.h>

#include "campaign/channel.h"
#include "campaign/wire.h"
#include "rank/jobs.h"

/* A place for one. Zeroed: nobody there. */
typedef struct HostChild {
    pid_t process; /* 0: none */
    Channel *channel;
    uint8_t kind;
    double started;             /* steady seconds */
    char text[ERROR_TEXT_SIZE]; /* its own error */
} HostChild;

/* What all children have from the host process. */
typedef struct HostState {
    Channel *supervisor;
    JobContext context;
    HostChild children[JOB_SLOT_COUNT];
} HostState;

/* End with the parent, whatever it dies of. Call it first in a forked process. */
void host_die_with_parent(pid_t parent);

/* Until everything queued has left, or the other side is gone. */
void host_flush(Channel *channel);

/* Fork a process for the job. Where the machine has no more processes or memory for it, that is tried for a
 * while, and then told as a job that ended (nothing else comes of it). */
Status host_child_start(HostState *host, const JobMessage *job) MUST_CHECK;

/* Pass on to the supervisor all that the child of this slot has said, and in the end how it ended. */
Status host_child_listen(HostState *host, size_t slot) MUST_CHECK;

#endif
