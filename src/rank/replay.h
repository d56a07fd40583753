/* A finished trial trained once more, to see whether its bits come again. */
#ifndef WINNOW_RANK_REPLAY_H
#define WINNOW_RANK_REPLAY_H

#include "campaign/config.h"
#include "campaign/ledger.h"
#include "data/dataset.h"

typedef struct Replay {
    bool same; /* status, epochs, every figure of every epoch, the weights, and those of its stored snapshots
                */
    TrainOutcome outcome;             /* of the replay */
    uint32_t first_epoch;             /* the first one that differs, from 1; 0: none does */
    const char *figure;               /* of that epoch: "train_loss" ..; NULL where it is not there at all */
    double recorded, replayed;        /* that figure */
    uint32_t snapshots;               /* how many stored ones were compared */
    uint32_t first_snapshot;          /* epoch of the first one that differs; 0: none does */
    char arithmetic[ARITHMETIC_SIZE]; /* that computed it now */
} Replay;

/* Told after each epoch. */
typedef void ReplayNews(void *context, const EpochRow *row, uint32_t epochs, bool same);

/* Train it as the campaign did, one that was stopped early as far as it came: `config` and `dataset` are the
 * campaign's; snapshots are those in `file` or the folder beside it. STATUS_INPUT where there is no such
 * trial, or it has nothing to compare with (it has not finished, or failed). Call blas_prepare first. */
Status replay_trial(const char *file, const Ledger *ledger, const Config *config, const Dataset *dataset,
                    uint64_t trial, ReplayNews *news, void *context, Replay *replay) MUST_CHECK;

#endif
