/* A rank on a fake clock: the real worker state machine, and in place of its host process and the children
 * there what those would say, of a training that is made up. */
#ifndef WINNOW_RANK_SIMULATED_RANK_H
#define WINNOW_RANK_SIMULATED_RANK_H

#include "campaign/worker.h"
#include "rank/bench/event_queue.h"

#define LATENCY 1e-3 /* seconds from the sending of a message to its being seen, between ranks */

/* What training a trial gives: a pure function of the lease's trial, stage, number and draw, and of the epoch
 * (from 1). `seconds` is how long the epoch takes on the fake clock, > 0. A loss that is not finite ends the
 * trial as diverged. */
typedef EpochRow (*MadeUpEpoch)(const void *context, const LeaseMessage *lease, uint32_t epoch);

/* A trial has handed in its result, when all ranks together had trained so many epochs to their end. */
typedef void (*MadeUpEnd)(void *watcher, const LeaseMessage *lease, const TrainOutcome *outcome,
                          uint64_t epochs);

/* Events of the fake clock. */
typedef enum SimulatedEvent {
    TO_RANK,           /* `bytes`, a message */
    RANK_CHILD_BEGINS, /* of lease `tag` */
    RANK_EPOCH_ENDS,   /* the same */
    RANK_STORED,       /* the network of trial `tag` is in the folder */
    RANK_WAKES,        /* time passes for its supervisor */
    RANK_DIES,
    TO_COORDINATOR, /* `bytes`, a message */
    DEATH_IS_TOLD,  /* the coordinator is told that the rank is gone */
    JOB_IS_DONE,    /* the service job, for the coordinator */
    COORDINATOR_GOES_ON,
    COORDINATOR_SYNCED,
    COORDINATOR_TICKS /* `tag`: unless it has gone on since */
} SimulatedEvent;

/* What all ranks share. */
typedef struct SimulatedWorld {
    const Config *config;
    MadeUpEpoch epoch;
    const void *context; /* of `epoch` */
    MadeUpEnd ended;     /* NULL: nobody is told */
    void *watcher;       /* of `ended` */
    EventQueue events;
    double now;              /* seconds */
    uint32_t training;       /* ranks that do */
    double training_seconds; /* of all epochs that came to their end */
    uint64_t epochs;         /* those */
} SimulatedWorld;

typedef struct SimulatedRank {
    Worker worker;
    SimulatedWorld *world; /* borrowed */
    uint32_t number;
    bool dead;
    bool training;  /* a child runs: */
    bool saves;     /* it is to save its state after this epoch and to end */
    uint32_t epoch; /* done */
    EpochRow row;   /* of the next one */
    double saved;   /* when its state was saved last, or it began */
} SimulatedRank;

/* It greets the coordinator. `rank` stays where it is until it is released. */
Status simulated_rank_begin(SimulatedRank *rank, SimulatedWorld *world, uint32_t number) MUST_CHECK;
/* An event of the first group. */
Status simulated_rank_event(SimulatedRank *rank, const TimedEvent *event) MUST_CHECK;
void simulated_rank_release(SimulatedRank *rank);

#endif
