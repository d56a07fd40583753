/* The working side of a rank as a pure step: it asks the coordinator for trials, has the host process run
 * each in a child, and hands in what came of it. No I/O and no clock of its own. */
#ifndef WINNOW_CAMPAIGN_WORKER_H
#define WINNOW_CAMPAIGN_WORKER_H

#include "campaign/wire.h"

/* Where a message of the worker goes. */
typedef enum WorkerPeer { WORKER_TO_COORDINATOR, WORKER_TO_HOST } WorkerPeer;

/* Called for each message in order; the message stays the worker's. */
typedef Status (*WorkerOutlet)(void *context, WorkerPeer peer, const Message *message);

typedef struct Worker {
    WorkerOutlet outlet;
    void *context;
    double trial_limit; /* seconds a trial may take; INFINITY for no limit */
    bool training;      /* a child runs */
    LeaseMessage lease; /* of the running trial */
    double started;     /* steady seconds */
    double last_sent;   /* steady seconds of the newest sign of life */
    bool limit_reached; /* the child was ended for taking too long */
    bool has_result;    /* of the running trial, from the child */
    ResultMessage result;
    NetworkMessage network; /* of the running trial; blob NULL if none */
    NetworkMessage offered; /* of a trial handed in, until the verdict; blob NULL if none */
    uint32_t unrecorded;    /* rows handed in that the coordinator has not yet reported safe */
    bool stopped;           /* told to leave */
} Worker;

/* Greets the coordinator. */
Status worker_start(Worker *worker, const HelloMessage *hello, double now) MUST_CHECK;

/* A message from the coordinator. Takes over what it owns. */
Status worker_on_coordinator(Worker *worker, Message *message, double now) MUST_CHECK;

/* A message from the host process about the trial's child: progress, result, network, or its end. Takes over
 * what it owns. */
Status worker_on_host(Worker *worker, Message *message, double now) MUST_CHECK;

/* Time passes: signs of life, the limit of a trial. */
Status worker_tick(Worker *worker, double now) MUST_CHECK;

void worker_release(Worker *worker);

#endif
