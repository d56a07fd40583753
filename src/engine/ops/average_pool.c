/* y = the mean of the values under the window that lie on the image; each gets its part of the gradient. */
#include <string.h>

#include "engine/op.h"
#include "engine/ops/mean.h"
#include "engine/ops/window.h"

static Status average_pool_shape(const LayerSpec *layer, const Shape *inputs, Shape *out) {
    return window_shape(layer, inputs[0], inputs[0].channels, out);
}

static void average_pool_forward(const Node *node, const Run *run) {
    const real *x = node->inputs[0]->data; /* [batch, in.height, in.width, channels] */
    real *y = node->output->data;          /* [batch, out.height, out.width, channels] */
    Window rows = window_rows(node->layer, node->in), columns = window_columns(node->layer, node->in);
    for (size_t i = 0; i < run->batch; i++, x += node->inputs[0]->size) {
        for (size_t row = 0; row < rows.out; row++) {
            for (size_t column = 0; column < columns.out; column++, y += node->out.channels) {
                Places places = window_places(&rows, &columns, node->in, row, column);
                mean_of_places(&places, x, y);
            }
        }
    }
}

static void average_pool_backward(const Node *node, const Run *run) {
    const real *dy = node->output->gradient; /* [batch, out.height, out.width, channels] */
    real *dx = node->inputs[0]->gradient;    /* [batch, in.height, in.width, channels] */
    size_t size = node->inputs[0]->size;
    Window rows = window_rows(node->layer, node->in), columns = window_columns(node->layer, node->in);
    bool clears = !node->adds[0] && !(window_tiles(&rows) && window_tiles(&columns));
    bool adds = node->adds[0] || clears;
    for (size_t i = 0; i < run->batch; i++, dx += size) {
        if (clears) memset(dx, 0, size * sizeof(real));
        for (size_t row = 0; row < rows.out; row++) {
            for (size_t column = 0; column < columns.out; column++, dy += node->out.channels) {
                Places places = window_places(&rows, &columns, node->in, row, column);
                mean_hand_back(&places, dy, adds, dx);
            }
        }
    }
}

const Op op_average_pool = {.name = "average_pool",
                            .settings = SETTING_WINDOW,
                            .inputs_min = 1,
                            .inputs_max = 1,
                            .reading = READS_NOTHING,
                            .shape = average_pool_shape,
                            .forward = average_pool_forward,
                            .backward = average_pool_backward};
