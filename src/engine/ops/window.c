#include "engine/ops/window.h"

/* Where windows fit at all. */
static Window window_of(size_t in, size_t kernel, size_t stride, Padding padding) {
    Window window = {.kernel = kernel, .stride = stride, .in = in};
    window.out = padding == PADDING_SAME ? (in - 1) / stride + 1 : (in - kernel) / stride + 1;
    window.padded = (window.out - 1) * stride + kernel;
    if (padding == PADDING_SAME && window.padded > in) window.before = (window.padded - in) / 2;
    return window;
}

Window window_rows(const LayerSpec *layer, Shape in) {
    return window_of(in.height, layer->kernel_height, layer->stride_height, layer->padding);
}

Window window_columns(const LayerSpec *layer, Shape in) {
    return window_of(in.width, layer->kernel_width, layer->stride_width, layer->padding);
}

Status window_shape(const LayerSpec *layer, Shape in, size_t channels, Shape *out) {
    if (layer->padding == PADDING_VALID &&
        (layer->kernel_height > in.height || layer->kernel_width > in.width)) {
        return status_fail(
            STATUS_INPUT,
            "a window of %zu x %zu does not fit on %zu x %zu places; take a smaller one, or padding: same",
            layer->kernel_height, layer->kernel_width, in.height, in.width);
    }
    *out = (Shape){window_rows(layer, in).out, window_columns(layer, in).out, channels};
    return STATUS_OK;
}

void window_through(const Window *window, size_t kernel_place, size_t *first, size_t *end) {
    size_t missing = window->before > kernel_place ? window->before - kernel_place : 0;
    *first = (missing + window->stride - 1) / window->stride;
    size_t last = window->in - 1 + window->before;
    *end = last < kernel_place ? 0 : (last - kernel_place) / window->stride + 1;
    if (*end > window->out) *end = window->out;
}

bool window_tiles(const Window *window) {
    return window->stride == window->kernel && window->padded >= window->before + window->in;
}
