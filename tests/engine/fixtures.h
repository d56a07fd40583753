/* Small networks and data for the tests of the trainer's side. */
#ifndef WINNOW_TESTS_ENGINE_FIXTURES_H
#define WINNOW_TESTS_ENGINE_FIXTURES_H

#include <stdio.h>

#include "engine/network_spec.h"

/* inputs - hidden - activation - classes, softmax cross-entropy; dropout after the activation where rate > 0.
 */
static inline NetworkSpec two_layers(Shape input, size_t hidden, LayerKind activation, double rate,
                                     size_t classes) {
    NetworkSpec spec = {.input = input, .classes = classes, .loss = LOSS_SOFTMAX_CROSS_ENTROPY};
    const LayerSpec layers[] = {
        {.kind = LAYER_DENSE, .name = "dense1", .units = hidden, .init = INIT_AUTO},
        {.kind = activation, .name = "active1"},
        {.kind = LAYER_DROPOUT, .name = "dropout1", .rate = rate},
        {.kind = LAYER_DENSE, .name = "dense2", .units = classes, .init = INIT_AUTO},
    };
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
        if (layers[i].kind == LAYER_DROPOUT && rate <= 0) continue;
        size_t at = spec.layer_count++;
        spec.layers[at] = layers[i];
        spec.layers[at].inputs[0] = at == 0 ? NETWORK_INPUT : at - 1;
        spec.layers[at].input_count = 1;
    }
    return spec;
}

#endif
