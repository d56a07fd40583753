/* A network ready to run: planned once for a largest batch, one aligned block for parameters, gradients,
 * activations and workspace. Running never allocates. Not thread-safe; one network is one thread's.
 *
 * Matrices are row-major. Activations are [batch, height * width * channels]. */
#ifndef WINNOW_ENGINE_NETWORK_H
#define WINNOW_ENGINE_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "engine/network_spec.h"
#include "engine/real.h"
#include "engine/stopwatch.h"

#define network_create ENGINE_NAME(network_create)
#define network_destroy ENGINE_NAME(network_destroy)
#define network_memory ENGINE_NAME(network_memory)
#define network_parameter_count ENGINE_NAME(network_parameter_count)
#define network_parameters ENGINE_NAME(network_parameters)
#define network_gradients ENGINE_NAME(network_gradients)
#define network_block_count ENGINE_NAME(network_block_count)
#define network_block ENGINE_NAME(network_block)
#define network_initialise ENGINE_NAME(network_initialise)
#define network_input ENGINE_NAME(network_input)
#define network_labels ENGINE_NAME(network_labels)
#define network_train ENGINE_NAME(network_train)
#define network_evaluate ENGINE_NAME(network_evaluate)
#define network_set_label_smoothing ENGINE_NAME(network_set_label_smoothing)
#define network_set_stopwatch ENGINE_NAME(network_set_stopwatch)

typedef struct Network Network;

/* A stored array of one layer. */
typedef struct ParameterBlock {
    const char *layer; /* name, borrowed from the network */
    const char *role;  /* "weight", "bias", "scale", "shift"; "mean" or "variance" where it is not trained */
    size_t offset;     /* of its first value in network_parameters() */
    size_t count;      /* values */
    ArrayShape shape;  /* weight: [in, out] or [height, width, in, out]; all others: [out] */
    bool decays;       /* weight decay applies: weights alone */
    bool trained;      /* the optimizer moves it; else forward in training does */
} ParameterBlock;

/* Which random stream a network draws from: initial weights and dropout. */
typedef struct TrialKey {
    uint64_t seed;
    uint8_t stage;
    uint32_t number;
} TrialKey;

/* What one batch gave. Sums, so that batches add up. */
typedef struct BatchResult {
    double loss_sum; /* of the examples' losses, without any penalty */
    size_t correct;  /* examples whose largest output (the first on ties) is the label's */
} BatchResult;

/* Plan and allocate. The spec is copied and must have passed network_spec_check. All parameters are zero. */
Status network_create(Network **out, const NetworkSpec *spec, size_t batch_max) MUST_CHECK;
void network_destroy(Network **network);

typedef struct NetworkMemory {
    size_t bytes; /* of the block that network_create would allocate */
    size_t parameter_count, block_count;
} NetworkMemory;

/* What network_create would plan. STATUS_INPUT where it overflows. */
Status network_memory(const NetworkSpec *spec, size_t batch_max, NetworkMemory *memory) MUST_CHECK;

size_t network_parameter_count(const Network *network);
real *
network_parameters(Network *network);      /* [parameter_count], all blocks in layer order, in the order
                                              of its roles above; padding between blocks is zero and stays zero */
real *network_gradients(Network *network); /* [parameter_count], the same layout */
size_t network_block_count(const Network *network);
ParameterBlock network_block(const Network *network, size_t block);

/* Random weights (stream RANDOM_WEIGHTS, lane = layer index); scale and variance 1, all else 0. The double
 * build draws the same values. */
void network_initialise(Network *network, TrialKey key);

/* Where the caller puts a batch before running it. */
real *network_input(Network *network);      /* [batch_max, values of an example], normalised */
uint16_t *network_labels(Network *network); /* [batch_max], each < classes */

/* (1 - s) one-hot + s / classes as target in network_train; softmax cross-entropy alone. Default 0. */
void network_set_label_smoothing(Network *network, double smoothing);

/* Time what follows, layer by layer; NULL, as at the start, for no more. Borrowed. */
void network_set_stopwatch(Network *network, Stopwatch *watch);

/* Forward in training mode (dropout stream RANDOM_DROPOUT, lane = layer, step = `step`; batch_norm by the
 * batch's own statistics, and its running ones move), then backward: the gradients of the mean loss over the
 * batch, 1 <= batch <= batch_max. What is not trained has gradient 0. Each edge of the graph is visited once.
 */
BatchResult network_train(Network *network, size_t batch, TrialKey key, uint32_t step);

/* Forward in evaluation mode (no dropout, no smoothing, running statistics). probabilities, where not NULL,
 * receives [batch, classes]: softmax of the outputs; for mean squared error the outputs with negatives cut to
 * 0, scaled to sum 1 (all equal where nothing is left). */
BatchResult network_evaluate(Network *network, size_t batch, float *probabilities);

#endif
