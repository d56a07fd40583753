/* What the coordinator's sources share; for nobody else. */
#ifndef WINNOW_CAMPAIGN_COORDINATOR_STATE_H
#define WINNOW_CAMPAIGN_COORDINATOR_STATE_H

#include "campaign/coordinator.h"
#include "search/rung.h"

#define NO_TRIAL UINT64_MAX
#define PUBLISH_PACE 100.0 /* the next publish no sooner than this many times the last one's duration */
#define STRIKES 2          /* a trial whose process died so often is recorded as failed */
#define STRIKE_SECONDS 3.0 /* rank and coordinator must have outlived the trial's process by so much */
#define TRANSFERS 8        /* blobs on their way over the channel at a time, until they are stored */
#define ABSENCE 1.0        /* seconds: a longer gap between two steps is the coordinator's own */
#define GRACE 13.0         /* seconds after a stop for the ranks to save, to hand in and to leave */
#define CLOSE 5.0          /* and then for the results file to be written, or three times the last one's */

typedef enum Standing {
    STANDING_AWAITED, /* has not come yet */
    STANDING_PRESENT,
    STANDING_SILENT, /* given up for now; taken back when it speaks again */
    STANDING_DEAD,   /* for good */
    STANDING_LEFT,   /* said farewell */
    STANDING_COUNT
} Standing;

/* A trial in somebody's hands. */
typedef struct Lease {
    uint64_t number; /* 0: none */
    uint64_t trial;
    uint32_t worker;
    uint32_t from_epoch;  /* epochs done before it */
    uint32_t epochs_done; /* of the trial, those before it included */
    uint32_t until;       /* it ends there */
} Lease;

typedef enum OfferState {
    OFFER_NONE,
    OFFER_WAITS,     /* for its verdict */
    OFFER_ON_ITS_WAY /* the worker was told to send it */
} OfferState;

/* A blob that a worker wants to send over the channel. */
typedef struct Offer {
    OfferState state;
    uint64_t lease, trial;
    uint64_t turn; /* first come, first served */
} Offer;

typedef struct WorkerState {
    Standing standing;
    bool stopped; /* MESSAGE_STOP was sent */
    bool failed;  /* left with an error */
    bool sees_parts;
    bool relayed;         /* its relay passes signs of life on */
    double last_heard;    /* by the coordinator's attention */
    double last_alive;    /* the same: when it was last told that the coordinator lives */
    Lease lease;          /* what it trains */
    Lease former;         /* what it trained when it fell silent; number 0: none */
    double started;       /* Unix seconds: the lease's start */
    double epoch_seconds; /* the longest epoch of the lease, 0 before the first */
    Offer offers[BLOB_KIND_COUNT];
    char host[HOST_NAME_SIZE];
    char arithmetic[ARITHMETIC_SIZE];
} WorkerState;

/* What is known of a trial beyond the ledger. */
typedef struct TrialState {
    uint64_t holder;  /* the lease that has it: running, its row pending, or its crash on hold; 0: none */
    double started;   /* Unix seconds: start of its first lease, 0 before */
    uint32_t reached; /* epochs that ended leases have come to */
    uint32_t counted; /* epochs of it that are in its stage's progress */
    bool cut_short;   /* a run was killed while it trained: it may have come further than `reached` */
    bool stray;       /* a network of a given-up lease may lie in the folder */
    bool struck;      /* its process died, the last time on this rank: */
    uint32_t struck_on;
} TrialState;

typedef enum PendingState {
    PENDING_OFFERED, /* the worker waits for the verdict */
    PENDING_GRANTED, /* the worker stores or sends the network */
    PENDING_STORING  /* rank 0's host writes it */
} PendingState;

/* The row of a finished trial that waits for its network. */
typedef struct PendingRow {
    PendingState state;
    Lease lease;
    TrialRecord row;     /* owns its curve */
    MemberRecord member; /* while storing */
} PendingRow;

/* A trial whose process died: is it the trial's fault? */
typedef struct HeldCrash {
    Lease lease;
    TrialRecord row; /* what it becomes where it is; owns its curve */
    double since;    /* by the coordinator's attention */
} HeldCrash;

/* A checkpoint that rank 0's host writes. */
typedef struct CheckpointStore {
    uint64_t lease;
    CheckpointRecord record;
} CheckpointStore;

/* A row that was appended and waits for the sync. */
typedef struct Unrecorded {
    uint32_t worker;
    uint64_t trial;
} Unrecorded;

/* Epochs whose duration is known. */
typedef struct StageCost {
    double seconds, epochs;
} StageCost;

/* Epochs of the trials of a stage that have a row or wait at a rung. */
typedef struct StageProgress {
    uint64_t done;
    uint64_t skipped; /* of those with a row: how many fewer they are than the stage's */
} StageProgress;

/* Where a stage compares its trials. */
typedef struct StageRungs {
    StoppingPlan plan;
    size_t stage;
    bool begun;       /* the rest is valid, and what is on record has been taken in: */
    bool closed;      /* nobody else will come to any rung */
    Rung *rung;       /* owned [bracket_count * rung_count]; STOPPING_MEDIAN: of the running means */
    uint8_t *level;   /* owned [trials]: how far each one is, as rungs.c counts */
    uint32_t *looked; /* owned [rung_count], STOPPING_MEDIAN: so many of the first trials were looked at */
} StageRungs;

typedef enum Phase {
    PHASE_OPENING, /* first publish */
    PHASE_PREFLIGHT,
    PHASE_TRAINING,
    PHASE_ENSEMBLE,
    PHASE_STOPPING, /* running trials are saved */
    PHASE_CLOSING,  /* final publish */
    PHASE_OVER
} Phase;

struct Coordinator {
    const Config *config;
    Plan plan;
    Ledger *ledger;
    Phase phase;
    uint32_t worker_count;
    WorkerState *workers; /* [worker_count] */
    uint64_t *idle;       /* [1 + worker_count / 64] bit w % 64: worker w asked for work and got none yet */
    uint32_t standing[STANDING_COUNT]; /* how many workers stand so */
    uint32_t working;                  /* workers that have a lease */
    uint64_t next;                     /* no trial below it waits for a worker, but for: */
    uint64_t *freed; /* [freed_count] a heap, lowest first, of some that did when they were put there */
    size_t freed_count, freed_capacity;
    bool look_again; /* a trial has come free, or a stage has begun */
    size_t trial_capacity;
    TrialState *trials; /* [trial_capacity]: those that have been drawn at least */
    Shard shard;
    uint64_t *stage_left;    /* [stage_count] trials without a row */
    uint64_t *shard_left;    /* [stage_count] those of the shard among them */
    StageCost *costs;        /* [stage_count] */
    StageProgress *progress; /* [stage_count] */
    StageRungs *rungs;       /* [stage_count] */
    uint64_t diverged, failed;
    PendingRow *pending;
    size_t pending_count, pending_capacity;
    HeldCrash *held;
    size_t held_count, held_capacity;
    CheckpointStore *stores;
    size_t store_count, store_capacity;
    Unrecorded *unrecorded;
    size_t unrecorded_count, unrecorded_capacity;
    uint64_t *stopped; /* trials given up by the stop */
    size_t stopped_count, stopped_capacity;
    uint64_t turns;      /* offers so far */
    uint32_t waiting;    /* offers that wait for their verdict, those of silent workers included */
    uint32_t on_its_way; /* offers that were granted and have not arrived */
    bool checkpoint_failure_told, other_figures_told;
    bool has_best;
    uint64_t best_trial;
    double best_metric;
    double attention;    /* seconds that the coordinator has listened: its own absence counts for nothing */
    double last_step;    /* steady seconds */
    double next_look;    /* by attention: at who has fallen silent */
    double began;        /* steady seconds */
    double deadline;     /* steady seconds; INFINITY */
    bool out_of_time;    /* some trial was not started for the deadline */
    bool published;      /* a results file stands */
    bool strict;         /* all trials by one arithmetic */
    bool dirty;          /* rows since the last publish began */
    bool publish_now;    /* do not wait for the pace */
    double next_publish; /* steady seconds */
    double publish_seconds; /* of the last one */
    bool job_running;
    JobKind job;
    bool job_crashed; /* the last one was ended by a signal */
    bool stopping;
    bool publish_at_stop;
    double grace_until; /* steady seconds; while stopping */
    double close_until; /* steady seconds; while closing after a stop */
    const char *stopped_by;
    Status final_status;
    char final_text[ERROR_TEXT_SIZE];
    bool complete;
};

/* --- actions.c --- */
Status actions_add(Actions *actions, ActionKind kind, Action **out) MUST_CHECK;
Status coordinator_news(Actions *actions, const char *format, ...) MUST_CHECK
    __attribute__((format(printf, 2, 3)));
/* Nothing is sent to a worker that is lost, silent or has left. */
Status coordinator_send(Coordinator *c, Actions *actions, uint32_t worker, const Message *message) MUST_CHECK;
Status coordinator_verdict(Coordinator *c, Actions *actions, uint32_t worker, const Offer *offer,
                           BlobKind what, bool keep) MUST_CHECK;
/* Into the journal and into the ledger; takes over what the record owns. Only what its kind has is looked at:
 * clearing whole records, which are of 3 KB, would cost more than the rest. */
Status coordinator_append(Coordinator *c, Actions *actions, Record *record) MUST_CHECK;
Status coordinator_store(Actions *actions, const char *name, uint8_t **bytes, size_t length) MUST_CHECK;
Status coordinator_remove(Actions *actions, const char *name) MUST_CHECK;
Status coordinator_job(Coordinator *c, Actions *actions, JobKind job) MUST_CHECK;

/* --- service.c --- */
Status service_ended(Coordinator *c, Actions *actions, const Event *event, Moment now) MUST_CHECK;
Status service_result(Coordinator *c, Actions *actions, Record *record) MUST_CHECK;
/* Start the service job that is due, one at a time. */
Status service_next(Coordinator *c, Actions *actions, Moment now) MUST_CHECK;

/* --- leases.c --- */
/* The present stage. */
size_t coordinator_stage(const Coordinator *c);
bool coordinator_finished(const Coordinator *c, uint64_t trial);
/* Its newest checkpoint; NULL for none. */
const CheckpointRecord *trial_checkpoint(const Coordinator *c, uint64_t trial);
bool worker_idle(const Coordinator *c, uint32_t worker);
void worker_set_idle(Coordinator *c, uint32_t worker, bool idle);
/* What the worker trains from now on; NULL: nothing. */
void worker_set_lease(Coordinator *c, uint32_t worker, const Lease *lease);
/* Give the worker the next trial, or remember that it waits. */
Status lease_next(Coordinator *c, Actions *actions, uint32_t worker, Moment now) MUST_CHECK;
Status lease_all(Coordinator *c, Actions *actions, Moment now) MUST_CHECK;
/* Write down how it ended. */
Status lease_end(Coordinator *c, Actions *actions, const Lease *lease, LeaseOutcome outcome,
                 Moment now) MUST_CHECK;
/* Where the worker still has what was taken from it, and nobody else got it, it is its own again. */
Status lease_adopt(Coordinator *c, Actions *actions, uint32_t worker, uint64_t number) MUST_CHECK;
Status lease_progress(Coordinator *c, Actions *actions, uint32_t worker,
                      const ProgressMessage *progress) MUST_CHECK;

/* --- draws.c --- */
/* The trial's values: those on record, or what they are to be; its stage has begun. */
Status draw_of(const Coordinator *c, uint64_t trial, Draw *draw) MUST_CHECK;

/* --- free_trials.c --- */
/* Nobody has it any more: it waits again, unless it has a row or stays at a rung. */
Status trial_free(Coordinator *c, uint64_t trial) MUST_CHECK;
/* It is this run's, nobody works on it, and it has no row and does not wait at a rung. */
bool trial_is_free(const Coordinator *c, uint64_t trial);
/* The lowest id of those that have come free again; NO_TRIAL. */
uint64_t trial_freed(Coordinator *c);
/* The lowest id, up to the present stage, that is free; NO_TRIAL. */
uint64_t trial_waiting(Coordinator *c);

/* --- reports.c --- */
/* How many epochs it is to be trained for now. */
uint32_t trial_until(const Coordinator *c, uint64_t trial);
/* It has come to the end of what it was to be trained for, and nothing is decided. */
bool trial_at_rung(const Coordinator *c, uint64_t trial);
/* Takes over what the report owns. */
Status report_take(Coordinator *c, Actions *actions, const Lease *lease, TrialRecord *report,
                   Moment now) MUST_CHECK;

/* --- rungs.c --- */
/* Build what is not there yet for the stages up to the present one, and decide what is due. */
Status rungs_follow(Coordinator *c, Actions *actions) MUST_CHECK;
/* A report or a row of the trial has been written down. */
Status rungs_take(Coordinator *c, Actions *actions, uint64_t trial) MUST_CHECK;
/* STOPPING_ASHA: a worker asks for work. */
Status rungs_promote(Coordinator *c, Actions *actions) MUST_CHECK;
/* Where everybody waits at a rung: nobody else will come. */
Status rungs_conclude(Coordinator *c, Actions *actions) MUST_CHECK;
void stage_rungs_release(StageRungs *rungs);

/* --- results.c --- */
/* How many networks are kept: without an ensemble the best one, for the test set. */
uint32_t coordinator_pool(const Config *config);
double coordinator_metric(const Config *config, const TrainOutcome *outcome);
/* What a row adds to the counters. */
void coordinator_count_row(Coordinator *c, uint64_t trial, const TrainOutcome *outcome);
/* The trial has come to so many epochs. */
void count_epochs(Coordinator *c, uint64_t trial, uint32_t epochs);
/* What the coordinator knows of it: stage, rank, host .. */
void row_complete(const Coordinator *c, const Lease *lease, TrialRecord *row);
/* The row into the journal, after its network where it has one, and all that follows but what the rungs make
 * of it. Takes over what the row owns. */
Status row_enter(Coordinator *c, Actions *actions, TrialRecord *row, const MemberRecord *member) MUST_CHECK;
/* The same for what a lease has come to. */
Status row_commit(Coordinator *c, Actions *actions, const Lease *lease, TrialRecord *row,
                  const MemberRecord *member) MUST_CHECK;
void row_release(TrialRecord *row);
Status result_take(Coordinator *c, Actions *actions, uint32_t worker, ResultMessage *result,
                   Moment now) MUST_CHECK;

/* --- networks.c --- */
bool network_in_pool(const Coordinator *c, uint64_t trial, const TrainOutcome *outcome);
/* The row waits for its network. Takes over what the row owns. */
Status network_await(Coordinator *c, Actions *actions, const Lease *lease, TrialRecord *row) MUST_CHECK;
Status network_take(Coordinator *c, Actions *actions, uint32_t worker, NetworkMessage *network,
                    Moment now) MUST_CHECK;
bool network_wanted(const Coordinator *c, uint64_t lease);
/* The worker was told to send it, or to drop it. */
Status network_answered(Coordinator *c, Actions *actions, uint64_t lease, bool keep, Moment now) MUST_CHECK;
/* Rank 0's host has written the blob, or could not. *known is false where it is no network's. */
Status network_stored(Coordinator *c, Actions *actions, const Event *event, bool *known,
                      Moment now) MUST_CHECK;
/* The worker's rows that still wait for it to hand the network in are given up. */
Status network_give_up(Coordinator *c, Actions *actions, uint32_t worker, LeaseOutcome outcome,
                       Moment now) MUST_CHECK;

/* --- checkpoints.c --- */
Status checkpoint_take(Coordinator *c, Actions *actions, uint32_t worker,
                       CheckpointMessage *checkpoint) MUST_CHECK;
bool checkpoint_wanted(const Coordinator *c, uint64_t lease, uint64_t trial);
Status checkpoint_stored(Coordinator *c, Actions *actions, const Event *event) MUST_CHECK;

/* --- offers.c --- */
void offer_put(Coordinator *c, uint32_t worker, BlobKind what, uint64_t lease, uint64_t trial);
void offer_forget(Coordinator *c, uint32_t worker, BlobKind what);
/* Verdicts for those who wait, as far as there is room on the channel. */
Status offers_answer(Coordinator *c, Actions *actions, Moment now) MUST_CHECK;

/* --- liveness.c --- */
/* The worker has spoken. */
Status worker_heard(Coordinator *c, Actions *actions, uint32_t worker, uint64_t lease) MUST_CHECK;
Status worker_reached_anew(Coordinator *c, Actions *actions, uint32_t worker, uint64_t lease,
                           Moment now) MUST_CHECK;
Status worker_alive(Coordinator *c, Actions *actions, uint32_t worker) MUST_CHECK;
Status worker_farewell(Coordinator *c, Actions *actions, uint32_t worker, const char *reason,
                       Moment now) MUST_CHECK;
Status worker_died(Coordinator *c, Actions *actions, uint32_t worker, Moment now) MUST_CHECK;
/* Who has been silent for too long? */
Status workers_look(Coordinator *c, Actions *actions, Moment now) MUST_CHECK;
bool worker_there(const WorkerState *w); /* present or awaited */
bool any_there(const Coordinator *c);
void worker_set_standing(Coordinator *c, uint32_t worker, Standing standing);
bool worker_lost(const WorkerState *w);
bool ranks_lost(const Coordinator *c);
/* What the worker has in hand waits again. */
Status worker_give_up(Coordinator *c, Actions *actions, uint32_t worker, LeaseOutcome outcome,
                      Moment now) MUST_CHECK;
/* One line that names the ranks that were lost, if any. */
Status worker_losses(const Coordinator *c, Actions *actions) MUST_CHECK;
/* "rank 3 on node7", into a buffer of RANK_NAME_SIZE. */
#define RANK_NAME_SIZE (HOST_NAME_SIZE + 32)
const char *rank_name(const Coordinator *c, uint32_t worker, char *out);

/* --- strikes.c --- */
/* Takes over what the row owns. */
Status strike_hold(Coordinator *c, const Lease *lease, TrialRecord *row) MUST_CHECK;
Status strikes_look(Coordinator *c, Actions *actions, Moment now) MUST_CHECK;
/* Those of this worker (all: UINT32_MAX) are no strikes. */
Status strikes_give_up(Coordinator *c, Actions *actions, uint32_t worker, LeaseOutcome outcome,
                       Moment now) MUST_CHECK;

/* --- stopping.c --- */
/* Begin an orderly stop, once. `by` is a literal: who asked, as in "stopped by ...", or "". */
Status stop_begin(Coordinator *c, Actions *actions, const char *by, Moment now) MUST_CHECK;
/* The stop or the end of the campaign, once to each worker that is there. */
Status stop_tell(Coordinator *c, Actions *actions, uint32_t worker) MUST_CHECK;
/* The stop ended a lease of this trial. */
Status stop_note(Coordinator *c, uint64_t trial) MUST_CHECK;
/* Have all left, or is the time over? */
Status stop_look(Coordinator *c, Actions *actions, Moment now) MUST_CHECK;

/* --- time_limit.c --- */
/* Does anybody still do something that leads to a row? */
bool anything_runs(const Coordinator *c);
bool time_allows(const Coordinator *c, uint64_t trial, uint32_t from_epoch, Moment now);
Status time_look(Coordinator *c, Actions *actions, Moment now) MUST_CHECK;
double time_to_close(const Coordinator *c); /* seconds */

/* --- stages.c --- */
/* Is the stage over, and what comes then? Who gets work? */
Status coordinator_advance(Coordinator *c, Actions *actions, Moment now) MUST_CHECK;
Status coordinator_end(Coordinator *c, Actions *actions, Moment now) MUST_CHECK;

/* --- finish.c --- */
Status coordinator_finish(Coordinator *c, Actions *actions) MUST_CHECK;
/* The run ends in an error that the same command would meet again: it is written down. */
Status coordinator_fail(Coordinator *c, Actions *actions, Status status, const char *text,
                        Moment now) MUST_CHECK;

#endif
