#include "search/points/scramble.h"

#include <math.h>

/* What `digit` becomes through the stream's permutation. */
static uint32_t permuted_digit(RandomStream stream, uint32_t base, uint32_t digit) {
    uint32_t permutation[SCRAMBLE_MAX_BASE];
    for (uint32_t i = 0; i < base; i++)
        permutation[i] = i;
    random_shuffle(&stream, permutation, base);
    return permutation[digit];
}

double unit_in_cell(uint64_t cell, uint64_t cells, RandomStream *stream) {
    return fmin(((double)cell + random_unit(stream)) / (double)cells, 1 - 0x1p-53);
}

double scrambled_unit(const Sampler *sampler, uint32_t number, size_t dimension, const Digits *digits) {
    uint64_t before = 0, cell = 0, cells = 1;
    for (size_t place = 0; place < digits->count; place++) {
        RandomStream stream =
            random_stream(sampler->seed, RANDOM_SCRAMBLE, sampler->stage, (uint16_t)dimension,
                          digits->nested ? (uint32_t)before : 0, (uint32_t)place);
        cell = cell * digits->base + permuted_digit(stream, digits->base, digits->digit[place]);
        cells *= digits->base;
        before = before * digits->base + digits->digit[place];
    }
    RandomStream stream = random_stream(sampler->seed, RANDOM_SCRAMBLE, sampler->stage, (uint16_t)dimension,
                                        number, (uint32_t)digits->count);
    return unit_in_cell(cell, cells, &stream);
}
