/* Hashes for equality and for damage; none of them against an adversary. */
#ifndef WINNOW_BASE_HASH_H
#define WINNOW_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* XXH3, 64 bits, of libxxhash: fixed for all versions from 0.8 on, the same on every machine. */
uint64_t hash64(const void *data, size_t length);

/* The hash of several pieces in a row, as if they were one. */
typedef struct Hash64 Hash64;
Hash64 *hash64_begin(void); /* owned; NULL without memory */
void hash64_add(Hash64 *hash, const void *data, size_t length);
uint64_t hash64_end(Hash64 *hash); /* releases it */

/* CRC-32C (Castagnoli; RFC 3720), starting from 0. Continue a sum by passing it as `sum`. */
uint32_t crc32c(uint32_t sum, const void *data, size_t length);

#endif
