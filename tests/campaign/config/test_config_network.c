/* Network templates, and the networks of trials. */
#include <math.h>
#include <string.h>

#include "campaign/config/tests.h"
#include "suite.h"

static const Shape plane = {1, 1, 2};

static void short_and_long_forms(void) {
    Config *config = config_good(DATA STAGES "network:\n"
                                             "  - dense: 8\n"
                                             "  - leaky_relu\n"
                                             "  - dense: {units: 8, init: glorot, name: second}\n"
                                             "  - leaky_relu: 0.2\n"
                                             "  - leaky_relu: {slope: 0.3}\n"
                                             "  - dropout: 0.25\n"
                                             "  - dropout: {rate: 0.5}\n"
                                             "  - relu:\n"
                                             "  - tanh\n  - sigmoid\n  - flatten\n"
                                             "  - dense: 3\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_EQUAL_FATAL(config->layer_count, 12);
    static const char *const names[] = {"dense1",      "leaky_relu1", "second",   "leaky_relu2",
                                        "leaky_relu3", "dropout1",    "dropout2", "relu1",
                                        "tanh1",       "sigmoid1",    "flatten1", "dense3"};
    for (size_t i = 0; i < 12; i++) {
        CU_ASSERT_STRING_EQUAL(config->layers[i].spec.name, names[i]);
        CU_ASSERT_EQUAL(config->layers[i].spec.input_count, 1);
        CU_ASSERT_EQUAL(config->layers[i].spec.inputs[0], i == 0 ? NETWORK_INPUT : i - 1);
    }
    Draw draw = {0};
    NetworkSpec spec;
    CU_ASSERT_EQUAL_FATAL(config_network(config, &draw, plane, 3, &spec), STATUS_OK);
    CU_ASSERT_EQUAL(spec.classes, 3);
    CU_ASSERT_EQUAL(spec.input.channels, 2);
    CU_ASSERT_EQUAL(spec.layers[0].units, 8);
    CU_ASSERT_EQUAL(spec.layers[0].init, INIT_AUTO);
    CU_ASSERT_DOUBLE_EQUAL(spec.layers[1].slope, 0.01, 0);
    CU_ASSERT_EQUAL(spec.layers[2].init, INIT_GLOROT);
    CU_ASSERT_DOUBLE_EQUAL(spec.layers[3].slope, 0.2, 0);
    CU_ASSERT_DOUBLE_EQUAL(spec.layers[4].slope, 0.3, 0);
    CU_ASSERT_DOUBLE_EQUAL(spec.layers[5].rate, 0.25, 0);
    CU_ASSERT_DOUBLE_EQUAL(spec.layers[6].rate, 0.5, 0);
    CU_ASSERT_EQUAL(config->layers[3].mark.line, 7);
    CU_ASSERT_EQUAL(config->layers[3].mark.column, 5);
    config_destroy(&config);
}

static void graph(void) {
    Config *config = config_good(DATA STAGES "network:\n"
                                             "  - dense: {units: 3, name: left}\n"
                                             "  - tanh\n"
                                             "  - dense: {units: 3, name: right, from: input}\n"
                                             "  - sigmoid: {from: [right]}\n"
                                             "  - multiply: {from: [tanh1, sigmoid1], name: gate}\n"
                                             "  - maximum: {from: [gate, left]}\n"
                                             "  - add: {from: [maximum1, gate, right]}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    const LayerSpec *add = &config->layers[6].spec;
    CU_ASSERT_EQUAL(config->layers[2].spec.inputs[0], NETWORK_INPUT);
    CU_ASSERT_EQUAL(config->layers[3].spec.inputs[0], 2);
    CU_ASSERT_EQUAL(add->input_count, 3);
    CU_ASSERT_EQUAL(add->inputs[0], 5);
    CU_ASSERT_EQUAL(add->inputs[1], 4);
    CU_ASSERT_EQUAL(add->inputs[2], 2);
    Draw draw = {0};
    NetworkSpec spec;
    CU_ASSERT_EQUAL(config_network(config, &draw, plane, 3, &spec), STATUS_OK);
    CU_ASSERT_EQUAL(config_network(config, &draw, plane, 4, &spec), STATUS_INPUT);
    config_destroy(&config);
}

static void drawn_numbers(void) {
    Config *config = config_good(
        DATA STAGES "network: [dense: $h, leaky_relu: $s, dropout: $p, dense: {units: $h}, dense: 3]\n"
                    "parameters:\n"
                    "  h: {distribution: q_log_uniform_values, min: 8, max: 64, q: 8}\n"
                    "  s: {values: [0.1, 0.2]}\n"
                    "  p: {distribution: beta, a: 2, b: 5}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    for (uint32_t number = 0; number < 50; number++) {
        Draw draw = draw_of(config, number);
        NetworkSpec spec;
        CU_ASSERT_EQUAL_FATAL(config_network(config, &draw, plane, 3, &spec), STATUS_OK);
        CU_ASSERT_EQUAL(spec.layers[0].units, (size_t)draw.value[0].number);
        CU_ASSERT_EQUAL(spec.layers[3].units, spec.layers[0].units);
        CU_ASSERT_EQUAL(spec.layers[0].units % 8, 0);
        CU_ASSERT_DOUBLE_EQUAL(spec.layers[1].slope, draw.value[1].choice == 0 ? 0.1 : 0.2, 0);
        CU_ASSERT_DOUBLE_EQUAL(spec.layers[2].rate, draw.value[2].number, 0);
    }
    config_destroy(&config);
}

static void check_window(const LayerSpec *layer, size_t kernel_height, size_t kernel_width,
                         size_t stride_height, size_t stride_width, Padding padding) {
    CU_ASSERT_EQUAL(layer->kernel_height, kernel_height);
    CU_ASSERT_EQUAL(layer->kernel_width, kernel_width);
    CU_ASSERT_EQUAL(layer->stride_height, stride_height);
    CU_ASSERT_EQUAL(layer->stride_width, stride_width);
    CU_ASSERT_EQUAL(layer->padding, padding);
}

static void image_layers(void) {
    Config *config = config_good(
        DATA STAGES "network:\n"
                    "  - conv2d: {filters: 8, kernel: 3}\n"
                    "  - batch_norm\n"
                    "  - conv2d: {filters: 16, kernel: [3, 5], stride: [1, 2], padding: same, init: lecun, "
                    "name: wide, from: batch_norm1}\n"
                    "  - batch_norm: {momentum: 0.99, epsilon: 1e-3}\n"
                    "  - max_pool: 2\n"
                    "  - max_pool: [1, 2]\n"
                    "  - max_pool: {size: 3, stride: [1, 2], padding: same}\n"
                    "  - average_pool: {size: [2, 3], padding: valid}\n"
                    "  - average_pool: 1\n"
                    "  - global_average_pool\n"
                    "  - dense: 3\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_EQUAL_FATAL(config->layer_count, 11);
    Draw draw = {0};
    NetworkSpec spec;
    Shape images = {32, 60, 3};
    CU_ASSERT_EQUAL_FATAL(config_network(config, &draw, images, 3, &spec), STATUS_OK);
    const LayerSpec *layers = spec.layers;
    CU_ASSERT_STRING_EQUAL(layers[0].name, "conv2d1");
    CU_ASSERT_EQUAL(layers[0].units, 8);
    CU_ASSERT_EQUAL(layers[0].init, INIT_AUTO);
    check_window(&layers[0], 3, 3, 1, 1, PADDING_VALID);
    CU_ASSERT_DOUBLE_EQUAL(layers[1].momentum, 0.9, 0);
    CU_ASSERT_DOUBLE_EQUAL(layers[1].epsilon, 1e-5, 0);
    CU_ASSERT_STRING_EQUAL(layers[2].name, "wide");
    CU_ASSERT_EQUAL(layers[2].units, 16);
    CU_ASSERT_EQUAL(layers[2].init, INIT_LECUN);
    check_window(&layers[2], 3, 5, 1, 2, PADDING_SAME);
    CU_ASSERT_DOUBLE_EQUAL(layers[3].momentum, 0.99, 0);
    CU_ASSERT_DOUBLE_EQUAL(layers[3].epsilon, 1e-3, 0);
    check_window(&layers[4], 2, 2, 2, 2, PADDING_VALID);
    check_window(&layers[5], 1, 2, 1, 2, PADDING_VALID);
    check_window(&layers[6], 3, 3, 1, 2, PADDING_SAME);
    check_window(&layers[7], 2, 3, 2, 3, PADDING_VALID);
    check_window(&layers[8], 1, 1, 1, 1, PADDING_VALID);
    config_destroy(&config);
}

static void drawn_windows(void) {
    Config *config =
        config_good(DATA STAGES "network:\n"
                                "  - conv2d: {filters: $f, kernel: $k, stride: [1, $s], padding: same}\n"
                                "  - batch_norm: {momentum: $m, epsilon: $e}\n"
                                "  - max_pool: $s\n"
                                "  - average_pool: {size: 3, stride: $s, padding: same}\n"
                                "  - dense: 3\n"
                                "parameters:\n"
                                "  f: {distribution: q_uniform, min: 8, max: 32, q: 8}\n"
                                "  k: {values: [3, 5]}\n"
                                "  s: {min: 1, max: 3}\n"
                                "  m: {min: 0.5, max: 0.99}\n"
                                "  e: {distribution: log_uniform_values, min: 1e-6, max: 1e-2}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    Shape images = {28, 28, 1};
    for (uint32_t number = 0; number < 50; number++) {
        Draw draw = draw_of(config, number);
        NetworkSpec spec;
        CU_ASSERT_EQUAL_FATAL(config_network(config, &draw, images, 3, &spec), STATUS_OK);
        size_t kernel = draw.value[1].choice == 0 ? 3 : 5;
        size_t stride = (size_t)draw.value[2].number;
        CU_ASSERT_EQUAL(spec.layers[0].units, (size_t)draw.value[0].number);
        check_window(&spec.layers[0], kernel, kernel, 1, stride, PADDING_SAME);
        CU_ASSERT_DOUBLE_EQUAL(spec.layers[1].momentum, draw.value[3].number, 0);
        CU_ASSERT_DOUBLE_EQUAL(spec.layers[1].epsilon, draw.value[4].number, 0);
        check_window(&spec.layers[2], stride, stride, stride, stride, PADDING_VALID);
        check_window(&spec.layers[3], 3, 3, stride, stride, PADDING_SAME);
    }
    config_destroy(&config);
}

/* Draws come from a journal: they may be anything. */
static void untrusted_draws(void) {
    Config *config = config_good(DATA STAGES "network: [dense: $h, relu, dense: 3]\n"
                                             "parameters:\n"
                                             "  h: {min: 4, max: 8}\n"
                                             "  optimizer: {values: [sgd, adam]}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    NetworkSpec spec;
    TrainSettings settings;
    Draw draw = draw_of(config, 0);
    draw.value[0].number = 7.4; /* a range that a zoom has moved off the whole numbers */
    CU_ASSERT_EQUAL(config_network(config, &draw, plane, 3, &spec), STATUS_OK);
    CU_ASSERT_EQUAL(spec.layers[0].units, 7);
    draw.value[0].number = 0;
    CU_ASSERT_EQUAL(config_network(config, &draw, plane, 3, &spec), STATUS_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "h was drawn as 0, but must be from 1 to 16777216"));
    draw.value[0].number = 1e300;
    CU_ASSERT_EQUAL(config_network(config, &draw, plane, 3, &spec), STATUS_INPUT);
    draw.value[0].number = NAN;
    CU_ASSERT_EQUAL(config_network(config, &draw, plane, 3, &spec), STATUS_INPUT);
    draw.value[0].present = false;
    CU_ASSERT_EQUAL(config_network(config, &draw, plane, 3, &spec), STATUS_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "no value for h"));
    draw.value[1].choice = 2;
    CU_ASSERT_EQUAL(config_settings(config, &draw, 0, &settings), STATUS_INPUT);
    CU_ASSERT_EQUAL(config_settings(config, &draw, 1, &settings), STATUS_INPUT);
    config_destroy(&config);
}

void add_network_suite(void) {
    static const TestCase tests[] = {
        {"layers have short and long forms and default names", short_and_long_forms},
        {"from joins layers into a graph", graph},
        {"drawn numbers reach their layers", drawn_numbers},
        {"convolutions, pools and norms have defaults, pairs and words", image_layers},
        {"drawn filters, kernels and strides reach their layers", drawn_windows},
        {"a draw that does not fit is refused", untrusted_draws},
    };
    SUITE("network", tests);
}
