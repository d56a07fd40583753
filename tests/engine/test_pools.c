/* The pools against plain loops over the definition, values and gradients, and what they make of ties, edges
 * and numbers that are none. */
#include <math.h>
#include <string.h>

#include "engine/plan.h"
#include "nets.h"
#include "suite.h"
#include "suites.h"

#define BATCH 3
#define MOST 20000 /* values of a batch */

typedef struct Case {
    Shape in;
    size_t height, width, stride_height, stride_width;
    Padding padding;
} Case;

static const Case cases[] = {
    {{4, 6, 16}, 2, 2, 2, 2, PADDING_VALID},   {{4, 6, 3}, 2, 2, 2, 2, PADDING_VALID},
    {{5, 7, 19}, 2, 2, 2, 2, PADDING_VALID},   {{5, 7, 19}, 2, 2, 2, 2, PADDING_SAME},
    {{6, 5, 8}, 3, 3, 2, 2, PADDING_VALID},    {{6, 5, 11}, 3, 3, 2, 2, PADDING_SAME},
    {{6, 5, 5}, 3, 3, 1, 1, PADDING_SAME},     {{6, 5, 5}, 3, 3, 1, 1, PADDING_VALID},
    {{7, 8, 2}, 2, 3, 1, 2, PADDING_SAME},     {{7, 8, 9}, 2, 1, 3, 4, PADDING_VALID},
    {{7, 8, 9}, 1, 2, 3, 4, PADDING_SAME},     {{3, 4, 7}, 1, 1, 1, 1, PADDING_VALID},
    {{3, 4, 7}, 1, 1, 2, 2, PADDING_SAME},     {{1, 1, 10}, 1, 1, 1, 1, PADDING_VALID},
    {{3, 2, 4}, 5, 5, 1, 1, PADDING_SAME},     {{3, 2, 4}, 4, 6, 2, 2, PADDING_SAME},
    {{3, 5, 1}, 3, 5, 3, 5, PADDING_VALID},    {{18, 19, 2}, 16, 16, 1, 1, PADDING_VALID},
    {{18, 19, 2}, 16, 17, 1, 1, PADDING_SAME}, {{20, 20, 9}, 17, 17, 3, 2, PADDING_VALID},
    {{2, 3, 2}, 300, 300, 1, 1, PADDING_SAME},
};
#define CASES (sizeof cases / sizeof cases[0])

static Plan plan_of(const Case *c, LayerKind kind) {
    NetworkSpec spec = net_of(1, 2, LOSS_SOFTMAX_CROSS_ENTROPY);
    spec.input = c->in;
    /* A layer before, so that the pool's own input needs a gradient. */
    size_t first = net_conv2d(&spec, NETWORK_INPUT, c->in.channels, 1, 1, 1, PADDING_VALID);
    size_t pool = net_pool(&spec, kind, first, 1, 1, c->padding);
    spec.layers[pool].kernel_height = c->height;
    spec.layers[pool].kernel_width = c->width;
    spec.layers[pool].stride_height = c->stride_height;
    spec.layers[pool].stride_width = c->stride_width;
    if (kind == LAYER_GLOBAL_AVERAGE_POOL) spec.layers[pool].kernel_height = 0;
    (void)net_dense(&spec, pool, 2);
    static NetworkSpec kept; /* plans borrow it */
    kept = spec;
    Plan plan;
    CU_ASSERT_EQUAL_FATAL(network_spec_check(&kept, NULL), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(plan_build(&plan, &kept, BATCH), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(plan_bind(&plan), STATUS_OK);
    CU_ASSERT_FATAL(BATCH * plan.nodes[1].inputs[0]->size <= MOST);
    return plan;
}

static float before[MOST];
static double y[MOST], dx[MOST];

/* Values of the input and of the gradient that arrives, and something in the input's gradient already. */
static void fill(const Node *node) {
    for (size_t i = 0; i < BATCH * node->inputs[0]->size; i++) {
        node->inputs[0]->data[i] = (float)net_value(i) - 2; /* below what padding by zeros would give */
        node->inputs[0]->gradient[i] = before[i] = (float)net_value(i + 3);
        dx[i] = node->adds[0] ? (double)before[i] : 0;
    }
    for (size_t i = 0; i < BATCH * node->output->size; i++)
        node->output->gradient[i] = (float)net_value(i + 11);
}

/* First place of window `at`, by the words of network_spec.h; it may lie before the image. */
static ptrdiff_t start_of(size_t at, size_t in, size_t out, size_t kernel, size_t stride, Padding padding) {
    size_t covered = (out - 1) * stride + kernel;
    size_t added = padding == PADDING_SAME && covered > in ? (covered - in) / 2 : 0;
    return (ptrdiff_t)(at * stride) - (ptrdiff_t)added;
}

/* Output `at` of channel `channel` of example b, under window (r, q), by looking at every place of the image.
 */
static void one_output(const Case *c, const Node *node, LayerKind kind, size_t b, size_t r, size_t q,
                       size_t channel) {
    Shape in = node->in, out = node->out;
    bool all = kind == LAYER_GLOBAL_AVERAGE_POOL;
    ptrdiff_t top = start_of(r, in.height, out.height, c->height, c->stride_height, c->padding);
    ptrdiff_t left = start_of(q, in.width, out.width, c->width, c->stride_width, c->padding);
    size_t at = ((b * out.height + r) * out.width + q) * out.channels + channel;
    size_t under[MOST / 4], count = 0, largest = 0;
    double sum = 0;
    for (size_t i = 0; i < in.height; i++) {
        for (size_t j = 0; j < in.width; j++) {
            ptrdiff_t row = (ptrdiff_t)i - top, column = (ptrdiff_t)j - left;
            if (!all && (row < 0 || row >= (ptrdiff_t)c->height)) continue;
            if (!all && (column < 0 || column >= (ptrdiff_t)c->width)) continue;
            under[count] = ((b * in.height + i) * in.width + j) * in.channels + channel;
            double value = (double)node->inputs[0]->data[under[count]];
            if (value > (double)node->inputs[0]->data[under[largest]]) largest = count;
            sum += value;
            count++;
        }
    }
    double dy = (double)node->output->gradient[at];
    y[at] = kind == LAYER_MAX_POOL ? (double)node->inputs[0]->data[under[largest]] : sum / (double)count;
    if (kind == LAYER_MAX_POOL) dx[under[largest]] += dy;
    for (size_t k = 0; kind != LAYER_MAX_POOL && k < count; k++)
        dx[under[k]] += dy / (double)count;
}

static void check_case(const Case *c, LayerKind kind, bool adds) {
    Plan plan = plan_of(c, kind);
    Node *node = &plan.nodes[1];
    node->adds[0] = adds;
    fill(node);
    for (size_t b = 0; b < BATCH; b++)
        for (size_t r = 0; r < node->out.height; r++)
            for (size_t q = 0; q < node->out.width; q++)
                for (size_t channel = 0; channel < node->out.channels; channel++)
                    one_output(c, node, kind, b, r, q, channel);
    Run run = {.batch = BATCH, .training = true};
    node->op->forward(node, &run);
    node->op->backward(node, &run);
    size_t wrong = 0;
    for (size_t i = 0; i < BATCH * node->output->size; i++)
        wrong += !(fabs((double)node->output->data[i] - y[i]) <= (kind == LAYER_MAX_POOL ? 0 : 2e-6));
    CU_ASSERT_EQUAL(wrong, 0);
    for (size_t i = 0; i < BATCH * node->inputs[0]->size; i++)
        wrong += !(fabs((double)node->inputs[0]->gradient[i] - dx[i]) <= 4e-6);
    CU_ASSERT_EQUAL(wrong, 0);
    if (wrong > 0) printf("\n    case %td of %s", c - cases, node->op->name);
    plan_release(&plan);
}

static void max_pools(void) {
    for (size_t i = 0; i < CASES; i++) {
        check_case(&cases[i], LAYER_MAX_POOL, false);
        check_case(&cases[i], LAYER_MAX_POOL, true);
    }
}

static void average_pools(void) {
    for (size_t i = 0; i < CASES; i++) {
        check_case(&cases[i], LAYER_AVERAGE_POOL, false);
        check_case(&cases[i], LAYER_AVERAGE_POOL, true);
    }
}

static void global_average_pools(void) {
    for (size_t i = 0; i < CASES; i++) {
        check_case(&cases[i], LAYER_GLOBAL_AVERAGE_POOL, false);
        check_case(&cases[i], LAYER_GLOBAL_AVERAGE_POOL, true);
    }
}

/* One window of 2 x 2 over `values`, in each of ten channels, and the place that the gradient goes to. */
static size_t winner_of(const float values[4], float gradient, float *largest) {
    static const Case square = {{2, 2, 10}, 2, 2, 2, 2, PADDING_VALID};
    Plan plan = plan_of(&square, LAYER_MAX_POOL);
    Node *node = &plan.nodes[1];
    Run run = {.batch = 1, .training = true};
    for (size_t i = 0; i < 40; i++)
        node->inputs[0]->data[i] = values[i / 10];
    for (size_t channel = 0; channel < 10; channel++)
        node->output->gradient[channel] = gradient;
    node->op->forward(node, &run);
    node->op->backward(node, &run);
    *largest = node->output->data[0];
    size_t winner = 4;
    for (size_t i = 40; i-- > 0;) {
        if (node->inputs[0]->gradient[i] == gradient) {
            winner = i / 10;
        } else {
            CU_ASSERT_EQUAL(node->inputs[0]->gradient[i], 0);
        }
        CU_ASSERT_EQUAL(memcmp(&node->output->data[i / 4], largest, sizeof *largest), 0);
    }
    plan_release(&plan);
    return winner;
}

static void ties_and_numbers_that_are_none(void) {
    float y0 = 0;
    CU_ASSERT_EQUAL(winner_of((float[]){1, 3, 3, 2}, 5, &y0), 1);
    CU_ASSERT_EQUAL(winner_of((float[]){-1, -1, -1, -1}, 5, &y0), 0);
    CU_ASSERT_EQUAL(winner_of((float[]){1, INFINITY, NAN, NAN}, 5, &y0), 2);
    CU_ASSERT(isnan(y0));
    CU_ASSERT_EQUAL(winner_of((float[]){NAN, INFINITY, 1, 2}, 5, &y0), 0);
    CU_ASSERT(isnan(y0));
    CU_ASSERT_EQUAL(winner_of((float[]){-INFINITY, -INFINITY, -INFINITY, -3}, 5, &y0), 3);
    CU_ASSERT_EQUAL(y0, -3);
    /* An infinite gradient leaves the others at zero. */
    CU_ASSERT_EQUAL(winner_of((float[]){1, 2, 4, 3}, INFINITY, &y0), 2);
}

/* Ninety thousand values near 1000, each a float: summed one after the other their mean would be off in the
 * fourth digit. */
static void means_of_many(void) {
    static const Case large = {{300, 300, 1}, 300, 300, 1, 1, PADDING_VALID};
    static const LayerKind kinds[] = {LAYER_AVERAGE_POOL, LAYER_GLOBAL_AVERAGE_POOL};
    for (size_t k = 0; k < 2; k++) {
        NetworkSpec spec = net_of(1, 1, LOSS_MEAN_SQUARED_ERROR);
        spec.input = large.in;
        (void)net_pool(&spec, kinds[k], NETWORK_INPUT, 300, 1, PADDING_VALID);
        Plan plan;
        CU_ASSERT_EQUAL_FATAL(plan_build(&plan, &spec, 1), STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(plan_bind(&plan), STATUS_OK);
        double sum = 0;
        for (size_t i = 0; i < 90000; i++) {
            plan.values[0].data[i] = (float)(1000 + net_value(i));
            sum += (double)plan.values[0].data[i];
        }
        Run run = {.batch = 1};
        plan_forward(&plan, &run);
        CU_ASSERT_DOUBLE_EQUAL(plan.output->data[0], sum / 90000, 1000 * 3e-6);
        plan_release(&plan);
    }
}

static uint64_t branches_of(const Plan *plan, size_t changed, float value) {
    const Node *node = &plan->nodes[1];
    Run run = {.batch = 1, .training = true};
    fill(node);
    node->inputs[0]->data[changed] = value;
    node->op->forward(node, &run);
    return node->op->branches(node, 1, 7);
}

/* In small windows and in such as need wide numbers of places. */
static void branches(void) {
    static const Case few = {{4, 4, 3}, 2, 2, 2, 2, PADDING_VALID},
                      many = {{20, 20, 3}, 18, 18, 1, 1, PADDING_VALID};
    const Case *both[] = {&few, &many};
    for (size_t i = 0; i < 2; i++) {
        Plan plan = plan_of(both[i], LAYER_MAX_POOL);
        uint64_t low = branches_of(&plan, 3, -10), high = branches_of(&plan, 3, 10);
        CU_ASSERT_NOT_EQUAL(low, high);
        CU_ASSERT_EQUAL(low, branches_of(&plan, 3, -11));
        CU_ASSERT_EQUAL(high, branches_of(&plan, 3, 11));
        plan_release(&plan);
    }
}

void suite_pools(void) {
    static const TestCase tests[] = {
        {"max_pool is the largest value of the image under each window, and its gradient goes there",
         max_pools},
        {"average_pool is the mean of what the window has of the image, and its gradient is shared",
         average_pools},
        {"global_average_pool is the mean of each channel, and its gradient is shared", global_average_pools},
        {"the first of equals wins, not a number wins over all, and losers get nothing at all",
         ties_and_numbers_that_are_none},
        {"the mean of very many values is as good as that of few", means_of_many},
        {"another winner is another branch, another value is not", branches},
    };
    SUITE("pools", tests);
}
