#include "engine/examples.h"

#include "engine/augment.h"
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
#define ROWS_AHEAD 2  /* that are asked for before they are needed */
#define CACHE_LINE 64 /* bytes */

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

static size_t value_size(const Examples *examples) {
    return examples->type == VALUE_U8 ? sizeof(uint8_t) : sizeof(float);
}

/* Where the example lies. */
static const unsigned char *example_address(const Examples *examples, uint32_t row) {
    size_t value = examples->index[row] * shape_size(examples->shape);
    return (const unsigned char *)examples->values + value * value_size(examples);
}

/* The rows of a shuffled batch lie anywhere in the file: asking for them early hides most of the way to
 * memory. */
static void stretch_prefetch(const Examples *examples, uint32_t row, size_t first, size_t length) {
    const unsigned char *from = example_address(examples, row) + first * value_size(examples);
    size_t bytes = length * value_size(examples);
    for (size_t at = 0; at < bytes; at += CACHE_LINE)
        __builtin_prefetch(from + at);
}

/* Whole pixels, where one is not longer than that. */
static size_t stretch_length(const Examples *examples) {
    size_t channels = examples->shape.channels;
    return channels <= STRETCH ? STRETCH - STRETCH % channels : STRETCH;
}

/* One stretch of all examples of a batch, moved as `augmentation` says where it is not NULL. */
static void gather_stretch(const Examples *examples, const uint32_t *rows, size_t count,
                           const Augmentation *augmentation, size_t first, size_t length, float *x) {
    size_t values = shape_size(examples->shape), size = value_size(examples);
    Constants constants;
    constants_fill(&constants, examples, first, length);
    Move moves[AUGMENT_LANES];
    float moved[STRETCH]; /* in the file's type */
    for (size_t i = 0; i < count; i++) {
        if (i + ROWS_AHEAD < count) stretch_prefetch(examples, rows[i + ROWS_AHEAD], first, length);
        const unsigned char *example = example_address(examples, rows[i]);
        const void *from = example + first * size;
        if (augmentation != NULL) {
            if (i % AUGMENT_LANES == 0) augment_draw(augmentation, (uint32_t)i, moves);
            augment_move(example, examples->shape, size, moves[i % AUGMENT_LANES], first, length,
                         (unsigned char *)moved);
            from = moved;
        }
        float *to = x + i * values + first;
        if (examples->type == VALUE_U8) {
            normalise_u8(from, &constants, length, to);
        } else {
            normalise_f32(from, &constants, length, to);
        }
    }
}

static void gather(const Examples *examples, const uint32_t *rows, size_t count,
                   const Augmentation *augmentation, float *x, uint16_t *labels) {
    size_t values = shape_size(examples->shape), stretch = stretch_length(examples);
    for (size_t i = 0; i < count; i++)
        labels[i] = examples->labels[examples->index[rows[i]]];
    for (size_t first = 0; first < values; first += stretch) {
        size_t length = values - first < stretch ? values - first : stretch;
        gather_stretch(examples, rows, count, augmentation, first, length, x);
    }
}

void examples_gather(const Examples *examples, const uint32_t *rows, size_t count, float *x,
                     uint16_t *labels) {
    gather(examples, rows, count, NULL, x, labels);
}

void examples_gather_augmented(const Examples *examples, const uint32_t *rows, size_t count,
                               const Augmentation *augmentation, float *x, uint16_t *labels) {
    gather(examples, rows, count, augmentation, x, labels);
}
