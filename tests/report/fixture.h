/* A small campaign in memory, told record by record. */
#ifndef WINNOW_TESTS_REPORT_FIXTURE_H
#define WINNOW_TESTS_REPORT_FIXTURE_H

#include "campaign/config.h"
#include "campaign/ledger.h"

typedef struct Fixture {
    Config *config; /* two stages: 4 trials of 2 epochs, 2 trials of 3; learning_rate, optimizer, momentum */
    Ledger *ledger;
} Fixture;

/* Begun, one start, nothing else. Ends the process where that fails. */
Fixture fixture_create(void);
void fixture_destroy(Fixture *fixture);

void fixture_apply(Fixture *fixture, Record record);

/* Stage `stage` begins with the configured ranges; a later one says that learning_rate was narrowed to 0.01
 * .. 0.1 and sgd dropped, by the trials 1 and 2. */
void fixture_stage(Fixture *fixture, uint32_t stage);

/* Draw and row of the trial: nesterov, learning_rate 0.0316, momentum 0.9. 3 seconds of training. */
void fixture_trial(Fixture *fixture, uint64_t id, TrialStatus status, double accuracy);

/* A lease of the trial by rank 1 on node7; `end` counts where the outcome is not open. */
void fixture_lease(Fixture *fixture, uint64_t lease, uint64_t trial, double start, double end,
                   LeaseOutcome outcome);

void fixture_start(Fixture *fixture, double time);
void fixture_end(Fixture *fixture, CampaignOutcome outcome);

#endif
