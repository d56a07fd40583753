/* Judging a network on a part of the data, in batches of a fixed size: the same figures, bit for bit, during
 * training and afterwards. */
#ifndef WINNOW_ENGINE_JUDGE_H
#define WINNOW_ENGINE_JUDGE_H

#include "engine/examples.h"
#include "engine/network.h"

typedef struct Judgement {
    double loss;     /* mean over the examples, NaN where there are none */
    double accuracy; /* part of them that is right, NaN where there are none */
} Judgement;

/* The batch that judge_network needs the network to have been planned for. */
size_t judge_batch(const Examples *examples);

/* Forward over all examples with the network's present parameters; its input and labels are overwritten.
 * probabilities, where not NULL, receives [examples->count, classes]. Never allocates. */
Judgement judge_network(Network *network, const Examples *examples, float *probabilities);

#endif
