/* The 512 bytes before the HDF5 part of a results file: they tell whether the rest is as winnow wrote it.
 *
 * 16 bytes "winnow results\n" with its ending zero, u64 length of the rest, u64 hash64 of the rest, u64 rows
 * of /trials, u64 hash64 of these 40 bytes, all little-endian; zeros up to 512. */
#ifndef WINNOW_STORE_RESULTS_SEAL_H
#define WINNOW_STORE_RESULTS_SEAL_H

#include <stdint.h>

#include "base/status.h"

#define SEAL_SIZE 512

/* Write the block at the beginning of a closed file that has room for it. */
Status seal_write(const char *path, uint64_t rows) MUST_CHECK;

#endif
