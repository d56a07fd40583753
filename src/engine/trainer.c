#include "engine/trainer.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/philox.h"
#include "base/size.h"
#include "engine/float_mode.h"
#include "engine/judge.h"
#include "engine/moving_average.h"
#include "engine/trainer_internal.h"

const char *trial_status_name(TrialStatus status) {
    switch (status) {
    case TRIAL_COMPLETED: return "completed";
    case TRIAL_DIVERGED: return "diverged";
    case TRIAL_STOPPED: return "stopped";
    default: return "failed";
    }
}

/* Batch and steps of an epoch, from settings and parts that make sense. */
static Status plan_steps(const TrainSettings *settings, const Examples *train, const Examples *validation,
                         size_t *batch, size_t *steps) {
    if (settings->epochs == 0 || settings->batch_size == 0) {
        return status_fail(STATUS_INPUT,
                           "a trial of %u epochs with batches of %u examples: both must be at least 1",
                           settings->epochs, settings->batch_size);
    }
    if (train->count == 0 || train->count > UINT32_MAX || validation->count == 0) {
        return status_fail(
            STATUS_INPUT,
            "%zu examples to train on and %zu to validate on: there must be at least 1 of each, "
            "and at most %u to train on",
            train->count, validation->count, UINT32_MAX);
    }
    *batch = settings->batch_size < train->count ? settings->batch_size : train->count;
    *steps = (train->count + *batch - 1) / *batch;
    if (*steps > UINT32_MAX / settings->epochs) {
        return status_fail(STATUS_INPUT, "%u epochs of %zu steps are too many: a trial has at most %u steps",
                           settings->epochs, *steps, UINT32_MAX);
    }
    return STATUS_OK;
}

/* The largest batch that the network must hold. */
static size_t largest_batch(size_t batch, const Examples *validation) {
    size_t judge = judge_batch(validation);
    return batch > judge ? batch : judge;
}

/* The trainer's own arrays, in the order of struct Trainer. */
static Status reserve_arrays(Arena *arena, const TrainSettings *settings, size_t blocks, size_t parameters,
                             size_t order, size_t probabilities, size_t slots) {
    TRY(arena_reserve(arena, blocks, sizeof(ParameterBlock)));
    TRY(arena_reserve(arena, order, sizeof(uint32_t)));
    if (trainer_averages(settings)) TRY(arena_reserve(arena, parameters, sizeof(float)));
    TRY(arena_reserve(arena, parameters, sizeof(float)));
    TRY(arena_reserve(arena, parameters, sizeof(float)));
    TRY(arena_reserve(arena, probabilities, sizeof(float)));
    TRY(arena_reserve(arena, probabilities, sizeof(float)));
    for (size_t i = 0; i < slots; i++) {
        TRY(arena_reserve(arena, parameters, sizeof(float)));
        TRY(arena_reserve(arena, probabilities, sizeof(float)));
    }
    return STATUS_OK;
}

static Status count_probabilities(const Examples *validation, size_t *count) {
    if (size_mul(validation->count, validation->classes, count)) return STATUS_OK;
    return status_fail(STATUS_ENVIRONMENT, "the probabilities of %zu examples do not fit in memory",
                       validation->count);
}

Status trainer_memory(const NetworkSpec *spec, const TrainSettings *settings, size_t snapshots,
                      const Examples *train, const Examples *validation, size_t *bytes) {
    size_t batch = 0, steps = 0, probabilities = 0;
    NetworkMemory network;
    TRY(plan_steps(settings, train, validation, &batch, &steps));
    TRY(count_probabilities(validation, &probabilities));
    TRY(network_memory(spec, largest_batch(batch, validation), &network));
    Arena arena = {0};
    TRY(arena_reserve(&arena, network.bytes, 1));
    for (size_t i = 0; i < optimizer_vectors(settings->optimizer); i++) {
        TRY(arena_reserve(&arena, network.parameter_count, sizeof(real)));
    }
    TRY(reserve_arrays(&arena, settings, network.block_count, network.parameter_count, train->count,
                       probabilities, snapshots));
    *bytes = arena.size;
    return STATUS_OK;
}

static Status trainer_allocate(Trainer *trainer, const NetworkSpec *spec) {
    size_t probabilities = 0;
    TRY(count_probabilities(&trainer->validation, &probabilities));
    TRY(network_create(&trainer->network, spec, largest_batch(trainer->batch, &trainer->validation)));
    trainer->block_count = network_block_count(trainer->network);
    size_t parameters = network_parameter_count(trainer->network);
    TRY(optimizer_create(&trainer->optimizer, &trainer->settings, parameters));
    Arena *arena = &trainer->arena;
    TRY(reserve_arrays(arena, &trainer->settings, trainer->block_count, parameters, trainer->train.count,
                       probabilities, trainer_snapshot_slots(&trainer->settings)));
    TRY(arena_allocate(arena));
    trainer->blocks = arena_take(arena, trainer->block_count, sizeof *trainer->blocks);
    trainer->order = arena_take(arena, trainer->train.count, sizeof *trainer->order);
    if (trainer_averages(&trainer->settings))
        trainer->average = arena_take(arena, parameters, sizeof *trainer->average);
    trainer->scratch = arena_take(arena, parameters, sizeof *trainer->scratch);
    trainer->best_parameters = arena_take(arena, parameters, sizeof *trainer->best_parameters);
    trainer->probabilities = arena_take(arena, probabilities, sizeof *trainer->probabilities);
    trainer->best_probabilities = arena_take(arena, probabilities, sizeof *trainer->best_probabilities);
    trainer->snapshot_slots = trainer_snapshot_slots(&trainer->settings);
    for (size_t i = 0; i < trainer->snapshot_slots; i++) {
        struct TrainerSnapshot *snapshot = &trainer->snapshots[i];
        snapshot->parameters = arena_take(arena, parameters, sizeof(float));
        snapshot->probabilities = arena_take(arena, probabilities, sizeof(float));
    }
    for (size_t b = 0; b < trainer->block_count; b++)
        trainer->blocks[b] = network_block(trainer->network, b);
    return STATUS_OK;
}

Status trainer_create(Trainer **out, const NetworkSpec *spec, const TrainSettings *settings,
                      const Examples *train, const Examples *validation, TrialKey key) {
    double start = clock_monotonic();
    TRY(examples_fit(train, spec));
    TRY(examples_fit(validation, spec));
    size_t batch = 0, steps = 0;
    TRY(plan_steps(settings, train, validation, &batch, &steps));
    Trainer *trainer = NULL;
    TRY(memory_new(&trainer, 1, sizeof *trainer));
    *trainer = (Trainer){
        .settings = *settings,
        .train = *train,
        .validation = *validation,
        .key = key,
        .batch = batch,
        .steps = steps,
    };
    Status status = trainer_allocate(trainer, spec);
    if (status != STATUS_OK) {
        trainer_destroy(&trainer);
        return status;
    }
    network_initialise(trainer->network, key);
    if (trainer->average != NULL)
        memcpy(trainer->average, network_parameters(trainer->network), trainer_parameter_bytes(trainer));
    network_set_label_smoothing(trainer->network, settings->label_smoothing);
    trainer->seconds = clock_monotonic() - start;
    *out = trainer;
    return STATUS_OK;
}

void trainer_destroy(Trainer **trainer) {
    if (*trainer == NULL) return;
    network_destroy(&(*trainer)->network);
    optimizer_destroy(&(*trainer)->optimizer);
    arena_release(&(*trainer)->arena);
    free(*trainer);
    *trainer = NULL;
}

/* Each epoch's order is drawn afresh from the order of the file, so that it depends on no epoch before it. */
static void shuffle(Trainer *trainer, uint32_t epoch) {
    for (size_t i = 0; i < trainer->train.count; i++)
        trainer->order[i] = (uint32_t)i;
    RandomStream stream =
        random_stream(trainer->key.seed, RANDOM_SHUFFLE, trainer->key.stage, 0, trainer->key.number, epoch);
    random_shuffle(&stream, trainer->order, trainer->train.count);
}

/* The warm-up's line is followed to the end of each step, so that no step is taken at rate 0. */
static double step_rate(const Trainer *trainer, uint32_t epoch, size_t step) {
    double at = epoch;
    if (epoch < trainer->settings.warmup_epochs) at += (double)(step + 1) / (double)trainer->steps;
    return schedule_rate(&trainer->settings, at, trainer->plateau.reductions);
}

/* The batch of that step [batch] in the network's input. */
static void gather(const Trainer *trainer, const uint32_t *rows, size_t batch, uint32_t step) {
    const TrainSettings *settings = &trainer->settings;
    real *x = network_input(trainer->network);
    uint16_t *labels = network_labels(trainer->network);
    if (settings->augment_shift == 0 && settings->augment_flip == 0) {
        examples_gather(&trainer->train, rows, batch, x, labels);
        return;
    }
    Augmentation augmentation = {
        .shift = settings->augment_shift, .flip = settings->augment_flip, .key = trainer->key, .step = step};
    examples_gather_augmented(&trainer->train, rows, batch, &augmentation, x, labels);
}

static void average(const Trainer *trainer) {
    if (trainer->average == NULL) return;
    double decay = moving_average_decay(trainer->settings.ema, optimizer_steps(trainer->optimizer));
    moving_average_step(trainer->average, network_parameters(trainer->network),
                        network_parameter_count(trainer->network), decay);
}

/* One epoch of mini-batches. False as soon as a loss is not finite. Fills the row's rate, loss and accuracy.
 */
static bool train(Trainer *trainer, uint32_t epoch, EpochRow *row) {
    Network *network = trainer->network;
    const Examples *examples = &trainer->train;
    bool has_momentum = trainer->settings.optimizer == OPTIMIZER_MOMENTUM ||
                        trainer->settings.optimizer == OPTIMIZER_NESTEROV;
    double momentum = schedule_momentum(&trainer->settings, epoch);
    if (has_momentum) row->momentum = momentum;
    double loss_sum = 0;
    size_t correct = 0;
    for (size_t step = 0; step < trainer->steps; step++) {
        size_t first = step * trainer->batch, left = examples->count - first;
        size_t batch = left < trainer->batch ? left : trainer->batch;
        uint32_t number = (uint32_t)(epoch * trainer->steps + step);
        gather(trainer, trainer->order + first, batch, number);
        stopwatch_lap(trainer->watch, PHASE_GATHER, NO_LAYER);
        BatchResult result = network_train(network, batch, trainer->key, number);
        row->learning_rate = step_rate(trainer, epoch, step);
        if (!isfinite(result.loss_sum)) return false;
        loss_sum += result.loss_sum;
        correct += result.correct;
        trainer->trained += batch;
        real *parameters = network_parameters(network);
        if (step + 1 == trainer->steps)
            memcpy(trainer->scratch, parameters, trainer_parameter_bytes(trainer));
        optimizer_step(trainer->optimizer, parameters, network_gradients(network), trainer->blocks,
                       trainer->block_count, row->learning_rate, momentum);
        average(trainer);
        stopwatch_lap(trainer->watch, PHASE_UPDATE, NO_LAYER);
    }
    row->train_loss = loss_sum / (double)examples->count;
    row->train_accuracy = (double)correct / (double)examples->count;
    return true;
}

static bool all_finite(const float *values, size_t count) {
    bool finite = true;
    for (size_t i = 0; i < count; i++)
        finite &= isfinite(values[i]) != 0;
    return finite;
}

/* |last update| / |weights before it|, NaN where these are zero. False where a parameter or its average is
 * not finite. */
static bool inspect_update(const Trainer *trainer, double *ratio) {
    const float *after = network_parameters(trainer->network), *before = trainer->scratch;
    double update = 0, size = 0;
    bool finite = true;
    for (size_t b = 0; b < trainer->block_count; b++) {
        const ParameterBlock *block = &trainer->blocks[b];
        size_t count = block->count, end = block->offset + count;
        finite &= all_finite(after + block->offset, count);
        if (trainer->average != NULL) finite &= all_finite(trainer->average + block->offset, count);
        if (!block->decays) continue;
        for (size_t i = block->offset; i < end; i++) {
            double change = (double)after[i] - before[i];
            update += change * change;
            size += (double)before[i] * before[i];
        }
    }
    if (finite && size > 0) *ratio = sqrt(update / size);
    return finite;
}

/* False where the loss is not finite. */
static bool validate(Trainer *trainer, EpochRow *row) {
    stopwatch_lap(trainer->watch, PHASE_REST, NO_LAYER);
    Judgement judgement = judge_network(trainer->network, &trainer->validation, trainer->probabilities);
    stopwatch_lap(trainer->watch, PHASE_EVALUATION, NO_LAYER);
    if (!isfinite(judgement.loss)) return false;
    row->val_loss = judgement.loss;
    row->val_accuracy = judgement.accuracy;
    return true;
}

static double row_metric(const Trainer *trainer, const EpochRow *row) {
    return metric_of(trainer->settings.metric, row->val_accuracy, row->val_loss);
}

static void keep_best(Trainer *trainer, const EpochRow *row) {
    if (trainer->best.epoch > 0 && !metric_better(trainer->settings.metric, row_metric(trainer, row),
                                                  row_metric(trainer, &trainer->best))) {
        return;
    }
    trainer->best = *row;
    memcpy(trainer->best_parameters, network_parameters(trainer->network), trainer_parameter_bytes(trainer));
    float *newest = trainer->probabilities;
    trainer->probabilities = trainer->best_probabilities;
    trainer->best_probabilities = newest;
}

static bool is_over(const Trainer *trainer) {
    return trainer->epochs == trainer->settings.epochs ||
           early_stop(&trainer->settings, trainer->epochs, trainer->best.epoch);
}

/* The probabilities of the epoch that was judged last lie with the best ones where it is the best. */
static void keep_snapshot(Trainer *trainer, const EpochRow *row) {
    if (trainer->snapshot_slots == 0) return;
    if (!schedule_minimum(&trainer->settings, row->epoch - 1) && !is_over(trainer)) return;
    bool best = trainer->best.epoch == row->epoch;
    trainer_take_snapshot(trainer, row->epoch, best ? trainer->best_probabilities : trainer->probabilities);
}

/* Judge the epoch's weights, and keep them where they are the best or a snapshot is due. Where there is an
 * average, it takes their place for as long as that lasts. False as above. */
static bool judge_epoch(Trainer *trainer, EpochRow *row) {
    float *parameters = network_parameters(trainer->network);
    size_t bytes = trainer_parameter_bytes(trainer);
    if (trainer->average != NULL) {
        memcpy(trainer->scratch, parameters, bytes);
        memcpy(parameters, trainer->average, bytes);
    }
    bool finite = validate(trainer, row);
    if (finite) {
        keep_best(trainer, row);
        keep_snapshot(trainer, row);
    }
    if (trainer->average != NULL) memcpy(parameters, trainer->scratch, bytes);
    return finite;
}

void trainer_epoch(Trainer *trainer, EpochRow *row, bool *done) {
    assert(!trainer->done);
    FloatMode mode = float_mode_flush();
    double start = clock_monotonic();
    uint32_t epoch = trainer->epochs++;
    *row = (EpochRow){
        .epoch = epoch + 1,
        .learning_rate = NAN,
        .momentum = NAN,
        .train_loss = NAN,
        .train_accuracy = NAN,
        .val_loss = NAN,
        .val_accuracy = NAN,
        .update_ratio = NAN,
    };
    stopwatch_start(trainer->watch);
    shuffle(trainer, epoch);
    stopwatch_lap(trainer->watch, PHASE_REST, NO_LAYER);
    bool finite = train(trainer, epoch, row);
    trainer->train_seconds += clock_monotonic() - start;
    finite = finite && inspect_update(trainer, &row->update_ratio) && judge_epoch(trainer, row);
    if (finite && epoch >= trainer->settings.warmup_epochs)
        plateau_feed(&trainer->plateau, &trainer->settings, row_metric(trainer, row));
    stopwatch_lap(trainer->watch, PHASE_REST, NO_LAYER);
    trainer->diverged = !finite;
    trainer->done = !finite || is_over(trainer);
    *done = trainer->done;
    row->seconds = clock_monotonic() - start;
    trainer->seconds += row->seconds;
    float_mode_restore(mode);
}

/* The floats are packed first, so that padding never reaches the hash and nothing is allocated. */
static uint64_t weights_hash(const Trainer *trainer) {
    size_t packed = 0;
    for (size_t b = 0; b < trainer->block_count; b++) {
        size_t count = trainer->blocks[b].count;
        const float *from = trainer->best_parameters + trainer->blocks[b].offset;
        memcpy(trainer->scratch + packed, from, count * sizeof *from);
        packed += count;
    }
    return hash64(trainer->scratch, packed * sizeof *trainer->scratch);
}

TrainOutcome trainer_outcome(const Trainer *trainer) {
    TrainOutcome outcome = {
        .status = trainer->diverged ? TRIAL_DIVERGED
                  : trainer->done   ? TRIAL_COMPLETED
                                    : TRIAL_STOPPED,
        .epochs = trainer->epochs - trainer->diverged,
        .val_accuracy = NAN,
        .val_loss = NAN,
        .train_loss = NAN,
        .seconds = trainer->seconds,
        .samples_per_second =
            trainer->train_seconds > 0 ? (double)trainer->trained / trainer->train_seconds : 0,
    };
    if (trainer->diverged || trainer->best.epoch == 0) return outcome;
    outcome.best_epoch = trainer->best.epoch;
    outcome.val_accuracy = trainer->best.val_accuracy;
    outcome.val_loss = trainer->best.val_loss;
    outcome.train_loss = trainer->best.train_loss;
    outcome.weights_hash = weights_hash(trainer);
    return outcome;
}

void trainer_set_stopwatch(Trainer *trainer, Stopwatch *watch) {
    trainer->watch = watch;
    network_set_stopwatch(trainer->network, watch);
}

double trainer_training_seconds(const Trainer *trainer) {
    return trainer->train_seconds;
}

const float *trainer_best_parameters(const Trainer *trainer) {
    return trainer->diverged || trainer->best.epoch == 0 ? NULL : trainer->best_parameters;
}

const float *trainer_best_probabilities(const Trainer *trainer) {
    return trainer->diverged || trainer->best.epoch == 0 ? NULL : trainer->best_probabilities;
}

const Network *trainer_network(const Trainer *trainer) {
    return trainer->network;
}
