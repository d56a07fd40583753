/* Do other processes of this machine still live? MPI says nothing of a rank's death; the kernel does, at
 * once, for those in the same process space. */
#ifndef WINNOW_RANK_PROCESS_WATCH_H
#define WINNOW_RANK_PROCESS_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct ProcessWatch ProcessWatch;

/* Hash of the running kernel's boot id and of this PID namespace: where equal, a process number means the
 * same process. 0: unknown, equal to nothing, not even to another 0. */
uint64_t process_space(void);

/* Room for so many processes. */
Status process_watch_create(ProcessWatch **out, size_t room) MUST_CHECK;
void process_watch_destroy(ProcessWatch **watch); /* NULL is allowed */

/* Watch `process`, which the caller calls `number`. Nothing is done for one of another space, or where the
 * kernel cannot tell (before Linux 5.3): such a one is never said to have ended. */
void process_watch_add(ProcessWatch *watch, size_t number, uint32_t process, uint64_t space);

/* One of the watched that has ended, each told once; false where there is none. A zombie has ended. */
bool process_watch_ended(ProcessWatch *watch, size_t *number);

#endif
