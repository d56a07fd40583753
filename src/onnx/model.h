/* The door to protobuf-c: a model of the Open Neural Network Exchange (https://onnx.ai) that grows node by
 * node, for readers of IR version 7 and operator set 14 (ONNX 1.9, 2021) on: the first whose batch
 * normalisation knows training from the rest.
 *
 * Everything given is copied. The first failure sticks, and onnx_write tells it. */
#ifndef WINNOW_ONNX_MODEL_H
#define WINNOW_ONNX_MODEL_H

#include <stdint.h>
#include <stdio.h>

#include "base/status.h"
#include "engine/network_spec.h"

#define ONNX_BYTES_MAX INT32_MAX /* of a file: what protobuf lets a message have */

typedef struct OnnxModel OnnxModel;

/* `graph` names its graph, `about` is for people. */
Status onnx_create(OnnxModel **model, const char *graph, const char *about) MUST_CHECK;
void onnx_destroy(OnnxModel **model);

/* What the model takes and gives: floats of shape [N, one example's shape], for any N. */
void onnx_input(OnnxModel *model, const char *name, ArrayShape example);
void onnx_output(OnnxModel *model, const char *name, ArrayShape example);

/* A constant. Its values, row-major, are the caller's to fill at once; NULL after a failure. */
float *onnx_floats(OnnxModel *model, const char *name, ArrayShape shape);
void onnx_integers(OnnxModel *model, const char *name, size_t count, const int64_t *values);

/* output <- op(inputs). The node is named as its output. */
void onnx_node(OnnxModel *model, const char *op, const char *output, const char *const *inputs, size_t count);
/* Attributes of the newest node. */
void onnx_set_float(OnnxModel *model, const char *name, float value);
void onnx_set_integer(OnnxModel *model, const char *name, int64_t value);
void onnx_set_integers(OnnxModel *model, const char *name, size_t count, const int64_t *values);

void onnx_metadata(OnnxModel *model, const char *key, const char *value);

/* STATUS_ENVIRONMENT where memory ran out, or the file would be longer than ONNX_BYTES_MAX; whether `out`
 * took it all, ferror() knows. */
Status onnx_write(const OnnxModel *model, FILE *out) MUST_CHECK;

#endif
