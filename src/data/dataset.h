/* A data set in its one in-memory form: a relocatable block of bytes, so that it can lie in shared memory and
 * be mapped at any address by every process of a node. */
#ifndef WINNOW_DATA_DATASET_H
#define WINNOW_DATA_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "data/data_spec.h"
#include "engine/examples.h"

typedef struct Dataset Dataset;

/* Read, decode, check, split (stratified, stream RANDOM_SPLIT) and normalise. Every count and product from
 * the files is checked before memory is taken. Errors are STATUS_INPUT naming the file and the byte offset
 * (IDX), line and column (CSV) or path and index (HDF5), and STATUS_ENVIRONMENT for what the machine refuses
 * (but a file that is missing or unreadable is the configuration's fault: STATUS_INPUT); STATUS_RESUMABLE
 * where a stop was asked for meanwhile (base/stop.h). Nothing is written. */
Status dataset_load(Dataset **out, const DataSpec *spec, uint64_t seed) MUST_CHECK;

/* A view on a block that dataset_block gave, at any address (8-aligned), which stays borrowed.
 * STATUS_ENVIRONMENT where it is no such block. */
Status dataset_view(Dataset **out, const void *block, size_t length) MUST_CHECK;

void dataset_destroy(Dataset **dataset);

/* The bytes, borrowed. */
const void *dataset_block(const Dataset *dataset, size_t *length);

typedef enum DataPart {
    PART_TRAIN,
    PART_VALIDATION,
    PART_TEST,
    PART_SELECTION /* of the training file: seen by no search, to choose ensembles on */
} DataPart;

/* That part, borrowed from the data set; count 0 where there is no test set or selection part. */
Examples dataset_part(const Dataset *dataset, DataPart part);

size_t dataset_classes(const Dataset *dataset);
Shape dataset_shape(const Dataset *dataset);
/* Name of class `c` ("0" .. "9" where labels are numbers), borrowed. */
const char *dataset_class_name(const Dataset *dataset, size_t c);

/* hash64 of the decoded data: values, labels, shape, split and normalisation. */
uint64_t dataset_hash(const Dataset *dataset);

#endif
