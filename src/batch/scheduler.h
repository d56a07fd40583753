/* Batch schedulers: what a job's script looks like, and how it is submitted and followed. */
#ifndef WINNOW_BATCH_SCHEDULER_H
#define WINNOW_BATCH_SCHEDULER_H

#include <stdbool.h>

#include "base/status.h"
#include "batch/job_script.h"
#include "batch/walltime.h"

typedef struct Scheduler {
    const char *name;        /* "slurm" */
    const char *ending;      /* of a script's name: "sbatch" */
    const char *command;     /* what takes a script; a scheduler is there where this is on PATH */
    const char *submit;      /* the command as far as the script's name: "sbatch --parsable " */
    const char *query, *end; /* the commands, as far as the job's id, that show it and end it */
    const char *script;      /* the shipped script */
    WalltimeStyle walltime;
    /* The scheduler's own lines; see also scheduler_script. */
    void (*fill)(ScriptLines *lines, const Job *job);
} Scheduler;

extern const Scheduler scheduler_slurm, scheduler_pbs, scheduler_lsf;

/* All of them, in the order in which they are looked for; NULL after the last. */
extern const Scheduler *const schedulers[];

/* By name. STATUS_INPUT names the ones that there are. */
Status scheduler_named(const Scheduler **out, const char *name) MUST_CHECK;

/* The first whose command is found in a folder of `path`, folders with colons between them as in PATH;
 * STATUS_ENVIRONMENT where there is none. */
Status scheduler_on_path(const Scheduler **out, const char *path) MUST_CHECK;

/* The whole script of a job. STATUS_ENVIRONMENT where memory is short. */
Status scheduler_script(Text *out, const Scheduler *scheduler, const Job *job) MUST_CHECK;

/* A job's id in what the submitting command printed: "17", "17;cluster", "17.server" or "Job <17> is ..". The
 * result lies in `printed`, which changes; "" where there is none. */
const char *scheduler_job_id(char *printed);

#endif
