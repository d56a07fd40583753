/* y = the largest value under the window, which alone gets the gradient; the first on ties, NaN as the
 * largest. Places beyond the image do not exist. */
#include <math.h>
#include <string.h>

#include "base/size.h"
#include "engine/branches.h"
#include "engine/op.h"
#include "engine/ops/lanes.h"
#include "engine/ops/window.h"

#define INLINE static inline __attribute__((always_inline))

/* `count` channels of one window. */
INLINE void largest(const Places *places, size_t rows, size_t columns, size_t count, const real *x, real *y,
                    LaneInteger *winners) {
    Lanes best;
    lanes_load(&best, x, count);
    LaneIntegers won = (LaneIntegers){0} + (LaneInteger)places->first;
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) {
            Lanes value;
            lanes_load(&value, x + i * places->row_pitch + j * places->channels, count);
            LaneIntegers wins = ~(value <= best) & (best <= (real)INFINITY); /* once NaN, it stays */
            LaneInteger place = (LaneInteger)(places->first + i * places->number_pitch + j);
            best = (Lanes)((wins & (LaneIntegers)value) | (~wins & (LaneIntegers)best));
            won = (wins & place) | (~wins & won);
        }
    }
    lanes_store(&best, y, count);
    lanes_store_integers(&won, winners, count);
}

/* The gradient of `count` channels of one window goes to the winners. */
INLINE void hand_back(const Places *places, size_t rows, size_t columns, size_t count, bool adds,
                      const real *dy, const LaneInteger *winners, real *dx) {
    Lanes gradient;
    lanes_load(&gradient, dy, count);
    LaneIntegers won;
    lanes_load_integers(&won, winners, count);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) {
            real *to = dx + i * places->row_pitch + j * places->channels;
            LaneInteger place = (LaneInteger)(places->first + i * places->number_pitch + j);
            Lanes share = (Lanes)((won == place) & (LaneIntegers)gradient);
            if (adds) {
                Lanes before;
                lanes_load(&before, to, count);
                share += before;
            }
            lanes_store(&share, to, count);
        }
    }
}

/* All channels of one window, in whole vectors as long as there are. With `rows` and `columns` known to the
 * compiler, it keeps everything in registers. */
INLINE void window_forward(const Places *places, size_t rows, size_t columns, const real *x, real *y,
                           LaneInteger *winners) {
    x += places->at;
    size_t c = 0;
    for (; c + LANES <= places->channels; c += LANES)
        largest(places, rows, columns, LANES, x + c, y + c, winners + c);
    if (c < places->channels) largest(places, rows, columns, places->channels - c, x + c, y + c, winners + c);
}

INLINE void window_backward(const Places *places, size_t rows, size_t columns, bool adds, const real *dy,
                            const LaneInteger *winners, real *dx) {
    dx += places->at;
    size_t c = 0;
    for (; c + LANES <= places->channels; c += LANES)
        hand_back(places, rows, columns, LANES, adds, dy + c, winners + c, dx + c);
    if (c < places->channels) {
        hand_back(places, rows, columns, places->channels - c, adds, dy + c, winners + c, dx + c);
    }
}

static void max_pool_forward(const Node *node, const Run *run) {
    const real *x = node->inputs[0]->data;  /* [batch, in.height, in.width, channels] */
    real *y = node->output->data;           /* [batch, out.height, out.width, channels] */
    LaneInteger *winners = node->workspace; /* the same: numbers of places */
    size_t channels = node->out.channels;
    Window rows = window_rows(node->layer, node->in), columns = window_columns(node->layer, node->in);
    for (size_t i = 0; i < run->batch; i++, x += node->inputs[0]->size) {
        for (size_t row = 0; row < rows.out; row++) {
            for (size_t column = 0; column < columns.out; column++) {
                Places places = window_places(&rows, &columns, node->in, row, column);
                if (places.rows == 2 && places.columns == 2) {
                    window_forward(&places, 2, 2, x, y, winners);
                } else {
                    window_forward(&places, places.rows, places.columns, x, y, winners);
                }
                y += channels;
                winners += channels;
            }
        }
    }
}

static void max_pool_backward(const Node *node, const Run *run) {
    const real *dy = node->output->gradient;      /* [batch, out.height, out.width, channels] */
    const LaneInteger *winners = node->workspace; /* the same: numbers of places */
    real *dx = node->inputs[0]->gradient;         /* [batch, in.height, in.width, channels] */
    size_t image = node->inputs[0]->size, channels = node->out.channels;
    Window rows = window_rows(node->layer, node->in), columns = window_columns(node->layer, node->in);
    bool clears = !node->adds[0] && !(window_tiles(&rows) && window_tiles(&columns));
    bool adds = node->adds[0] || clears;
    for (size_t i = 0; i < run->batch; i++, dx += image) {
        if (clears) memset(dx, 0, image * sizeof(real));
        for (size_t row = 0; row < rows.out; row++) {
            for (size_t column = 0; column < columns.out; column++) {
                Places places = window_places(&rows, &columns, node->in, row, column);
                if (places.rows == 2 && places.columns == 2) {
                    window_backward(&places, 2, 2, adds, dy, winners, dx);
                } else {
                    window_backward(&places, places.rows, places.columns, adds, dy, winners, dx);
                }
                dy += channels;
                winners += channels;
            }
        }
    }
}

static bool max_pool_workspace(const Node *node, size_t batch, size_t *bytes) {
    return size_mul(node->output->size, sizeof(LaneInteger), bytes) && size_mul(batch, *bytes, bytes);
}

static uint64_t max_pool_branches(const Node *node, size_t batch, uint64_t hash) {
    const LaneInteger *winners = node->workspace; /* [batch, size] */
    for (size_t i = 0; i < batch * node->output->size; i++)
        hash = branch_hash(hash, (uint64_t)winners[i]);
    return hash;
}

static Status max_pool_shape(const LayerSpec *layer, const Shape *inputs, Shape *out) {
    return window_shape(layer, inputs[0], inputs[0].channels, out);
}

const Op op_max_pool = {.name = "max_pool",
                        .settings = SETTING_WINDOW,
                        .inputs_min = 1,
                        .inputs_max = 1,
                        .reading = READS_NOTHING,
                        .shape = max_pool_shape,
                        .workspace = max_pool_workspace,
                        .forward = max_pool_forward,
                        .backward = max_pool_backward,
                        .branches = max_pool_branches};
