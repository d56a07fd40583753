/* The worked examples of back-propagation, at the level of the graph, in double. */
#define ENGINE_DOUBLE

#include <math.h>

#include "engine/plan.h"
#include "nets.h"
#include "suite.h"
#include "suites.h"

/* A plan whose dense layers of one unit are its variables: the weights are zero, so the bias is the value. */
static Plan variables_of(const NetworkSpec *spec) {
    Plan plan;
    CU_ASSERT_EQUAL_FATAL(plan_build(&plan, spec, 1), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(plan_bind(&plan), STATUS_OK);
    return plan;
}

static const ParameterBlock *bias_of(const Plan *plan, size_t variable) {
    return &plan->blocks[2 * variable + 1];
}

static void set_variable(const Plan *plan, size_t variable, double value) {
    plan->parameters[bias_of(plan, variable)->offset] = value;
}

static double gradient_of(const Plan *plan, size_t variable) {
    return plan->gradients[bias_of(plan, variable)->offset];
}

/* Value of the whole, and gradients of it with respect to the variables. */
static double run_with_gradient(const Plan *plan) {
    Run run = {.batch = 1, .training = true};
    plan->values[0].data[0] = 1;
    plan_forward(plan, &run);
    plan->output->gradient[0] = 1;
    plan_backward(plan, &run);
    return plan->output->data[0];
}

static void sum_times_sum(void) {
    NetworkSpec spec = net_of(1, 1, LOSS_MEAN_SQUARED_ERROR);
    size_t a = net_dense(&spec, NETWORK_INPUT, 1);
    size_t b = net_dense(&spec, NETWORK_INPUT, 1);
    size_t one = net_dense(&spec, NETWORK_INPUT, 1);
    size_t c = net_join(&spec, LAYER_ADD, a, b);
    size_t d = net_join(&spec, LAYER_ADD, b, one);
    (void)net_join(&spec, LAYER_MULTIPLY, c, d);
    Plan plan = variables_of(&spec);
    set_variable(&plan, 0, 2);
    set_variable(&plan, 1, 1);
    set_variable(&plan, 2, 1);
    CU_ASSERT_EQUAL(run_with_gradient(&plan), 6);
    CU_ASSERT_EQUAL(gradient_of(&plan, 0), 2);
    CU_ASSERT_EQUAL(gradient_of(&plan, 1), 5);
    plan_release(&plan);
}

/* Three variables 3, 5, -2 joined by one op. */
static Plan joined(NetworkSpec *spec, LayerKind kind) {
    *spec = net_of(1, 1, LOSS_MEAN_SQUARED_ERROR);
    for (size_t i = 0; i < 3; i++) {
        (void)net_dense(spec, NETWORK_INPUT, 1);
    }
    size_t join = net_join(spec, kind, 0, 1);
    spec->layers[join].inputs[2] = 2;
    spec->layers[join].input_count = 3;
    Plan plan = variables_of(spec);
    set_variable(&plan, 0, 3);
    set_variable(&plan, 1, 5);
    set_variable(&plan, 2, -2);
    return plan;
}

static void add_passes_to_all(void) {
    NetworkSpec spec;
    Plan plan = joined(&spec, LAYER_ADD);
    CU_ASSERT_EQUAL(run_with_gradient(&plan), 6);
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(gradient_of(&plan, i), 1);
    }
    plan_release(&plan);
}

static void maximum_passes_to_the_largest(void) {
    NetworkSpec spec;
    Plan plan = joined(&spec, LAYER_MAXIMUM);
    CU_ASSERT_EQUAL(run_with_gradient(&plan), 5);
    CU_ASSERT_EQUAL(gradient_of(&plan, 0), 0);
    CU_ASSERT_EQUAL(gradient_of(&plan, 1), 1);
    CU_ASSERT_EQUAL(gradient_of(&plan, 2), 0);
    set_variable(&plan, 2, 5);
    CU_ASSERT_EQUAL(run_with_gradient(&plan), 5);
    CU_ASSERT_EQUAL(gradient_of(&plan, 1), 1);
    CU_ASSERT_EQUAL(gradient_of(&plan, 2), 0);
    plan_release(&plan);
}

static void multiply_swaps(void) {
    NetworkSpec spec;
    Plan plan = joined(&spec, LAYER_MULTIPLY);
    CU_ASSERT_EQUAL(run_with_gradient(&plan), -30);
    CU_ASSERT_EQUAL(gradient_of(&plan, 0), -10);
    CU_ASSERT_EQUAL(gradient_of(&plan, 1), -6);
    CU_ASSERT_EQUAL(gradient_of(&plan, 2), 15);
    set_variable(&plan, 0, 0);
    CU_ASSERT_EQUAL(run_with_gradient(&plan), 0);
    CU_ASSERT_EQUAL(gradient_of(&plan, 0), -10);
    CU_ASSERT_EQUAL(gradient_of(&plan, 1), 0);
    plan_release(&plan);
}

static void twice_the_same_input(void) {
    NetworkSpec spec = net_of(1, 1, LOSS_MEAN_SQUARED_ERROR);
    size_t a = net_dense(&spec, NETWORK_INPUT, 1);
    (void)net_join(&spec, LAYER_MULTIPLY, a, a);
    Plan plan = variables_of(&spec);
    set_variable(&plan, 0, 7);
    CU_ASSERT_EQUAL(run_with_gradient(&plan), 49);
    CU_ASSERT_EQUAL(gradient_of(&plan, 0), 14);
    plan_release(&plan);
}

static void not_a_number_spreads(void) {
    static const LayerKind joins[] = {LAYER_ADD, LAYER_MULTIPLY, LAYER_MAXIMUM};
    for (size_t k = 0; k < 3; k++) {
        for (size_t where = 0; where < 3; where++) {
            NetworkSpec spec;
            Plan plan = joined(&spec, joins[k]);
            set_variable(&plan, where, NAN);
            CU_ASSERT(isnan(run_with_gradient(&plan)));
            plan_release(&plan);
        }
    }
    static const LayerKind activations[] = {LAYER_RELU, LAYER_LEAKY_RELU, LAYER_TANH, LAYER_SIGMOID};
    for (size_t k = 0; k < 4; k++) {
        NetworkSpec spec = net_of(1, 1, LOSS_MEAN_SQUARED_ERROR);
        size_t a = net_dense(&spec, NETWORK_INPUT, 1);
        (void)net_add(&spec, activations[k], a);
        Plan plan = variables_of(&spec);
        set_variable(&plan, 0, NAN);
        CU_ASSERT(isnan(run_with_gradient(&plan)));
        set_variable(&plan, 0, INFINITY);
        double largest = activations[k] == LAYER_TANH || activations[k] == LAYER_SIGMOID ? 1 : INFINITY;
        CU_ASSERT_EQUAL(run_with_gradient(&plan), largest);
        plan_release(&plan);
    }
}

/* Of a value that its producer or another consumer still needs, no op takes over the memory. */
static void in_place_only_where_harmless(void) {
    NetworkSpec spec = net_of(3, 3, LOSS_HINGE);
    size_t dense = net_dense(&spec, NETWORK_INPUT, 3);
    size_t relu = net_add(&spec, LAYER_RELU, dense);      /* over dense: yes */
    size_t drop = net_dropout(&spec, relu, 0.5);          /* over relu, which reads signs alone: yes */
    size_t sigmoid = net_add(&spec, LAYER_SIGMOID, drop); /* would hide those signs: no */
    size_t late = net_dropout(&spec, sigmoid, 0.5);       /* over sigmoid, which reads its values: no */
    size_t shared = net_dense(&spec, late, 3);
    size_t tanh_of = net_add(&spec, LAYER_TANH, shared); /* the sum reads the same value: no */
    (void)net_join(&spec, LAYER_ADD, shared, tanh_of);
    static const bool expected[] = {false, true, true, false, false, false, false, false};
    Plan plan;
    CU_ASSERT_EQUAL_FATAL(plan_build(&plan, &spec, 2), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(plan.node_count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < plan.node_count; i++) {
        CU_ASSERT_EQUAL(plan.nodes[i].in_place, expected[i]);
    }
    plan_release(&plan);
}

static void edges_are_planned(void) {
    NetworkSpec spec = net_branched(LOSS_HINGE);
    Plan plan;
    CU_ASSERT_EQUAL_FATAL(plan_build(&plan, &spec, 2), STATUS_OK);
    CU_ASSERT(!plan.values[0].needs_gradient);
    size_t written = 0;
    size_t added = 0;
    for (size_t i = 0; i < plan.node_count; i++) {
        for (size_t k = 0; k < plan.nodes[i].input_count; k++) {
            *(plan.nodes[i].adds[k] ? &added : &written) += 1;
        }
    }
    CU_ASSERT_EQUAL(plan.values[2].consumers, 3);
    CU_ASSERT_EQUAL(written, 13);
    CU_ASSERT_EQUAL(added, 3);
    plan_release(&plan);
}

void suite_graph(void) {
    static const TestCase tests[] = {
        {"e = (a+b)(b+1) at a=2, b=1 gives de/da = 2 and de/db = 5", sum_times_sum},
        {"add passes the gradient to all its inputs", add_passes_to_all},
        {"maximum passes the gradient to the largest alone, the first on ties",
         maximum_passes_to_the_largest},
        {"multiply swaps its inputs, zeros included", multiply_swaps},
        {"an input used twice by one op gets both gradients", twice_the_same_input},
        {"not a number and infinity go through every op", not_a_number_spreads},
        {"an op overwrites its input only where nobody needs it any more", in_place_only_where_harmless},
        {"each value's gradient is written by one edge and added to by the others", edges_are_planned},
    };
    SUITE("graph", tests);
}
