/* y = the largest value under the window, which alone gets the gradient; the first on ties, NaN as the
 * largest. */
#include "engine/op.h"
#include "engine/ops/window.h"

static Status max_pool_shape(const LayerSpec *layer, const Shape *inputs, Shape *out) {
    return window_shape(layer, inputs[0], inputs[0].channels, out);
}

const Op op_max_pool = {.name = "max_pool",
                        .settings = SETTING_WINDOW,
                        .inputs_min = 1,
                        .inputs_max = 1,
                        .reading = READS_NOTHING,
                        .shape = max_pool_shape};
