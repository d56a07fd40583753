/* The examples of a file for a network that is trained already: neither split nor normalised by themselves.
 */
#ifndef WINNOW_DATA_ROWS_H
#define WINNOW_DATA_ROWS_H

#include "base/status.h"
#include "data/data_spec.h"
#include "engine/examples.h"

typedef struct DataRows {
    ValueType type;
    Shape shape;
    size_t count;
    void *values;       /* owned [count][shape] of `type` */
    uint32_t *index;    /* owned [count]: 0, 1, .. */
    uint16_t *labels;   /* owned [count], into the names below; all 0 without labels */
    size_t classes;     /* that the labels are of; 1 without labels */
    const char **names; /* owned [classes], into `text` */
    char *text;         /* owned */
} DataRows;

/* Read what `spec` calls its training set, in this process where it is HDF5 through one of its own. Errors as
 * those of dataset_load. Release it in any case. */
Status data_rows_load(DataRows *rows, const DataSpec *spec) MUST_CHECK;
void data_rows_release(DataRows *rows);

#endif
