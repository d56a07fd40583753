/* What can be checked only beside the data: the network's shapes, the batches, the augmentation. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "campaign/config/layers.h"
#include "campaign/config/mark.h"
#include "campaign/config/trial.h"
#include "search/sampler.h"

typedef struct DataCheck {
    const Config *config;
    Shape shape;
    size_t classes;
    size_t examples;  /* of the training part */
    NetworkSpec spec; /* of the draw being looked at */
} DataCheck;

static Status layer_fail(const DataCheck *check, size_t layer, const char *message) {
    const Config *config = check->config;
    return source_fail(&config->source, config->layers[layer].mark, "%s", message);
}

/* At the last dense layer, where no layer after it changes the number of values; else at the end. */
static Status wrong_end(const DataCheck *check, size_t values) {
    const Config *config = check->config;
    size_t layer = config->layer_count - 1;
    const char *remedy = "end it with";
    for (size_t i = config->layer_count; i-- > 0;) {
        LayerKind kind = config->layers[i].spec.kind;
        if (layer_form(kind)->images) break;
        if (kind != LAYER_DENSE) continue;
        layer = i;
        remedy = "its last dense layer must be";
        break;
    }
    char message[256];
    (void)snprintf(message, sizeof(message),
                   "the network ends in %zu values, but the data has %zu classes; %s '- dense: %zu'", values,
                   check->classes, remedy, check->classes);
    return layer_fail(check, layer, message);
}

/* A table is 1 x 1 places to the engine, which windows would only seem to slide over. */
static Status check_images(const DataCheck *check) {
    const Config *config = check->config;
    if (check->shape.height > 1 || check->shape.width > 1) return STATUS_OK;
    for (size_t i = 0; i < config->layer_count; i++) {
        LayerKind kind = config->layers[i].spec.kind;
        if (!layer_form(kind)->images) continue;
        char message[128];
        (void)snprintf(message, sizeof(message),
                       "%s needs images: the data is a table of %s; for example '- dense: 128'",
                       layer_kind_name(kind), text_count(check->shape.channels, "column", "columns"));
        return layer_fail(check, i, message);
    }
    return STATUS_OK;
}

static Status check_network(DataCheck *check, const Draw *draw) {
    NetworkSpec *spec = &check->spec;
    size_t bad = 0;
    Shape end = {0};
    TRY(config_fill_network(check->config, draw, check->shape, check->classes, spec));
    Status status = network_spec_check(spec, &bad);
    if (status != STATUS_INPUT) return status;
    char message[1024];
    (void)snprintf(message, sizeof(message), "%s", status_text());
    if (bad >= spec->layer_count) bad = spec->layer_count - 1;
    if (bad + 1 == spec->layer_count && network_spec_shape(spec, bad, &end) == STATUS_OK &&
        shape_size(end) != check->classes) {
        return wrong_end(check, shape_size(end));
    }
    return layer_fail(check, bad, message);
}

/* The middle of all ranges, but parameter i within `range`, as far as its domain goes: beta ends at 1, where
 * a dropout may not. */
static Status check_one(DataCheck *check, const Ranges *ranges, size_t i, Range range) {
    const Parameter *parameter = &check->config->space.parameters[i];
    range.min = fmax(range.min, parameter->domain_min);
    range.max = fmin(range.max, parameter->domain_max);
    if (range.min > range.max) range.min = range.max;
    Ranges one = *ranges;
    Draw draw;
    one.range[i] = range;
    TRY(space_middle(&check->config->space, &one, &draw));
    return check_network(check, &draw);
}

/* Each parameter in turn at its ends or at every single value: two that must be equal are found out even
 * where their ranges are. */
static Status check_each(DataCheck *check, const Ranges *ranges) {
    const Space *space = &check->config->space;
    for (size_t i = 0; i < space->count; i++) {
        Range range = ranges->range[i];
        for (size_t v = 0; v < space->parameters[i].value_count; v++)
            TRY(check_one(check, ranges, i, (Range){.allowed = (uint64_t)1 << v}));
        if (distribution_is_choice(space->parameters[i].distribution)) continue;
        TRY(check_one(check, ranges, i, (Range){.min = range.min, .max = range.min}));
        TRY(check_one(check, ranges, i, (Range){.min = range.max, .max = range.max}));
    }
    return STATUS_OK;
}

static Status check_draws(DataCheck *check) {
    const Space *space = &check->config->space;
    Ranges ranges = space_ranges(space);
    Draw draw;
    TRY(space_middle(space, &ranges, &draw));
    TRY(check_network(check, &draw));
    TRY(space_extreme(space, &ranges, false, &draw));
    TRY(check_network(check, &draw));
    TRY(space_extreme(space, &ranges, true, &draw));
    TRY(check_network(check, &draw));
    return check_each(check, &ranges);
}

static Status check_default_batch(const DataCheck *check) {
    const Config *config = check->config;
    const ConfigMemory *memory = config->memory;
    uint32_t standard = train_settings_default(1).batch_size;
    if (standard <= check->examples) return STATUS_OK;
    size_t smaller = 1;
    while (2 * smaller <= check->examples)
        smaller *= 2;
    return source_fail(
        &config->source, mark_near(memory->root, "parameters"),
        "batch_size is by default %u, but the training part has only %zu examples; for example "
        "parameters: {batch_size: {value: %zu}}",
        standard, check->examples, smaller);
}

/* A value that a parameter can take, and where it stands. */
typedef struct Reached {
    double value;
    char path[PARAMETER_NAME_SIZE + 48];
} Reached;

/* The first one above `most`; false where there is none. */
static bool reaches_above(const Space *space, size_t index, double most, Reached *reached) {
    const Parameter *parameter = &space->parameters[index];
    for (size_t i = 0; i < parameter->value_count; i++) {
        reached->value = parameter->values[i].number;
        if (reached->value <= most) continue;
        if (parameter->distribution == DIST_CONSTANT)
            (void)snprintf(reached->path, sizeof(reached->path), "parameters.%s.value", parameter->name);
        else
            (void)snprintf(reached->path, sizeof(reached->path), "parameters.%s.values.%zu", parameter->name,
                           i);
        return true;
    }
    reached->value = space_ranges(space).range[index].max;
    (void)snprintf(reached->path, sizeof(reached->path), "parameters.%s.max", parameter->name);
    return reached->value > most;
}

static SourceMark mark_of(const DataCheck *check, const char *path) {
    const ConfigMemory *memory = check->config->memory;
    return mark_near(memory->root, path);
}

static Status check_batches(const DataCheck *check) {
    const Config *config = check->config;
    size_t index = space_find(&config->space, "batch_size");
    Reached reached;
    if (index == config->space.count) return check_default_batch(check);
    if (!reaches_above(&config->space, index, (double)check->examples, &reached)) return STATUS_OK;
    return source_fail(&config->source, mark_of(check, reached.path),
                       "batch_size can be %.0f, but the training part has only %zu examples; at most that "
                       "many would do",
                       reached.value, check->examples);
}

/* A mirror needs columns, a shift rows too. */
static Status check_augmented(const DataCheck *check, const char *name, bool has_room) {
    const Config *config = check->config;
    if (has_room || space_find(&config->space, name) == config->space.count) return STATUS_OK;
    char path[64];
    (void)snprintf(path, sizeof(path), "parameters.%s", name);
    return source_fail(
        &config->source, mark_of(check, path),
        "%s reaches nothing: it moves the pixels of images, and an example here has height %zu "
        "and width %zu; leave it out",
        name, check->shape.height, check->shape.width);
}

static Status check_augmentation(const DataCheck *check) {
    const Config *config = check->config;
    Shape shape = check->shape;
    size_t side = shape.height < shape.width ? shape.height : shape.width;
    TRY(check_augmented(check, "augment_shift", side > 1));
    TRY(check_augmented(check, "augment_flip", shape.width > 1));
    size_t index = space_find(&config->space, "augment_shift");
    Reached reached;
    if (index == config->space.count || !reaches_above(&config->space, index, (double)(side - 1), &reached))
        return STATUS_OK;
    return source_fail(&config->source, mark_of(check, reached.path),
                       "augment_shift can be %.0f pixels, which moves images of %zu x %zu out of sight; at "
                       "most %zu would do",
                       reached.value, shape.height, shape.width, side - 1);
}

Status config_check_data(const Config *config, const Dataset *dataset) {
    DataCheck check = {.config = config,
                       .shape = dataset_shape(dataset),
                       .classes = dataset_classes(dataset),
                       .examples = dataset_part(dataset, PART_TRAIN).count};
    TRY(check_batches(&check));
    TRY(check_images(&check));
    TRY(check_augmentation(&check));
    return check_draws(&check);
}
