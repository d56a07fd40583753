/* One aligned block, planned first and taken in pieces: reserve all pieces, allocate once, then take them in
 * the same order. */
#ifndef WINNOW_BASE_ARENA_H
#define WINNOW_BASE_ARENA_H

#include "base/status.h"

#define ARENA_ALIGNMENT 64 /* bytes; a cache line and an AVX-512 register */

typedef struct Arena {
    unsigned char *base; /* owned */
    size_t size;         /* bytes planned */
    size_t used;         /* bytes taken */
} Arena;

/* Plan `count` elements of `size` bytes. STATUS_ENVIRONMENT where the sum overflows. */
Status arena_reserve(Arena *arena, size_t count, size_t size) MUST_CHECK;

/* Allocate what was planned, zeroed. */
Status arena_allocate(Arena *arena) MUST_CHECK;

/* The next piece, aligned to ARENA_ALIGNMENT. Taking more than was planned is a programming error and aborts.
 */
void *arena_take(Arena *arena, size_t count, size_t size);

void arena_release(Arena *arena);

#endif
