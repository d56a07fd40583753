/* y = tanh(x), dx = (1 - y^2) dy */
#include <tgmath.h>

#include "engine/op.h"

static void tanh_forward(const Node *node, const Run *run) {
    const real *x = node->inputs[0]->data; /* [batch, size] */
    real *y = node->output->data;          /* [batch, size] */
    size_t count = run->batch * node->output->size;
    for (size_t i = 0; i < count; i++) {
        y[i] = tanh(x[i]);
    }
}

static void tanh_backward(const Node *node, const Run *run) {
    const real *y = node->output->data;      /* [batch, size] */
    const real *dy = node->output->gradient; /* [batch, size] */
    real *dx = node->inputs[0]->gradient;    /* [batch, size] */
    size_t count = run->batch * node->output->size;
    bool adds = node->adds[0];
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        dx[i] = (adds ? dx[i] : 0) + (1 - y[i] * y[i]) * dy[i];
    }
}

const Op op_tanh = {.name = "tanh",
                    .inputs_min = 1,
                    .inputs_max = 1,
                    .in_place = true,
                    .reading = READS_VALUES,
                    .shape = shape_same,
                    .forward = tanh_forward,
                    .backward = tanh_backward};
