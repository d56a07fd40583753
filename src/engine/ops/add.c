/* y = sum of the inputs; each gets the whole gradient. */
#include <string.h>

#include "engine/op.h"

static void add_forward(const Node *node, const Run *run) {
    real *restrict y = node->output->data; /* [batch, size] */
    size_t count = run->batch * node->output->size;
    memcpy(y, node->inputs[0]->data, count * sizeof(real));
    for (size_t k = 1; k < node->input_count; k++) {
        const real *restrict x = node->inputs[k]->data; /* [batch, size] */
        for (size_t i = 0; i < count; i++) {
            y[i] += x[i];
        }
    }
}

static void add_backward(const Node *node, const Run *run) {
    const real *restrict dy = node->output->gradient; /* [batch, size] */
    size_t count = run->batch * node->output->size;
    for (size_t k = 0; k < node->input_count; k++) {
        if (!node->inputs[k]->needs_gradient) continue;
        real *restrict dx = node->inputs[k]->gradient; /* [batch, size] */
        bool adds = node->adds[k];
        for (size_t i = 0; i < count; i++) {
            dx[i] = (adds ? dx[i] : 0) + dy[i];
        }
    }
}

const Op op_add = {.name = "add",
                   .inputs_min = 2,
                   .inputs_max = NETWORK_MAX_INPUTS,
                   .reading = READS_NOTHING,
                   .shape = shape_join,
                   .forward = add_forward,
                   .backward = add_backward};
