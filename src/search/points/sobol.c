#include "search/points/points.h"
#include "search/points/scramble.h"
#include "search/points/sobol_directions.h"

#define BITS 32

/* Direction numbers v[0] .. v[BITS - 1] of a dimension, times 2^BITS: Bratley and Fox, ACM TOMS 14 (1988),
 * equations (2) and (3). */
static void directions(const SobolDirections *from, uint32_t v[BITS]) {
    size_t degree = from->degree;
    for (size_t i = 0; i < BITS; i++) {
        if (degree == 0 || i < degree) {
            v[i] = (degree == 0 ? 1U : from->initial[i]) << (BITS - 1 - i);
            continue;
        }
        v[i] = v[i - degree] ^ v[i - degree] >> degree;
        for (size_t k = 1; k < degree; k++) {
            if ((from->polynomial >> (degree - 1 - k) & 1) != 0) v[i] ^= v[i - k];
        }
    }
}

uint32_t sobol_integer(uint32_t number, size_t dimension) {
    uint32_t v[BITS];
    directions(&sobol_directions[dimension], v);
    uint32_t gray = number ^ number >> 1, x = 0;
    for (size_t i = 0; i < BITS; i++) {
        if ((gray >> i & 1) != 0) x ^= v[i];
    }
    return x;
}

double sobol_unit(const Sampler *sampler, uint32_t number, size_t dimension) {
    uint32_t x = sobol_integer(number, dimension);
    Digits digits = {.base = 2, .nested = true, .count = BITS};
    for (size_t place = 0; place < BITS; place++)
        digits.digit[place] = x >> (BITS - 1 - place) & 1;
    return scrambled_unit(sampler, number, dimension, &digits);
}
