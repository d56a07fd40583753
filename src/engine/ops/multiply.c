/* y = product of the inputs; each gets the gradient times the product of the others. */
#include <string.h>

#include "base/size.h"
#include "engine/op.h"

static void multiply_forward(const Node *node, const Run *run) {
    real *restrict y = node->output->data; /* [batch, size] */
    size_t count = run->batch * node->output->size;
    memcpy(y, node->inputs[0]->data, count * sizeof(real));
    for (size_t k = 1; k < node->input_count; k++) {
        const real *restrict x = node->inputs[k]->data; /* [batch, size] */
        for (size_t i = 0; i < count; i++) {
            y[i] *= x[i];
        }
    }
}

/* The product of the others is built anew for each input: a quotient would fail at zeros. */
static void multiply_backward(const Node *node, const Run *run) {
    const real *restrict dy = node->output->gradient; /* [batch, size] */
    real *restrict product = node->workspace;         /* [batch, size] */
    size_t count = run->batch * node->output->size;
    for (size_t k = 0; k < node->input_count; k++) {
        if (!node->inputs[k]->needs_gradient) continue;
        memcpy(product, dy, count * sizeof(real));
        for (size_t other = 0; other < node->input_count; other++) {
            if (other == k) continue;
            const real *restrict x = node->inputs[other]->data; /* [batch, size] */
            for (size_t i = 0; i < count; i++) {
                product[i] *= x[i];
            }
        }
        real *restrict dx = node->inputs[k]->gradient; /* [batch, size] */
        bool adds = node->adds[k];
        for (size_t i = 0; i < count; i++) {
            dx[i] = (adds ? dx[i] : 0) + product[i];
        }
    }
}

static bool multiply_workspace(const Node *node, size_t batch, size_t *bytes) {
    return size_mul(batch, node->output->size * sizeof(real), bytes);
}

const Op op_multiply = {.name = "multiply",
                        .inputs_min = 2,
                        .inputs_max = NETWORK_MAX_INPUTS,
                        .reading = READS_NOTHING,
                        .shape = shape_join,
                        .workspace = multiply_workspace,
                        .forward = multiply_forward,
                        .backward = multiply_backward};
