#include "onnx/network.h"

#include "base/memory.h"
#include "onnx/layers.h"

#define EXAMPLES "examples"
#define NORMALISED "normalised"

static void node(OnnxModel *model, const char *op, const char *output, const char *one, const char *two) {
    const char *inputs[] = {one, two};
    onnx_node(model, op, output, inputs, two != NULL ? 2 : 1);
}

static void add_scalar(OnnxModel *model, const char *name, float value) {
    float *values = onnx_floats(model, name, (ArrayShape){1, {1}});
    if (values != NULL) values[0] = value;
}

void onnx_examples(OnnxModel *model, Shape example, const float *mean, const float *deviation) {
    size_t channels = example.channels;
    ArrayShape image = {3, {example.height, example.width, channels}}, row = {1, {channels}};
    onnx_input(model, EXAMPLES, onnx_is_image(example) ? image : row);
    float *means = onnx_floats(model, "mean", row), *scales = onnx_floats(model, "scale", row);
    for (size_t c = 0; means != NULL && scales != NULL && c < channels; c++) {
        means[c] = mean[c];
        scales[c] = 1 / deviation[c];
    }
    node(model, "Sub", "centred", EXAMPLES, "mean");
    node(model, "Mul", NORMALISED, "centred", "scale");
}

/* --- a network, layer by layer --- */

/* A network on its way into the model. */
typedef struct Graph {
    OnnxModel *model;
    const NetworkSpec *spec;
    Network *network; /* owned: where its parameters lie */
    const float *parameters;
    const char *name;
    bool planes;
    OnnxName input;   /* of the examples, as its layers take them */
    Shape *shapes;    /* owned [layer_count] */
    OnnxName *values; /* owned [layer_count]: what each layer gives */
} Graph;

static Shape shape_before(const Graph *g, size_t layer, size_t input) {
    size_t from = g->spec->layers[layer].inputs[input];
    return from == NETWORK_INPUT ? g->spec->input : g->shapes[from];
}

static const OnnxName *value_before(const Graph *g, size_t layer, size_t input) {
    size_t from = g->spec->layers[layer].inputs[input];
    return from == NETWORK_INPUT ? &g->input : &g->values[from];
}

static Status find_shapes(Graph *g) {
    size_t layers = g->spec->layer_count;
    TRY(memory_new(&g->shapes, layers, sizeof(*g->shapes)));
    TRY(memory_new(&g->values, layers, sizeof(*g->values)));
    for (size_t i = 0; i < layers; i++) {
        TRY(network_spec_shape(g->spec, i, &g->shapes[i]));
        if (onnx_layer_needs_planes(&g->spec->layers[i], shape_before(g, i, 0))) g->planes = true;
    }
    return STATUS_OK;
}

static void add_input(Graph *g) {
    static const int64_t CHANNELS_FIRST[] = {0, 3, 1, 2};
    g->input = (OnnxName){NORMALISED};
    if (!g->planes || !onnx_is_image(g->spec->input)) return;
    g->input = onnx_name("planes", g->name);
    node(g->model, "Transpose", g->input.text, NORMALISED, NULL);
    onnx_set_integers(g->model, "perm", 4, CHANNELS_FIRST);
}

static void add_layer(Graph *g, size_t i) {
    const LayerSpec *spec = &g->spec->layers[i];
    OnnxLayer layer = {.model = g->model,
                       .spec = spec,
                       .in = shape_before(g, i, 0),
                       .out = g->shapes[i],
                       .planes = g->planes,
                       .network = g->network,
                       .parameters = g->parameters};
    for (size_t k = 0; k < spec->input_count; k++)
        layer.input[k] = value_before(g, i, k)->text;
    if (onnx_layer_is_nothing(spec, layer.in)) {
        g->values[i] = *value_before(g, i, 0);
        return;
    }
    g->values[i] = onnx_name(g->name, spec->name);
    layer.output = g->values[i].text;
    onnx_layer(&layer);
}

/* --- from scores to probabilities --- */

static void add_softmax(const Graph *g, const char *scores, const char *probabilities) {
    node(g->model, "Softmax", probabilities, scores, NULL);
    onnx_set_integer(g->model, "axis", 1);
}

/* Negatives cut to 0, scaled to sum 1; all equal where nothing is left. */
static void add_shares(const Graph *g, const char *scores, const char *probabilities) {
    static const int64_t CLASSES = 1;
    OnnxModel *model = g->model;
    OnnxName positive = onnx_name(probabilities, "positive"), axes = onnx_name(probabilities, "axes");
    OnnxName sum = onnx_name(probabilities, "sum"), zero = onnx_name(probabilities, "zero");
    OnnxName share = onnx_name(probabilities, "share"), equal = onnx_name(probabilities, "equal");
    OnnxName left = onnx_name(probabilities, "left");
    const char *choice[] = {left.text, share.text, equal.text};
    onnx_integers(model, axes.text, 1, &CLASSES);
    add_scalar(model, zero.text, 0);
    add_scalar(model, equal.text, 1 / (float)g->spec->classes);
    node(model, "Relu", positive.text, scores, NULL);
    node(model, "ReduceSum", sum.text, positive.text, axes.text);
    node(model, "Greater", left.text, sum.text, zero.text);
    node(model, "Div", share.text, positive.text, sum.text);
    onnx_node(model, "Where", probabilities, choice, 3);
}

static void (*const ADD_LOSS[])(const Graph *, const char *scores, const char *probabilities) = {
    [LOSS_SOFTMAX_CROSS_ENTROPY] = add_softmax,
    [LOSS_HINGE] = add_softmax,
    [LOSS_MEAN_SQUARED_ERROR] = add_shares,
};

static void add_end(Graph *g, const char *probabilities) {
    size_t last = g->spec->layer_count - 1;
    OnnxName scores = g->values[last];
    if (onnx_is_image(g->shapes[last])) {
        scores = onnx_name("scores", g->name);
        onnx_flatten(g->model, g->planes, g->values[last].text, scores.text);
    }
    ADD_LOSS[g->spec->loss](g, scores.text, probabilities);
}

Status onnx_network(OnnxModel *model, const NetworkSpec *spec, const float *parameters, const char *name,
                    const char *probabilities) {
    Graph g = {.model = model, .spec = spec, .parameters = parameters, .name = name};
    Status status = find_shapes(&g);
    if (status == STATUS_OK) status = network_create(&g.network, spec, 1);
    if (status == STATUS_OK) {
        add_input(&g);
        for (size_t i = 0; i < spec->layer_count; i++)
            add_layer(&g, i);
        add_end(&g, probabilities);
    }
    network_destroy(&g.network);
    free(g.shapes);
    free(g.values);
    return status;
}

/* --- several --- */

static void add_weighted(OnnxModel *model, const char *probabilities, float weight, const char *output) {
    OnnxName name = onnx_name(probabilities, "weight");
    add_scalar(model, name.text, weight);
    node(model, "Mul", output, probabilities, name.text);
}

Status onnx_mean(OnnxModel *model, const char *const *probabilities, const uint32_t *counts, size_t networks,
                 const char *mean) {
    OnnxName *names = NULL;
    const char **parts = NULL;
    double total = 0;
    Status status = memory_new(&names, networks, sizeof(*names));
    if (status == STATUS_OK) status = memory_new(&parts, networks, sizeof(*parts));
    for (size_t i = 0; i < networks; i++)
        total += counts[i];
    for (size_t i = 0; status == STATUS_OK && i < networks; i++) {
        names[i] = onnx_name(probabilities[i], "part");
        parts[i] = names[i].text;
        add_weighted(model, probabilities[i], (float)(counts[i] / total), parts[i]);
    }
    if (status == STATUS_OK) onnx_node(model, "Sum", mean, parts, networks);
    free(parts);
    free(names);
    return status;
}
