/* y = 1 / (1 + exp(-x)), dx = y (1 - y) dy */
#include <tgmath.h>

#include "engine/op.h"

static void sigmoid_forward(const Node *node, const Run *run) {
    const real *x = node->inputs[0]->data; /* [batch, size] */
    real *y = node->output->data;          /* [batch, size] */
    size_t count = run->batch * node->output->size;
    for (size_t i = 0; i < count; i++) {
        y[i] = 1 / (1 + exp(-x[i]));
    }
}

static void sigmoid_backward(const Node *node, const Run *run) {
    const real *y = node->output->data;      /* [batch, size] */
    const real *dy = node->output->gradient; /* [batch, size] */
    real *dx = node->inputs[0]->gradient;    /* [batch, size] */
    size_t count = run->batch * node->output->size;
    bool adds = node->adds[0];
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        dx[i] = (adds ? dx[i] : 0) + y[i] * (1 - y[i]) * dy[i];
    }
}

const Op op_sigmoid = {.name = "sigmoid",
                       .inputs_min = 1,
                       .inputs_max = 1,
                       .in_place = true,
                       .reading = READS_VALUES,
                       .shape = shape_same,
                       .forward = sigmoid_forward,
                       .backward = sigmoid_backward};
