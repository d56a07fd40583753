/* What the coordinator's sources share; for nobody else. */
#ifndef WINNOW_CAMPAIGN_COORDINATOR_STATE_H
#define WINNOW_CAMPAIGN_COORDINATOR_STATE_H

#include "campaign/coordinator.h"

#define NO_TRIAL UINT64_MAX
#define PUBLISH_PACE 100.0 /* the next publish no sooner than this many times the last one's duration */
#define STRIKES 2          /* a trial whose process died so often is recorded as failed */

typedef struct WorkerState {
    bool present;
    bool idle;    /* asked for work and got none yet */
    bool stopped; /* MESSAGE_STOP was sent */
    char host[HOST_NAME_SIZE];
    char arithmetic[ARITHMETIC_SIZE];
    uint64_t lease; /* 0: none */
    uint64_t trial;
    double started; /* Unix seconds */
    uint32_t epochs_done;
    bool awaits_network; /* `pending` is committed when its network has come */
    uint64_t pending_lease;
    TrialRecord pending;
} WorkerState;

/* A row that was appended and waits for the sync. */
typedef struct Unrecorded {
    uint32_t worker;
    uint64_t trial;
} Unrecorded;

typedef enum Phase {
    PHASE_OPENING, /* first publish */
    PHASE_PREFLIGHT,
    PHASE_TRAINING,
    PHASE_ENSEMBLE,
    PHASE_CLOSING, /* final publish */
    PHASE_OVER
} Phase;

struct Coordinator {
    const Config *config;
    Plan plan;
    Ledger *ledger;
    Phase phase;
    uint32_t worker_count;
    WorkerState *workers; /* [worker_count] */
    uint64_t next;        /* no trial below it waits for a worker */
    uint8_t *leased;      /* [trials] is it with a worker? */
    uint8_t *strikes;     /* [trials] */
    uint64_t *stage_left; /* [stage_count] trials without a row */
    double epochs_done;   /* of finished trials */
    uint64_t diverged, failed;
    Unrecorded *unrecorded;
    size_t unrecorded_count, unrecorded_capacity;
    bool has_best;
    uint64_t best_trial;
    double best_metric;
    bool published;      /* a results file stands */
    bool dirty;          /* rows since the last publish began */
    bool publish_now;    /* do not wait for the pace */
    double next_publish; /* steady seconds */
    bool job_running;
    JobKind job;
    bool job_crashed; /* the last one was ended by a signal */
    bool stopping;
    Status final_status;
    char final_text[ERROR_TEXT_SIZE];
    bool complete;
};

/* --- actions.c --- */
Status actions_add(Actions *actions, ActionKind kind, Action **out) MUST_CHECK;
Status coordinator_news(Actions *actions, const char *format, ...) MUST_CHECK
    __attribute__((format(printf, 2, 3)));
Status coordinator_send(Actions *actions, uint32_t worker, Message message) MUST_CHECK;
/* Into the journal and into the ledger; takes over what the record owns. */
Status coordinator_append(Coordinator *c, Actions *actions, Record record) MUST_CHECK;
Status coordinator_job(Coordinator *c, Actions *actions, JobKind job) MUST_CHECK;

/* --- leases.c --- */
/* How many networks are kept: without an ensemble the best one, for the test set. */
uint32_t coordinator_pool(const Config *config);
double coordinator_metric(const Config *config, const TrainOutcome *outcome);
bool coordinator_finished(const Coordinator *c, uint64_t trial);
size_t coordinator_stage(const Coordinator *c); /* the present one */
/* What a row adds to the counters. */
void coordinator_count_row(Coordinator *c, const TrialRecord *row);
Status lease_write(Coordinator *c, Actions *actions, uint32_t worker, uint64_t lease, uint64_t trial,
                   double start, double end, uint32_t last_epoch, LeaseOutcome outcome) MUST_CHECK;
/* Give the worker the next trial, or remember that it waits. */
Status lease_next(Coordinator *c, Actions *actions, uint32_t worker, Moment now) MUST_CHECK;
Status lease_all(Coordinator *c, Actions *actions, Moment now) MUST_CHECK;
/* The worker has no trial any more; the trial waits again unless it has a row. */
void lease_clear(Coordinator *c, WorkerState *w);
/* What the worker had in hand waits again. */
Status lease_give_up(Coordinator *c, Actions *actions, uint32_t worker, LeaseOutcome outcome,
                     Moment now) MUST_CHECK;

/* --- stages.c --- */
/* A trial ended or the campaign goes on: is the stage over, and what comes then? */
Status coordinator_advance(Coordinator *c, Actions *actions, Moment now) MUST_CHECK;
Status coordinator_end(Coordinator *c, Actions *actions, Moment now) MUST_CHECK;
Status coordinator_finish(Coordinator *c, Actions *actions) MUST_CHECK;

/* --- results.c --- */
Status coordinator_on_result(Coordinator *c, Actions *actions, uint32_t worker, ResultMessage *result,
                             Moment now) MUST_CHECK;
Status coordinator_on_network(Coordinator *c, Actions *actions, uint32_t worker, NetworkMessage *network,
                              Moment now) MUST_CHECK;

#endif
