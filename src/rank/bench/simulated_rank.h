/* A rank on a fake clock: the real worker state machine, and in place of its host process and the children
 * there what those would say, of a training that is made up. */
#ifndef WINNOW_RANK_SIMULATED_RANK_H
#define WINNOW_RANK_SIMULATED_RANK_H

#include "campaign/worker.h"
#include "rank/bench/simulated_relay.h"

typedef struct SimulatedRank {
    Worker worker;
    SimulatedWorld *world; /* borrowed */
    uint32_t number;
    uint32_t relay; /* the rank that passes its messages on, itself or another; NO_RELAY: none does */
    SimulatedRelay *relaying; /* owned, where it does so for others; else NULL */
    bool dead;
    bool training;  /* a child runs: */
    bool saves;     /* it is to save its state after this epoch and to end */
    uint32_t epoch; /* done */
    EpochRow row;   /* of the next one */
    double saved;   /* when its state was saved last, or it began */
} SimulatedRank;

/* It greets the coordinator. `rank` stays where it is until it is released. `relaying`, which is taken over
 * also on failure, is NULL unless `relay` is its own number. */
Status simulated_rank_begin(SimulatedRank *rank, SimulatedWorld *world, uint32_t number, uint32_t relay,
                            SimulatedRelay *relaying) MUST_CHECK;
/* Does another rank, as far as it knows, relay for it? */
bool simulated_rank_is_relayed(const SimulatedRank *rank);
/* An event of those up to RELAY_IS_TOLD. */
Status simulated_rank_event(SimulatedRank *rank, const TimedEvent *event) MUST_CHECK;
void simulated_rank_release(SimulatedRank *rank);

#endif
