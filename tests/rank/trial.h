/* A real host process with a small campaign, for tests of what its children do. */
#ifndef WINNOW_TESTS_RANK_TRIAL_H
#define WINNOW_TESTS_RANK_TRIAL_H

#include "campaign/config.h"
#include "campaign/wire.h"
#include "rank/host.h"

#define TRIAL_EPOCHS 60 /* some milliseconds each */
#define TRIAL_FILE "campaign.h5"

/* What a trial's child said, and how it ended. */
typedef struct Heard {
    bool begun;
    uint32_t from_epoch;
    char note[REASON_SIZE];
    uint32_t rows; /* epochs reported */
    bool has_checkpoint;
    CheckpointMessage checkpoint; /* the newest; owns its blob */
    uint32_t checkpoints;
    bool saved_first; /* the newest checkpoint came before the result */
    bool has_result;
    TrialRecord row; /* owns its curve */
    bool has_network;
    bool ended;
    JobEndedMessage end;
} Heard;
void heard_release(Heard *heard);

/* A host process, set up; `file` "" for a rank that does not see the folder. `checkpoints` is
 * limits.checkpoint_seconds as text. The test ends where it cannot. */
void trial_host(Host *host, const char *file, const char *checkpoints);

/* Send it the trial's lease, with a checkpoint to go on from unless NULL; its blob stays the caller's. */
void trial_begin(Host *host, uint64_t lease, const CheckpointMessage *from);
/* The same, to a rung after so many epochs. */
void trial_begin_until(Host *host, uint64_t lease, const CheckpointMessage *from, uint32_t until_epoch);

/* Listen until the child has ended. After `save_after` rows of it (0: never) it is told to save. */
Heard trial_listen(Host *host, uint32_t save_after);

/* A trial's process without a host, of a rank that does not see the folder, which would save its state after
 * each epoch. *descriptor is the other end of its channel, which holds some thousand bytes. */
pid_t trial_alone(int *descriptor);

/* The next message of the host process within some seconds; the test ends where there is none. */
Message host_next(Host *host);

#endif
