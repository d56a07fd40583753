#include "rank/bench/search_campaign.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/philox.h"
#include "rank/bench/simulated_campaign.h"

#define LANE_SPEED 1 /* of RANDOM_SURFACE */

/* What has been trained so far. */
typedef struct Progress {
    uint32_t *trained; /* owned: epochs of each trial */
    uint64_t epochs;   /* of all */
    double best;       /* accuracy with noise of the best completed trial */
    size_t step_count;
    SearchStep *steps; /* owned: room for one a trial */
} Progress;

typedef struct Search {
    const Config *config;
    const Surface *surface;
    const SearchLevels *levels;
    double highest;
    Progress *progress;
    SearchFigures *figures;
} Search;

/* Accuracy with noise at its best epoch, which *epoch receives; -INFINITY where it diverges. */
static double best_of(const Search *search, const LeaseMessage *lease, uint32_t epochs, uint32_t *epoch) {
    double best = -INFINITY;
    for (uint32_t e = 1; e <= epochs; e++) {
        double accuracy =
            surface_observed(search->surface, &lease->draw, (uint8_t)lease->stage, lease->number, e);
        if (!(accuracy > best)) continue;
        best = accuracy;
        *epoch = e;
    }
    return best;
}

/* The trial has come to the end of its last epoch. */
static void note_completed(const Search *search, const LeaseMessage *lease, uint32_t epochs) {
    uint32_t epoch = 0;
    double accuracy = best_of(search, lease, epochs, &epoch);
    if (!(accuracy > search->progress->best)) return;
    search->progress->best = accuracy;
    double without_noise = surface_accuracy(search->surface, &lease->draw, epoch);
    search->progress->steps[search->progress->step_count++] =
        (SearchStep){.epochs = search->progress->epochs, .observed = accuracy, .accuracy = without_noise};
    double regret = search->highest - without_noise;
    for (size_t i = 0; i < search->levels->count; i++) {
        if (search->figures->within[i] == 0 && regret <= search->levels->within[i])
            search->figures->within[i] = search->progress->epochs;
    }
}

static double seconds_of(const Search *search, const LeaseMessage *lease) {
    RandomStream stream = random_stream(search->surface->seed, RANDOM_SURFACE, (uint8_t)lease->stage,
                                        LANE_SPEED, lease->number, 0);
    return 0.5 + random_unit(&stream);
}

/* Asked for each epoch as it begins, and for all of them again with the result. */
static EpochRow epoch_row(const void *context, const LeaseMessage *lease, uint32_t epoch) {
    const Search *search = context;
    double accuracy =
        surface_observed(search->surface, &lease->draw, (uint8_t)lease->stage, lease->number, epoch);
    if (epoch > search->progress->trained[lease->trial]) {
        search->progress->trained[lease->trial] = epoch;
        search->progress->epochs++;
        uint32_t last = search->config->stages[lease->stage].epochs;
        if (epoch == last) note_completed(search, lease, last);
    }
    return (EpochRow){.epoch = epoch,
                      .learning_rate = 0,
                      .train_loss = 1 - accuracy,
                      .train_accuracy = accuracy,
                      .val_loss = 1 - accuracy,
                      .val_accuracy = accuracy,
                      .seconds = seconds_of(search, lease)};
}

static Status take_figures(const Search *search, const Ledger *ledger) {
    SearchFigures *figures = search->figures;
    const Progress *progress = search->progress;
    figures->epochs = progress->epochs;
    TRY(memory_new(&figures->steps, progress->step_count, sizeof(SearchStep)));
    figures->step_count = progress->step_count;
    memcpy(figures->steps, progress->steps, progress->step_count * sizeof(SearchStep));
    uint64_t *best;
    size_t count;
    TRY(ledger_best(ledger, search->config->metric, 1, &best, &count));
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

static Status run(const Search *search, uint32_t ranks) {
    SimulationRules rules = simulation_rules(ranks, epoch_row, search);
    SimulatedCampaign *campaign;
    SimulationFigures simulation;
    TRY(simulated_campaign_create(&campaign, search->config, NULL, &rules));
    Status status = simulated_campaign_run(campaign, &simulation);
    if (status == STATUS_OK) status = take_figures(search, simulated_campaign_ledger(campaign));
    simulated_campaign_destroy(&campaign);
    return status;
}

void search_figures_release(SearchFigures *figures) {
    free(figures->steps);
    *figures = (SearchFigures){0};
}

static Status progress_create(Progress *progress, uint64_t trials) {
    *progress = (Progress){.best = -INFINITY};
    TRY(memory_new(&progress->trained, trials, sizeof(uint32_t)));
    return memory_new(&progress->steps, trials, sizeof(SearchStep));
}

static void progress_release(Progress *progress) {
    free(progress->trained);
    free(progress->steps);
}

Status search_campaign(const Config *config, const Surface *surface, uint32_t ranks,
                       const SearchLevels *levels, SearchFigures *figures) {
    uint32_t longest = 0;
    for (size_t i = 0; i < config->stage_count; i++)
        longest = config->stages[i].epochs > longest ? config->stages[i].epochs : longest;
    Plan plan = plan_of(config);
    Progress progress;
    *figures = (SearchFigures){.regret = NAN, .accuracy = NAN};
    Search search = {.config = config,
                     .surface = surface,
                     .levels = levels,
                     .highest = surface_highest(surface, longest),
                     .progress = &progress,
                     .figures = figures};
    Status status = progress_create(&progress, plan_trials(&plan));
    if (status == STATUS_OK) status = run(&search, ranks);
    progress_release(&progress);
    return status;
}
