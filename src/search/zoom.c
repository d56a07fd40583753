#include "search/zoom.h"

#include <float.h>
#include <math.h>

#include "base/memory.h"
#include "search/parameter_grid.h"
#include "search/zoom_rules.h"

#define FEWEST_TRIALS 4
#define FEWEST_ELITES 2
#define FEWEST_TO_DROP 3 /* completed trials that had a category before it may go */
#define ROOM_A_TRIAL 3   /* numbers: its value, and twice as many for the rules */
#define ROUNDING 1e-9    /* of a grid step, or of one trial: what floating point may have added */

const char *zoom_rule_name(ZoomRule rule) {
    static const char *const names[ZOOM_RULE_COUNT] = {
        [ZOOM_BY_SPAN] = "span", [ZOOM_BY_QUANTILES] = "quantiles", [ZOOM_BY_DENSITY] = "density"};
    return names[rule];
}

ZoomRules zoom_rules_default(ZoomRule rule) {
    return (ZoomRules){.rule = rule,
                       .keep = 0.3,
                       .margin = 0,
                       .tail = 0.1,
                       .level = 0.5,
                       .floor = 0.1,
                       .edge = 0.35,
                       .significance = 0.1,
                       .grow = 0.6};
}

const char *zoom_reason_text(ZoomReason reason) {
    switch (reason) {
    case ZOOM_NARROWED: return "narrowed to the span of the best trials";
    case ZOOM_FLOOR: return "narrowed to the best trials, but no further than the floor allows";
    case ZOOM_GREW_LOW:
        return "grew past its lower edge, where the best trials lie: the range was too narrow there";
    case ZOOM_GREW_HIGH:
        return "grew past its upper edge, where the best trials lie: the range was too narrow there";
    case ZOOM_GREW_BOTH: return "grew past both edges, where the best trials lie: the range was too narrow";
    case ZOOM_KEPT: return "kept: the best trials give no reason to change it";
    case ZOOM_FEW_TRIALS: return "kept: fewer than four trials completed";
    case ZOOM_FEW_ELITES: return "kept: fewer than two of the best trials have this parameter";
    case ZOOM_CATEGORIES: return "dropped values that at least three trials had and none of the best";
    case ZOOM_CONFIGURED: return "as configured";
    case ZOOM_NARROWED_QUANTILES: return "narrowed to between two quantiles of the best trials";
    case ZOOM_NARROWED_DENSITY: return "narrowed to where the best trials are dense beside all";
    case ZOOM_CONFIRMED: return "kept: the stage repeats the best configurations and draws none";
    case ZOOM_REASON_COUNT: break;
    }
    return "unknown";
}

static const ZoomReason narrowed_by[ZOOM_RULE_COUNT] = {[ZOOM_BY_SPAN] = ZOOM_NARROWED,
                                                        [ZOOM_BY_QUANTILES] = ZOOM_NARROWED_QUANTILES,
                                                        [ZOOM_BY_DENSITY] = ZOOM_NARROWED_DENSITY};

/* Best first. A metric that is not a number is the worst, but for those that diverged. */
static int compare_trials(const void *left, const void *right) {
    const ZoomTrial *a = left, *b = right;
    if (a->diverged != b->diverged) return a->diverged ? 1 : -1;
    double x = isnan(a->metric) ? -INFINITY : a->metric, y = isnan(b->metric) ? -INFINITY : b->metric;
    if (x != y) return x > y ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static size_t elite_count(const ZoomRules *rules, size_t completed) {
    double part = ceil(rules->keep * (double)completed - ROUNDING);
    size_t count = part > 2 ? (size_t)part : 2;
    return count < completed ? count : completed;
}

/* The trials of a stage, best first. */
typedef struct Standing {
    const ZoomTrial *trials;
    size_t count, completed, elites; /* each the first so many */
    double *room;                    /* [ROOM_A_TRIAL * count] */
} Standing;

static ZoomReason zoom_choice(size_t index, const Standing *standing, const Parameter *parameter,
                              Range *range) {
    uint64_t kept = 0;
    for (size_t i = 0; i < parameter->value_count; i++) {
        uint64_t bit = UINT64_C(1) << i;
        size_t had = 0;
        bool elite_had = false;
        for (size_t t = 0; t < standing->completed; t++) {
            const DrawnValue *value = &standing->trials[t].draw[index];
            if (!value->present || value->choice != i) continue;
            had++;
            elite_had = elite_had || t < standing->elites;
        }
        if ((range->allowed & bit) != 0 && (elite_had || had < FEWEST_TO_DROP)) kept |= bit;
    }
    if (kept == range->allowed || kept == 0) return ZOOM_KEPT;
    range->allowed = kept;
    return ZOOM_CATEGORIES;
}

static double turned(const Parameter *parameter, double value) {
    double scaled = parameter_to_scale(parameter, value);
    return distribution_is_reverse_log(parameter->distribution) ? -scaled : scaled;
}

static double unturned(const Parameter *parameter, double value) {
    return parameter_from_scale(parameter,
                                distribution_is_reverse_log(parameter->distribution) ? -value : value);
}

/* Where growth must end: on the grid, and where the scale is finite. */
static Range domain_of(const Parameter *p) {
    Range domain = {.min = fmax(p->domain_min, distribution_support_min(p->distribution)),
                    .max = fmin(p->domain_max, distribution_support_max(p->distribution))};
    double step = parameter_step(p);
    if (step > 0) {
        if (isfinite(domain.min)) domain.min = ceil(domain.min / step - ROUNDING) * step;
        if (isfinite(domain.max)) domain.max = floor(domain.max / step + ROUNDING) * step;
    }
    if (distribution_is_log(p->distribution) && domain.min <= 0) domain.min = step > 0 ? step : DBL_MIN;
    if (distribution_is_reverse_log(p->distribution) && domain.max >= 1) domain.max = nextafter(1, 0);
    return domain;
}

static ZoomValues values_of(size_t index, const Parameter *parameter, Span range, const Standing *standing) {
    ZoomValues values = {.value = standing->room, .range = range};
    for (size_t t = 0; t < standing->count; t++) {
        const DrawnValue *value = &standing->trials[t].draw[index];
        if (!value->present) continue;
        standing->room[values.count++] = fmin(fmax(turned(parameter, value->number), range.low), range.high);
        values.completed += t < standing->completed;
        values.elites += t < standing->elites;
    }
    return values;
}

static Span span_of(const ZoomRules *rules, const ZoomValues *values, double *scratch) {
    switch (rules->rule) {
    case ZOOM_BY_QUANTILES: return zoom_quantiles(values, rules->tail, scratch);
    case ZOOM_BY_DENSITY: return zoom_density(values, rules->level, scratch);
    default: return zoom_span(values);
    }
}

/* At least `width` wide, around the same middle where the limits allow it. */
static Span span_widened(Span span, double width, Span limit) {
    double middle = span.low + (span.high - span.low) / 2;
    double low = fmax(fmin(middle - width / 2, limit.high - width), limit.low);
    return (Span){.low = low, .high = fmin(low + width, limit.high)};
}

/* Back from the scale and outwards onto the grid; past the old edge only where `limit` goes past it, and
 * never past the domain. */
static Range range_from_span(const Parameter *p, const Range *before, Span old, Span limit, Span span) {
    double low = span.low > old.low || limit.low < old.low ? unturned(p, span.low) : before->min;
    double high = span.high < old.high || limit.high > old.high ? unturned(p, span.high) : before->max;
    double step = parameter_step(p);
    if (step > 0) {
        low = floor(low / step + ROUNDING) * step;
        high = ceil(high / step - ROUNDING) * step;
    }
    Range domain = domain_of(p);
    low = fmax(low, fmin(domain.min, before->min));
    high = fmin(high, fmax(domain.max, before->max));
    if (limit.low >= old.low) low = fmax(low, before->min);
    if (limit.high <= old.high) high = fmin(high, before->max);
    return (Range){.min = low, .max = high, .allowed = before->allowed};
}

/* The old range, with the edges that are leaned on moved out. */
static Span grown(const ZoomValues *values, const ZoomRules *rules, Span domain, double *scratch) {
    Span old = values->range;
    double step = rules->grow * (old.high - old.low);
    Span limit = old;
    if (zoom_leans(values, ZOOM_LOW_EDGE, rules->edge, rules->significance, scratch)) {
        limit.low = fmin(old.low, fmax(old.low - step, domain.low));
    }
    if (zoom_leans(values, ZOOM_HIGH_EDGE, rules->edge, rules->significance, scratch)) {
        limit.high = fmax(old.high, fmin(old.high + step, domain.high));
    }
    return limit;
}

static ZoomReason zoom_numeric(size_t index, const Standing *standing, const ZoomRules *rules,
                               const Parameter *parameter, Range *range) {
    const Range before = *range;
    Span old = {.low = turned(parameter, before.min), .high = turned(parameter, before.max)};
    double width = old.high - old.low;
    if (!(width > 0)) return ZOOM_KEPT;
    ZoomValues values = values_of(index, parameter, old, standing);
    double *scratch = standing->room + standing->count;
    Range domain = domain_of(parameter);
    Span ends = {.low = turned(parameter, domain.min), .high = turned(parameter, domain.max)};
    Span limit = grown(&values, rules, ends, scratch);
    Span span = span_of(rules, &values, scratch);
    double margin = rules->margin * (span.high - span.low);
    span.low = limit.low < old.low ? limit.low : fmax(span.low - margin, old.low);
    span.high = limit.high > old.high ? limit.high : fmin(span.high + margin, old.high);
    bool floored = span.high - span.low < rules->floor * width;
    if (floored) span = span_widened(span, rules->floor * width, limit);
    *range = range_from_span(parameter, &before, old, limit, span);

    bool low = range->min < before.min;
    bool high = range->max > before.max;
    if (low && high) return ZOOM_GREW_BOTH;
    if (low) return ZOOM_GREW_LOW;
    if (high) return ZOOM_GREW_HIGH;
    if (range->min == before.min && range->max == before.max) return ZOOM_KEPT;
    return floored ? ZOOM_FLOOR : narrowed_by[rules->rule];
}

static ZoomReason zoom_parameter(size_t index, const Standing *standing, const ZoomRules *rules,
                                 const Parameter *parameter, Range *range) {
    if (parameter->distribution == DIST_CONSTANT) return ZOOM_KEPT;
    size_t present = 0;
    for (size_t t = 0; t < standing->elites; t++) {
        present += standing->trials[t].draw[index].present;
    }
    if (present < FEWEST_ELITES) return ZOOM_FEW_ELITES;
    if (parameter->distribution == DIST_CATEGORICAL) {
        return zoom_choice(index, standing, parameter, range);
    }
    return zoom_numeric(index, standing, rules, parameter, range);
}

Status space_zoom(const Space *space, const Ranges *before, const ZoomRules *rules, ZoomTrial *trials,
                  size_t count, ZoomResult *result) {
    *result = (ZoomResult){.after = *before};
    Standing standing = {.trials = trials, .count = count};
    for (size_t t = 0; t < count; t++) {
        standing.completed += !trials[t].diverged;
    }
    if (standing.completed < FEWEST_TRIALS) {
        for (size_t i = 0; i < space->count; i++) {
            result->reason[i] = ZOOM_FEW_TRIALS;
        }
        return STATUS_OK;
    }
    qsort(trials, count, sizeof *trials, compare_trials);
    standing.elites = elite_count(rules, standing.completed);
    TRY(memory_new(&standing.room, ROOM_A_TRIAL * count, sizeof *standing.room));
    Status status = memory_new(&result->elites, standing.elites, sizeof *result->elites);
    for (size_t t = 0; status == STATUS_OK && t < standing.elites; t++) {
        result->elites[result->elite_count++] = trials[t].id;
    }
    for (size_t i = 0; status == STATUS_OK && i < space->count; i++) {
        result->reason[i] =
            zoom_parameter(i, &standing, rules, &space->parameters[i], &result->after.range[i]);
    }
    free(standing.room);
    return status;
}
