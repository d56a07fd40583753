/* Hand a script to the scheduler. */
#ifndef WINNOW_BATCH_SUBMISSION_H
#define WINNOW_BATCH_SUBMISSION_H

#include "batch/scheduler.h"

#define JOB_ID_SIZE 128

/* Run the submitting command on a script that stands in a file; what it says on stderr goes there.
 * STATUS_ENVIRONMENT where it cannot be run, fails, or tells no id. */
Status submission_run(const Scheduler *scheduler, const char *script, char id[JOB_ID_SIZE]) MUST_CHECK;

#endif
