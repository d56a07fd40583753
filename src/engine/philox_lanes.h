/* Sixteen Philox blocks at once, for those who need random words by the thousand. */
#ifndef WINNOW_ENGINE_PHILOX_LANES_H
#define WINNOW_ENGINE_PHILOX_LANES_H

#include <stdint.h>

#include "base/philox.h"

#define PHILOX_LANES 16

/* words [4, PHILOX_LANES]: row w holds word w of blocks first .. first + 15 of the stream, the same bits that
 * random_u32 gives one at a time. */
void philox_lanes(const RandomStream *stream, uint32_t first, uint32_t *words);

#endif
