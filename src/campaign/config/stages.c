/* stages and ensemble: how long, how often, and what is made of it. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "campaign/config/reader.h"

#define MOST_TRIALS 2147483648.0 /* of a campaign: ids end there */
#define MOST_REPLICATES 1000.0
#define MOST_EPOCHS 1000000.0
#define MOST_POOL 100000.0

static const NumberRule part = {.min = 0, .above_min = true, .max = 1};

/* A rule's own number beside another rule would be without effect. */
static Status check_rule_keys(const ConfigReader *reader, const YamlNode *node, ZoomRule rule) {
    static const struct {
        const char *key;
        ZoomRule rule;
    } own[] = {{"tail", ZOOM_BY_QUANTILES}, {"level", ZOOM_BY_DENSITY}};
    for (size_t i = 0; i < COUNT_OF(own); i++) {
        const YamlNode *value = yaml_get(node, own[i].key);
        if (value == NULL || own[i].rule == rule) continue;
        return source_fail(
            reader->source, value->mark,
            "%s belongs to rule %s, and this zoom is by rule %s; leave it out, or write rule: %s", own[i].key,
            zoom_rule_name(own[i].rule), zoom_rule_name(rule), zoom_rule_name(own[i].rule));
    }
    return STATUS_OK;
}

static Status read_zoom_rule(const ConfigReader *reader, const YamlNode *node, ZoomRules *rules) {
    const char *words[ZOOM_RULE_COUNT];
    for (size_t i = 0; i < ZOOM_RULE_COUNT; i++)
        words[i] = zoom_rule_name((ZoomRule)i);
    const YamlNode *rule = yaml_get(node, "rule");
    size_t index = rules->rule;
    if (rule != NULL) TRY(read_word(reader, rule, "zoom rule", words, COUNT_OF(words), &index));
    *rules = zoom_rules_default((ZoomRule)index);
    return check_rule_keys(reader, node, rules->rule);
}

static Status read_zoom(const ConfigReader *reader, const YamlNode *node, StageSpec *stage) {
    static const char *const keys[] = {"rule",  "keep", "margin",       "tail", "level",
                                       "floor", "edge", "significance", "grow"};
    static const NumberRule unit = {.min = 0, .max = 1};
    static const NumberRule half = {.min = 0, .max = 0.5};
    static const NumberRule under_half = {.min = 0, .max = 0.5, .below_max = true};
    static const NumberRule some = {.min = 0, .max = 10};
    bool first = reader->config->stage_count == 0;
    stage->zoom = zoom_rules_default(ZOOM_DEFAULT_RULE);
    stage->zooms = !first && !stage->confirms;
    if (node == NULL) return STATUS_OK;
    if (node_is_false(node)) {
        stage->zooms = false;
        return STATUS_OK;
    }
    if (first) {
        return source_fail(
            reader->source, node->mark,
            "the first stage has no stage before it to zoom from; leave zoom out, or give it to a "
            "later stage");
    }
    if (node_is_true(node)) return STATUS_OK;
    TRY(read_keys(reader, node, "zoom", keys, COUNT_OF(keys)));
    TRY(read_zoom_rule(reader, node, &stage->zoom));
    TRY(read_optional(reader, node, "keep", &part, &stage->zoom.keep));
    TRY(read_optional(reader, node, "margin", &some, &stage->zoom.margin));
    TRY(read_optional(reader, node, "tail", &under_half, &stage->zoom.tail));
    TRY(read_optional(reader, node, "level", &unit, &stage->zoom.level));
    TRY(read_optional(reader, node, "floor", &unit, &stage->zoom.floor));
    TRY(read_optional(reader, node, "edge", &half, &stage->zoom.edge));
    TRY(read_optional(reader, node, "significance", &unit, &stage->zoom.significance));
    return read_optional(reader, node, "grow", &some, &stage->zoom.grow);
}

/* A confirm stage repeats what was drawn before it: what is about drawing and stopping has no place there. */
static Status check_confirm(const ConfigReader *reader, const YamlNode *node) {
    static const struct {
        const char *key, *why;
    } misplaced[] = {
        {"trials", "it takes its configurations from the stage before; their number is confirm's"},
        {"zoom", "it draws nothing from ranges"},
        {"early_terminate", "it is there for figures of whole runs"},
    };
    if (reader->config->stage_count == 0) {
        return source_fail(reader->source, yaml_get(node, "confirm")->mark,
                           "the first stage has no stage before it whose configurations it could confirm; "
                           "write trials: instead, or put a stage before it");
    }
    for (size_t i = 0; i < COUNT_OF(misplaced); i++) {
        const YamlNode *other = yaml_get(node, misplaced[i].key);
        if (other == NULL) continue;
        return source_fail(reader->source, other->mark, "a confirm stage has no %s: %s; leave it out",
                           misplaced[i].key, misplaced[i].why);
    }
    return STATUS_OK;
}

/* How many trials: `total` is the campaign's so far. */
static Status read_trials(const ConfigReader *reader, const YamlNode *node, StageSpec *stage, double *total) {
    static const NumberRule trials = {.min = 1, .max = MOST_TRIALS, .whole = true};
    static const NumberRule few = {.min = 1, .max = MOST_REPLICATES, .whole = true};
    uint32_t configurations = 0;
    stage->replicates = 1;
    TRY(read_optional_u32(reader, node, stage->confirms ? "confirm" : "trials", &trials, &configurations));
    TRY(read_optional_u32(reader, node, "replicates", &few, &stage->replicates));
    *total += (double)configurations * stage->replicates;
    if (*total > MOST_TRIALS) {
        return source_fail(reader->source, node->mark,
                           "with this stage the campaign has %.0f trials; %.0f is the most", *total,
                           MOST_TRIALS);
    }
    stage->trials = configurations * stage->replicates;
    return STATUS_OK;
}

static Status read_stopping(const ConfigReader *reader, const YamlNode *node, StageSpec *stage) {
    if (stage->confirms) return STATUS_OK;
    stage->stopping = reader->stopping;
    TRY(config_read_stopping(reader, yaml_get(node, "early_terminate"), &stage->stopping));
    if (stage->stopping.kind == STOPPING_NONE || stage->replicates == 1) return STATUS_OK;
    return source_fail(reader->source, yaml_get(node, "replicates")->mark,
                       "replicates: %u beside early_terminate, which would stop the repeats of a "
                       "configuration apart; leave replicates out, or write early_terminate: none in this "
                       "stage",
                       stage->replicates);
}

static Status read_stage(ConfigReader *reader, const YamlNode *node, double *total) {
    static const char *const keys[] = {"name",    "trials",     "epochs",         "zoom",
                                       "confirm", "replicates", "early_terminate"};
    static const NumberRule epochs = {.min = 1, .max = MOST_EPOCHS, .whole = true};
    Config *config = reader->config;
    StageSpec *stage = &config->stages[config->stage_count];
    TRY(read_keys(reader, node, "a stage", keys, COUNT_OF(keys)));
    stage->confirms = yaml_get(node, "confirm") != NULL;
    if (stage->confirms) TRY(check_confirm(reader, node));
    for (size_t i = 0; i < 3; i++) {
        if (yaml_get(node, keys[i]) != NULL || (stage->confirms && strcmp(keys[i], "trials") == 0)) continue;
        return source_fail(reader->source, node->mark,
                           "the stage has no %s; for example {name: coarse, trials: 40, epochs: 3}", keys[i]);
    }
    TRY(read_name(reader, yaml_get(node, "name"), "the stage's name", stage->name, sizeof(stage->name)));
    for (size_t i = 0; i < config->stage_count; i++) {
        if (strcmp(config->stages[i].name, stage->name) != 0) continue;
        return source_fail(reader->source, yaml_get(node, "name")->mark,
                           "an earlier stage is named '%s' too; every stage needs its own name", stage->name);
    }
    TRY(read_trials(reader, node, stage, total));
    TRY(read_optional_u32(reader, node, "epochs", &epochs, &stage->epochs));
    TRY(read_zoom(reader, yaml_get(node, "zoom"), stage));
    TRY(read_stopping(reader, node, stage));
    config->stage_count++;
    return STATUS_OK;
}

Status config_read_stages(ConfigReader *reader, const YamlNode *node) {
    if (node->kind != YAML_SEQUENCE || node->count == 0) {
        return source_fail(
            reader->source, node->mark,
            "stages must be a list of at least one; for example [{name: coarse, trials: 40, epochs: "
            "3}]");
    }
    if (node->count > CONFIG_MAX_STAGES) {
        return source_fail(reader->source, node->items[CONFIG_MAX_STAGES]->mark, "%zu stages; %d is the most",
                           node->count, CONFIG_MAX_STAGES);
    }
    double total = 0;
    for (size_t i = 0; i < node->count; i++)
        TRY(read_stage(reader, node->items[i], &total));
    return STATUS_OK;
}

static Status read_method(const ConfigReader *reader, const YamlNode *node, EnsembleMethod *method) {
    static const char *const methods[] = {[ENSEMBLE_GREEDY] = "greedy", [ENSEMBLE_TOP] = "top"};
    const YamlNode *word = yaml_get(node, "method");
    size_t index = ENSEMBLE_GREEDY;
    if (word != NULL) TRY(read_word(reader, word, "ensemble method", methods, COUNT_OF(methods), &index));
    *method = (EnsembleMethod)index;
    return STATUS_OK;
}

static Status read_snapshots(const ConfigReader *reader, const YamlNode *node, bool *snapshots) {
    const YamlNode *word = yaml_get(node, "snapshots");
    *snapshots = word != NULL && node_is_true(word);
    if (word == NULL || *snapshots || node_is_false(word)) return STATUS_OK;
    return source_fail(reader->source, word->mark, "snapshots must be true or false");
}

Status config_read_ensemble(ConfigReader *reader, const YamlNode *node) {
    static const char *const keys[] = {"method", "size", "pool", "snapshots", "sorted", "bags", "bag_part"};
    static const NumberRule count = {.min = 1, .max = MOST_POOL, .whole = true};
    static const NumberRule few = {.min = 1, .max = 1000, .whole = true};
    EnsembleRules *rules = &reader->config->ensemble;
    *rules = ensemble_rules_default();
    rules->metric = reader->config->metric;
    rules->seed = reader->config->seed;
    reader->config->has_ensemble = node == NULL || !node_is_false(node);
    if (node == NULL || node_is_true(node)) return STATUS_OK;
    if (!reader->config->has_ensemble) {
        rules->size = rules->pool = rules->sorted = 1; /* the best network alone */
        return STATUS_OK;
    }
    TRY(read_keys(reader, node, "ensemble", keys, COUNT_OF(keys)));
    TRY(read_method(reader, node, &rules->method));
    TRY(read_optional_u32(reader, node, "size", &count, &rules->size));
    if (rules->method == ENSEMBLE_TOP && rules->pool < rules->size) rules->pool = rules->size;
    if (rules->sorted > rules->size) rules->sorted = rules->size;
    TRY(read_optional_u32(reader, node, "pool", &count, &rules->pool));
    NumberRule sorted = {.min = 0, .max = rules->size, .whole = true};
    TRY(read_optional_u32(reader, node, "sorted", &sorted, &rules->sorted));
    TRY(read_optional_u32(reader, node, "bags", &few, &rules->bags));
    TRY(read_optional(reader, node, "bag_part", &part, &rules->bag_part));
    TRY(read_snapshots(reader, node, &rules->snapshots));
    if (rules->method == ENSEMBLE_TOP && rules->pool < rules->size) {
        return source_fail(reader->source, yaml_get(node, "pool")->mark,
                           "a pool of %u networks cannot give the top %u; a pool of at least %u would do",
                           rules->pool, rules->size, rules->size);
    }
    return STATUS_OK;
}
