/* How far handing out trials scales: a campaign of simulated ranks on a fake clock
 * (bench/simulated_campaign.h) with the real coordinator, ledger, messages and journal, in one process
 * without MPI. What the coordinator's work takes here, and what a sync of the journal takes on this disk,
 * passes on the fake clock too. */
#ifndef WINNOW_RANK_SIMULATED_DISPATCH_H
#define WINNOW_RANK_SIMULATED_DISPATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "rank/relays.h"

#define SIMULATED_MAX_RANKS 1000000
#define SIMULATED_MAX_STAGES 64

typedef struct SimulatedDispatchOptions {
    uint32_t ranks;       /* >= 1, on nodes of RANKS_A_NODE */
    int ranks_per_relay;  /* 0: none; or RANKS_PER_RELAY_AUTO, as `run` has them */
    uint64_t trials;      /* >= 1, of all stages together */
    uint32_t stages;      /* >= 1; no more than trials */
    double trial_seconds; /* > 0, of the fake clock, on average */
    double spread;        /* [0, 1]: trials take up to this part of it more or less */
    double sync_seconds;  /* of the fake clock; NaN: what one takes in the folder */
    bool publish;         /* write the results file at the end */
    const char *folder;   /* where the folder for the journal is made; NULL: in results, or here */
} SimulatedDispatchOptions;

typedef struct SimulatedDispatchFigures {
    uint32_t ranks_per_relay;   /* 0: there were none */
    double seconds;             /* of the fake clock, to the last row */
    double utilisation;         /* of the ranks' time up to then that went into training */
    double utilisation_at_once; /* the same, were the coordinator and its disk infinitely fast */
    double processor_seconds;   /* of the coordinator: steps, messages in and out, appends */
    uint64_t received, sent;    /* messages, by the coordinator */
    /* the same as the channel carries them, a bundle being one: */
    uint64_t channel_received, channel_sent;
    uint64_t syncs;
    double sync_seconds;    /* of each */
    uint64_t memory_bytes;  /* resident: coordinator, ledger and messages on their way */
    uint64_t journal_bytes; /* appended */
    uint64_t results_bytes; /* 0 unless published */
    double results_seconds; /* to write it; NaN */
} SimulatedDispatchFigures;

/* STATUS_ENVIRONMENT where the folder cannot be written, or a signal ended it; the folder goes in any case.
 */
Status simulated_dispatch(const SimulatedDispatchOptions *options,
                          SimulatedDispatchFigures *figures) MUST_CHECK;

#endif
