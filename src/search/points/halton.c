#include "search/points/points.h"
#include "search/points/scramble.h"

uint32_t halton_base(size_t dimension) {
    static const uint16_t primes[SPACE_MAX_PARAMETERS] = {
        2,   3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37,  41,  43,  47,  53,
        59,  61,  67,  71,  73,  79,  83,  89,  97,  101, 103, 107, 109, 113, 127, 131,
        137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193, 197, 199, 211, 223,
        227, 229, 233, 239, 241, 251, 257, 263, 269, 271, 277, 281, 283, 293, 307, SCRAMBLE_MAX_BASE};
    return primes[dimension];
}

double halton_unit(const Sampler *sampler, uint32_t number, size_t dimension) {
    Digits digits = {.base = halton_base(dimension)};
    uint32_t rest = number;
    for (uint64_t told_apart = 1; told_apart <= UINT32_MAX; told_apart *= digits.base) {
        digits.digit[digits.count++] = rest % digits.base;
        rest /= digits.base;
    }
    return scrambled_unit(sampler, number, dimension, &digits);
}
