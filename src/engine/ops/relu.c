/* y = max(x, 0), NaN stays NaN; at 0 the derivative is 0. */
#include "engine/branches.h"
#include "engine/op.h"

static void relu_forward(const Node *node, const Run *run) {
    const real *x = node->inputs[0]->data; /* [batch, size] */
    real *y = node->output->data;          /* [batch, size] */
    size_t count = run->batch * node->output->size;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        y[i] = x[i] < 0 ? 0 : x[i];
    }
}

static void relu_backward(const Node *node, const Run *run) {
    const real *y = node->output->data;      /* [batch, size] */
    const real *dy = node->output->gradient; /* [batch, size] */
    real *dx = node->inputs[0]->gradient;    /* [batch, size] */
    size_t count = run->batch * node->output->size;
    bool adds = node->adds[0];
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        dx[i] = (adds ? dx[i] : 0) + (y[i] <= 0 ? 0 : dy[i]);
    }
}

static uint64_t relu_branches(const Node *node, size_t batch, uint64_t hash) {
    const real *y = node->output->data; /* [batch, size] */
    for (size_t i = 0; i < batch * node->output->size; i++) {
        hash = branch_hash(hash, y[i] > 0);
    }
    return hash;
}

const Op op_relu = {.name = "relu",
                    .inputs_min = 1,
                    .inputs_max = 1,
                    .in_place = true,
                    .reading = READS_SIGN,
                    .shape = shape_same,
                    .forward = relu_forward,
                    .backward = relu_backward,
                    .branches = relu_branches};
