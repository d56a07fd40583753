/* Back-propagated gradients against centred differences, in double, before training and never during it. The
 * differences are of fourth order; small random biases keep units off their kinks. */
#ifndef WINNOW_ENGINE_GRADIENT_CHECK_H
#define WINNOW_ENGINE_GRADIENT_CHECK_H

#include <stdint.h>

#include "base/status.h"
#include "engine/network.h"
#include "engine/network_spec.h"

typedef struct GradientReport {
    double worst;   /* largest |a - n| / max(|a| + |n|, tiny) over the coordinates checked; tiny is the larger
                       of the array's largest |a| / 1000 and max(1, loss) 1e-8 / h, h being the step of the
                       difference, 1e-4 or, near kinks, down to 1e-7; infinity for NaN */
    size_t checked; /* coordinates compared */
    size_t skipped; /* coordinates whose +-h crossed a kink for every h (relu, leaky_relu, maximum, hinge) */
    char layer[NETWORK_NAME_SIZE]; /* of the worst coordinate */
    const char *role;              /* as in ParameterBlock */
    size_t coordinate;             /* within that array */
} GradientReport;

/* Check the network on `count` examples x [count, values], in training mode with dropout as the stream of
 * `key` has it. At most `per_block` coordinates an array, spread over it (0 = all). */
Status gradient_check(const NetworkSpec *spec, TrialKey key, const double *x, const uint16_t *labels,
                      size_t count, size_t per_block, GradientReport *report) MUST_CHECK;

#endif
