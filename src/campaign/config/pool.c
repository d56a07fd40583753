#include "campaign/config/pool.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/size.h"

#define BLOCK_BYTES ((size_t)1 << 16)

struct PoolBlock {
    PoolBlock *older;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[]; /* [size] */
};

/* Bytes of count * size, rounded up so that the next piece is aligned. */
static Status padded(size_t count, size_t size, size_t *bytes) {
    if (!size_mul(count, size, bytes) || *bytes > SIZE_MAX / 2) {
        return status_fail(STATUS_ENVIRONMENT, "%zu elements of %zu bytes are more than memory can hold",
                           count, size);
    }
    *bytes = size_align(*bytes, alignof(max_align_t));
    return STATUS_OK;
}

static Status take(ConfigPool *pool, size_t count, size_t size, void **piece) {
    size_t bytes = 0;
    TRY(padded(count, size, &bytes));
    PoolBlock *block = pool->newest;
    if (block == NULL || block->size - block->used < bytes) {
        size_t room = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
        TRY(memory_new(&block, sizeof(PoolBlock) + room, 1));
        *block = (PoolBlock){.older = pool->newest, .size = room};
        pool->newest = block;
    }
    *piece = block->bytes + block->used;
    block->used += bytes;
    return STATUS_OK;
}

Status pool_take(ConfigPool *pool, size_t count, size_t size, void *out) {
    void *piece = NULL;
    TRY(take(pool, count, size, &piece));
    memcpy(out, &piece, sizeof(piece));
    return STATUS_OK;
}

Status pool_text(ConfigPool *pool, const char *text, size_t length, const char **out) {
    void *copy = NULL;
    TRY(take(pool, length + 1, 1, &copy));
    if (length > 0) memcpy(copy, text, length);
    *out = copy;
    return STATUS_OK;
}

void pool_release(ConfigPool *pool) {
    while (pool->newest != NULL) {
        PoolBlock *older = pool->newest->older;
        free(pool->newest);
        pool->newest = older;
    }
}
