#include "search/space.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "search/parameter_grid.h"

#define NORMAL_REACH 4.0 /* standard deviations to either side */

bool distribution_is_choice(Distribution distribution) {
    return distribution == DIST_CONSTANT || distribution == DIST_CATEGORICAL;
}

const char *distribution_name(Distribution distribution) {
    static const char *const names[DIST_COUNT] = {
        [DIST_CONSTANT] = "constant",
        [DIST_CATEGORICAL] = "categorical",
        [DIST_UNIFORM] = "uniform",
        [DIST_INT_UNIFORM] = "int_uniform",
        [DIST_Q_UNIFORM] = "q_uniform",
        [DIST_LOG_UNIFORM_VALUES] = "log_uniform_values",
        [DIST_Q_LOG_UNIFORM_VALUES] = "q_log_uniform_values",
        [DIST_INV_LOG_UNIFORM_VALUES] = "inv_log_uniform_values",
        [DIST_REVERSE_LOG_UNIFORM_VALUES] = "reverse_log_uniform_values",
        [DIST_NORMAL] = "normal",
        [DIST_Q_NORMAL] = "q_normal",
        [DIST_LOG_NORMAL] = "log_normal",
        [DIST_Q_LOG_NORMAL] = "q_log_normal",
        [DIST_BETA] = "beta",
        [DIST_Q_BETA] = "q_beta",
    };
    return distribution < DIST_COUNT ? names[distribution] : "unknown";
}

bool distribution_is_log(Distribution distribution) {
    switch (distribution) {
    case DIST_LOG_UNIFORM_VALUES:
    case DIST_Q_LOG_UNIFORM_VALUES:
    case DIST_INV_LOG_UNIFORM_VALUES:
    case DIST_LOG_NORMAL:
    case DIST_Q_LOG_NORMAL: return true;
    default: return false;
    }
}

bool distribution_is_reverse_log(Distribution distribution) {
    return distribution == DIST_REVERSE_LOG_UNIFORM_VALUES;
}

static bool is_beta(Distribution distribution) {
    return distribution == DIST_BETA || distribution == DIST_Q_BETA;
}

double distribution_support_min(Distribution distribution) {
    return distribution_is_log(distribution) || is_beta(distribution) ? 0 : -INFINITY;
}

double distribution_support_max(Distribution distribution) {
    return distribution_is_reverse_log(distribution) || is_beta(distribution) ? 1 : INFINITY;
}

double parameter_step(const Parameter *parameter) {
    switch (parameter->distribution) {
    case DIST_INT_UNIFORM: return 1;
    case DIST_Q_UNIFORM:
    case DIST_Q_LOG_UNIFORM_VALUES:
    case DIST_Q_NORMAL:
    case DIST_Q_LOG_NORMAL:
    case DIST_Q_BETA: return parameter->q;
    default: return 0;
    }
}

double parameter_to_scale(const Parameter *parameter, double value) {
    if (distribution_is_reverse_log(parameter->distribution)) return log1p(-value);
    if (!distribution_is_log(parameter->distribution)) return value;
    /* q_log_normal rounds small values to 0, which stands for what lies below q / 2. */
    if (value <= 0 && parameter->distribution == DIST_Q_LOG_NORMAL) return log(parameter->q / 2);
    return log(value);
}

double parameter_from_scale(const Parameter *parameter, double scaled) {
    if (distribution_is_reverse_log(parameter->distribution)) return -expm1(scaled);
    return distribution_is_log(parameter->distribution) ? exp(scaled) : scaled;
}

/* mu -+ 4 sigma in the family's scale; of the q_ families what that rounds to, so that clipping stays on the
 * grid. */
static Range normal_range(const Parameter *p) {
    Range range = {.min = p->mu - NORMAL_REACH * p->sigma, .max = p->mu + NORMAL_REACH * p->sigma};
    if (distribution_is_log(p->distribution)) {
        range.min = exp(range.min);
        range.max = fmin(exp(range.max), DBL_MAX);
    }
    double step = parameter_step(p);
    if (step > 0) {
        range.min = nearbyint(range.min / step) * step;
        range.max = nearbyint(range.max / step) * step;
    }
    double low = fmax(range.min, fmax(p->min, p->domain_min));
    double high = fmin(range.max, fmin(p->max, p->domain_max));
    if (low <= high) {
        range.min = low;
        range.max = high;
    }
    return range;
}

static Range configured_range(const Parameter *p) {
    switch (p->distribution) {
    case DIST_CONSTANT:
    case DIST_CATEGORICAL:
        return (Range){.allowed = p->value_count >= 64 ? UINT64_MAX : (UINT64_C(1) << p->value_count) - 1};
    case DIST_NORMAL:
    case DIST_Q_NORMAL:
    case DIST_LOG_NORMAL:
    case DIST_Q_LOG_NORMAL: return normal_range(p);
    case DIST_BETA:
    case DIST_Q_BETA: return (Range){.min = 0, .max = 1};
    default: return (Range){.min = p->min, .max = p->max};
    }
}

Ranges space_ranges(const Space *space) {
    Ranges ranges = {0};
    for (size_t i = 0; i < space->count; i++) {
        ranges.range[i] = configured_range(&space->parameters[i]);
    }
    return ranges;
}

size_t space_find(const Space *space, const char *name) {
    size_t i = 0;
    while (i < space->count && strcmp(space->parameters[i].name, name) != 0) {
        i++;
    }
    return i;
}

static bool conditions_placed(const Parameter *parameter, const bool *placed) {
    for (size_t c = 0; c < parameter->condition_count; c++) {
        if (!placed[parameter->conditions[c].parameter]) return false;
    }
    return true;
}

/* The unplaced ones are those on a circle and those behind one; without the latter nobody has to guess. */
static Status circle_fail(const Space *space, const bool *placed) {
    size_t i = 0;
    while (placed[i]) {
        i++;
    }
    size_t seen_at[SPACE_MAX_PARAMETERS] = {0};
    size_t path[SPACE_MAX_PARAMETERS + 1];
    size_t length = 0;
    while (seen_at[i] == 0) {
        path[length++] = i;
        seen_at[i] = length;
        const Parameter *parameter = &space->parameters[i];
        for (size_t c = 0; c < parameter->condition_count; c++) {
            i = parameter->conditions[c].parameter;
            if (!placed[i]) break;
        }
    }
    Text names = {0};
    for (size_t k = seen_at[i] - 1; k < length; k++) {
        text_add(&names, "%s -> ", space->parameters[path[k]].name);
    }
    text_add(&names, "%s", space->parameters[i].name);
    Status status = status_fail(STATUS_INPUT,
                                "the conditions under 'when' go in a circle: %s; "
                                "let one of these parameters be there without a condition",
                                text_of(&names));
    text_release(&names);
    return status;
}

Status space_order(const Space *space, size_t order[SPACE_MAX_PARAMETERS]) {
    bool placed[SPACE_MAX_PARAMETERS] = {false};
    size_t done = 0;
    while (done < space->count) {
        size_t next = 0;
        while (next < space->count &&
               (placed[next] || !conditions_placed(&space->parameters[next], placed))) {
            next++;
        }
        if (next == space->count) return circle_fail(space, placed);
        placed[next] = true;
        order[done++] = next;
    }
    return STATUS_OK;
}

void parameter_value_text(const Parameter *parameter, DrawnValue value, char *out, size_t size) {
    if (!value.present) {
        text_copy(out, size, "");
        return;
    }
    double number = value.number;
    if (distribution_is_choice(parameter->distribution)) {
        const Value *chosen = &parameter->values[value.choice];
        if (chosen->kind == VALUE_WORD) {
            text_copy(out, size, chosen->word);
            return;
        }
        number = chosen->number;
    }
    /* Up to 15 digits always survive the way to a double and back; 17 always suffice. */
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number) break;
    }
    text_copy(out, size, text);
}

Status draw_pack(PackedDraw **out, const Draw *draw, uint32_t count) {
    PackedDraw *packed = NULL;
    TRY(memory_new(&packed, 1, sizeof(*packed) + count * sizeof(DrawnValue)));
    packed->count = count;
    memcpy(packed->value, draw->value, count * sizeof(DrawnValue));
    *out = packed;
    return STATUS_OK;
}

Draw draw_unpack(const PackedDraw *packed) {
    Draw draw = {0};
    memcpy(draw.value, packed->value, packed->count * sizeof(DrawnValue));
    return draw;
}

bool drawn_same(DrawnValue a, DrawnValue b) {
    if (!a.present || !b.present) return a.present == b.present;
    return a.choice == b.choice && (a.number == b.number || (isnan(a.number) && isnan(b.number)));
}

DrawnValue draw_value(const PackedDraw *packed, size_t parameter) {
    return parameter < packed->count ? packed->value[parameter] : (DrawnValue){.number = NAN};
}
