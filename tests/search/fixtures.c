#include "search/fixtures.h"

#include <math.h>
#include <stdio.h>

#include "base/text.h"

Parameter *space_add(Space *space, const char *name, Distribution distribution) {
    Parameter *parameter = &space->parameters[space->count++];
    *parameter = (Parameter){.distribution = distribution,
                             .min = -INFINITY,
                             .max = INFINITY,
                             .domain_min = -INFINITY,
                             .domain_max = INFINITY};
    text_copy(parameter->name, sizeof parameter->name, name);
    return parameter;
}

Parameter *space_add_range(Space *space, const char *name, Distribution distribution, double min,
                           double max) {
    Parameter *parameter = space_add(space, name, distribution);
    parameter->min = min;
    parameter->max = max;
    parameter->integer = distribution == DIST_INT_UNIFORM;
    return parameter;
}

Parameter *space_add_words(Space *space, const char *name, size_t count, const char *const *words) {
    Parameter *parameter = space_add(space, name, DIST_CATEGORICAL);
    parameter->value_count = count;
    for (size_t i = 0; i < count; i++) {
        parameter->values[i].kind = VALUE_WORD;
        text_copy(parameter->values[i].word, PARAMETER_WORD_SIZE, words[i]);
        parameter->probabilities[i] = 1.0 / (double)count;
    }
    return parameter;
}

Parameter *space_add_numbers(Space *space, const char *name, size_t count, const double *numbers) {
    Parameter *parameter = space_add(space, name, DIST_CATEGORICAL);
    parameter->value_count = count;
    for (size_t i = 0; i < count; i++) {
        parameter->values[i].kind = VALUE_NUMBER;
        parameter->values[i].number = numbers[i];
        snprintf(parameter->values[i].word, PARAMETER_WORD_SIZE, "%.3f", numbers[i]);
        parameter->probabilities[i] = 1.0 / (double)count;
    }
    return parameter;
}

void space_add_condition(Space *space, size_t index, size_t other, uint64_t allowed) {
    Parameter *parameter = &space->parameters[index];
    parameter->conditions[parameter->condition_count++] = (Condition){.parameter = other, .allowed = allowed};
}
