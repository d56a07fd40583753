/* A worker whose trials are made up: the real state machine, answered at once, or after a while without any
 * work, where a host process would train. */
#ifndef WINNOW_RANK_BENCH_MADE_UP_WORKER_H
#define WINNOW_RANK_BENCH_MADE_UP_WORKER_H

#include "campaign/worker.h"

/* How long a trial's result took from its handing in to the word that it is safe on disk. */
typedef struct Acknowledgement {
    uint64_t trial;
    double seconds;
} Acknowledgement;

typedef struct MadeUpWorker {
    Worker worker;
    Channel *to_coordinator; /* borrowed */
    uint64_t prompt;         /* trials below it take no time */
    double trial_seconds;    /* about what the others take, each its own */
    uint64_t trials;
    double *handed_in;                /* owned [trials], steady seconds */
    Acknowledgement *acknowledgement; /* owned [trials] */
    size_t acknowledgement_count;
    bool training;
    LeaseMessage lease;
    uint32_t epoch; /* the next to end, from 1; 0: the child is to say that it has begun */
    double epoch_seconds;
    double due; /* steady seconds: when it ends; INFINITY where nothing is to come */
} MadeUpWorker;

/* Greet the coordinator. Set the fields down to `trials` before. */
Status made_up_worker_begin(MadeUpWorker *w, bool watches_coordinator) MUST_CHECK;
/* Messages of the coordinator, ends of trials, time. *busy becomes true where something happened. */
Status made_up_worker_round(MadeUpWorker *w, bool *busy) MUST_CHECK;
void made_up_worker_release(MadeUpWorker *w);

#endif
