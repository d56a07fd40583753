/* Networks written layer by layer, for tests of the graph. */
#ifndef WINNOW_TESTS_ENGINE_NETS_H
#define WINNOW_TESTS_ENGINE_NETS_H

#include <stdio.h>

#include "engine/network_spec.h"

/* An empty network of `inputs` columns. */
static inline NetworkSpec net_of(size_t inputs, size_t classes, LossKind loss) {
    return (NetworkSpec){.input = {1, 1, inputs}, .classes = classes, .loss = loss};
}

/* Append a layer named kind + number, such as "relu3", fed by layer `from`; the value is its index. */
static inline size_t net_add(NetworkSpec *spec, LayerKind kind, size_t from) {
    size_t at = spec->layer_count++;
    LayerSpec *layer = &spec->layers[at];
    *layer = (LayerSpec){.kind = kind, .inputs = {from}, .input_count = 1, .slope = 0.01};
    (void)snprintf(layer->name, sizeof layer->name, "%s%zu", layer_kind_name(kind), at);
    return at;
}

static inline size_t net_dense(NetworkSpec *spec, size_t from, size_t units) {
    size_t at = net_add(spec, LAYER_DENSE, from);
    spec->layers[at].units = units;
    return at;
}

static inline size_t net_dropout(NetworkSpec *spec, size_t from, double rate) {
    size_t at = net_add(spec, LAYER_DROPOUT, from);
    spec->layers[at].rate = rate;
    return at;
}

static inline size_t net_conv2d(NetworkSpec *spec, size_t from, size_t filters, size_t height, size_t width,
                                size_t stride, Padding padding) {
    size_t at = net_add(spec, LAYER_CONV2D, from);
    LayerSpec *layer = &spec->layers[at];
    layer->units = filters;
    layer->kernel_height = height;
    layer->kernel_width = width;
    layer->stride_height = layer->stride_width = stride;
    layer->padding = padding;
    return at;
}

static inline size_t net_pool(NetworkSpec *spec, LayerKind kind, size_t from, size_t size, size_t stride,
                              Padding padding) {
    size_t at = net_add(spec, kind, from);
    LayerSpec *layer = &spec->layers[at];
    layer->kernel_height = layer->kernel_width = size;
    layer->stride_height = layer->stride_width = stride;
    layer->padding = padding;
    return at;
}

static inline size_t net_batch_norm(NetworkSpec *spec, size_t from) {
    size_t at = net_add(spec, LAYER_BATCH_NORM, from);
    spec->layers[at].momentum = 0.875;
    spec->layers[at].epsilon = 0.5;
    return at;
}

/* A layer with two inputs. */
static inline size_t net_join(NetworkSpec *spec, LayerKind kind, size_t a, size_t b) {
    size_t at = net_add(spec, kind, a);
    spec->layers[at].inputs[1] = b;
    spec->layers[at].input_count = 2;
    return at;
}

/* dense - activation - dense */
static inline NetworkSpec net_chain(size_t inputs, size_t hidden, LayerKind activation, size_t classes,
                                    LossKind loss) {
    NetworkSpec spec = net_of(inputs, classes, loss);
    size_t last = net_dense(&spec, NETWORK_INPUT, hidden);
    last = net_add(&spec, activation, last);
    (void)net_dense(&spec, last, classes);
    return spec;
}

/* A skip connection by add, a gate by multiply, maxout by maximum, a node with three consumers, dropout,
 * flatten. */
static inline NetworkSpec net_branched(LossKind loss) {
    NetworkSpec spec = net_of(7, 4, loss);
    size_t trunk = net_dense(&spec, NETWORK_INPUT, 6);
    size_t tanh_of = net_add(&spec, LAYER_TANH, trunk); /* consumed three times */
    size_t skip = net_dense(&spec, tanh_of, 6);
    size_t relu_of = net_add(&spec, LAYER_RELU, skip);
    size_t sum = net_join(&spec, LAYER_ADD, relu_of, tanh_of);
    size_t gate = net_dense(&spec, tanh_of, 6);
    size_t sigmoid_of = net_add(&spec, LAYER_SIGMOID, gate);
    size_t gated = net_join(&spec, LAYER_MULTIPLY, sum, sigmoid_of);
    size_t flat = net_add(&spec, LAYER_FLATTEN, gated);
    size_t drop = net_dropout(&spec, flat, 0.3);
    size_t left = net_dense(&spec, drop, 5);
    size_t right = net_dense(&spec, drop, 5);
    size_t maxout = net_join(&spec, LAYER_MAXIMUM, left, right);
    (void)net_dense(&spec, maxout, 4);
    return spec;
}

/* Values in [-1, 1) that look random and are the same everywhere. */
static inline double net_value(size_t i) {
    return (double)((i * 2654435761U + 12345) % 65536 * 40503 % 65536) / 32768 - 1;
}

#endif
