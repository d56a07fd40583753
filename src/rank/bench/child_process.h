/* A piece of work in a process of its own: its memory is not mixed with that of what was done before, and all
 * that it leaves is a struct of figures. */
#ifndef WINNOW_RANK_CHILD_PROCESS_H
#define WINNOW_RANK_CHILD_PROCESS_H

#include <stddef.h>

#include "base/status.h"

/* Fills in `figures`. */
typedef Status (*ChildWork)(void *context, void *figures);

/* Fork, work, and hand `size` bytes of figures back, or the child's status and text. STATUS_ENVIRONMENT where
 * there is no process to be had, it crashed, or a signal asked for a stop meanwhile (base/stop.h): it is
 * gone on return in any case. */
Status child_process_run(ChildWork work, void *context, void *figures, size_t size) MUST_CHECK;

#endif
