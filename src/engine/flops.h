/* How much arithmetic a network's training is: floating-point operations of its matrix products and
 * convolutions, two for each multiply-add. Activations, losses and updates are left out, as is usual: a
 * fraction of the machine's peak by this count is never flattering. */
#ifndef WINNOW_ENGINE_FLOPS_H
#define WINNOW_ENGINE_FLOPS_H

#include "base/status.h"
#include "engine/network_spec.h"

/* For one example. */
typedef struct Flops {
    double forward;
    double backward; /* the weights' gradient, and the input's unless nothing before the layer is trained */
} Flops;

/* layers [layer_count] receives each layer's, *total their sum. The spec has been checked; STATUS_INPUT where
 * its shapes do not fit. */
Status flops_of_network(const NetworkSpec *spec, Flops *layers, Flops *total) MUST_CHECK;

#endif
