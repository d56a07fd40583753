/* Where a data set comes from: what is known before the values are read (labels, shape, counts), then the
 * values, written straight to where they will stay. */
#ifndef WINNOW_DATA_DATA_SOURCE_H
#define WINNOW_DATA_DATA_SOURCE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/status.h"
#include "data/class_table.h"
#include "data/data_spec.h"
#include "engine/examples.h"

#define DATA_MAX_CLASSES ((size_t)UINT16_MAX + 1)

enum { SET_TRAIN, SET_TEST, SET_COUNT };

typedef struct DataSource DataSource;
struct DataSource {
    const char *name; /* of the training file, for messages; borrowed */
    ValueType type;
    Shape shape;
    size_t classes;              /* 1 to DATA_MAX_CLASSES */
    char *names;                 /* owned; `classes` zero-ended names in a row */
    size_t names_length;         /* bytes, the zeros included */
    size_t rows[SET_COUNT];      /* test: 0 without a test set */
    uint16_t *labels[SET_COUNT]; /* owned; [rows], each < classes */

    void *state; /* the source's own, owned */
    /* Write [rows[set]][shape] values of `type`; called once a set with rows, in order. */
    Status (*read_values)(DataSource *source, size_t set, void *values);
    void (*close)(void *state);
};

/* The one for the format that `spec` names. */
Status data_source_open(DataSource *source, const DataSpec *spec, uint64_t seed) MUST_CHECK;

/* Each fills a zeroed source. Whatever they return, data_source_close follows. */
Status idx_source_open(DataSource *source, const DataSpec *spec) MUST_CHECK;
Status csv_source_open(DataSource *source, const DataSpec *spec) MUST_CHECK;
Status hdf5_source_open(DataSource *source,
                        const DataSpec *spec) MUST_CHECK; /* reads in a process of its own */
Status synthetic_source_open(DataSource *source, const DataSpec *spec, uint64_t seed) MUST_CHECK;

/* STATUS_ENVIRONMENT where `bytes` are more than the machine has: with overcommitted memory, what does not
 * fit would end in the kernel's out-of-memory killer. */
Status data_check_memory(double bytes) MUST_CHECK;
/* STATUS_RESUMABLE once a stop was asked for; between two pieces of what takes long. `name` of what is read.
 */
Status data_check_stop(const char *name) MUST_CHECK;
/* STATUS_INPUT where the file of that mode is no regular one. */
Status data_check_regular(const char *path, mode_t mode) MUST_CHECK;
/* The set's rows are known, and it has no labels: all 0, of one class. */
Status data_source_no_labels(DataSource *source, size_t set) MUST_CHECK;
/* Classes named "0", "1", ... up to source->classes. */
Status data_source_number_classes(DataSource *source) MUST_CHECK;
/* The classes of a finished table, with its names. */
Status data_source_name_classes(DataSource *source, const ClassTable *classes) MUST_CHECK;
void data_source_close(DataSource *source);

#endif
