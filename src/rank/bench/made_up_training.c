#include "rank/bench/made_up_training.h"

#include <math.h>

#include "base/philox.h"

EpochRow made_up_row(uint64_t trial, uint32_t epoch) {
    double wave = sin((double)trial + epoch);
    return (EpochRow){.epoch = epoch,
                      .learning_rate = 0.01 + 0.001 * wave,
                      .momentum = 0.9,
                      .train_loss = 0.5 + 0.1 * wave,
                      .train_accuracy = 0.8 - 0.05 * wave,
                      .val_loss = 0.6 + 0.1 * wave,
                      .val_accuracy = 0.75 - 0.05 * wave,
                      .update_ratio = 0.001,
                      .seconds = 0.1};
}

double made_up_seconds(uint64_t trial, double seconds, double spread) {
    RandomStream stream = random_stream(0, RANDOM_SYNTHETIC, 0, 0, (uint32_t)trial, 0);
    return seconds * (1 + spread * (2 * random_unit(&stream) - 1));
}
