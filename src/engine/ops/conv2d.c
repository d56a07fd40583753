/* y = b + the sum of W x over the window, as a direct convolution: in memory the values under one row of the
 * window lie side by side, so a row of outputs is a sum of matrix products, one for each row of the window,
 * whose X rows overlap (compare Georganas et al. 2018). Nothing is unfolded; only images whose windows reach
 * over the edge are copied. */
#include <string.h>

#include "base/size.h"
#include "engine/op.h"
#include "engine/ops/window.h"
#include "engine/product.h"

enum { WEIGHT, BIAS };

static Status conv2d_shape(const LayerSpec *layer, const Shape *inputs, Shape *out) {
    return window_shape(layer, inputs[0], layer->units, out);
}

static size_t conv2d_arrays(const LayerSpec *layer, Shape input, StoredArray *out) {
    size_t places = layer->kernel_height * layer->kernel_width;
    out[WEIGHT] =
        (StoredArray){.role = "weight",
                      .shape = {4, {layer->kernel_height, layer->kernel_width, input.channels, layer->units}},
                      .fan_in = places * input.channels,
                      .fan_out = places * layer->units,
                      .decays = true};
    out[BIAS] = (StoredArray){.role = "bias", .shape = {1, {layer->units}}};
    return 2;
}

/* Sizes in values, and the pieces of the scratch. */
typedef struct Layout {
    Window rows, columns;
    size_t channels, filters;
    size_t in_pitch, out_pitch; /* a row of the input, of the output */
    bool pads;                  /* windows reach over the input's edge */
    size_t padded_pitch;        /* a row of the input with what is added */
    size_t
        spread_height; /* of the gradient of y with a margin, so that every place of the input has a window */
    size_t spread_pitch;
    /* Pieces: padded image, spread gradient, turned weights, one image's part of the bias's gradient. */
    size_t padded_at, spread_at, turned_at, sum_at, end;
} Layout;

static bool add_piece(Layout *layout, size_t a, size_t b, size_t *at) {
    size_t count = 0;
    *at = layout->end;
    if (!size_mul(a, b, &count) || count > SIZE_MAX / 64 - layout->end) return false;
    layout->end += size_align(count, 64 / sizeof(real));
    return true;
}

/* False where the scratch overflows. */
static bool lay_out(const Node *node, Layout *l) {
    Shape in = node->in;
    const LayerSpec *layer = node->layer;
    *l = (Layout){.rows = window_rows(layer, in),
                  .columns = window_columns(layer, in),
                  .channels = in.channels,
                  .filters = layer->units,
                  .in_pitch = in.width * in.channels,
                  .out_pitch = node->out.width * layer->units};
    l->pads = l->rows.before > 0 || l->columns.before > 0 || l->rows.padded > in.height ||
              l->columns.padded > in.width;
    size_t kernel_values = node->arrays[WEIGHT].fan_in;
    l->spread_height = in.height + layer->kernel_height - 1;
    return size_mul(l->columns.padded, in.channels, &l->padded_pitch) &&
           size_mul(in.width + layer->kernel_width - 1, layer->units, &l->spread_pitch) &&
           add_piece(l, l->pads ? l->rows.padded : 0, l->padded_pitch, &l->padded_at) &&
           add_piece(l, l->spread_height, l->spread_pitch, &l->spread_at) &&
           add_piece(l, kernel_values, layer->units, &l->turned_at) &&
           add_piece(l, 1, layer->units, &l->sum_at);
}

static bool conv2d_scratch(const Node *node, size_t *bytes) {
    Layout layout;
    return lay_out(node, &layout) && size_mul(layout.end, sizeof(real), bytes);
}

/* One image with zeros around it: [rows.padded, columns.padded, channels]. */
static void pad(const Layout *l, const real *x, real *padded) {
    size_t before = l->columns.before * l->channels;
    size_t copied = l->padded_pitch - before < l->in_pitch ? l->padded_pitch - before : l->in_pitch;
    for (size_t r = 0; r < l->rows.padded; r++) {
        real *row = padded + r * l->padded_pitch;
        if (r < l->rows.before || r - l->rows.before >= l->rows.in) {
            memset(row, 0, l->padded_pitch * sizeof(real));
            continue;
        }
        memset(row, 0, before * sizeof(real));
        memcpy(row + before, x + (r - l->rows.before) * l->in_pitch, copied * sizeof(real));
        memset(row + before + copied, 0, (l->padded_pitch - before - copied) * sizeof(real));
    }
}

/* The image that windows are laid on, and the length of its rows. */
static const real *image(const Node *node, const Layout *l, size_t example, size_t *pitch) {
    const real *x = node->inputs[0]->data + example * node->inputs[0]->size; /* [height, width, channels] */
    *pitch = l->in_pitch;
    if (!l->pads) return x;
    real *padded = (real *)node->scratch + l->padded_at;
    pad(l, x, padded);
    *pitch = l->padded_pitch;
    return padded;
}

static void conv2d_forward(const Node *node, const Run *run) {
    Layout l;
    (void)lay_out(node, &l);
    for (size_t i = 0; i < run->batch; i++) {
        size_t pitch = 0;
        const real *x = image(node, &l, i, &pitch);
        real *y = node->output->data + i * node->output->size; /* [out height, out width, filters] */
        Product row = {.rows = l.columns.out,
                       .columns = l.filters,
                       .depth = l.columns.kernel * l.channels,
                       .count = l.rows.kernel,
                       .x_row = l.columns.stride * l.channels,
                       .x_depth = 1,
                       .x_item = pitch,
                       .w_depth = l.filters,
                       .w_column = 1,
                       .w_item = l.columns.kernel * l.channels * l.filters,
                       .y_row = l.filters};
        for (size_t r = 0; r < l.rows.out; r++) {
            product_run(&row, x + r * l.rows.stride * pitch, node->parameters[WEIGHT], node->parameters[BIAS],
                        y + r * l.out_pitch);
        }
    }
}

/* What one image adds to the bias's gradient: summed image by image, so that long sums keep their last
 * digits. */
static void bias_gradient(const Node *node, const Layout *l, const real *restrict dy, bool adds) {
    size_t places = node->out.height * node->out.width;
    real *restrict total = node->gradients[BIAS];           /* [filters] */
    real *restrict sum = (real *)node->scratch + l->sum_at; /* [filters] */
    memcpy(sum, dy, l->filters * sizeof(real));
    for (size_t p = 1; p < places; p++) {
        for (size_t f = 0; f < l->filters; f++)
            sum[f] += dy[p * l->filters + f];
    }
    for (size_t f = 0; f < l->filters; f++)
        total[f] = adds ? total[f] + sum[f] : sum[f];
}

/* What image `example` adds to the weights' gradient. */
static void weight_gradient(const Node *node, const Layout *l, size_t example, const real *dy) {
    size_t row_values = l->columns.kernel * l->channels;
    size_t pitch = 0;
    const real *x = image(node, l, example, &pitch);
    Product of_row = {.rows = row_values,
                      .columns = l->filters,
                      .depth = l->columns.out,
                      .count = l->rows.out,
                      .x_row = 1,
                      .x_depth = l->columns.stride * l->channels,
                      .x_item = l->rows.stride * pitch,
                      .w_depth = l->filters,
                      .w_column = 1,
                      .w_item = l->out_pitch,
                      .y_row = l->filters,
                      .adds = example > 0};
    for (size_t r = 0; r < l->rows.kernel; r++) {
        product_run(&of_row, x + r * pitch, dy, NULL, node->gradients[WEIGHT] + r * row_values * l->filters);
    }
}

/* turned [kernel height, kernel width, filters, channels] <- the weights with rows and columns in reverse
 * order where `reverses`, and channels and filters exchanged. */
static void turn_weights(const Node *node, const Layout *l, bool reverses, real *restrict turned) {
    size_t places = l->rows.kernel * l->columns.kernel;
    for (size_t p = 0; p < places; p++) {
        const real *restrict from =
            node->parameters[WEIGHT] + p * l->channels * l->filters; /* [channels, filters] */
        real *restrict to = turned + (reverses ? places - 1 - p : p) * l->channels * l->filters;
        for (size_t f = 0; f < l->filters; f++) {
            for (size_t c = 0; c < l->channels; c++)
                to[f * l->channels + c] = from[c * l->filters + f];
        }
    }
}

/* With stride 1 the gradient of x is itself a convolution: of dy, with a margin of zeros, and the turned
 * weights. */
static void gather_gradient(const Node *node, const Layout *l, const real *dy, real *dx) {
    real *spread = (real *)node->scratch + l->spread_at; /* [spread height, spread width, filters] */
    size_t above = l->rows.kernel - 1 - l->rows.before;
    size_t left = (l->columns.kernel - 1 - l->columns.before) * l->filters;
    for (size_t r = 0; r < l->rows.out; r++)
        memcpy(spread + (above + r) * l->spread_pitch + left, dy + r * l->out_pitch,
               l->out_pitch * sizeof(real));
    Product row = {.rows = node->in.width,
                   .columns = l->channels,
                   .depth = l->columns.kernel * l->filters,
                   .count = l->rows.kernel,
                   .x_row = l->filters,
                   .x_depth = 1,
                   .x_item = l->spread_pitch,
                   .w_depth = l->channels,
                   .w_column = 1,
                   .w_item = l->columns.kernel * l->filters * l->channels,
                   .y_row = l->channels,
                   .adds = node->adds[0]};
    for (size_t r = 0; r < node->in.height; r++) {
        product_run(&row, spread + r * l->spread_pitch, (real *)node->scratch + l->turned_at, NULL,
                    dx + r * l->in_pitch);
    }
}

/* With longer strides each place of the window adds to the inputs that it was on. */
static void scatter_gradient(const Node *node, const Layout *l, const real *dy, real *dx) {
    const real *turned = (real *)node->scratch + l->turned_at;
    if (!node->adds[0]) memset(dx, 0, node->inputs[0]->size * sizeof(real));
    for (size_t kr = 0; kr < l->rows.kernel; kr++) {
        size_t row = 0;
        size_t row_end = 0;
        window_through(&l->rows, kr, &row, &row_end);
        for (; row < row_end; row++) {
            for (size_t kc = 0; kc < l->columns.kernel; kc++) {
                size_t column = 0;
                size_t column_end = 0;
                window_through(&l->columns, kc, &column, &column_end);
                if (column >= column_end) continue;
                Product part = {.rows = column_end - column,
                                .columns = l->channels,
                                .depth = l->filters,
                                .count = 1,
                                .x_row = l->filters,
                                .x_depth = 1,
                                .w_depth = l->channels,
                                .w_column = 1,
                                .y_row = l->columns.stride * l->channels,
                                .adds = true};
                size_t at_row = row * l->rows.stride + kr - l->rows.before;
                size_t at_column = column * l->columns.stride + kc - l->columns.before;
                product_run(&part, dy + row * l->out_pitch + column * l->filters,
                            turned + (kr * l->columns.kernel + kc) * l->filters * l->channels, NULL,
                            dx + at_row * l->in_pitch + at_column * l->channels);
            }
        }
    }
}

/* All three gradients of one image while its dy is in the cache. */
static void conv2d_backward(const Node *node, const Run *run) {
    Layout l;
    (void)lay_out(node, &l);
    bool to_input = node->inputs[0]->needs_gradient;
    bool gathers = l.rows.stride == 1 && l.columns.stride == 1;
    if (to_input) turn_weights(node, &l, gathers, (real *)node->scratch + l.turned_at);
    if (to_input && gathers)
        memset((real *)node->scratch + l.spread_at, 0, l.spread_height * l.spread_pitch * sizeof(real));
    for (size_t i = 0; i < run->batch; i++) {
        const real *dy =
            node->output->gradient + i * node->output->size; /* [out height, out width, filters] */
        bias_gradient(node, &l, dy, i > 0);
        weight_gradient(node, &l, i, dy);
        if (!to_input) continue;
        real *dx = node->inputs[0]->gradient + i * node->inputs[0]->size; /* [height, width, channels] */
        if (gathers)
            gather_gradient(node, &l, dy, dx);
        else
            scatter_gradient(node, &l, dy, dx);
    }
}

const Op op_conv2d = {.name = "conv2d",
                      .settings = SETTING_UNITS | SETTING_INIT | SETTING_WINDOW,
                      .inputs_min = 1,
                      .inputs_max = 1,
                      .reading = READS_NOTHING,
                      .shape = conv2d_shape,
                      .arrays = conv2d_arrays,
                      .scratch = conv2d_scratch,
                      .forward = conv2d_forward,
                      .backward = conv2d_backward};
