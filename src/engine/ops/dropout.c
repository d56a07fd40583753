/* Inverted dropout (Srivastava et al. 2014): in training, y = x / (1 - rate) where kept, else 0; in
 * evaluation y = x.
 *
 * The rule, by which any program can tell what was kept: number the values of the batch i = example * size +
 * j, and let g = i / 64, w = i / 16 % 4, l = i % 16. Value i is dropped when word w of Philox block 16 g + l
 * of the stream (RANDOM_DROPOUT, stage, lane = layer, number, step) is under round(rate * 2^32). */
#include <math.h>
#include <string.h>

#include "base/philox.h"
#include "base/size.h"
#include "engine/op.h"
#include "engine/philox_lanes.h"

static uint32_t threshold(double rate) {
    double scaled = nearbyint(rate * 0x1p32);
    return scaled < 0x1p32 ? (uint32_t)scaled : UINT32_MAX;
}

/* kept [count rounded up to 64] <- 1 or 0 */
static void draw(const Node *node, const Run *run, size_t count, uint8_t *kept) {
    RandomStream stream = random_stream(run->key.seed, RANDOM_DROPOUT, run->key.stage, (uint16_t)node->index,
                                        run->key.number, run->step);
    uint32_t least = threshold(node->layer->rate);
    uint32_t words[4 * PHILOX_LANES];
    for (size_t i = 0; i < count; i += 4 * PHILOX_LANES) {
        philox_lanes(&stream, (uint32_t)(i / 4), words);
        for (size_t k = 0; k < 4 * PHILOX_LANES; k++) {
            kept[i + k] = words[k] >= least;
        }
    }
}

static void dropout_forward(const Node *node, const Run *run) {
    const real *x = node->inputs[0]->data; /* [batch, size] */
    real *y = node->output->data;          /* [batch, size] */
    size_t count = run->batch * node->output->size;
    if (!run->training || node->layer->rate == 0) {
        if (!node->in_place) memcpy(y, x, count * sizeof(real));
        return;
    }
    uint8_t *kept = node->workspace; /* [batch, size] */
    draw(node, run, count, kept);
    real scale = (real)(1 / (1 - node->layer->rate));
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        y[i] = kept[i] != 0 ? scale * x[i] : 0;
    }
}

static void dropout_backward(const Node *node, const Run *run) {
    const real *dy = node->output->gradient; /* [batch, size] */
    real *dx = node->inputs[0]->gradient;    /* [batch, size] */
    const uint8_t *kept = node->workspace;   /* [batch, size] */
    size_t count = run->batch * node->output->size;
    bool adds = node->adds[0];
    bool all = node->layer->rate == 0;
    real scale = (real)(1 / (1 - node->layer->rate));
    if (all && node->in_place) return;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        dx[i] = (adds ? dx[i] : 0) + (all || kept[i] != 0 ? scale * dy[i] : 0);
    }
}

static bool dropout_workspace(const Node *node, size_t batch, size_t *bytes) {
    return size_mul(batch, node->output->size, bytes);
}

const Op op_dropout = {.name = "dropout",
                       .settings = SETTING_RATE,
                       .inputs_min = 1,
                       .inputs_max = 1,
                       .in_place = true,
                       .keeps_sign = true,
                       .reading = READS_NOTHING,
                       .shape = shape_same,
                       .workspace = dropout_workspace,
                       .forward = dropout_forward,
                       .backward = dropout_backward};
