/* What brings the values to a common scale, from the training part alone. */
#ifndef WINNOW_DATA_NORMALISE_H
#define WINNOW_DATA_NORMALISE_H

#include "base/status.h"
#include "data/data_spec.h"
#include "engine/examples.h"

/* Fill `mean` and `deviation`, both [examples->period], as Normalisation says, from the rows in
 * examples->index; examples->mean and examples->deviation are not looked at. Value j of the `size` of an
 * example belongs to j % period; size is a multiple of it. The deviation is that of the population. Sums are
 * exact for bytes and in double for floats; a scale that is zero, or too small to divide by, becomes 1.
 * STATUS_ENVIRONMENT without memory. */
Status normalise_fit(Normalisation how, const Examples *examples, size_t size, float *mean,
                     float *deviation) MUST_CHECK;

#endif
