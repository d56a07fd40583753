/* y = the mean of each channel over height and width. */
#include "engine/op.h"

static Status global_average_pool_shape(const LayerSpec *layer, const Shape *inputs, Shape *out) {
    (void)layer;
    *out = (Shape){1, 1, inputs[0].channels};
    return STATUS_OK;
}

const Op op_global_average_pool = {.name = "global_average_pool",
                                   .inputs_min = 1,
                                   .inputs_max = 1,
                                   .reading = READS_NOTHING,
                                   .shape = global_average_pool_shape};
