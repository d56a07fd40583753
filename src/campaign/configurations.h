/* Configurations: the trials of a stage that train the same values, and what they come to together.
 *
 * Drawn configurations are as many as planned, and each has `replicates` trials one after the other. A stage
 * that confirms repeats those that its stage record names as elites; where these are fewer than planned, they
 * take the planned places in turn, so that the plan's trials are all trained. */
#ifndef WINNOW_CAMPAIGN_CONFIGURATIONS_H
#define WINNOW_CAMPAIGN_CONFIGURATIONS_H

#include "campaign/config.h"
#include "campaign/ledger.h"
#include "campaign/plan.h"

#define CONFIRMS_NONE UINT64_MAX

/* Of the completed runs alone. */
typedef struct RunSpread {
    double mean;      /* NaN where none completed */
    double deviation; /* of the sample, by n - 1; NaN where fewer than two completed */
} RunSpread;

typedef struct Configuration {
    uint32_t stage;
    uint32_t number;   /* within the stage, from 0 */
    uint64_t first;    /* id of its first trial */
    uint64_t confirms; /* first trial of the configuration that it repeats; CONFIRMS_NONE */
    uint32_t runs;     /* trials that the plan has for it */
    uint32_t finished; /* of them, with a row */
    uint32_t completed, diverged;
    RunSpread val_accuracy, val_loss;
    const PackedDraw *draw; /* borrowed from the ledger; NULL where no run has completed or diverged */
} Configuration;

/* How many a stage that has begun has, each with at least one trial. */
uint32_t configuration_count(const Config *config, const Ledger *ledger, size_t stage);

/* What configuration `number` (below the count) of a stage that has begun has come to. */
Configuration configuration_of(const Config *config, const Ledger *ledger, const Plan *plan, size_t stage,
                               uint32_t number);

/* The configuration that a trial of a stage that has begun is a run of. */
uint32_t configuration_of_trial(const Config *config, const Ledger *ledger, const Plan *plan, uint64_t trial);

RunSpread configuration_spread(const Configuration *configuration, MetricKind metric);

/* Does the stage have figures that say more than those of single trials: of several runs, or of a repeat? */
bool stage_repeats(const StageSpec *stage);
bool campaign_repeats(const Config *config); /* any of its stages */

/* The configurations of a stage. */
typedef struct Ranked {
    Configuration *list; /* owned [count + diverged] */
    size_t count;        /* that count, best first */
    size_t diverged;     /* then those that do not, and of which a run diverged */
} Ranked;

/* By the mean of the metric, ties by the lower first trial; NaN stands behind every number. Those of which
 * fewer than half of the runs completed do not count (a lucky run beside diverged ones would win), unless no
 * other is there. None counts where nothing completed. */
Status configurations_ranked(const Config *config, const Ledger *ledger, const Plan *plan, size_t stage,
                             Ranked *ranked) MUST_CHECK;

/* Those of the last stage that repeats and has a completed run: the first is the winner. None where there is
 * no such stage. */
Status configurations_final(const Config *config, const Ledger *ledger, const Plan *plan,
                            Ranked *ranked) MUST_CHECK;

/* The configuration that this one repeats, as it first did; false where it repeats none. */
bool configuration_repeated(const Config *config, const Ledger *ledger, const Plan *plan,
                            const Configuration *configuration, Configuration *before);

#endif
