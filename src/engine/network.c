#include "engine/network.h"

#include "base/memory.h"
#include "engine/loss.h"
#include "engine/network_internal.h"
#include "engine/plan.h"

struct Network {
    NetworkSpec spec;
    Plan plan;
    const Loss *loss;
    double smoothing; /* of labels, in training */
};

static Status build(Network *network, const NetworkSpec *spec, size_t batch_max) {
    network->spec = *spec;
    network->loss = loss_of(spec->loss);
    TRY(plan_build(&network->plan, &network->spec, batch_max));
    return plan_bind(&network->plan);
}

Status network_create(Network **out, const NetworkSpec *spec, size_t batch_max) {
    *out = NULL;
    Network *network = NULL;
    TRY(memory_new(&network, 1, sizeof *network));
    Status status = build(network, spec, batch_max);
    if (status != STATUS_OK) {
        network_destroy(&network);
        return status;
    }
    *out = network;
    return STATUS_OK;
}

void network_destroy(Network **network) {
    if (*network == NULL) return;
    plan_release(&(*network)->plan);
    free(*network);
    *network = NULL;
}

Status network_memory(const NetworkSpec *spec, size_t batch_max, NetworkMemory *memory) {
    Plan plan;
    TRY(plan_build(&plan, spec, batch_max));
    *memory = (NetworkMemory){plan.arena.size, plan.parameter_count, plan.block_count};
    plan_release(&plan);
    return STATUS_OK;
}

size_t network_parameter_count(const Network *network) {
    return network->plan.parameter_count;
}

real *network_parameters(Network *network) {
    return network->plan.parameters;
}

real *network_gradients(Network *network) {
    return network->plan.gradients;
}

size_t network_block_count(const Network *network) {
    return network->plan.block_count;
}

ParameterBlock network_block(const Network *network, size_t block) {
    return network->plan.blocks[block];
}

real *network_input(Network *network) {
    return network->plan.values[0].data;
}

uint16_t *network_labels(Network *network) {
    return network->plan.labels;
}

void network_initialise(Network *network, TrialKey key) {
    plan_initialise(&network->plan, &network->spec, key);
}

void network_set_label_smoothing(Network *network, double smoothing) {
    network->smoothing = smoothing;
}

void network_set_stopwatch(Network *network, Stopwatch *watch) {
    network->plan.watch = watch;
}

/* Losses of the batch, and the gradient of their mean where the run trains. */
static BatchResult judge(const Network *network, size_t batch, double smoothing, bool with_gradient) {
    const Value *output = network->plan.output;
    size_t classes = output->size;
    BatchResult result = {0};
    for (size_t i = 0; i < batch; i++) {
        const real *scores = output->data + i * classes;                        /* [classes] */
        real *gradient = with_gradient ? output->gradient + i * classes : NULL; /* [classes] */
        size_t label = network->plan.labels[i];
        result.loss_sum +=
            network->loss->example(scores, classes, label, smoothing, 1 / (real)batch, gradient);
        result.correct += loss_first_largest(scores, classes) == label;
    }
    return result;
}

BatchResult network_train(Network *network, size_t batch, TrialKey key, uint32_t step) {
    Run run = {.batch = batch, .training = true, .key = key, .step = step};
    plan_forward(&network->plan, &run);
    BatchResult result = judge(network, batch, network->smoothing, true);
    stopwatch_lap(network->plan.watch, PHASE_FORWARD, NO_LAYER);
    plan_backward(&network->plan, &run);
    return result;
}

BatchResult network_evaluate(Network *network, size_t batch, float *probabilities) {
    Run run = {.batch = batch};
    plan_forward(&network->plan, &run);
    const Value *output = network->plan.output;
    for (size_t i = 0; probabilities != NULL && i < batch; i++) {
        network->loss->probabilities(output->data + i * output->size, output->size,
                                     probabilities + i * output->size);
    }
    return judge(network, batch, 0, false);
}

double network_probe(Network *network, size_t batch, TrialKey key, uint32_t step, uint64_t *branches) {
    Run run = {.batch = batch, .training = true, .key = key, .step = step};
    plan_forward(&network->plan, &run);
    const Value *output = network->plan.output;
    *branches = plan_branches(&network->plan, batch);
    for (size_t i = 0; network->loss->branches != NULL && i < batch; i++) {
        *branches = network->loss->branches(output->data + i * output->size, output->size,
                                            network->plan.labels[i], *branches);
    }
    return judge(network, batch, network->smoothing, false).loss_sum / (double)batch;
}
