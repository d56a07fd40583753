#define ENGINE_DOUBLE

#include "double_twin.h"

#include <stdlib.h>
#include <string.h>

#include "engine/network.h"

static double *copy_of(const double *values, size_t count) {
    double *copy = malloc(count * sizeof *copy);
    if (copy == NULL) abort();
    memcpy(copy, values, count * sizeof *copy);
    return copy;
}

TwinResult twin_train(const NetworkSpec *spec, uint64_t seed, const float *x, const uint16_t *labels,
                      size_t batch) {
    Network *network = NULL;
    if (network_create(&network, spec, batch) != STATUS_OK) abort();
    TrialKey key = {.seed = seed, .stage = 1, .number = 5};
    network_initialise(network, key);
    for (size_t i = 0; i < batch * shape_size(spec->input); i++) {
        network_input(network)[i] = (double)x[i];
    }
    memcpy(network_labels(network), labels, batch * sizeof *labels);
    TwinResult result = {.loss_sum = network_train(network, batch, key, 3).loss_sum,
                         .count = network_parameter_count(network)};
    result.parameters = copy_of(network_parameters(network), result.count);
    result.gradients = copy_of(network_gradients(network), result.count);
    network_destroy(&network);
    return result;
}

void twin_release(TwinResult *result) {
    free(result->parameters);
    free(result->gradients);
    *result = (TwinResult){0};
}
