/* Made-up data: row i is a pure function of the seed, the set and i. Rows go through the classes in turn.
 *
 * blobs:   one normal cloud a class around a centre drawn uniformly from [-1, 1] in each feature.
 * moons:   two half circles of radius 1 that reach into each other, as in scikit-learn's make_moons.
 * spirals: one arm a class, from the middle out to radius 1 over 4 radians, as in Stanford's CS231n. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/philox.h"
#include "data/data_source.h"

#define PI 3.14159265358979323846
#define SPIRAL_TURN 4.0 /* radians from an arm's beginning to its end */

enum { LANE_CENTRES, LANE_ROWS }; /* LANE_ROWS + set */

typedef struct SyntheticState {
    SyntheticKind kind;
    uint64_t seed;
    double noise;
    double *centres; /* [classes][features], blobs only, owned */
} SyntheticState;

static float blur(const SyntheticState *state, RandomStream *stream, double value) {
    return (float)(value + state->noise * random_normal(stream));
}

static void write_row(const DataSource *source, size_t set, size_t row, size_t label, float *out) {
    const SyntheticState *state = source->state;
    uint16_t lane = (uint16_t)(LANE_ROWS + set);
    RandomStream stream = random_stream(state->seed, RANDOM_SYNTHETIC, 0, lane, (uint32_t)row, 0);
    if (state->kind == SYNTHETIC_BLOBS) {
        size_t features = source->shape.channels;
        for (size_t j = 0; j < features; j++) {
            out[j] = blur(state, &stream, state->centres[label * features + j]);
        }
        return;
    }
    double unit = random_unit(&stream);
    double x;
    double y;
    if (state->kind == SYNTHETIC_MOONS) {
        x = label == 0 ? cos(PI * unit) : 1 - cos(PI * unit);
        y = label == 0 ? sin(PI * unit) : 0.5 - sin(PI * unit);
    } else {
        double angle = 2 * PI * (double)label / (double)source->classes + SPIRAL_TURN * unit;
        x = unit * cos(angle);
        y = unit * sin(angle);
    }
    out[0] = blur(state, &stream, x);
    out[1] = blur(state, &stream, y);
}

static Status read_values(DataSource *source, size_t set, void *values) {
    float *out = values; /* [rows][features] */
    for (size_t i = 0; i < source->rows[set]; i++) {
        TRY(data_check_stop(source->name));
        write_row(source, set, i, source->labels[set][i], out + i * source->shape.channels);
    }
    return STATUS_OK;
}

static void close_state(void *pointer) {
    SyntheticState *state = pointer;
    free(state->centres);
    free(state);
}

static Status check_spec(const DataSpec *spec) {
    bool blobs = spec->synthetic == SYNTHETIC_BLOBS;
    if (spec->examples == 0) return status_fail(STATUS_INPUT, "synthetic data need at least 1 example");
    if (spec->examples > UINT32_MAX || spec->test_examples > UINT32_MAX) {
        return status_fail(STATUS_INPUT, "synthetic data have at most %u examples", UINT32_MAX);
    }
    if (spec->synthetic == SYNTHETIC_MOONS && spec->classes != 2) {
        return status_fail(STATUS_INPUT, "moons have 2 classes, not %zu", spec->classes);
    }
    if (spec->classes < 2 || spec->classes > DATA_MAX_CLASSES) {
        return status_fail(STATUS_INPUT, "synthetic data have 2 to %zu classes, not %zu", DATA_MAX_CLASSES,
                           spec->classes);
    }
    if (blobs ? spec->features == 0 : spec->features != 2) {
        return status_fail(STATUS_INPUT, "%s, not %zu",
                           blobs ? "blobs have at least 1 feature" : "moons and spirals have 2 features",
                           spec->features);
    }
    if (isfinite(spec->noise) && spec->noise >= 0 && spec->noise <= 1e30) return STATUS_OK;
    return status_fail(STATUS_INPUT, "the noise of synthetic data is 0 or more and at most 1e30, not %g",
                       spec->noise);
}

/* Before any memory is taken; this also keeps every product of sizes below from overflowing. */
static Status check_memory(const DataSpec *spec) {
    double rows = (double)spec->examples + (double)spec->test_examples;
    double features = (double)spec->features;
    return data_check_memory(rows * (features * sizeof(float) + sizeof(uint16_t)) +
                             (double)spec->classes * features * sizeof(double));
}

static Status draw_centres(SyntheticState *state, size_t classes, size_t features) {
    TRY(memory_new(&state->centres, classes * features, sizeof *state->centres));
    for (size_t c = 0; c < classes; c++) {
        RandomStream stream = random_stream(state->seed, RANDOM_SYNTHETIC, 0, LANE_CENTRES, (uint32_t)c, 0);
        for (size_t j = 0; j < features; j++) {
            state->centres[c * features + j] = 2 * random_unit(&stream) - 1;
        }
    }
    return STATUS_OK;
}

Status synthetic_source_open(DataSource *source, const DataSpec *spec, uint64_t seed) {
    TRY(check_spec(spec));
    TRY(check_memory(spec));
    SyntheticState *state;
    TRY(memory_new(&state, 1, sizeof *state));
    *state = (SyntheticState){.kind = spec->synthetic, .seed = seed, .noise = spec->noise};
    source->state = state;
    source->close = close_state;
    source->read_values = read_values;
    source->name = "synthetic data";
    source->type = VALUE_F32;
    source->shape = (Shape){1, 1, spec->features};
    source->classes = spec->classes;
    source->rows[SET_TRAIN] = spec->examples;
    source->rows[SET_TEST] = spec->test_examples;
    for (size_t set = 0; set < SET_COUNT; set++) {
        TRY(memory_new(&source->labels[set], source->rows[set], sizeof *source->labels[set]));
        for (size_t i = 0; i < source->rows[set]; i++) {
            source->labels[set][i] = (uint16_t)(i % spec->classes);
        }
    }
    if (spec->synthetic == SYNTHETIC_BLOBS) TRY(draw_centres(state, spec->classes, spec->features));
    return data_source_number_classes(source);
}
