/* Batch normalisation against the definition in double, its running statistics, and the extremes. */
#include <math.h>
#include <string.h>

#include "courses.h"
#include "engine/optimizer.h"
#include "engine/plan.h"
#include "made_up_data.h"
#include "nets.h"
#include "suite.h"
#include "suites.h"

#define MOST 120000 /* values of a batch */
#define MOST_CHANNELS 64

enum { SCALE, SHIFT, MEAN, VARIANCE };

/* batch_norm under a layer with something to train, and a layer after it. */
static NetworkSpec spec_of(Shape in) {
    NetworkSpec spec = net_of(1, 2, LOSS_SOFTMAX_CROSS_ENTROPY);
    spec.input = in;
    size_t first = net_conv2d(&spec, NETWORK_INPUT, in.channels, 1, 1, 1, PADDING_VALID);
    size_t norm = net_batch_norm(&spec, first);
    (void)net_dense(&spec, norm, 2);
    return spec;
}

static Plan plan_of(const NetworkSpec *spec, size_t batch) {
    Plan plan;
    CU_ASSERT_EQUAL_FATAL(network_spec_check(spec, NULL), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(plan_build(&plan, spec, batch), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(plan_bind(&plan), STATUS_OK);
    plan_initialise(&plan, spec, (TrialKey){.seed = 1});
    CU_ASSERT_FATAL(batch * plan.nodes[1].output->size <= MOST);
    return plan;
}

/* Inputs centre + spread net_value, gradients, and scales, shifts and running statistics apart from each
 * other; something in the input's gradient already. */
static void fill(const Node *node, size_t batch, double centre, double spread) {
    for (size_t i = 0; i < batch * node->output->size; i++) {
        node->inputs[0]->data[i] = (float)(centre + spread * net_value(i));
        node->inputs[0]->gradient[i] = (float)net_value(i + 3);
        node->output->gradient[i] = (float)net_value(i + 11);
    }
    for (size_t c = 0; c < node->in.channels; c++) {
        node->parameters[SCALE][c] = (float)(1.5 + net_value(c + 20));
        node->parameters[SHIFT][c] = (float)net_value(c + 40);
        node->parameters[MEAN][c] = (float)net_value(c + 60);
        node->parameters[VARIANCE][c] = (float)(1.5 + net_value(c + 80));
    }
}

/* Mean and biased variance of channel c, by two passes. */
static void moments(const Node *node, size_t rows, size_t c, double *mean, double *variance) {
    const float *x = node->inputs[0]->data; /* [rows, channels] */
    size_t n = node->in.channels;
    *mean = *variance = 0;
    for (size_t r = 0; r < rows; r++)
        *mean += (double)x[r * n + c] / (double)rows;
    for (size_t r = 0; r < rows; r++)
        *variance += ((double)x[r * n + c] - *mean) * ((double)x[r * n + c] - *mean) / (double)rows;
}

/* Outputs, running statistics and all gradients of one step, each to `tolerance` of its own size. */
static void check_step(Shape in, size_t batch, double centre, double spread, bool adds, double tolerance) {
    NetworkSpec spec = spec_of(in);
    Plan plan = plan_of(&spec, batch);
    Node *node = &plan.nodes[1];
    node->adds[0] = adds;
    fill(node, batch, centre, spread);
    size_t n = in.channels, rows = batch * in.height * in.width, wrong = 0;
    static float before[4][MOST_CHANNELS], earlier[MOST];
    for (size_t p = 0; p < 4; p++)
        memcpy(before[p], node->parameters[p], n * sizeof(float));
    memcpy(earlier, node->inputs[0]->gradient, rows * n * sizeof(float));
    Run run = {.batch = batch, .training = true};
    node->op->forward(node, &run);
    node->op->backward(node, &run);
    const float *x = node->inputs[0]->data, *dy = node->output->gradient; /* [rows, n] */
    for (size_t c = 0; c < n; c++) {
        double mean = 0, variance = 0, dscale = 0, dshift = 0;
        moments(node, rows, c, &mean, &variance);
        double inverse = 1 / sqrt(variance + 0.5), scale = (double)before[SCALE][c];
        double unbiased = variance * (double)rows / ((double)rows - 1);
        wrong += fabs(node->parameters[MEAN][c] - (0.875 * before[MEAN][c] + 0.125 * mean)) >
                 1e-6 + 1e-7 * fabs(mean);
        wrong += fabs(node->parameters[VARIANCE][c] - (0.875 * before[VARIANCE][c] + 0.125 * unbiased)) >
                 tolerance * (1 + unbiased);
        for (size_t r = 0; r < rows; r++) {
            double z = ((double)x[r * n + c] - mean) * inverse;
            dscale += (double)dy[r * n + c] * z;
            dshift += (double)dy[r * n + c];
            wrong += fabs(node->output->data[r * n + c] - (scale * z + before[SHIFT][c])) > tolerance;
        }
        for (size_t r = 0; r < rows; r++) {
            double z = ((double)x[r * n + c] - mean) * inverse;
            double dx = scale * inverse * (dy[r * n + c] - dshift / (double)rows - z * dscale / (double)rows);
            if (adds) dx += (double)earlier[r * n + c];
            wrong += fabs(node->inputs[0]->gradient[r * n + c] - dx) > tolerance;
        }
        wrong += fabs(node->gradients[SCALE][c] - dscale) > tolerance * sqrt((double)rows);
        wrong += fabs(node->gradients[SHIFT][c] - dshift) > tolerance * sqrt((double)rows);
        wrong += node->gradients[MEAN][c] != 0 || node->gradients[VARIANCE][c] != 0;
        wrong += node->parameters[SCALE][c] != before[SCALE][c];
        wrong += node->parameters[SHIFT][c] != before[SHIFT][c];
    }
    CU_ASSERT_EQUAL(wrong, 0);
    if (wrong > 0) printf("\n    %zu wrong: %zu x %zu x %zu x %zu", wrong, batch, in.height, in.width, n);
    plan_release(&plan);
}

static void steps(void) {
    static const Shape shapes[] = {{1, 1, 5}, {3, 4, 1}, {5, 3, 3}, {4, 4, 8}, {7, 5, 19}, {11, 13, 64}};
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        for (size_t batch = 2; batch <= 12; batch += 5) {
            check_step(shapes[s], batch, 0.3, 1, false, 5e-6);
            check_step(shapes[s], batch, -2, 3, true, 5e-6);
        }
    }
}

/* Fifty thousand values a channel, far from zero: sums of squares in float would keep no digit of the
 * variance. */
static void many_values_far_from_zero(void) {
    check_step((Shape){28, 28, 2}, 64, 0.3, 1, false, 5e-6);
    check_step((Shape){28, 28, 2}, 64, 1000, 1, false, 2e-4);
    check_step((Shape){1, 1, 2}, 50000, 1000, 1, false, 2e-4);
}

static void constant_channels(void) {
    NetworkSpec spec = spec_of((Shape){3, 5, 4});
    Plan plan = plan_of(&spec, 7);
    const Node *node = &plan.nodes[1];
    fill(node, 7, 1234.567, 0);
    Run run = {.batch = 7, .training = true};
    node->op->forward(node, &run);
    for (size_t i = 0; i < 7 * node->output->size; i++)
        CU_ASSERT_EQUAL(node->output->data[i], node->parameters[SHIFT][i % 4]);
    plan_release(&plan);
}

static void a_single_value(void) {
    NetworkSpec spec = spec_of((Shape){1, 1, 3});
    Plan plan = plan_of(&spec, 4);
    const Node *node = &plan.nodes[1];
    fill(node, 1, 7, 2);
    Run run = {.batch = 1, .training = true};
    node->op->forward(node, &run);
    node->op->backward(node, &run);
    for (size_t c = 0; c < 3; c++) {
        CU_ASSERT_EQUAL(node->output->data[c], node->parameters[SHIFT][c]);
        CU_ASSERT_EQUAL(node->parameters[VARIANCE][c], (float)(1.5 + net_value(c + 80)));
        CU_ASSERT_DOUBLE_EQUAL(node->parameters[MEAN][c],
                               0.875 * net_value(c + 60) + 0.125 * node->inputs[0]->data[c], 1e-6);
        CU_ASSERT_EQUAL(node->gradients[SCALE][c], 0);
        CU_ASSERT_EQUAL(node->gradients[SHIFT][c], node->output->gradient[c]);
        CU_ASSERT_DOUBLE_EQUAL(node->inputs[0]->gradient[c], 0, 1e-6);
    }
    plan_release(&plan);
}

static void evaluation(void) {
    NetworkSpec spec = spec_of((Shape){3, 2, 9});
    Plan plan = plan_of(&spec, 4);
    const Node *node = &plan.nodes[1];
    fill(node, 4, 0.5, 2);
    size_t bytes = plan.parameter_count * sizeof(float);
    float *before = malloc(bytes);
    if (before == NULL) abort();
    memcpy(before, plan.parameters, bytes);
    Run run = {.batch = 4};
    node->op->forward(node, &run);
    CU_ASSERT_EQUAL(memcmp(before, plan.parameters, bytes), 0);
    for (size_t i = 0; i < 4 * node->output->size; i++) {
        size_t c = i % 9;
        double z = (node->inputs[0]->data[i] - (double)node->parameters[MEAN][c]) /
                   sqrt((double)node->parameters[VARIANCE][c] + 0.5);
        CU_ASSERT_DOUBLE_EQUAL(node->output->data[i],
                               node->parameters[SCALE][c] * z + node->parameters[SHIFT][c], 2e-6);
    }
    free(before);
    plan_release(&plan);
}

static void in_place(void) {
    NetworkSpec spec = net_of(3, 3, LOSS_HINGE);
    size_t dense = net_dense(&spec, NETWORK_INPUT, 3);
    size_t tanh_of = net_add(&spec, LAYER_TANH, dense);
    size_t norm = net_batch_norm(&spec, tanh_of);   /* reads what came in when it goes back: no */
    size_t relu = net_add(&spec, LAYER_RELU, norm); /* nobody reads what batch_norm gave: yes */
    size_t second = net_batch_norm(&spec, relu);    /* no */
    (void)net_add(&spec, LAYER_SIGMOID, second);    /* yes */
    static const bool expected[] = {false, true, false, true, false, true};
    Plan plan = plan_of(&spec, 2);
    for (size_t i = 0; i < plan.node_count; i++)
        CU_ASSERT_EQUAL(plan.nodes[i].in_place, expected[i]);
    plan_release(&plan);
}

/* Not a number and infinity reach the loss, in training and in evaluation after it. */
static void divergence_shows(void) {
    static const float wrong[] = {NAN, INFINITY, -INFINITY};
    NetworkSpec spec = spec_of((Shape){2, 2, 3});
    for (size_t i = 0; i < 3; i++) {
        Network *network = NULL;
        CU_ASSERT_EQUAL_FATAL(network_create(&network, &spec, 4), STATUS_OK);
        network_initialise(network, course_key);
        for (size_t k = 0; k < 4 * 12; k++)
            network_input(network)[k] = (float)net_value(k);
        network_input(network)[13] = wrong[i];
        CU_ASSERT(!isfinite(network_train(network, 4, course_key, 0).loss_sum));
        network_input(network)[13] = 0;
        CU_ASSERT(!isfinite(network_evaluate(network, 4, NULL).loss_sum));
        network_destroy(&network);
    }
}

/* Neither gradient, decay nor clipping touches what forward keeps. */
static void optimizers_leave_statistics_alone(void) {
    NetworkSpec spec = spec_of((Shape){2, 2, 3});
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++) {
        Network *network = NULL;
        CU_ASSERT_EQUAL_FATAL(network_create(&network, &spec, 4), STATUS_OK);
        network_initialise(network, course_key);
        for (size_t k = 0; k < 4 * 12; k++)
            network_input(network)[k] = (float)net_value(k);
        TrainSettings settings = train_settings_default(1);
        settings.optimizer = (OptimizerKind)kind;
        settings.weight_decay = 0.1;
        Optimizer *optimizer = NULL;
        CU_ASSERT_EQUAL_FATAL(optimizer_create(&optimizer, &settings, network_parameter_count(network)),
                              STATUS_OK);
        (void)network_train(network, 4, course_key, 0);
        ParameterBlock blocks[8];
        float before[8];
        size_t count = network_block_count(network);
        CU_ASSERT_EQUAL_FATAL(count, 8);
        for (size_t b = 0; b < count; b++) {
            blocks[b] = network_block(network, b);
            before[b] = network_parameters(network)[blocks[b].offset];
        }
        optimizer_step(optimizer, network_parameters(network), network_gradients(network), blocks, count, 0.1,
                       0.9);
        for (size_t b = 0; b < count; b++) {
            bool kept = strcmp(blocks[b].role, "mean") == 0 || strcmp(blocks[b].role, "variance") == 0;
            CU_ASSERT_EQUAL(blocks[b].trained, !kept);
            CU_ASSERT(!blocks[b].decays || strcmp(blocks[b].role, "weight") == 0);
            /* The bias before a normalisation has a gradient of rounding errors alone. */
            if (b == 1) continue;
            CU_ASSERT_EQUAL(network_parameters(network)[blocks[b].offset] == before[b], kept);
        }
        optimizer_destroy(&optimizer);
        network_destroy(&network);
    }
}

/* The network kept is the best epoch's, running statistics included: evaluated afresh, it gives the very
 * probabilities that the epoch was judged by. */
static void the_kept_network_has_its_statistics(void) {
    Data *data = made_up();
    NetworkSpec spec = course_norm_spec();
    TrainSettings settings = train_settings_default(6);
    settings.batch_size = 32;
    settings.learning_rate = 0.05;
    Trainer *trainer = course_begin(&spec, &settings, &data->train, &data->validation, course_key);
    Course course = course_follow(trainer);
    CU_ASSERT_EQUAL(course.outcome.status, TRIAL_COMPLETED);
    CU_ASSERT(course.outcome.val_accuracy > 0.8);
    size_t count = network_parameter_count(trainer_network(trainer));
    const float *best = trainer_best_parameters(trainer);
    Network *fresh = NULL;
    CU_ASSERT_EQUAL_FATAL(network_create(&fresh, &spec, 100), STATUS_OK);
    memcpy(network_parameters(fresh), best, count * sizeof *best);
    ParameterBlock mean = network_block(fresh, 4), variance = network_block(fresh, 5);
    CU_ASSERT_STRING_EQUAL_FATAL(mean.role, "mean");
    CU_ASSERT_STRING_EQUAL_FATAL(variance.role, "variance");
    CU_ASSERT_NOT_EQUAL(best[mean.offset], 0);
    CU_ASSERT_NOT_EQUAL(best[variance.offset], 1);
    uint32_t order[ROWS - TRAINING];
    float probabilities[(ROWS - TRAINING) * CLASSES];
    for (uint32_t i = 0; i < ROWS - TRAINING; i++)
        order[i] = i;
    examples_gather(&data->validation, order, 100, network_input(fresh), network_labels(fresh));
    (void)network_evaluate(fresh, 100, probabilities);
    double worst = 0;
    for (size_t i = 0; i < sizeof probabilities / sizeof probabilities[0]; i++)
        worst = fmax(worst, fabs(probabilities[i] - trainer_best_probabilities(trainer)[i]));
    CU_ASSERT(worst < 1e-6);
    network_parameters(fresh)[mean.offset] += 1;
    (void)network_evaluate(fresh, 100, probabilities);
    CU_ASSERT(fabs(probabilities[0] - trainer_best_probabilities(trainer)[0]) > 1e-6);
    network_destroy(&fresh);
    trainer_destroy(&trainer);
}

void suite_batch_norm(void) {
    static const TestCase tests[] = {
        {"outputs, running statistics and gradients are the definition's, over many shapes", steps},
        {"so they are for very many values far from zero", many_values_far_from_zero},
        {"a channel that does not vary gives the shift exactly", constant_channels},
        {"a single value gives the shift and leaves the running variance alone", a_single_value},
        {"evaluation takes the running statistics and leaves them alone", evaluation},
        {"what follows may overwrite its output; it overwrites nothing", in_place},
        {"not a number and infinity reach the loss", divergence_shows},
        {"no optimizer moves the running statistics", optimizers_leave_statistics_alone},
        {"the kept network is evaluated by its own running statistics", the_kept_network_has_its_statistics},
    };
    SUITE("batch norm", tests);
}
