/* Layers as nodes of a model. Internal to the room.
 *
 * A value of one place is [N, channels]. An image is [N, channels, height, width] where `planes` says so, as
 * convolutions and their like want it, else [N, height, width, channels] as winnow has it. */
#ifndef WINNOW_ONNX_LAYERS_H
#define WINNOW_ONNX_LAYERS_H

#include <stdbool.h>

#include "engine/network.h"
#include "onnx/model.h"

/* A value's name: a network's, a layer's and a role's with slashes between them fit. */
typedef struct OnnxName {
    char text[192];
} OnnxName;

OnnxName onnx_name(const char *owner, const char *part); /* "owner/part" */

/* Has it more than one place? */
static inline bool onnx_is_image(Shape shape) {
    return shape.height > 1 || shape.width > 1;
}

typedef struct OnnxLayer {
    OnnxModel *model;
    const LayerSpec *spec;
    Shape in, out; /* of the first input and of the output */
    bool planes;
    const Network *network;                /* knows where its arrays lie .. */
    const float *parameters;               /* .. in these */
    const char *input[NETWORK_MAX_INPUTS]; /* names of values */
    const char *output;                    /* the name for its value, and the owner of what else it needs */
} OnnxLayer;

/* Must images be planes for it? */
bool onnx_layer_needs_planes(const LayerSpec *layer, Shape in);

/* Does it hand on its input as it is? Then there is nothing to add. */
bool onnx_layer_is_nothing(const LayerSpec *layer, Shape in);

/* Add one that is not. */
void onnx_layer(const OnnxLayer *layer);

/* to <- the values of an image as winnow orders them: [N, height * width * channels]. */
void onnx_flatten(OnnxModel *model, bool planes, const char *from, const char *to);

#endif
