/* Convolutions against plain loops over the definition, values and all three gradients. */
#define ENGINE_DOUBLE

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/gradient_check.h"
#include "engine/plan.h"
#include "nets.h"
#include "suite.h"
#include "suites.h"

#define BATCH 3

typedef struct Case {
    Shape in;
    size_t filters, height, width, stride;
    Padding padding;
} Case;

static const Case cases[] = {
    {{6, 7, 2}, 3, 3, 3, 1, PADDING_VALID},  {{6, 7, 2}, 3, 3, 3, 1, PADDING_SAME},
    {{5, 5, 1}, 4, 5, 5, 1, PADDING_SAME},   {{5, 5, 1}, 4, 5, 5, 1, PADDING_VALID},
    {{8, 8, 3}, 5, 2, 4, 1, PADDING_SAME},   {{8, 8, 3}, 5, 2, 4, 1, PADDING_VALID},
    {{9, 7, 2}, 3, 3, 3, 2, PADDING_VALID},  {{9, 7, 2}, 3, 3, 3, 2, PADDING_SAME},
    {{8, 6, 2}, 3, 3, 2, 3, PADDING_SAME},   {{8, 6, 2}, 3, 1, 1, 1, PADDING_VALID},
    {{8, 6, 2}, 3, 1, 1, 2, PADDING_SAME},   {{3, 2, 2}, 3, 5, 5, 1, PADDING_SAME},
    {{3, 2, 2}, 3, 5, 4, 2, PADDING_SAME},   {{10, 9, 1}, 2, 2, 2, 4, PADDING_SAME},
    {{10, 9, 1}, 2, 2, 2, 4, PADDING_VALID}, {{1, 1, 5}, 17, 1, 1, 1, PADDING_VALID},
    {{4, 30, 1}, 16, 3, 3, 1, PADDING_SAME}, {{12, 12, 9}, 33, 3, 3, 1, PADDING_SAME},
};

static NetworkSpec network_of(const Case *c) {
    NetworkSpec spec = net_of(1, 2, LOSS_SOFTMAX_CROSS_ENTROPY);
    spec.input = c->in;
    /* A layer before, so that the convolution's own input needs a gradient. */
    size_t first = net_conv2d(&spec, NETWORK_INPUT, c->in.channels, 1, 1, 1, PADDING_VALID);
    (void)net_conv2d(&spec, first, c->filters, c->height, c->width, c->stride, c->padding);
    return spec;
}

/* Places of the definition: top and left of window 0, by the words of network_spec.h. */
static size_t added_before(size_t in, size_t kernel, size_t stride, Padding padding, size_t out) {
    size_t covered = (out - 1) * stride + kernel;
    return padding == PADDING_SAME && covered > in ? (covered - in) / 2 : 0;
}

/* y [BATCH], dw, dx by loops; all zero beforehand. */
static void by_definition(const Case *c, const Node *node, double *y, double *dw, double *db, double *dx) {
    Shape in = node->in, out = node->out;
    size_t top = added_before(in.height, c->height, c->stride, c->padding, out.height);
    size_t left = added_before(in.width, c->width, c->stride, c->padding, out.width);
    for (size_t b = 0; b < BATCH; b++)
        for (size_t r = 0; r < out.height; r++)
            for (size_t q = 0; q < out.width; q++)
                for (size_t f = 0; f < out.channels; f++) {
                    size_t at = ((b * out.height + r) * out.width + q) * out.channels + f;
                    double dy = node->output->gradient[at];
                    y[at] = node->parameters[1][f];
                    db[f] += dy;
                    for (size_t kr = 0; kr < c->height; kr++)
                        for (size_t kc = 0; kc < c->width; kc++) {
                            size_t row = r * c->stride + kr, column = q * c->stride + kc;
                            if (row < top || column < left || row - top >= in.height ||
                                column - left >= in.width)
                                continue;
                            for (size_t i = 0; i < in.channels; i++) {
                                size_t x =
                                    ((b * in.height + row - top) * in.width + column - left) * in.channels +
                                    i;
                                size_t w = ((kr * c->width + kc) * in.channels + i) * out.channels + f;
                                y[at] += node->inputs[0]->data[x] * node->parameters[0][w];
                                dw[w] += node->inputs[0]->data[x] * dy;
                                dx[x] += node->parameters[0][w] * dy;
                            }
                        }
                }
}

static bool close_to(const double *a, const double *b, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!(fabs(a[i] - b[i]) <= 1e-12 * (1 + fabs(b[i])) * 50)) return false;
    }
    return true;
}

static void check_case(const Case *c) {
    NetworkSpec spec = network_of(c);
    Plan plan;
    CU_ASSERT_EQUAL_FATAL(plan_build(&plan, &spec, BATCH), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(plan_bind(&plan), STATUS_OK);
    for (size_t i = 0; i < plan.parameter_count; i++)
        plan.parameters[i] = net_value(i + 3);
    for (size_t i = 0; i < BATCH * plan.values[0].size; i++)
        plan.values[0].data[i] = net_value(i);
    Run run = {.batch = BATCH, .training = true};
    plan_forward(&plan, &run);
    const Node *node = &plan.nodes[1];
    size_t outputs = BATCH * node->output->size, inputs = BATCH * node->inputs[0]->size;
    size_t weights = c->height * c->width * c->in.channels * c->filters;
    for (size_t i = 0; i < outputs; i++)
        node->output->gradient[i] = net_value(i + 11);
    plan_backward(&plan, &run);
    double *y = calloc(outputs, sizeof *y), *dw = calloc(weights, sizeof *dw),
           *db = calloc(c->filters, sizeof *db), *dx = calloc(inputs, sizeof *dx);
    by_definition(c, node, y, dw, db, dx);
    CU_ASSERT(close_to(node->output->data, y, outputs));
    CU_ASSERT(close_to(node->gradients[0], dw, weights));
    CU_ASSERT(close_to(node->gradients[1], db, c->filters));
    CU_ASSERT(close_to(node->inputs[0]->gradient, dx, inputs));
    free(y);
    free(dw);
    free(db);
    free(dx);
    plan_release(&plan);
}

static void the_definition(void) {
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_case(&cases[i]);
}

static const TrialKey KEY = {.seed = 2017, .stage = 1, .number = 7};

static GradientReport checked(const NetworkSpec *spec) {
    enum { COUNT = 4 };
    size_t size = shape_size(spec->input);
    double *x = malloc(COUNT * size * sizeof *x); /* [COUNT, size] */
    uint16_t labels[COUNT];
    for (size_t i = 0; i < COUNT * size; i++)
        x[i] = net_value(i);
    for (size_t i = 0; i < COUNT; i++)
        labels[i] = (uint16_t)(i % spec->classes);
    GradientReport report = {0};
    CU_ASSERT_EQUAL_FATAL(network_spec_check(spec, NULL), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(gradient_check(spec, KEY, x, labels, COUNT, 0, &report), STATUS_OK);
    free(x);
    return report;
}

static void centred_differences(void) {
    static const Padding paddings[] = {PADDING_VALID, PADDING_SAME};
    for (size_t stride = 1; stride <= 2; stride++) {
        for (size_t p = 0; p < 2; p++) {
            NetworkSpec spec = net_of(1, 3, LOSS_SOFTMAX_CROSS_ENTROPY);
            spec.input = (Shape){7, 6, 2};
            size_t at = net_conv2d(&spec, NETWORK_INPUT, 4, 3, 3, 1, PADDING_SAME);
            at = net_add(&spec, LAYER_TANH, at);
            at = net_conv2d(&spec, at, 3, 3, 2, stride, paddings[p]);
            at = net_add(&spec, LAYER_SIGMOID, at);
            (void)net_dense(&spec, at, 3);
            GradientReport report = checked(&spec);
            CU_ASSERT_EQUAL(report.skipped, 0);
            CU_ASSERT(report.worst < 1e-7);
            CU_ASSERT(report.worst > 0);
        }
    }
}

/* Two convolutions on one value, and one value taken twice: gradients that meet are added. */
static void residual_block(void) {
    NetworkSpec spec = net_of(1, 3, LOSS_SOFTMAX_CROSS_ENTROPY);
    spec.input = (Shape){5, 6, 2};
    size_t trunk = net_conv2d(&spec, NETWORK_INPUT, 4, 3, 3, 1, PADDING_SAME);
    size_t left = net_add(&spec, LAYER_TANH, net_conv2d(&spec, trunk, 4, 3, 3, 1, PADDING_SAME));
    size_t right = net_conv2d(&spec, trunk, 4, 1, 1, 1, PADDING_VALID);
    size_t sum = net_join(&spec, LAYER_ADD, left, right);
    size_t both = net_join(&spec, LAYER_ADD, sum, trunk);
    size_t strided = net_conv2d(&spec, both, 4, 3, 3, 2, PADDING_SAME);
    size_t other = net_conv2d(&spec, both, 4, 2, 2, 2, PADDING_SAME);
    (void)net_dense(&spec, net_join(&spec, LAYER_MULTIPLY, strided, other), 3);
    GradientReport report = checked(&spec);
    CU_ASSERT(report.worst < 1e-7);
    CU_ASSERT_EQUAL(report.checked, network_spec_parameters(&spec));
}

void suite_conv2d(void) {
    static const TestCase tests[] = {
        {"values and gradients are those of the definition, for all paddings and strides", the_definition},
        {"gradients agree with centred differences", centred_differences},
        {"in a residual block, gradients that meet are added", residual_block},
    };
    SUITE("conv2d", tests);
}
