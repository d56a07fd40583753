/* The network as its callers see it, in float. */
#include <math.h>
#include <string.h>

#include "counted_heap.h"
#include "double_twin.h"
#include "engine/network.h"
#include "nets.h"
#include "suite.h"
#include "suites.h"

static const TrialKey KEY = {.seed = 42, .stage = 1, .number = 5};

static void fill_batch(Network *network, const NetworkSpec *spec, size_t batch) {
    for (size_t i = 0; i < batch * shape_size(spec->input); i++) {
        network_input(network)[i] = (float)net_value(i);
    }
    for (size_t i = 0; i < batch; i++) {
        network_labels(network)[i] = (uint16_t)(i % spec->classes);
    }
}

/* Initialised, with a full batch in it. */
static Network *ready(const NetworkSpec *spec, size_t batch) {
    Network *network = NULL;
    CU_ASSERT_EQUAL_FATAL(network_spec_check(spec, NULL), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(network_create(&network, spec, batch), STATUS_OK);
    network_initialise(network, KEY);
    fill_batch(network, spec, batch);
    return network;
}

static void fresh_loss(void) {
    NetworkSpec spec = net_chain(64, 128, LAYER_RELU, 10, LOSS_SOFTMAX_CROSS_ENTROPY);
    Network *network = ready(&spec, 200);
    for (size_t i = 0; i < (size_t)200 * 64; i++) {
        network_input(network)[i] *= 0.3F;
    }
    BatchResult result = network_evaluate(network, 200, NULL);
    CU_ASSERT_DOUBLE_EQUAL(result.loss_sum / 200, log(10), 0.1);
    CU_ASSERT(result.correct < 60);
    network_destroy(&network);
}

static void float_and_double_agree(void) {
    static const LossKind losses[] = {LOSS_SOFTMAX_CROSS_ENTROPY, LOSS_HINGE, LOSS_MEAN_SQUARED_ERROR};
    for (size_t l = 0; l < 3; l++) {
        NetworkSpec spec = net_branched(losses[l]);
        Network *network = ready(&spec, 16);
        TwinResult twin = twin_train(&spec, KEY.seed, network_input(network), network_labels(network), 16);
        BatchResult result = network_train(network, 16, KEY, 3);
        CU_ASSERT_EQUAL_FATAL(twin.count, network_parameter_count(network));
        CU_ASSERT_DOUBLE_EQUAL(result.loss_sum, twin.loss_sum, 1e-4 * twin.loss_sum);
        double largest = 0;
        for (size_t i = 0; i < twin.count; i++) {
            CU_ASSERT_EQUAL(network_parameters(network)[i], (float)twin.parameters[i]);
            largest = fmax(largest, fabs(twin.gradients[i]));
        }
        CU_ASSERT(largest > 0);
        for (size_t i = 0; i < twin.count; i++) {
            CU_ASSERT_DOUBLE_EQUAL(network_gradients(network)[i], twin.gradients[i], 1e-4 * largest);
        }
        twin_release(&twin);
        network_destroy(&network);
    }
}

static void no_allocation(void) {
    size_t start = counted_allocations();
    NetworkSpec spec = net_branched(LOSS_SOFTMAX_CROSS_ENTROPY);
    Network *network = ready(&spec, 32);
    CU_ASSERT(counted_allocations() > start); /* the counter counts */
    float probabilities[32 * 4];
    start = counted_allocations();
    for (uint32_t step = 0; step < 20; step++) {
        (void)network_train(network, 32 - step, KEY, step);
        (void)network_evaluate(network, 32 - step, probabilities);
    }
    CU_ASSERT_EQUAL(counted_allocations(), start);
    network_destroy(&network);
}

static void same_key_same_bits(void) {
    NetworkSpec spec = net_branched(LOSS_SOFTMAX_CROSS_ENTROPY);
    Network *first = ready(&spec, 16);
    Network *second = ready(&spec, 16);
    size_t bytes = network_parameter_count(first) * sizeof(float);
    CU_ASSERT_EQUAL(memcmp(network_parameters(first), network_parameters(second), bytes), 0);
    (void)network_train(second, 16, KEY, 9); /* what went before leaves no trace */
    (void)network_train(first, 16, KEY, 4);
    (void)network_train(second, 16, KEY, 4);
    CU_ASSERT_EQUAL(memcmp(network_gradients(first), network_gradients(second), bytes), 0);
    (void)network_train(second, 16, KEY, 5);
    CU_ASSERT_NOT_EQUAL(memcmp(network_gradients(first), network_gradients(second), bytes), 0);
    network_destroy(&first);
    network_destroy(&second);
}

/* The gradient is of the mean: a batch is the mean of its halves. */
static void small_batches(void) {
    NetworkSpec spec = net_chain(5, 7, LAYER_TANH, 3, LOSS_HINGE);
    Network *network = ready(&spec, 8);
    size_t count = network_parameter_count(network);
    float *mean = calloc(count, sizeof *mean);
    if (mean == NULL) abort();
    double loss = 0;
    for (size_t half = 0; half < 2; half++) {
        loss += network_train(network, 4, KEY, 0).loss_sum;
        for (size_t i = 0; i < count; i++) {
            mean[i] += network_gradients(network)[i] / 2;
        }
        memmove(network_input(network), network_input(network) + 4 * 5, (size_t)4 * 5 * sizeof(float));
        memmove(network_labels(network), network_labels(network) + 4, 4 * sizeof(uint16_t));
    }
    fill_batch(network, &spec, 8);
    CU_ASSERT_DOUBLE_EQUAL(network_train(network, 8, KEY, 0).loss_sum, loss, 1e-5);
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_DOUBLE_EQUAL(network_gradients(network)[i], mean[i], 1e-6);
    }
    free(mean);
    network_destroy(&network);
}

static void blocks_and_padding(void) {
    NetworkSpec spec = net_branched(LOSS_HINGE);
    Network *network = ready(&spec, 4);
    (void)network_train(network, 4, KEY, 0);
    size_t trained = 0;
    size_t end = 0;
    for (size_t b = 0; b < network_block_count(network); b++) {
        ParameterBlock block = network_block(network, b);
        bool weight = b % 2 == 0;
        CU_ASSERT_STRING_EQUAL(block.role, weight ? "weight" : "bias");
        CU_ASSERT_EQUAL(block.decays, weight);
        CU_ASSERT(block.offset >= end);
        CU_ASSERT_EQUAL((uintptr_t)(network_parameters(network) + block.offset) % 64, 0);
        for (size_t i = end; i < block.offset; i++) {
            CU_ASSERT_EQUAL(network_parameters(network)[i], 0);
            CU_ASSERT_EQUAL(network_gradients(network)[i], 0);
        }
        end = block.offset + block.count;
        trained += block.count;
    }
    CU_ASSERT_EQUAL(trained, network_spec_parameters(&spec));
    CU_ASSERT(network_parameter_count(network) >= end);
    CU_ASSERT_STRING_EQUAL(network_block(network, 0).layer, "dense0");
    CU_ASSERT(array_same(network_block(network, 0).shape, (ArrayShape){2, {7, 6}}));
    CU_ASSERT(array_same(network_block(network, 1).shape, (ArrayShape){1, {6}}));
    network_destroy(&network);
}

/* A diverged network says so in its loss. */
static void divergence_shows(void) {
    static const LossKind losses[] = {LOSS_SOFTMAX_CROSS_ENTROPY, LOSS_HINGE, LOSS_MEAN_SQUARED_ERROR};
    static const LayerKind kinds[] = {LAYER_RELU, LAYER_LEAKY_RELU, LAYER_TANH, LAYER_SIGMOID};
    for (size_t l = 0; l < 3; l++) {
        for (size_t k = 0; k < 4; k++) {
            NetworkSpec spec = net_chain(5, 7, kinds[k], 3, losses[l]);
            Network *network = ready(&spec, 4);
            network_parameters(network)[2] = NAN;
            CU_ASSERT(!isfinite(network_train(network, 4, KEY, 0).loss_sum));
            CU_ASSERT(!isfinite(network_evaluate(network, 4, NULL).loss_sum));
            network_destroy(&network);
        }
    }
}

static void evaluation_is_plain(void) {
    NetworkSpec spec = net_of(5, 3, LOSS_SOFTMAX_CROSS_ENTROPY);
    size_t drop = net_dropout(&spec, NETWORK_INPUT, 0.5);
    (void)net_dense(&spec, drop, 3);
    Network *network = ready(&spec, 6);
    network_set_label_smoothing(network, 0.3);
    (void)network_train(network, 6, KEY, 0);
    float probabilities[6 * 3];
    BatchResult result = network_evaluate(network, 6, probabilities);
    const float *weight = network_parameters(network);
    double loss = 0;
    for (size_t i = 0; i < 6; i++) {
        double scores[3] = {0};
        double sum = 0;
        for (size_t c = 0; c < 3; c++) {
            for (size_t j = 0; j < 5; j++) {
                scores[c] += (double)network_input(network)[i * 5 + j] * (double)weight[j * 3 + c];
            }
            sum += exp(scores[c]);
        }
        for (size_t c = 0; c < 3; c++) {
            CU_ASSERT_DOUBLE_EQUAL(probabilities[i * 3 + c], exp(scores[c]) / sum, 1e-6);
        }
        loss -= log(exp(scores[i % 3]) / sum);
    }
    CU_ASSERT_DOUBLE_EQUAL(result.loss_sum, loss, 1e-5);
    network_destroy(&network);
}

static void memory_is_told(void) {
    NetworkSpec spec = net_chain(784, 256, LAYER_RELU, 10, LOSS_SOFTMAX_CROSS_ENTROPY);
    NetworkMemory small, large;
    CU_ASSERT_EQUAL(network_memory(&spec, 32, &small), STATUS_OK);
    CU_ASSERT_EQUAL(network_memory(&spec, 64, &large), STATUS_OK);
    CU_ASSERT(small.bytes >= 2 * network_spec_parameters(&spec) * sizeof(float));
    CU_ASSERT_EQUAL(large.bytes - small.bytes,
                    32 * ((784 + 2 * 256 + 2 * 10) * sizeof(float) + sizeof(uint16_t)));
    CU_ASSERT_EQUAL(small.block_count, 4);
    CU_ASSERT_EQUAL(small.parameter_count, 784 * 256 + 256 + 256 * 10 + 16);
    spec = net_chain(1U << 30, 1U << 30, LAYER_RELU, 10, LOSS_SOFTMAX_CROSS_ENTROPY);
    CU_ASSERT_EQUAL(network_memory(&spec, 1U << 30, &large), STATUS_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "too large"));
    CU_ASSERT_EQUAL(network_memory(&spec, 0, &large), STATUS_INPUT);
    Network *network = NULL;
    CU_ASSERT_EQUAL(network_create(&network, &spec, 1U << 30), STATUS_INPUT);
    CU_ASSERT_PTR_NULL(network);
}

void suite_network(void) {
    static const TestCase tests[] = {
        {"a fresh network's loss is near ln(classes)", fresh_loss},
        {"float and double draw the same weights and agree to 1e-4", float_and_double_agree},
        {"neither training nor evaluation allocates", no_allocation},
        {"the same key and step give the same bits, another step does not", same_key_same_bits},
        {"a small batch leaves the rest of a large one out", small_batches},
        {"blocks are aligned, in order, and what lies between them is zero", blocks_and_padding},
        {"a weight that is not a number reaches the loss", divergence_shows},
        {"evaluation has neither dropout nor smoothing, and its probabilities are softmax",
         evaluation_is_plain},
        {"the memory is told before it is taken, and overflow is an error", memory_is_told},
    };
    SUITE("network", tests);
}
