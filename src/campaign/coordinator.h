/* The coordinator as a pure step: (state, event, now) -> actions. No I/O, no MPI, no clock of its own, so
 * that a test with a fake clock, thousands of simulated workers and the real campaign run the same code. */
#ifndef WINNOW_CAMPAIGN_COORDINATOR_H
#define WINNOW_CAMPAIGN_COORDINATOR_H

#include "campaign/config.h"
#include "campaign/ledger.h"
#include "campaign/plan.h"
#include "campaign/wire.h"

typedef struct Coordinator Coordinator;

/* Both clocks, in seconds: the steady one for intervals, Unix time for what is written down. */
typedef struct Moment {
    double steady, unix_time;
} Moment;

typedef enum EventKind {
    EVENT_MESSAGE,     /* a worker sent `message` (taken over) */
    EVENT_WORKER_LOST, /* worker `worker` is gone */
    EVENT_SYNCED,      /* everything appended so far is on disk */
    EVENT_JOB_RESULT,  /* a service job found `record` (taken over) */
    EVENT_JOB_ENDED,   /* the service job ended: `status`, `text`, `seconds` */
    EVENT_STORED, /* what ACTION_STORE asked for is on disk (`status`), or could not be written (`text`) */
    EVENT_STOP,   /* a signal asks for an orderly stop */
    EVENT_TICK
} EventKind;

typedef struct Event {
    EventKind kind;
    uint32_t worker;
    Message *message;
    Record *record;
    Status status;
    const char *text; /* the job's error, borrowed */
    bool crashed;     /* the job's process was ended by a signal: may be tried again */
    double seconds;   /* how long the job took */
    const char *name; /* EVENT_STORED: of the blob, borrowed */
} Event;

typedef enum ActionKind {
    ACTION_SEND,   /* `message` to `worker` */
    ACTION_APPEND, /* `bytes`, an encoded record, to the journal */
    ACTION_STORE,  /* write `bytes` as the blob `name`; EVENT_STORED follows */
    ACTION_REMOVE, /* the blob `name` is superseded: remove it once everything appended so far is synced */
    ACTION_JOB,    /* start a service job of kind `job` */
    ACTION_CANCEL_JOB, /* end the running service job; EVENT_JOB_ENDED follows */
    ACTION_NEWS,       /* a sentence for the user: `text` */
    ACTION_FINISH      /* the campaign is over for this run: `status`, `text`; complete or resumable */
} ActionKind;

typedef struct Action {
    ActionKind kind;
    uint32_t worker;
    bool with_checkpoint; /* ACTION_SEND of a lease: the worker does not see the campaign's folder, so put the
                             bytes of the lease's checkpoint into the message; leave them out where they
                             cannot be read */
    JobKind job;
    Status status;
    bool complete;   /* ACTION_FINISH: journal and parts may go */
    bool ranks_lost; /* ACTION_FINISH: some rank went without a farewell */
    uint8_t *bytes;  /* owned */
    size_t length;
    char name[BLOB_NAME_SIZE];
    char *text;       /* owned */
    Message *message; /* owned; shorter than a Message where its kind is */
} Action;

typedef struct Actions {
    Action *list;
    size_t count, capacity;
} Actions;
void actions_clear(Actions *actions); /* releases what they own, keeps the memory */
void actions_release(Actions *actions);

typedef struct CoordinatorPlace {
    uint32_t workers; /* rank 0's own is number 0 */
    Shard shard;      /* the trials that this run does; SHARD_ALL */
    bool published;  /* the results file stands already (a resumed campaign), so the first publish may wait */
    bool strict;     /* a worker of another arithmetic than the newest start's ends the run */
    double deadline; /* steady seconds by which the run must be over (--time-limit); INFINITY */
} CoordinatorPlace;

/* Begin or go on. Takes `ledger` over, which holds the campaign, data and start records at least, and no
 * ensemble of other rules than the config's; the config stays borrowed. */
Status coordinator_create(Coordinator **out, const Config *config, Ledger *ledger,
                          const CoordinatorPlace *place, Moment now) MUST_CHECK;
void coordinator_destroy(Coordinator **coordinator);

/* Take an event in; actions to be carried out in order are appended to `actions`. The first call should be
 * EVENT_TICK. An error is the program's own (memory, a broken invariant): the caller ends the campaign. */
Status coordinator_step(Coordinator *coordinator, Event *event, Moment now, Actions *actions) MUST_CHECK;

/* What can be shown of it. */
typedef struct CampaignView {
    const char *stage; /* name of the present one */
    size_t stage_number, stage_count;
    uint64_t finished, trials; /* of the whole plan; of a shard's run, up to the present stage */
    uint64_t diverged, failed;
    double epochs_done, epochs_all; /* running trials' epochs included */
    bool has_best;
    uint64_t best_trial;
    double best_metric;
    uint32_t working, workers; /* that train, that are there */
    const char *doing;         /* "preflight", "training", "ensemble", "publishing" */
} CampaignView;
CampaignView coordinator_view(const Coordinator *coordinator);

/* What one worker does, for FILE.h5.live. */
typedef struct WorkerView {
    bool present; /* else it has not come, has left or is lost */
    bool lost;
    const char *host; /* "" before it has come */
    bool training;
    uint64_t trial;         /* where training */
    uint32_t epoch, epochs; /* done, and of the trial */
    double since;           /* Unix seconds */
} WorkerView;
WorkerView coordinator_worker(const Coordinator *coordinator, uint32_t worker);

const Ledger *coordinator_ledger(const Coordinator *coordinator);

#endif
