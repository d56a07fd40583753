/* when: parameters that exist only beside certain values of others. */
#include <string.h>

#include "campaign/config/known.h"

static bool value_is(const Value *value, const YamlNode *node) {
    double number = 0;
    NumberForm form = node->quoted ? NUMBER_NONE : number_parse(node->text, &number);
    if (value->kind == VALUE_WORD) return form == NUMBER_NONE && strcmp(value->word, node->text) == 0;
    return form != NUMBER_NONE && form != NUMBER_INFINITE && value->number == number;
}

/* Bits of the values of `other` that `node` names. */
static Status read_allowed(const ConfigReader *reader, const YamlNode *node, const Parameter *other,
                           uint64_t *allowed) {
    const char *text = NULL;
    TRY(read_text(reader, node, "a value of when", &text));
    uint64_t found = 0;
    for (size_t i = 0; i < other->value_count; i++) {
        if (value_is(&other->values[i], node)) found |= (uint64_t)1 << i;
    }
    if (found == 0) {
        const char *words[PARAMETER_MAX_VALUES];
        const char *hint = NULL;
        for (size_t i = 0; i < other->value_count; i++)
            words[i] = other->values[i].word;
        TRY(words_hint(reader, text, words, other->value_count, &hint));
        return source_fail(reader->source, node->mark, "'%s' is no value of %s; %s", text_shown(text),
                           other->name, hint);
    }
    *allowed |= found;
    return STATUS_OK;
}

static Status find_other(const ConfigReader *reader, const YamlNode *key, size_t *index) {
    const Space *space = &reader->config->space;
    *index = space_find(space, key->text);
    if (*index == space->count) {
        const char *words[SPACE_MAX_PARAMETERS];
        const char *hint = NULL;
        for (size_t i = 0; i < space->count; i++)
            words[i] = space->parameters[i].name;
        TRY(words_hint(reader, key->text, words, space->count, &hint));
        return source_fail(reader->source, key->mark, "when names '%s', which is no parameter; %s",
                           text_shown(key->text), hint);
    }
    if (!distribution_is_choice(space->parameters[*index].distribution)) {
        return source_fail(reader->source, key->mark,
                           "when can depend only on a parameter with value or values, and %s has a range",
                           key->text);
    }
    return STATUS_OK;
}

static Status read_when(const ConfigReader *reader, const YamlNode *node, Parameter *parameter) {
    if (node->kind != YAML_MAPPING || node->count == 0) {
        return source_fail(reader->source, node->mark,
                           "when must be a mapping; for example when: {optimizer: [nesterov]}");
    }
    if (node->count > PARAMETER_MAX_CONDITIONS) {
        return source_fail(reader->source, node->mark, "%zu conditions; %d is the most", node->count,
                           PARAMETER_MAX_CONDITIONS);
    }
    for (size_t i = 0; i < node->count; i++) {
        Condition *condition = &parameter->conditions[i];
        const YamlNode *values = node->items[i];
        TRY(find_other(reader, node->keys[i], &condition->parameter));
        const Parameter *other = &reader->config->space.parameters[condition->parameter];
        if (other == parameter) {
            return source_fail(reader->source, node->keys[i]->mark, "%s cannot depend on itself",
                               parameter->name);
        }
        if (values->kind == YAML_MAPPING) {
            return source_fail(
                reader->source, values->mark,
                "the values of %s are a mapping; write a list, for example when: {optimizer: [nesterov]}",
                other->name);
        }
        if (values->kind == YAML_SCALAR) TRY(read_allowed(reader, values, other, &condition->allowed));
        for (size_t v = 0; values->kind == YAML_SEQUENCE && v < values->count; v++) {
            TRY(read_allowed(reader, values->items[v], other, &condition->allowed));
        }
        if (condition->allowed == 0) {
            return source_fail(reader->source, values->mark,
                               "an empty list of values: %s would never be drawn", parameter->name);
        }
        parameter->condition_count++;
    }
    return STATUS_OK;
}

Status config_read_conditions(ConfigReader *reader) {
    Space *space = &reader->config->space;
    const YamlNode *last = NULL;
    for (size_t i = 0; i < space->count; i++) {
        const YamlNode *node = yaml_get(reader->parameters[i], "when");
        if (node == NULL) continue;
        TRY(read_when(reader, node, &space->parameters[i]));
        last = node;
    }
    size_t order[SPACE_MAX_PARAMETERS];
    if (last != NULL && space_order(space, order) != STATUS_OK) {
        return source_fail(reader->source, last->mark, "%s", status_text());
    }
    return STATUS_OK;
}
