/* y = scale (x - mean) / sqrt(variance + epsilon) + shift, one of each a channel (Ioffe and Szegedy 2015).
 * Training takes mean and variance of the batch and its places, and moves the running ones, which evaluation
 * takes: kept <- momentum kept + (1 - momentum) of the batch, with the unbiased variance. */
#include "engine/op.h"

enum { SCALE, SHIFT, MEAN, VARIANCE };

static size_t batch_norm_arrays(const LayerSpec *layer, Shape input, StoredArray *out) {
    (void)layer;
    ArrayShape shape = {1, {input.channels}};
    out[SCALE] = (StoredArray){.role = "scale", .shape = shape, .initial = 1};
    out[SHIFT] = (StoredArray){.role = "shift", .shape = shape};
    out[MEAN] = (StoredArray){.role = "mean", .shape = shape, .kept = true};
    out[VARIANCE] = (StoredArray){.role = "variance", .shape = shape, .initial = 1, .kept = true};
    return 4;
}

const Op op_batch_norm = {.name = "batch_norm",
                          .settings = SETTING_NORM,
                          .inputs_min = 1,
                          .inputs_max = 1,
                          .shape = shape_same,
                          .arrays = batch_norm_arrays};
