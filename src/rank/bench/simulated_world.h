/* What simulated ranks share: the fake clock, its events, and what training gives. */
#ifndef WINNOW_RANK_SIMULATED_WORLD_H
#define WINNOW_RANK_SIMULATED_WORLD_H

#include "campaign/config.h"
#include "campaign/wire.h"
#include "rank/bench/event_queue.h"

#define LATENCY 1e-3         /* seconds from the sending of a message to its being seen, between ranks */
#define NOTICE_SECONDS 50e-3 /* from the end of a rank's process to its node's other ranks seeing it */
#define RANKS_A_NODE 64

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
    RANK_WAKES,        /* time passes for its supervisor, and for its relay */
    RANK_LOSES_RELAY,  /* it sees that the rank that relays for it is gone */
    RANK_DIES,
    TO_RELAY,       /* `bytes`, from rank `tag`: a message; from 0: a bundle */
    RELAY_GOES_ON,  /* after a nap: what has come was taken in */
    RELAY_IS_TOLD,  /* rank `tag`, which is behind it, is gone */
    TO_COORDINATOR, /* `bytes`, a message or a relay's bundle */
    DEATH_IS_TOLD,  /* the coordinator, or the relay in between, is told that the rank is gone */
    JOB_IS_DONE,    /* the service job, for the coordinator */
    COORDINATOR_GOES_ON,
    COORDINATOR_SYNCED,
    COORDINATOR_TICKS /* `tag`: unless it has gone on since */
} SimulatedEvent;

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

#endif
