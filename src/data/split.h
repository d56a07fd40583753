/* The training file in parts, fixed by the seed: one to train on, one to validate on and, where it is asked
 * for, one that the search never sees, to choose ensembles on. */
#ifndef WINNOW_DATA_SPLIT_H
#define WINNOW_DATA_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Examples of the parts that are not trained on. */
typedef struct SplitCounts {
    size_t validation;
    size_t selection; /* 0 for none */
} SplitCounts;

/* How many of `rows` examples validate, by DataSpec.validation: the count itself, or the nearest number to
 * the fraction, at least 1. STATUS_INPUT, naming both numbers, where it does not leave each class that has
 * examples one to train on, or is no such number. */
Status split_count_validation(double validation, const uint16_t *labels, size_t rows, size_t classes,
                              SplitCounts *counts) MUST_CHECK;

/* The same for DataSpec.selection, a fraction of all rows as well, once it is known how many validate. */
Status split_count_selection(double selection, const uint16_t *labels, size_t rows, size_t classes,
                             SplitCounts *counts) MUST_CHECK;

/* Row numbers of each part in ascending order; written, as many as the counts say. */
typedef struct SplitIndex {
    uint32_t *training, *validation, *selection;
} SplitIndex;

/* Choose rows for each part (as many as were counted above), each class in proportion: largest remainders,
 * ties to the lower class, never a class's last example. First the validation part out of the whole file, so
 * that it has the same rows with and without a selection part; then that out of what is left to train on.
 * Which ones is drawn from stream RANDOM_SPLIT, lane = class, step 0 for validation and 1 for selection.
 * rows < 2^32. */
Status split_stratified(const uint16_t *labels, size_t rows, size_t classes, SplitCounts counts,
                        uint64_t seed, SplitIndex index) MUST_CHECK;

#endif
