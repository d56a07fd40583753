/* The relay of a simulated rank: the real state machine (relay.h), whose messages are events of the fake
 * clock. Messages of the ranks behind it take no time to come, and lie there until its loop's nap is over. */
#ifndef WINNOW_RANK_SIMULATED_RELAY_H
#define WINNOW_RANK_SIMULATED_RELAY_H

#include "campaign/relay.h"
#include "rank/bench/simulated_world.h"

typedef struct SimulatedRelay {
    Relay *relay;          /* owned */
    SimulatedWorld *world; /* borrowed */
    uint32_t rank, count;  /* behind it are so many ranks from its own on */
    bool naps;             /* something has come, and its loop will go on */
} SimulatedRelay;

/* `count` is no more than RANKS_A_NODE. */
Status simulated_relay_create(SimulatedRelay **out, SimulatedWorld *world, uint32_t rank,
                              uint32_t count) MUST_CHECK;
void simulated_relay_destroy(SimulatedRelay **relay); /* NULL is allowed */

/* TO_RELAY, RELAY_GOES_ON, RELAY_IS_TOLD. */
Status simulated_relay_event(SimulatedRelay *relay, const TimedEvent *event) MUST_CHECK;
/* To be called once a second. */
Status simulated_relay_wake(SimulatedRelay *relay) MUST_CHECK;
/* Its process has ended: those behind it will see that. */
Status simulated_relay_dies(const SimulatedRelay *relay) MUST_CHECK;

#endif
