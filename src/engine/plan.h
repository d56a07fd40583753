/* The graph of a network, planned once for a largest batch, inside the engine. */
#ifndef WINNOW_ENGINE_PLAN_H
#define WINNOW_ENGINE_PLAN_H

#include "base/arena.h"
#include "engine/op.h"

#define plan_build ENGINE_NAME(plan_build)
#define plan_bind ENGINE_NAME(plan_bind)
#define plan_release ENGINE_NAME(plan_release)
#define plan_initialise ENGINE_NAME(plan_initialise)
#define plan_forward ENGINE_NAME(plan_forward)
#define plan_backward ENGINE_NAME(plan_backward)
#define plan_branches ENGINE_NAME(plan_branches)

typedef struct Plan {
    size_t batch_max;
    size_t node_count;
    Node *nodes; /* [node_count] in layer order, owned; layers that are aliases have none */
    size_t value_count;
    Value *values; /* [value_count], owned; values[0] is the network's input */
    Value *output; /* of the last layer */
    size_t block_count;
    ParameterBlock *blocks; /* [block_count], owned */
    size_t parameter_count; /* with padding */
    real *parameters;       /* [parameter_count] */
    real *gradients;        /* [parameter_count] */
    uint16_t *labels;       /* [batch_max] */
    size_t scratch;         /* bytes that all nodes share */
    Stopwatch *watch;       /* NULL, or borrowed: where the time of each node goes */
    Arena arena;
} Plan;

/* Decide everything, allocate nothing of the arena. `spec` has been checked and stays borrowed. On error,
 * nothing is left to release. STATUS_INPUT where sizes overflow. */
Status plan_build(Plan *plan, const NetworkSpec *spec, size_t batch_max) MUST_CHECK;

/* Allocate the arena and hand out its pieces. */
Status plan_bind(Plan *plan) MUST_CHECK;

void plan_release(Plan *plan);

/* Random weights, zero biases; see network_initialise. */
void plan_initialise(const Plan *plan, const NetworkSpec *spec, TrialKey key);

/* All nodes in order, from values[0].data. */
void plan_forward(const Plan *plan, const Run *run);

/* All nodes in reverse order, from output->gradient to all parameters' gradients; after plan_forward with the
 * same `run`. */
void plan_backward(const Plan *plan, const Run *run);

/* Hash of the branches taken at all kinks by the last plan_forward. */
uint64_t plan_branches(const Plan *plan, size_t batch);

#endif
