/* The double build of a network, for tests in the float build. */
#ifndef WINNOW_TESTS_ENGINE_DOUBLE_TWIN_H
#define WINNOW_TESTS_ENGINE_DOUBLE_TWIN_H

#include <stddef.h>
#include <stdint.h>

#include "engine/network_spec.h"

typedef struct TwinResult {
    double loss_sum;
    double *parameters; /* [count], owned; the layout of network_parameters() */
    double *gradients;  /* [count], owned */
    size_t count;
} TwinResult;

/* Initialise and train once in double on x [batch, values]; the key is {seed, 1, 5}, the step 3. */
TwinResult twin_train(const NetworkSpec *spec, uint64_t seed, const float *x, const uint16_t *labels,
                      size_t batch);
void twin_release(TwinResult *result);

#endif
