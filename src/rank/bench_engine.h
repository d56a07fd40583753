/* How fast the engine trains: the trainer itself, on whole epochs of (a part of) the data, beside the peak of
 * the core measured in between. */
#ifndef WINNOW_RANK_BENCH_ENGINE_H
#define WINNOW_RANK_BENCH_ENGINE_H

#include "campaign/config.h"
#include "engine/examples.h"
#include "engine/flops.h"
#include "engine/stopwatch.h"
#include "engine/train_settings.h"

#define ENGINE_BATCHES_MAX 16
#define ENGINE_ROUNDS 5 /* odd: the median is one of them */

/* What is trained. Whatever the settings say, the learning rate is next to nothing, on which time does not
 * depend, so that nothing diverges, and no epoch is the last one for want of a better result. */
typedef struct EngineWork {
    const NetworkSpec *spec;
    TrainSettings settings;
    Examples train, validation;
} EngineWork;

/* Of one batch size. Each of ENGINE_ROUNDS rounds trains some epochs as a campaign does, and as many with a
 * stopwatch; speeds are of the former, shares of the latter. */
typedef struct BatchFigures {
    uint32_t batch;
    size_t train_count, validation_count; /* examples of an epoch */
    size_t epochs;                        /* a round */
    double samples_per_second, lowest,
        highest;     /* median of the rounds, and their ends; evaluation excluded */
    Stopwatch watch; /* of all rounds */
} BatchFigures;

typedef struct EngineFigures {
    double peak;                      /* floating-point operations a second: the best of .. */
    size_t windows;                   /* .. so many */
    Flops flops;                      /* of an example */
    Flops layers[NETWORK_MAX_LAYERS]; /* [layer_count] */
    size_t batch_count;
    BatchFigures batches[ENGINE_BATCHES_MAX];
} EngineFigures;

/* The network and settings at the middle of the configuration's ranges, on its data. `spec` receives the
 * network; both stay borrowed. */
Status engine_work_of(const Config *config, const Dataset *dataset, NetworkSpec *spec,
                      EngineWork *work) MUST_CHECK;

/* Each of `count` batch sizes, 1 to ENGINE_BATCHES_MAX, for about `seconds`; more where a few steps take
 * longer. Call blas_prepare first. STATUS_INPUT where a batch is larger than the training part. */
Status bench_engine(const EngineWork *work, const uint32_t *batches, size_t count, double seconds,
                    EngineFigures *figures) MUST_CHECK;

/* Operations a second in training at that speed. */
double engine_rate(const EngineFigures *figures, const BatchFigures *batch);

#endif
