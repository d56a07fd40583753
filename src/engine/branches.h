/* Which side of its kinks a network is on, as one hash, for those who compare it before and after a small
 * change. */
#ifndef WINNOW_ENGINE_BRANCHES_H
#define WINNOW_ENGINE_BRANCHES_H

#include <stdint.h>

static inline uint64_t branch_hash(uint64_t hash, uint64_t branch) {
    return (hash ^ branch) * UINT64_C(0x9E3779B97F4A7C15) + (hash >> 29);
}

#endif
