/* The host process itself, from its fork to its end. */
#ifndef WINNOW_RANK_HOST_PROCESS_H
#define WINNOW_RANK_HOST_PROCESS_H

#include <sys/types.h>

/* Serve the supervisor `parent`, which has the other end of the socket `descriptor`, until it goes. Call it
 * in a process that was forked for it. */
void host_main(int descriptor, pid_t parent) __attribute__((noreturn));

#endif
