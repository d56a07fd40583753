/* A campaign in a few numbers, as its ledger has them. */
#ifndef WINNOW_REPORT_OVERVIEW_H
#define WINNOW_REPORT_OVERVIEW_H

#include "campaign/config.h"
#include "campaign/ledger.h"
#include "campaign/plan.h"

typedef struct Overview {
    uint64_t planned;  /* trials of the whole plan */
    uint64_t finished; /* those with a row, and what they amount to: */
    uint64_t completed, stopped, diverged, failed;
    uint64_t waiting; /* without a row, and has come to a rung: it waits there, or goes on */
    uint64_t epochs_done, epochs_planned; /* of trials with a row or waiting at a rung; a finished trial
                                             leaves none to do, and early stopping makes the plan an estimate
                                             until a stage is over */
    double seconds;     /* of training, all trials together, also those that have come to a rung */
    double last_record; /* Unix seconds of the newest moment on record */
    bool has_best;
    const LedgerTrial *best; /* completed trial, borrowed from the ledger */
} Overview;

Status overview_of(const Ledger *ledger, const Config *config, Overview *overview) MUST_CHECK;

/* "53 completed, 3 diverged; 7 more came to a rung": what there is at least one of; "none yet". */
void overview_counts(const Overview *overview, char *out, size_t size);

/* The figure of an outcome by the metric. */
double outcome_metric(MetricKind metric, const TrainOutcome *outcome);

#endif
