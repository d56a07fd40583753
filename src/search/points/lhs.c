#include "base/philox.h"
#include "search/points/points.h"
#include "search/points/scramble.h"

/* What a stream of RANDOM_STRATA is for; above the dimension in its lane. */
enum { USE_PARTNER = 0, USE_SWAP = 1, USE_PLACE = 2 };
#define USE_SHIFT 8
#define BLOCK_SHIFT 8 /* above the round in the stream's step */

typedef struct Hypercube {
    const Sampler *sampler;
    size_t dimension;
    uint32_t block; /* 0: the stage's own, 1: the next one .. */
} Hypercube;

static RandomStream stream_for(const Hypercube *cube, unsigned use, uint32_t number, uint32_t round) {
    return random_stream(cube->sampler->seed, RANDOM_STRATA, cube->sampler->stage,
                         (uint16_t)(use << USE_SHIFT | cube->dimension), number,
                         cube->block << BLOCK_SHIFT | round);
}

/* Enough for all permutations of a few to be equally likely to what can be measured, and for many about twice
 * what makes them hard to tell from equally likely ones. */
static uint32_t rounds_for(uint32_t count) {
    uint32_t rounds = 24;
    for (; count > 1; count >>= 1)
        rounds += 6;
    return rounds;
}

/* Where a random permutation of 0 .. trials - 1 puts x, without the others: the swap-or-not shuffle (Hoang,
 * Morris and Rogaway: An enciphering scheme based on a card shuffle, CRYPTO 2012, figure 1). Each round pairs
 * every x with partner - x and swaps the pair, or not. */
static uint32_t permuted(const Hypercube *cube, uint32_t x) {
    uint32_t trials = cube->sampler->trials, rounds = rounds_for(trials);
    for (uint32_t round = 0; round < rounds; round++) {
        RandomStream partner = stream_for(cube, USE_PARTNER, 0, round);
        uint32_t other = (random_below(&partner, trials) + trials - x) % trials;
        RandomStream swap = stream_for(cube, USE_SWAP, x > other ? x : other, round);
        if ((random_u32(&swap) & 1) != 0) x = other;
    }
    return x;
}

double lhs_unit(const Sampler *sampler, uint32_t number, size_t dimension) {
    uint32_t trials = sampler->trials;
    Hypercube cube = {.sampler = sampler, .dimension = dimension, .block = number / trials};
    RandomStream place = stream_for(&cube, USE_PLACE, number, 0);
    return unit_in_cell(permuted(&cube, number % trials), trials, &place);
}
