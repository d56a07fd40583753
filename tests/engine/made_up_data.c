#include "made_up_data.h"

#include <math.h>

#include "base/philox.h"

Data *made_up(void) {
    static Data data;
    RandomStream stream = random_stream(11, RANDOM_SYNTHETIC, 0, 0, 0, 0);
    size_t training = 0, validation = TRAINING;
    for (uint32_t row = 0; row < ROWS; row++) {
        data.labels[row] = (uint16_t)random_below(&stream, CLASSES);
        for (size_t j = 0; j < VALUES; j++) {
            double centre = 128 + 50 * sin((double)(j + 1) * (data.labels[row] + 1));
            double value = centre + 45 * random_normal(&stream);
            data.values[row * VALUES + j] = (uint8_t)fmin(fmax(value, 0), 255);
        }
        data.index[row % 4 == 3 ? validation++ : training++] = row;
    }
    data.mean[0] = 127;
    data.deviation[0] = 60;
    data.train = (Examples){.values = data.values,
                            .type = VALUE_U8,
                            .shape = {SIDE, SIDE, 1},
                            .labels = data.labels,
                            .classes = CLASSES,
                            .index = data.index,
                            .count = TRAINING,
                            .mean = data.mean,
                            .deviation = data.deviation,
                            .period = 1};
    data.validation = data.train;
    data.validation.index = data.index + TRAINING;
    data.validation.count = ROWS - TRAINING;
    return &data;
}
