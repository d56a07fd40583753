/* Draws: each a pure function of (seed, stage, number) and the stage's ranges; of lhs, also of how many
 * trials the stage has. */
#ifndef WINNOW_SEARCH_SAMPLER_H
#define WINNOW_SEARCH_SAMPLER_H

#include "search/space.h"

/* Where a stage's points in the unit cube come from. All but random cover the cube more evenly than
 * independent points do, each coordinate by itself and several together; all are random, through the seed. */
typedef enum SamplerKind {
    SAMPLER_RANDOM, /* independent of each other */
    SAMPLER_SOBOL,  /* Sobol's sequence, 2^m points of which are a net in base 2 */
    SAMPLER_HALTON, /* Halton's sequence: a prime base for each dimension */
    SAMPLER_LHS,    /* a Latin hypercube of the stage's trials: one of them in each of as many equal slices of
                       every dimension */
    SAMPLER_COUNT
} SamplerKind;
const char *sampler_name(SamplerKind kind); /* as in the configuration: "sobol" */

/* The points of one stage. */
typedef struct Sampler {
    SamplerKind kind;
    uint64_t seed;
    uint8_t stage;
    uint32_t trials; /* of the stage, repeats not counted, 1 to 2^31; of no concern but to SAMPLER_LHS */
} Sampler;

/* Values of trial `number` of the stage, each the u-quantile of its distribution within the range, with one u
 * a parameter: larger u, larger value (or later choice).
 *
 * random: u is the first random_unit of a stream of the parameter's own: RANDOM_DRAW, lane and step from 48
 * bits of hash64 of the name (low 16, high 32), so that adding a parameter leaves the others' draws as they
 * are.
 *
 * sobol, halton, lhs: u is a coordinate of the stage's point of that number (search/points/points.h). A
 * parameter's dimension is its place among the names of all that are not constant, as strcmp sorts them,
 * since the order in which they are written means nothing. One that is absent has its dimension all the same:
 * where its condition holds, its values are spread as evenly as that part of the points is.
 *
 * - uniform, log and reverse-log families are uniform in their scale; inv_log_uniform_values as W&B defines
 * it is in fact log-uniform in [min, max]. int_uniform includes both ends.
 * - normal, log-normal and beta families are truncated to the range by inversion of their distribution.
 * - q_*: the value x of the family without q becomes round(x / q) * q, halves to even, then clipped to the
 * range; where the parameter is `integer`, to the whole numbers in it.
 * - choices: by their probabilities, divided by the sum over what is allowed.
 *
 * No value leaves its range. Continuous families never draw an end of it (unless it is a single point), which
 * may be a limit such as momentum 1.
 *
 * A parameter is absent where one of its conditions names a parameter that is absent or has another value.
 * Fails as space_order does. */
Status space_draw(const Space *space, const Ranges *ranges, const Sampler *sampler, uint32_t number,
                  Draw *draw) MUST_CHECK;

/* The draw in the middle of every range (in its scale; the first allowed value of choices), and the one at
 * the upper (high = true) or lower end: for checks and estimates. The ends of choices are the largest and the
 * smallest number; where words are among them, the last and the first allowed value. normal, log_normal and
 * beta ranges, which nobody wrote down, give the next double inside. Conditions are honoured. */
Status space_middle(const Space *space, const Ranges *ranges, Draw *draw) MUST_CHECK;
Status space_extreme(const Space *space, const Ranges *ranges, bool high, Draw *draw) MUST_CHECK;

#endif
