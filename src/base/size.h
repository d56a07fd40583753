/* Sizes that come from outside are multiplied and added with a check. */
#ifndef WINNOW_BASE_SIZE_H
#define WINNOW_BASE_SIZE_H

#include <stdbool.h>
#include <stddef.h>

/* False, and *out unspecified, where the result does not fit a size_t. */
static inline bool size_mul(size_t a, size_t b, size_t *out) {
    return !__builtin_mul_overflow(a, b, out);
}

static inline bool size_add(size_t a, size_t b, size_t *out) {
    return !__builtin_add_overflow(a, b, out);
}

/* `size` rounded up to a multiple of `unit` (a power of two). */
static inline size_t size_align(size_t size, size_t unit) {
    return (size + unit - 1) & ~(unit - 1);
}

#endif
