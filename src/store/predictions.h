/* Predictions as an HDF5 file of their own. */
#ifndef WINNOW_STORE_PREDICTIONS_H
#define WINNOW_STORE_PREDICTIONS_H

#include <stdint.h>

#include "base/status.h"

typedef struct Predictions {
    uint64_t count, classes;
    const float *probabilities; /* [count, classes] */
    const uint16_t *predicted;  /* [count], the most probable class, the first one of equals */
    const uint16_t *labels;     /* [count], of the same classes; NULL where they are not known */
    char *const *class_names;   /* [classes] */
    const char *of;             /* the results file whose networks spoke */
} Predictions;

/* Write /probabilities, /predicted, /class_names and, where they are known, /labels to `path`, whole,
 * replaced by rename. STATUS_ENVIRONMENT. */
Status predictions_write(const char *path, const Predictions *predictions) MUST_CHECK;

#endif
