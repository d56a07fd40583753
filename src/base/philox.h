/* Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers, SC 2011).
 *
 * A stream is named, never seeded by a clock or shared between users: the same name gives the same numbers on
 * every machine, in any order, from any process. */
#ifndef WINNOW_BASE_PHILOX_H
#define WINNOW_BASE_PHILOX_H

#include <stddef.h>
#include <stdint.h>

/* The bijection itself: out = Philox4x32-10(counter, key). */
void philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* What a stream is for. The numbers are part of what makes results reproducible: never reuse or renumber. */
typedef enum RandomPurpose {
    RANDOM_DRAW = 1,      /* a trial's parameters; lane = the parameter's name hash, see search/sampler */
    RANDOM_WEIGHTS = 2,   /* initial weights; lane = layer */
    RANDOM_SHUFFLE = 3,   /* order of the examples; step = epoch */
    RANDOM_DROPOUT = 4,   /* lane = layer, step = training step */
    RANDOM_AUGMENT = 5,   /* step = training step, see engine/augment */
    RANDOM_SPLIT = 6,     /* parts of the training file; lane = class, step = part, see data/split */
    RANDOM_SYNTHETIC = 7, /* made-up data */
    RANDOM_BAGGING = 8,   /* ensemble selection; step = bag */
    RANDOM_PREFLIGHT = 9, /* checks before a campaign */
    RANDOM_SCRAMBLE = 10, /* of quasi-random draws; lane = dimension, see search/points */
    RANDOM_STRATA = 11,   /* of Latin hypercubes; lane = dimension and use, see search/points */
    RANDOM_REPORT = 12,   /* resampling in a report; lane = what for, see report/statistics/draws.h */
    RANDOM_SURFACE = 15   /* noise of a made-up objective; step = epoch, see rank/bench/response_surface.h */
} RandomPurpose;

typedef struct RandomStream {
    uint64_t seed;    /* of the campaign: the Philox key */
    uint8_t purpose;  /* RandomPurpose */
    uint8_t stage;    /* of the trial; 0 where there is none */
    uint16_t lane;    /* which of several streams of one purpose */
    uint32_t number;  /* of the trial within its stage; 0 where there is none */
    uint32_t step;    /* epoch, training step, bag */
    uint32_t block;   /* blocks of four words used so far */
    uint32_t word[4]; /* the present block */
    uint32_t left;    /* words of it not used yet */
} RandomStream;

/* The stream of that name, at its beginning. Counter layout: {block, step, number, purpose<<24 | stage<<16 |
 * lane}. */
RandomStream random_stream(uint64_t seed, RandomPurpose purpose, uint8_t stage, uint16_t lane,
                           uint32_t number, uint32_t step);

uint32_t random_u32(RandomStream *stream);

/* Uniform in [0, 1): 53 random bits, from two words, the first one the high bits. */
double random_unit(RandomStream *stream);

/* Standard normal by Box and Muller (both values used would tie calls together: one pair of units gives one
 * value). */
double random_normal(RandomStream *stream);

/* Uniform in [0, bound), bound > 0, without bias (Lemire 2019). */
uint32_t random_below(RandomStream *stream, uint32_t bound);

/* Fisher-Yates shuffle of `count` indices, count <= 2^32 - 1. */
void random_shuffle(RandomStream *stream, uint32_t *index, size_t count);

#endif
