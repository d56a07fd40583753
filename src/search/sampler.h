/* Draws: each a pure function of (seed, stage, number) and the stage's ranges. */
#ifndef WINNOW_SEARCH_SAMPLER_H
#define WINNOW_SEARCH_SAMPLER_H

#include "search/space.h"

/* Values of trial `number` of stage `stage`. Each parameter draws from a stream of its own (RANDOM_DRAW, lane = a hash
 * of its name), so that adding a parameter leaves the others' draws as they are. Unbounded families (normal ...) are
 * truncated to the range by inversion of their distribution. `ranges` bounds are honoured exactly. */
Status space_draw(const Space *space, const Ranges *ranges, uint64_t seed, uint8_t stage, uint32_t number,
                  Draw *draw) MUST_CHECK;

/* The draw in the middle of every range (in its scale; the first allowed value of choices), and the one at the upper
 * (high = true) or lower end: for checks and estimates. Conditions are honoured. */
Status space_middle(const Space *space, const Ranges *ranges, Draw *draw) MUST_CHECK;
Status space_extreme(const Space *space, const Ranges *ranges, bool high, Draw *draw) MUST_CHECK;

#endif
