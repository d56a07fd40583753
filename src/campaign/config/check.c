/* What can be checked only beside the data: the network's shapes and the batches. */
#include <math.h>
#include <stdio.h>
#include <string.h>

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

static Status wrong_end(const DataCheck *check, size_t values) {
    const Config *config = check->config;
    size_t layer = config->layer_count - 1;
    for (size_t i = config->layer_count; i-- > 0;) {
        if (config->layers[i].spec.kind != LAYER_DENSE) continue;
        layer = i;
        break;
    }
    char message[256];
    (void)snprintf(
        message, sizeof(message),
        "the network ends in %zu values, but the data has %zu classes; its last dense layer must be "
        "'- dense: %zu'",
        values, check->classes, check->classes);
    return layer_fail(check, layer, message);
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

/* The middle of all ranges with every single value of every choice. */
static Status check_choices(DataCheck *check, const Ranges *ranges) {
    const Space *space = &check->config->space;
    for (size_t i = 0; i < space->count; i++) {
        if (!distribution_is_choice(space->parameters[i].distribution)) continue;
        for (size_t v = 0; v < space->parameters[i].value_count; v++) {
            Ranges one = *ranges;
            Draw draw;
            one.range[i].allowed = (uint64_t)1 << v;
            TRY(space_middle(space, &one, &draw));
            TRY(check_network(check, &draw));
        }
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
    return check_choices(check, &ranges);
}

static Status batch_fail(const DataCheck *check, const char *path, double batch) {
    const Config *config = check->config;
    const ConfigMemory *memory = config->memory;
    return source_fail(
        &config->source, mark_near(memory->root, path),
        "batch_size%s %.0f, but the training part has only %zu examples; at most that many would do",
        path[0] == '\0' ? " is by default" : " can be", batch, check->examples);
}

static Status check_batches(const DataCheck *check) {
    const Space *space = &check->config->space;
    size_t index = space_find(space, "batch_size");
    double most = (double)check->examples;
    if (index == space->count) {
        double standard = train_settings_default(1).batch_size;
        return standard > most ? batch_fail(check, "", standard) : STATUS_OK;
    }
    const Parameter *parameter = &space->parameters[index];
    char path[64];
    for (size_t i = 0; i < parameter->value_count; i++) {
        if (parameter->values[i].number <= most) continue;
        (void)snprintf(path, sizeof(path), "parameters.batch_size.values.%zu", i);
        return batch_fail(check,
                          parameter->distribution == DIST_CONSTANT ? "parameters.batch_size.value" : path,
                          parameter->values[i].number);
    }
    double max = space_ranges(space).range[index].max;
    return max > most ? batch_fail(check, "parameters.batch_size.max", max) : STATUS_OK;
}

Status config_check_data(const Config *config, const Dataset *dataset) {
    DataCheck check = {.config = config,
                       .shape = dataset_shape(dataset),
                       .classes = dataset_classes(dataset),
                       .examples = dataset_part(dataset, PART_TRAIN).count};
    TRY(check_batches(&check));
    return check_draws(&check);
}
