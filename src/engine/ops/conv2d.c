/* y = sum over the window of x W + b */
#include "engine/op.h"
#include "engine/ops/window.h"

enum { WEIGHT, BIAS };

static Status conv2d_shape(const LayerSpec *layer, const Shape *inputs, Shape *out) {
    return window_shape(layer, inputs[0], layer->units, out);
}

static size_t conv2d_arrays(const LayerSpec *layer, Shape input, StoredArray *out) {
    size_t places = layer->kernel_height * layer->kernel_width;
    out[WEIGHT] =
        (StoredArray){.role = "weight",
                      .shape = {4, {layer->kernel_height, layer->kernel_width, input.channels, layer->units}},
                      .fan_in = places * input.channels,
                      .fan_out = places * layer->units,
                      .decays = true};
    out[BIAS] = (StoredArray){.role = "bias", .shape = {1, {layer->units}}};
    return 2;
}

const Op op_conv2d = {.name = "conv2d",
                      .settings = SETTING_UNITS | SETTING_INIT | SETTING_WINDOW,
                      .inputs_min = 1,
                      .inputs_max = 1,
                      .reading = READS_NOTHING,
                      .shape = conv2d_shape,
                      .arrays = conv2d_arrays};
