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

/* Where the stretch from value `first` on of an example lies. */
static const unsigned char *stretch_address(const Examples *examples, uint32_t row, size_t first) {
    size_t size = examples->type == VALUE_U8 ? sizeof(uint8_t) : sizeof(float);
    size_t value = examples->index[row] * shape_size(examples->shape) + first;
    return (const unsigned char *)examples->values + value * size;
}

/* The rows of a shuffled batch lie anywhere in the file: asking for them early hides most of the way to
 * memory. */
static void stretch_prefetch(const Examples *examples, uint32_t row, size_t first, size_t length) {
    const unsigned char *from = stretch_address(examples, row, first);
    size_t bytes = length * (examples->type == VALUE_U8 ? sizeof(uint8_t) : sizeof(float));
    for (size_t at = 0; at < bytes; at += CACHE_LINE)
        __builtin_prefetch(from + at);
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
            if (i + ROWS_AHEAD < count) stretch_prefetch(examples, rows[i + ROWS_AHEAD], first, length);
            const void *from = stretch_address(examples, rows[i], first);
            float *to = x + i * values + first;
            if (examples->type == VALUE_U8) {
                normalise_u8(from, &constants, length, to);
            } else {
                normalise_f32(from, &constants, length, to);
            }
        }
    }
}

/* Whole pixels, where one is not longer than that. */
static size_t whole_pixels(const Examples *examples) {
    size_t channels = examples->shape.channels;
    return channels <= STRETCH ? STRETCH - STRETCH % channels : STRETCH;
}

/* One stretch of all examples of a batch. */
static void gather_moved(const Examples *examples, const uint32_t *rows, size_t count,
                         const Augmentation *augmentation, size_t first, size_t length, float *x) {
    size_t values = shape_size(examples->shape);
    Constants constants;
    constants_fill(&constants, examples, first, length);
    Move moves[AUGMENT_LANES];
    union {
        uint8_t u8[STRETCH];
        float f32[STRETCH];
    } moved;
    for (size_t i = 0; i < count; i++) {
        if (i + ROWS_AHEAD < count) stretch_prefetch(examples, rows[i + ROWS_AHEAD], first, length);
        if (i % AUGMENT_LANES == 0) augment_draw(augmentation, (uint32_t)i, moves);
        const unsigned char *image = stretch_address(examples, rows[i], 0);
        Move move = moves[i % AUGMENT_LANES];
        float *to = x + i * values + first;
        if (examples->type == VALUE_U8) {
            augment_move(image, examples->shape, sizeof(uint8_t), move, first, length, moved.u8);
            normalise_u8(moved.u8, &constants, length, to);
        } else {
            augment_move(image, examples->shape, sizeof(float), move, first, length, moved.u8);
            normalise_f32(moved.f32, &constants, length, to);
        }
    }
}

void examples_gather_augmented(const Examples *examples, const uint32_t *rows, size_t count,
                               const Augmentation *augmentation, float *x, uint16_t *labels) {
    size_t values = shape_size(examples->shape), stretch = whole_pixels(examples);
    for (size_t i = 0; i < count; i++)
        labels[i] = examples->labels[examples->index[rows[i]]];
    for (size_t first = 0; first < values; first += stretch) {
        size_t length = values - first < stretch ? values - first : stretch;
        gather_moved(examples, rows, count, augmentation, first, length, x);
    }
}
