#include "rank/bench_engine.h"

#include <math.h>
#include <stdlib.h>

#include "base/order.h"
#include "engine/fma_peak.h"
#include "engine/trainer.h"
#include "search/sampler.h"

#define HARMLESS_RATE 1e-9 /* learning rate */
#define FIRST_BATCHES 8    /* an epoch has at least; of those that tell how long an epoch takes */
#define FIRST_EPOCHS 2     /* the first one warms up */
#define MOST_EPOCHS 10000  /* a turn, where they are very short */
#define WINDOW_SECONDS 0.002
#define WINDOWS 4 /* before each turn of epochs */

Status engine_work_of(const Config *config, const Dataset *dataset, NetworkSpec *spec, EngineWork *work) {
    *work = (EngineWork){.spec = spec,
                         .train = dataset_part(dataset, PART_TRAIN),
                         .validation = dataset_part(dataset, PART_VALIDATION)};
    Ranges ranges = space_ranges(&config->space);
    Draw draw;
    TRY(space_middle(&config->space, &ranges, &draw));
    TRY(config_network(config, &draw, work->train.shape, work->train.classes, spec));
    return config_settings(config, &draw, 0, &work->settings);
}

static size_t part_of(size_t count, double part) {
    double rows = ceil(part * (double)count);
    return rows < 1 ? 1 : rows < (double)count ? (size_t)rows : count;
}

/* A trainer on that part of both sets, for so many epochs. */
static Status part_trainer(const EngineWork *work, uint32_t batch, double part, size_t epochs,
                           Trainer **trainer) {
    Examples train = work->train, validation = work->validation;
    train.count = part_of(train.count, part);
    validation.count = part_of(validation.count, part);
    TrainSettings settings = work->settings;
    settings.batch_size = batch;
    settings.epochs = (uint32_t)epochs;
    settings.learning_rate = HARMLESS_RATE;
    settings.early_stop_epochs = 0;
    return trainer_create(trainer, work->spec, &settings, &train, &validation, (TrialKey){0});
}

/* Epochs on the clock, evaluation included. */
static Status train(Trainer *trainer, size_t epochs, double *seconds) {
    *seconds = 0;
    for (size_t i = 0; i < epochs; i++) {
        EpochRow row;
        bool done;
        trainer_epoch(trainer, &row, &done);
        if (trainer_outcome(trainer).status == TRIAL_DIVERGED)
            return status_fail(STATUS_INPUT,
                               "this network diverges on this data even at a learning rate of "
                               "%g: are there values in it that are not finite?",
                               HARMLESS_RATE);
        *seconds += row.seconds;
    }
    return STATUS_OK;
}

/* Which part of the data an epoch takes, and how many epochs a turn, so that it lasts for about `slice`. */
static Status plan_turn(const EngineWork *work, uint32_t batch, double slice, double *part, size_t *epochs) {
    double least = FIRST_BATCHES * (double)batch / (double)work->train.count;
    if (least > 1) least = 1;
    Trainer *trainer;
    TRY(part_trainer(work, batch, least, FIRST_EPOCHS, &trainer));
    double seconds;
    Status status = train(trainer, 1, &seconds);
    if (status == STATUS_OK) status = train(trainer, FIRST_EPOCHS - 1, &seconds);
    trainer_destroy(&trainer);
    TRY(status);
    double whole = seconds / least;
    *part = fmin(1, fmax(least, slice / whole));
    *epochs = (size_t)fmin(fmax(slice / (whole * *part), 1), MOST_EPOCHS);
    return STATUS_OK;
}

static void measure_peak(EngineFigures *figures) {
    for (size_t i = 0; i < WINDOWS; i++)
        figures->peak = fmax(figures->peak, fma_peak_window(WINDOW_SECONDS));
    figures->windows += WINDOWS;
}

/* Rounds of: peak, epochs as they are, peak, epochs under the stopwatch. */
static Status measure_rounds(Trainer *trainer, EngineFigures *figures, BatchFigures *batch) {
    double rates[ENGINE_ROUNDS], seconds;
    TRY(train(trainer, 1, &seconds)); /* its memory is new to the machine */
    for (size_t round = 0; round < ENGINE_ROUNDS; round++) {
        measure_peak(figures);
        double before = trainer_training_seconds(trainer);
        TRY(train(trainer, batch->epochs, &seconds));
        double spent = trainer_training_seconds(trainer) - before;
        rates[round] = (double)(batch->epochs * batch->train_count) / spent;
        measure_peak(figures);
        trainer_set_stopwatch(trainer, &batch->watch);
        TRY(train(trainer, batch->epochs, &seconds));
        trainer_set_stopwatch(trainer, NULL);
    }
    order_sort(rates, ENGINE_ROUNDS);
    batch->samples_per_second = rates[ENGINE_ROUNDS / 2];
    batch->lowest = rates[0];
    batch->highest = rates[ENGINE_ROUNDS - 1];
    return STATUS_OK;
}

static Status measure_batch(const EngineWork *work, double seconds, EngineFigures *figures,
                            BatchFigures *batch) {
    double part;
    TRY(plan_turn(work, batch->batch, seconds / (2 * ENGINE_ROUNDS), &part, &batch->epochs));
    batch->train_count = part_of(work->train.count, part);
    batch->validation_count = part_of(work->validation.count, part);
    Trainer *trainer;
    TRY(part_trainer(work, batch->batch, part, 1 + 2 * ENGINE_ROUNDS * batch->epochs, &trainer));
    Status status = measure_rounds(trainer, figures, batch);
    trainer_destroy(&trainer);
    return status;
}

Status bench_engine(const EngineWork *work, const uint32_t *batches, size_t count, double seconds,
                    EngineFigures *figures) {
    *figures = (EngineFigures){.batch_count = count};
    TRY(flops_of_network(work->spec, figures->layers, &figures->flops));
    for (size_t i = 0; i < count; i++) {
        if (batches[i] > work->train.count)
            return status_fail(STATUS_INPUT, "a batch of %u is more than the %zu examples to train on",
                               batches[i], work->train.count);
        figures->batches[i].batch = batches[i];
    }
    for (size_t i = 0; i < count; i++)
        TRY(measure_batch(work, seconds, figures, &figures->batches[i]));
    return STATUS_OK;
}

double engine_rate(const EngineFigures *figures, const BatchFigures *batch) {
    return batch->samples_per_second * (figures->flops.forward + figures->flops.backward);
}
