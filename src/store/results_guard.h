/* A file that has changed is read in a process of its own first: HDF5 1.10 can crash on it, or never end. */
#ifndef WINNOW_STORE_RESULTS_GUARD_H
#define WINNOW_STORE_RESULTS_GUARD_H

#include "base/status.h"

/* The status of `attempt`, made in a child process; STATUS_ENVIRONMENT where the child dies of it. */
Status guard_try(const char *path, Status (*attempt)(const char *path)) MUST_CHECK;

#endif
