/* As many channels at a time as a vector register holds. */
#ifndef WINNOW_ENGINE_OPS_LANES_H
#define WINNOW_ENGINE_OPS_LANES_H

#include <stdint.h>

#include "engine/real.h"

#define LANES_BYTES 32
enum { LANES = LANES_BYTES / sizeof(real) };

#ifdef ENGINE_DOUBLE
typedef int64_t LaneInteger;
#else
typedef int32_t LaneInteger;
#endif

typedef real Lanes __attribute__((vector_size(LANES_BYTES)));
typedef LaneInteger LaneIntegers __attribute__((vector_size(LANES_BYTES))); /* comparisons give -1 or 0 */

typedef real LooseLanes __attribute__((vector_size(LANES_BYTES), aligned(sizeof(real)), may_alias));
typedef LaneInteger LooseLaneIntegers
    __attribute__((vector_size(LANES_BYTES), aligned(sizeof(real)), may_alias));

/* The first `count` lanes, zeros after them. */
static inline __attribute__((always_inline)) void lanes_load(Lanes *lanes, const real *from, size_t count) {
    if (count == LANES) {
        *lanes = *(const LooseLanes *)from;
        return;
    }
    *lanes = (Lanes){0};
    for (size_t i = 0; i < count; i++)
        (*lanes)[i] = from[i];
}

/* The first `count` lanes. */
static inline __attribute__((always_inline)) void lanes_store(const Lanes *lanes, real *to, size_t count) {
    if (count == LANES) {
        *(LooseLanes *)to = *lanes;
        return;
    }
    for (size_t i = 0; i < count; i++)
        to[i] = (*lanes)[i];
}

static inline __attribute__((always_inline)) void lanes_load_integers(LaneIntegers *lanes,
                                                                      const LaneInteger *from, size_t count) {
    if (count == LANES) {
        *lanes = *(const LooseLaneIntegers *)from;
        return;
    }
    *lanes = (LaneIntegers){0};
    for (size_t i = 0; i < count; i++)
        (*lanes)[i] = from[i];
}

static inline __attribute__((always_inline)) void lanes_store_integers(const LaneIntegers *lanes,
                                                                       LaneInteger *to, size_t count) {
    if (count == LANES) {
        *(LooseLaneIntegers *)to = *lanes;
        return;
    }
    for (size_t i = 0; i < count; i++)
        to[i] = (*lanes)[i];
}

#endif
