#include "onnx/layers.h"

#include <stdio.h>
#include <string.h>

#include "engine/ops/window.h"

/* Inputs of a node, the first ones of the list. */
#define NODE(layer, op, output, ...)                                                                         \
    onnx_node((layer)->model, op, output, (const char *const[]){__VA_ARGS__},                                \
              sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

OnnxName onnx_name(const char *owner, const char *part) {
    OnnxName name;
    (void)snprintf(name.text, sizeof(name.text), "%s/%s", owner, part);
    return name;
}

/* --- arrays --- */

static ParameterBlock block_of(const OnnxLayer *layer, const char *role) {
    size_t i = 0;
    ParameterBlock block = network_block(layer->network, i);
    while (strcmp(block.layer, layer->spec->name) != 0 || strcmp(block.role, role) != 0)
        block = network_block(layer->network, ++i);
    return block;
}

static OnnxName add_array(const OnnxLayer *layer, const char *role) {
    OnnxName name = onnx_name(layer->output, role);
    ParameterBlock block = block_of(layer, role);
    float *values = onnx_floats(layer->model, name.text, block.shape);
    if (values != NULL) memcpy(values, layer->parameters + block.offset, block.count * sizeof(*values));
    return name;
}

/* [height, width, in, out] as [out, in, height, width]. */
static OnnxName add_kernel(const OnnxLayer *layer) {
    OnnxName name = onnx_name(layer->output, "weight");
    ParameterBlock block = block_of(layer, "weight");
    size_t places = block.shape.dims[0] * block.shape.dims[1];
    size_t in = block.shape.dims[2], out = block.shape.dims[3];
    const float *from = layer->parameters + block.offset;
    ArrayShape shape = {4, {out, in, block.shape.dims[0], block.shape.dims[1]}};
    float *to = onnx_floats(layer->model, name.text, shape);
    for (size_t o = 0; to != NULL && o < out; o++) {
        for (size_t i = 0; i < in; i++) {
            for (size_t p = 0; p < places; p++)
                to[(o * in + i) * places + p] = from[(p * in + i) * out + o];
        }
    }
    return name;
}

/* --- from an image to one place, and back --- */

static void flatten(OnnxModel *model, const char *from, const char *to) {
    onnx_node(model, "Flatten", to, &from, 1);
    onnx_set_integer(model, "axis", 1);
}

void onnx_flatten(OnnxModel *model, bool planes, const char *from, const char *to) {
    static const int64_t CHANNELS_LAST[] = {0, 2, 3, 1};
    OnnxName places = onnx_name(to, "places");
    if (planes) {
        onnx_node(model, "Transpose", places.text, &from, 1);
        onnx_set_integers(model, "perm", 4, CHANNELS_LAST);
        from = places.text;
    }
    flatten(model, from, to);
}

/* Nodes for images take a single place as an image of that. */
static OnnxName as_image(const OnnxLayer *layer) {
    static const int64_t HEIGHT_AND_WIDTH[] = {2, 3};
    OnnxName image = onnx_name(layer->output, "image"), axes = onnx_name(layer->output, "axes");
    if (onnx_is_image(layer->in)) {
        (void)snprintf(image.text, sizeof(image.text), "%s", layer->input[0]);
        return image;
    }
    onnx_integers(layer->model, axes.text, 2, HEIGHT_AND_WIDTH);
    NODE(layer, "Unsqueeze", image.text, layer->input[0], axes.text);
    return image;
}

/* What such a node is to call its output, and what turns that into the layer's value. */
static OnnxName image_output(const OnnxLayer *layer) {
    OnnxName name = onnx_name(layer->output, "place");
    if (onnx_is_image(layer->out)) (void)snprintf(name.text, sizeof(name.text), "%s", layer->output);
    return name;
}

static void settle(const OnnxLayer *layer, const OnnxName *output) {
    if (!onnx_is_image(layer->out)) flatten(layer->model, output->text, layer->output);
}

/* --- layers --- */

static void add_dense(const OnnxLayer *layer) {
    OnnxName vector = onnx_name(layer->output, "vector");
    OnnxName weight = add_array(layer, "weight"), bias = add_array(layer, "bias");
    const char *input = layer->input[0];
    if (onnx_is_image(layer->in)) {
        onnx_flatten(layer->model, layer->planes, input, vector.text);
        input = vector.text;
    }
    NODE(layer, "Gemm", layer->output, input, weight.text, bias.text);
}

static int64_t places_after(const Window *window) {
    size_t reach = window->before + window->in;
    return window->padded > reach ? (int64_t)(window->padded - reach) : 0;
}

static void set_window(const OnnxLayer *layer) {
    Window rows = window_rows(layer->spec, layer->in), columns = window_columns(layer->spec, layer->in);
    const int64_t kernel[] = {(int64_t)rows.kernel, (int64_t)columns.kernel};
    const int64_t strides[] = {(int64_t)rows.stride, (int64_t)columns.stride};
    const int64_t pads[] = {(int64_t)rows.before, (int64_t)columns.before, places_after(&rows),
                            places_after(&columns)};
    onnx_set_integers(layer->model, "kernel_shape", 2, kernel);
    onnx_set_integers(layer->model, "strides", 2, strides);
    onnx_set_integers(layer->model, "pads", 4, pads);
}

static void add_conv2d(const OnnxLayer *layer) {
    OnnxName image = as_image(layer), output = image_output(layer);
    OnnxName weight = add_kernel(layer), bias = add_array(layer, "bias");
    NODE(layer, "Conv", output.text, image.text, weight.text, bias.text);
    set_window(layer);
    settle(layer, &output);
}

/* To ONNX as to winnow, places beyond the image do not exist for a maximum. */
static void add_max_pool(const OnnxLayer *layer) {
    OnnxName image = as_image(layer), output = image_output(layer);
    NODE(layer, "MaxPool", output.text, image.text);
    set_window(layer);
    settle(layer, &output);
}

static void add_average_pool(const OnnxLayer *layer) {
    OnnxName image = as_image(layer), output = image_output(layer);
    NODE(layer, "AveragePool", output.text, image.text);
    onnx_set_integer(layer->model, "count_include_pad", 0);
    set_window(layer);
    settle(layer, &output);
}

static void add_global_average_pool(const OnnxLayer *layer) {
    OnnxName output = image_output(layer);
    NODE(layer, "GlobalAveragePool", output.text, layer->input[0]);
    settle(layer, &output);
}

static void add_batch_norm(const OnnxLayer *layer) {
    OnnxName scale = add_array(layer, "scale"), shift = add_array(layer, "shift");
    OnnxName mean = add_array(layer, "mean"), variance = add_array(layer, "variance");
    NODE(layer, "BatchNormalization", layer->output, layer->input[0], scale.text, shift.text, mean.text,
         variance.text);
    onnx_set_float(layer->model, "epsilon", (float)layer->spec->epsilon);
}

static void add_flatten(const OnnxLayer *layer) {
    onnx_flatten(layer->model, layer->planes, layer->input[0], layer->output);
}

static void add_relu(const OnnxLayer *layer) {
    NODE(layer, "Relu", layer->output, layer->input[0]);
}

static void add_leaky_relu(const OnnxLayer *layer) {
    NODE(layer, "LeakyRelu", layer->output, layer->input[0]);
    onnx_set_float(layer->model, "alpha", (float)layer->spec->slope);
}

static void add_tanh(const OnnxLayer *layer) {
    NODE(layer, "Tanh", layer->output, layer->input[0]);
}

static void add_sigmoid(const OnnxLayer *layer) {
    NODE(layer, "Sigmoid", layer->output, layer->input[0]);
}

static void add_add(const OnnxLayer *layer) {
    onnx_node(layer->model, "Sum", layer->output, layer->input, layer->spec->input_count);
}

static void add_maximum(const OnnxLayer *layer) {
    onnx_node(layer->model, "Max", layer->output, layer->input, layer->spec->input_count);
}

/* ONNX multiplies two at a time. */
static void add_multiply(const OnnxLayer *layer) {
    size_t count = layer->spec->input_count;
    OnnxName before = {0}, product;
    const char *so_far = layer->input[0];
    for (size_t k = 1; k < count; k++) {
        char part[32];
        (void)snprintf(part, sizeof(part), "product%zu", k);
        product = onnx_name(layer->output, part);
        NODE(layer, "Mul", k + 1 == count ? layer->output : product.text, so_far, layer->input[k]);
        before = product;
        so_far = before.text;
    }
}

/* NULL for what training alone knows. */
static void (*const ADD[LAYER_KIND_COUNT])(const OnnxLayer *) = {
    [LAYER_DENSE] = add_dense,
    [LAYER_CONV2D] = add_conv2d,
    [LAYER_MAX_POOL] = add_max_pool,
    [LAYER_AVERAGE_POOL] = add_average_pool,
    [LAYER_GLOBAL_AVERAGE_POOL] = add_global_average_pool,
    [LAYER_BATCH_NORM] = add_batch_norm,
    [LAYER_FLATTEN] = add_flatten,
    [LAYER_RELU] = add_relu,
    [LAYER_LEAKY_RELU] = add_leaky_relu,
    [LAYER_TANH] = add_tanh,
    [LAYER_SIGMOID] = add_sigmoid,
    [LAYER_DROPOUT] = NULL,
    [LAYER_ADD] = add_add,
    [LAYER_MULTIPLY] = add_multiply,
    [LAYER_MAXIMUM] = add_maximum,
};

bool onnx_layer_needs_planes(const LayerSpec *layer, Shape in) {
    switch (layer->kind) {
    case LAYER_CONV2D:
    case LAYER_MAX_POOL:
    case LAYER_AVERAGE_POOL:
    case LAYER_GLOBAL_AVERAGE_POOL:
    case LAYER_BATCH_NORM: return onnx_is_image(in);
    default: return false;
    }
}

bool onnx_layer_is_nothing(const LayerSpec *layer, Shape in) {
    switch (layer->kind) {
    case LAYER_DROPOUT: return true;
    case LAYER_FLATTEN:
    case LAYER_GLOBAL_AVERAGE_POOL: return !onnx_is_image(in);
    default: return false;
    }
}

void onnx_layer(const OnnxLayer *layer) {
    ADD[layer->spec->kind](layer);
}
