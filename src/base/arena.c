#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"

/* The bytes that a piece takes up, the padding to the next one included. */
static bool piece_size(size_t count, size_t size, size_t *out) {
    size_t bytes = 0;
    size_t padded = 0;
    if (!size_mul(count, size, &bytes) || !size_add(bytes, ARENA_ALIGNMENT - 1, &padded)) return false;
    *out = size_align(bytes, ARENA_ALIGNMENT);
    return true;
}

Status arena_reserve(Arena *arena, size_t count, size_t size) {
    size_t bytes = 0;
    size_t total = 0;
    if (!piece_size(count, size, &bytes) || !size_add(arena->size, bytes, &total) || total > PTRDIFF_MAX) {
        return status_fail(STATUS_ENVIRONMENT, "%zu times %zu bytes are more than this machine can address",
                           count, size);
    }
    arena->size = total;
    return STATUS_OK;
}

Status arena_allocate(Arena *arena) {
    size_t size = arena->size > 0 ? arena->size : ARENA_ALIGNMENT;
    arena->base = aligned_alloc(ARENA_ALIGNMENT, size);
    if (arena->base == NULL) {
        return status_fail(STATUS_ENVIRONMENT, "out of memory: %zu bytes are not to be had", size);
    }
    memset(arena->base, 0, size);
    arena->used = 0;
    return STATUS_OK;
}

void *arena_take(Arena *arena, size_t count, size_t size) {
    size_t bytes = 0;
    if (arena->base == NULL || !piece_size(count, size, &bytes) || bytes > arena->size - arena->used) abort();
    void *piece = arena->base + arena->used;
    arena->used += bytes;
    return piece;
}

void arena_release(Arena *arena) {
    free(arena->base);
    *arena = (Arena){0};
}
