/* The comparison inside the gradient check, on any claimed gradient. */
#ifndef WINNOW_ENGINE_GRADIENT_COMPARE_H
#define WINNOW_ENGINE_GRADIENT_COMPARE_H

#include "engine/gradient_check.h"

/* Compare `claimed` [network_parameter_count] with centred differences around the network's present
 * parameters, on the batch that lies in it; the rest as gradient_check. The parameters are left as they were,
 * but for the running statistics of batch_norm, which its gradients do not depend on. */
void gradient_compare(Network *network, TrialKey key, size_t count, size_t per_block, const double *claimed,
                      GradientReport *report);

#endif
