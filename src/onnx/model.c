#include "onnx/model.h"

#include <string.h>

#include "base/memory.h"
#include "base/size.h"
#include "base/text.h"
#include "onnx.pb-c.h"

enum { IR_VERSION = 7, OPERATOR_SET = 14 };

struct OnnxModel {
    Onnx__ModelProto *proto; /* owned, and all that it points to */
    bool failed;             /* out of memory */
    size_t
        float_bytes; /* of all constants, those included that were too many; SIZE_MAX where they overflow */
};

/* --- messages, each owned by the one it is in --- */

static char *copy_text(OnnxModel *model, const char *text) {
    char *copy = NULL;
    if (memory_text(&copy, text) != STATUS_OK) model->failed = true;
    return copy;
}

/* A new message at the end of a list of such pointers, at `list`; NULL after a failure. */
static void *append(OnnxModel *model, const ProtobufCMessageDescriptor *kind, void *list, size_t *count) {
    size_t room = *count;
    void *message = NULL;
    if (!model->failed && memory_grow(list, &room, *count + 1, sizeof(void *)) != STATUS_OK)
        model->failed = true;
    if (!model->failed && memory_new(&message, 1, kind->sizeof_message) != STATUS_OK) model->failed = true;
    if (model->failed) return NULL;
    kind->message_init(message);
    unsigned char *pointers = NULL;
    memcpy(&pointers, list, sizeof(pointers));
    memcpy(pointers + *count * sizeof(void *), &message, sizeof(void *));
    (*count)++;
    return message;
}

/* A new message in a place for one. */
static void *make(OnnxModel *model, const ProtobufCMessageDescriptor *kind) {
    void *message = NULL;
    if (memory_new(&message, 1, kind->sizeof_message) != STATUS_OK)
        model->failed = true;
    else
        kind->message_init(message);
    return message;
}

static int64_t *copy_integers(OnnxModel *model, const int64_t *values, size_t count, size_t *copied) {
    int64_t *copy = NULL;
    if (memory_new(&copy, count, sizeof(*copy)) != STATUS_OK) {
        model->failed = true;
        return NULL;
    }
    memcpy(copy, values, count * sizeof(*copy));
    *copied = count;
    return copy;
}

/* --- the whole --- */

static void begin(OnnxModel *model, const char *graph, const char *about) {
    Onnx__ModelProto *proto = model->proto;
    proto->has_ir_version = true;
    proto->ir_version = IR_VERSION;
    proto->producer_name = copy_text(model, "winnow");
    proto->producer_version = copy_text(model, WINNOW_VERSION);
    proto->doc_string = copy_text(model, about);
    proto->graph = make(model, &onnx__graph_proto__descriptor);
    if (proto->graph != NULL) proto->graph->name = copy_text(model, graph);
    Onnx__OperatorSetIdProto *operators =
        append(model, &onnx__operator_set_id_proto__descriptor, &proto->opset_import, &proto->n_opset_import);
    if (operators == NULL) return;
    operators->domain = copy_text(model, "");
    operators->has_version = true;
    operators->version = OPERATOR_SET;
}

Status onnx_create(OnnxModel **out, const char *graph, const char *about) {
    TRY(memory_new(out, 1, sizeof(**out)));
    OnnxModel *model = *out;
    model->proto = make(model, &onnx__model_proto__descriptor);
    if (model->proto != NULL) begin(model, graph, about);
    if (!model->failed) return STATUS_OK;
    onnx_destroy(out);
    return STATUS_ENVIRONMENT;
}

void onnx_destroy(OnnxModel **model) {
    if (*model == NULL) return;
    onnx__model_proto__free_unpacked((*model)->proto, NULL);
    free(*model);
    *model = NULL;
}

void onnx_metadata(OnnxModel *model, const char *key, const char *value) {
    Onnx__ModelProto *proto = model->proto;
    Onnx__StringStringEntryProto *entry = append(model, &onnx__string_string_entry_proto__descriptor,
                                                 &proto->metadata_props, &proto->n_metadata_props);
    if (entry == NULL) return;
    entry->key = copy_text(model, key);
    entry->value = copy_text(model, value);
}

/* --- what goes in and out --- */

static Onnx__TensorShapeProto__Dimension *add_dimension(OnnxModel *model, Onnx__TensorShapeProto *shape) {
    return append(model, &onnx__tensor_shape_proto__dimension__descriptor, &shape->dim, &shape->n_dim);
}

static Onnx__TensorShapeProto *batch_shape(OnnxModel *model, ArrayShape example) {
    Onnx__TensorShapeProto *shape = make(model, &onnx__tensor_shape_proto__descriptor);
    if (shape == NULL) return NULL;
    Onnx__TensorShapeProto__Dimension *dimension = add_dimension(model, shape);
    if (dimension == NULL) return shape;
    dimension->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
    dimension->dim_param = copy_text(model, "N");
    for (size_t i = 0; i < example.rank; i++) {
        dimension = add_dimension(model, shape);
        if (dimension == NULL) return shape;
        dimension->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
        dimension->dim_value = (int64_t)example.dims[i];
    }
    return shape;
}

static Onnx__TypeProto *batch_type(OnnxModel *model, ArrayShape example) {
    Onnx__TypeProto *type = make(model, &onnx__type_proto__descriptor);
    if (type == NULL) return NULL;
    type->tensor_type = make(model, &onnx__type_proto__tensor__descriptor);
    if (type->tensor_type == NULL) return type;
    type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    type->tensor_type->has_elem_type = true;
    type->tensor_type->elem_type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
    type->tensor_type->shape = batch_shape(model, example);
    return type;
}

static void describe_value(OnnxModel *model, Onnx__ValueInfoProto *value, const char *name,
                           ArrayShape example) {
    if (value == NULL) return;
    value->name = copy_text(model, name);
    value->type = batch_type(model, example);
}

void onnx_input(OnnxModel *model, const char *name, ArrayShape example) {
    Onnx__GraphProto *graph = model->proto->graph;
    describe_value(model, append(model, &onnx__value_info_proto__descriptor, &graph->input, &graph->n_input),
                   name, example);
}

void onnx_output(OnnxModel *model, const char *name, ArrayShape example) {
    Onnx__GraphProto *graph = model->proto->graph;
    describe_value(model,
                   append(model, &onnx__value_info_proto__descriptor, &graph->output, &graph->n_output), name,
                   example);
}

/* --- constants --- */

static Onnx__TensorProto *add_tensor(OnnxModel *model, const char *name, Onnx__TensorProto__DataType type,
                                     const size_t *dims, size_t rank) {
    Onnx__GraphProto *graph = model->proto->graph;
    Onnx__TensorProto *tensor =
        append(model, &onnx__tensor_proto__descriptor, &graph->initializer, &graph->n_initializer);
    if (tensor == NULL) return NULL;
    int64_t sizes[ARRAY_MAX_RANK];
    for (size_t i = 0; i < rank; i++)
        sizes[i] = (int64_t)dims[i];
    tensor->name = copy_text(model, name);
    tensor->has_data_type = true;
    tensor->data_type = type;
    tensor->dims = copy_integers(model, sizes, rank, &tensor->n_dims);
    return tensor;
}

static bool has_room(const OnnxModel *model) {
    return model->float_bytes <= ONNX_BYTES_MAX;
}

float *onnx_floats(OnnxModel *model, const char *name, ArrayShape shape) {
    size_t count = 0, bytes = 0;
    if (!array_count(shape, &count) || !size_mul(count, sizeof(float), &bytes) ||
        !size_add(model->float_bytes, bytes, &model->float_bytes))
        model->float_bytes = SIZE_MAX;
    if (!has_room(model)) return NULL;
    Onnx__TensorProto *tensor =
        add_tensor(model, name, ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, shape.dims, shape.rank);
    if (tensor == NULL) return NULL;
    if (memory_new(&tensor->float_data, count, sizeof(float)) != STATUS_OK) {
        model->failed = true;
        return NULL;
    }
    tensor->n_float_data = count;
    return tensor->float_data;
}

void onnx_integers(OnnxModel *model, const char *name, size_t count, const int64_t *values) {
    Onnx__TensorProto *tensor = add_tensor(model, name, ONNX__TENSOR_PROTO__DATA_TYPE__INT64, &count, 1);
    if (tensor != NULL) tensor->int64_data = copy_integers(model, values, count, &tensor->n_int64_data);
}

/* --- nodes --- */

/* Lists of texts have no message kind to append. */
static void copy_texts(OnnxModel *model, const char *const *texts, size_t count, char ***copies,
                       size_t *copied) {
    if (memory_new(copies, count, sizeof(char *)) != STATUS_OK) {
        model->failed = true;
        return;
    }
    *copied = count;
    for (size_t i = 0; i < count; i++)
        (*copies)[i] = copy_text(model, texts[i]);
}

void onnx_node(OnnxModel *model, const char *op, const char *output, const char *const *inputs,
               size_t count) {
    Onnx__GraphProto *graph = model->proto->graph;
    Onnx__NodeProto *node = append(model, &onnx__node_proto__descriptor, &graph->node, &graph->n_node);
    if (node == NULL) return;
    node->op_type = copy_text(model, op);
    node->name = copy_text(model, output);
    copy_texts(model, inputs, count, &node->input, &node->n_input);
    copy_texts(model, &output, 1, &node->output, &node->n_output);
}

static Onnx__AttributeProto *add_attribute(OnnxModel *model, const char *name,
                                           Onnx__AttributeProto__AttributeType type) {
    Onnx__GraphProto *graph = model->proto->graph;
    if (model->failed) return NULL;
    Onnx__NodeProto *node = graph->node[graph->n_node - 1];
    Onnx__AttributeProto *attribute =
        append(model, &onnx__attribute_proto__descriptor, &node->attribute, &node->n_attribute);
    if (attribute == NULL) return NULL;
    attribute->name = copy_text(model, name);
    attribute->has_type = true;
    attribute->type = type;
    return attribute;
}

void onnx_set_float(OnnxModel *model, const char *name, float value) {
    Onnx__AttributeProto *attribute =
        add_attribute(model, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT);
    if (attribute == NULL) return;
    attribute->has_f = true;
    attribute->f = value;
}

void onnx_set_integer(OnnxModel *model, const char *name, int64_t value) {
    Onnx__AttributeProto *attribute = add_attribute(model, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT);
    if (attribute == NULL) return;
    attribute->has_i = true;
    attribute->i = value;
}

void onnx_set_integers(OnnxModel *model, const char *name, size_t count, const int64_t *values) {
    Onnx__AttributeProto *attribute = add_attribute(model, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);
    if (attribute != NULL) attribute->ints = copy_integers(model, values, count, &attribute->n_ints);
}

/* --- to a file --- */

typedef struct FileBuffer {
    ProtobufCBuffer base;
    FILE *out;
} FileBuffer;

static void write_bytes(ProtobufCBuffer *buffer, size_t length, const uint8_t *bytes) {
    (void)fwrite(bytes, 1, length, ((FileBuffer *)buffer)->out);
}

static Status fail_size(size_t bytes) {
    return status_fail(
        STATUS_ENVIRONMENT,
        "the model would take %s, and an ONNX file holds at most %s; an ensemble's networks may "
        "fit one by one",
        text_bytes((double)bytes), text_bytes(ONNX_BYTES_MAX));
}

Status onnx_write(const OnnxModel *model, FILE *out) {
    if (!has_room(model)) return fail_size(model->float_bytes);
    if (model->failed) return status_fail(STATUS_ENVIRONMENT, "out of memory for the model");
    size_t bytes = onnx__model_proto__get_packed_size(model->proto);
    if (bytes > ONNX_BYTES_MAX) return fail_size(bytes);
    FileBuffer buffer = {.base = {.append = write_bytes}, .out = out};
    (void)onnx__model_proto__pack_to_buffer(model->proto, &buffer.base);
    return STATUS_OK;
}
