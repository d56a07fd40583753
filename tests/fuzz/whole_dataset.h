/* Everything that a reader of a data set touches. */
#ifndef WINNOW_TESTS_FUZZ_WHOLE_DATASET_H
#define WINNOW_TESTS_FUZZ_WHOLE_DATASET_H

#include "data/dataset.h"

/* Every value, label, index, scale and name lies where it should and is in its range. */
void whole_dataset(const Dataset *dataset);

/* Load it; where that works, the data set is whole, and so is a view on its block. */
void whole_dataset_load(const DataSpec *spec);

#endif
