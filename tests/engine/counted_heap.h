/* Allocations of this program's own code so far; the linker leads them through here. */
#ifndef WINNOW_TESTS_ENGINE_COUNTED_HEAP_H
#define WINNOW_TESTS_ENGINE_COUNTED_HEAP_H

#include <stddef.h>

size_t counted_allocations(void);
/* Bytes that they asked for, freed ones included. */
size_t counted_bytes(void);

#endif
