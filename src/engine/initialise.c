#include <math.h>
#include <string.h>

#include "base/philox.h"
#include "engine/plan.h"

/* What the values of a layer meet first. */
typedef enum Meets { MEETS_RECTIFIER, MEETS_LOSS, MEETS_OTHER } Meets;

/* A rectifier (relu, leaky_relu, maximum) where some way from layer `from` meets one before any other layer
 * with weights or activation; the loss where some way ends there; what has neither (flatten, pools,
 * batch_norm, dropout, add, multiply) is looked through. */
static Meets meets_first(const NetworkSpec *spec, size_t from) {
    bool reached[NETWORK_MAX_LAYERS] = {false};
    reached[from] = true;
    for (size_t i = from + 1; i < spec->layer_count; i++) {
        const LayerSpec *layer = &spec->layers[i];
        bool fed = false;
        for (size_t k = 0; k < layer->input_count; k++) {
            fed |= layer->inputs[k] != NETWORK_INPUT && reached[layer->inputs[k]];
        }
        if (!fed) continue;
        switch (layer->kind) {
        case LAYER_RELU:
        case LAYER_LEAKY_RELU:
        case LAYER_MAXIMUM: return MEETS_RECTIFIER;
        case LAYER_FLATTEN:
        case LAYER_MAX_POOL:
        case LAYER_AVERAGE_POOL:
        case LAYER_GLOBAL_AVERAGE_POOL:
        case LAYER_BATCH_NORM:
        case LAYER_DROPOUT:
        case LAYER_ADD:
        case LAYER_MULTIPLY: reached[i] = true; break;
        default: break;
        }
    }
    return reached[spec->layer_count - 1] ? MEETS_LOSS : MEETS_OTHER;
}

static double deviation(const NetworkSpec *spec, size_t layer, size_t in, size_t out) {
    InitKind kind = spec->layers[layer].init;
    if (kind == INIT_AUTO) {
        Meets meets = meets_first(spec, layer);
        if (meets == MEETS_LOSS) return 0.1 * sqrt(1 / (double)in);
        kind = meets == MEETS_RECTIFIER ? INIT_HE : INIT_GLOROT;
    }
    switch (kind) {
    case INIT_HE: return sqrt(2 / (double)in);
    case INIT_LECUN: return sqrt(1 / (double)in);
    default: return sqrt(2 / ((double)in + (double)out));
    }
}

void plan_initialise(const Plan *plan, const NetworkSpec *spec, TrialKey key) {
    memset(plan->parameters, 0, plan->parameter_count * sizeof(real));
    for (size_t i = 0; i < plan->node_count; i++) {
        const Node *node = &plan->nodes[i];
        RandomStream stream =
            random_stream(key.seed, RANDOM_WEIGHTS, key.stage, (uint16_t)node->index, key.number, 0);
        for (size_t p = 0; p < node->array_count; p++) {
            const StoredArray *array = &node->arrays[p];
            real *values = node->parameters[p]; /* of array->shape */
            size_t count = plan->blocks[node->first_block + p].count;
            double size = array->fan_in > 0 ? deviation(spec, node->index, array->fan_in, array->fan_out) : 0;
            for (size_t k = 0; k < count; k++)
                values[k] = array->fan_in > 0 ? (real)(size * random_normal(&stream)) : array->initial;
        }
    }
}
