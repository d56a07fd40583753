#include "engine/moving_average.h"

double moving_average_decay(double ema, uint64_t t) {
    double warm = (1 + (double)t) / (10 + (double)t);
    return ema < warm ? ema : warm;
}

void moving_average_step(float *restrict average, const float *restrict weights, size_t count, double decay) {
    const float take = (float)(1 - decay);
    for (size_t i = 0; i < count; i++)
        average[i] += take * (weights[i] - average[i]);
}
