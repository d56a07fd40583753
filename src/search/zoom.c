#include "search/zoom.h"

#include <float.h>
#include <math.h>

#include "base/memory.h"
#include "search/parameter_grid.h"

#define FEWEST_TRIALS 4
#define FEWEST_ELITES 2
#define FEWEST_TO_DROP 3 /* completed trials that had a category before it may go */
#define ROUNDING 1e-9    /* of a grid step, or of one trial: what floating point may have added */

ZoomRules zoom_rules_default(void) {
    return (ZoomRules){.keep = 0.2, .margin = 0.25, .floor = 0.1, .edge = 0.05, .grow = 0.3};
}

const char *zoom_reason_text(ZoomReason reason) {
    switch (reason) {
    case ZOOM_NARROWED: return "narrowed to the span of the best trials, with a margin";
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
    case ZOOM_CONFIRMED: return "kept: the stage repeats the best configurations and draws none";
    case ZOOM_REASON_COUNT: break;
    }
    return "unknown";
}

/* Best first. A metric that is not a number is the worst. */
static int compare_trials(const void *left, const void *right) {
    const ZoomTrial *a = left, *b = right;
    double x = isnan(a->metric) ? -INFINITY : a->metric, y = isnan(b->metric) ? -INFINITY : b->metric;
    if (x != y) return x > y ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static size_t elite_count(const ZoomRules *rules, size_t completed) {
    double part = ceil(rules->keep * (double)completed - ROUNDING);
    size_t count = part > 2 ? (size_t)part : 2;
    return count < completed ? count : completed;
}

static ZoomReason zoom_choice(size_t index, const ZoomTrial *trials, size_t count, size_t elites,
                              const Parameter *parameter, Range *range) {
    uint64_t kept = 0;
    for (size_t i = 0; i < parameter->value_count; i++) {
        uint64_t bit = UINT64_C(1) << i;
        size_t had = 0;
        bool elite_had = false;
        for (size_t t = 0; t < count; t++) {
            const DrawnValue *value = &trials[t].draw->value[index];
            if (!value->present || value->choice != i) continue;
            had++;
            elite_had = elite_had || t < elites;
        }
        if ((range->allowed & bit) != 0 && (elite_had || had < FEWEST_TO_DROP)) kept |= bit;
    }
    if (kept == range->allowed || kept == 0) return ZOOM_KEPT;
    range->allowed = kept;
    return ZOOM_CATEGORIES;
}

/* An interval in the parameter's scale, turned so that it increases with the value. */
typedef struct Span {
    double low, high;
} Span;

static double turned(const Parameter *parameter, double value) {
    double scaled = parameter_to_scale(parameter, value);
    return distribution_is_reverse_log(parameter->distribution) ? -scaled : scaled;
}

static double unturned(const Parameter *parameter, double value) {
    return parameter_from_scale(parameter,
                                distribution_is_reverse_log(parameter->distribution) ? -value : value);
}

/* Where growth must end, in the turned scale: infinite where the scale itself never gets there. */
static Span domain_span(const Parameter *p) {
    double support_min = distribution_support_min(p->distribution);
    double support_max = distribution_support_max(p->distribution);
    Span span = {.low = -INFINITY, .high = INFINITY};
    if (p->domain_min > support_min || (isfinite(support_min) && !distribution_is_log(p->distribution))) {
        span.low = turned(p, fmax(p->domain_min, support_min));
    }
    if (p->domain_max < support_max ||
        (isfinite(support_max) && !distribution_is_reverse_log(p->distribution))) {
        span.high = turned(p, fmin(p->domain_max, support_max));
    }
    return span;
}

/* What the elites say about one parameter, in the turned scale. */
typedef struct Elites {
    size_t count;
    double best;
    Span span;
    size_t in_low_third, in_high_third; /* of the old range */
} Elites;

static Elites elites_look(size_t index, const Parameter *parameter, Span old, const ZoomTrial *trials,
                          size_t count) {
    Elites elites = {0};
    double third = (old.high - old.low) / 3;
    for (size_t t = 0; t < count; t++) {
        const DrawnValue *value = &trials[t].draw->value[index];
        if (!value->present) continue;
        double at = fmin(fmax(turned(parameter, value->number), old.low), old.high);
        if (elites.count == 0) elites.best = elites.span.low = elites.span.high = at;
        elites.span.low = fmin(elites.span.low, at);
        elites.span.high = fmax(elites.span.high, at);
        elites.in_low_third += at <= old.low + third;
        elites.in_high_third += at >= old.high - third;
        elites.count++;
    }
    return elites;
}

static bool leans_low(const Elites *elites, Span old, double near) {
    return elites->best - old.low <= near ||
           (elites->span.low - old.low <= near && 2 * elites->in_low_third > elites->count);
}

static bool leans_high(const Elites *elites, Span old, double near) {
    return old.high - elites->best <= near ||
           (old.high - elites->span.high <= near && 2 * elites->in_high_third > elites->count);
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
    double domain_low = fmax(p->domain_min, distribution_support_min(p->distribution));
    double domain_high = fmin(p->domain_max, distribution_support_max(p->distribution));
    double step = parameter_step(p);
    if (step > 0) {
        low = floor(low / step + ROUNDING) * step;
        high = ceil(high / step - ROUNDING) * step;
        if (isfinite(domain_low)) domain_low = ceil(domain_low / step - ROUNDING) * step;
        if (isfinite(domain_high)) domain_high = floor(domain_high / step + ROUNDING) * step;
    }
    /* An end at infinity in the scale: rounding must not get there either. */
    if (distribution_is_log(p->distribution) && domain_low <= 0) domain_low = step > 0 ? step : DBL_MIN;
    if (distribution_is_reverse_log(p->distribution) && domain_high >= 1) domain_high = nextafter(1, 0);
    low = fmax(low, fmin(domain_low, before->min));
    high = fmin(high, fmax(domain_high, before->max));
    if (limit.low >= old.low) low = fmax(low, before->min);
    if (limit.high <= old.high) high = fmin(high, before->max);
    return (Range){.min = low, .max = high, .allowed = before->allowed};
}

static ZoomReason zoom_numeric(size_t index, const ZoomTrial *trials, size_t count, const ZoomRules *rules,
                               const Parameter *parameter, Range *range) {
    const Range before = *range;
    Span old = {.low = turned(parameter, before.min), .high = turned(parameter, before.max)};
    double width = old.high - old.low;
    if (!(width > 0)) return ZOOM_KEPT;
    Elites elites = elites_look(index, parameter, old, trials, count);
    Span domain = domain_span(parameter);
    Span limit = old;
    if (leans_low(&elites, old, rules->edge * width)) {
        limit.low = fmin(old.low, fmax(old.low - rules->grow * width, domain.low));
    }
    if (leans_high(&elites, old, rules->edge * width)) {
        limit.high = fmax(old.high, fmin(old.high + rules->grow * width, domain.high));
    }
    double margin = rules->margin * (elites.span.high - elites.span.low);
    Span span = {.low = limit.low < old.low ? limit.low : fmax(elites.span.low - margin, old.low),
                 .high = limit.high > old.high ? limit.high : fmin(elites.span.high + margin, old.high)};
    bool floored = span.high - span.low < rules->floor * width;
    if (floored) span = span_widened(span, rules->floor * width, limit);
    *range = range_from_span(parameter, &before, old, limit, span);

    bool low = range->min < before.min;
    bool high = range->max > before.max;
    if (low && high) return ZOOM_GREW_BOTH;
    if (low) return ZOOM_GREW_LOW;
    if (high) return ZOOM_GREW_HIGH;
    if (range->min == before.min && range->max == before.max) return ZOOM_KEPT;
    return floored ? ZOOM_FLOOR : ZOOM_NARROWED;
}

static ZoomReason zoom_parameter(size_t index, const ZoomTrial *trials, size_t count, size_t elites,
                                 const ZoomRules *rules, const Parameter *parameter, Range *range) {
    if (parameter->distribution == DIST_CONSTANT) return ZOOM_KEPT;
    size_t present = 0;
    for (size_t t = 0; t < elites; t++) {
        present += trials[t].draw->value[index].present;
    }
    if (present < FEWEST_ELITES) return ZOOM_FEW_ELITES;
    if (parameter->distribution == DIST_CATEGORICAL) {
        return zoom_choice(index, trials, count, elites, parameter, range);
    }
    return zoom_numeric(index, trials, elites, rules, parameter, range);
}

Status space_zoom(const Space *space, const Ranges *before, const ZoomRules *rules, ZoomTrial *trials,
                  size_t count, ZoomResult *result) {
    *result = (ZoomResult){.after = *before};
    if (count < FEWEST_TRIALS) {
        for (size_t i = 0; i < space->count; i++) {
            result->reason[i] = ZOOM_FEW_TRIALS;
        }
        return STATUS_OK;
    }
    qsort(trials, count, sizeof *trials, compare_trials);
    size_t elites = elite_count(rules, count);
    TRY(memory_new(&result->elites, elites, sizeof *result->elites));
    result->elite_count = elites;
    for (size_t t = 0; t < elites; t++) {
        result->elites[t] = trials[t].id;
    }
    for (size_t i = 0; i < space->count; i++) {
        result->reason[i] =
            zoom_parameter(i, trials, count, elites, rules, &space->parameters[i], &result->after.range[i]);
    }
    return STATUS_OK;
}
