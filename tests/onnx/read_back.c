#include "onnx/read_back.h"

#include <stdlib.h>
#include <string.h>

Onnx__ModelProto *read_back(const OnnxModel *model) {
    char *bytes = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&bytes, &length);
    if (out == NULL) return NULL;
    Status status = onnx_write(model, out);
    int failed = ferror(out) != 0;
    failed = fclose(out) != 0 || failed || status != STATUS_OK;
    Onnx__ModelProto *found = failed ? NULL : onnx__model_proto__unpack(NULL, length, (const uint8_t *)bytes);
    free(bytes);
    return found;
}

const Onnx__NodeProto *node_of(const Onnx__ModelProto *model, const char *name) {
    for (size_t i = 0; i < model->graph->n_node; i++) {
        if (strcmp(model->graph->node[i]->name, name) == 0) return model->graph->node[i];
    }
    return NULL;
}

const Onnx__TensorProto *constant_of(const Onnx__ModelProto *model, const char *name) {
    for (size_t i = 0; i < model->graph->n_initializer; i++) {
        if (strcmp(model->graph->initializer[i]->name, name) == 0) return model->graph->initializer[i];
    }
    return NULL;
}

int node_is(const Onnx__ModelProto *model, const char *name, const char *op, const char *const *inputs,
            size_t count) {
    const Onnx__NodeProto *node = node_of(model, name);
    if (node == NULL || strcmp(node->op_type, op) != 0 || node->n_input != count) return 0;
    if (node->n_output != 1 || strcmp(node->output[0], name) != 0) return 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(node->input[i], inputs[i]) != 0) return 0;
    }
    return 1;
}

static const Onnx__AttributeProto *attribute_of(const Onnx__NodeProto *node, const char *name) {
    for (size_t i = 0; node != NULL && i < node->n_attribute; i++) {
        if (strcmp(node->attribute[i]->name, name) == 0) return node->attribute[i];
    }
    return NULL;
}

int has_integers(const Onnx__NodeProto *node, const char *name, const int64_t *values, size_t count) {
    const Onnx__AttributeProto *attribute = attribute_of(node, name);
    return attribute != NULL && attribute->type == ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS &&
           attribute->n_ints == count && memcmp(attribute->ints, values, count * sizeof(*values)) == 0;
}

int constant_is(const Onnx__ModelProto *model, const char *name, ArrayShape shape, const float *values) {
    const Onnx__TensorProto *tensor = constant_of(model, name);
    size_t count = 0;
    if (tensor == NULL || !array_count(shape, &count)) return 0;
    if (tensor->n_dims != shape.rank || tensor->n_float_data != count) return 0;
    for (size_t i = 0; i < shape.rank; i++) {
        if ((size_t)tensor->dims[i] != shape.dims[i]) return 0;
    }
    return memcmp(tensor->float_data, values, count * sizeof(*values)) == 0;
}
