/* A loss on the outputs of a network, inside the engine: one file each under ops/, one row each in
 * ops/table.c. */
#ifndef WINNOW_ENGINE_LOSS_H
#define WINNOW_ENGINE_LOSS_H

#include <stdint.h>

#include "engine/network.h"
#include "engine/network_spec.h"
#include "engine/real.h"

#define loss_of ENGINE_NAME(loss_of)
#define loss_softmax_cross_entropy ENGINE_NAME(loss_softmax_cross_entropy)
#define loss_hinge ENGINE_NAME(loss_hinge)
#define loss_mean_squared_error ENGINE_NAME(loss_mean_squared_error)
#define loss_first_largest ENGINE_NAME(loss_first_largest)
#define loss_softmax ENGINE_NAME(loss_softmax)

typedef struct Loss {
    const char *name; /* the word of the configuration */
    /* The loss of one example with scores [classes]. gradient [classes], where not NULL, receives `scale`
     * times its gradient. `smoothing` is 0 for all but softmax cross-entropy. */
    double (*example)(const real *scores, size_t classes, size_t label, double smoothing, real scale,
                      real *gradient);
    void (*probabilities)(const real *scores, size_t classes, float *out);
    /* As for an op; NULL for smooth losses. */
    uint64_t (*branches)(const real *scores, size_t classes, size_t label, uint64_t hash);
} Loss;

extern const Loss loss_softmax_cross_entropy, loss_hinge, loss_mean_squared_error;

const Loss *loss_of(LossKind kind);

/* Index of the largest score, the first on ties. */
size_t loss_first_largest(const real *scores, size_t classes);
/* probabilities [classes] <- softmax of scores [classes]. */
void loss_softmax(const real *scores, size_t classes, float *probabilities);

#endif
