#include "engine/network_spec.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/size.h"
#include "base/text.h"
#include "engine/loss.h"
#include "engine/op.h"

const char *layer_kind_name(LayerKind kind) {
    return op_of(kind)->name;
}

const char *init_kind_name(InitKind kind) {
    static const char *const NAMES[] = {
        [INIT_AUTO] = "auto", [INIT_HE] = "he", [INIT_GLOROT] = "glorot", [INIT_LECUN] = "lecun"};
    return NAMES[kind];
}

const char *padding_name(Padding padding) {
    return padding == PADDING_SAME ? "same" : "valid";
}

const char *loss_kind_name(LossKind kind) {
    return loss_of(kind)->name;
}

/* Products of matrices count in int. */
static Status check_shape(Shape shape) {
    size_t size = 0;
    if (!size_mul(shape.height, shape.width, &size) || !size_mul(size, shape.channels, &size) ||
        size > INT_MAX) {
        char text[SHAPE_TEXT_SIZE];
        shape_text(shape, text);
        return status_fail(STATUS_INPUT, "%s an example are too many; at most %d fit", text, INT_MAX);
    }
    if (size == 0) return status_fail(STATUS_INPUT, "no values an example; there must be at least one");
    return STATUS_OK;
}

static Status layer_shape(const LayerSpec *layer, const Shape *inputs, Shape *out) {
    TRY(op_of(layer->kind)->shape(layer, inputs, out));
    return check_shape(*out);
}

/* shapes[i] for every layer up to `last`; *bad receives the layer at fault. */
static Status find_shapes(const NetworkSpec *spec, size_t last, Shape *shapes, size_t *bad) {
    for (size_t i = 0; i <= last; i++) {
        const LayerSpec *layer = &spec->layers[i];
        Shape inputs[NETWORK_MAX_INPUTS];
        for (size_t k = 0; k < layer->input_count; k++) {
            size_t from = layer->inputs[k];
            inputs[k] = from == NETWORK_INPUT ? spec->input : shapes[from];
        }
        *bad = i;
        Status status = layer_shape(layer, inputs, &shapes[i]);
        if (status != STATUS_OK)
            return status_within(status, "layer '%s' (%s)", layer->name, layer_kind_name(layer->kind));
    }
    return STATUS_OK;
}

Status network_spec_shape(const NetworkSpec *spec, size_t layer, Shape *out) {
    Shape shapes[NETWORK_MAX_LAYERS];
    size_t bad = 0;
    TRY(find_shapes(spec, layer, shapes, &bad));
    *out = shapes[layer];
    return STATUS_OK;
}

/* The configuration's word for a layer's units. */
static const char *units_name(LayerKind kind) {
    return kind == LAYER_CONV2D ? "filters" : "units";
}

static Status check_window(const LayerSpec *layer) {
    const size_t sizes[] = {layer->kernel_height, layer->kernel_width, layer->stride_height,
                            layer->stride_width};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        if (sizes[i] >= 1 && sizes[i] <= NETWORK_MAX_WINDOW) continue;
        return status_fail(STATUS_INPUT,
                           "a window of %zu x %zu places every %zu x %zu; each must be from 1 to %d",
                           sizes[0], sizes[1], sizes[2], sizes[3], NETWORK_MAX_WINDOW);
    }
    return STATUS_OK;
}

static Status check_settings(const LayerSpec *layer) {
    unsigned settings = op_of(layer->kind)->settings;
    if (settings & SETTING_UNITS && layer->units == 0) {
        return status_fail(STATUS_INPUT, "%s is 0; it must be at least 1", units_name(layer->kind));
    }
    if (settings & SETTING_RATE && !(layer->rate >= 0 && layer->rate < 1)) {
        return status_fail(STATUS_INPUT, "rate is %g; it must be at least 0 and under 1", layer->rate);
    }
    if (settings & SETTING_SLOPE && !(layer->slope >= 0 && layer->slope <= 1)) {
        return status_fail(STATUS_INPUT, "slope is %g; it must be from 0 to 1", layer->slope);
    }
    if (settings & SETTING_WINDOW) TRY(check_window(layer));
    if (settings & SETTING_NORM && !(layer->momentum >= 0 && layer->momentum < 1)) {
        return status_fail(STATUS_INPUT, "momentum is %g; it must be at least 0 and under 1",
                           layer->momentum);
    }
    if (settings & SETTING_NORM && !(layer->epsilon > 0 && isfinite(layer->epsilon))) {
        return status_fail(STATUS_INPUT, "epsilon is %g; it must be above 0", layer->epsilon);
    }
    return STATUS_OK;
}

static Status check_inputs(const NetworkSpec *spec, size_t i) {
    const LayerSpec *layer = &spec->layers[i];
    const Op *op = op_of(layer->kind);
    if (layer->input_count < op->inputs_min || layer->input_count > op->inputs_max) {
        const char *given = text_count(layer->input_count, "input", "inputs");
        if (op->inputs_min == op->inputs_max) {
            return status_fail(STATUS_INPUT, "%s; it takes %zu", given, op->inputs_min);
        }
        return status_fail(STATUS_INPUT, "%s; it takes from %zu to %zu", given, op->inputs_min,
                           op->inputs_max);
    }
    for (size_t k = 0; k < layer->input_count; k++) {
        if (layer->inputs[k] != NETWORK_INPUT && layer->inputs[k] >= i) {
            return status_fail(STATUS_INPUT, "input %zu is not a layer before it", k + 1);
        }
    }
    return STATUS_OK;
}

static Status check_name(const NetworkSpec *spec, size_t i) {
    const char *name = spec->layers[i].name;
    if (name[0] == 0) return status_fail(STATUS_INPUT, "the name is empty; every layer needs one of its own");
    for (size_t before = 0; before < i; before++) {
        if (strcmp(spec->layers[before].name, name) == 0) {
            return status_fail(STATUS_INPUT,
                               "the name is taken by an earlier layer; every layer needs one of its own");
        }
    }
    return STATUS_OK;
}

static Status check_layer(const NetworkSpec *spec, size_t i) {
    const LayerSpec *layer = &spec->layers[i];
    if ((unsigned)layer->kind >= LAYER_KIND_COUNT) {
        return status_fail(STATUS_INPUT, "kind %d is unknown", (int)layer->kind);
    }
    TRY(check_name(spec, i));
    TRY(check_inputs(spec, i));
    return check_settings(layer);
}

static Status check_all_used(const NetworkSpec *spec, size_t *bad) {
    bool used[NETWORK_MAX_LAYERS] = {false};
    for (size_t i = 0; i < spec->layer_count; i++) {
        for (size_t k = 0; k < spec->layers[i].input_count; k++) {
            if (spec->layers[i].inputs[k] != NETWORK_INPUT) used[spec->layers[i].inputs[k]] = true;
        }
    }
    for (size_t i = 0; i + 1 < spec->layer_count; i++) {
        if (used[i]) continue;
        *bad = i;
        return status_fail(STATUS_INPUT,
                           "layer '%s' (%s): nothing takes its output; name it in another layer's from, "
                           "or leave it out",
                           spec->layers[i].name, layer_kind_name(spec->layers[i].kind));
    }
    return STATUS_OK;
}

/* *total <- trained parameters; *bad the layer where they overflow. */
static Status count_parameters(const NetworkSpec *spec, const Shape *shapes, size_t *total, size_t *bad) {
    *total = 0;
    for (size_t i = 0; i < spec->layer_count; i++) {
        const LayerSpec *layer = &spec->layers[i];
        const Op *op = op_of(layer->kind);
        if (op->arrays == NULL) continue;
        size_t from = layer->inputs[0];
        StoredArray arrays[OP_MAX_ARRAYS];
        size_t count = op->arrays(layer, from == NETWORK_INPUT ? spec->input : shapes[from], arrays);
        for (size_t p = 0; p < count; p++) {
            size_t values = 0;
            *bad = i;
            if (arrays[p].kept) continue;
            if (!array_count(arrays[p].shape, &values) || !size_add(*total, values, total)) {
                return status_fail(STATUS_INPUT,
                                   "layer '%s' (%s): the values in %s are too many; lower its %s",
                                   layer->name, op->name, arrays[p].role,
                                   op->settings & SETTING_UNITS ? units_name(layer->kind) : "inputs");
            }
        }
    }
    return STATUS_OK;
}

static Status check_end(const NetworkSpec *spec, Shape last) {
    const LayerSpec *layer = &spec->layers[spec->layer_count - 1];
    if (shape_size(last) == spec->classes) return STATUS_OK;
    char text[SHAPE_TEXT_SIZE];
    shape_text(last, text);
    return status_fail(STATUS_INPUT,
                       "layer '%s' (%s): the network ends in %s but there are %zu classes; end it with "
                       "dense: %zu",
                       layer->name, layer_kind_name(layer->kind), text, spec->classes, spec->classes);
}

static Status check(const NetworkSpec *spec, size_t *bad) {
    if (spec->layer_count == 0 || spec->layer_count > NETWORK_MAX_LAYERS) {
        return status_fail(STATUS_INPUT, "the network has %zu layers; it must have from 1 to %d",
                           spec->layer_count, NETWORK_MAX_LAYERS);
    }
    if (spec->classes == 0 || spec->classes > UINT16_MAX + 1) {
        return status_fail(STATUS_INPUT, "the network has %zu classes; it must have from 1 to %d",
                           spec->classes, UINT16_MAX + 1);
    }
    Status status = check_shape(spec->input);
    if (status != STATUS_OK) return status_within(status, "the network's input");
    for (size_t i = 0; i < spec->layer_count; i++) {
        *bad = i;
        status = check_layer(spec, i);
        if (status != STATUS_OK) return status_within(status, "layer '%s'", spec->layers[i].name);
    }
    Shape shapes[NETWORK_MAX_LAYERS];
    size_t parameters = 0;
    TRY(find_shapes(spec, spec->layer_count - 1, shapes, bad));
    TRY(count_parameters(spec, shapes, &parameters, bad));
    TRY(check_all_used(spec, bad));
    *bad = spec->layer_count - 1;
    TRY(check_end(spec, shapes[spec->layer_count - 1]));
    if (parameters == 0)
        return status_fail(STATUS_INPUT, "the network has nothing to train; add a dense layer");
    return STATUS_OK;
}

Status network_spec_check(const NetworkSpec *spec, size_t *bad_layer) {
    size_t bad = 0;
    Status status = check(spec, &bad);
    if (status != STATUS_OK && bad_layer != NULL) *bad_layer = bad;
    return status;
}

size_t network_spec_parameters(const NetworkSpec *spec) {
    Shape shapes[NETWORK_MAX_LAYERS];
    size_t total = 0;
    size_t bad = 0;
    Status status = find_shapes(spec, spec->layer_count - 1, shapes, &bad);
    if (status == STATUS_OK) status = count_parameters(spec, shapes, &total, &bad);
    return status == STATUS_OK ? total : 0;
}

static json_t *layer_json(const NetworkSpec *spec, const LayerSpec *layer) {
    const Op *op = op_of(layer->kind);
    json_t *from = json_array();
    for (size_t k = 0; k < layer->input_count; k++) {
        size_t input = layer->inputs[k];
        json_array_append_new(from, json_string(input == NETWORK_INPUT ? "input" : spec->layers[input].name));
    }
    json_t *object = json_pack("{s:s, s:s, s:o}", "kind", op->name, "name", layer->name, "from", from);
    if (op->settings & SETTING_UNITS)
        json_object_set_new(object, units_name(layer->kind), json_integer((json_int_t)layer->units));
    if (op->settings & SETTING_WINDOW) {
        json_object_set_new(
            object, layer->kind == LAYER_CONV2D ? "kernel" : "size",
            json_pack("[I,I]", (json_int_t)layer->kernel_height, (json_int_t)layer->kernel_width));
        json_object_set_new(
            object, "stride",
            json_pack("[I,I]", (json_int_t)layer->stride_height, (json_int_t)layer->stride_width));
        json_object_set_new(object, "padding", json_string(padding_name(layer->padding)));
    }
    if (op->settings & SETTING_INIT)
        json_object_set_new(object, "init", json_string(init_kind_name(layer->init)));
    if (op->settings & SETTING_RATE) json_object_set_new(object, "rate", json_real(layer->rate));
    if (op->settings & SETTING_SLOPE) json_object_set_new(object, "slope", json_real(layer->slope));
    if (op->settings & SETTING_NORM) {
        json_object_set_new(object, "momentum", json_real(layer->momentum));
        json_object_set_new(object, "epsilon", json_real(layer->epsilon));
    }
    return object;
}

Status network_spec_json(const NetworkSpec *spec, char **out) {
    json_t *layers = json_array();
    for (size_t i = 0; i < spec->layer_count; i++) {
        json_array_append_new(layers, layer_json(spec, &spec->layers[i]));
    }
    json_t *network =
        json_pack("{s:[I,I,I], s:I, s:s, s:o}", "input", (json_int_t)spec->input.height,
                  (json_int_t)spec->input.width, (json_int_t)spec->input.channels, "classes",
                  (json_int_t)spec->classes, "loss", loss_kind_name(spec->loss), "layers", layers);
    *out = network == NULL ? NULL : json_dumps(network, JSON_COMPACT);
    json_decref(network);
    if (*out == NULL) return status_fail(STATUS_ENVIRONMENT, "no memory to describe the network");
    return STATUS_OK;
}
