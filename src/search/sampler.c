#include "search/sampler.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/philox.h"
#include "search/parameter_grid.h"
#include "search/points/points.h"
#include "search/quantile.h"

const char *sampler_name(SamplerKind kind) {
    static const char *const names[SAMPLER_COUNT] = {[SAMPLER_RANDOM] = "random",
                                                     [SAMPLER_SOBOL] = "sobol",
                                                     [SAMPLER_HALTON] = "halton",
                                                     [SAMPLER_LHS] = "lhs"};
    return names[kind];
}

/* How a parameter that is there gets its value. */
typedef DrawnValue (*Pick)(const Parameter *parameter, const Range *range, const void *context);

static bool conditions_hold(const Parameter *parameter, const Draw *draw) {
    for (size_t c = 0; c < parameter->condition_count; c++) {
        const Condition *condition = &parameter->conditions[c];
        const DrawnValue *other = &draw->value[condition->parameter];
        if (!other->present || (condition->allowed >> other->choice & 1) == 0) return false;
    }
    return true;
}

static Status draw_fill(const Space *space, const Ranges *ranges, Pick pick, const void *context,
                        Draw *draw) {
    size_t order[SPACE_MAX_PARAMETERS];
    TRY(space_order(space, order));
    memset(draw, 0, sizeof *draw);
    for (size_t k = 0; k < space->count; k++) {
        size_t i = order[k];
        const Parameter *parameter = &space->parameters[i];
        draw->value[i] = conditions_hold(parameter, draw) ? pick(parameter, &ranges->range[i], context)
                                                          : (DrawnValue){.number = NAN};
    }
    return STATUS_OK;
}

static DrawnValue chosen(const Parameter *parameter, size_t choice) {
    const Value *value = &parameter->values[choice];
    return (DrawnValue){
        .present = true, .choice = choice, .number = value->kind == VALUE_WORD ? NAN : value->number};
}

static bool is_allowed(const Range *range, size_t choice) {
    return (range->allowed >> choice & 1) != 0;
}

static bool is_whole(const Parameter *parameter) {
    return parameter->integer || parameter->distribution == DIST_INT_UNIFORM;
}

/* Into the range; whole numbers to the whole numbers in it. */
static double clip(const Parameter *parameter, const Range *range, double value) {
    double low = range->min, high = range->max;
    if (is_whole(parameter) && ceil(low) <= floor(high)) {
        low = ceil(low);
        high = floor(high);
    }
    return fmin(fmax(value, low), high);
}

/* To the grid, if the parameter has one, then into the range. */
static double settle(const Parameter *parameter, const Range *range, double value) {
    double step = parameter_step(parameter);
    if (step > 0) value = nearbyint(value / step) * step + 0.0; /* no -0 */
    return clip(parameter, range, value);
}

/* Rounding may put a value on an end of the range, and the end may be a limit such as momentum 1. */
static double strictly_inside(const Range *range, double value) {
    if (!(range->max > range->min)) return range->min;
    if (value <= range->min) return nextafter(range->min, range->max);
    if (value >= range->max) return nextafter(range->max, range->min);
    return value;
}

static size_t choice_at(const Parameter *parameter, const Range *range, double u) {
    double total = 0;
    for (size_t i = 0; i < parameter->value_count; i++) {
        if (is_allowed(range, i)) total += parameter->probabilities[i];
    }
    double sum = 0;
    size_t last = parameter->value_count;
    for (size_t i = 0; i < parameter->value_count; i++) {
        if (!is_allowed(range, i)) continue;
        if (last == parameter->value_count || parameter->probabilities[i] > 0) last = i;
        sum += parameter->probabilities[i];
        if (u * total < sum) return i;
    }
    return last; /* rounding of the sum */
}

/* The u-quantile of the family within the range, before rounding to a grid. */
static double quantile_within(const Parameter *p, const Range *range, double u) {
    double low = range->min, high = range->max;
    switch (p->distribution) {
    case DIST_NORMAL:
    case DIST_Q_NORMAL:
        return p->mu +
               p->sigma * normal_quantile_between((low - p->mu) / p->sigma, (high - p->mu) / p->sigma, u);
    case DIST_LOG_NORMAL:
    case DIST_Q_LOG_NORMAL:
        return exp(p->mu + p->sigma * normal_quantile_between((log(low) - p->mu) / p->sigma,
                                                              (log(high) - p->mu) / p->sigma, u));
    case DIST_BETA:
    case DIST_Q_BETA: return beta_quantile_between(p->a, p->b, low, high, u);
    default: {
        double start = parameter_to_scale(p, low);
        return parameter_from_scale(p, start + u * (parameter_to_scale(p, high) - start));
    }
    }
}

static DrawnValue value_at(const Parameter *parameter, const Range *range, double u) {
    if (distribution_is_choice(parameter->distribution)) {
        return chosen(parameter, choice_at(parameter, range, u));
    }
    DrawnValue value = {.present = true};
    if (parameter->distribution == DIST_INT_UNIFORM) {
        double low = ceil(range->min);
        value.number = clip(parameter, range, low + floor(u * (floor(range->max) - low + 1)));
    } else if (parameter_step(parameter) > 0) {
        value.number = settle(parameter, range, quantile_within(parameter, range, u));
    } else {
        value.number = strictly_inside(range, quantile_within(parameter, range, u));
    }
    return value;
}

/* A trial's point in the unit cube. */
typedef struct Point {
    const Space *space;
    const Sampler *sampler;
    uint32_t number;
} Point;

/* 48 bits of the name's hash keep the parameters' streams apart without knowing of each other. */
static double independent_unit(const Point *point, const char *name) {
    uint64_t hash = hash64(name, strlen(name));
    RandomStream stream = random_stream(point->sampler->seed, RANDOM_DRAW, point->sampler->stage,
                                        (uint16_t)(hash & 0xffff), point->number, (uint32_t)(hash >> 32));
    return random_unit(&stream);
}

/* Constants take no dimension: the first ones are the best of a sequence. */
static size_t dimension_of(const Space *space, const Parameter *parameter) {
    size_t dimension = 0;
    for (size_t i = 0; i < space->count; i++) {
        const Parameter *other = &space->parameters[i];
        dimension += other->distribution != DIST_CONSTANT && strcmp(other->name, parameter->name) < 0;
    }
    return dimension;
}

static double coordinate(const Point *point, const Parameter *parameter) {
    static double (*const coordinates[SAMPLER_COUNT])(const Sampler *, uint32_t, size_t) = {
        [SAMPLER_SOBOL] = sobol_unit, [SAMPLER_HALTON] = halton_unit, [SAMPLER_LHS] = lhs_unit};
    const Sampler *sampler = point->sampler;
    if (sampler->kind == SAMPLER_RANDOM) return independent_unit(point, parameter->name);
    return coordinates[sampler->kind](sampler, point->number, dimension_of(point->space, parameter));
}

static DrawnValue pick_at_point(const Parameter *parameter, const Range *range, const void *context) {
    double u = coordinate(context, parameter);
    return value_at(parameter, range, u > 0 ? u : 0x1p-54);
}

Status space_draw(const Space *space, const Ranges *ranges, const Sampler *sampler, uint32_t number,
                  Draw *draw) {
    Point point = {.space = space, .sampler = sampler, .number = number};
    return draw_fill(space, ranges, pick_at_point, &point, draw);
}

static size_t first_allowed(const Parameter *parameter, const Range *range) {
    size_t i = 0;
    while (i + 1 < parameter->value_count && !is_allowed(range, i)) {
        i++;
    }
    return i;
}

static DrawnValue pick_middle(const Parameter *parameter, const Range *range, const void *context) {
    (void)context;
    if (distribution_is_choice(parameter->distribution)) {
        return chosen(parameter, first_allowed(parameter, range));
    }
    double low = parameter_to_scale(parameter, range->min), high = parameter_to_scale(parameter, range->max);
    double middle = parameter_from_scale(parameter, low + (high - low) / 2);
    return (DrawnValue){.present = true, .number = settle(parameter, range, middle)};
}

Status space_middle(const Space *space, const Ranges *ranges, Draw *draw) {
    return draw_fill(space, ranges, pick_middle, NULL, draw);
}

/* The allowed choice with the largest or smallest number; among words and mixtures the last or the first one.
 */
static size_t extreme_choice(const Parameter *parameter, const Range *range, bool high) {
    size_t found = first_allowed(parameter, range);
    bool words = false;
    for (size_t i = 0; i < parameter->value_count; i++) {
        words = words || (is_allowed(range, i) && parameter->values[i].kind == VALUE_WORD);
    }
    for (size_t i = found + 1; i < parameter->value_count; i++) {
        if (!is_allowed(range, i)) continue;
        double difference = parameter->values[i].number - parameter->values[found].number;
        if (words ? high : (high ? difference > 0 : difference < 0)) found = i;
    }
    return found;
}

static DrawnValue pick_extreme(const Parameter *parameter, const Range *range, const void *context) {
    bool high = *(const bool *)context;
    if (distribution_is_choice(parameter->distribution)) {
        return chosen(parameter, extreme_choice(parameter, range, high));
    }
    double end = settle(parameter, range, high ? range->max : range->min);
    bool truncated = parameter->distribution == DIST_NORMAL || parameter->distribution == DIST_LOG_NORMAL ||
                     parameter->distribution == DIST_BETA;
    return (DrawnValue){.present = true, .number = truncated ? strictly_inside(range, end) : end};
}

Status space_extreme(const Space *space, const Ranges *ranges, bool high, Draw *draw) {
    return draw_fill(space, ranges, pick_extreme, &high, draw);
}
