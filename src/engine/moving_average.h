/* Exponential moving average of a network's weights: e <- e + (1 - d) (x - e) after each step, from e = x at
 * the start.
 *
 * The decay warms up, d = min(ema, (1 + t) / (10 + t)) with t = 1 after the first step, so that the untrained
 * weights are soon forgotten: the rule of TensorFlow's tf.train.ExponentialMovingAverage with num_updates =
 * t. Averages of iterates: Polyak and Juditsky 1992. */
#ifndef WINNOW_ENGINE_MOVING_AVERAGE_H
#define WINNOW_ENGINE_MOVING_AVERAGE_H

#include <stddef.h>
#include <stdint.h>

/* d for that setting, [0, 1), after step t >= 1. */
double moving_average_decay(double ema, uint64_t t);

/* One step on average [count] with the present weights [count]: computed in float as average + take (weights
 * - average), with take = 1 - decay rounded once. Weights that stand still are a fixed point. */
void moving_average_step(float *restrict average, const float *restrict weights, size_t count, double decay);

#endif
