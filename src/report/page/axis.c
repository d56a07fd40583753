#include "report/page/axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/page/html.h"

#define TICS_WANTED 6
#define ROOM 0.04   /* at both ends, of the axis */
#define SINGLE 1e-6 /* relative: values nearer together than that are one, and written alike */
#define CHOICES_SHOWN 12
#define LOSSES_SHOWN 100.0 /* times the best one: a loss without bounds would hide all others */

double axis_place(const Axis *axis, double value) {
    if (isnan(value)) return value;
    if (value < axis->least) value = axis->least;
    if (value > axis->most) value = axis->most;
    switch (axis->scale) {
    case AXIS_LOG: return log10(value);
    case AXIS_REVERSE_LOG: return -log10(1 - value);
    default: return value;
    }
}

double axis_drawn(const Axis *axis, DrawnValue value) {
    if (!value.present) return NAN;
    return axis->scale == AXIS_CHOICES ? (double)value.choice : axis_place(axis, value.number);
}

/* --- tics --- */

static void add_tic(Axis *axis, double place, const char *text) {
    if (axis->tic_count >= AXIS_TICS_MAX || place < axis->low || place > axis->high) return;
    AxisTic *tic = &axis->tics[axis->tic_count++];
    tic->at = place;
    text_copy(tic->text, sizeof(tic->text), text);
}

/* 0.001, 10000, 1e6, 2e-7. */
static void number_text(char *out, size_t size, double value) {
    double amount = fabs(value);
    if (amount == 0 || (amount >= 1e-4 && amount < 1e6)) {
        (void)snprintf(out, size, "%.10g", value + 0.0);
        return;
    }
    int exponent = (int)floor(log10(amount) + 1e-9);
    (void)snprintf(out, size, "%.4ge%d", value / pow(10, exponent), exponent);
}

/* A step of 1, 2 or 5 times a power of ten of which about `wanted` fill the width. */
static double round_step(double width, double wanted) {
    double raw = width / wanted, power = pow(10, floor(log10(raw))), part = raw / power;
    return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}

/* Between values, at equal steps, `factor` times as large in the text ("%" for accuracies). */
static void tics_even(Axis *axis, double low, double high, double factor) {
    double step = round_step((high - low) * factor, TICS_WANTED);
    if (axis->scale == AXIS_COUNT && step < 1) step = 1;
    for (double i = ceil(low * factor / step - 1e-9); i * step <= high * factor * (1 + 1e-12) + 1e-300; i++) {
        char text[32];
        double value = i * step;
        number_text(text, sizeof(text), fabs(value) < step * 1e-6 ? 0 : value);
        add_tic(axis, axis_place(axis, value / factor), text);
        if (axis->tic_count >= AXIS_TICS_MAX) return;
    }
}

/* The mantissas of a level, and every how many decades they come. */
typedef struct Level {
    int decades;
    size_t count;
    double mantissa[9];
} Level;
static const Level levels[] = {{12, 1, {1}}, {6, 1, {1}},    {3, 1, {1}},       {2, 1, {1}},
                               {1, 1, {1}},  {1, 2, {1, 3}}, {1, 3, {1, 2, 5}}, {1, 6, {1, 1.5, 2, 3, 5, 7}}};

/* Tics of one level for amounts x = 10^place (log) or 1 - value (reverse) from `least` to `most`; counts
 * only where axis is NULL. */
static size_t tics_of_level(Axis *axis, const Level *level, double least, double most, double factor) {
    size_t count = 0;
    int from = (int)floor(log10(least)), to = (int)ceil(log10(most));
    for (int decade = from; decade <= to; decade++) {
        if (((decade % level->decades) + level->decades) % level->decades != 0) continue;
        for (size_t m = 0; m < level->count; m++) {
            double amount = level->mantissa[m] * pow(10, decade);
            if (amount < least * (1 - 1e-9) || amount > most * (1 + 1e-9)) continue;
            count++;
            if (axis == NULL) continue;
            char text[32];
            double value = axis->scale == AXIS_REVERSE_LOG ? 1 - amount : amount;
            number_text(text, sizeof(text), value * factor);
            add_tic(axis, axis_place(axis, value), text);
        }
    }
    return count;
}

static void tics_log(Axis *axis, double factor) {
    bool reverse = axis->scale == AXIS_REVERSE_LOG;
    double least = pow(10, reverse ? -axis->high : axis->low),
           most = pow(10, reverse ? -axis->low : axis->high);
    const Level *chosen = NULL;
    size_t enough = most / least < 10 ? 3 : 2; /* within a decade even steps may be more */
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        size_t count = tics_of_level(NULL, &levels[i], least, most, factor);
        if (count >= enough && count <= TICS_WANTED) chosen = &levels[i];
    }
    if (chosen != NULL)
        (void)tics_of_level(axis, chosen, least, most, factor);
    else
        tics_even(axis, reverse ? 1 - most : least, reverse ? 1 - least : most, factor);
}

static void make_room(Axis *axis) {
    double width = axis->high - axis->low;
    bool log = axis->scale == AXIS_LOG || axis->scale == AXIS_REVERSE_LOG;
    if (!(width > SINGLE * (log ? 1 : fmax(fabs(axis->low), fabs(axis->high))))) {
        double about = fabs(axis->low) > 0 ? 0.1 * fabs(axis->low) : 1;
        if (log) about = 0.2;
        axis->low -= about;
        axis->high += about;
        return;
    }
    axis->low -= ROOM * width;
    axis->high += ROOM * width;
}

static void fill(Axis *axis, double factor) {
    if (axis->scale == AXIS_LINEAR || axis->scale == AXIS_COUNT)
        tics_even(axis, axis->low, axis->high, factor);
    else
        tics_log(axis, factor);
}

/* --- parameters --- */

/* What the settings of a layer count, in the order of campaign/config/layers.c; NULL for those without. */
static const char *setting_unit(LayerKind kind, size_t setting) {
    switch (kind) {
    case LAYER_DENSE: return setting == 0 ? "units" : NULL;
    case LAYER_CONV2D: return setting == 0 ? "filters" : setting <= 2 ? "pixels" : NULL;
    case LAYER_MAX_POOL:
    case LAYER_AVERAGE_POOL: return setting <= 1 ? "pixels" : NULL;
    default: return NULL;
    }
}

const char *parameter_unit(const Config *config, size_t parameter) {
    static const struct {
        const char *name, *unit;
    } known[] = {{"batch_size", "examples"},    {"momentum_epochs", "epochs"},   {"lr_step", "epochs"},
                 {"warmup_epochs", "epochs"},   {"early_stop_epochs", "epochs"}, {"augment_shift", "pixels"},
                 {"learning_rate", "per step"}, {"augment_flip", "probability"}, {"optimizer", "name"},
                 {"lr_schedule", "name"}};
    const char *name = config->space.parameters[parameter].name;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(name, known[i].name) == 0) return known[i].unit;
    }
    for (size_t l = 0; l < config->layer_count; l++) {
        for (size_t s = 0; s < LAYER_MAX_SETTINGS; s++) {
            const NumberOrParameter *pair = config->layers[l].settings[s];
            const char *unit = setting_unit(config->layers[l].spec.kind, s);
            if (unit != NULL && (pair[0].parameter == parameter || pair[1].parameter == parameter))
                return unit;
        }
    }
    return "no unit";
}

static AxisScale parameter_scale(const Parameter *parameter) {
    switch (parameter->distribution) {
    case DIST_CONSTANT:
    case DIST_CATEGORICAL: return AXIS_CHOICES;
    case DIST_LOG_UNIFORM_VALUES:
    case DIST_Q_LOG_UNIFORM_VALUES:
    case DIST_INV_LOG_UNIFORM_VALUES:
    case DIST_LOG_NORMAL:
    case DIST_Q_LOG_NORMAL: return AXIS_LOG;
    case DIST_REVERSE_LOG_UNIFORM_VALUES: return AXIS_REVERSE_LOG;
    default: return AXIS_LINEAR;
    }
}

static void choice_tics(Axis *axis, const Parameter *parameter) {
    axis->low = -0.6;
    axis->high = (double)parameter->value_count - 0.4;
    size_t every = (parameter->value_count + CHOICES_SHOWN - 1) / CHOICES_SHOWN;
    for (size_t v = 0; v < parameter->value_count; v += every) {
        char value[PARAMETER_WORD_SIZE], text[48];
        DrawnValue drawn = {.present = true, .number = NAN, .choice = (uint32_t)v};
        if (parameter->values[v].kind != VALUE_WORD) drawn.number = parameter->values[v].number;
        parameter_value_text(parameter, drawn, value, sizeof(value));
        label_text(text, sizeof(text), value, 12);
        add_tic(axis, (double)v, text);
    }
}

/* Where only a few values can be drawn, those. */
static bool grid_tics(Axis *axis, const Parameter *parameter, Range range) {
    double step = parameter->distribution == DIST_INT_UNIFORM ? 1 : parameter->q;
    bool grid = parameter->distribution == DIST_INT_UNIFORM || parameter->distribution == DIST_Q_UNIFORM ||
                parameter->distribution == DIST_Q_LOG_UNIFORM_VALUES;
    if (!grid || !(step > 0) || (range.max - range.min) / step > TICS_WANTED) return false;
    for (double i = ceil(range.min / step - 1e-9); i * step <= range.max + 1e-9 * step; i++) {
        char text[32];
        number_text(text, sizeof(text), i * step);
        add_tic(axis, axis_place(axis, i * step), text);
    }
    return axis->tic_count > 0;
}

Axis axis_of_parameter(const Config *config, size_t index, Range range) {
    const Parameter *parameter = &config->space.parameters[index];
    Axis axis = {.scale = parameter_scale(parameter), .least = -INFINITY, .most = INFINITY};
    const char *unit = parameter_unit(config, index);
    const char *about = axis.scale == AXIS_LOG           ? ", log scale"
                        : axis.scale == AXIS_REVERSE_LOG ? ", log scale of 1 − value"
                                                         : "";
    char name[48];
    label_text(name, sizeof(name), parameter->name, 28);
    (void)snprintf(axis.name, sizeof(axis.name), "%s (%s%s)", name, unit, about);
    if (axis.scale == AXIS_CHOICES) {
        choice_tics(&axis, parameter);
        return axis;
    }
    /* The 0 that q_log_normal can round to lies at half a step. */
    if (axis.scale == AXIS_LOG)
        axis.least = parameter->distribution == DIST_Q_LOG_NORMAL ? parameter->q / 2 : 1e-300;
    if (axis.scale == AXIS_REVERSE_LOG) axis.most = 1 - 1e-12;
    axis.low = axis_place(&axis, range.min);
    axis.high = axis_place(&axis, range.max);
    make_room(&axis);
    if (!grid_tics(&axis, parameter, range)) fill(&axis, 1);
    return axis;
}

/* --- the metric, and anything else --- */

Axis axis_of_metric(MetricKind metric, double a, double b, uint64_t examples) {
    bool accuracy = metric == METRIC_VAL_ACCURACY;
    Axis axis = {
        .scale = accuracy ? AXIS_REVERSE_LOG : AXIS_LOG, .least = accuracy ? 0 : 1e-12, .most = INFINITY};
    if (accuracy) axis.most = 1 - 0.5 / (examples > 0 ? (double)examples : 1000); /* of them all right */
    (void)snprintf(axis.name, sizeof(axis.name), "%s",
                   accuracy ? "val_accuracy (%, log of the error)" : "val_loss (no unit, log scale)");
    if (isnan(a)) a = accuracy ? 0 : 1;
    if (isnan(b)) b = accuracy ? 0.9 : 0.1;
    double best = fmax(fmin(a, b), axis.least);
    if (!accuracy && fmax(a, b) > LOSSES_SHOWN * best) {
        axis.most = LOSSES_SHOWN * best;
        (void)snprintf(axis.name, sizeof(axis.name), "val_loss (no unit, log scale, cut at %.3g)", axis.most);
    }
    double one = axis_place(&axis, a), other = axis_place(&axis, b);
    axis.low = one < other ? one : other;
    axis.high = one < other ? other : one;
    make_room(&axis);
    fill(&axis, accuracy ? 100 : 1);
    return axis;
}

Axis axis_plain(AxisScale scale, double low, double high, const char *name) {
    Axis axis = {.scale = scale, .least = -INFINITY, .most = INFINITY};
    (void)snprintf(axis.name, sizeof(axis.name), "%s", name);
    axis.low = axis_place(&axis, low);
    axis.high = axis_place(&axis, high);
    if (!(axis.high > axis.low)) make_room(&axis);
    fill(&axis, 1);
    return axis;
}
