/* HDF5 1.10 can crash, or never end: on a file that has changed since it was written, and on a full disk.
 * What may come to that is tried in a process of its own. */
#ifndef WINNOW_STORE_RESULTS_GUARD_H
#define WINNOW_STORE_RESULTS_GUARD_H

#include "base/status.h"

/* The status of attempt(context), made in a child process that may compute for so many seconds;
 * STATUS_ENVIRONMENT with the text `died` where the child dies of it. Nothing that it changes in memory comes
 * back. */
Status guard_try(Status (*attempt)(void *context), void *context, unsigned seconds,
                 const char *died) MUST_CHECK;

#endif
