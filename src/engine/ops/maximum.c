/* y = the largest input, which alone gets the gradient; the first on ties, and NaN counts as the largest. */
#include <string.h>

#include "base/size.h"
#include "engine/branches.h"
#include "engine/op.h"

static void maximum_forward(const Node *node, const Run *run) {
    real *restrict y = node->output->data;      /* [batch, size] */
    uint8_t *restrict winner = node->workspace; /* [batch, size] index of the largest input */
    size_t count = run->batch * node->output->size;
    memcpy(y, node->inputs[0]->data, count * sizeof(real));
    memset(winner, 0, count);
    for (size_t k = 1; k < node->input_count; k++) {
        const real *restrict x = node->inputs[k]->data; /* [batch, size] */
        for (size_t i = 0; i < count; i++) {
            bool wins = x[i] > y[i] || (x[i] != x[i] && y[i] == y[i]);
            winner[i] = wins ? (uint8_t)k : winner[i];
            y[i] = wins ? x[i] : y[i];
        }
    }
}

static void maximum_backward(const Node *node, const Run *run) {
    const real *restrict dy = node->output->gradient; /* [batch, size] */
    const uint8_t *restrict winner = node->workspace; /* [batch, size] */
    size_t count = run->batch * node->output->size;
    for (size_t k = 0; k < node->input_count; k++) {
        if (!node->inputs[k]->needs_gradient) continue;
        real *restrict dx = node->inputs[k]->gradient; /* [batch, size] */
        bool adds = node->adds[k];
        for (size_t i = 0; i < count; i++) {
            dx[i] = (adds ? dx[i] : 0) + (winner[i] == k ? dy[i] : 0);
        }
    }
}

static bool maximum_workspace(const Node *node, size_t batch, size_t *bytes) {
    return size_mul(batch, node->output->size, bytes);
}

static uint64_t maximum_branches(const Node *node, size_t batch, uint64_t hash) {
    const uint8_t *winner = node->workspace; /* [batch, size] */
    for (size_t i = 0; i < batch * node->output->size; i++) {
        hash = branch_hash(hash, winner[i]);
    }
    return hash;
}

const Op op_maximum = {.name = "maximum",
                       .inputs_min = 2,
                       .inputs_max = NETWORK_MAX_INPUTS,
                       .reading = READS_NOTHING,
                       .shape = shape_join,
                       .workspace = maximum_workspace,
                       .forward = maximum_forward,
                       .backward = maximum_backward,
                       .branches = maximum_branches};
