#include "engine/gradient_check.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "base/philox.h"
#include "base/text.h"
#include "engine/gradient_compare.h"
#include "engine/network_internal.h"

/* A step of 1e-4 with the fourth-order formula leaves about 1e-12 of both truncation and rounding. Where it
 * crosses a kink, the next smaller one is tried: fewer kinks are near, but rounding grows. The last one is
 * for networks with some 100,000 units, one of which is always near its kink. */
static const double STEPS[] = {1e-4, 1e-5, 1e-6, 1e-7};

typedef struct Probe {
    Network *network;
    TrialKey key;
    size_t count;
    uint64_t branches; /* at the parameters themselves */
    double loss;       /* there */
} Probe;

/* Loss with *value moved by `offset`; false where that crosses a kink. */
static bool moved_loss(const Probe *probe, double *value, double offset, double *loss) {
    double kept = *value;
    uint64_t branches = 0;
    *value = kept + offset;
    *loss = network_probe(probe->network, probe->count, probe->key, 0, &branches);
    *value = kept;
    return branches == probe->branches;
}

/* (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12 h */
static bool difference(const Probe *probe, double *value, double step, double *out) {
    double far_up = 0;
    double far_down = 0;
    double up = 0;
    double down = 0;
    if (!moved_loss(probe, value, 2 * step, &far_up) || !moved_loss(probe, value, -2 * step, &far_down) ||
        !moved_loss(probe, value, step, &up) || !moved_loss(probe, value, -step, &down)) {
        return false;
    }
    *out = (8 * (up - down) - (far_up - far_down)) / (12 * step);
    return true;
}

/* `step` <- the one that was taken. */
static bool numeric_gradient(const Probe *probe, double *value, double *out, double *step) {
    for (size_t s = 0; s < sizeof STEPS / sizeof STEPS[0]; s++) {
        *step = STEPS[s];
        if (difference(probe, value, *step, out)) return true;
    }
    return false;
}

static double largest_of(const double *claimed, size_t count) {
    double largest = 0;
    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs(claimed[i]));
    }
    return largest;
}

/* What an error is measured against where the coordinate itself is small: rounding in the loss does not
 * shrink with the coordinate, and is divided by the step. */
static double least_scale(const Probe *probe, double largest, double step) {
    return fmax(largest * 1e-3, fmax(probe->loss, 1) * 1e-8 / step);
}

/* The coordinates of one array, `per_block` of them, spread over it. */
static void compare_block(const Probe *probe, ParameterBlock block, const double *claimed, size_t per_block,
                          GradientReport *report) {
    double *values = network_parameters(probe->network) + block.offset; /* [count] */
    size_t size = block.count;
    size_t count = per_block == 0 || per_block > size ? size : per_block;
    double largest = largest_of(claimed, size);
    for (size_t i = 0; i < count; i++) {
        size_t at = i * (size / count) + i * (size % count) / count;
        double numeric = 0;
        double step = 0;
        if (!numeric_gradient(probe, &values[at], &numeric, &step)) {
            report->skipped++;
            continue;
        }
        report->checked++;
        double scale = fmax(fabs(claimed[at]) + fabs(numeric), least_scale(probe, largest, step));
        double error = fabs(claimed[at] - numeric) / scale;
        if (error <= report->worst) continue;
        report->worst = isnan(error) ? INFINITY : error;
        report->role = block.role;
        report->coordinate = at;
        text_copy(report->layer, sizeof report->layer, block.layer);
    }
}

void gradient_compare(Network *network, TrialKey key, size_t count, size_t per_block, const double *claimed,
                      GradientReport *report) {
    *report = (GradientReport){.role = ""};
    Probe probe = {.network = network, .key = key, .count = count};
    probe.loss = network_probe(network, count, key, 0, &probe.branches);
    for (size_t b = 0; b < network_block_count(network); b++) {
        ParameterBlock block = network_block(network, b);
        if (!block.trained) continue;
        compare_block(&probe, block, claimed + block.offset, per_block, report);
    }
}

/* Zero biases would put whole layers on a kink where an input is zero; small random ones are as good for a
 * check. */
static void scatter_biases(Network *network, TrialKey key) {
    for (size_t b = 0; b < network_block_count(network); b++) {
        ParameterBlock block = network_block(network, b);
        if (strcmp(block.role, "bias") != 0) continue;
        RandomStream stream =
            random_stream(key.seed, RANDOM_PREFLIGHT, key.stage, (uint16_t)b, key.number, 0);
        double *bias = network_parameters(network) + block.offset; /* [count] */
        for (size_t i = 0; i < block.count; i++) {
            bias[i] = 0.1 * random_normal(&stream);
        }
    }
}

Status gradient_check(const NetworkSpec *spec, TrialKey key, const double *x, const uint16_t *labels,
                      size_t count, size_t per_block, GradientReport *report) {
    Network *network = NULL;
    TRY(network_create(&network, spec, count));
    network_initialise(network, key);
    scatter_biases(network, key);
    memcpy(network_input(network), x, count * shape_size(spec->input) * sizeof *x);
    memcpy(network_labels(network), labels, count * sizeof *labels);

    double *claimed = NULL; /* [parameter_count] */
    Status status = memory_new(&claimed, network_parameter_count(network), sizeof *claimed);
    if (status == STATUS_OK) {
        network_train(network, count, key, 0);
        memcpy(claimed, network_gradients(network), network_parameter_count(network) * sizeof *claimed);
        gradient_compare(network, key, count, per_block, claimed, report);
    }
    free(claimed);
    network_destroy(&network);
    return status;
}
