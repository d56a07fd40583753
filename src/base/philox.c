#include "base/philox.h"

#include <math.h>

#define ROUNDS 10

void philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
    uint32_t c0 = counter[0];
    uint32_t c1 = counter[1];
    uint32_t c2 = counter[2];
    uint32_t c3 = counter[3];
    uint32_t k0 = key[0];
    uint32_t k1 = key[1];
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t product0 = (uint64_t)UINT32_C(0xD2511F53) * c0;
        uint64_t product1 = (uint64_t)UINT32_C(0xCD9E8D57) * c2;
        c0 = (uint32_t)(product1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)product1;
        c2 = (uint32_t)(product0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)product0;
        k0 += UINT32_C(0x9E3779B9); /* the golden ratio */
        k1 += UINT32_C(0xBB67AE85); /* sqrt(3) - 1 */
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

RandomStream random_stream(uint64_t seed, RandomPurpose purpose, uint8_t stage, uint16_t lane,
                           uint32_t number, uint32_t step) {
    return (RandomStream){.seed = seed,
                          .purpose = (uint8_t)purpose,
                          .stage = stage,
                          .lane = lane,
                          .number = number,
                          .step = step};
}

static void next_block(RandomStream *stream) {
    uint32_t name = (uint32_t)stream->purpose << 24 | (uint32_t)stream->stage << 16 | stream->lane;
    uint32_t counter[4] = {stream->block++, stream->step, stream->number, name};
    uint32_t key[2] = {(uint32_t)stream->seed, (uint32_t)(stream->seed >> 32)};
    philox4x32(counter, key, stream->word);
    stream->left = 4;
}

uint32_t random_u32(RandomStream *stream) {
    if (stream->left == 0) next_block(stream);
    return stream->word[4 - stream->left--];
}

double random_unit(RandomStream *stream) {
    uint64_t high = random_u32(stream);
    uint64_t low = random_u32(stream);
    return (double)((high << 32 | low) >> 11) * 0x1p-53;
}

double random_normal(RandomStream *stream) {
    double radius = 1.0 - random_unit(stream); /* in (0, 1], for the logarithm */
    double turn = random_unit(stream);
    return sqrt(-2.0 * log(radius)) * cos(2.0 * M_PI * turn);
}

uint32_t random_below(RandomStream *stream, uint32_t bound) {
    uint64_t product = (uint64_t)random_u32(stream) * bound;
    if ((uint32_t)product < bound) {
        uint32_t surplus = (UINT32_C(0) - bound) % bound; /* 2^32 modulo bound */
        while ((uint32_t)product < surplus)
            product = (uint64_t)random_u32(stream) * bound;
    }
    return (uint32_t)(product >> 32);
}

void random_shuffle(RandomStream *stream, uint32_t *index, size_t count) {
    for (size_t i = count; i > 1; i--) {
        size_t other = random_below(stream, (uint32_t)i);
        uint32_t kept = index[i - 1];
        index[i - 1] = index[other];
        index[other] = kept;
    }
}
