/* What a model holds once it was written, by the messages of ONNX. */
#ifndef WINNOW_TESTS_ONNX_READ_BACK_H
#define WINNOW_TESTS_ONNX_READ_BACK_H

#include <stdint.h>

#include "onnx.pb-c.h"
#include "onnx/model.h"

/* Write it and read that; free with onnx__model_proto__free_unpacked. NULL where either fails. */
Onnx__ModelProto *read_back(const OnnxModel *model);

/* NULL where there is none of that name. */
const Onnx__NodeProto *node_of(const Onnx__ModelProto *model, const char *name);
const Onnx__TensorProto *constant_of(const Onnx__ModelProto *model, const char *name);

/* Is there a node `name` with that op and those inputs? */
int node_is(const Onnx__ModelProto *model, const char *name, const char *op, const char *const *inputs,
            size_t count);
#define NODE_IS(model, name, op, ...)                                                                        \
    node_is(model, name, op, (const char *const[]){__VA_ARGS__},                                             \
            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* Has the node that attribute with those numbers? */
int has_integers(const Onnx__NodeProto *node, const char *name, const int64_t *values, size_t count);
#define HAS_INTEGERS(node, name, ...)                                                                        \
    has_integers(node, name, (const int64_t[]){__VA_ARGS__},                                                 \
                 sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

/* Has the constant that shape and those values? */
int constant_is(const Onnx__ModelProto *model, const char *name, ArrayShape shape, const float *values);

#endif
