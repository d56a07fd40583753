/* Which ranks speak to the coordinator through another rank of their node, in large jobs. */
#ifndef WINNOW_RANK_RELAYS_H
#define WINNOW_RANK_RELAYS_H

#include "campaign/channel.h"

#define RANKS_PER_RELAY_AUTO                                                                                 \
    (-1) /* one relay a node in jobs of RELAY_RANKS and more, none in smaller ones                           \
          */
#define RANKS_PER_RELAY_MAX 1000000
#define RELAY_RANKS 1024

/* How many ranks of a node are to be behind a relay in a job of so many ranks, where `asked` is as given on
 * the command line or RANKS_PER_RELAY_AUTO; 0: nobody, UINT32_MAX: all. */
uint32_t relays_wanted(int asked, uint32_t ranks);

typedef struct Relays {
    uint32_t *relay_of; /* owned [ranks]: the rank whose relay passes its messages on; NO_RELAY: it speaks to
                           rank 0 itself. A relay's own rank is behind it */
    uint32_t ranks;
} Relays;

/* Where a rank is: its node's first rank, and how many of the node come before it. */
typedef struct RankPlace {
    uint32_t node_first, node_rank;
} RankPlace;

/* `per_relay` ranks of a node each are behind the first of them, but for those of rank 0's group and for a
 * rank that would be alone; 0: nobody is. */
Status relays_of(Relays *relays, const RankPlace *places, uint32_t ranks, uint32_t per_relay) MUST_CHECK;

/* The same for this job, and opens the way to those that the caller's rank speaks to. `per_relay` as given on
 * the command line, or RANKS_PER_RELAY_AUTO; where ranks were told different ones, the largest holds.
 * Collective.
 */
Status relays_meet(Relays *relays, Channel *ranks, const MpiPlace *place, int per_relay) MUST_CHECK;
void relays_release(Relays *relays);

#endif
