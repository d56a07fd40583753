#include "rank/bench/search_campaign.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/philox.h"
#include "rank/bench/simulated_campaign.h"

#define LANE_SPEED 1 /* of RANDOM_SURFACE */

/* What the watcher of a campaign writes down. */
typedef struct Search {
    const Surface *surface;
    const SearchLevels *levels;
    double highest;
    double best; /* accuracy with noise of the best completed trial */
    SearchFigures *figures;
} Search;

static void note_end(void *watcher, const LeaseMessage *lease, const TrainOutcome *outcome, uint64_t epochs) {
    Search *search = watcher;
    SearchFigures *figures = search->figures;
    if (outcome->status != TRIAL_COMPLETED || !(outcome->val_accuracy > search->best)) return;
    search->best = outcome->val_accuracy;
    double without_noise = surface_accuracy(search->surface, &lease->draw, outcome->best_epoch);
    figures->steps[figures->step_count++] =
        (SearchStep){.epochs = epochs, .observed = outcome->val_accuracy, .accuracy = without_noise};
    for (size_t i = 0; i < search->levels->count; i++) {
        if (figures->within[i] == 0 && search->highest - without_noise <= search->levels->within[i])
            figures->within[i] = epochs;
    }
}

static double seconds_of(const Surface *surface, const LeaseMessage *lease) {
    RandomStream stream =
        random_stream(surface->seed, RANDOM_SURFACE, (uint8_t)lease->stage, LANE_SPEED, lease->number, 0);
    return 0.5 + random_unit(&stream);
}

static EpochRow epoch_row(const void *context, const LeaseMessage *lease, uint32_t epoch) {
    const Surface *surface = context;
    double accuracy = surface_observed(surface, &lease->draw, (uint8_t)lease->stage, lease->number, epoch);
    return (EpochRow){.epoch = epoch,
                      .learning_rate = 0,
                      .train_loss = 1 - accuracy,
                      .train_accuracy = accuracy,
                      .val_loss = 1 - accuracy,
                      .val_accuracy = accuracy,
                      .seconds = seconds_of(surface, lease)};
}

static Status take_best(const Search *search, const Ledger *ledger, MetricKind metric) {
    SearchFigures *figures = search->figures;
    uint64_t *best;
    size_t count;
    TRY(ledger_best(ledger, metric, 1, &best, &count));
    figures->finished = count > 0;
    if (count > 0) {
        const LedgerTrial *trial = &ledger->trials[best[0]];
        figures->best = draw_unpack(trial->draw);
        figures->accuracy =
            surface_accuracy(search->surface, &figures->best, trial->record.outcome.best_epoch);
        figures->regret = search->highest - figures->accuracy;
    }
    free(best);
    return STATUS_OK;
}

static Status run(Search *search, const Config *config, uint32_t ranks) {
    SimulationRules rules = simulation_rules(ranks, epoch_row, search->surface);
    rules.ended = note_end;
    rules.watcher = search;
    SimulatedCampaign *campaign;
    SimulationFigures simulation;
    TRY(simulated_campaign_create(&campaign, config, NULL, &rules));
    Status status = simulated_campaign_run(campaign, &simulation);
    if (status == STATUS_OK) {
        search->figures->epochs = simulation.epochs;
        status = take_best(search, simulated_campaign_ledger(campaign), config->metric);
    }
    simulated_campaign_destroy(&campaign);
    return status;
}

void search_figures_release(SearchFigures *figures) {
    free(figures->steps);
    *figures = (SearchFigures){0};
}

Status search_campaign(const Config *config, const Surface *surface, uint32_t ranks,
                       const SearchLevels *levels, SearchFigures *figures) {
    uint32_t longest = 0;
    for (size_t i = 0; i < config->stage_count; i++)
        longest = config->stages[i].epochs > longest ? config->stages[i].epochs : longest;
    Plan plan = plan_of(config);
    *figures = (SearchFigures){.regret = NAN, .accuracy = NAN};
    TRY(memory_new(&figures->steps, plan_trials(&plan), sizeof(SearchStep)));
    Search search = {.surface = surface,
                     .levels = levels,
                     .highest = surface_highest(surface, longest),
                     .best = -INFINITY,
                     .figures = figures};
    return run(&search, config, ranks);
}
