/* network: layers from top to bottom, joined into a graph by name and from. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "campaign/config/known.h"

#define MOST_UNITS 16777216.0

static const NumberRule units_rule = {.min = 1, .max = MOST_UNITS, .whole = true};
static const NumberRule rate_rule = {.min = 0, .max = 1, .below_max = true};
static const NumberRule slope_rule = {.min = 0, .max = 1};

static bool is_join(LayerKind kind) {
    return kind == LAYER_ADD || kind == LAYER_MULTIPLY || kind == LAYER_MAXIMUM;
}

/* The number that a layer of this kind has, if any: its key, and what it is in messages. */
typedef struct LayerNumber {
    const char *key, *meaning;
    const NumberRule *rule;
    bool needed;
} LayerNumber;

static LayerNumber layer_number(LayerKind kind) {
    switch (kind) {
    case LAYER_DENSE: return (LayerNumber){"units", "units of a dense layer", &units_rule, true};
    case LAYER_DROPOUT: return (LayerNumber){"rate", "rate of a dropout layer", &rate_rule, true};
    case LAYER_LEAKY_RELU: return (LayerNumber){"slope", "slope of a leaky_relu layer", &slope_rule, false};
    default: return (LayerNumber){0};
    }
}

static Status read_kind(const ConfigReader *reader, const YamlNode *node, LayerKind *kind) {
    static const char *const later[] = {"conv2d", "max_pool", "average_pool", "global_average_pool",
                                        "batch_norm"};
    const char *words[LAYER_KIND_COUNT];
    for (int k = 0; k < LAYER_KIND_COUNT; k++)
        words[k] = layer_kind_name((LayerKind)k);
    for (size_t i = 0; i < COUNT_OF(later); i++) {
        if (strcmp(node->text, later[i]) != 0) continue;
        return source_fail(reader->source, node->mark,
                           "the layer %s does not exist yet in winnow " WINNOW_VERSION "; dense layers do",
                           later[i]);
    }
    size_t index = 0;
    TRY(read_word(reader, node, "layer", words, LAYER_KIND_COUNT, &index));
    *kind = (LayerKind)index;
    return STATUS_OK;
}

/* A number, or `$name` of a parameter. */
static Status read_number_or_parameter(ConfigReader *reader, const YamlNode *node, const LayerNumber *number,
                                       NumberOrParameter *out) {
    out->parameter = SIZE_MAX;
    if (node->kind != YAML_SCALAR || node->text[0] != '$') {
        return read_number(reader, node, number->meaning, number->rule, &out->number);
    }
    const Space *space = &reader->config->space;
    const char *name = node->text + 1;
    size_t index = space_find(space, name);
    if (index == space->count) {
        const char *words[SPACE_MAX_PARAMETERS];
        const char *hint = "there are none";
        for (size_t i = 0; i < space->count; i++)
            words[i] = space->parameters[i].name;
        if (space->count > 0) TRY(words_hint(reader, name, words, space->count, &hint));
        return source_fail(reader->source, node->mark, "'%s' names no parameter; %s", text_shown(node->text),
                           hint);
    }
    if (space->parameters[index].condition_count > 0) {
        return source_fail(reader->source, yaml_get(reader->parameters[index], "when")->mark,
                           "%s is used in network and must always be there; leave out its when", name);
    }
    reader->uses[index] = number->meaning;
    out->parameter = index;
    return config_apply_rule(reader, index, number->meaning, number->rule);
}

static NumberOrParameter *number_slot(LayerTemplate *layer) {
    switch (layer->spec.kind) {
    case LAYER_DENSE: return &layer->units;
    case LAYER_DROPOUT: return &layer->rate;
    default: return &layer->slope;
    }
}

static Status read_layer_number(ConfigReader *reader, const YamlNode *value, LayerTemplate *layer) {
    const char *kind = layer_kind_name(layer->spec.kind);
    LayerNumber number = layer_number(layer->spec.kind);
    layer->units = layer->rate = (NumberOrParameter){.parameter = SIZE_MAX};
    layer->slope = (NumberOrParameter){.number = 0.01, .parameter = SIZE_MAX};
    bool plain = value != NULL && value->kind == YAML_SCALAR && !yaml_is_null(value);
    if (number.key == NULL) {
        if (!plain) return STATUS_OK;
        return source_fail(reader->source, value->mark, "%s takes no number; write '- %s'", kind, kind);
    }
    const YamlNode *node = plain ? value : yaml_get(value, number.key);
    if (node != NULL) return read_number_or_parameter(reader, node, &number, number_slot(layer));
    if (!number.needed) return STATUS_OK;
    return source_fail(reader->source, layer->mark, "the layer %s has no %s; for example '- %s: %s'", kind,
                       number.key, kind, layer->spec.kind == LAYER_DENSE ? "128" : "0.5");
}

static Status read_init(const ConfigReader *reader, const YamlNode *value, LayerSpec *spec) {
    static const InitKind kinds[] = {INIT_AUTO, INIT_HE, INIT_GLOROT, INIT_LECUN};
    const char *words[COUNT_OF(kinds)];
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        words[i] = init_kind_name(kinds[i]);
    const YamlNode *node = yaml_get(value, "init");
    size_t index = 0;
    if (node != NULL) TRY(read_word(reader, node, "init", words, COUNT_OF(words), &index));
    spec->init = kinds[index];
    return STATUS_OK;
}

/* Layer `name` among the first `count`, NETWORK_INPUT for the input; `count` where there is none. */
static size_t find_layer(const Config *config, const char *name, size_t count) {
    if (strcmp(name, "input") == 0) return NETWORK_INPUT;
    size_t i = 0;
    while (i < count && strcmp(config->layers[i].spec.name, name) != 0)
        i++;
    return i;
}

static Status read_layer_name(ConfigReader *reader, const YamlNode *value, LayerTemplate *layer) {
    Config *config = reader->config;
    const YamlNode *node = yaml_get(value, "name");
    if (node != NULL) {
        TRY(read_name(reader, node, "the layer's name", layer->spec.name, NETWORK_NAME_SIZE));
    } else {
        size_t number = 1;
        for (size_t i = 0; i < config->layer_count; i++)
            number += config->layers[i].spec.kind == layer->spec.kind;
        (void)snprintf(layer->spec.name, NETWORK_NAME_SIZE, "%s%zu", layer_kind_name(layer->spec.kind),
                       number);
    }
    SourceMark mark = node != NULL ? node->mark : layer->mark;
    size_t other = find_layer(config, layer->spec.name, config->layer_count);
    if (other == NETWORK_INPUT) {
        return source_fail(reader->source, mark,
                           "'input' is the network's own input; give the layer another name");
    }
    if (other < config->layer_count) {
        return source_fail(reader->source, mark,
                           "the layer name '%s' is taken in line %zu; every layer needs its own",
                           layer->spec.name, config->layers[other].mark.line);
    }
    return STATUS_OK;
}

static Status add_input(const ConfigReader *reader, const YamlNode *node, LayerSpec *spec) {
    const Config *config = reader->config;
    const char *name = NULL;
    TRY(read_text(reader, node, "from", &name));
    size_t index = find_layer(config, name, config->layer_count);
    if (index == config->layer_count) {
        const char *words[NETWORK_MAX_LAYERS + 1] = {"input"};
        const char *hint = NULL;
        for (size_t i = 0; i < config->layer_count; i++)
            words[i + 1] = config->layers[i].spec.name;
        TRY(words_hint(reader, name, words, config->layer_count + 1, &hint));
        return source_fail(reader->source, node->mark,
                           "from names '%s', which is no layer above this one; %s", text_shown(name), hint);
    }
    if (spec->input_count == NETWORK_MAX_INPUTS) {
        return source_fail(reader->source, node->mark, "more than %d inputs of one layer",
                           NETWORK_MAX_INPUTS);
    }
    spec->inputs[spec->input_count++] = index;
    return STATUS_OK;
}

static Status read_inputs(ConfigReader *reader, const YamlNode *value, LayerTemplate *layer) {
    const YamlNode *from = yaml_get(value, "from");
    const char *kind = layer_kind_name(layer->spec.kind);
    bool list = from != NULL && from->kind == YAML_SEQUENCE;
    if (is_join(layer->spec.kind) && (!list || from->count < 2)) {
        return source_fail(
            reader->source, from == NULL ? layer->mark : from->mark,
            "%s joins two layers or more; for example '- %s: {from: [a, b]}' with the names of layers "
            "above",
            kind, kind);
    }
    if (from == NULL) {
        size_t above = reader->config->layer_count;
        layer->spec.inputs[layer->spec.input_count++] = above == 0 ? NETWORK_INPUT : above - 1;
        return STATUS_OK;
    }
    if (!list) return add_input(reader, from, &layer->spec);
    if (!is_join(layer->spec.kind) && from->count != 1) {
        return source_fail(reader->source, from->mark,
                           "%s takes one input; join several with add, multiply or maximum", kind);
    }
    for (size_t i = 0; i < from->count; i++)
        TRY(add_input(reader, from->items[i], &layer->spec));
    return STATUS_OK;
}

static Status check_layer_keys(const ConfigReader *reader, const YamlNode *value, LayerKind kind) {
    if (value == NULL || value->kind == YAML_SCALAR) return STATUS_OK;
    const char *words[4] = {"name", "from"};
    size_t count = 2;
    const char *number = layer_number(kind).key;
    if (number != NULL) words[count++] = number;
    if (kind == LAYER_DENSE) words[count++] = "init";
    char what[NETWORK_NAME_SIZE];
    (void)snprintf(what, sizeof(what), "the layer %s", layer_kind_name(kind));
    return read_keys(reader, value, what, words, count);
}

static Status read_layer(ConfigReader *reader, const YamlNode *node) {
    Config *config = reader->config;
    LayerTemplate *layer = &config->layers[config->layer_count];
    const YamlNode *word = node;
    const YamlNode *value = NULL;
    if (node->kind == YAML_MAPPING && node->count >= 1) {
        word = node->keys[0];
        value = node->items[0];
    }
    if (node->kind == YAML_MAPPING && node->count > 1) {
        return source_fail(
            reader->source, node->keys[1]->mark,
            "'%s' does not belong beside '%s'; one layer an entry, its settings in braces: '- %s: "
            "{name: a, from: b}'",
            text_shown(node->keys[1]->text), text_shown(word->text), text_shown(word->text));
    }
    if (word->kind != YAML_SCALAR || yaml_is_null(word)) {
        return source_fail(reader->source, node->mark,
                           "a layer is a word or a word with settings; for example "
                           "'- relu' or '- dense: 128'");
    }
    TRY(read_kind(reader, word, &layer->spec.kind));
    layer->mark = word->mark;
    TRY(check_layer_keys(reader, value, layer->spec.kind));
    TRY(read_layer_number(reader, value, layer));
    TRY(read_init(reader, value, &layer->spec));
    TRY(read_layer_name(reader, value, layer));
    TRY(read_inputs(reader, value, layer));
    config->layer_count++;
    return STATUS_OK;
}

static Status check_all_feed(const ConfigReader *reader) {
    const Config *config = reader->config;
    bool feeds[NETWORK_MAX_LAYERS] = {false};
    for (size_t i = 0; i < config->layer_count; i++) {
        const LayerSpec *spec = &config->layers[i].spec;
        for (size_t k = 0; k < spec->input_count; k++) {
            if (spec->inputs[k] != NETWORK_INPUT) feeds[spec->inputs[k]] = true;
        }
    }
    for (size_t i = 0; i + 1 < config->layer_count; i++) {
        if (feeds[i]) continue;
        return source_fail(
            reader->source, config->layers[i].mark,
            "the layer '%s' feeds nothing; name it in the from of a layer below, or leave it out",
            config->layers[i].spec.name);
    }
    return STATUS_OK;
}

Status config_read_network(ConfigReader *reader, const YamlNode *node) {
    if (node->kind != YAML_SEQUENCE || node->count == 0) {
        return source_fail(reader->source, node->mark,
                           "network must be a list of layers; for example [dense: 128, relu, dense: 10]");
    }
    if (node->count > NETWORK_MAX_LAYERS) {
        return source_fail(reader->source, node->items[NETWORK_MAX_LAYERS]->mark,
                           "%zu layers; %d is the most", node->count, NETWORK_MAX_LAYERS);
    }
    for (size_t i = 0; i < node->count; i++)
        TRY(read_layer(reader, node->items[i]));
    return check_all_feed(reader);
}
