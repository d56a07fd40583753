/* Seeds for the fuzz targets, made by winnow's own writers. */
#ifndef WINNOW_TESTS_FUZZ_MAKE_SEEDS_H
#define WINNOW_TESTS_FUZZ_MAKE_SEEDS_H

#include <stddef.h>

#include "base/bytes.h"

/* Write FOLDER/<target>/<name>-<number>. */
void seed_write(const char *target, const char *name, unsigned number, const void *data, size_t size);
/* The same for what a writer holds, which is then released. */
void seed_finish(const char *target, const char *name, unsigned number, ByteWriter *writer);
void seed_separator(ByteWriter *writer);

void seeds_of_campaign(void); /* records, messages, blobs, checkpoints, frames */
void seeds_of_data(void);     /* idx, csv, hdf5, blocks */
void seeds_of_store(void);    /* journals, ledgers, results, .live */
void seeds_of_yaml(void);     /* copies of the configurations in the checkout */

#endif
