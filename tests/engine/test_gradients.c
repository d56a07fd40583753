/* Every op, loss and initialisation against centred differences, and what the check does with errors and
 * kinks. */
#define ENGINE_DOUBLE

#include <math.h>
#include <string.h>

#include "engine/gradient_check.h"
#include "engine/gradient_compare.h"
#include "nets.h"
#include "suite.h"
#include "suites.h"

#define COUNT 6
#define MAX_VALUES 128

static const TrialKey KEY = {.seed = 2017, .stage = 1, .number = 7};

static GradientReport check_part(const NetworkSpec *spec, size_t per_block) {
    double x[COUNT * MAX_VALUES]; /* [COUNT, inputs] */
    uint16_t labels[COUNT];
    for (size_t i = 0; i < COUNT * shape_size(spec->input); i++) {
        x[i] = net_value(i);
    }
    for (size_t i = 0; i < COUNT; i++) {
        labels[i] = (uint16_t)(i % spec->classes);
    }
    GradientReport report = {0};
    CU_ASSERT_EQUAL_FATAL(network_spec_check(spec, NULL), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(gradient_check(spec, KEY, x, labels, COUNT, per_block, &report), STATUS_OK);
    return report;
}

static GradientReport check_network(const NetworkSpec *spec) {
    return check_part(spec, 0);
}

/* All coordinates but a few at kinks were compared, and all agree. */
static void agrees(const NetworkSpec *spec) {
    GradientReport report = check_network(spec);
    size_t total = network_spec_parameters(spec);
    CU_ASSERT_EQUAL(report.checked + report.skipped, total);
    CU_ASSERT(report.skipped * 20 <= total);
    if (!(report.worst < 1e-7)) {
        printf("\n    %s %s[%zu]: %g ", report.layer, report.role, report.coordinate, report.worst);
    }
    CU_ASSERT(report.worst < 1e-7);
    CU_ASSERT(report.worst > 0);
}

static const LossKind LOSSES[] = {LOSS_SOFTMAX_CROSS_ENTROPY, LOSS_HINGE, LOSS_MEAN_SQUARED_ERROR};

static void activations(void) {
    static const LayerKind kinds[] = {LAYER_FLATTEN, LAYER_RELU,    LAYER_LEAKY_RELU,
                                      LAYER_TANH,    LAYER_SIGMOID, LAYER_DROPOUT};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        for (size_t l = 0; l < 3; l++) {
            NetworkSpec spec = net_chain(9, 8, kinds[k], 4, LOSSES[l]);
            spec.layers[1].rate = 0.4;
            spec.layers[1].slope = 0.2;
            agrees(&spec);
        }
    }
}

/* The activation is also what another op reads, so that it does not run in place and its gradient is added
 * up. */
static void activations_with_two_consumers(void) {
    static const LayerKind kinds[] = {LAYER_RELU, LAYER_LEAKY_RELU, LAYER_TANH, LAYER_SIGMOID, LAYER_DROPOUT};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        NetworkSpec spec = net_of(9, 4, LOSS_SOFTMAX_CROSS_ENTROPY);
        size_t dense = net_dense(&spec, NETWORK_INPUT, 8);
        size_t first = net_add(&spec, kinds[k], dense);
        size_t second = net_add(&spec, kinds[k], first);
        size_t sum = net_join(&spec, LAYER_MULTIPLY, dense, second);
        size_t more = net_join(&spec, LAYER_ADD, sum, first);
        spec.layers[first].rate = spec.layers[second].rate = 0.3;
        (void)net_dense(&spec, more, 4);
        agrees(&spec);
    }
}

static void in_place_chains(void) {
    static const LayerKind kinds[] = {LAYER_RELU, LAYER_LEAKY_RELU, LAYER_TANH, LAYER_SIGMOID, LAYER_DROPOUT};
    for (size_t a = 0; a < 5; a++) {
        for (size_t b = 0; b < 5; b++) {
            for (size_t c = 0; c < 5; c++) {
                NetworkSpec spec = net_of(5, 3, LOSS_SOFTMAX_CROSS_ENTROPY);
                size_t at = net_dense(&spec, NETWORK_INPUT, 6);
                size_t chain[] = {a, b, c};
                for (size_t i = 0; i < 3; i++) {
                    at = net_add(&spec, kinds[chain[i]], at);
                    spec.layers[at].rate = 0.3;
                    spec.layers[at].slope = 0.3;
                }
                (void)net_dense(&spec, at, 3);
                agrees(&spec);
            }
        }
    }
}

static void joins(void) {
    static const LayerKind kinds[] = {LAYER_ADD, LAYER_MULTIPLY, LAYER_MAXIMUM};
    for (size_t k = 0; k < 3; k++) {
        NetworkSpec spec = net_of(8, 4, LOSS_SOFTMAX_CROSS_ENTROPY);
        size_t a = net_dense(&spec, NETWORK_INPUT, 8);
        size_t b = net_dense(&spec, NETWORK_INPUT, 8);
        size_t join = net_join(&spec, kinds[k], a, b);
        spec.layers[join].inputs[2] = NETWORK_INPUT;
        spec.layers[join].inputs[3] = a;
        spec.layers[join].input_count = 4;
        (void)net_dense(&spec, join, 4);
        agrees(&spec);
    }
}

static void branched(void) {
    for (size_t l = 0; l < 3; l++) {
        NetworkSpec spec = net_branched(LOSSES[l]);
        agrees(&spec);
    }
}

/* An image and a convolution over it, for ops on images. */
static NetworkSpec net_image(size_t height, size_t width, size_t filters) {
    NetworkSpec spec = net_of(1, 3, LOSS_SOFTMAX_CROSS_ENTROPY);
    spec.input = (Shape){height, width, 2};
    (void)net_conv2d(&spec, NETWORK_INPUT, filters, 3, 2, 1, PADDING_SAME);
    return spec;
}

/* Of all sizes, so that windows overlap, leave gaps and reach over the edge; in the second round another op
 * reads the pool's input, too, so that its gradient is added up. */
static void pools(void) {
    static const LayerKind kinds[] = {LAYER_MAX_POOL, LAYER_AVERAGE_POOL};
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < 2 * 4 * 3 * 2; i++) {
            NetworkSpec spec = net_image(5, 6, 5);
            size_t at = net_pool(&spec, kinds[k], 0, 1 + i / 2 % 4, 1 + i / 8 % 3,
                                 i % 2 == 0 ? PADDING_VALID : PADDING_SAME);
            (void)net_dense(&spec, at, 3);
            if (i >= 2 * 4 * 3) {
                size_t beside = net_dense(&spec, 0, 3);
                (void)net_join(&spec, LAYER_ADD, at + 1, beside);
            }
            agrees(&spec);
        }
    }
}

static void global_average_pools(void) {
    for (size_t more = 0; more < 2; more++) {
        NetworkSpec spec = net_image(5, 6, 5);
        size_t at = net_pool(&spec, LAYER_GLOBAL_AVERAGE_POOL, 0, 1, 1, PADDING_VALID);
        (void)net_dense(&spec, at, 3);
        if (more == 1) {
            size_t beside = net_dense(&spec, 0, 3);
            (void)net_join(&spec, LAYER_ADD, at + 1, beside);
        }
        agrees(&spec);
    }
}

/* On rows and on images, of the network's own input too, before each activation in place, and with a second
 * reader of its input. */
static void batch_norms(void) {
    static const LayerKind kinds[] = {LAYER_RELU, LAYER_LEAKY_RELU, LAYER_TANH, LAYER_SIGMOID, LAYER_DROPOUT};
    for (size_t i = 0; i < 5 * 4; i++) {
        bool image = i % 2 == 0, twice = i / 2 % 2 == 0;
        NetworkSpec spec = image ? net_image(4, 3, 5) : net_of(7, 3, LOSS_SOFTMAX_CROSS_ENTROPY);
        size_t below = image ? 0 : net_dense(&spec, net_batch_norm(&spec, NETWORK_INPUT), 6);
        size_t norm = net_batch_norm(&spec, below);
        size_t at = net_add(&spec, kinds[i / 4], norm);
        spec.layers[at].rate = 0.3;
        if (twice) at = net_join(&spec, LAYER_MULTIPLY, at, below);
        (void)net_dense(&spec, at, 3);
        agrees(&spec);
    }
}

/* Two residual blocks (He et al. 2016), the second one narrowing: convolutions, normalisation and a shortcut
 * of one place wide windows. */
static void residual_blocks(void) {
    NetworkSpec spec = net_image(6, 5, 4);
    size_t in = net_add(&spec, LAYER_RELU, net_batch_norm(&spec, 0));
    for (size_t block = 0; block < 2; block++) {
        size_t filters = 4 + 2 * block, stride = 1 + block;
        size_t a = net_conv2d(&spec, in, filters, 3, 3, stride, PADDING_SAME);
        a = net_add(&spec, LAYER_RELU, net_batch_norm(&spec, a));
        a = net_batch_norm(&spec, net_conv2d(&spec, a, filters, 3, 3, 1, PADDING_SAME));
        size_t shortcut = in;
        if (block == 1) {
            shortcut = net_batch_norm(&spec, net_conv2d(&spec, in, filters, 1, 1, stride, PADDING_SAME));
        }
        in = net_add(&spec, LAYER_RELU, net_join(&spec, LAYER_ADD, a, shortcut));
    }
    size_t pooled = net_pool(&spec, LAYER_GLOBAL_AVERAGE_POOL, in, 1, 1, PADDING_VALID);
    (void)net_dense(&spec, pooled, 3);
    agrees(&spec);
}

/* conv2d - relu - max_pool, twice, with every loss. */
static void pooled_convolutions(void) {
    for (size_t l = 0; l < 3; l++) {
        NetworkSpec spec = net_image(8, 7, 4);
        spec.loss = LOSSES[l];
        size_t at = net_add(&spec, LAYER_RELU, 0);
        at = net_pool(&spec, LAYER_MAX_POOL, at, 2, 2, PADDING_VALID);
        at = net_conv2d(&spec, at, 5, 3, 3, 1, PADDING_SAME);
        at = net_add(&spec, LAYER_RELU, at);
        at = net_pool(&spec, LAYER_MAX_POOL, at, 3, 2, PADDING_SAME);
        (void)net_dense(&spec, at, 3);
        agrees(&spec);
    }
}

static void initialisations(void) {
    static const InitKind kinds[] = {INIT_AUTO, INIT_HE, INIT_GLOROT, INIT_LECUN};
    for (size_t k = 0; k < 4; k++) {
        NetworkSpec spec = net_chain(9, 12, LAYER_TANH, 4, LOSS_SOFTMAX_CROSS_ENTROPY);
        spec.layers[0].init = spec.layers[2].init = kinds[k];
        agrees(&spec);
    }
}

/* A network with a batch in it and its back-propagated gradient: what gradient_compare takes. */
static Network *prepared(const NetworkSpec *spec, double smoothing) {
    Network *network = NULL;
    CU_ASSERT_EQUAL_FATAL(network_create(&network, spec, COUNT), STATUS_OK);
    network_initialise(network, KEY);
    network_set_label_smoothing(network, smoothing);
    for (size_t i = 0; i < COUNT * shape_size(spec->input); i++) {
        network_input(network)[i] = net_value(i);
    }
    for (size_t i = 0; i < COUNT; i++) {
        network_labels(network)[i] = (uint16_t)(i % spec->classes);
    }
    (void)network_train(network, COUNT, KEY, 0);
    return network;
}

static void smoothed_labels(void) {
    NetworkSpec spec = net_chain(9, 8, LAYER_TANH, 4, LOSS_SOFTMAX_CROSS_ENTROPY);
    Network *network = prepared(&spec, 0.15);
    GradientReport report;
    gradient_compare(network, KEY, COUNT, 0, network_gradients(network), &report);
    CU_ASSERT(report.worst < 1e-7);
    CU_ASSERT_EQUAL(report.skipped, 0);
    network_destroy(&network);
}

/* Each array in turn gets one coordinate wrong by a thousandth. */
static void planted_errors(void) {
    NetworkSpec spec = net_branched(LOSS_SOFTMAX_CROSS_ENTROPY);
    Network *network = prepared(&spec, 0);
    double *gradient = network_gradients(network);
    for (size_t b = 0; b < network_block_count(network); b++) {
        ParameterBlock block = network_block(network, b);
        size_t largest = 0;
        for (size_t i = 0; i < block.count; i++) {
            if (fabs(gradient[block.offset + i]) > fabs(gradient[block.offset + largest])) largest = i;
        }
        double *planted = &gradient[block.offset + largest];
        double right = *planted;
        *planted = right * 1.001;
        GradientReport report;
        gradient_compare(network, KEY, COUNT, 0, gradient, &report);
        *planted = right;
        CU_ASSERT(report.worst > 1e-4);
        CU_ASSERT_STRING_EQUAL(report.layer, block.layer);
        CU_ASSERT_STRING_EQUAL(report.role, block.role);
        CU_ASSERT_EQUAL(report.coordinate, largest);
    }
    network_destroy(&network);
}

static void a_gradient_of_nan_is_an_error(void) {
    NetworkSpec spec = net_chain(3, 4, LAYER_TANH, 2, LOSS_HINGE);
    Network *network = prepared(&spec, 0);
    network_gradients(network)[1] = NAN;
    GradientReport report;
    gradient_compare(network, KEY, COUNT, 0, network_gradients(network), &report);
    CU_ASSERT_EQUAL(report.worst, INFINITY);
    CU_ASSERT_EQUAL(report.coordinate, 1);
    network_destroy(&network);
}

/* Zero inputs and zero biases put every unit at its kink: the first layer's biases are skipped, its weights,
 * which move nothing, are not. */
static void kinks_are_skipped(void) {
    NetworkSpec spec = net_chain(3, 4, LAYER_RELU, 2, LOSS_SOFTMAX_CROSS_ENTROPY);
    Network *network = prepared(&spec, 0);
    memset(network_input(network), 0, COUNT * 3 * sizeof(double));
    (void)network_train(network, COUNT, KEY, 0);
    GradientReport report;
    gradient_compare(network, KEY, COUNT, 0, network_gradients(network), &report);
    CU_ASSERT_EQUAL(report.skipped, 4);
    CU_ASSERT_EQUAL(report.checked, network_spec_parameters(&spec) - 4);
    CU_ASSERT(report.worst < 1e-7);
    network_destroy(&network);
}

/* Parameters all zero but for what puts each output exactly on a kink. */
static void kinks_of_maximum_and_hinge(void) {
    NetworkSpec spec = net_of(3, 2, LOSS_SOFTMAX_CROSS_ENTROPY);
    size_t a = net_dense(&spec, NETWORK_INPUT, 2);
    size_t b = net_dense(&spec, NETWORK_INPUT, 2);
    (void)net_join(&spec, LAYER_MAXIMUM, a, b);
    Network *network = prepared(&spec, 0);
    memset(network_parameters(network), 0, network_parameter_count(network) * sizeof(double));
    GradientReport report;
    gradient_compare(network, KEY, COUNT, 0, network_gradients(network), &report);
    CU_ASSERT_EQUAL(report.skipped, 2 * (3 * 2 + 2));
    CU_ASSERT_EQUAL(report.checked, 0);
    network_destroy(&network);

    spec = net_of(3, 2, LOSS_HINGE);
    (void)net_dense(&spec, NETWORK_INPUT, 2);
    network = prepared(&spec, 0);
    memset(network_parameters(network), 0, network_parameter_count(network) * sizeof(double));
    network_parameters(network)[network_block(network, 1).offset + 1] = 1;
    gradient_compare(network, KEY, COUNT, 0, network_gradients(network), &report);
    CU_ASSERT_EQUAL(report.skipped, 3 * 2 + 2);
    CU_ASSERT_EQUAL(report.checked, 0);
    network_destroy(&network);
}

static void a_sample_of_coordinates(void) {
    NetworkSpec spec = net_chain(9, 8, LAYER_TANH, 4, LOSS_SOFTMAX_CROSS_ENTROPY);
    Network *network = prepared(&spec, 0);
    double *gradient = network_gradients(network);
    GradientReport report;
    gradient_compare(network, KEY, COUNT, 5, gradient, &report);
    CU_ASSERT_EQUAL(report.checked, 5 + 5 + 5 + 4);
    gradient[0] += 1;
    gradient_compare(network, KEY, COUNT, 5, gradient, &report);
    CU_ASSERT(report.worst > 1e-2);
    network_destroy(&network);
}

/* Each parameter of the first layer moves 180,000 units, one of which is near its kink. */
static void a_wide_network(void) {
    NetworkSpec spec = net_of(4, 3, LOSS_SOFTMAX_CROSS_ENTROPY);
    size_t last = net_add(&spec, LAYER_TANH, net_dense(&spec, NETWORK_INPUT, 3));
    last = net_add(&spec, LAYER_RELU, net_dense(&spec, last, 30000));
    (void)net_dense(&spec, last, 3);
    GradientReport report = check_part(&spec, 8);
    CU_ASSERT(report.skipped * 20 <= report.skipped + report.checked);
    CU_ASSERT(report.worst < 1e-7);
}

static void the_network_stays_as_it_was(void) {
    NetworkSpec spec = net_branched(LOSS_HINGE);
    Network *network = prepared(&spec, 0);
    size_t count = network_parameter_count(network);
    double *before = malloc(count * sizeof *before);
    if (before == NULL) abort();
    memcpy(before, network_parameters(network), count * sizeof *before);
    GradientReport report;
    gradient_compare(network, KEY, COUNT, 0, network_gradients(network), &report);
    CU_ASSERT_EQUAL(memcmp(before, network_parameters(network), count * sizeof *before), 0);
    free(before);
    network_destroy(&network);
}

void suite_gradients(void) {
    static const TestCase tests[] = {
        {"every activation agrees, under every loss", activations},
        {"activations with several consumers agree", activations_with_two_consumers},
        {"all chains of three activations in place agree", in_place_chains},
        {"add, multiply and maximum agree, with the network's input and a repeated one among theirs", joins},
        {"a branched network agrees, with dropout on", branched},
        {"pools of all sizes, strides and paddings agree", pools},
        {"global average pools agree", global_average_pools},
        {"batch norms agree, on rows and images", batch_norms},
        {"residual blocks agree", residual_blocks},
        {"pooled convolutions agree, under every loss", pooled_convolutions},
        {"every initialisation agrees", initialisations},
        {"smoothed labels agree", smoothed_labels},
        {"a planted error of a thousandth is found, in its place", planted_errors},
        {"a gradient that is not a number is an error", a_gradient_of_nan_is_an_error},
        {"coordinates at kinks are skipped and counted", kinks_are_skipped},
        {"ties of maximum and margins of hinge are kinks, too", kinks_of_maximum_and_hinge},
        {"a sample of each array is spread over it, from its first coordinate", a_sample_of_coordinates},
        {"a wide network, with kinks everywhere, is checked as others are", a_wide_network},
        {"the check leaves the parameters as they were", the_network_stays_as_it_was},
    };
    SUITE("gradients", tests);
}
