/* A campaign on a fake clock: the real coordinator and real worker state machines, with pretended training.
 */
#ifndef WINNOW_TESTS_SIMULATION_H
#define WINNOW_TESTS_SIMULATION_H

#include "base/philox.h"
#include "campaign/coordinator.h"
#include "campaign/worker.h"

#define SIMULATION_MAX_WORKERS 64

#define SIMULATION_MAX_TRIALS 256
#define SIMULATION_QUEUE 200

/* A message on its way to the coordinator. */
typedef struct Said {
    uint32_t worker;
    Message message;
} Said;

typedef struct Simulation {
    Config *config;
    Coordinator *coordinator;
    uint32_t workers;
    Worker worker[SIMULATION_MAX_WORKERS];
    bool gone[SIMULATION_MAX_WORKERS];
    double ends[SIMULATION_MAX_WORKERS]; /* when the running trial's child ends; INFINITY for none */
    RandomStream order;                  /* durations: which worker is first */
    double now;
    Actions actions;
    Said queue[SIMULATION_QUEUE];
    size_t queued;
    size_t hold; /* networks are held back until so many have gathered, the last first; 0: none */
    Said held[SIMULATION_MAX_WORKERS];
    size_t held_count;
    ByteWriter journal;  /* u64 length and bytes of each appended record */
    bool synced_nothing; /* appended since the last sync */
    bool job_pending;
    bool job_cancelled;
    JobKind job;
    size_t jobs[JOB_KIND_COUNT];         /* how many of each kind ran */
    size_t stored;                       /* networks, in all */
    bool on_disk[SIMULATION_MAX_TRIALS]; /* [trial] is its network stored now? */
    uint64_t crash_trial;                /* this trial's child dies `crashes` times; UINT64_MAX: none */
    int crashes;
    bool diverge_all;
    bool finished;
    Action finish; /* the last action, without its message */
} Simulation;

/* A campaign of `yaml`; `journal` of an earlier simulation to go on from, or NULL; `order` seeds the workers'
 * pace. */
void simulation_begin(Simulation *s, const char *yaml, uint32_t workers, uint64_t order,
                      const ByteWriter *journal);
/* Until it ends, or until `trials` rows stand (0: until it ends). */
void simulation_run(Simulation *s, size_t trials);
/* Until a service job of that kind has begun. */
void simulation_run_to_job(Simulation *s, JobKind job);
/* One event, and what it leads to. */
void simulation_step(Simulation *s, Event *event);
/* Worker `w` vanishes with what it has in hand. */
void simulation_lose(Simulation *s, uint32_t w);
void simulation_stop(Simulation *s);
void simulation_end(Simulation *s);

/* The trial table as text without what may differ from run to run; owned. */
char *simulation_table(const Simulation *s);

#endif
