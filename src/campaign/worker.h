/* The working side of a rank as a pure step: it asks the coordinator for trials, has the host process run
 * each in a child, and hands in what came of it. No I/O and no clock of its own. */
#ifndef WINNOW_CAMPAIGN_WORKER_H
#define WINNOW_CAMPAIGN_WORKER_H

#include "campaign/config.h"
#include "campaign/wire.h"

#define WORKER_SIGN_OF_LIFE 2.0  /* seconds between a worker's messages at most, working or idle */
#define WORKER_END_SECONDS 30.0  /* for the host process to end a child that it was told to end */
#define WORKER_PATIENCE 5.0      /* a disk that stands still may hold the coordinator up for minutes */
#define WORKER_SAVE_SECONDS 10.0 /* after a stop: for the running trial to reach the end of an epoch */

/* Where a message of the worker goes. */
typedef enum WorkerPeer { WORKER_TO_COORDINATOR, WORKER_TO_HOST } WorkerPeer;

/* Called for each message in order; the message stays the worker's. */
typedef Status (*WorkerOutlet)(void *context, WorkerPeer peer, const Message *message);

/* Zeroed but for the first five, which the caller sets. */
typedef struct Worker {
    WorkerOutlet outlet;
    void *context;
    Limits limits;

    double attention;  /* seconds that the worker has lived: a gap of over a second between two calls (it was
                          suspended) counts as one */
    double last_call;  /* steady seconds */
    double last_sent;  /* steady seconds of the newest message to the coordinator */
    double last_heard; /* by attention: the newest message from it */
    double started;    /* by attention: the running trial's child */
    double last_epoch; /* by attention: the child's newest epoch, or its start */
    double save_until; /* steady seconds; INFINITY once the child was ended */
    double cancelled;  /* by attention: when the host was told last to end the child */

    LeaseMessage lease;     /* of the running trial; its blob is handed on and not kept */
    LeaseMessage next;      /* where has_next; owns its blob */
    ResultMessage result;   /* where has_result */
    NetworkMessage network; /* of the same trial; blob NULL if none */
    NetworkMessage offered; /* of a trial handed in, until the verdict or until stored; blob NULL if none */
    CheckpointMessage checkpoint; /* newest of the running trial, until the verdict; blob NULL if none */

    bool watches_coordinator; /* false on rank 0, whose coordinator is in the same process */
    bool sees_parts;          /* the host process stores blobs by itself */
    bool training;            /* a child runs */
    bool has_next;      /* another lease came meanwhile: its child starts once the present one is gone */
    bool limit_reached; /* the child was ended for taking longer than limits.trial_seconds */
    bool hung;          /* the child was ended for ending no epoch in limits.epoch_seconds */
    bool has_result;    /* of the running trial from the child, or of one that waits to be handed in */
    bool storing;       /* the host writes `offered` */
    bool by_channel;    /* the host could not: its bytes go to the coordinator */
    bool checkpoint_offered;
    bool stopping;   /* told to leave */
    bool saving;     /* the running trial's child was told to save its state and to end */
    bool left;       /* has said farewell: nothing more will be sent */
    bool ranks_lost; /* the stop said so */
} Worker;

/* Greets the coordinator. */
Status worker_start(Worker *worker, const HelloMessage *hello, double now) MUST_CHECK;

/* The way to the coordinator is another one, and what was on its way there or back may be lost: greets it
 * again. What a running trial has come to stays, and its checkpoint, or that of
 * one that was saved for a stop, is offered again; what was handed in and
 * not answered is dropped, and its trial is trained again by whoever gets it. */
Status worker_greet_anew(Worker *worker, HelloMessage *hello, double now) MUST_CHECK;

/* A message from the coordinator. Takes over what it owns. A lease replaces what the worker does; after a
 * stop it leaves once nothing is open. */
Status worker_on_coordinator(Worker *worker, Message *message, double now) MUST_CHECK;

/* A message from the host process: about the trial's child (progress, checkpoint, result, network, its end)
 * or a blob that was stored for the worker. Takes over what it owns. */
Status worker_on_host(Worker *worker, Message *message, double now) MUST_CHECK;

/* Time passes: signs of life, limits of a trial, the end of the time to save. To be called at least once a
 * second. STATUS_RESUMABLE where nothing was heard of the coordinator for WORKER_PATIENCE times
 * limits.silence_seconds: this rank is alone and ends. STATUS_ENVIRONMENT where a child cannot be ended: its
 * rank is of no more use. */
Status worker_tick(Worker *worker, double now) MUST_CHECK;

/* This rank cannot go on, and says why ("" for none); sets `left`. */
Status worker_leave(Worker *worker, const char *reason, double now) MUST_CHECK;

void worker_release(Worker *worker);

#endif
