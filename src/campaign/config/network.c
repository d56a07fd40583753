/* network: layers from top to bottom, joined into a graph by name and from. */
#include <stdio.h>
#include <string.h>

#include "campaign/config/known.h"
#include "campaign/config/layers.h"

#define MEANING_SIZE 64 /* "stride of a global_average_pool layer" */

static Status read_kind(const ConfigReader *reader, const YamlNode *node, LayerKind *kind) {
    const char *words[LAYER_KIND_COUNT];
    for (int k = 0; k < LAYER_KIND_COUNT; k++)
        words[k] = layer_kind_name((LayerKind)k);
    size_t index = 0;
    TRY(read_word(reader, node, "layer", words, LAYER_KIND_COUNT, &index));
    *kind = (LayerKind)index;
    return STATUS_OK;
}

/* A number, or `$name` of a parameter. */
static Status read_number_or_parameter(ConfigReader *reader, const YamlNode *node, const char *meaning,
                                       const NumberRule *rule, NumberOrParameter *out) {
    out->parameter = SIZE_MAX;
    if (node->kind != YAML_SCALAR || node->text[0] != '$') {
        return read_number(reader, node, meaning, rule, &out->number);
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
    reader->used[index] = true;
    out->parameter = index;
    return config_apply_rule(reader, index, meaning, rule);
}

static Status read_setting_word(const ConfigReader *reader, const YamlNode *node, const LayerSetting *setting,
                                NumberOrParameter out[2]) {
    const char *words[LAYER_MAX_WORDS];
    size_t index = 0;
    for (int i = 0; i < setting->word_count; i++)
        words[i] = setting->word(i);
    TRY(read_word(reader, node, setting->key, words, (size_t)setting->word_count, &index));
    out[0] = out[1] = (NumberOrParameter){.number = (double)index, .parameter = SIZE_MAX};
    return STATUS_OK;
}

static Status read_setting(ConfigReader *reader, const YamlNode *node, LayerKind kind,
                           const LayerSetting *setting, NumberOrParameter out[2]) {
    if (setting->word_count > 0) return read_setting_word(reader, node, setting, out);
    const char *name = layer_kind_name(kind);
    char meaning[MEANING_SIZE];
    (void)snprintf(meaning, sizeof(meaning), "%s of a%s %s layer", setting->key, name[0] == 'a' ? "n" : "",
                   name);
    bool both = setting->pair && node->kind == YAML_SEQUENCE;
    if (both && node->count != 2) {
        return source_fail(reader->source, node->mark,
                           "%s is a list of %zu; write one number, or two as [height, width]", meaning,
                           node->count);
    }
    for (size_t side = 0; side < 2; side++)
        TRY(read_number_or_parameter(reader, both ? node->items[side] : node, meaning, &setting->rule,
                                     &out[side]));
    return STATUS_OK;
}

/* `- dense: 128`, `- max_pool: [2, 3]`: one setting in place of all. */
static bool is_short_form(const LayerForm *form, const YamlNode *value) {
    if (value == NULL || yaml_is_null(value)) return false;
    return value->kind == YAML_SCALAR ||
           (value->kind == YAML_SEQUENCE && form->short_form && form->settings[0].pair);
}

static Status read_settings(ConfigReader *reader, const YamlNode *value, LayerTemplate *layer) {
    const char *kind = layer_kind_name(layer->spec.kind);
    const LayerForm *form = layer_form(layer->spec.kind);
    bool alone = is_short_form(form, value);
    if (alone && !form->short_form)
        return source_fail(reader->source, value->mark, "%s takes no number%s; write '- %s'", kind,
                           form->count > 0 ? " without its key" : "", form->example);
    for (size_t i = 0; i < form->count; i++) {
        const LayerSetting *setting = &form->settings[i];
        NumberOrParameter *out = layer->settings[i];
        const YamlNode *node = !alone ? yaml_get(value, setting->key) : i == 0 ? value : NULL;
        if (node != NULL) {
            TRY(read_setting(reader, node, layer->spec.kind, setting, out));
        } else if (setting->needed) {
            return source_fail(reader->source, layer->mark, "the layer %s has no %s; for example '- %s'",
                               kind, setting->key, form->example);
        } else if (setting->like_before) {
            memcpy(out, layer->settings[i - 1], sizeof(layer->settings[i]));
        } else {
            out[0] = out[1] = (NumberOrParameter){.number = setting->standard, .parameter = SIZE_MAX};
        }
    }
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
    const LayerForm *form = layer_form(layer->spec.kind);
    bool list = from != NULL && from->kind == YAML_SEQUENCE;
    if (form->joins && (!list || from->count < 2)) {
        return source_fail(reader->source, from == NULL ? layer->mark : from->mark,
                           "%s joins two layers or more; for example '- %s' with the names of layers above",
                           kind, form->example);
    }
    if (from == NULL) {
        size_t above = reader->config->layer_count;
        layer->spec.inputs[layer->spec.input_count++] = above == 0 ? NETWORK_INPUT : above - 1;
        return STATUS_OK;
    }
    if (!list) return add_input(reader, from, &layer->spec);
    if (!form->joins && from->count != 1) {
        return source_fail(reader->source, from->mark,
                           "%s takes one input; join several with add, multiply or maximum", kind);
    }
    for (size_t i = 0; i < from->count; i++)
        TRY(add_input(reader, from->items[i], &layer->spec));
    return STATUS_OK;
}

static Status check_layer_keys(const ConfigReader *reader, const YamlNode *value, LayerKind kind) {
    const LayerForm *form = layer_form(kind);
    if (value == NULL || value->kind == YAML_SCALAR || is_short_form(form, value)) return STATUS_OK;
    const char *words[2 + LAYER_MAX_SETTINGS] = {"name", "from"};
    for (size_t i = 0; i < form->count; i++)
        words[2 + i] = form->settings[i].key;
    char what[64];
    (void)snprintf(what, sizeof(what), "the layer %s", layer_kind_name(kind));
    return read_keys(reader, value, what, words, 2 + form->count);
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
    TRY(read_settings(reader, value, layer));
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
