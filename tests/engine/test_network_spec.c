/* What fits and what does not, with which words. */
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "engine/network_spec.h"
#include "nets.h"
#include "suite.h"
#include "suites.h"

static void chains_fit(void) {
    NetworkSpec spec = net_chain(784, 256, LAYER_RELU, 10, LOSS_SOFTMAX_CROSS_ENTROPY);
    CU_ASSERT_EQUAL(network_spec_check(&spec, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(network_spec_parameters(&spec), 784 * 256 + 256 + 256 * 10 + 10);
    Shape shape = {0};
    CU_ASSERT_EQUAL(network_spec_shape(&spec, 1, &shape), STATUS_OK);
    CU_ASSERT_EQUAL(shape_size(shape), 256);
}

static void images_are_one_vector(void) {
    NetworkSpec spec = {.input = {28, 28, 3}, .classes = 2};
    size_t relu = net_add(&spec, LAYER_RELU, NETWORK_INPUT);
    size_t flat = net_add(&spec, LAYER_FLATTEN, relu);
    (void)net_dense(&spec, flat, 2);
    CU_ASSERT_EQUAL(network_spec_check(&spec, NULL), STATUS_OK);
    Shape shape = {0};
    CU_ASSERT_EQUAL(network_spec_shape(&spec, relu, &shape), STATUS_OK);
    CU_ASSERT(shape.height == 28 && shape.width == 28 && shape.channels == 3);
    CU_ASSERT_EQUAL(network_spec_shape(&spec, flat, &shape), STATUS_OK);
    CU_ASSERT(shape.height == 1 && shape.width == 1 && shape.channels == 28 * 28 * 3);
    CU_ASSERT_EQUAL(network_spec_parameters(&spec), 28 * 28 * 3 * 2 + 2);
}

/* The spec is refused, the layer at fault is `bad`, and the message holds both words. */
static void refused(const NetworkSpec *spec, size_t bad, const char *word, const char *other) {
    size_t found = 999;
    CU_ASSERT_EQUAL(network_spec_check(spec, &found), STATUS_INPUT);
    CU_ASSERT_EQUAL(found, bad);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), word));
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), other));
}

static void joins_want_one_shape(void) {
    NetworkSpec spec = net_of(4, 3, LOSS_HINGE);
    size_t a = net_dense(&spec, NETWORK_INPUT, 5);
    size_t b = net_dense(&spec, NETWORK_INPUT, 6);
    size_t join = net_join(&spec, LAYER_MULTIPLY, a, b);
    (void)net_dense(&spec, join, 3);
    refused(&spec, join, "multiply2", "input 1 has 5 values but input 2 has 6 values");
}

static void ends_in_the_classes(void) {
    NetworkSpec spec = net_chain(4, 8, LAYER_TANH, 3, LOSS_SOFTMAX_CROSS_ENTROPY);
    spec.classes = 10;
    refused(&spec, 2, "dense2", "ends in 3 values but there are 10 classes; end it with dense: 10");
}

static void unused_layers_are_errors(void) {
    NetworkSpec spec = net_of(4, 3, LOSS_HINGE);
    size_t a = net_dense(&spec, NETWORK_INPUT, 5);
    (void)net_add(&spec, LAYER_RELU, a);
    (void)net_dense(&spec, a, 3);
    refused(&spec, 1, "relu1", "nothing takes its output");
}

static void settings_have_ranges(void) {
    static const double bad_rates[] = {-0.1, 1, 1.5, NAN, INFINITY};
    for (size_t i = 0; i < sizeof bad_rates / sizeof bad_rates[0]; i++) {
        NetworkSpec spec = net_chain(4, 8, LAYER_DROPOUT, 3, LOSS_HINGE);
        spec.layers[1].rate = bad_rates[i];
        refused(&spec, 1, "dropout1", "rate is");
        spec = net_chain(4, 8, LAYER_LEAKY_RELU, 3, LOSS_HINGE);
        spec.layers[1].slope = i == 1 ? 1.01 : bad_rates[i];
        refused(&spec, 1, "leaky_relu1", "slope is");
    }
    NetworkSpec spec = net_chain(4, 0, LAYER_RELU, 3, LOSS_HINGE);
    refused(&spec, 0, "dense0", "units is 0; it must be at least 1");
}

static void inputs_come_before(void) {
    NetworkSpec spec = net_chain(4, 8, LAYER_RELU, 3, LOSS_HINGE);
    spec.layers[1].inputs[0] = 2;
    refused(&spec, 1, "relu1", "not a layer before it");
    spec.layers[1].inputs[0] = 1;
    refused(&spec, 1, "relu1", "not a layer before it");
    spec.layers[1].inputs[0] = 0;
    spec.layers[1].input_count = 2;
    refused(&spec, 1, "relu1", "2 inputs; it takes 1");
    spec.layers[1].kind = LAYER_ADD;
    spec.layers[1].input_count = 1;
    refused(&spec, 1, "relu1", "1 input; it takes from 2 to 16");
    spec.layers[1].input_count = NETWORK_MAX_INPUTS + 1;
    refused(&spec, 1, "relu1", "17 inputs; it takes from 2 to 16");
}

static void names_are_unique(void) {
    NetworkSpec spec = net_chain(4, 8, LAYER_RELU, 3, LOSS_HINGE);
    (void)snprintf(spec.layers[2].name, NETWORK_NAME_SIZE, "relu1");
    refused(&spec, 2, "relu1", "taken");
    spec.layers[2].name[0] = 0;
    refused(&spec, 2, "empty", "name");
}

static void overflow_is_an_error(void) {
    NetworkSpec spec = net_chain(4, 8, LAYER_RELU, 3, LOSS_HINGE);
    spec.input = (Shape){SIZE_MAX / 2, 3, 1};
    refused(&spec, 0, "input", "too many");
    spec = net_chain(4, SIZE_MAX / 2, LAYER_RELU, 3, LOSS_HINGE);
    refused(&spec, 0, "dense0", "too many");
    spec = net_of(3, 2, LOSS_HINGE);
    spec.input = (Shape){1, 1, INT_MAX};
    (void)net_conv2d(&spec, NETWORK_INPUT, INT_MAX, 64, 64, 1, PADDING_SAME);
    refused(&spec, 0, "too many", "filters");
    spec.input = (Shape){1, 0, 4};
    refused(&spec, 0, "input", "at least one");
}

static void nothing_to_train(void) {
    NetworkSpec spec = net_of(3, 3, LOSS_HINGE);
    (void)net_add(&spec, LAYER_RELU, NETWORK_INPUT);
    refused(&spec, 0, "nothing to train", "dense");
    spec.layer_count = 0;
    refused(&spec, 0, "0 layers", "from 1 to 256");
}

static void json_tells_all(void) {
    NetworkSpec spec = net_of(4, 3, LOSS_HINGE);
    size_t a = net_dense(&spec, NETWORK_INPUT, 3);
    size_t b = net_add(&spec, LAYER_LEAKY_RELU, a);
    size_t c = net_dropout(&spec, b, 0.25);
    (void)net_join(&spec, LAYER_ADD, a, c);
    spec.layers[a].init = INIT_LECUN;
    char *text = NULL;
    CU_ASSERT_EQUAL_FATAL(network_spec_json(&spec, &text), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(
        text, "{\"input\":[1,1,4],\"classes\":3,\"loss\":\"hinge\",\"layers\":["
              "{\"kind\":\"dense\",\"name\":\"dense0\",\"from\":[\"input\"],\"units\":3,\"init\":\"lecun\"},"
              "{\"kind\":\"leaky_relu\",\"name\":\"leaky_relu1\",\"from\":[\"dense0\"],\"slope\":0.01},"
              "{\"kind\":\"dropout\",\"name\":\"dropout2\",\"from\":[\"leaky_relu1\"],\"rate\":0.25},"
              "{\"kind\":\"add\",\"name\":\"add3\",\"from\":[\"dense0\",\"dropout2\"]}]}");
    free(text);
}

static void json_tells_windows(void) {
    NetworkSpec spec = net_of(1, 3, LOSS_HINGE);
    spec.input = (Shape){8, 6, 2};
    (void)net_conv2d(&spec, NETWORK_INPUT, 4, 3, 5, 2, PADDING_SAME);
    (void)net_pool(&spec, LAYER_MAX_POOL, 0, 2, 2, PADDING_VALID);
    (void)net_batch_norm(&spec, 1);
    char *text = NULL;
    CU_ASSERT_EQUAL_FATAL(network_spec_json(&spec, &text), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(
        text, "{\"input\":[8,6,2],\"classes\":3,\"loss\":\"hinge\",\"layers\":["
              "{\"kind\":\"conv2d\",\"name\":\"conv2d0\",\"from\":[\"input\"],\"filters\":4,\"kernel\":[3,5],"
              "\"stride\":[2,2],\"padding\":\"same\",\"init\":\"auto\"},"
              "{\"kind\":\"max_pool\",\"name\":\"max_pool1\",\"from\":[\"conv2d0\"],\"size\":[2,2],"
              "\"stride\":[2,2],\"padding\":\"valid\"},"
              "{\"kind\":\"batch_norm\",\"name\":\"batch_norm2\",\"from\":[\"max_pool1\"],\"momentum\":0.875,"
              "\"epsilon\":0.5}]}");
    free(text);
}

/* Outputs of windows: a plain case, an uneven one, a stride beyond the kernel, a kernel beyond the image. */
static void windows_have_shapes(void) {
    static const struct {
        size_t in, kernel, stride;
        Padding padding;
        size_t out; /* 0: does not fit */
    } cases[] = {
        {28, 5, 1, PADDING_VALID, 24}, {28, 5, 1, PADDING_SAME, 28}, {7, 3, 2, PADDING_VALID, 3},
        {7, 3, 2, PADDING_SAME, 4},    {8, 3, 2, PADDING_VALID, 3},  {8, 3, 2, PADDING_SAME, 4},
        {10, 2, 5, PADDING_VALID, 2},  {10, 2, 5, PADDING_SAME, 2},  {3, 5, 1, PADDING_SAME, 3},
        {3, 5, 1, PADDING_VALID, 0},   {3, 3, 7, PADDING_VALID, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        NetworkSpec spec = net_of(1, 3, LOSS_HINGE);
        spec.input = (Shape){cases[i].in, 9, 2};
        (void)net_conv2d(&spec, NETWORK_INPUT, 4, cases[i].kernel, 1, cases[i].stride, cases[i].padding);
        Shape shape = {0};
        Status status = network_spec_shape(&spec, 0, &shape);
        CU_ASSERT_EQUAL(status, cases[i].out == 0 ? STATUS_INPUT : STATUS_OK);
        if (status == STATUS_OK) CU_ASSERT_EQUAL(shape.height, cases[i].out);
        if (status == STATUS_OK) CU_ASSERT_EQUAL(shape.channels, 4);
    }
}

static void windows_have_ranges(void) {
    static const size_t bad[] = {0, NETWORK_MAX_WINDOW + 1, SIZE_MAX};
    for (size_t i = 0; i < 3; i++) {
        for (size_t field = 0; field < 4; field++) {
            NetworkSpec spec = net_of(1, 3, LOSS_HINGE);
            spec.input = (Shape){8, 6, 2};
            size_t conv = net_conv2d(&spec, NETWORK_INPUT, 4, 3, 3, 1, PADDING_SAME);
            (void)net_dense(&spec, conv, 3);
            size_t *fields[] = {&spec.layers[0].kernel_height, &spec.layers[0].kernel_width,
                                &spec.layers[0].stride_height, &spec.layers[0].stride_width};
            *fields[field] = bad[i];
            refused(&spec, 0, "conv2d0", "from 1 to 1024");
        }
    }
    NetworkSpec spec = net_of(4, 3, LOSS_HINGE);
    size_t norm = net_batch_norm(&spec, net_dense(&spec, NETWORK_INPUT, 5));
    (void)net_dense(&spec, norm, 3);
    spec.layers[norm].momentum = 1;
    refused(&spec, norm, "batch_norm1", "momentum");
    spec.layers[norm].momentum = 0.9;
    spec.layers[norm].epsilon = 0;
    refused(&spec, norm, "batch_norm1", "epsilon");
}

/* Running statistics are kept, not trained. */
static void kept_arrays_are_not_counted(void) {
    NetworkSpec spec = net_of(4, 3, LOSS_HINGE);
    (void)net_dense(&spec, net_batch_norm(&spec, net_dense(&spec, NETWORK_INPUT, 5)), 3);
    CU_ASSERT_EQUAL(network_spec_parameters(&spec), 4 * 5 + 5 + 2 * 5 + 5 * 3 + 3);
}

static void every_kind_has_its_word(void) {
    static const char *const words[LAYER_KIND_COUNT] = {
        "dense",      "conv2d",  "max_pool", "average_pool", "global_average_pool",
        "batch_norm", "flatten", "relu",     "leaky_relu",   "tanh",
        "sigmoid",    "dropout", "add",      "multiply",     "maximum"};
    for (size_t i = 0; i < LAYER_KIND_COUNT; i++) {
        CU_ASSERT_STRING_EQUAL(layer_kind_name((LayerKind)i), words[i]);
    }
    CU_ASSERT_STRING_EQUAL(init_kind_name(INIT_AUTO), "auto");
    CU_ASSERT_STRING_EQUAL(init_kind_name(INIT_LECUN), "lecun");
    CU_ASSERT_STRING_EQUAL(loss_kind_name(LOSS_SOFTMAX_CROSS_ENTROPY), "softmax_cross_entropy");
    CU_ASSERT_STRING_EQUAL(loss_kind_name(LOSS_MEAN_SQUARED_ERROR), "mean_squared_error");
}

void suite_network_spec(void) {
    static const TestCase tests[] = {
        {"a chain of layers fits, and its parameters are counted", chains_fit},
        {"an image is taken as one vector by dense and flatten", images_are_one_vector},
        {"joined inputs of different shapes are an error that names the layer", joins_want_one_shape},
        {"a network that ends in the wrong number of classes is an error", ends_in_the_classes},
        {"a layer that nothing uses is an error", unused_layers_are_errors},
        {"units, rates and slopes outside their ranges are errors", settings_have_ranges},
        {"inputs are earlier layers, as many as the kind takes", inputs_come_before},
        {"two layers of one name are an error, and so is an empty name", names_are_unique},
        {"sizes that overflow are errors", overflow_is_an_error},
        {"a network without parameters or layers is an error", nothing_to_train},
        {"the JSON text has every layer with its settings and inputs", json_tells_all},
        {"the JSON text has windows and norms", json_tells_windows},
        {"windows give the outputs that their padding says", windows_have_shapes},
        {"windows, strides and norms outside their ranges are errors", windows_have_ranges},
        {"what is kept but not trained does not count as a parameter", kept_arrays_are_not_counted},
        {"every kind has its word of the configuration", every_kind_has_its_word},
    };
    SUITE("network spec", tests);
}
