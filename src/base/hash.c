#include "base/hash.h"

#include <string.h>
#include <xxhash.h>
#ifdef __SSE4_2__
#include <nmmintrin.h>
#else
#include "base/crc32c_sliced.h"
#endif

uint64_t hash64(const void *data, size_t length) {
    return XXH3_64bits(data, length);
}

/* A Hash64 is never defined: the handle is libxxhash's own state. */
static XXH3_state_t *state_of(Hash64 *hash) {
    return (XXH3_state_t *)(void *)hash;
}

Hash64 *hash64_begin(void) {
    XXH3_state_t *state = XXH3_createState();
    if (state != NULL) XXH3_64bits_reset(state);
    return (Hash64 *)(void *)state;
}

void hash64_add(Hash64 *hash, const void *data, size_t length) {
    if (length > 0) XXH3_64bits_update(state_of(hash), data, length);
}

uint64_t hash64_end(Hash64 *hash) {
    uint64_t value = XXH3_64bits_digest(state_of(hash));
    XXH3_freeState(state_of(hash));
    return value;
}

#ifdef __SSE4_2__
uint32_t crc32c(uint32_t sum, const void *data, size_t length) {
    const uint8_t *at = data;
    uint64_t wide = (uint32_t)~sum;
    for (; length >= sizeof(uint64_t); length -= sizeof(uint64_t), at += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, at, sizeof(word));
        wide = _mm_crc32_u64(wide, word);
    }
    uint32_t narrow = (uint32_t)wide;
    for (; length > 0; length--)
        narrow = _mm_crc32_u8(narrow, *at++);
    return ~narrow;
}
#else
uint32_t crc32c(uint32_t sum, const void *data, size_t length) {
    return crc32c_sliced(sum, data, length);
}
#endif
