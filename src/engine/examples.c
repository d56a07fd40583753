#include "engine/examples.h"

#include "engine/trainer.h"

Status examples_fit(const Examples *examples, const NetworkSpec *spec) {
    Shape has = examples->shape, wants = spec->input;
    if (has.height != wants.height || has.width != wants.width || has.channels != wants.channels) {
        return status_fail(STATUS_INPUT,
                           "an example is %zu x %zu x %zu, where the network takes %zu x %zu x %zu",
                           has.height, has.width, has.channels, wants.height, wants.width, wants.channels);
    }
    if (examples->classes != spec->classes) {
        return status_fail(STATUS_INPUT, "the examples have %zu classes, where the network ends in %zu",
                           examples->classes, spec->classes);
    }
    return STATUS_OK;
}

/* Values of an example are normalised a stretch at a time: the constants of a stretch lie side by side on the
 * stack, so that one loop without remainders or divisions serves every period. */
#define STRETCH 1024

typedef struct Constants {
    float mean[STRETCH];
    float inverse[STRETCH]; /* 1 / deviation */
} Constants;

static void constants_fill(Constants *constants, const Examples *examples, size_t first, size_t count) {
    size_t at = first % examples->period;
    for (size_t j = 0; j < count; j++) {
        constants->mean[j] = examples->mean[at];
        constants->inverse[j] = 1 / examples->deviation[at];
        if (++at == examples->period) at = 0;
    }
}

static void normalise_u8(const uint8_t *restrict from, const Constants *constants, size_t count,
                         float *restrict to) {
    for (size_t j = 0; j < count; j++)
        to[j] = ((float)from[j] - constants->mean[j]) * constants->inverse[j];
}

static void normalise_f32(const float *restrict from, const Constants *constants, size_t count,
                          float *restrict to) {
    for (size_t j = 0; j < count; j++)
        to[j] = (from[j] - constants->mean[j]) * constants->inverse[j];
}

void examples_gather(const Examples *examples, const uint32_t *rows, size_t count, float *x,
                     uint16_t *labels) {
    size_t values = shape_size(examples->shape);
    for (size_t i = 0; i < count; i++)
        labels[i] = examples->labels[examples->index[rows[i]]];
    for (size_t first = 0; first < values; first += STRETCH) {
        size_t length = values - first < STRETCH ? values - first : STRETCH;
        Constants constants;
        constants_fill(&constants, examples, first, length);
        for (size_t i = 0; i < count; i++) {
            size_t from = examples->index[rows[i]] * values + first;
            float *to = x + i * values + first;
            if (examples->type == VALUE_U8) {
                normalise_u8((const uint8_t *)examples->values + from, &constants, length, to);
            } else {
                normalise_f32((const float *)examples->values + from, &constants, length, to);
            }
        }
    }
}
