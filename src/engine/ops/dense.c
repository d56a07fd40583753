/* y = x W + b */
#include <string.h>

#include "engine/op.h"
#include "engine/product.h"

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
    Product product = {.rows = run->batch,
                       .columns = out,
                       .depth = in,
                       .count = 1,
                       .x_row = in,
                       .x_depth = 1,
                       .w_depth = out,
                       .w_column = 1,
                       .y_row = out};
    product_run(&product, node->inputs[0]->data, node->parameters[WEIGHT], node->parameters[BIAS],
                node->output->data);
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
    Product of_weight = {.rows = in,
                         .columns = out,
                         .depth = run->batch,
                         .count = 1,
                         .x_row = 1,
                         .x_depth = in,
                         .w_depth = out,
                         .w_column = 1,
                         .y_row = out};
    product_run(&of_weight, input->data, dy, NULL, node->gradients[WEIGHT]);
    if (!input->needs_gradient) return;
    Product of_input = {.rows = run->batch,
                        .columns = in,
                        .depth = out,
                        .count = 1,
                        .x_row = out,
                        .x_depth = 1,
                        .w_depth = 1,
                        .w_column = out,
                        .y_row = in,
                        .adds = node->adds[0]};
    product_run(&of_input, dy, node->parameters[WEIGHT], NULL, input->gradient);
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
