/* A campaign on a fake clock: the real coordinator and real worker state machines, with pretended training, a
 * pretended folder, and all that can go wrong. What must hold at every moment is checked on the way. */
#ifndef WINNOW_TESTS_SIMULATION_H
#define WINNOW_TESTS_SIMULATION_H

#include "base/philox.h"
#include "base/text.h"
#include "campaign/coordinator.h"
#include "campaign/coordinator/child.h"
#include "campaign/worker.h"

#define SIMULATION_MAX_WORKERS 64
#define SIMULATION_STEP 0.25 /* seconds */

/* Where a configuration for them begins; early stopping and stages follow. */
#define SIMULATED_SPACE                                                                                      \
    "name: simulated\nseed: 5\n"                                                                             \
    "data: {format: synthetic, kind: spirals, examples: 300, classes: 3}\n"                                  \
    "network: [{dense: 8}, relu, {dense: 3}]\n"                                                              \
    "parameters:\n"                                                                                          \
    "  optimizer: {values: [nesterov, adam]}\n"                                                              \
    "  learning_rate: {distribution: log_uniform_values, min: 1e-5, max: 1}\n"                               \
    "limits: {epoch_seconds: 4, silence_seconds: 6}\n"                                                       \
    "ensemble: {size: 3, pool: 5}\n"

/* Chances a step and worker, unless said otherwise. */
typedef struct Chances {
    double die;
    double reported;    /* of a death: the channel tells it soon; else only silence does */
    double sleep;       /* the supervisor is suspended for a while, its child is not */
    double sleep_most;  /* seconds */
    double gap;         /* a step: rank 0 is suspended */
    double crash, hang; /* a child; at most once a trial */
    double reroute;     /* its relay dies: what is on its way may be lost, and it greets anew */
} Chances;

typedef struct SimulatedRank {
    Worker worker;
    SimulatedHost host;
    Mail to_worker, to_coordinator;
    HelloMessage hello;
    bool dead;         /* with all that it has */
    bool gone;         /* has left, or found that the coordinator is silent */
    bool told_dead;    /* the coordinator was told */
    bool was_lost;     /* silent or rerouted once: what it was told to send before may come at any time */
    bool farewell;     /* the coordinator has heard it */
    double report;     /* when the coordinator is told; INFINITY */
    double awake_from; /* suspended until then */
} SimulatedRank;

/* Fields up to `chances` are set by the caller (zeroed but for them); the World goes on from run to run. */
typedef struct Simulation {
    World *world;
    const char *yaml;
    uint32_t workers;
    uint64_t order;        /* seeds pace, delays and faults */
    uint64_t blind;        /* bit mask of the workers that do not see the folder */
    uint64_t other;        /* of those that compute with another arithmetic */
    uint32_t ranks_a_node; /* 0 and 1: each on a node of its own */
    uint64_t cannot_write; /* of those whose hosts cannot write into the folder */
    uint64_t kills;        /* of those on which every trial's process dies */
    bool strict;           /* one arithmetic, or an error */
    double time_limit;     /* seconds; 0: none */
    Shard shard;           /* count 0: all trials */
    bool diverge_all;
    bool jobs_hang;    /* service jobs never end */
    double blobs_wait; /* chance that a blob does not get through in a step */
    Chances chances;

    Config *config;
    Coordinator *coordinator;
    SimulatedRank ranks[SIMULATION_MAX_WORKERS];
    RandomStream dice;
    double now, began;
    double awake_from; /* the coordinator is suspended until then */
    Actions actions;
    bool unsynced; /* appended since the last sync */
    uint64_t
        held_by[WORLD_MAX_TRIALS]; /* the lease of this run that has the trial, as the journal tells; 0 */
    char (*superseded)[BLOB_NAME_SIZE];
    size_t superseded_count, superseded_capacity;
    bool job_pending, job_cancelled;
    JobKind job;
    double job_began;
    size_t jobs[JOB_KIND_COUNT]; /* how many of each kind ran */
    size_t stored;               /* networks recorded, in all */
    size_t transfers_most;       /* blobs over the channel at a time */
    Text news;                   /* every sentence, a line each */
    bool finished;
    Action finish; /* the last action, with its text */
    double finished_at;
} Simulation;

void simulation_begin(Simulation *s);
Moment simulation_moment(const Simulation *s); /* now, for the coordinator */
/* One step of time. */
void simulation_step(Simulation *s);
/* Until it ends, or until `trials` rows stand (0: until it ends). */
void simulation_run(Simulation *s, size_t trials);
/* Until a service job of that kind has begun. */
void simulation_run_to_job(Simulation *s, JobKind job);
/* Until worker `w` trains and has done `epochs` epochs in all. */
void simulation_run_to_epoch(Simulation *s, uint32_t w, uint32_t epochs);
/* For so many seconds, or until it ends. */
void simulation_wait(Simulation *s, double seconds);
/* One event, and what it leads to. */
void simulation_event(Simulation *s, Event *event);
/* Worker `w` vanishes with what it has in hand; the coordinator is told or finds out. */
void simulation_kill(Simulation *s, uint32_t w, bool reported);
/* Worker `w` has lost its relay, and what was on its way through that. */
void simulation_reroute(Simulation *s, uint32_t w);
void simulation_stop(Simulation *s);
/* After the end: everyone who is there leaves. */
void simulation_drain(Simulation *s);
/* Release all but the world. */
void simulation_end(Simulation *s);

/* The trial table as text without what may differ from run to run; owned. */
char *simulation_table(const Simulation *s);
bool simulation_told(const Simulation *s, const char *words); /* in the news */
size_t simulation_times_told(const Simulation *s, const char *words);

/* --- invariants.c --- */
void check_send(const Simulation *s, const Action *action);
void check_append(Simulation *s, const Action *action);
void check_rows(const Simulation *s);
void check_view(const Simulation *s);
void check_transfers(Simulation *s);
/* After the end of a complete campaign. */
void check_folder(const Simulation *s);
void check_leases(const Simulation *s);

#endif
