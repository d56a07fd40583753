/* early_terminate, in the words of Weights & Biases sweeps: at the top for all stages, or in a stage. */
#include <string.h>

#include "campaign/config/reader.h"

#define MOST_EPOCHS 1000000
#define MOST_ETA 100

static Status read_type(const ConfigReader *reader, const YamlNode *node, StoppingKind *kind) {
    const char *words[STOPPING_KIND_COUNT - 1]; /* all but none */
    for (size_t i = 0; i < COUNT_OF(words); i++)
        words[i] = stopping_name((StoppingKind)(i + 1));
    const YamlNode *type = yaml_get(node, "type");
    if (type == NULL)
        return source_fail(reader->source, node->mark,
                           "early_terminate has no type; for example {type: hyperband, eta: 3, min_iter: 1}");
    size_t index = 0;
    TRY(read_word(reader, type, "early_terminate type", words, COUNT_OF(words), &index));
    *kind = (StoppingKind)(index + 1);
    return STATUS_OK;
}

static Status check_keys(const ConfigReader *reader, const YamlNode *node, StoppingKind kind) {
    static const char *const common[] = {"type", "min_iter", "max_iter", "s", "eta"};
    static const char *const hyperband[] = {"type", "min_iter", "max_iter", "s", "eta", "strict"};
    static const char *const median[] = {"type", "min_iter", "max_iter", "s", "eta", "min_trials"};
    if (kind == STOPPING_HYPERBAND)
        return read_keys(reader, node, "early_terminate of type hyperband", hyperband, COUNT_OF(hyperband));
    if (kind == STOPPING_MEDIAN)
        return read_keys(reader, node, "early_terminate of type median", median, COUNT_OF(median));
    return read_keys(reader, node,
                     kind == STOPPING_ASHA ? "early_terminate of type asha"
                                           : "early_terminate of type successive_halving",
                     common, COUNT_OF(common));
}

static Status read_strict(const ConfigReader *reader, const YamlNode *node) {
    const YamlNode *strict = yaml_get(node, "strict");
    if (strict == NULL || node_is_true(strict) || node_is_false(strict)) return STATUS_OK;
    return source_fail(reader->source, strict->mark, "strict must be true or false");
}

static Status read_rules(const ConfigReader *reader, const YamlNode *node, StoppingRules *rules) {
    static const char *const all[] = {"type", "min_iter", "max_iter", "s", "eta", "strict", "min_trials"};
    static const NumberRule epochs = {.min = 1, .max = MOST_EPOCHS, .whole = true};
    static const NumberRule factor = {.min = 2, .max = MOST_ETA, .whole = true};
    StoppingKind kind = STOPPING_NONE;
    TRY(read_keys(reader, node, "early_terminate", all, COUNT_OF(all)));
    TRY(read_type(reader, node, &kind));
    TRY(check_keys(reader, node, kind));
    *rules = stopping_rules_default(kind);
    if (yaml_get(node, "max_iter") != NULL) rules->min_iter = 0;
    TRY(read_optional_u32(reader, node, "min_iter", &epochs, &rules->min_iter));
    TRY(read_optional_u32(reader, node, "max_iter", &epochs, &rules->max_iter));
    TRY(read_optional_u32(reader, node, "s", &epochs, &rules->s));
    TRY(read_optional_u32(reader, node, "eta", &factor, &rules->eta));
    TRY(read_optional_u32(reader, node, "min_trials", &epochs, &rules->min_trials));
    return read_strict(reader, node);
}

Status config_read_stopping(const ConfigReader *reader, const YamlNode *node, StoppingRules *rules) {
    if (node == NULL) return STATUS_OK;
    bool none = node_is_false(node) ||
                (node->kind == YAML_SCALAR && !node->quoted && strcmp(node->text, "none") == 0);
    *rules = (StoppingRules){0};
    return none ? STATUS_OK : read_rules(reader, node, rules);
}

static uint32_t rungs_of(const StageSpec *stage) {
    return stopping_plan(&stage->stopping, stage->trials, stage->epochs).rung_count;
}

/* A rule that reaches nothing is a mistake. */
static Status fail_rungless(const ConfigReader *reader, const YamlNode *node, const StoppingRules *rules) {
    StoppingPlan longest = stopping_plan(rules, 1, MOST_EPOCHS);
    if (longest.rung_count == 0)
        return source_fail(reader->source, node->mark,
                           "early_terminate has no rung: max_iter must be at least eta, and above min_iter");
    return source_fail(
        reader->source, node->mark,
        "early_terminate stops nobody: its first rung is after epoch %u, and no stage that it is "
        "for has more epochs; lower %s, or leave it out",
        longest.rung[0], rules->min_iter > 0 ? "min_iter" : "max_iter");
}

Status config_check_stopping(const ConfigReader *reader) {
    const Config *config = reader->config;
    const YamlNode *top = yaml_get(reader->root, "early_terminate"),
                   *stages = yaml_get(reader->root, "stages");
    const StageSpec *heir = NULL; /* a stage that has the top's rules */
    uint32_t rungs = 0;
    for (size_t i = 0; i < config->stage_count; i++) {
        const StageSpec *stage = &config->stages[i];
        const YamlNode *own = yaml_get(stages->items[i], "early_terminate");
        if (stage->stopping.kind == STOPPING_NONE) continue;
        if (own != NULL && rungs_of(stage) == 0) return fail_rungless(reader, own, &stage->stopping);
        if (own != NULL) continue;
        heir = stage;
        rungs += rungs_of(stage);
    }
    return heir != NULL && rungs == 0 ? fail_rungless(reader, top, &heir->stopping) : STATUS_OK;
}
