#include "campaign/config/layers.h"

#define COUNT                                                                                                \
    { .min = 1, .max = 16777216, .whole = true }
#define PLACES                                                                                               \
    { .min = 1, .max = NETWORK_MAX_WINDOW, .whole = true }
#define UNDER_1                                                                                              \
    { .min = 0, .max = 1, .below_max = true }

static const char *init_word(int value) {
    return init_kind_name((InitKind)value);
}

static const char *padding_word(int value) {
    return padding_name((Padding)value);
}

static void set_units(LayerSpec *spec, const double value[2]) {
    spec->units = (size_t)value[0];
}

static void set_init(LayerSpec *spec, const double value[2]) {
    spec->init = (InitKind)value[0];
}

static void set_rate(LayerSpec *spec, const double value[2]) {
    spec->rate = value[0];
}

static void set_slope(LayerSpec *spec, const double value[2]) {
    spec->slope = value[0];
}

static void set_kernel(LayerSpec *spec, const double value[2]) {
    spec->kernel_height = (size_t)value[0];
    spec->kernel_width = (size_t)value[1];
}

static void set_stride(LayerSpec *spec, const double value[2]) {
    spec->stride_height = (size_t)value[0];
    spec->stride_width = (size_t)value[1];
}

static void set_padding(LayerSpec *spec, const double value[2]) {
    spec->padding = (Padding)value[0];
}

static void set_momentum(LayerSpec *spec, const double value[2]) {
    spec->momentum = value[0];
}

static void set_epsilon(LayerSpec *spec, const double value[2]) {
    spec->epsilon = value[0];
}

#define INIT                                                                                                 \
    { .key = "init", .word_count = INIT_LECUN + 1, .word = init_word, .set = set_init }
#define PADDING                                                                                              \
    { .key = "padding", .word_count = PADDING_SAME + 1, .word = padding_word, .set = set_padding }

static const LayerSetting of_dense[] = {{.key = "units", .rule = COUNT, .needed = true, .set = set_units},
                                        INIT};
static const LayerSetting of_conv2d[] = {
    {.key = "filters", .rule = COUNT, .needed = true, .set = set_units},
    {.key = "kernel", .rule = PLACES, .pair = true, .needed = true, .set = set_kernel},
    {.key = "stride", .rule = PLACES, .pair = true, .standard = 1, .set = set_stride},
    PADDING,
    INIT};
static const LayerSetting of_pool[] = {
    {.key = "size", .rule = PLACES, .pair = true, .needed = true, .set = set_kernel},
    {.key = "stride", .rule = PLACES, .pair = true, .like_before = true, .set = set_stride},
    PADDING};
static const LayerSetting of_batch_norm[] = {
    {.key = "momentum", .rule = UNDER_1, .standard = 0.9, .set = set_momentum},
    /* In single precision, less is nothing beside most variances and divides by 0 beside none. */
    {.key = "epsilon", .rule = {.min = 1e-12, .max = 1}, .standard = 1e-5, .set = set_epsilon}};
static const LayerSetting of_leaky_relu[] = {
    {.key = "slope", .rule = {.min = 0, .max = 1}, .standard = 0.01, .set = set_slope}};
static const LayerSetting of_dropout[] = {{.key = "rate", .rule = UNDER_1, .needed = true, .set = set_rate}};

#define SETTINGS(list) .settings = (list), .count = sizeof(list) / sizeof((list)[0])

static const LayerForm forms[LAYER_KIND_COUNT] = {
    [LAYER_DENSE] = {.example = "dense: 128", SETTINGS(of_dense), .short_form = true},
    [LAYER_CONV2D] = {.example = "conv2d: {filters: 16, kernel: 3}", SETTINGS(of_conv2d), .images = true},
    [LAYER_MAX_POOL] = {.example = "max_pool: 2", SETTINGS(of_pool), .short_form = true, .images = true},
    [LAYER_AVERAGE_POOL] = {.example = "average_pool: 2",
                            SETTINGS(of_pool),
                            .short_form = true,
                            .images = true},
    [LAYER_GLOBAL_AVERAGE_POOL] = {.example = "global_average_pool", .images = true},
    [LAYER_BATCH_NORM] = {.example = "batch_norm: {momentum: 0.9}", SETTINGS(of_batch_norm)},
    [LAYER_FLATTEN] = {.example = "flatten"},
    [LAYER_RELU] = {.example = "relu"},
    [LAYER_LEAKY_RELU] = {.example = "leaky_relu: 0.01", SETTINGS(of_leaky_relu), .short_form = true},
    [LAYER_TANH] = {.example = "tanh"},
    [LAYER_SIGMOID] = {.example = "sigmoid"},
    [LAYER_DROPOUT] = {.example = "dropout: 0.5", SETTINGS(of_dropout), .short_form = true},
    [LAYER_ADD] = {.example = "add: {from: [a, b]}", .joins = true},
    [LAYER_MULTIPLY] = {.example = "multiply: {from: [a, b]}", .joins = true},
    [LAYER_MAXIMUM] = {.example = "maximum: {from: [a, b]}", .joins = true},
};

const LayerForm *layer_form(LayerKind kind) {
    return &forms[kind];
}
