/* The top of a configuration: what concerns the campaign as a whole. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "campaign/config/reader.h"

static const char *const top_keys[] = {
    "name",       "seed",   "method",     "sampler", "metric",          "data",    "network", "loss",
    "parameters", "stages", "ensemble",   "limits",  "early_terminate", "run_cap", "program", "command",
    "project",    "entity", "description"};

static Status read_top_name(ConfigReader *reader) {
    Config *config = reader->config;
    const YamlNode *node = yaml_get(reader->root, "name");
    if (node != NULL) return read_name(reader, node, "name", config->name, sizeof(config->name));
    const char *slash = strrchr(config->source.name, '/');
    text_copy(config->name, sizeof(config->name), slash == NULL ? config->source.name : slash + 1);
    char *ending = strrchr(config->name, '.');
    if (ending != NULL && (strcmp(ending, ".yaml") == 0 || strcmp(ending, ".yml") == 0)) *ending = '\0';
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    for (char *at = config->name; *at != '\0'; at++) {
        if (strchr(allowed, *at) == NULL || (*at == '.' && at == config->name)) *at = '-';
    }
    if (config->name[0] == '\0') text_copy(config->name, sizeof(config->name), "campaign");
    return STATUS_OK;
}

static Status read_seed(ConfigReader *reader) {
    const YamlNode *node = yaml_get(reader->root, "seed");
    if (node == NULL) return STATUS_OK;
    const char *text = NULL;
    TRY(read_text(reader, node, "seed", &text));
    if (node->quoted || !number_parse_u64(text, &reader->config->seed)) {
        return source_fail(
            reader->source, node->mark,
            "seed is %s, but must be a whole number from 0 to 18446744073709551615, without quotes",
            text_shown(text));
    }
    return STATUS_OK;
}

static Status read_method(const ConfigReader *reader) {
    const YamlNode *node = yaml_get(reader->root, "method");
    if (node == NULL) return STATUS_OK;
    const char *text = NULL;
    TRY(read_text(reader, node, "method", &text));
    if (strcmp(text, "grid") == 0 || strcmp(text, "bayes") == 0) {
        return source_fail(
            reader->source, node->mark,
            "method '%s' does not exist here; write random: winnow draws at random and narrows the "
            "ranges from stage to stage",
            text);
    }
    static const char *const words[] = {"random"};
    size_t index = 0;
    return read_word(reader, node, "method", words, COUNT_OF(words), &index);
}

static Status read_sampler(ConfigReader *reader) {
    const YamlNode *node = yaml_get(reader->root, "sampler");
    if (node == NULL) return STATUS_OK;
    const char *words[SAMPLER_COUNT];
    for (size_t i = 0; i < SAMPLER_COUNT; i++)
        words[i] = sampler_name((SamplerKind)i);
    size_t index = 0;
    TRY(read_word(reader, node, "sampler", words, COUNT_OF(words), &index));
    reader->config->sampler = (SamplerKind)index;
    return STATUS_OK;
}

static Status read_metric(ConfigReader *reader) {
    static const char *const keys[] = {"name", "goal"};
    static const char *const goals[] = {"maximize", "minimize"};
    const char *const names[] = {metric_name(METRIC_VAL_ACCURACY), metric_name(METRIC_VAL_LOSS)};
    const YamlNode *node = yaml_get(reader->root, "metric");
    if (node == NULL) return STATUS_OK;
    TRY(read_keys(reader, node, "metric", keys, COUNT_OF(keys)));
    const YamlNode *name = yaml_get(node, "name");
    if (name == NULL) {
        return source_fail(reader->source, node->mark,
                           "metric has no name; for example {name: val_accuracy, goal: maximize}");
    }
    size_t kind = 0;
    TRY(read_word(reader, name, "metric", names, COUNT_OF(names), &kind));
    reader->config->metric = kind == 0 ? METRIC_VAL_ACCURACY : METRIC_VAL_LOSS;
    const YamlNode *goal = yaml_get(node, "goal");
    size_t direction = kind;
    if (goal != NULL) TRY(read_word(reader, goal, "goal", goals, COUNT_OF(goals), &direction));
    if (direction != kind) {
        return source_fail(reader->source, goal->mark, "the goal of %s is to %s it; write goal: %s",
                           names[kind], goals[kind], goals[kind]);
    }
    return STATUS_OK;
}

static Status read_loss(ConfigReader *reader) {
    const char *words[] = {loss_kind_name(LOSS_SOFTMAX_CROSS_ENTROPY), loss_kind_name(LOSS_HINGE),
                           loss_kind_name(LOSS_MEAN_SQUARED_ERROR)};
    static const LossKind kinds[] = {LOSS_SOFTMAX_CROSS_ENTROPY, LOSS_HINGE, LOSS_MEAN_SQUARED_ERROR};
    const YamlNode *node = yaml_get(reader->root, "loss");
    size_t index = 0;
    if (node != NULL) TRY(read_word(reader, node, "loss", words, COUNT_OF(words), &index));
    reader->config->loss = kinds[index];
    return STATUS_OK;
}

static Status read_limits(ConfigReader *reader) {
    static const char *const keys[] = {"trial_seconds", "epoch_seconds", "checkpoint_seconds",
                                       "silence_seconds"};
    static const NumberRule above_0 = {.min = 0, .above_min = true, .max = INFINITY};
    static const NumberRule from_0 = {.min = 0, .max = INFINITY};
    static const NumberRule from_5 = {.min = 5, .max = INFINITY};
    Limits *limits = &reader->config->limits;
    *limits = (Limits){
        .trial_seconds = INFINITY, .epoch_seconds = 3600, .checkpoint_seconds = 60, .silence_seconds = 60};
    const YamlNode *node = yaml_get(reader->root, "limits");
    if (node == NULL) return STATUS_OK;
    TRY(read_keys(reader, node, "limits", keys, COUNT_OF(keys)));
    TRY(read_optional(reader, node, "trial_seconds", &above_0, &limits->trial_seconds));
    TRY(read_optional(reader, node, "epoch_seconds", &above_0, &limits->epoch_seconds));
    TRY(read_optional(reader, node, "checkpoint_seconds", &from_0, &limits->checkpoint_seconds));
    return read_optional(reader, node, "silence_seconds", &from_5, &limits->silence_seconds);
}

/* Keys of others that have no place here. */
static Status refuse_keys(const ConfigReader *reader) {
    const YamlNode *node = yaml_get(reader->root, "run_cap");
    if (node != NULL) {
        return source_fail(
            reader->source, node->mark,
            "run_cap is said by the stages here: stages: [{name: coarse, trials: %s, epochs: 3}]",
            node->kind == YAML_SCALAR && node->text[0] != '\0' ? text_shown(node->text) : "40");
    }
    return STATUS_OK;
}

static Status add_note(const ConfigReader *reader, const char *note) {
    Config *config = reader->config;
    size_t size = strlen(note) + 1;
    TRY(pool_take(reader->pool, size, 1, (void *)&config->notes[config->note_count]));
    memcpy(config->notes[config->note_count++], note, size);
    return STATUS_OK;
}

static Status read_notes(ConfigReader *reader) {
    static const struct {
        const char *key, *note;
    } ignored[] = {
        {"program", "'program' has no effect: winnow trains with its own engine"},
        {"command", "'command' has no effect: winnow trains with its own engine"},
        {"project", "'project' has no effect: results go into one file"},
        {"entity", "'entity' has no effect: results go into one file"},
        {"description", "'description' has no effect, but is kept with the configuration in the results"},
    };
    const YamlNode *stopping = yaml_get(reader->root, "early_terminate");
    TRY(pool_take(reader->pool, COUNT_OF(ignored) + 1, sizeof(char *), (void *)&reader->config->notes));
    for (size_t i = 0; i < COUNT_OF(ignored); i++) {
        if (yaml_get(reader->root, ignored[i].key) != NULL) TRY(add_note(reader, ignored[i].note));
    }
    if (stopping == NULL || yaml_get(stopping, "strict") == NULL) return STATUS_OK;
    return add_note(reader,
                    "'strict' has no effect: at a rung all of its trials are compared, as in strict mode");
}

/* The value of a key that must be there. */
static Status required(const ConfigReader *reader, const char *key, const char *example,
                       const YamlNode **node) {
    *node = yaml_get(reader->root, key);
    if (*node != NULL) return STATUS_OK;
    return source_fail(reader->source, reader->root->mark, "'%s' is missing; for example %s", key, example);
}

static Status read_all(ConfigReader *reader) {
    const YamlNode *node = NULL;
    TRY(read_keys(reader, reader->root, "a configuration", top_keys, COUNT_OF(top_keys)));
    TRY(refuse_keys(reader));
    TRY(read_top_name(reader));
    TRY(read_seed(reader));
    TRY(read_method(reader));
    TRY(read_sampler(reader));
    TRY(read_metric(reader));
    TRY(read_loss(reader));
    TRY(required(reader, "data", "data: {format: synthetic, kind: spirals, examples: 2000}", &node));
    TRY(config_read_data(reader, node));
    TRY(config_read_parameters(reader, yaml_get(reader->root, "parameters")));
    TRY(required(reader, "network", "network: [dense: 128, relu, dense: 10]", &node));
    TRY(config_read_network(reader, node));
    TRY(config_check_parameters(reader));
    TRY(required(reader, "stages", "stages: [{name: coarse, trials: 40, epochs: 3}]", &node));
    TRY(config_read_stopping(reader, yaml_get(reader->root, "early_terminate"), &reader->stopping));
    TRY(config_read_stages(reader, node));
    TRY(config_check_stopping(reader));
    TRY(config_read_ensemble(reader, yaml_get(reader->root, "ensemble")));
    TRY(read_limits(reader));
    TRY(read_notes(reader));
    return config_write_canonical(reader);
}

static Status parse_into(Config *config, const char *name, const char *text, size_t length) {
    ConfigMemory *memory = config->memory;
    TRY(pool_text(&memory->pool, name, strlen(name), &config->source.name));
    if (length > CONFIG_MAX_BYTES) {
        return status_fail(STATUS_INPUT, "%s: the file has %zu bytes; a configuration has at most %zu", name,
                           length, CONFIG_MAX_BYTES);
    }
    TRY(pool_text(&memory->pool, text, length, &config->source.text));
    config->source.length = length;
    TRY(yaml_parse(&config->source, &memory->pool, &memory->root));
    ConfigReader *reader = NULL;
    TRY(pool_take(&memory->pool, 1, sizeof(ConfigReader), (void *)&reader));
    reader->config = config;
    reader->pool = &memory->pool;
    reader->source = &config->source;
    reader->root = memory->root;
    return read_all(reader);
}

Status config_parse(Config **out, const char *name, const char *text, size_t length) {
    *out = NULL;
    Config *config = NULL;
    TRY(memory_new((void *)&config, 1, sizeof(Config)));
    Status status = memory_new(&config->memory, 1, sizeof(ConfigMemory));
    if (status == STATUS_OK) status = parse_into(config, name, text, length);
    if (status != STATUS_OK) {
        config_destroy(&config);
        return status;
    }
    *out = config;
    return STATUS_OK;
}

Status config_read(Config **out, const char *path) {
    *out = NULL;
    char *text = NULL;
    size_t length = 0;
    Status status = file_read(path, CONFIG_MAX_BYTES, &text, &length);
    if (status != STATUS_OK) {
        char *reason = NULL;
        TRY(memory_text(&reason, status_text()));
        status = status_restore(STATUS_INPUT, reason);
        free(reason);
        return status;
    }
    status = config_parse(out, path, text, length);
    free(text);
    return status;
}

void config_destroy(Config **config) {
    if (*config == NULL) return;
    ConfigMemory *memory = (*config)->memory;
    if (memory != NULL) pool_release(&memory->pool);
    free(memory);
    free(*config);
    *config = NULL;
}
