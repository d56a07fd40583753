#include <string.h>

#include "onnx/model.h"
#include "onnx/read_back.h"
#include "onnx/suites.h"
#include "suite.h"

static OnnxModel *new_model(void) {
    OnnxModel *model = NULL;
    CU_ASSERT_EQUAL_FATAL(onnx_create(&model, "graph", "about it"), STATUS_OK);
    return model;
}

static void holds_what_was_given(void) {
    const float kernel[] = {1.5F, -2, 0, 4, 5, 6};
    const int64_t axes[] = {2, -3};
    const char *inputs[] = {"x", "kernel"};
    OnnxModel *model = new_model();
    onnx_input(model, "x", (ArrayShape){3, {28, 29, 3}});
    onnx_output(model, "y", (ArrayShape){1, {10}});
    float *values = onnx_floats(model, "kernel", (ArrayShape){2, {2, 3}});
    CU_ASSERT_PTR_NOT_NULL_FATAL(values);
    memcpy(values, kernel, sizeof(kernel));
    onnx_integers(model, "axes", 2, axes);
    onnx_node(model, "Op", "y", inputs, 2);
    onnx_set_integers(model, "pads", 2, axes);
    onnx_set_integer(model, "axis", 0);
    onnx_set_float(model, "alpha", 0.25F);
    onnx_metadata(model, "key", "value");
    Onnx__ModelProto *found = read_back(model);
    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    CU_ASSERT_STRING_EQUAL(found->producer_name, "winnow");
    CU_ASSERT_STRING_EQUAL(found->producer_version, WINNOW_VERSION);
    CU_ASSERT_STRING_EQUAL(found->doc_string, "about it");
    CU_ASSERT_STRING_EQUAL(found->graph->name, "graph");
    CU_ASSERT_STRING_EQUAL(found->metadata_props[0]->key, "key");
    CU_ASSERT_STRING_EQUAL(found->metadata_props[0]->value, "value");
    CU_ASSERT_EQUAL(found->ir_version, 7);
    CU_ASSERT_EQUAL(found->opset_import[0]->version, 14);
    const Onnx__TypeProto__Tensor *x = found->graph->input[0]->type->tensor_type;
    CU_ASSERT_EQUAL(x->elem_type, ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT);
    CU_ASSERT_EQUAL_FATAL(x->shape->n_dim, 4);
    CU_ASSERT_STRING_EQUAL(x->shape->dim[0]->dim_param, "N");
    CU_ASSERT_EQUAL(x->shape->dim[2]->dim_value, 29);
    CU_ASSERT_EQUAL(found->graph->output[0]->type->tensor_type->shape->dim[1]->dim_value, 10);
    CU_ASSERT(constant_is(found, "kernel", (ArrayShape){2, {2, 3}}, kernel));
    CU_ASSERT_EQUAL(constant_of(found, "axes")->int64_data[1], -3);
    CU_ASSERT(NODE_IS(found, "y", "Op", "x", "kernel"));
    const Onnx__NodeProto *node = node_of(found, "y");
    CU_ASSERT(HAS_INTEGERS(node, "pads", 2, -3));
    CU_ASSERT(node->attribute[1]->has_i && node->attribute[1]->i == 0); /* 0 is there, not left out */
    CU_ASSERT(node->attribute[2]->has_f && node->attribute[2]->f == 0.25F);
    onnx__model_proto__free_unpacked(found, NULL);
    onnx_destroy(&model);
    CU_ASSERT_PTR_NULL(model);
}

/* Its numbers alone: none of them is ever allocated. */
static void refuses_more_than_a_file_holds(void) {
    const ArrayShape half = {2, {1 << 14, (1 << 14) - 1}}, whole = {1, {(size_t)1 << 29}};
    const ArrayShape endless = {2, {SIZE_MAX / 2, 3}};
    const ArrayShape shapes[] = {whole, endless};
    for (size_t i = 0; i < 2; i++) {
        OnnxModel *model = new_model();
        CU_ASSERT_PTR_NULL(onnx_floats(model, "a", shapes[i]));
        CU_ASSERT_PTR_NULL(onnx_floats(model, "b", half));
        CU_ASSERT_EQUAL(onnx_write(model, stdout), STATUS_ENVIRONMENT);
        CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "and an ONNX file holds at most 2.1 GB"));
        onnx_destroy(&model);
    }
}

/* Together, though each would do. */
static void counts_all_constants(void) {
    OnnxModel *model = new_model();
    CU_ASSERT_PTR_NOT_NULL(onnx_floats(model, "a", (ArrayShape){1, {1}}));
    CU_ASSERT_PTR_NULL(onnx_floats(model, "b", (ArrayShape){1, {(INT32_MAX - 3) / sizeof(float)}}));
    CU_ASSERT_EQUAL(onnx_write(model, stdout), STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "the model would take 2.1 GB"));
    onnx_destroy(&model);
}

void suite_model(void) {
    static const TestCase TESTS[] = {
        {"a model that is read back holds what was given", holds_what_was_given},
        {"more than a file holds is refused before it is allocated", refuses_more_than_a_file_holds},
        {"constants count together", counts_all_constants},
    };
    SUITE("model", TESTS);
}
