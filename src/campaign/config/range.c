/* The numbers of a parameter that is drawn from a range or along a curve. */
#include <float.h>
#include <math.h>

#include "campaign/config/known.h"

static const NumberRule any_number = {.min = -INFINITY, .max = INFINITY};
/* Beyond, the quantiles of a beta distribution are lost to rounding. */
static const NumberRule beta_shape = {.min = 1e-3, .max = 1e6};
static const NumberRule above_0 = {.min = 0, .above_min = true, .max = INFINITY};

static bool is_logarithmic(Distribution distribution) {
    return distribution == DIST_LOG_UNIFORM_VALUES || distribution == DIST_Q_LOG_UNIFORM_VALUES ||
           distribution == DIST_INV_LOG_UNIFORM_VALUES;
}

static Status read_bounds(const ConfigReader *reader, const YamlNode *node, Parameter *parameter) {
    static const NumberRule whole = {.min = -NUMBER_MOST_EXACT, .max = NUMBER_MOST_EXACT, .whole = true};
    const YamlNode *min = yaml_get(node, "min");
    const YamlNode *max = yaml_get(node, "max");
    const NumberRule *rule = parameter->distribution == DIST_INT_UNIFORM ? &whole : &any_number;
    TRY(read_number(reader, min, "min", rule, &parameter->min));
    TRY(read_number(reader, max, "max", rule, &parameter->max));
    if (is_logarithmic(parameter->distribution)) {
        if (parameter->min <= 0) {
            return source_fail(
                reader->source, min->mark,
                "a logarithmic range cannot begin at %s; a min above 0 would do, for example 1e-6",
                text_shown(min->text));
        }
        parameter->domain_min = DBL_MIN;
    }
    if (parameter->distribution == DIST_REVERSE_LOG_UNIFORM_VALUES) {
        if (parameter->max >= 1) {
            return source_fail(
                reader->source, max->mark,
                "reverse_log_uniform_values cannot reach 1 (1 - x is what it draws); a max below 1 "
                "would do, for example 0.99");
        }
        parameter->domain_max = nextafter(1, 0);
    }
    if (parameter->min > parameter->max) {
        return source_fail(reader->source, min->mark,
                           "the range is upside down: min %s is above max %s; swap them",
                           text_shown(min->text), text_shown(max->text));
    }
    if (parameter->min == parameter->max) {
        return source_fail(reader->source, min->mark,
                           "the range is empty: min and max are both %s; write value: %s",
                           text_shown(min->text), text_shown(min->text));
    }
    if (!isfinite(parameter->max - parameter->min)) {
        return source_fail(reader->source, min->mark,
                           "the range is too wide: max - min must be a finite number");
    }
    return STATUS_OK;
}

static Status read_shape(const ConfigReader *reader, const YamlNode *node, Parameter *parameter) {
    static const NumberRule log_mu = {.min = -300, .max = 300};
    static const NumberRule log_sigma = {.min = 0, .above_min = true, .max = 100};
    bool logarithmic =
        parameter->distribution == DIST_LOG_NORMAL || parameter->distribution == DIST_Q_LOG_NORMAL;
    parameter->mu = 0;
    parameter->sigma = parameter->a = parameter->b = parameter->q = 1;
    TRY(read_optional(reader, node, "mu", logarithmic ? &log_mu : &any_number, &parameter->mu));
    TRY(read_optional(reader, node, "sigma", logarithmic ? &log_sigma : &above_0, &parameter->sigma));
    TRY(read_optional(reader, node, "a", &beta_shape, &parameter->a));
    TRY(read_optional(reader, node, "b", &beta_shape, &parameter->b));
    TRY(read_optional(reader, node, "q", &above_0, &parameter->q));
    if (!isfinite(fabs(parameter->mu) + 4 * parameter->sigma)) {
        return source_fail(reader->source, node->mark,
                           "mu and sigma are too large: mu + 4 sigma must be finite");
    }
    return STATUS_OK;
}

/* The number farthest from 0 that is drawn. */
static double reach(const Parameter *parameter) {
    switch (parameter->distribution) {
    case DIST_Q_NORMAL: return fabs(parameter->mu) + 4 * parameter->sigma;
    case DIST_Q_LOG_NORMAL: return exp(parameter->mu + 4 * parameter->sigma);
    case DIST_Q_BETA: return 1;
    default: return fmax(fabs(parameter->min), fabs(parameter->max));
    }
}

static Status check_step(const ConfigReader *reader, const YamlNode *node, const Parameter *parameter) {
    const YamlNode *q = yaml_get(node, "q");
    if (q == NULL) return STATUS_OK;
    if (isfinite(parameter->max) && parameter->q > parameter->max - parameter->min) {
        return source_fail(
            reader->source, q->mark,
            "the step q is wider than the range from min to max; a smaller q, or values: [..], would do");
    }
    if (reach(parameter) / parameter->q > NUMBER_MOST_EXACT) {
        return source_fail(
            reader->source, q->mark,
            "the step q is too fine for the numbers that are drawn, whose digits end before it; a "
            "larger q, or a distribution without one, would do");
    }
    return STATUS_OK;
}

/* Numbers that are whole whatever is drawn. */
static bool draws_whole(const Parameter *parameter) {
    if (parameter->distribution == DIST_INT_UNIFORM) return true;
    if (parameter->q != rint(parameter->q) || reach(parameter) > NUMBER_MOST_EXACT) return false;
    switch (parameter->distribution) {
    case DIST_Q_UNIFORM:
    case DIST_Q_LOG_UNIFORM_VALUES:
        return parameter->min == rint(parameter->min) && parameter->max == rint(parameter->max);
    case DIST_Q_NORMAL:
    case DIST_Q_LOG_NORMAL: return true;
    default: return false;
    }
}

Status config_read_range(const ConfigReader *reader, const YamlNode *node, Parameter *parameter) {
    TRY(read_shape(reader, node, parameter));
    if (yaml_get(node, "min") != NULL) TRY(read_bounds(reader, node, parameter));
    if (parameter->distribution == DIST_BETA || parameter->distribution == DIST_Q_BETA) {
        parameter->domain_min = 0;
        parameter->domain_max = 1;
    }
    TRY(check_step(reader, node, parameter));
    parameter->integer = draws_whole(parameter);
    return STATUS_OK;
}
