#include "engine/philox_lanes.h"

enum { ROUNDS = 10 };

/* Constants of Philox4x32 (Salmon et al. 2011): multipliers, and what the key grows by each round. */
#define MULTIPLIER_0 UINT64_C(0xD2511F53)
#define MULTIPLIER_1 UINT64_C(0xCD9E8D57)
#define WEYL_0 UINT32_C(0x9E3779B9)
#define WEYL_1 UINT32_C(0xBB67AE85)

void philox_lanes(const RandomStream *stream, uint32_t first, uint32_t *words) {
    uint32_t c1 = stream->step;
    uint32_t c2 = stream->number;
    uint32_t c3 = (uint32_t)stream->purpose << 24 | (uint32_t)stream->stage << 16 | stream->lane;
    uint32_t k0 = (uint32_t)stream->seed;
    uint32_t k1 = (uint32_t)(stream->seed >> 32);
#pragma omp simd
    for (uint32_t l = 0; l < PHILOX_LANES; l++) {
        uint32_t x0 = first + l;
        uint32_t x1 = c1;
        uint32_t x2 = c2;
        uint32_t x3 = c3;
#pragma GCC unroll 10
        for (uint32_t r = 0; r < ROUNDS; r++) {
            uint64_t p0 = MULTIPLIER_0 * x0;
            uint64_t p1 = MULTIPLIER_1 * x2;
            x0 = (uint32_t)(p1 >> 32) ^ x1 ^ (k0 + r * WEYL_0);
            x1 = (uint32_t)p1;
            x2 = (uint32_t)(p0 >> 32) ^ x3 ^ (k1 + r * WEYL_1);
            x3 = (uint32_t)p0;
        }
        words[l] = x0;
        words[PHILOX_LANES + l] = x1;
        words[2 * PHILOX_LANES + l] = x2;
        words[3 * PHILOX_LANES + l] = x3;
    }
}
