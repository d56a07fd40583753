/* The update rules: one pass over the flat parameters a step. With d = s g + lambda x, where s <= 1 clips the
 * gradient (Pascanu, Mikolov, Bengio 2013: s = clip / |g| where |g| over all blocks exceeds it) and lambda is
 * the weight decay:
 *
 *   sgd       x <- x - eta d
 *   momentum  v <- mu v - eta d;  x <- x + v
 *   nesterov  v' <- mu v - eta d;  x <- x - mu v + (1 + mu) v'
 *   adagrad   c <- c + d^2;  x <- x - eta d / (sqrt(c) + eps)
 *   rmsprop   c <- rho c + (1 - rho) d^2;  x <- x - eta d / (sqrt(c) + eps)
 *   adam      m <- b1 m + (1 - b1) d;  v <- b2 v + (1 - b2) d^2;
 *             x <- x - eta (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps), t = 1 at the first step
 *   adamw     x <- (1 - eta lambda) x, then adam with d = s g
 *
 * The papers stand beside each rule in optimizer.c. The result is the same bits whatever the alignment. */
#ifndef WINNOW_ENGINE_OPTIMIZER_H
#define WINNOW_ENGINE_OPTIMIZER_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/status.h"
#include "engine/network.h"
#include "engine/real.h"
#include "engine/train_settings.h"

#define optimizer_create ENGINE_NAME(optimizer_create)
#define optimizer_destroy ENGINE_NAME(optimizer_destroy)
#define optimizer_step ENGINE_NAME(optimizer_step)
#define optimizer_steps ENGINE_NAME(optimizer_steps)
#define optimizer_save ENGINE_NAME(optimizer_save)
#define optimizer_restore ENGINE_NAME(optimizer_restore)
#define optimizer_vectors ENGINE_NAME(optimizer_vectors)

typedef struct Optimizer Optimizer;

/* State vectors that the rule keeps: 0, 1 or 2 numbers a parameter. */
size_t optimizer_vectors(OptimizerKind kind);

/* State for `count` parameters, zero at the start (one or two vectors of `count`, none for sgd). Copies what
 * it needs of the settings. */
Status optimizer_create(Optimizer **out, const TrainSettings *settings, size_t count) MUST_CHECK;
void optimizer_destroy(Optimizer **optimizer);

/* One step on parameters x [count] with gradient g [count] (g may be used as workspace). `decays` blocks get
 * weight decay. Gradient clipping, where set, scales g first. What lies between blocks is neither read nor
 * written. The rate may be 0; `momentum` matters to momentum and nesterov alone. Never allocates. */
void optimizer_step(Optimizer *optimizer, real *x, real *g, const ParameterBlock *blocks, size_t block_count,
                    double learning_rate, double momentum);

/* Steps taken so far, those before it was saved included. */
uint64_t optimizer_steps(const Optimizer *optimizer);

/* Append the state: u8 kind, u64 steps, the vectors one after the other as a block of little-endian reals. */
void optimizer_save(const Optimizer *optimizer, ByteWriter *writer);
/* Take over what was saved by an optimizer of the same kind, size and number type; any other fails the
 * reader. */
void optimizer_restore(Optimizer *optimizer, ByteReader *reader);

#endif
