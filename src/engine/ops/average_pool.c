/* y = the mean of the values under the window that lie on the image; each gets its part of the gradient. */
#include "engine/op.h"
#include "engine/ops/window.h"

static Status average_pool_shape(const LayerSpec *layer, const Shape *inputs, Shape *out) {
    return window_shape(layer, inputs[0], inputs[0].channels, out);
}

const Op op_average_pool = {.name = "average_pool",
                            .settings = SETTING_WINDOW,
                            .inputs_min = 1,
                            .inputs_max = 1,
                            .reading = READS_NOTHING,
                            .shape = average_pool_shape};
