/* Trials that nobody has trained, with draws, leases, figures and curves as a campaign records them. */
#ifndef WINNOW_TESTS_SCALE_MADE_UP_TRIALS_H
#define WINNOW_TESTS_SCALE_MADE_UP_TRIALS_H

#include "campaign/config.h"
#include "campaign/ledger.h"
#include "campaign/plan.h"
#include "store/journal.h"

#define MADE_UP_RANKS 128

typedef struct MadeUpTrials {
    const Config *config; /* with parameters learning_rate and dropout */
    Plan plan;
    const Ledger *ledger;        /* which the records go to as well */
    double best;                 /* accuracy of the best ones, with a deviation of 0.01 */
    const char *arithmetic;      /* of all ranks */
    JournalVisitor visit;        /* gets the records */
    void *context;               /* of visit */
    double clock[MADE_UP_RANKS]; /* Unix seconds: when each is free */
} MadeUpTrials;

/* The trial's draw from the ranges of its stage, a lease that has ended, and its row. */
Status made_up_trial(MadeUpTrials *trials, uint64_t id) MUST_CHECK;

#endif
