#include "rank/epoch_cost.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "engine/trainer.h"
#include "search/sampler.h"

#define FIRST_BATCHES 4    /* of the epoch that warms up and tells how many the slice of time holds */
#define HARMLESS_RATE 1e-9 /* learning rate: time does not depend on it, and nothing diverges */

/* One draw, ready to be timed. */
typedef struct Timing {
    NetworkSpec *spec;
    TrainSettings settings;
    Examples train, validation;
} Timing;

static size_t part_of(size_t count, double part) {
    double rows = ceil(part * (double)count);
    return rows < 1 ? 1 : rows < (double)count ? (size_t)rows : count;
}

/* Time an epoch on that part of both sets: *spent as it was, *whole as it would be on all of them. */
static Status time_part(const Timing *timing, double part, double *spent, double *whole) {
    Examples train = timing->train, validation = timing->validation;
    train.count = part_of(train.count, part);
    validation.count = part_of(validation.count, part);
    Trainer *trainer;
    TRY(trainer_create(&trainer, timing->spec, &timing->settings, &train, &validation, (TrialKey){0}));
    EpochRow row;
    bool done;
    trainer_epoch(trainer, &row, &done);
    double speed = trainer_outcome(trainer).samples_per_second;
    trainer_destroy(&trainer);
    double training = speed > 0 ? (double)train.count / speed : row.seconds;
    if (training > row.seconds) training = row.seconds;
    *spent = row.seconds;
    *whole = training * ((double)timing->train.count / (double)train.count) +
             (row.seconds - training) * ((double)timing->validation.count / (double)validation.count);
    return STATUS_OK;
}

static Status measure_draw(const Timing *timing, double slice, double *seconds) {
    double spent;
    double part = FIRST_BATCHES * (double)timing->settings.batch_size / (double)timing->train.count;
    if (part > 1) part = 1;
    TRY(time_part(timing, part, &spent, seconds));
    double larger = spent > 0 ? part * (slice - spent) / spent : 1;
    if (larger > 1) larger = 1;
    return larger > part || part >= 1 ? time_part(timing, larger > part ? larger : part, &spent, seconds)
                                      : STATUS_OK;
}

Status epoch_cost_measure(const Config *config, const Dataset *dataset, double budget, EpochCost *cost) {
    *cost = (EpochCost){0};
    Timing timing = {.train = dataset_part(dataset, PART_TRAIN),
                     .validation = dataset_part(dataset, PART_VALIDATION)};
    Ranges ranges = space_ranges(&config->space);
    Sampler sampler = config_sampler(config, 0);
    uint32_t draws = stage_configurations(&config->stages[0]);
    if (draws > EPOCH_COST_DRAWS) draws = EPOCH_COST_DRAWS;
    TRY(memory_new(&timing.spec, 1, sizeof(*timing.spec)));
    Status status = STATUS_OK;
    for (uint32_t number = 0; status == STATUS_OK && number < draws; number++) {
        Draw draw;
        status = space_draw(&config->space, &ranges, &sampler, number, &draw);
        if (status == STATUS_OK)
            status = config_network(config, &draw, timing.train.shape, timing.train.classes, timing.spec);
        if (status == STATUS_OK) status = config_settings(config, &draw, 0, &timing.settings);
        timing.settings.learning_rate = HARMLESS_RATE;
        if (status == STATUS_OK) status = measure_draw(&timing, budget / draws, &cost->seconds[cost->count]);
        if (status == STATUS_OK) cost->count++;
    }
    free(timing.spec);
    return status;
}
