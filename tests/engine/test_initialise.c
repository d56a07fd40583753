/* Initial weights: their size for each kind, and the kind that AUTO stands for. */
#include <math.h>
#include <string.h>

#include "engine/network.h"
#include "nets.h"
#include "suite.h"
#include "suites.h"

static const TrialKey KEY = {.seed = 3, .stage = 0, .number = 1};

/* Variance of block `block` of the network's initial parameters, which must have a mean near zero. */
static double initial_variance(const NetworkSpec *spec, size_t block_index) {
    Network *network = NULL;
    CU_ASSERT_EQUAL_FATAL(network_spec_check(spec, NULL), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(network_create(&network, spec, 1), STATUS_OK);
    network_initialise(network, KEY);
    ParameterBlock block = network_block(network, block_index);
    const float *values = network_parameters(network) + block.offset; /* [count] */
    double count = (double)block.count;
    double sum = 0;
    double squares = 0;
    for (size_t i = 0; i < block.count; i++) {
        sum += (double)values[i];
        squares += (double)values[i] * (double)values[i];
    }
    CU_ASSERT(fabs(sum / count) <= 4 * sqrt(squares / count / count));
    network_destroy(&network);
    return squares / count;
}

static void variances(void) {
    static const InitKind kinds[] = {INIT_HE, INIT_GLOROT, INIT_LECUN};
    static const double expected[] = {2.0 / 120, 2.0 / (120 + 80), 1.0 / 120};
    for (size_t k = 0; k < 3; k++) {
        NetworkSpec spec = net_chain(120, 80, LAYER_TANH, 3, LOSS_HINGE);
        spec.layers[0].init = kinds[k];
        CU_ASSERT_DOUBLE_EQUAL(initial_variance(&spec, 0) / expected[k], 1, 0.06);
    }
}

static void biases_are_zero(void) {
    NetworkSpec spec = net_chain(120, 80, LAYER_TANH, 3, LOSS_HINGE);
    CU_ASSERT_EQUAL(initial_variance(&spec, 1), 0);
    CU_ASSERT_EQUAL(initial_variance(&spec, 3), 0);
}

static void automatic_kinds(void) {
    static const struct {
        LayerKind next;
        double expected;
    } cases[] = {{LAYER_RELU, 2.0 / 120},    {LAYER_LEAKY_RELU, 2.0 / 120}, {LAYER_TANH, 2.0 / 200},
                 {LAYER_SIGMOID, 2.0 / 200}, {LAYER_FLATTEN, 2.0 / 200},    {LAYER_DROPOUT, 2.0 / 200}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        NetworkSpec spec = net_chain(120, 80, cases[k].next, 3, LOSS_HINGE);
        CU_ASSERT_DOUBLE_EQUAL(initial_variance(&spec, 0) / cases[k].expected, 1, 0.06);
    }
}

/* dense - dropout - add - relu: the activation is found behind what has neither weights nor activation. */
static void automatic_kinds_look_ahead(void) {
    NetworkSpec spec = net_of(120, 3, LOSS_HINGE);
    size_t a = net_dense(&spec, NETWORK_INPUT, 80);
    size_t b = net_dense(&spec, NETWORK_INPUT, 80);
    size_t drop = net_dropout(&spec, a, 0.5);
    size_t squashed = net_add(&spec, LAYER_TANH, b);
    size_t sum = net_join(&spec, LAYER_ADD, drop, squashed);
    size_t relu = net_add(&spec, LAYER_RELU, sum);
    (void)net_dense(&spec, relu, 3);
    CU_ASSERT_DOUBLE_EQUAL(initial_variance(&spec, 0) * 120 / 2, 1, 0.06); /* dense: 2/in */
    CU_ASSERT_DOUBLE_EQUAL(initial_variance(&spec, 2) * 200 / 2, 1, 0.06); /* behind tanh: 2/(in + out) */
    spec.layers[relu].kind = LAYER_TANH;
    CU_ASSERT_DOUBLE_EQUAL(initial_variance(&spec, 0) * 200 / 2, 1, 0.06);
}

/* The last dense layer, also behind a dropout that leads to the loss alone. */
static void automatic_guesses(void) {
    NetworkSpec spec = net_of(400, 50, LOSS_SOFTMAX_CROSS_ENTROPY);
    (void)net_dense(&spec, NETWORK_INPUT, 50);
    CU_ASSERT_DOUBLE_EQUAL(initial_variance(&spec, 0) * 400 / 0.01, 1, 0.06);
    (void)net_dropout(&spec, 0, 0.5);
    CU_ASSERT_DOUBLE_EQUAL(initial_variance(&spec, 0) * 400 / 0.01, 1, 0.06);
}

static void keys_matter(void) {
    NetworkSpec spec = net_chain(6, 5, LAYER_RELU, 3, LOSS_HINGE);
    Network *network = NULL;
    CU_ASSERT_EQUAL_FATAL(network_create(&network, &spec, 1), STATUS_OK);
    const TrialKey keys[] = {KEY, {4, 0, 1}, {3, 1, 1}, {3, 0, 2}};
    float first[4];
    for (size_t k = 0; k < 4; k++) {
        network_initialise(network, keys[k]);
        first[k] = network_parameters(network)[0];
        for (size_t before = 0; before < k; before++) {
            CU_ASSERT_NOT_EQUAL(first[before], first[k]);
        }
    }
    network_initialise(network, KEY);
    CU_ASSERT_EQUAL(network_parameters(network)[0], first[0]);
    network_destroy(&network);
}

void suite_initialise(void) {
    static const TestCase tests[] = {
        {"he, glorot and lecun have the variances of their papers", variances},
        {"biases begin at zero", biases_are_zero},
        {"auto is he before rectifiers and glorot before what squashes", automatic_kinds},
        {"auto before the loss makes a fresh network guess", automatic_guesses},
        {"auto looks through dropout and add", automatic_kinds_look_ahead},
        {"seed, stage and number each change the weights, and the same ones repeat them", keys_matter},
    };
    SUITE("initialise", tests);
}
