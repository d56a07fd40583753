/* The state of a running trial, saved between epochs so that another process can go on with the same bits. */
#ifndef WINNOW_RANK_JOBS_CHECKPOINT_H
#define WINNOW_RANK_JOBS_CHECKPOINT_H

#include "campaign/records.h"
#include "engine/trainer.h"
#include "rank/jobs.h"

/* How the saving goes. Everything but the numbers is borrowed. */
typedef struct Checkpoints {
    const JobContext *context;
    const LeaseMessage *lease;
    Channel *out;
    double last;    /* steady seconds: the end of the newest attempt; the trial's begin before the first */
    double cost;    /* seconds that the newest attempt took; 0 before the first */
    uint32_t epoch; /* epochs done in what is saved; 0 for nothing */
    bool leave;     /* MESSAGE_SAVE has come: save, and end */
} Checkpoints;

/* Take in what the supervisor says. An error: it is gone. */
Status checkpoint_listen(Checkpoints *checkpoints) MUST_CHECK;

/* Put the trainer, which has run no epoch, and the row's curve (room for `epochs`) where the lease's
 * checkpoint stood. Its bytes come with the lease or out of the campaign's folder and are checked as
 * untrusted. Where it cannot be used the status text says why, and the trainer can only be destroyed. */
Status checkpoint_restore(const JobContext *context, const LeaseMessage *lease, uint32_t epochs,
                          Trainer *trainer, TrialRecord *row) MUST_CHECK;

/* Is it time? limits.checkpoint_seconds have passed, and saving would take under 1 % of them. */
bool checkpoint_due(const Checkpoints *checkpoints, double now);

/* Write it into the campaign's folder, or send it where this rank does not see that, and wait until it has
 * left: the words of later epochs would pile up behind it. After one epoch at least, and before the last.
 * What cannot be saved (a full disk) is no failure of the trial: the checkpoint before it stands. */
void checkpoint_save(Checkpoints *checkpoints, const Trainer *trainer, const TrialRecord *row);

#endif
