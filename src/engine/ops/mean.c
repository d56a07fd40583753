#include "engine/ops/mean.h"

#include "engine/ops/lanes.h"

static inline __attribute__((always_inline)) void mean_of_lanes(const Places *places, size_t count,
                                                                const real *x, real *y) {
    Lanes total = {0};
    for (size_t i = 0; i < places->rows; i++) {
        Lanes row = {0};
        for (size_t j = 0; j < places->columns; j++) {
            Lanes value;
            lanes_load(&value, x + i * places->row_pitch + j * places->channels, count);
            row += value;
        }
        total += row;
    }
    total *= 1 / (real)(places->rows * places->columns);
    lanes_store(&total, y, count);
}

void mean_of_places(const Places *places, const real *x, real *y) {
    x += places->at;
    size_t c = 0;
    for (; c + LANES <= places->channels; c += LANES)
        mean_of_lanes(places, LANES, x + c, y + c);
    if (c < places->channels) mean_of_lanes(places, places->channels - c, x + c, y + c);
}

void mean_hand_back(const Places *places, const real *restrict dy, bool adds, real *restrict dx) {
    real part = 1 / (real)(places->rows * places->columns);
    for (size_t i = 0; i < places->rows; i++) {
        for (size_t j = 0; j < places->columns; j++) {
            real *restrict to =
                dx + places->at + i * places->row_pitch + j * places->channels; /* [channels] */
            for (size_t c = 0; c < places->channels; c++)
                to[c] = (adds ? to[c] : 0) + part * dy[c];
        }
    }
}
