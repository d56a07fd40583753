/* Draws: each a pure function of (seed, stage, number) and the stage's ranges. */
#ifndef WINNOW_SEARCH_SAMPLER_H
#define WINNOW_SEARCH_SAMPLER_H

#include "search/space.h"

/* Values of trial `number` of stage `stage`, each the u-quantile of its distribution within the range, with
 * one u a parameter: larger u, larger value (or later choice).
 *
 * u is the first random_unit of a stream of the parameter's own: RANDOM_DRAW, lane and step from 48 bits of
 * hash64 of the name (low 16, high 32), so that adding a parameter leaves the others' draws as they are.
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
Status space_draw(const Space *space, const Ranges *ranges, uint64_t seed, uint8_t stage, uint32_t number,
                  Draw *draw) MUST_CHECK;

/* The draw in the middle of every range (in its scale; the first allowed value of choices), and the one at
 * the upper (high = true) or lower end: for checks and estimates. The ends of choices are the largest and the
 * smallest number; where words are among them, the last and the first allowed value. normal, log_normal and
 * beta ranges, which nobody wrote down, give the next double inside. Conditions are honoured. */
Status space_middle(const Space *space, const Ranges *ranges, Draw *draw) MUST_CHECK;
Status space_extreme(const Space *space, const Ranges *ranges, bool high, Draw *draw) MUST_CHECK;

#endif
