/* The loop of a rank: messages in, steps of the state machines, their actions out, and a pause when nothing
 * happens. */
#ifndef WINNOW_RANK_CAMPAIGN_LOOP_H
#define WINNOW_RANK_CAMPAIGN_LOOP_H

#include "campaign/channel.h"
#include "campaign/coordinator.h"
#include "rank/host.h"
#include "rank/opening.h"
#include "report/progress.h"

/* Everything borrowed. */
typedef struct LoopPlace {
    Channel *ranks; /* to the other ranks */
    Host *host;
    uint32_t rank, rank_count;
    double trial_limit;       /* seconds; INFINITY */
    Opening *opening;         /* rank 0: journal and file; NULL on the others */
    Coordinator *coordinator; /* rank 0 */
    Progress *progress;       /* rank 0 */
} LoopPlace;

typedef struct LoopEnd {
    bool complete; /* rank 0: journal and parts may go */
    bool all_left; /* rank 0: every other rank has said farewell; false where one may be dead */
} LoopEnd;

/* Until the coordinator says that it is over. On rank 0 the status and text are the campaign's. */
Status campaign_loop(const LoopPlace *place, LoopEnd *end) MUST_CHECK;

#endif
