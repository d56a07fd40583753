#include "engine/flops.h"

#include <stdbool.h>

#include "engine/op.h"

/* Of the layer's product with its weights, for one example. */
static double multiply_adds(const LayerSpec *layer, Shape input, Shape output) {
    switch (layer->kind) {
    case LAYER_DENSE: return (double)shape_size(input) * (double)layer->units;
    case LAYER_CONV2D:
        return (double)(layer->kernel_height * layer->kernel_width * input.channels) *
               (double)shape_size(output);
    default: return 0;
    }
}

static Status first_input(const NetworkSpec *spec, size_t layer, Shape *shape) {
    size_t from = spec->layers[layer].inputs[0];
    *shape = spec->input;
    return from == NETWORK_INPUT ? STATUS_OK : network_spec_shape(spec, from, shape);
}

Status flops_of_network(const NetworkSpec *spec, Flops *layers, Flops *total) {
    bool trained[NETWORK_MAX_LAYERS] = {false}; /* [layer_count] the layer, or one before it */
    *total = (Flops){0};
    for (size_t i = 0; i < spec->layer_count; i++) {
        const LayerSpec *layer = &spec->layers[i];
        bool before = false;
        for (size_t k = 0; k < layer->input_count; k++)
            before |= layer->inputs[k] != NETWORK_INPUT && trained[layer->inputs[k]];
        trained[i] = before || op_of(layer->kind)->arrays != NULL;
        Shape input;
        Shape output;
        TRY(first_input(spec, i, &input));
        TRY(network_spec_shape(spec, i, &output));
        double product = 2 * multiply_adds(layer, input, output);
        layers[i] = (Flops){.forward = product, .backward = before ? 2 * product : product};
        total->forward += layers[i].forward;
        total->backward += layers[i].backward;
    }
    return STATUS_OK;
}
