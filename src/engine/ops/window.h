/* How the windows of conv2d and the pools lie on an image, along one axis and together. */
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
static inline void window_part(const Window *window, size_t at, size_t *first, size_t *end) {
    size_t start = at * window->stride; /* counted from the first added place */
    *first = start < window->before ? window->before - start : 0;
    size_t left = window->in + window->before > start ? window->in + window->before - start : 0;
    *end = left < window->kernel ? left : window->kernel;
    if (*end < *first) *end = *first;
}

/* The windows first <= i < end whose place `kernel_place` lies on the image; none where first >= end. */
void window_through(const Window *window, size_t kernel_place, size_t *first, size_t *end);

/* Does every place of the image lie under exactly one window? */
bool window_tiles(const Window *window);

/* A rectangle of places on an image [height, width, channels]. */
typedef struct Places {
    size_t rows, columns; /* at least 1 */
    size_t at;            /* of the first place, among the image's values */
    size_t row_pitch;     /* values from a row of the image to the next */
    size_t channels;      /* values from a place to the next */
    size_t first;         /* number of the first place in its window, counted row by row */
    size_t number_pitch;  /* numbers from a row of the window to the next */
} Places;

/* What window (row, column) has of an image of shape `in`. */
static inline Places window_places(const Window *rows, const Window *columns, Shape in, size_t row,
                                   size_t column) {
    size_t top = 0, bottom = 0, left = 0, right = 0;
    window_part(rows, row, &top, &bottom);
    window_part(columns, column, &left, &right);
    size_t y = row * rows->stride + top - rows->before;
    size_t x = column * columns->stride + left - columns->before;
    return (Places){.rows = bottom - top,
                    .columns = right - left,
                    .at = (y * in.width + x) * in.channels,
                    .row_pitch = in.width * in.channels,
                    .channels = in.channels,
                    .first = top * columns->kernel + left,
                    .number_pitch = columns->kernel};
}

#endif
