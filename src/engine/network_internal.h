/* What the gradient check needs of a network beside its public functions. */
#ifndef WINNOW_ENGINE_NETWORK_INTERNAL_H
#define WINNOW_ENGINE_NETWORK_INTERNAL_H

#include "engine/network.h"

#define network_probe ENGINE_NAME(network_probe)

/* Mean loss of the batch, forward in training mode without a backward pass; *branches receives a hash of the
 * sides of all kinks. */
double network_probe(Network *network, size_t batch, TrialKey key, uint32_t step, uint64_t *branches);

#endif
