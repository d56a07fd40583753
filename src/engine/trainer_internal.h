/* What a trainer is made of, for its own sources. */
#ifndef WINNOW_ENGINE_TRAINER_INTERNAL_H
#define WINNOW_ENGINE_TRAINER_INTERNAL_H

#include "base/arena.h"
#include "engine/optimizer.h"
#include "engine/trainer.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "weights_hash and the saved state take the floats as they lie in memory");

struct Trainer {
    TrainSettings settings;
    Examples train, validation;
    TrialKey key;
    size_t batch;    /* settings.batch_size, at most train.count */
    size_t steps;    /* of an epoch */
    uint32_t epochs; /* begun */
    bool diverged, done;
    EpochRow best; /* epoch 0 for none */
    PlateauState plateau;
    double seconds;       /* creation and epochs */
    double train_seconds; /* the training part of the epochs */
    size_t trained;       /* examples, in train_seconds */
    Stopwatch *watch;     /* NULL but in benchmarks; borrowed */

    Network *network;
    Optimizer *optimizer;
    size_t block_count;
    Arena arena;            /* of the arrays below */
    ParameterBlock *blocks; /* [block_count] */
    uint32_t *order;        /* [train.count] positions in the training part, as this epoch visits them */
    float *average;         /* [parameters] of the weights over the steps; NULL without settings.ema */
    float *scratch; /* [parameters] before the last step of an epoch; the weights while their average is
                       judged; the blocks packed for the hash */
    float *best_parameters;    /* [parameters] */
    float *probabilities;      /* [validation.count, classes] of the newest epoch */
    float *best_probabilities; /* [validation.count, classes] */
    size_t snapshot_slots, snapshots_taken;
    struct TrainerSnapshot {
        uint32_t epoch;         /* from 1 */
        float *parameters;      /* [parameters] */
        float *probabilities;   /* [validation.count, classes] */
    } snapshots[SNAPSHOTS_MAX]; /* the first snapshot_slots are in use, round and round */
};

static inline bool trainer_averages(const TrainSettings *settings) {
    return settings->ema > 0;
}

static inline size_t trainer_snapshot_slots(const TrainSettings *settings) {
    return settings->snapshots ? schedule_minima(settings, SNAPSHOTS_MAX) : 0;
}

/* Keep what the network holds, with its probabilities, as the snapshot of that epoch (from 1). */
void trainer_take_snapshot(Trainer *trainer, uint32_t epoch, const float *probabilities);

/* Snapshots between two epochs, for the saved state. Reading fails the reader where they are not those that
 * the trainer, otherwise restored, would have taken. */
void trainer_save_snapshots(const Trainer *trainer, ByteWriter *writer);
void trainer_restore_snapshots(Trainer *trainer, ByteReader *reader);

/* trainer_create has seen that the product fits. */
static inline size_t trainer_probability_bytes(const Trainer *trainer) {
    return trainer->validation.count * trainer->validation.classes * sizeof *trainer->probabilities;
}

static inline size_t trainer_parameter_bytes(const Trainer *trainer) {
    return network_parameter_count(trainer->network) * sizeof *trainer->scratch;
}

#endif
