/* What the children of the host process do. Each function runs in a process of its own, sends what it finds
 * through `out` as messages, and returns; a failure's text is passed on by the host. */
#ifndef WINNOW_RANK_JOBS_H
#define WINNOW_RANK_JOBS_H

#include "campaign/channel.h"
#include "campaign/config.h"
#include "campaign/wire.h"
#include "data/dataset.h"

/* Set up once in the host process, inherited by every child. */
typedef struct JobContext {
    Config *config;
    Dataset *dataset;
    char *file; /* owned: the results file whose folder of blobs this rank sees; "" where it does not */
} JobContext;

/* Train one trial, from its lease's checkpoint where that can be used: MESSAGE_PROGRESS as it begins and each
 * epoch, MESSAGE_CHECKPOINT now and then, MESSAGE_RESULT, and MESSAGE_NETWORK where it completed. Where the
 * lease ends before the trial's last epoch, the checkpoint after it comes before the result. After
 * MESSAGE_SAVE (read from `out` between epochs) a checkpoint is the last that it sends. */
Status job_trial(const JobContext *context, const JobMessage *job, Channel *out) MUST_CHECK;

/* Gradient check, first loss, small subset, memory, speed: MESSAGE_JOB_RESULT with a PreflightRecord.
 * STATUS_ENVIRONMENT where gradients are wrong or memory does not suffice. */
Status job_preflight(const JobContext *context, const JobMessage *job, Channel *out) MUST_CHECK;

/* Rebuild the campaign from the journal's first `journal_length` bytes and replace the results file. */
Status job_publish(const JobContext *context, const JobMessage *job, Channel *out) MUST_CHECK;

/* Choose the ensemble from the kept networks and judge it, and the best single one, on the test set:
 * MESSAGE_JOB_RESULT with an EnsembleRecord. */
Status job_ensemble(const JobContext *context, const JobMessage *job, Channel *out) MUST_CHECK;

#endif
