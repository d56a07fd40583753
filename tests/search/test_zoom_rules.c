#include "search/zoom_rules.h"

#include <math.h>
#include <stdlib.h>

#include "base/philox.h"
#include "search/fixtures.h"
#include "search/suites.h"
#include "search/zoom.h"
#include "suite.h"

#define MOST 200

static double room[3 * MOST];

static ZoomValues values_of(const double *value, size_t count, size_t elites, double low, double high) {
    return (ZoomValues){
        .value = value, .count = count, .completed = count, .elites = elites, .range = {low, high}};
}

static void expect(Span span, double low, double high, double within) {
    CU_ASSERT_DOUBLE_EQUAL(span.low, low, within);
    CU_ASSERT_DOUBLE_EQUAL(span.high, high, within);
}

static void a_span_goes_from_the_lowest_elite_to_the_highest(void) {
    static const double value[] = {5, 6, 4, 20, -3, 40};
    ZoomValues values = values_of(value, 6, 4, -3, 40);
    expect(zoom_span(&values), 4, 20, 0);
}

/* By hand: weights 1.609, 0.916, 0.511, 0.223, so that 4, 5, 6, 20 stand for 0.078, 0.404, 0.791, 0.966. */
static void quantiles_weigh_the_best_most(void) {
    static const double value[] = {5, 6, 4, 20, -3, 40};
    ZoomValues values = values_of(value, 6, 4, -3, 40);
    expect(zoom_quantiles(&values, 0.1, room), 4.066554905889012, 14.731469585862602, 1e-12);
    expect(zoom_quantiles(&values, 0.25, room), 4.527775565076093, 5.894180605745613, 1e-12);
    expect(zoom_quantiles(&values, 0, room), 4, 20, 0);
    expect(zoom_quantiles(&values, 0.05, room), 4, 18.736594773402185, 1e-12);
}

static void quantiles_of_equals_are_that_value(void) {
    static const double value[] = {2, 2, 2};
    ZoomValues values = values_of(value, 3, 3, 0, 4);
    expect(zoom_quantiles(&values, 0.3, room), 2, 2, 0);
    values.elites = 1;
    expect(zoom_quantiles(&values, 0.3, room), 2, 2, 0);
}

/* Of ten, the worst one far away: a span goes all the way, quantiles a small part of it. */
static void one_outlier_does_not_hold_quantiles_open(void) {
    static const double value[] = {4.9, 5.1, 5, 5.2, 4.8, 5.3, 4.7, 5, 5.1, 10};
    ZoomValues values = values_of(value, 10, 10, 0, 10);
    CU_ASSERT_EQUAL(zoom_span(&values).high, 10);
    CU_ASSERT(zoom_quantiles(&values, 0.1, room).high < 5.31);
}

/* The formula of the header, without bins. */
static double chance(const ZoomValues *v, double h, double x) {
    double p = (double)v->elites / (double)v->count;
    double prior = h * sqrt(2 * acos(-1)) / (v->range.high - v->range.low);
    double elites = p * prior, all = prior;
    for (size_t i = 0; i < v->count; i++) {
        double weight = exp(-0.5 * pow((x - v->value[i]) / h, 2));
        all += weight;
        if (i < v->elites) elites += weight;
    }
    return elites / all;
}

static void density_is_the_published_ratio(void) {
    double value[60];
    for (size_t i = 0; i < 60; i++)
        value[i] = i < 12 ? 3 + 0.2 * (double)(i * 7 % 12) : 10.0 * (double)(i - 12) / 47;
    ZoomValues values = values_of(value, 60, 12, 0, 10);
    /* Elites at 3, 3.2 .. 5.2: their deviation is less than the distance of their quartiles, 1.2, by 1.34. */
    double h = 0.9 * sqrt(0.04 * 143 / 11) * pow(12, -0.2), peak = 0;
    for (double x = 0; x < 10; x += 0.01)
        peak = fmax(peak, chance(&values, h, x));
    double low = 4, high = 4;
    while (chance(&values, h, low) >= 0.5 * peak)
        low -= 0.001;
    while (chance(&values, h, high) >= 0.5 * peak)
        high += 0.001;
    expect(zoom_density(&values, 0.5, room), low, high, 10.0 / 128);
    CU_ASSERT(low > 2 && low < 3 && high > 5.2 && high < 6.2);
}

static void density_heeds_where_trials_failed_to_be_elites(void) {
    /* Elites at 4 to 6 either way; first with all others far from there, then with many between 5 and 6. */
    double value[48];
    for (size_t i = 0; i < 48; i++)
        value[i] = i < 8 ? 4 + (double)i * 2 / 7 : i % 2 == 0 ? (double)i / 24 : 8 + (double)i / 24;
    ZoomValues values = values_of(value, 48, 8, 0, 10);
    Span without = zoom_density(&values, 0.5, room);
    for (size_t i = 8; i < 48; i++)
        value[i] = 5 + (double)(i - 8) / 39;
    Span with = zoom_density(&values, 0.5, room);
    CU_ASSERT(without.low <= 4 && without.high >= 6);
    CU_ASSERT(with.high < 5.2);
}

static void level_is_how_high(void) {
    double value[40];
    for (size_t i = 0; i < 40; i++)
        value[i] = i < 8 ? 0.6 + 0.01 * (double)i : (double)(i - 8) / 31;
    ZoomValues values = values_of(value, 40, 8, 0, 1);
    Span wide = zoom_density(&values, 0.2, room), narrow = zoom_density(&values, 0.8, room);
    CU_ASSERT(wide.low < narrow.low && wide.high > narrow.high);
    expect(zoom_density(&values, 0, room), 0, 1, 0);
    Span peak = zoom_density(&values, 1, room);
    CU_ASSERT_DOUBLE_EQUAL(peak.high - peak.low, 1.0 / 128, 1e-12);
}

/* --- what holds for every rule, with random trials --- */

static Draw draws[MOST];
static ZoomTrial trials[MOST];

/* A random parameter: any numeric family of ranges, cut to its domain. */
static void random_space(RandomStream *stream, Space *space) {
    static const Distribution kinds[] = {
        DIST_UNIFORM,     DIST_LOG_UNIFORM_VALUES, DIST_REVERSE_LOG_UNIFORM_VALUES,
        DIST_INT_UNIFORM, DIST_Q_UNIFORM,          DIST_Q_LOG_UNIFORM_VALUES};
    Distribution kind = kinds[random_below(stream, 6)];
    *space = (Space){0};
    Parameter *p = NULL;
    switch (kind) {
    case DIST_LOG_UNIFORM_VALUES: p = space_add_range(space, "x", kind, 1e-4, 0.3); break;
    case DIST_REVERSE_LOG_UNIFORM_VALUES: p = space_add_range(space, "x", kind, 0.2, 0.99); break;
    case DIST_INT_UNIFORM: p = space_add_range(space, "x", kind, 2, 40); break;
    case DIST_Q_LOG_UNIFORM_VALUES: p = space_add_range(space, "x", kind, 16, 512); break;
    default: p = space_add_range(space, "x", kind, 0.1, 0.9);
    }
    p->q = kind == DIST_Q_UNIFORM ? 0.05 : 16;
    bool counts = kind == DIST_INT_UNIFORM || kind == DIST_Q_LOG_UNIFORM_VALUES;
    p->domain_min = counts ? 1 : 0;
    p->domain_max = counts ? 600 : 1;
}

/* Trials that lie anywhere, or pile up towards either end, some diverged. */
static size_t random_trials(RandomStream *stream, const Space *space) {
    const Parameter *p = &space->parameters[0];
    size_t count = 4 + random_below(stream, 60);
    double pile = random_unit(stream) * 6 - 3;
    double low = parameter_to_scale(p, p->min), high = parameter_to_scale(p, p->max);
    for (size_t i = 0; i < count; i++) {
        double u = random_unit(stream);
        double x = parameter_from_scale(p, low + u * (high - low));
        draws[i].value[0] = (DrawnValue){.present = true, .number = fmin(fmax(x, p->min), p->max)};
        double metric = pile * u + random_unit(stream);
        bool diverged = random_below(stream, 8) == 0 && i >= 4;
        trials[i] = (ZoomTrial){.id = i, .metric = metric, .draw = draws[i].value, .diverged = diverged};
    }
    return count;
}

static double width_of(const Parameter *p, const Range *range) {
    return fabs(parameter_to_scale(p, range->max) - parameter_to_scale(p, range->min));
}

static void no_rule_leaves_the_domain_or_goes_under_the_floor(void) {
    size_t grew = 0, narrowed = 0;
    for (uint32_t round = 0; round < 6000; round++) {
        RandomStream stream = random_stream(2, RANDOM_SYNTHETIC, 0, 0, round, 0);
        Space space;
        random_space(&stream, &space);
        const Parameter *p = &space.parameters[0];
        Ranges before = space_ranges(&space);
        ZoomRules rules = zoom_rules_default((ZoomRule)(round % ZOOM_RULE_COUNT));
        rules.floor = random_unit(&stream);
        size_t count = random_trials(&stream, &space);
        ZoomResult result;
        CU_ASSERT_EQUAL_FATAL(space_zoom(&space, &before, &rules, trials, count, &result), STATUS_OK);
        free(result.elites);
        const Range *old = &before.range[0], *new = &result.after.range[0];
        CU_ASSERT(new->min <= new->max);
        CU_ASSERT(new->min >= fmin(p->domain_min, p->min) && new->max <= fmax(p->domain_max, p->max));
        CU_ASSERT(width_of(p, new) >= rules.floor * width_of(p, old) * (1 - 1e-9));
        bool low = new->min<old->min, high = new->max> old->max;
        ZoomReason reason = result.reason[0];
        CU_ASSERT_EQUAL(low, reason == ZOOM_GREW_LOW || reason == ZOOM_GREW_BOTH);
        CU_ASSERT_EQUAL(high, reason == ZOOM_GREW_HIGH || reason == ZOOM_GREW_BOTH);
        grew += low || high;
        narrowed += width_of(p, new) < width_of(p, old);
    }
    CU_ASSERT(grew > 500 && narrowed > 2000); /* both were tried */
}

/* The same trials with e^x on a log scale, and with 1 - e^-x on a reverse one, give the same range of x. */
static void every_rule_measures_in_the_parameters_own_scale(void) {
    for (uint32_t round = 0; round < 600; round++) {
        RandomStream stream = random_stream(3, RANDOM_SYNTHETIC, 0, 0, round, 0);
        ZoomRules rules = zoom_rules_default((ZoomRule)(round % ZOOM_RULE_COUNT));
        Space space[3] = {0};
        space_add_range(&space[0], "x", DIST_UNIFORM, 1, 5);
        space_add_range(&space[1], "x", DIST_LOG_UNIFORM_VALUES, exp(1), exp(5));
        space_add_range(&space[2], "x", DIST_REVERSE_LOG_UNIFORM_VALUES, 1 - exp(-1), 1 - exp(-5));
        size_t count = random_trials(&stream, &space[0]);
        double low[3], high[3];
        for (size_t k = 0; k < 3; k++) {
            ZoomTrial copy[MOST];
            Draw values[MOST] = {0};
            for (size_t i = 0; i < count; i++) {
                double x = draws[i].value[0].number;
                values[i].value[0] = (DrawnValue){.present = true,
                                                  .number = k == 0   ? x
                                                            : k == 1 ? exp(x)
                                                                     : -expm1(-x)};
                copy[i] = trials[i];
                copy[i].draw = values[i].value;
            }
            Ranges before = space_ranges(&space[k]);
            ZoomResult result;
            CU_ASSERT_EQUAL_FATAL(space_zoom(&space[k], &before, &rules, copy, count, &result), STATUS_OK);
            free(result.elites);
            const Range *after = &result.after.range[0];
            low[k] = k == 0 ? after->min : k == 1 ? log(after->min) : -log1p(-after->min);
            high[k] = k == 0 ? after->max : k == 1 ? log(after->max) : -log1p(-after->max);
        }
        for (size_t k = 1; k < 3; k++) {
            CU_ASSERT_DOUBLE_EQUAL(low[k], low[0], 1e-9);
            CU_ASSERT_DOUBLE_EQUAL(high[k], high[0], 1e-9);
        }
    }
}

void suite_zoom_rules(void) {
    static const TestCase tests[] = {
        {"a span goes from the lowest elite to the highest",
         a_span_goes_from_the_lowest_elite_to_the_highest},
        {"quantiles weigh the best most", quantiles_weigh_the_best_most},
        {"quantiles of equals are that value", quantiles_of_equals_are_that_value},
        {"one outlier does not hold quantiles open", one_outlier_does_not_hold_quantiles_open},
        {"density is the published ratio", density_is_the_published_ratio},
        {"density heeds where trials failed to be elites", density_heeds_where_trials_failed_to_be_elites},
        {"level is how high", level_is_how_high},
        {"no rule leaves the domain or goes under the floor",
         no_rule_leaves_the_domain_or_goes_under_the_floor},
        {"every rule measures in the parameter's own scale", every_rule_measures_in_the_parameters_own_scale},
    };
    SUITE("zoom rules", tests);
}
