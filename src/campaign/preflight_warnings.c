#include "campaign/preflight_warnings.h"

#include <math.h>

#define FIRST_LOSS_TOLERANCE 0.5 /* part of the expected loss */

size_t preflight_warnings(const PreflightRecord *record, const char *out[PREFLIGHT_WARNINGS_MAX]) {
    size_t count = 0;
    if (!(record->subset_accuracy >= 1))
        out[count++] =
            "the network does not learn 20 examples by heart; look at it before the campaign's cost is spent";
    if (!(fabs(record->initial_loss - record->expected_loss) <= FIRST_LOSS_TOLERANCE * record->expected_loss))
        out[count++] = "the first loss is far from what guessing gives; look at the initial weights and the "
                       "normalisation of the data";
    return count;
}
