/* Trained networks as parts of one model: examples in, in the units of their file; probabilities of the
 * classes out, each network's own or their mean. */
#ifndef WINNOW_ONNX_NETWORK_H
#define WINNOW_ONNX_NETWORK_H

#include "onnx/model.h"

/* The model's input "examples", [N, height, width, channels] or, of a table, [N, features], and their
 * normalisation by mean and deviation [channels], or [features], as the engine does it. */
void onnx_examples(OnnxModel *model, Shape example, const float *mean, const float *deviation);

/* A network with its parameters in the layout of network_parameters(), its layers named "name/layer": from
 * the examples, which were added before, to `probabilities`, [N, classes]. On an error of its own the model
 * is of no use any more. */
Status onnx_network(OnnxModel *model, const NetworkSpec *spec, const float *parameters, const char *name,
                    const char *probabilities) MUST_CHECK;

/* mean <- the mean of probabilities of `networks` networks, each counted so many times. */
Status onnx_mean(OnnxModel *model, const char *const *probabilities, const uint32_t *counts, size_t networks,
                 const char *mean) MUST_CHECK;

#endif
