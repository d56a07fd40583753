#include <stdio.h>

#include "base/size.h"
#include "engine/op.h"

size_t shape_size(Shape shape) {
    return shape.height * shape.width * shape.channels;
}

bool array_count(ArrayShape shape, size_t *count) {
    *count = 1;
    for (size_t i = 0; i < shape.rank; i++) {
        if (!size_mul(*count, shape.dims[i], count)) return false;
    }
    return true;
}

bool array_same(ArrayShape a, ArrayShape b) {
    if (a.rank != b.rank) return false;
    for (size_t i = 0; i < a.rank; i++) {
        if (a.dims[i] != b.dims[i]) return false;
    }
    return true;
}

void shape_text(Shape shape, char out[SHAPE_TEXT_SIZE]) {
    if (shape.height == 1 && shape.width == 1) {
        snprintf(out, SHAPE_TEXT_SIZE, "%zu value%s", shape.channels, shape.channels == 1 ? "" : "s");
    } else {
        snprintf(out, SHAPE_TEXT_SIZE, "%zu x %zu x %zu values", shape.height, shape.width, shape.channels);
    }
}

Status shape_same(const LayerSpec *layer, const Shape *inputs, Shape *out) {
    (void)layer;
    *out = inputs[0];
    return STATUS_OK;
}

Status shape_join(const LayerSpec *layer, const Shape *inputs, Shape *out) {
    *out = inputs[0];
    for (size_t k = 1; k < layer->input_count; k++) {
        if (inputs[k].height == out->height && inputs[k].width == out->width &&
            inputs[k].channels == out->channels) {
            continue;
        }
        char first[SHAPE_TEXT_SIZE];
        char other[SHAPE_TEXT_SIZE];
        shape_text(inputs[0], first);
        shape_text(inputs[k], other);
        return status_fail(STATUS_INPUT,
                           "input 1 has %s but input %zu has %s; all inputs must have one shape", first,
                           k + 1, other);
    }
    return STATUS_OK;
}
