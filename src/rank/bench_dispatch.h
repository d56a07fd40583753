/* What handing out trials and acknowledging them costs: the real coordinator, ledger, journal and channels,
 * with workers whose trials are made up (bench/made_up_worker.h). No networks, no checkpoints, no publishing.
 */
#ifndef WINNOW_RANK_BENCH_DISPATCH_H
#define WINNOW_RANK_BENCH_DISPATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define DISPATCH_PACED_TRIALS 400   /* to time acknowledgements by: that many more at most .. */
#define DISPATCH_PACED_SECONDS 0.02 /* .. of about so long */

typedef struct DispatchOptions {
    uint64_t trials;      /* >= 1 */
    double trial_seconds; /* about how long a worker waits in each; 0: not at all */
    const char *folder;   /* where the folder for the journal is made; NULL: in results, or here */
} DispatchOptions;

/* Seconds; NaN where count is 0. */
typedef struct Spread {
    size_t count;
    double median, high; /* high: 95 of 100 are below */
} Spread;

typedef struct DispatchFigures {
    bool first_rank; /* the rest is valid there alone */
    uint32_t ranks;
    uint64_t trials;
    double seconds;           /* for these trials */
    double processor_seconds; /* of the coordinator: its steps, and taking in and sending messages */
    uint64_t journal_bytes, syncs;
    double append_seconds, sync_seconds; /* on the clock */
    /* Of trials that come one by one: */
    Spread acknowledging; /* from the coordinator's taking in a result to its word that it is safe on disk */
    Spread own, others;   /* from handing it in to hearing that: rank 0's own worker, the other ranks, whose
                             messages wait for each side's next look */
    Spread bare;          /* the same bytes, written and synced to a file beside the journal, in turns */
} DispatchFigures;

/* Collective under MPI, which it begins and ends. STATUS_ENVIRONMENT where the folder cannot be written, or a
 * signal ended it; the folder goes in any case. */
Status bench_dispatch(const DispatchOptions *options, DispatchFigures *figures) MUST_CHECK;

#endif
