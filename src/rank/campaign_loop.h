/* The loop of a rank: messages in, steps of the state machines, their actions out, and a pause when nothing
 * happens. */
#ifndef WINNOW_RANK_CAMPAIGN_LOOP_H
#define WINNOW_RANK_CAMPAIGN_LOOP_H

#include "campaign/channel.h"
#include "campaign/coordinator.h"
#include "rank/host.h"
#include "rank/opening.h"
#include "rank/process_watch.h"
#include "rank/relays.h"
#include "report/progress.h"

/* Everything borrowed. */
typedef struct LoopPlace {
    Channel *ranks; /* to those that this one speaks to; on rank 0 to all, be it through relays */
    const Relays *relays;
    Host *host;
    ProcessWatch *watch; /* of the other ranks by their number, as far as this machine can tell */
    uint32_t rank, rank_count;
    const Limits *limits;
    bool sees_parts;
    Opening *opening;         /* rank 0: journal and file; NULL on the others */
    Coordinator *coordinator; /* rank 0 */
    Progress *progress;       /* rank 0 */
} LoopPlace;

typedef struct LoopEnd {
    bool complete;   /* rank 0: journal and parts may go */
    bool ranks_lost; /* some rank may be gone without a farewell */
} LoopEnd;

/* Until the coordinator says that it is over. On rank 0 the status and text are the campaign's; on the others
 * STATUS_OK, or why this rank left: STATUS_RESUMABLE where rank 0 is gone. */
Status campaign_loop(const LoopPlace *place, LoopEnd *end) MUST_CHECK;

/* Seconds to wait where nothing happens, the wait before having been `nap`: the longer nothing happens the
 * longer, up to about a millisecond where other ranks may speak. */
double campaign_loop_nap(double nap, uint32_t rank_count, bool busy);

#endif
