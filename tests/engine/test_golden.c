/* The optimizers in double on a small network, against PyTorch and the papers, and Nesterov's two forms. */
#define ENGINE_DOUBLE

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/network.h"
#include "engine/optimizer.h"
#include "nets.h"
#include "suite.h"
#include "suites.h"

#define EXAMPLES 8
#define INPUTS 5
#define HIDDEN 4
#define CLASSES 3
#define VALUES (INPUTS * HIDDEN + HIDDEN + HIDDEN * CLASSES + CLASSES) /* of all blocks */
#define BLOCKS 4

/* A network with its one fixed batch: an oracle of gradients. */
typedef struct Oracle {
    Network *network;
    ParameterBlock blocks[BLOCKS];
    double x[EXAMPLES * INPUTS];
    double labels[EXAMPLES];
    double initial[VALUES]; /* blocks in order, without padding */
} Oracle;

static void read_values(FILE *file, double *out, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (fscanf(file, "%lf", &out[i]) != 1) CU_FAIL_FATAL("a golden file is too short");
    }
}

static void expect_word(FILE *file, const char *word) {
    char found[32] = "";
    if (fscanf(file, "%31s", found) != 1 || strcmp(found, word) != 0)
        CU_FAIL_FATAL("a golden file is out of order");
}

static void oracle_open(Oracle *oracle, FILE **file) {
    *file = fopen(SOURCE_ROOT "/tests/engine/golden/trajectories.txt", "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(*file);
    expect_word(*file, "values");
    read_values(*file, oracle->x, EXAMPLES * INPUTS);
    expect_word(*file, "labels");
    read_values(*file, oracle->labels, EXAMPLES);
    expect_word(*file, "initial");
    read_values(*file, oracle->initial, VALUES);
    NetworkSpec spec = net_chain(INPUTS, HIDDEN, LAYER_TANH, CLASSES, LOSS_SOFTMAX_CROSS_ENTROPY);
    CU_ASSERT_EQUAL_FATAL(network_create(&oracle->network, &spec, EXAMPLES), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(network_block_count(oracle->network), BLOCKS);
    for (size_t b = 0; b < BLOCKS; b++)
        oracle->blocks[b] = network_block(oracle->network, b);
}

static void oracle_close(Oracle *oracle, FILE *file) {
    network_destroy(&oracle->network);
    fclose(file);
}

/* Blocks without padding [VALUES] into the network's layout, or back. */
static void unpack(const Oracle *oracle, const double *packed, double *x) {
    for (size_t b = 0, at = 0; b < BLOCKS; b++) {
        size_t count = oracle->blocks[b].count;
        memcpy(x + oracle->blocks[b].offset, packed + at, count * sizeof *x);
        at += count;
    }
}

static void pack(const Oracle *oracle, const double *x, double *packed) {
    for (size_t b = 0, at = 0; b < BLOCKS; b++) {
        size_t count = oracle->blocks[b].count;
        memcpy(packed + at, x + oracle->blocks[b].offset, count * sizeof *x);
        at += count;
    }
}

/* The gradient at the network's present parameters. */
static double *oracle_gradient(Oracle *oracle) {
    memcpy(network_input(oracle->network), oracle->x, sizeof oracle->x);
    for (size_t i = 0; i < EXAMPLES; i++)
        network_labels(oracle->network)[i] = (uint16_t)oracle->labels[i];
    network_train(oracle->network, EXAMPLES, (TrialKey){0}, 0);
    return network_gradients(oracle->network);
}

/* Largest relative difference of two packed vectors; a value near 0 counts as one of 1e-6. */
static double difference(const double *a, const double *b) {
    double worst = 0;
    for (size_t i = 0; i < VALUES; i++)
        worst = fmax(worst, fabs(a[i] - b[i]) / fmax(fabs(b[i]), 1e-6));
    return worst;
}

static OptimizerKind optimizer_named(const char *name) {
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++) {
        if (strcmp(optimizer_name((OptimizerKind)kind), name) == 0) return (OptimizerKind)kind;
    }
    CU_FAIL_FATAL("no such optimizer");
    return OPTIMIZER_SGD;
}

static void golden_trajectories(void) {
    Oracle oracle = {0};
    FILE *file;
    oracle_open(&oracle, &file);
    bool seen[OPTIMIZER_KIND_COUNT] = {0};
    char name[32], source[32];
    while (fscanf(file, " case %31s %31s", name, source) == 2) {
        double value[9];
        read_values(file, value, 9);
        TrainSettings settings = train_settings_default(1);
        settings.optimizer = optimizer_named(name);
        settings.beta1 = value[2];
        settings.beta2 = value[3];
        settings.rho = value[4];
        settings.epsilon = value[5];
        settings.weight_decay = value[6];
        settings.gradient_clip = value[7];
        Optimizer *optimizer;
        CU_ASSERT_EQUAL_FATAL(
            optimizer_create(&optimizer, &settings, network_parameter_count(oracle.network)), STATUS_OK);
        double *x = network_parameters(oracle.network);
        unpack(&oracle, oracle.initial, x);
        int step = 0, kept = 0;
        double rate = value[0];
        while (fscanf(file, " step %d", &kept) == 1) {
            for (; step < kept; step++, rate *= value[8]) {
                optimizer_step(optimizer, x, oracle_gradient(&oracle), oracle.blocks, BLOCKS, rate, value[1]);
            }
            double golden[VALUES], reached[VALUES];
            read_values(file, golden, VALUES);
            pack(&oracle, x, reached);
            double worst = difference(reached, golden);
            CU_ASSERT(worst < 1e-9);
            if (!(worst < 1e-9)) printf("\n    %s (%s): %g at step %d", name, source, worst, step);
        }
        CU_ASSERT_EQUAL(step, 20);
        seen[settings.optimizer] = true;
        optimizer_destroy(&optimizer);
    }
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++)
        CU_ASSERT(seen[kind]);
    oracle_close(&oracle, file);
}

/* Look-ahead form: the gradient is taken at theta + mu v, then v <- mu v - eta g, theta <- theta + v. The
 * rewritten form's x is theta + mu v. */
static void nesterov_forms_agree(void) {
    Oracle oracle = {0};
    FILE *file;
    oracle_open(&oracle, &file);
    double *x = network_parameters(oracle.network);
    size_t count = network_parameter_count(oracle.network);
    const double mu = 0.9;
    enum { STEPS = 30 };

    double theta[VALUES], v[VALUES] = {0}, ahead[STEPS][VALUES], g[VALUES];
    memcpy(theta, oracle.initial, sizeof theta);
    for (int step = 0; step < STEPS; step++) {
        double rate = 0.2 / (1 + 0.1 * step), point[VALUES];
        for (size_t i = 0; i < VALUES; i++)
            point[i] = theta[i] + mu * v[i];
        unpack(&oracle, point, x);
        pack(&oracle, oracle_gradient(&oracle), g);
        for (size_t i = 0; i < VALUES; i++) {
            v[i] = mu * v[i] - rate * g[i];
            theta[i] += v[i];
            ahead[step][i] = theta[i] + mu * v[i];
        }
    }

    TrainSettings settings = train_settings_default(1);
    Optimizer *optimizer;
    CU_ASSERT_EQUAL_FATAL(optimizer_create(&optimizer, &settings, count), STATUS_OK);
    unpack(&oracle, oracle.initial, x);
    double worst = 0, moved = 0;
    for (int step = 0; step < STEPS; step++) {
        double reached[VALUES];
        optimizer_step(optimizer, x, oracle_gradient(&oracle), oracle.blocks, BLOCKS, 0.2 / (1 + 0.1 * step),
                       mu);
        pack(&oracle, x, reached);
        worst = fmax(worst, difference(reached, ahead[step]));
        moved = difference(reached, oracle.initial);
    }
    CU_ASSERT(worst < 1e-9);
    CU_ASSERT(moved > 0.1);
    optimizer_destroy(&optimizer);
    oracle_close(&oracle, file);
}

void suite_golden(void) {
    static const TestCase tests[] = {
        {"20 steps of every optimizer follow PyTorch or the paper", golden_trajectories},
        {"Nesterov's rewritten form is the look-ahead form", nesterov_forms_agree},
    };
    SUITE("golden", tests);
}
