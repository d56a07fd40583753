/* The update rules: one pass over the flat parameters a step. */
#ifndef WINNOW_ENGINE_OPTIMIZER_H
#define WINNOW_ENGINE_OPTIMIZER_H

#include <stdint.h>

#include "base/status.h"
#include "engine/network.h"
#include "engine/real.h"
#include "engine/train_settings.h"

#define optimizer_create ENGINE_NAME(optimizer_create)
#define optimizer_destroy ENGINE_NAME(optimizer_destroy)
#define optimizer_step ENGINE_NAME(optimizer_step)
#define optimizer_state ENGINE_NAME(optimizer_state)

typedef struct Optimizer Optimizer;

/* State for `count` parameters, zero at the start (one or two vectors of `count`, none for sgd). Copies what it needs
 * of the settings. */
Status optimizer_create(Optimizer **out, const TrainSettings *settings, size_t count) MUST_CHECK;
void optimizer_destroy(Optimizer **optimizer);

/* One step on parameters x [count] with gradient g [count] (g may be used as workspace). `decays` blocks get weight
 * decay. Gradient clipping, where set, scales g first. */
void optimizer_step(Optimizer *optimizer, real *x, real *g, const ParameterBlock *blocks, size_t block_count,
                    double learning_rate, double momentum);

/* The state vectors as one array, for checkpoints: *count values, borrowed. Steps taken so far in *steps. */
real *optimizer_state(Optimizer *optimizer, size_t *count, uint64_t **steps);

#endif
