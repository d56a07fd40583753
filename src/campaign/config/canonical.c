/* The canonical form: every setting with its default filled in, one line each, sorted, numbers in one
 * spelling. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "campaign/config/layers.h"
#include "campaign/config/mark.h"

#define PATH_SIZE 256
#define SLOT_TEXT_SIZE (NUMBER_TEXT_SIZE + PARAMETER_NAME_SIZE + 1)

typedef struct Canonical {
    ConfigReader *reader;
    size_t capacity;
    bool hashed;            /* lines added from now on */
    char prefix[PATH_SIZE]; /* of their paths: "stages.0." */
} Canonical;

static void set_prefix(Canonical *canonical, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void set_prefix(Canonical *canonical, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(canonical->prefix, PATH_SIZE, format, arguments);
    va_end(arguments);
}

static Status add_text(Canonical *canonical, const char *key, const char *value) {
    Config *config = canonical->reader->config;
    ConfigPool *pool = canonical->reader->pool;
    if (config->canonical_count == canonical->capacity) {
        size_t capacity = canonical->capacity == 0 ? 256 : 2 * canonical->capacity;
        CanonicalLine *lines = NULL;
        TRY(pool_take(pool, capacity, sizeof(CanonicalLine), (void *)&lines));
        if (canonical->capacity > 0)
            memcpy(lines, config->canonical, canonical->capacity * sizeof(CanonicalLine));
        config->canonical = lines;
        canonical->capacity = capacity;
    }
    char path[2 * PATH_SIZE];
    (void)snprintf(path, sizeof(path), "%s%s", canonical->prefix, key);
    CanonicalLine *line = &config->canonical[config->canonical_count];
    TRY(pool_text(pool, path, strlen(path), &line->path));
    TRY(pool_text(pool, value, strlen(value), &line->value));
    line->mark = mark_exact(canonical->reader->root, line->path);
    line->hashed = canonical->hashed;
    config->canonical_count++;
    return STATUS_OK;
}

static Status add_number(Canonical *canonical, const char *key, double value) {
    char text[NUMBER_TEXT_SIZE];
    return add_text(canonical, key, isinf(value) ? "none" : number_text(value, text));
}

static Status add_value(Canonical *canonical, const char *key, const Value *value) {
    char text[PARAMETER_WORD_SIZE + 3];
    char number[NUMBER_TEXT_SIZE];
    double ignored = 0;
    if (value->kind == VALUE_WORD) {
        /* A word that looks like a number stays apart from it. */
        bool quoted = number_parse(value->word, &ignored) != NUMBER_NONE;
        (void)snprintf(text, sizeof(text), "%s%s%s", quoted ? "\"" : "", value->word, quoted ? "\"" : "");
    } else {
        number_text(value->number, number);
        bool bare = value->kind == VALUE_NUMBER && strspn(number, "-0123456789") == strlen(number);
        (void)snprintf(text, sizeof(text), "%s%s", number, bare ? ".0" : "");
    }
    return add_text(canonical, key, text);
}

static Status add_top(Canonical *canonical) {
    const Config *config = canonical->reader->config;
    char seed[NUMBER_TEXT_SIZE];
    (void)snprintf(seed, sizeof(seed), "%llu", (unsigned long long)config->seed);
    set_prefix(canonical, "%s", "");
    canonical->hashed = true;
    TRY(add_text(canonical, "seed", seed));
    TRY(add_text(canonical, "method", "random"));
    /* Not where it is the default: campaigns from before there was a choice keep their hash. */
    if (config->sampler != SAMPLER_RANDOM) TRY(add_text(canonical, "sampler", sampler_name(config->sampler)));
    TRY(add_text(canonical, "metric.name", metric_name(config->metric)));
    TRY(add_text(canonical, "metric.goal", config->metric == METRIC_VAL_LOSS ? "minimize" : "maximize"));
    TRY(add_text(canonical, "loss", loss_kind_name(config->loss)));
    canonical->hashed = false;
    TRY(add_text(canonical, "name", config->name));
    TRY(add_number(canonical, "limits.trial_seconds", config->limits.trial_seconds));
    TRY(add_number(canonical, "limits.epoch_seconds", config->limits.epoch_seconds));
    TRY(add_number(canonical, "limits.checkpoint_seconds", config->limits.checkpoint_seconds));
    return add_number(canonical, "limits.silence_seconds", config->limits.silence_seconds);
}

static Status add_path(Canonical *canonical, const char *key, const char *path) {
    return path == NULL ? STATUS_OK : add_text(canonical, key, path);
}

/* Where the arrays lie is as little of the data as the file's name is. */
static Status add_hdf5_part(Canonical *canonical, const char *name, const Hdf5Part *part) {
    set_prefix(canonical, "data.%s.", name);
    TRY(add_path(canonical, "file", part->file));
    TRY(add_path(canonical, "images", part->images));
    return add_path(canonical, "labels", part->labels);
}

static Status add_data(Canonical *canonical) {
    static const char *const formats[] = {
        [DATA_IDX] = "idx", [DATA_CSV] = "csv", [DATA_HDF5] = "hdf5", [DATA_SYNTHETIC] = "synthetic"};
    static const char *const kinds[] = {
        [SYNTHETIC_BLOBS] = "blobs", [SYNTHETIC_MOONS] = "moons", [SYNTHETIC_SPIRALS] = "spirals"};
    static const char *const ways[] = {
        [NORMALISE_NONE] = "none", [NORMALISE_UNIT] = "unit", [NORMALISE_STANDARD] = "standard"};
    const DataSpec *data = &canonical->reader->config->data;
    canonical->hashed = false;
    TRY(add_hdf5_part(canonical, "train", &data->train_hdf5));
    TRY(add_hdf5_part(canonical, "test", &data->test_hdf5));
    set_prefix(canonical, "data.");
    TRY(add_path(canonical, "train.images", data->train_images));
    TRY(add_path(canonical, "train.labels", data->train_labels));
    TRY(add_path(canonical, "test.images", data->test_images));
    TRY(add_path(canonical, "test.labels", data->test_labels));
    TRY(add_path(canonical, "train", data->train_table));
    TRY(add_path(canonical, "test", data->test_table));
    canonical->hashed = true;
    TRY(add_path(canonical, "label", data->label_column));
    TRY(add_text(canonical, "format", formats[data->format]));
    TRY(add_number(canonical, "validation", data->validation));
    /* Not where there is none: campaigns from before there could be one keep their hash. */
    if (data->selection > 0) TRY(add_number(canonical, "selection", data->selection));
    TRY(add_text(canonical, "normalize", ways[data->normalise]));
    if (data->format != DATA_SYNTHETIC) return STATUS_OK;
    TRY(add_text(canonical, "kind", kinds[data->synthetic]));
    TRY(add_number(canonical, "examples", (double)data->examples));
    TRY(add_number(canonical, "test_examples", (double)data->test_examples));
    TRY(add_number(canonical, "classes", (double)data->classes));
    TRY(add_number(canonical, "features", (double)data->features));
    return add_number(canonical, "noise", data->noise);
}

static Status add_choices(Canonical *canonical, const Parameter *parameter) {
    char key[PATH_SIZE];
    if (parameter->distribution == DIST_CONSTANT) return add_value(canonical, "value", &parameter->values[0]);
    for (size_t i = 0; i < parameter->value_count; i++) {
        (void)snprintf(key, sizeof(key), "values.%zu", i);
        TRY(add_value(canonical, key, &parameter->values[i]));
        (void)snprintf(key, sizeof(key), "probabilities.%zu", i);
        TRY(add_number(canonical, key, parameter->probabilities[i]));
    }
    return STATUS_OK;
}

static Status add_shape(Canonical *canonical, const Parameter *parameter) {
    bool grid = false;
    switch (parameter->distribution) {
    case DIST_CONSTANT:
    case DIST_CATEGORICAL: return add_choices(canonical, parameter);
    case DIST_Q_NORMAL:
    case DIST_Q_LOG_NORMAL: grid = true; /* fall through */
    case DIST_NORMAL:
    case DIST_LOG_NORMAL:
        TRY(add_number(canonical, "mu", parameter->mu));
        TRY(add_number(canonical, "sigma", parameter->sigma));
        break;
    case DIST_Q_BETA: grid = true; /* fall through */
    case DIST_BETA:
        TRY(add_number(canonical, "a", parameter->a));
        TRY(add_number(canonical, "b", parameter->b));
        break;
    default:
        grid =
            parameter->distribution == DIST_Q_UNIFORM || parameter->distribution == DIST_Q_LOG_UNIFORM_VALUES;
        TRY(add_number(canonical, "min", parameter->min));
        TRY(add_number(canonical, "max", parameter->max));
        break;
    }
    return grid ? add_number(canonical, "q", parameter->q) : STATUS_OK;
}

static Status add_conditions(Canonical *canonical, const Parameter *parameter) {
    const Space *space = &canonical->reader->config->space;
    for (size_t c = 0; c < parameter->condition_count; c++) {
        const Condition *condition = &parameter->conditions[c];
        const Parameter *other = &space->parameters[condition->parameter];
        size_t listed = 0;
        for (size_t i = 0; i < other->value_count; i++) {
            if ((condition->allowed >> i & 1U) == 0) continue;
            char key[PATH_SIZE];
            (void)snprintf(key, sizeof(key), "when.%s.%zu", other->name, listed++);
            TRY(add_value(canonical, key, &other->values[i]));
        }
    }
    return STATUS_OK;
}

static Status add_parameters(Canonical *canonical) {
    const Space *space = &canonical->reader->config->space;
    canonical->hashed = true;
    for (size_t i = 0; i < space->count; i++) {
        const Parameter *parameter = &space->parameters[i];
        set_prefix(canonical, "parameters.%s.", parameter->name);
        TRY(add_text(canonical, "distribution", distribution_name(parameter->distribution)));
        TRY(add_shape(canonical, parameter));
        TRY(add_conditions(canonical, parameter));
    }
    return STATUS_OK;
}

static const char *slot_text(const Canonical *canonical, const NumberOrParameter *slot,
                             char out[SLOT_TEXT_SIZE]) {
    if (slot->parameter == SIZE_MAX) return number_text(slot->number, out);
    const Space *space = &canonical->reader->config->space;
    (void)snprintf(out, SLOT_TEXT_SIZE, "$%s", space->parameters[slot->parameter].name);
    return out;
}

static Status add_setting(Canonical *canonical, const LayerSetting *setting,
                          const NumberOrParameter slot[2]) {
    char first[SLOT_TEXT_SIZE];
    char second[SLOT_TEXT_SIZE];
    char pair[2 * SLOT_TEXT_SIZE + 4];
    if (setting->word_count > 0) return add_text(canonical, setting->key, setting->word((int)slot[0].number));
    slot_text(canonical, &slot[0], first);
    if (!setting->pair) return add_text(canonical, setting->key, first);
    (void)snprintf(pair, sizeof(pair), "[%s, %s]", first, slot_text(canonical, &slot[1], second));
    return add_text(canonical, setting->key, pair);
}

static Status add_network(Canonical *canonical) {
    const Config *config = canonical->reader->config;
    canonical->hashed = true;
    for (size_t i = 0; i < config->layer_count; i++) {
        const LayerTemplate *layer = &config->layers[i];
        const LayerForm *form = layer_form(layer->spec.kind);
        set_prefix(canonical, "network.%zu.%s.", i, layer_kind_name(layer->spec.kind));
        TRY(add_text(canonical, "name", layer->spec.name));
        for (size_t k = 0; k < form->count; k++)
            TRY(add_setting(canonical, &form->settings[k], layer->settings[k]));
        for (size_t k = 0; k < layer->spec.input_count; k++) {
            char key[PATH_SIZE];
            size_t from = layer->spec.inputs[k];
            (void)snprintf(key, sizeof(key), "from.%zu", k);
            TRY(add_text(canonical, key, from == NETWORK_INPUT ? "input" : config->layers[from].spec.name));
        }
    }
    return STATUS_OK;
}

/* Nothing of a stage without rules: the hash of such a configuration is what it was before there were any. */
static Status add_stopping(Canonical *canonical, const StoppingRules *rules) {
    if (rules->kind == STOPPING_NONE) return STATUS_OK;
    TRY(add_text(canonical, "early_terminate.type", stopping_name(rules->kind)));
    TRY(add_number(canonical, "early_terminate.eta", rules->eta));
    TRY(add_number(canonical, "early_terminate.min_iter", rules->min_iter > 0 ? rules->min_iter : INFINITY));
    TRY(add_number(canonical, "early_terminate.max_iter", rules->max_iter > 0 ? rules->max_iter : INFINITY));
    TRY(add_number(canonical, "early_terminate.s", rules->s > 0 ? rules->s : INFINITY));
    if (rules->kind != STOPPING_MEDIAN) return STATUS_OK;
    return add_number(canonical, "early_terminate.min_trials", rules->min_trials);
}

static Status add_zoom(Canonical *canonical, const ZoomRules *rules) {
    TRY(add_text(canonical, "zoom.rule", zoom_rule_name(rules->rule)));
    TRY(add_number(canonical, "zoom.keep", rules->keep));
    TRY(add_number(canonical, "zoom.margin", rules->margin));
    if (rules->rule == ZOOM_BY_QUANTILES) TRY(add_number(canonical, "zoom.tail", rules->tail));
    if (rules->rule == ZOOM_BY_DENSITY) TRY(add_number(canonical, "zoom.level", rules->level));
    TRY(add_number(canonical, "zoom.floor", rules->floor));
    TRY(add_number(canonical, "zoom.edge", rules->edge));
    TRY(add_number(canonical, "zoom.significance", rules->significance));
    return add_number(canonical, "zoom.grow", rules->grow);
}

static Status add_stages(Canonical *canonical) {
    const Config *config = canonical->reader->config;
    canonical->hashed = true;
    for (size_t i = 0; i < config->stage_count; i++) {
        const StageSpec *stage = &config->stages[i];
        set_prefix(canonical, "stages.%zu.", i);
        TRY(add_text(canonical, "name", stage->name));
        TRY(add_number(canonical, stage->confirms ? "confirm" : "trials", stage_configurations(stage)));
        if (stage->replicates > 1) TRY(add_number(canonical, "replicates", stage->replicates));
        TRY(add_number(canonical, "epochs", stage->epochs));
        TRY(add_stopping(canonical, &stage->stopping));
        if (stage->confirms) continue;
        if (!stage->zooms) {
            TRY(add_text(canonical, "zoom", "false"));
            continue;
        }
        TRY(add_zoom(canonical, &stage->zoom));
    }
    return STATUS_OK;
}

static Status add_ensemble(Canonical *canonical) {
    const Config *config = canonical->reader->config;
    const EnsembleRules *rules = &config->ensemble;
    canonical->hashed = false;
    set_prefix(canonical, "%s", "");
    if (!config->has_ensemble) return add_text(canonical, "ensemble", "false");
    set_prefix(canonical, "ensemble.");
    TRY(add_text(canonical, "method", ensemble_method_name(rules->method)));
    TRY(add_number(canonical, "size", rules->size));
    TRY(add_number(canonical, "pool", rules->pool));
    if (rules->snapshots) TRY(add_text(canonical, "snapshots", "true"));
    TRY(add_number(canonical, "sorted", rules->sorted));
    TRY(add_number(canonical, "bags", rules->bags));
    return add_number(canonical, "bag_part", rules->bag_part);
}

static int compare_lines(const void *a, const void *b) {
    return strcmp(((const CanonicalLine *)a)->path, ((const CanonicalLine *)b)->path);
}

static Status hash_lines(Config *config) {
    Text text = {0};
    for (size_t i = 0; i < config->canonical_count; i++) {
        const CanonicalLine *line = &config->canonical[i];
        if (line->hashed) text_add(&text, "%s=%s\n", line->path, line->value);
    }
    Status status = text.failed ? status_fail(STATUS_ENVIRONMENT, "no memory for the canonical configuration")
                                : STATUS_OK;
    if (status == STATUS_OK) config->hash = hash64(text_of(&text), text.length);
    text_release(&text);
    return status;
}

Status config_write_canonical(ConfigReader *reader) {
    Canonical canonical = {.reader = reader};
    TRY(add_top(&canonical));
    TRY(add_data(&canonical));
    TRY(add_parameters(&canonical));
    TRY(add_network(&canonical));
    TRY(add_stages(&canonical));
    TRY(add_ensemble(&canonical));
    Config *config = reader->config;
    qsort(config->canonical, config->canonical_count, sizeof(CanonicalLine), compare_lines);
    return hash_lines(config);
}
