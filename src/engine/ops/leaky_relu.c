/* y = x where x > 0, else slope x; slope in [0, 1], so that the sign of y tells the side. */
#include "engine/branches.h"
#include "engine/op.h"

static void leaky_relu_forward(const Node *node, const Run *run) {
    const real *x = node->inputs[0]->data; /* [batch, size] */
    real *y = node->output->data;          /* [batch, size] */
    real slope = (real)node->layer->slope;
    size_t count = run->batch * node->output->size;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        y[i] = x[i] < 0 ? slope * x[i] : x[i];
    }
}

static void leaky_relu_backward(const Node *node, const Run *run) {
    const real *y = node->output->data;      /* [batch, size] */
    const real *dy = node->output->gradient; /* [batch, size] */
    real *dx = node->inputs[0]->gradient;    /* [batch, size] */
    real slope = (real)node->layer->slope;
    size_t count = run->batch * node->output->size;
    bool adds = node->adds[0];
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        dx[i] = (adds ? dx[i] : 0) + (y[i] <= 0 ? slope * dy[i] : dy[i]);
    }
}

static uint64_t leaky_relu_branches(const Node *node, size_t batch, uint64_t hash) {
    const real *y = node->output->data; /* [batch, size] */
    for (size_t i = 0; i < batch * node->output->size; i++) {
        hash = branch_hash(hash, y[i] > 0);
    }
    return hash;
}

const Op op_leaky_relu = {.name = "leaky_relu",
                          .settings = SETTING_SLOPE,
                          .inputs_min = 1,
                          .inputs_max = 1,
                          .in_place = true,
                          .reading = READS_SIGN,
                          .shape = shape_same,
                          .forward = leaky_relu_forward,
                          .backward = leaky_relu_backward,
                          .branches = leaky_relu_branches};
