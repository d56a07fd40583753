/* Files for the tests, made in the scratch folder that the program runs in, and what the tests of several
 * subjects share. */
#ifndef WINNOW_TESTS_DATA_SCRATCH_H
#define WINNOW_TESTS_DATA_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "data/dataset.h"

/* Each replaces file `name`; the process ends where it cannot. */
void scratch_write(const char *name, const void *data, size_t length);
void scratch_write_text(const char *name, const char *text);
/* The same, compressed into one gzip member. */
void scratch_write_gzip(const char *name, const void *data, size_t length);
/* The gzip member itself, owned. */
unsigned char *scratch_gzip(const void *data, size_t length, size_t *size);

/* Loading `spec` fails with STATUS_INPUT and a message that begins with `begin` and holds `holds`; otherwise
 * the message is shown beside `what` and the result is false. */
bool fails_with(const DataSpec *spec, const char *begin, const char *holds, const char *what);

/* Read every value, label, index, scale and name of a data set; their sum, so that nothing is optimised away.
 */
double walk(const Dataset *dataset);

/* The suites, one a file. */
void suite_idx(void);
void suite_gzip(void);
void suite_csv(void);
void suite_csv_errors(void);
void suite_hdf5(void);
void suite_hdf5_errors(void);
void suite_channels(void);
void suite_synthetic(void);
void suite_split(void);
void suite_normalise(void);
void suite_dataset(void);
void suite_node_segment(void);
void suite_fashion_mnist(void);

#endif
