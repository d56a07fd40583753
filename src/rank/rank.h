/* One process of a campaign: a supervisor that speaks MPI and never computes, beside its host process whose
 * children compute. Rank 0 is the coordinator as well. */
#ifndef WINNOW_RANK_RANK_H
#define WINNOW_RANK_RANK_H

#include <stdbool.h>

#include "base/status.h"
#include "campaign/plan.h"

typedef struct RankOptions {
    const char *space;          /* path of the configuration */
    const char *output;         /* path of the results file; NULL: results/<name>.h5, or
                                   results/<name>.shard-I-of-N.h5 */
    const char *from;           /* a results file of the same campaign to begin with a copy of; NULL */
    const char *decisions_from; /* a results file whose decisions are repeated; NULL */
    Shard shard;                /* SHARD_ALL unless --shard says otherwise */
    bool fresh;                 /* set an old file aside and begin anew */
    bool no_lock;               /* take none: for file systems that have none */
    bool strict;                /* all trials by one arithmetic, or none */
    int ranks_per_relay;        /* RANKS_PER_RELAY_AUTO, or as relays_of() has it */
    uint32_t threads;           /* of a trial's large products, 1 .. BLAS_THREADS_MAX */
    double time_limit;          /* seconds from now after which all must be over; INFINITY */
} RankOptions;

/* Run the campaign or this rank's part of it. STATUS_OK when complete, STATUS_RESUMABLE when stopped early;
 * on ranks other than 0 STATUS_OK unless the rank itself failed. News goes to the log's sink, progress to
 * stderr. */
Status rank_run(const RankOptions *options) MUST_CHECK;

#endif
