/* Scrambling: points become uniform, and what has one of them in each interval of a length base^-k keeps
 * that. Internal to the room.
 *
 * nested: every digit of a coordinate is replaced through a permutation that is random for its place and for
 * all digits before it (Owen: Randomly permuted (t,m,s)-nets and (t,s)-sequences, 1995, section 3). The mean
 * of a smooth function over the n = b^m points of a net then has a variance of about n^-3 (Owen, Ann.
 * Statist. 25, 1997); independent points have n^-1.
 *
 * else: through one permutation a place, whatever is before it (Owen: A randomized Halton algorithm in R,
 * 2017).
 *
 * The permutations are shuffles by the stream RANDOM_SCRAMBLE with lane = dimension, step = the digit's
 * place, number = the digits before it as one number if nested, else 0. Behind the last digit the point is
 * uniform. */
#ifndef WINNOW_SEARCH_POINTS_SCRAMBLE_H
#define WINNOW_SEARCH_POINTS_SCRAMBLE_H

#include "base/philox.h"
#include "search/sampler.h"

#define SCRAMBLE_MAX_DIGITS 32
#define SCRAMBLE_MAX_BASE 311

/* Coordinate 0.d1d2d3.. in a base up to SCRAMBLE_MAX_BASE. */
typedef struct Digits {
    uint32_t base;
    bool nested;
    size_t count; /* at most SCRAMBLE_MAX_DIGITS, and as few as tell all numbers below 2^32 apart */
    uint32_t digit[SCRAMBLE_MAX_DIGITS];
} Digits;

/* The scrambled coordinate, in [0, 1), of the point `number`, whose digits are no other point's. */
double scrambled_unit(const Sampler *sampler, uint32_t number, size_t dimension, const Digits *digits);

/* Uniform in [cell / cells, (cell + 1) / cells), to rounding, and below 1. */
double unit_in_cell(uint64_t cell, uint64_t cells, RandomStream *stream);

#endif
