#include "counted_heap.h"

static size_t count, bytes;

size_t counted_allocations(void) {
    return count;
}

size_t counted_bytes(void) {
    return bytes;
}

/* The names that ld's --wrap asks for. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t members, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t members, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

void *__wrap_malloc(size_t size) {
    count++;
    bytes += size;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t members, size_t size) {
    count++;
    bytes += members * size;
    return __real_calloc(members, size);
}

void *__wrap_realloc(void *block, size_t size) {
    count++;
    bytes += size;
    return __real_realloc(block, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    count++;
    bytes += size;
    return __real_aligned_alloc(alignment, size);
}
