/* Heap memory with errors as Status. Free everything of this file with free(). */
#ifndef WINNOW_BASE_MEMORY_H
#define WINNOW_BASE_MEMORY_H

#include <stdlib.h>

#include "base/status.h"

/* *out receives count * size zeroed bytes (at least one). STATUS_ENVIRONMENT when there are none or the
 * product overflows; *out is NULL then. `out` is the address of any object pointer. */
Status memory_new(void *out, size_t count, size_t size) MUST_CHECK;

/* Make room in the array at *array (elements of `size` bytes, *capacity of them) for `needed` elements; grows
 * by half at least, new elements zeroed. Where it fails, the array is as before. */
Status memory_grow(void *array, size_t *capacity, size_t needed, size_t size) MUST_CHECK;

/* A copy of the zero-ended `text`. */
Status memory_text(char **out, const char *text) MUST_CHECK;

#endif
