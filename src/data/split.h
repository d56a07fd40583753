/* The training file in two: a part to train on and a part to validate on, fixed by the seed. */
#ifndef WINNOW_DATA_SPLIT_H
#define WINNOW_DATA_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* How many of `rows` examples validate, by DataSpec.validation: the count itself, or the nearest number to
 * the fraction, at least 1. STATUS_INPUT, naming both numbers, where it does not leave each class that has
 * examples one to train on, or is no such number. */
Status split_count(double validation, const uint16_t *labels, size_t rows, size_t classes,
                   size_t *count) MUST_CHECK;

/* Choose `count` rows (as split_count gave it), each class in proportion: largest remainders, ties to the
 * lower class, never a class's last example. Which ones is drawn from stream RANDOM_SPLIT, lane = class.
 * `training` [rows - count] and `validation` [count] receive row numbers in ascending order. rows < 2^32. */
Status split_stratified(const uint16_t *labels, size_t rows, size_t classes, size_t count, uint64_t seed,
                        uint32_t *training, uint32_t *validation) MUST_CHECK;

#endif
