/* parameters: names and their distributions. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "campaign/config/known.h"

typedef enum Key {
    KEY_VALUE,
    KEY_VALUES,
    KEY_PROBABILITIES,
    KEY_MIN,
    KEY_MAX,
    KEY_Q,
    KEY_MU,
    KEY_SIGMA,
    KEY_A,
    KEY_B
} Key;
#define B(key) (1U << KEY_##key)

static const char *const keys[] = {
    [KEY_VALUE] = "value", [KEY_VALUES] = "values", [KEY_PROBABILITIES] = "probabilities",
    [KEY_MIN] = "min",     [KEY_MAX] = "max",       [KEY_Q] = "q",
    [KEY_MU] = "mu",       [KEY_SIGMA] = "sigma",   [KEY_A] = "a",
    [KEY_B] = "b",         "distribution",          "when"};

#define BOUNDS (B(MIN) | B(MAX))

/* Which keys a distribution takes, and which of them it needs. */
static const struct {
    unsigned takes, needs;
} shapes[DIST_COUNT] = {
    [DIST_CONSTANT] = {B(VALUE), B(VALUE)},
    [DIST_CATEGORICAL] = {B(VALUES) | B(PROBABILITIES), B(VALUES)},
    [DIST_UNIFORM] = {BOUNDS, BOUNDS},
    [DIST_INT_UNIFORM] = {BOUNDS, BOUNDS},
    [DIST_Q_UNIFORM] = {BOUNDS | B(Q), BOUNDS},
    [DIST_LOG_UNIFORM_VALUES] = {BOUNDS, BOUNDS},
    [DIST_Q_LOG_UNIFORM_VALUES] = {BOUNDS | B(Q), BOUNDS},
    [DIST_INV_LOG_UNIFORM_VALUES] = {BOUNDS, BOUNDS},
    [DIST_REVERSE_LOG_UNIFORM_VALUES] = {BOUNDS, BOUNDS},
    [DIST_NORMAL] = {B(MU) | B(SIGMA), 0},
    [DIST_Q_NORMAL] = {B(MU) | B(SIGMA) | B(Q), 0},
    [DIST_LOG_NORMAL] = {B(MU) | B(SIGMA), 0},
    [DIST_Q_LOG_NORMAL] = {B(MU) | B(SIGMA) | B(Q), 0},
    [DIST_BETA] = {B(A) | B(B), 0},
    [DIST_Q_BETA] = {B(A) | B(B) | B(Q), 0},
};

static Status read_name_of(const ConfigReader *reader, const YamlNode *key, char out[PARAMETER_NAME_SIZE]) {
    static const char *const reserved[] = {"id",
                                           "stage",
                                           "number",
                                           "status",
                                           "epochs",
                                           "val_accuracy",
                                           "val_loss",
                                           "train_loss",
                                           "best_epoch",
                                           "seconds",
                                           "samples_per_second",
                                           "rank",
                                           "host",
                                           "weights_hash",
                                           "arithmetic",
                                           "reason",
                                           "started"};
    const char *name = key->text;
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    if (name[0] == '\0' || name[length] != '\0' || (name[0] >= '0' && name[0] <= '9')) {
        return source_fail(
            reader->source, key->mark,
            "the parameter name '%s' must consist of letters, digits and '_', and begin with no digit",
            text_shown(name));
    }
    if (length >= PARAMETER_NAME_SIZE) {
        return source_fail(reader->source, key->mark, "a parameter name of %zu letters; %d is the most",
                           length, PARAMETER_NAME_SIZE - 1);
    }
    if (strcmp(name, "epochs") == 0) {
        return source_fail(
            reader->source, key->mark,
            "epochs is no parameter here: the stages say it; stages: [{name: coarse, trials: 40, "
            "epochs: 3}]");
    }
    for (size_t i = 0; i < COUNT_OF(reserved); i++) {
        if (strcmp(name, reserved[i]) == 0) {
            return source_fail(
                reader->source, key->mark,
                "'%s' is the name of another column of the results; give the parameter another name", name);
        }
    }
    text_copy(out, PARAMETER_NAME_SIZE, name);
    return STATUS_OK;
}

static Status read_value(const ConfigReader *reader, const YamlNode *node, Value *value) {
    const char *text = NULL;
    TRY(read_text(reader, node, "a value", &text));
    if (strlen(text) >= PARAMETER_WORD_SIZE) {
        return source_fail(reader->source, node->mark, "a value of %zu letters; %d is the most", strlen(text),
                           PARAMETER_WORD_SIZE - 1);
    }
    text_copy(value->word, sizeof(value->word), text);
    NumberForm form = node->quoted ? NUMBER_NONE : number_parse(text, &value->number);
    if (form == NUMBER_INFINITE || (form == NUMBER_WHOLE && fabs(value->number) > NUMBER_MOST_EXACT)) {
        return source_fail(reader->source, node->mark, "the value %s is too large to be kept exactly",
                           text_shown(text));
    }
    value->kind = form == NUMBER_WHOLE ? VALUE_INTEGER : form == NUMBER_REAL ? VALUE_NUMBER : VALUE_WORD;
    return STATUS_OK;
}

static Status read_probabilities(const ConfigReader *reader, const YamlNode *node, Parameter *parameter) {
    static const NumberRule part = {.min = 0, .max = 1};
    for (size_t i = 0; i < parameter->value_count; i++)
        parameter->probabilities[i] = 1 / (double)parameter->value_count;
    if (node == NULL) return STATUS_OK;
    if (node->kind != YAML_SEQUENCE || node->count != parameter->value_count) {
        return source_fail(reader->source, node->mark,
                           "probabilities must be a list of %zu numbers, one a value",
                           parameter->value_count);
    }
    double sum = 0;
    for (size_t i = 0; i < node->count; i++) {
        TRY(read_number(reader, node->items[i], "a probability", &part, &parameter->probabilities[i]));
        sum += parameter->probabilities[i];
    }
    if (fabs(sum - 1) > 1e-6) {
        char number[NUMBER_TEXT_SIZE];
        return source_fail(reader->source, node->mark, "the probabilities add up to %s, but must add up to 1",
                           number_text(sum, number));
    }
    for (size_t i = 0; i < node->count; i++)
        parameter->probabilities[i] /= sum;
    return STATUS_OK;
}

static Status read_choices(const ConfigReader *reader, const YamlNode *node, Parameter *parameter) {
    const YamlNode *value = yaml_get(node, "value");
    const YamlNode *values = yaml_get(node, "values");
    if (value != NULL) {
        parameter->value_count = 1;
        TRY(read_value(reader, value, &parameter->values[0]));
    } else {
        if (values->kind != YAML_SEQUENCE || values->count == 0) {
            return source_fail(reader->source, values->mark,
                               "values must be a list with at least one entry; for example [32, 64]");
        }
        if (values->count > PARAMETER_MAX_VALUES) {
            return source_fail(reader->source, values->mark, "%zu values; %d is the most", values->count,
                               PARAMETER_MAX_VALUES);
        }
        parameter->value_count = values->count;
        for (size_t i = 0; i < values->count; i++)
            TRY(read_value(reader, values->items[i], &parameter->values[i]));
    }
    parameter->integer = true;
    for (size_t i = 0; i < parameter->value_count; i++) {
        parameter->integer = parameter->integer && parameter->values[i].kind == VALUE_INTEGER;
    }
    return read_probabilities(reader, yaml_get(node, "probabilities"), parameter);
}

/* The distribution that W&B takes where none is named. */
static Status guess_distribution(const ConfigReader *reader, const YamlNode *node,
                                 Distribution *distribution) {
    const YamlNode *min = yaml_get(node, "min");
    const YamlNode *max = yaml_get(node, "max");
    if (yaml_get(node, "value") != NULL) {
        *distribution = DIST_CONSTANT;
    } else if (yaml_get(node, "values") != NULL) {
        *distribution = DIST_CATEGORICAL;
    } else if (min != NULL || max != NULL) {
        double ignored = 0;
        bool whole = min != NULL && max != NULL && min->kind == YAML_SCALAR && max->kind == YAML_SCALAR &&
                     number_parse(min->text, &ignored) == NUMBER_WHOLE &&
                     number_parse(max->text, &ignored) == NUMBER_WHOLE;
        *distribution = whole ? DIST_INT_UNIFORM : DIST_UNIFORM;
    } else {
        return source_fail(
            reader->source, node->mark,
            "a parameter needs value, values, min and max, or a distribution; for example {min: 0.1, "
            "max: 0.5}");
    }
    return STATUS_OK;
}

static Status read_distribution(const ConfigReader *reader, const YamlNode *node,
                                Distribution *distribution) {
    const YamlNode *named = yaml_get(node, "distribution");
    if (named == NULL) return guess_distribution(reader, node, distribution);
    static const char *const exponents[] = {"log_uniform", "q_log_uniform", "inv_log_uniform",
                                            "reverse_log_uniform"};
    const char *text = NULL;
    TRY(read_text(reader, named, "distribution", &text));
    for (size_t i = 0; i < COUNT_OF(exponents); i++) {
        if (strcmp(text, exponents[i]) != 0) continue;
        return source_fail(
            reader->source, named->mark,
            "%s takes exponents for bounds, which is easily mistaken; write %s_values with the values "
            "themselves as min and max",
            text, text);
    }
    if (strcmp(text, "categorical_w_probabilities") == 0) {
        *distribution = DIST_CATEGORICAL;
        return STATUS_OK;
    }
    const char *words[DIST_COUNT];
    for (int kind = 0; kind < DIST_COUNT; kind++)
        words[kind] = distribution_name((Distribution)kind);
    size_t index = 0;
    TRY(read_word(reader, named, "distribution", words, DIST_COUNT, &index));
    *distribution = (Distribution)index;
    return STATUS_OK;
}

static Status check_keys(const ConfigReader *reader, const YamlNode *node, Distribution distribution) {
    const char *name = distribution_name(distribution);
    const char *words[COUNT_OF(keys)];
    size_t count = 0;
    for (size_t key = 0; key <= KEY_B; key++) {
        if ((shapes[distribution].takes >> key & 1U) != 0) words[count++] = keys[key];
    }
    const char *joined = NULL;
    TRY(words_joined(reader, words, count, &joined));
    for (size_t key = 0; key <= KEY_B; key++) {
        const YamlNode *item = yaml_get(node, keys[key]);
        if (item != NULL && (shapes[distribution].takes >> key & 1U) == 0) {
            return source_fail(reader->source, item->mark,
                               "'%s' does not belong to the distribution %s, which takes %s", keys[key], name,
                               joined);
        }
        if (item == NULL && (shapes[distribution].needs >> key & 1U) != 0) {
            return source_fail(reader->source, node->mark,
                               "the distribution %s needs %s, and '%s' is missing", name, joined, keys[key]);
        }
    }
    return STATUS_OK;
}

static Status read_parameter(ConfigReader *reader, const YamlNode *key, const YamlNode *node,
                             Parameter *parameter) {
    TRY(read_name_of(reader, key, parameter->name));
    if (node->kind == YAML_MAPPING && yaml_get(node, "parameters") != NULL) {
        return source_fail(
            reader->source, yaml_get(node, "parameters")->mark,
            "nested parameters are not known here; give each one a name of its own under parameters");
    }
    if (node->kind == YAML_SCALAR && !yaml_is_null(node)) {
        return source_fail(reader->source, node->mark, "a parameter is a mapping; write %s: {value: %s}",
                           parameter->name, text_shown(node->text));
    }
    TRY(read_keys(reader, node, "a parameter", keys, COUNT_OF(keys)));
    TRY(read_distribution(reader, node, &parameter->distribution));
    TRY(check_keys(reader, node, parameter->distribution));
    parameter->min = parameter->domain_min = -INFINITY;
    parameter->max = parameter->domain_max = INFINITY;
    if (distribution_is_choice(parameter->distribution)) return read_choices(reader, node, parameter);
    return config_read_range(reader, node, parameter);
}

Status config_read_parameters(ConfigReader *reader, const YamlNode *node) {
    if (node == NULL) return STATUS_OK;
    Space *space = &reader->config->space;
    if (node->kind != YAML_MAPPING) {
        return source_fail(reader->source, node->mark,
                           "parameters must be a mapping; for example learning_rate: {distribution: "
                           "log_uniform_values, min: 1e-4, max: 1}");
    }
    if (node->count > SPACE_MAX_PARAMETERS) {
        return source_fail(reader->source, node->keys[SPACE_MAX_PARAMETERS]->mark,
                           "%zu parameters; %d is the most", node->count, SPACE_MAX_PARAMETERS);
    }
    for (size_t i = 0; i < node->count; i++) {
        reader->parameters[i] = node->items[i];
        TRY(read_parameter(reader, node->keys[i], node->items[i], &space->parameters[i]));
        space->count++;
    }
    return config_read_conditions(reader);
}
