#include "rank/bench/response_surface.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/philox.h"

#define CHANCE 0.1
#define BEST 0.95
#define SPEED 0.7
#define DIVERGES 30.0        /* from so many times the best learning rate on */
#define OTHER_OPTIMIZER 0.02 /* what it adds to D */
#define TRIAL_NOISE 0.003
#define EPOCH_NOISE 0.002
#define STEPS_A_DECADE 1000.0
#define STEPS_TO_DIVERGENCE 1477 /* log10(30) decades */

enum { LEARNING_RATE, MOMENTUM, WEIGHT_DECAY, DROPOUT, HIDDEN, BATCH_SIZE, LR_DECAY, OPTIMIZER };

static double complement_log10(double x) {
    return log1p(-x) / log(10);
}

static double itself(double x) {
    return x;
}

static const struct {
    const char *name;
    double (*scale)(double);
    double width, optimum;
} formula[SURFACE_PARAMETERS] = {
    [LEARNING_RATE] = {"learning_rate", log10, 3, 0.03},
    [MOMENTUM] = {"momentum", complement_log10, 3, 0.9},
    [WEIGHT_DECAY] = {"weight_decay", log10, 10, 1e-4},
    [DROPOUT] = {"dropout", itself, 1.5, 0.2},
    [HIDDEN] = {"hidden", log2, 8, 256},
    [BATCH_SIZE] = {"batch_size", log2, 12, 64},
    [LR_DECAY] = {"lr_decay", itself, 2, 0.7},
    [OPTIMIZER] = {"optimizer", NULL, 1, 0},
};

Surface surface_of(const Space *space, double noise, uint64_t seed) {
    Surface surface = {.space = space, .noise = noise, .seed = seed};
    for (size_t k = 0; k < SURFACE_PARAMETERS; k++) {
        surface.index[k] = space_find(space, formula[k].name);
        surface.optimum[k] = formula[k].optimum;
    }
    return surface;
}

static Status place_word(Surface *surface, size_t k, const char *word) {
    const Parameter *parameter = &surface->space->parameters[surface->index[k]];
    for (size_t i = 0; i < parameter->value_count; i++) {
        if (strcmp(parameter->values[i].word, word) != 0) continue;
        surface->optimum[k] = (double)i;
        return STATUS_OK;
    }
    return status_fail(STATUS_INPUT, "'%s' is no value of %s in this configuration", word, formula[k].name);
}

static Status place_number(Surface *surface, size_t k, const char *text) {
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(formula[k].scale(value)))
        return status_fail(STATUS_INPUT, "%s cannot be '%s'", formula[k].name, text);
    surface->optimum[k] = value;
    return STATUS_OK;
}

Status surface_place(Surface *surface, const char *assignment) {
    for (size_t k = 0; k < SURFACE_PARAMETERS; k++) {
        size_t length = strlen(formula[k].name);
        if (strncmp(assignment, formula[k].name, length) != 0 || assignment[length] != '=') continue;
        if (surface->index[k] == surface->space->count)
            return status_fail(STATUS_INPUT, "the configuration has no parameter %s", formula[k].name);
        const char *value = assignment + length + 1;
        return formula[k].scale == NULL ? place_word(surface, k, value) : place_number(surface, k, value);
    }
    return status_fail(STATUS_INPUT,
                       "'%s' places no optimum; write NAME=VALUE, with a name that the formula knows: "
                       "learning_rate, momentum, weight_decay, dropout, hidden, batch_size, lr_decay or "
                       "optimizer",
                       assignment);
}

/* NULL where the trial has none. */
static const DrawnValue *value_of(const Surface *surface, const Draw *draw, size_t k) {
    if (surface->index[k] == surface->space->count) return NULL;
    const DrawnValue *value = &draw->value[surface->index[k]];
    return value->present ? value : NULL;
}

static double accuracy_at(double distance, double rate, uint32_t epoch) {
    if (!(rate <= DIVERGES)) return NAN;
    return CHANCE + (BEST - CHANCE) * exp(-distance) * (1 - exp(-SPEED * epoch * cbrt(rate)));
}

double surface_accuracy(const Surface *surface, const Draw *draw, uint32_t epoch) {
    double sum = 0, rate = 1;
    for (size_t k = 0; k < SURFACE_PARAMETERS; k++) {
        const DrawnValue *value = value_of(surface, draw, k);
        if (value == NULL) continue;
        double optimum = surface->optimum[k];
        if (formula[k].scale == NULL) {
            sum += value->choice == (size_t)optimum ? 0 : OTHER_OPTIMIZER;
            continue;
        }
        double off = (formula[k].scale(value->number) - formula[k].scale(optimum)) / formula[k].width;
        sum += off * off;
        if (k == LEARNING_RATE) rate = value->number / optimum;
    }
    return accuracy_at(sum, rate, epoch);
}

static double noise_of(const Surface *surface, uint8_t stage, uint32_t number, uint32_t step) {
    RandomStream stream = random_stream(surface->seed, RANDOM_SURFACE, stage, 0, number, step);
    return random_normal(&stream);
}

double surface_observed(const Surface *surface, const Draw *draw, uint8_t stage, uint32_t number,
                        uint32_t epoch) {
    double accuracy = surface_accuracy(surface, draw, epoch);
    if (isnan(accuracy)) return accuracy;
    accuracy += surface->noise * (TRIAL_NOISE * noise_of(surface, stage, number, 0) +
                                  EPOCH_NOISE * noise_of(surface, stage, number, epoch));
    return fmin(fmax(accuracy, 0), 1);
}

/* Where a learning rate is drawn, one above its optimum learns faster. */
double surface_highest(const Surface *surface, uint32_t epoch) {
    double highest = accuracy_at(0, 1, epoch);
    if (surface->index[LEARNING_RATE] == surface->space->count) return highest;
    for (int i = 1; i < STEPS_TO_DIVERGENCE; i++) {
        double decades = i / STEPS_A_DECADE, off = decades / formula[LEARNING_RATE].width;
        highest = fmax(highest, accuracy_at(off * off, pow(10, decades), epoch));
    }
    return highest;
}
