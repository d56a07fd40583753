#include "campaign/configurations.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "campaign/ranking.h"

uint32_t configuration_count(const Config *config, const Ledger *ledger, size_t stage) {
    uint32_t planned = stage_configurations(&config->stages[stage]);
    if (!config->stages[stage].confirms) return planned;
    uint32_t repeated = ledger->stages[stage].elite_count;
    return repeated < planned ? repeated : planned;
}

uint32_t configuration_of_trial(const Config *config, const Ledger *ledger, const Plan *plan,
                                uint64_t trial) {
    uint32_t count = configuration_count(config, ledger, plan_stage(plan, trial));
    return count > 0 ? plan_configuration(plan, trial) % count : 0;
}

/* Id of run `run` of a configuration: `count` of them take the stage's places in turn. */
static uint64_t run_id(const Plan *plan, const Configuration *of, uint32_t count, uint32_t run) {
    uint32_t replicates = plan->replicates[of->stage];
    uint64_t place = (uint64_t)(run / replicates) * count + of->number;
    return plan->first[of->stage] + place * replicates + run % replicates;
}

/* A completed run's outcome; NULL for another. */
static const TrainOutcome *completed_run(const Ledger *ledger, uint64_t id) {
    const LedgerTrial *trial = id < ledger->trial_count ? &ledger->trials[id] : NULL;
    bool completed = trial != NULL && trial->finished && trial->record.outcome.status == TRIAL_COMPLETED;
    return completed ? &trial->record.outcome : NULL;
}

static RunSpread spread_of(const Ledger *ledger, const Plan *plan, const Configuration *of, uint32_t count,
                           MetricKind metric) {
    double sum = 0, squares = 0;
    if (of->completed == 0) return (RunSpread){NAN, NAN};
    for (uint32_t run = 0; run < of->runs; run++) {
        const TrainOutcome *outcome = completed_run(ledger, run_id(plan, of, count, run));
        if (outcome != NULL) sum += metric_of(metric, outcome->val_accuracy, outcome->val_loss);
    }
    double mean = sum / of->completed;
    for (uint32_t run = 0; run < of->runs; run++) {
        const TrainOutcome *outcome = completed_run(ledger, run_id(plan, of, count, run));
        if (outcome != NULL)
            squares += pow(metric_of(metric, outcome->val_accuracy, outcome->val_loss) - mean, 2);
    }
    return (RunSpread){mean, of->completed > 1 ? sqrt(squares / (of->completed - 1)) : NAN};
}

Configuration configuration_of(const Config *config, const Ledger *ledger, const Plan *plan, size_t stage,
                               uint32_t number) {
    const StageSpec *spec = &config->stages[stage];
    uint32_t count = configuration_count(config, ledger, stage);
    uint32_t places = (stage_configurations(spec) - 1 - number) / count + 1;
    Configuration of = {.stage = (uint32_t)stage,
                        .number = number,
                        .confirms = spec->confirms ? ledger->stages[stage].elites[number] : CONFIRMS_NONE,
                        .runs = places * spec->replicates};
    of.first = run_id(plan, &of, count, 0);
    for (uint32_t run = 0; run < of.runs; run++) {
        uint64_t id = run_id(plan, &of, count, run);
        const LedgerTrial *trial = id < ledger->trial_count ? &ledger->trials[id] : NULL;
        if (trial == NULL || !trial->finished) continue;
        TrialStatus status = trial->record.outcome.status;
        of.finished++;
        of.completed += status == TRIAL_COMPLETED;
        of.diverged += status == TRIAL_DIVERGED;
        if (status == TRIAL_COMPLETED || status == TRIAL_DIVERGED) of.draw = trial->draw;
    }
    of.val_accuracy = spread_of(ledger, plan, &of, count, METRIC_VAL_ACCURACY);
    of.val_loss = spread_of(ledger, plan, &of, count, METRIC_VAL_LOSS);
    return of;
}

RunSpread configuration_spread(const Configuration *configuration, MetricKind metric) {
    return metric == METRIC_VAL_LOSS ? configuration->val_loss : configuration->val_accuracy;
}

bool stage_repeats(const StageSpec *stage) {
    return stage->confirms || stage->replicates > 1;
}

bool campaign_repeats(const Config *config) {
    bool any = false;
    for (size_t stage = 0; stage < config->stage_count; stage++)
        any = any || stage_repeats(&config->stages[stage]);
    return any;
}

/* --- order --- */

static RankedTrial place_of(const Configuration *of, MetricKind metric) {
    TrainOutcome mean = {.val_accuracy = of->val_accuracy.mean, .val_loss = of->val_loss.mean};
    return ranked_trial(metric, of->first, &mean);
}

static int compare(const Configuration *a, const Configuration *b, MetricKind metric) {
    RankedTrial x = place_of(a, metric), y = place_of(b, metric);
    return ranked_before(x, y) ? -1 : ranked_before(y, x);
}

static int by_accuracy(const void *a, const void *b) {
    return compare(a, b, METRIC_VAL_ACCURACY);
}

static int by_loss(const void *a, const void *b) {
    return compare(a, b, METRIC_VAL_LOSS);
}

/* Those that count stand before the others. */
static void list_put(Ranked *ranked, const Configuration *found, bool counts) {
    Configuration *at = &ranked->list[ranked->count + ranked->diverged];
    if (counts) {
        *at = ranked->list[ranked->count];
        at = &ranked->list[ranked->count];
    }
    *at = *found;
    ranked->count += counts;
    ranked->diverged += !counts;
}

Status configurations_ranked(const Config *config, const Ledger *ledger, const Plan *plan, size_t stage,
                             Ranked *ranked) {
    uint32_t all = configuration_count(config, ledger, stage);
    *ranked = (Ranked){0};
    TRY(memory_new(&ranked->list, all, sizeof(Configuration)));
    for (int half = 1; half >= 0 && ranked->count == 0; half--) {
        ranked->diverged = 0;
        for (uint32_t number = 0; number < all; number++) {
            Configuration found = configuration_of(config, ledger, plan, stage, number);
            bool counts = found.completed >= (half ? (found.runs + 1) / 2 : 1);
            if (counts || found.diverged > 0) list_put(ranked, &found, counts);
        }
    }
    qsort(ranked->list, ranked->count, sizeof(Configuration),
          config->metric == METRIC_VAL_LOSS ? by_loss : by_accuracy);
    return STATUS_OK;
}

Status configurations_final(const Config *config, const Ledger *ledger, const Plan *plan, Ranked *ranked) {
    *ranked = (Ranked){0};
    for (size_t stage = ledger->stage_count; stage-- > 0 && ranked->count == 0;) {
        if (stage >= config->stage_count || !stage_repeats(&config->stages[stage])) continue;
        free(ranked->list);
        TRY(configurations_ranked(config, ledger, plan, stage, ranked));
    }
    return STATUS_OK;
}

bool configuration_repeated(const Config *config, const Ledger *ledger, const Plan *plan,
                            const Configuration *configuration, Configuration *before) {
    uint64_t trial = configuration->confirms;
    if (trial >= plan->first[configuration->stage]) return false; /* CONFIRMS_NONE, or damage */
    size_t stage = plan_stage(plan, trial);
    if (configuration_count(config, ledger, stage) == 0) return false; /* damage, too */
    *before =
        configuration_of(config, ledger, plan, stage, configuration_of_trial(config, ledger, plan, trial));
    return true;
}
