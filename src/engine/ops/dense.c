/* y = x W + b */
#include <string.h>

#include "engine/blas.h"
#include "engine/op.h"

enum { WEIGHT, BIAS };

static Status dense_shape(const LayerSpec *layer, const Shape *inputs, Shape *out) {
    (void)inputs;
    *out = (Shape){1, 1, layer->units};
    return STATUS_OK;
}

static size_t dense_arrays(const LayerSpec *layer, Shape input, StoredArray *out) {
    size_t in = shape_size(input), units = layer->units;
    out[WEIGHT] = (StoredArray){
        .role = "weight", .shape = {2, {in, units}}, .fan_in = in, .fan_out = units, .decays = true};
    out[BIAS] = (StoredArray){.role = "bias", .shape = {1, {units}}};
    return 2;
}

static void dense_forward(const Node *node, const Run *run) {
    size_t in = node->inputs[0]->size;
    size_t out = node->output->size;
    const real *restrict bias = node->parameters[BIAS]; /* [out] */
    real *restrict y = node->output->data;              /* [batch, out] */
    blas_gemm(0, 0, run->batch, out, in, node->inputs[0]->data, node->parameters[WEIGHT], 0, y);
    for (size_t i = 0; i < run->batch; i++) {
        for (size_t j = 0; j < out; j++) {
            y[i * out + j] += bias[j];
        }
    }
}

static void dense_backward(const Node *node, const Run *run) {
    const Value *input = node->inputs[0];
    size_t in = input->size;
    size_t out = node->output->size;
    const real *restrict dy = node->output->gradient; /* [batch, out] */
    real *restrict dbias = node->gradients[BIAS];     /* [out] */
    memcpy(dbias, dy, out * sizeof(real));
    for (size_t i = 1; i < run->batch; i++) {
        for (size_t j = 0; j < out; j++) {
            dbias[j] += dy[i * out + j];
        }
    }
    blas_gemm(1, 0, in, out, run->batch, input->data, dy, 0, node->gradients[WEIGHT]);
    if (input->needs_gradient) {
        blas_gemm(0, 1, run->batch, in, out, dy, node->parameters[WEIGHT], node->adds[0] ? 1 : 0,
                  input->gradient);
    }
}

const Op op_dense = {.name = "dense",
                     .settings = SETTING_UNITS | SETTING_INIT,
                     .inputs_min = 1,
                     .inputs_max = 1,
                     .reading = READS_NOTHING,
                     .shape = dense_shape,
                     .arrays = dense_arrays,
                     .forward = dense_forward,
                     .backward = dense_backward};
