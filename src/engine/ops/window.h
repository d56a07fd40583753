/* How the windows of conv2d and the pools lie on an image, along one axis. */
#ifndef WINNOW_ENGINE_OPS_WINDOW_H
#define WINNOW_ENGINE_OPS_WINDOW_H

#include "engine/network_spec.h"

typedef struct Window {
    size_t kernel, stride;
    size_t in, out; /* places of the input, windows on it */
    size_t before;  /* places added before the first one; window i begins at place i * stride - before */
    size_t padded;  /* places that the windows cover, counted from the first added one */
} Window;

/* Of a layer that has passed network_spec_check, on an input of shape `in`. */
Window window_rows(const LayerSpec *layer, Shape in);
Window window_columns(const LayerSpec *layer, Shape in);

/* Height and width of the output, and `channels`. STATUS_INPUT where no whole window fits. */
Status window_shape(const LayerSpec *layer, Shape in, size_t channels, Shape *out) MUST_CHECK;

/* The places first <= i < end of the kernel that lie on the image at window `at`. */
void window_part(const Window *window, size_t at, size_t *first, size_t *end);

#endif
