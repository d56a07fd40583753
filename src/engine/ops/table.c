#include "engine/loss.h"
#include "engine/op.h"

static const Op *const OPS[LAYER_KIND_COUNT] = {
    [LAYER_CONV2D] = &op_conv2d,
    [LAYER_MAX_POOL] = &op_max_pool,
    [LAYER_AVERAGE_POOL] = &op_average_pool,
    [LAYER_GLOBAL_AVERAGE_POOL] = &op_global_average_pool,
    [LAYER_BATCH_NORM] = &op_batch_norm,
    [LAYER_DENSE] = &op_dense,
    [LAYER_FLATTEN] = &op_flatten,
    [LAYER_RELU] = &op_relu,
    [LAYER_LEAKY_RELU] = &op_leaky_relu,
    [LAYER_TANH] = &op_tanh,
    [LAYER_SIGMOID] = &op_sigmoid,
    [LAYER_DROPOUT] = &op_dropout,
    [LAYER_ADD] = &op_add,
    [LAYER_MULTIPLY] = &op_multiply,
    [LAYER_MAXIMUM] = &op_maximum,
};

static const Loss *const LOSSES[] = {
    [LOSS_SOFTMAX_CROSS_ENTROPY] = &loss_softmax_cross_entropy,
    [LOSS_HINGE] = &loss_hinge,
    [LOSS_MEAN_SQUARED_ERROR] = &loss_mean_squared_error,
};

const Op *op_of(LayerKind kind) {
    return OPS[kind];
}

const Loss *loss_of(LossKind kind) {
    return LOSSES[kind];
}
