#include <stdlib.h>
#include <string.h>

#include "engine/nets.h"
#include "engine/network.h"
#include "onnx/network.h"
#include "onnx/read_back.h"
#include "onnx/suites.h"
#include "suite.h"

#define NAME "net"

/* A model of one network whose parameters count up from 0. */
static Onnx__ModelProto *model_of(const NetworkSpec *spec) {
    const float mean[] = {1, 2, 3}, deviation[] = {1, 2, 4};
    OnnxModel *model = NULL;
    Network *network = NULL;
    CU_ASSERT_EQUAL_FATAL(network_spec_check(spec, NULL), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(network_create(&network, spec, 1), STATUS_OK);
    size_t count = network_parameter_count(network);
    float *parameters = network_parameters(network);
    for (size_t i = 0; i < count; i++)
        parameters[i] = (float)i;
    CU_ASSERT_EQUAL_FATAL(onnx_create(&model, "graph", ""), STATUS_OK);
    onnx_examples(model, spec->input, mean, deviation);
    CU_ASSERT_EQUAL(onnx_network(model, spec, parameters, NAME, "probabilities"), STATUS_OK);
    onnx_output(model, "probabilities", (ArrayShape){1, {spec->classes}});
    Onnx__ModelProto *found = read_back(model);
    onnx_destroy(&model);
    network_destroy(&network);
    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    return found;
}

static NetworkSpec of_image(size_t height, size_t width, size_t channels, size_t classes) {
    NetworkSpec spec = net_of(channels, classes, LOSS_SOFTMAX_CROSS_ENTROPY);
    spec.input = (Shape){height, width, channels};
    return spec;
}

static void normalises_as_the_engine(void) {
    NetworkSpec spec = net_of(3, 2, LOSS_HINGE);
    (void)net_dense(&spec, NETWORK_INPUT, 2);
    Onnx__ModelProto *found = model_of(&spec);
    const float mean[] = {1, 2, 3}, inverse[] = {1, 0.5F, 0.25F};
    const float weight[] = {0, 1, 2, 3, 4, 5};
    CU_ASSERT(constant_is(found, "mean", (ArrayShape){1, {3}}, mean));
    CU_ASSERT(constant_is(found, "scale", (ArrayShape){1, {3}}, inverse));
    CU_ASSERT(NODE_IS(found, "centred", "Sub", "examples", "mean"));
    CU_ASSERT(NODE_IS(found, "normalised", "Mul", "centred", "scale"));
    CU_ASSERT(NODE_IS(found, "net/dense0", "Gemm", "normalised", "net/dense0/weight", "net/dense0/bias"));
    CU_ASSERT(constant_is(found, "net/dense0/weight", (ArrayShape){2, {3, 2}}, weight));
    CU_ASSERT(NODE_IS(found, "probabilities", "Softmax", "net/dense0"));
    CU_ASSERT_EQUAL(found->graph->n_node, 4);
    onnx__model_proto__free_unpacked(found, NULL);
}

/* Without windows, pixels stay in winnow's order. */
static void transposes_for_windows_alone(void) {
    NetworkSpec spec = of_image(2, 2, 3, 2);
    size_t relu = net_add(&spec, LAYER_RELU, NETWORK_INPUT);
    (void)net_dense(&spec, relu, 2);
    Onnx__ModelProto *found = model_of(&spec);
    CU_ASSERT(NODE_IS(found, "net/relu0", "Relu", "normalised"));
    CU_ASSERT(NODE_IS(found, "net/dense1/vector", "Flatten", "net/relu0"));
    onnx__model_proto__free_unpacked(found, NULL);

    spec = of_image(2, 2, 3, 2);
    size_t norm = net_batch_norm(&spec, NETWORK_INPUT);
    (void)net_dense(&spec, norm, 2);
    found = model_of(&spec);
    CU_ASSERT(NODE_IS(found, "planes/net", "Transpose", "normalised"));
    CU_ASSERT(HAS_INTEGERS(node_of(found, "planes/net"), "perm", 0, 3, 1, 2));
    CU_ASSERT(NODE_IS(found, "net/dense1/vector/places", "Transpose", "net/batch_norm0"));
    CU_ASSERT(HAS_INTEGERS(node_of(found, "net/dense1/vector/places"), "perm", 0, 2, 3, 1));
    CU_ASSERT(NODE_IS(found, "net/dense1/vector", "Flatten", "net/dense1/vector/places"));
    onnx__model_proto__free_unpacked(found, NULL);
}

static void turns_kernels(void) {
    NetworkSpec spec = of_image(1, 3, 2, 2);
    (void)net_conv2d(&spec, NETWORK_INPUT, 2, 1, 3, 1, PADDING_VALID);
    Onnx__ModelProto *found = model_of(&spec);
    /* Stored as [1, 3, 2, 2]: value 4 column + 2 in + out. */
    const float kernel[] = {0, 4, 8, 2, 6, 10, 1, 5, 9, 3, 7, 11};
    CU_ASSERT(constant_is(found, "net/conv2d0/weight", (ArrayShape){4, {2, 2, 1, 3}}, kernel));
    CU_ASSERT(NODE_IS(found, "net/conv2d0", "Flatten", "net/conv2d0/place")); /* one place is a vector */
    onnx__model_proto__free_unpacked(found, NULL);
}

static void pads_as_the_engine(void) {
    NetworkSpec spec = of_image(6, 5, 1, 4);
    size_t conv = net_conv2d(&spec, NETWORK_INPUT, 1, 3, 2, 2, PADDING_SAME); /* 3 x 3 */
    size_t pool = net_pool(&spec, LAYER_AVERAGE_POOL, conv, 2, 1, PADDING_VALID);
    size_t thin = net_pool(&spec, LAYER_MAX_POOL, pool, 1, 3, PADDING_SAME);
    (void)net_dense(&spec, thin, 4);
    Onnx__ModelProto *found = model_of(&spec);
    const Onnx__NodeProto *node = node_of(found, "net/conv2d0");
    CU_ASSERT(HAS_INTEGERS(node, "kernel_shape", 3, 2));
    CU_ASSERT(HAS_INTEGERS(node, "strides", 2, 2));
    CU_ASSERT(HAS_INTEGERS(node, "pads", 0, 0, 1, 1)); /* the odd place at the end */
    CU_ASSERT(HAS_INTEGERS(node_of(found, "net/average_pool1"), "pads", 0, 0, 0, 0));
    CU_ASSERT(HAS_INTEGERS(node_of(found, "net/max_pool2/place"), "pads", 0, 0, 0, 0)); /* none is negative */
    onnx__model_proto__free_unpacked(found, NULL);
}

static void leaves_out_what_does_nothing(void) {
    NetworkSpec spec = net_of(3, 2, LOSS_SOFTMAX_CROSS_ENTROPY);
    size_t dense = net_dense(&spec, NETWORK_INPUT, 4);
    size_t dropout = net_dropout(&spec, dense, 0.5);
    size_t flatten = net_add(&spec, LAYER_FLATTEN, dropout);
    size_t last = net_dense(&spec, flatten, 2);
    (void)net_dropout(&spec, last, 0.5);
    Onnx__ModelProto *found = model_of(&spec);
    CU_ASSERT(NODE_IS(found, "net/dense3", "Gemm", "net/dense0", "net/dense3/weight", "net/dense3/bias"));
    CU_ASSERT(NODE_IS(found, "probabilities", "Softmax", "net/dense3"));
    CU_ASSERT_EQUAL(found->graph->n_node, 5);
    onnx__model_proto__free_unpacked(found, NULL);
}

/* Layers may be called as the model's own values are. */
static void names_never_clash(void) {
    static const char *const NAMES[] = {"probabilities", "planes",   "scores",
                                        "normalised",    "examples", "weight"};
    NetworkSpec spec = of_image(2, 2, 3, 4);
    spec.loss = LOSS_MEAN_SQUARED_ERROR;
    size_t at = net_conv2d(&spec, NETWORK_INPUT, 1, 1, 1, 1, PADDING_VALID);
    while (spec.layer_count < sizeof(NAMES) / sizeof(NAMES[0]))
        at = net_conv2d(&spec, at, 1, 1, 1, 1, PADDING_VALID);
    for (size_t i = 0; i < spec.layer_count; i++)
        strcpy(spec.layers[i].name, NAMES[i]);
    Onnx__ModelProto *found = model_of(&spec);
    const Onnx__GraphProto *graph = found->graph;
    for (size_t i = 0; i < graph->n_node; i++) {
        CU_ASSERT_PTR_EQUAL(node_of(found, graph->node[i]->name), graph->node[i]);
        CU_ASSERT_PTR_NULL(constant_of(found, graph->node[i]->name));
        CU_ASSERT_STRING_NOT_EQUAL(graph->node[i]->name, graph->input[0]->name);
    }
    for (size_t i = 0; i < graph->n_initializer; i++)
        CU_ASSERT_PTR_EQUAL(constant_of(found, graph->initializer[i]->name), graph->initializer[i]);
    CU_ASSERT(NODE_IS(found, "scores/net", "Flatten", "scores/net/places"));
    onnx__model_proto__free_unpacked(found, NULL);
}

static void means_are_weighted(void) {
    static const char *const EACH[] = {"a", "b"};
    const uint32_t counts[] = {3, 1};
    const float weights[] = {0.75F, 0.25F};
    OnnxModel *model = NULL;
    CU_ASSERT_EQUAL_FATAL(onnx_create(&model, "graph", ""), STATUS_OK);
    CU_ASSERT_EQUAL(onnx_mean(model, EACH, counts, 2, "mean"), STATUS_OK);
    Onnx__ModelProto *found = read_back(model);
    onnx_destroy(&model);
    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    CU_ASSERT(constant_is(found, "a/weight", (ArrayShape){1, {1}}, &weights[0]));
    CU_ASSERT(constant_is(found, "b/weight", (ArrayShape){1, {1}}, &weights[1]));
    CU_ASSERT(NODE_IS(found, "a/part", "Mul", "a", "a/weight"));
    CU_ASSERT(NODE_IS(found, "mean", "Sum", "a/part", "b/part"));
    onnx__model_proto__free_unpacked(found, NULL);
}

void suite_network(void) {
    static const TestCase TESTS[] = {
        {"the file's units are normalised as by the engine", normalises_as_the_engine},
        {"images are transposed for windows alone, and back for vectors", transposes_for_windows_alone},
        {"kernels are turned to [out, in, height, width]", turns_kernels},
        {"windows are padded as by the engine", pads_as_the_engine},
        {"dropout and the flattening of vectors are no nodes", leaves_out_what_does_nothing},
        {"names of layers never clash with others", names_never_clash},
        {"a mean counts each network as often as it was picked", means_are_weighted},
    };
    SUITE("network", TESTS);
}
