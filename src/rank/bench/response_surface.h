/* A made-up objective whose optimum is known: what a network's validation accuracy could be under given
 * settings, as a formula. Pure. scripts/bench_search restates it for other tools; `winnow bench search
 * --evaluate` prints its values to compare with.
 *
 * Of epoch e >= 1 of a trial with settings x, without noise:
 *
 *   accuracy = C + (B - C) exp(-D) (1 - exp(-0.7 e L^(1/3))),   C = 0.1, B = 0.95
 *
 * D is the sum of ((s(x) - s(x*)) / w)^2 over those of these parameters that the trial has, x* the optimum:
 *
 *   parameter       s          w     x*             parameter       s         w     x*
 *   learning_rate   log10 x    3     0.03           hidden          log2 x    8     256
 *   momentum        log10(1-x) 3     0.9            batch_size      log2 x    12    64
 *   weight_decay    log10 x    10    1e-4           lr_decay        x         2     0.7
 *   dropout         x          1.5   0.2            optimizer       0 at x*, else sqrt(0.02), w = 1; x* is
 *                                                                   the first of its values
 *
 * and L = learning_rate / its optimum (1 where there is none): slow learners look bad early, and the best
 * rate of few epochs is higher than that of many. Above L = 30 the trial diverges in its first epoch, and the
 * accuracy is NaN. Other parameters are without influence.
 *
 * What a trial reports has noise: accuracy + noise (0.003 z_0 + 0.002 z_e), kept within 0 and 1, with
 * standard normal numbers z_0 (of the trial) and z_e (of the epoch), the first ones of the Philox streams
 * (seed, RANDOM_SURFACE, stage, lane 0, number, step 0 or e). Its loss is 1 - accuracy. */
#ifndef WINNOW_RANK_RESPONSE_SURFACE_H
#define WINNOW_RANK_RESPONSE_SURFACE_H

#include "search/space.h"

#define SURFACE_PARAMETERS 8

typedef struct Surface {
    const Space *space;                 /* borrowed */
    double noise;                       /* >= 0; 1: as above */
    uint64_t seed;                      /* of the noise */
    size_t index[SURFACE_PARAMETERS];   /* of the formula's parameters in the space; its count: not there */
    double optimum[SURFACE_PARAMETERS]; /* x*; of the optimizer the choice */
} Surface;

/* With the optimum of the table. */
Surface surface_of(const Space *space, double noise, uint64_t seed);
/* Place the optimum of a parameter: "learning_rate=0.01", "optimizer=adam". STATUS_INPUT where the formula
 * knows no such name or the value can be none of the parameter's. */
Status surface_place(Surface *surface, const char *assignment) MUST_CHECK;

double surface_accuracy(const Surface *surface, const Draw *draw, uint32_t epoch);
/* With the noise of trial `number` of the stage. */
double surface_observed(const Surface *surface, const Draw *draw, uint8_t stage, uint32_t number,
                        uint32_t epoch);
/* The highest accuracy after that many epochs, whatever the settings, without noise. */
double surface_highest(const Surface *surface, uint32_t epoch);

#endif
