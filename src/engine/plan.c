#include "engine/plan.h"

#include <limits.h>

#include "base/memory.h"
#include "base/size.h"

/* Blocks of parameters start at multiples of this many values (a cache line of floats) in both builds, so
 * that their layouts agree. */
enum { BLOCK_ALIGNMENT = 16 };

static Status too_large(void) {
    return status_fail(STATUS_INPUT,
                       "the network is too large for this machine's addresses; lower its units or the "
                       "batch size");
}

/* May `op` overwrite `input`? `first` is the network's input, which belongs to the caller. */
static bool runs_in_place(const Op *op, const Value *input, const Value *first) {
    if (!op->in_place || input == first || input->consumers != 1) return false;
    return input->reading == READS_NOTHING || (input->reading == READS_SIGN && op->keeps_sign);
}

/* Index of the value that layer or input `from` gives. */
static size_t value_from(const size_t *of_layer, size_t from) {
    return from == NETWORK_INPUT ? 0 : of_layer[from];
}

/* Connect nodes and values; counts edges. of_layer [layer_count] receives the index of each layer's value. */
static void connect_nodes(Plan *plan, const NetworkSpec *spec, const Shape *shapes, size_t *of_layer) {
    plan->values[0].size = shape_size(spec->input);
    plan->value_count = 1;
    for (size_t i = 0; i < spec->layer_count; i++) {
        const LayerSpec *layer = &spec->layers[i];
        const Op *op = op_of(layer->kind);
        Node node = {.op = op,
                     .layer = layer,
                     .index = i,
                     .input_count = layer->input_count,
                     .in = layer->inputs[0] == NETWORK_INPUT ? spec->input : shapes[layer->inputs[0]],
                     .out = shapes[i]};
        for (size_t k = 0; k < layer->input_count; k++) {
            node.inputs[k] = &plan->values[value_from(of_layer, layer->inputs[k])];
        }
        if (op->alias) {
            of_layer[i] = value_from(of_layer, layer->inputs[0]);
            continue;
        }
        for (size_t k = 0; k < node.input_count; k++) {
            node.inputs[k]->consumers++;
        }
        of_layer[i] = plan->value_count++;
        node.output = &plan->values[of_layer[i]];
        node.output->size = shape_size(shapes[i]);
        plan->nodes[plan->node_count++] = node;
    }
    plan->output = &plan->values[of_layer[spec->layer_count - 1]];
    plan->output->consumers++;
}

/* Where memory is shared, and which gradients are needed. */
static void decide_values(Plan *plan) {
    for (size_t i = 0; i < plan->node_count; i++) {
        Node *node = &plan->nodes[i];
        Value *input = node->inputs[0];
        Value *output = node->output;
        node->in_place = runs_in_place(node->op, input, &plan->values[0]);
        output->shares = node->in_place ? input : NULL;
        output->reading = node->op->reading;
        if (node->in_place && input->reading > output->reading) output->reading = input->reading;
        output->needs_gradient = node->array_count > 0;
        for (size_t k = 0; k < node->input_count; k++) {
            output->needs_gradient |= node->inputs[k]->needs_gradient;
        }
    }
}

/* In the order of the backward pass, the first edge to reach a value writes its gradient, later ones add to
 * it. */
static Status decide_edges(Plan *plan) {
    bool *written = NULL; /* [value_count] */
    TRY(memory_new(&written, plan->value_count, sizeof *written));
    written[plan->output - plan->values] = true;
    for (size_t i = plan->node_count; i-- > 0;) {
        Node *node = &plan->nodes[i];
        for (size_t k = 0; k < node->input_count; k++) {
            size_t value = (size_t)(node->inputs[k] - plan->values);
            node->adds[k] = written[value];
            written[value] = true;
        }
    }
    free(written);
    return STATUS_OK;
}

static Status plan_arrays(Plan *plan) {
    for (size_t i = 0; i < plan->node_count; i++) {
        Node *node = &plan->nodes[i];
        if (node->op->arrays == NULL) continue;
        node->first_block = plan->block_count;
        node->array_count = node->op->arrays(node->layer, node->in, node->arrays);
        for (size_t p = 0; p < node->array_count; p++) {
            const StoredArray *array = &node->arrays[p];
            size_t count = 0;
            size_t end = 0;
            if (!array_count(array->shape, &count) || !size_add(plan->parameter_count, count, &end) ||
                end > SIZE_MAX - BLOCK_ALIGNMENT) {
                return too_large();
            }
            node->offsets[p] = plan->parameter_count;
            plan->blocks[plan->block_count++] = (ParameterBlock){.layer = node->layer->name,
                                                                 .role = array->role,
                                                                 .offset = plan->parameter_count,
                                                                 .count = count,
                                                                 .shape = array->shape,
                                                                 .decays = array->decays,
                                                                 .trained = !array->kept};
            plan->parameter_count = size_align(end, BLOCK_ALIGNMENT);
        }
    }
    return STATUS_OK;
}

/* Bytes after each workspace, so that ops may work in whole vectors. */
enum { WORKSPACE_TAIL = 64 };

/* Bytes of the node's workspace with its tail; 0 for none. */
static Status workspace_size(const Plan *plan, const Node *node, size_t *bytes) {
    *bytes = 0;
    if (node->op->workspace == NULL) return STATUS_OK;
    if (!node->op->workspace(node, plan->batch_max, bytes) || !size_add(*bytes, WORKSPACE_TAIL, bytes)) {
        return too_large();
    }
    return STATUS_OK;
}

/* What the most demanding op needs. */
static Status scratch_size(const Plan *plan, size_t *most) {
    *most = 0;
    for (size_t i = 0; i < plan->node_count; i++) {
        const Node *node = &plan->nodes[i];
        size_t bytes = 0;
        if (node->op->scratch == NULL) continue;
        if (!node->op->scratch(node, &bytes)) return too_large();
        if (bytes > *most) *most = bytes;
    }
    return STATUS_OK;
}

static Status reserve(Plan *plan, size_t rows, size_t columns, size_t size) {
    size_t count = 0;
    if (!size_mul(rows, columns, &count) || arena_reserve(&plan->arena, count, size) != STATUS_OK)
        return too_large();
    return STATUS_OK;
}

static Status reserve_all(Plan *plan) {
    TRY(reserve(plan, plan->parameter_count, 1, sizeof(real)));
    TRY(reserve(plan, plan->parameter_count, 1, sizeof(real)));
    TRY(reserve(plan, plan->batch_max, 1, sizeof(uint16_t)));
    for (size_t v = 0; v < plan->value_count; v++) {
        const Value *value = &plan->values[v];
        if (value->shares != NULL) continue;
        TRY(reserve(plan, plan->batch_max, value->size, sizeof(real)));
        if (value->needs_gradient) TRY(reserve(plan, plan->batch_max, value->size, sizeof(real)));
    }
    for (size_t i = 0; i < plan->node_count; i++) {
        size_t bytes = 0;
        TRY(workspace_size(plan, &plan->nodes[i], &bytes));
        TRY(reserve(plan, bytes, 1, 1));
    }
    TRY(scratch_size(plan, &plan->scratch));
    return reserve(plan, plan->scratch, 1, 1);
}

static Status build(Plan *plan, const NetworkSpec *spec, Shape *shapes, size_t *of_layer) {
    for (size_t i = 0; i < spec->layer_count; i++) {
        TRY(network_spec_shape(spec, i, &shapes[i]));
    }
    TRY(memory_new(&plan->nodes, spec->layer_count, sizeof *plan->nodes));
    TRY(memory_new(&plan->values, spec->layer_count + 1, sizeof *plan->values));
    TRY(memory_new(&plan->blocks, spec->layer_count * OP_MAX_ARRAYS, sizeof *plan->blocks));
    connect_nodes(plan, spec, shapes, of_layer);
    TRY(plan_arrays(plan));
    decide_values(plan);
    TRY(decide_edges(plan));
    return reserve_all(plan);
}

Status plan_build(Plan *plan, const NetworkSpec *spec, size_t batch_max) {
    *plan = (Plan){.batch_max = batch_max};
    if (batch_max == 0 || batch_max > INT_MAX) {
        return status_fail(STATUS_INPUT, "a batch of %zu examples; it must be from 1 to %d", batch_max,
                           INT_MAX);
    }
    Shape shapes[NETWORK_MAX_LAYERS] = {{0}};
    size_t of_layer[NETWORK_MAX_LAYERS] = {0};
    Status status = build(plan, spec, shapes, of_layer);
    if (status != STATUS_OK) plan_release(plan);
    return status;
}

Status plan_bind(Plan *plan) {
    TRY(arena_allocate(&plan->arena));
    plan->parameters = arena_take(&plan->arena, plan->parameter_count, sizeof(real));
    plan->gradients = arena_take(&plan->arena, plan->parameter_count, sizeof(real));
    plan->labels = arena_take(&plan->arena, plan->batch_max, sizeof(uint16_t));
    for (size_t v = 0; v < plan->value_count; v++) {
        Value *value = &plan->values[v];
        if (value->shares != NULL) {
            value->data = value->shares->data;
            value->gradient = value->shares->gradient;
            continue;
        }
        value->data = arena_take(&plan->arena, plan->batch_max * value->size, sizeof(real));
        if (value->needs_gradient) {
            value->gradient = arena_take(&plan->arena, plan->batch_max * value->size, sizeof(real));
        }
    }
    for (size_t i = 0; i < plan->node_count; i++) {
        Node *node = &plan->nodes[i];
        size_t bytes = 0;
        TRY(workspace_size(plan, node, &bytes));
        node->workspace = arena_take(&plan->arena, bytes, 1);
        for (size_t p = 0; p < node->array_count; p++) {
            node->parameters[p] = plan->parameters + node->offsets[p];
            node->gradients[p] = plan->gradients + node->offsets[p];
        }
    }
    void *scratch = arena_take(&plan->arena, plan->scratch, 1);
    for (size_t i = 0; i < plan->node_count; i++)
        plan->nodes[i].scratch = scratch;
    return STATUS_OK;
}

void plan_release(Plan *plan) {
    arena_release(&plan->arena);
    free(plan->nodes);
    free(plan->values);
    free(plan->blocks);
    *plan = (Plan){0};
}

void plan_forward(const Plan *plan, const Run *run) {
    for (size_t i = 0; i < plan->node_count; i++) {
        const Node *node = &plan->nodes[i];
        node->op->forward(node, run);
        stopwatch_lap(plan->watch, run->training ? PHASE_FORWARD : PHASE_EVALUATION, node->index);
    }
}

void plan_backward(const Plan *plan, const Run *run) {
    for (size_t i = plan->node_count; i-- > 0;) {
        const Node *node = &plan->nodes[i];
        if (!node->output->needs_gradient) continue;
        node->op->backward(node, run);
        stopwatch_lap(plan->watch, PHASE_BACKWARD, node->index);
    }
}

uint64_t plan_branches(const Plan *plan, size_t batch) {
    uint64_t hash = 0;
    for (size_t i = 0; i < plan->node_count; i++) {
        const Node *node = &plan->nodes[i];
        if (node->op->branches != NULL) hash = node->op->branches(node, batch, hash);
    }
    return hash;
}
