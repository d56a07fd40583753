/* The results file of the made-up campaign of tests/store. */
#ifndef WINNOW_TESTS_FUZZ_SMALL_RESULTS_H
#define WINNOW_TESTS_FUZZ_SMALL_RESULTS_H

#include <stddef.h>

/* Its bytes, made once. */
const void *small_results(size_t *size);

#endif
