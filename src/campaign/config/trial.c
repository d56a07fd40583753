/* From a trial's values to its network and settings. */
#include "campaign/config/trial.h"

#include <math.h>
#include <string.h>

#include "campaign/config/known.h"
#include "campaign/config/layers.h"

/* The value of a parameter that is present, whatever draws it. Draws may come from a file: nothing is taken
 * on trust. */
static Status drawn_number(const Config *config, const Draw *draw, size_t index, double *number) {
    const Parameter *parameter = &config->space.parameters[index];
    const DrawnValue *value = &draw->value[index];
    if (!distribution_is_choice(parameter->distribution)) {
        *number = value->number;
    } else if (value->choice < parameter->value_count) {
        *number = parameter->values[value->choice].number;
    } else {
        return status_fail(STATUS_INPUT, "the draw of %s is its value number %u, but it has only %zu",
                           parameter->name, value->choice + 1, parameter->value_count);
    }
    return STATUS_OK;
}

/* The same as a word. */
static Status drawn_word(const Config *config, const Draw *draw, size_t index, const char **word) {
    const Parameter *parameter = &config->space.parameters[index];
    size_t choice = draw->value[index].choice;
    if (choice >= parameter->value_count) {
        return status_fail(STATUS_INPUT, "the draw of %s is its value number %zu, but it has only %zu",
                           parameter->name, choice + 1, parameter->value_count);
    }
    *word = parameter->values[choice].word;
    return STATUS_OK;
}

static Status check_number(const Config *config, size_t index, double number) {
    const Parameter *parameter = &config->space.parameters[index];
    if (number >= parameter->domain_min && number <= parameter->domain_max) return STATUS_OK;
    char drawn[NUMBER_TEXT_SIZE];
    char low[NUMBER_TEXT_SIZE];
    char high[NUMBER_TEXT_SIZE];
    return status_fail(STATUS_INPUT, "%s was drawn as %s, but must be from %s to %s", parameter->name,
                       number_text(number, drawn), number_text(parameter->domain_min, low),
                       number_text(parameter->domain_max, high));
}

/* A number of the network. */
static Status layer_value(const Config *config, const Draw *draw, const NumberOrParameter *source, bool whole,
                          double *value) {
    *value = source->number;
    if (source->parameter == SIZE_MAX) return STATUS_OK;
    size_t index = source->parameter;
    if (!draw->value[index].present) {
        return status_fail(STATUS_INPUT, "the draw has no value for %s, which the network needs",
                           config->space.parameters[index].name);
    }
    TRY(drawn_number(config, draw, index, value));
    if (whole) *value = rint(*value);
    return check_number(config, index, *value);
}

static Status fill_layer(const Config *config, const Draw *draw, const LayerTemplate *layer, LayerSpec *out) {
    const LayerForm *form = layer_form(layer->spec.kind);
    *out = layer->spec;
    for (size_t i = 0; i < form->count; i++) {
        const LayerSetting *setting = &form->settings[i];
        double value[2];
        for (size_t side = 0; side < 2; side++)
            TRY(layer_value(config, draw, &layer->settings[i][side], setting->rule.whole, &value[side]));
        setting->set(out, value);
    }
    return STATUS_OK;
}

Status config_fill_network(const Config *config, const Draw *draw, Shape input, size_t classes,
                           NetworkSpec *spec) {
    *spec = (NetworkSpec){
        .input = input, .classes = classes, .loss = config->loss, .layer_count = config->layer_count};
    for (size_t i = 0; i < config->layer_count; i++)
        TRY(fill_layer(config, draw, &config->layers[i], &spec->layers[i]));
    return STATUS_OK;
}

Status config_network(const Config *config, const Draw *draw, Shape input, size_t classes,
                      NetworkSpec *spec) {
    TRY(config_fill_network(config, draw, input, classes, spec));
    return network_spec_check(spec, NULL);
}

static Status set_number(const Config *config, const Draw *draw, size_t index, const KnownName *known,
                         TrainSettings *settings) {
    double number = 0;
    TRY(drawn_number(config, draw, index, &number));
    char *field = (char *)settings + known->offset;
    if (known->rule.whole) {
        number = rint(number);
        TRY(check_number(config, index, number));
        uint32_t whole = (uint32_t)number;
        memcpy(field, &whole, sizeof(whole));
        return STATUS_OK;
    }
    TRY(check_number(config, index, number));
    memcpy(field, &number, sizeof(number));
    return STATUS_OK;
}

static Status set_value(const Config *config, const Draw *draw, size_t index, TrainSettings *settings) {
    const char *name = config->space.parameters[index].name;
    const KnownName *known = known_find(name);
    if (known != NULL) return set_number(config, draw, index, known, settings);
    bool optimizer = strcmp(name, "optimizer") == 0;
    if (!optimizer && strcmp(name, "lr_schedule") != 0) return STATUS_OK; /* of the network */
    const char *word = NULL;
    TRY(drawn_word(config, draw, index, &word));
    if (optimizer)
        settings->optimizer = (OptimizerKind)optimizer_find(word);
    else
        settings->schedule = (ScheduleKind)schedule_find(word);
    return STATUS_OK;
}

Status config_settings(const Config *config, const Draw *draw, size_t stage, TrainSettings *settings) {
    if (stage >= config->stage_count) {
        return status_fail(STATUS_INPUT, "stage %zu of a campaign that has %zu", stage + 1,
                           config->stage_count);
    }
    *settings = train_settings_default(config->stages[stage].epochs);
    settings->metric = config->metric;
    settings->snapshots = config->ensemble.snapshots;
    for (size_t i = 0; i < config->space.count; i++) {
        if (draw->value[i].present) TRY(set_value(config, draw, i, settings));
    }
    /* A ramp needs both of its parameters, and `when` may have left one out. */
    if (settings->momentum_epochs == 0) settings->momentum_initial = NAN;
    if (isnan(settings->momentum_initial)) settings->momentum_epochs = 0;
    return STATUS_OK;
}

uint32_t config_most_snapshots(const Config *config, size_t stage) {
    if (!config->ensemble.snapshots) return 0;
    Ranges ranges = space_ranges(&config->space);
    size_t index = space_find(&config->space, "lr_cycles");
    double most = 1;
    if (index < config->space.count) {
        const Parameter *parameter = &config->space.parameters[index];
        bool choice = distribution_is_choice(parameter->distribution);
        most = choice ? 1 : ranges.range[index].max;
        for (size_t i = 0; choice && i < parameter->value_count; i++)
            most = fmax(most, parameter->values[i].number);
    }
    most = fmin(most, floor(config->stages[stage].epochs / 2.0)); /* a rate falls from one epoch to another */
    return (uint32_t)fmax(1, fmin(most, SNAPSHOTS_MAX));
}

uint32_t stage_configurations(const StageSpec *stage) {
    return stage->trials / stage->replicates;
}

Sampler config_sampler(const Config *config, size_t stage) {
    return (Sampler){.kind = config->sampler,
                     .seed = config->seed,
                     .stage = (uint8_t)stage,
                     .trials = stage_configurations(&config->stages[stage])};
}
