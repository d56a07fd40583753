#include "campaign/config/known.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define ALL UINT32_MAX
#define O(kind) (1U << OPTIMIZER_##kind)
#define S(kind) (1U << SCHEDULE_##kind)
#define AT(field) offsetof(TrainSettings, field)

#define ABOVE_0                                                                                              \
    { .min = 0, .above_min = true, .max = INFINITY }
#define FROM_0                                                                                               \
    { .min = 0, .max = INFINITY }
#define UNDER_1                                                                                              \
    { .min = 0, .max = 1, .below_max = true }
#define PART                                                                                                 \
    { .min = 0, .max = 1 }
#define COUNT(least)                                                                                         \
    { .min = (least), .max = 1e9, .whole = true }

static const KnownName names[] = {
    {"learning_rate", ABOVE_0, ALL, ALL, AT(learning_rate)},
    {"momentum", UNDER_1, O(MOMENTUM) | O(NESTEROV), ALL, AT(momentum)},
    {"momentum_initial", UNDER_1, O(MOMENTUM) | O(NESTEROV), ALL, AT(momentum_initial)},
    {"momentum_epochs", COUNT(1), O(MOMENTUM) | O(NESTEROV), ALL, AT(momentum_epochs)},
    {"beta1", UNDER_1, O(ADAM) | O(ADAMW), ALL, AT(beta1)},
    {"beta2", UNDER_1, O(ADAM) | O(ADAMW), ALL, AT(beta2)},
    {"rho", UNDER_1, O(RMSPROP), ALL, AT(rho)},
    {"epsilon", ABOVE_0, O(ADAGRAD) | O(RMSPROP) | O(ADAM) | O(ADAMW), ALL, AT(epsilon)},
    {"weight_decay", FROM_0, ALL, ALL, AT(weight_decay)},
    /* Its domain depends on the schedule. */
    {"lr_decay", FROM_0, ALL, S(STEP) | S(EXPONENTIAL) | S(INVERSE) | S(PLATEAU), AT(lr_decay)},
    {"lr_step", COUNT(1), ALL, S(STEP) | S(PLATEAU), AT(lr_step)},
    {"lr_cycles", COUNT(1), ALL, S(COSINE), AT(lr_cycles)},
    {"warmup_epochs", COUNT(0), ALL, ALL, AT(warmup_epochs)},
    {"batch_size", COUNT(1), ALL, ALL, AT(batch_size)},
    {"gradient_clip", ABOVE_0, ALL, ALL, AT(gradient_clip)},
    {"label_smoothing", UNDER_1, ALL, ALL, AT(label_smoothing)},
    {"ema", UNDER_1, ALL, ALL, AT(ema)},
    {"early_stop_epochs", COUNT(1), ALL, ALL, AT(early_stop_epochs)},
    /* What they reach depends on the data: config_check_data. */
    {"augment_shift", COUNT(0), ALL, ALL, AT(augment_shift)},
    {"augment_flip", PART, ALL, ALL, AT(augment_flip)},
};

const KnownName *known_find(const char *name) {
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(names[i].name, name) == 0) return &names[i];
    }
    return NULL;
}

int optimizer_find(const char *word) {
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++) {
        if (strcmp(optimizer_name((OptimizerKind)kind), word) == 0) return kind;
    }
    return -1;
}

int schedule_find(const char *word) {
    for (int kind = 0; kind < SCHEDULE_KIND_COUNT; kind++) {
        if (strcmp(schedule_name((ScheduleKind)kind), word) == 0) return kind;
    }
    return -1;
}

static const YamlNode *key_node(const ConfigReader *reader, size_t parameter) {
    return yaml_get(reader->root, "parameters")->keys[parameter];
}

/* Where value i of a constant or categorical stands. */
static const YamlNode *value_node(const ConfigReader *reader, size_t parameter, size_t i) {
    const YamlNode *values = yaml_get(reader->parameters[parameter], "values");
    return values == NULL ? yaml_get(reader->parameters[parameter], "value") : values->items[i];
}

/* `optimizer` and `lr_schedule` take words. */
static Status check_words(const ConfigReader *reader, const char *name, size_t count,
                          const char *const *words) {
    size_t index = space_find(&reader->config->space, name);
    if (index == reader->config->space.count) return STATUS_OK;
    const Parameter *parameter = &reader->config->space.parameters[index];
    if (!distribution_is_choice(parameter->distribution)) {
        const char *joined = NULL;
        TRY(words_joined(reader, words, count, &joined));
        return source_fail(reader->source, reader->parameters[index]->mark,
                           "%s takes words: values: [%s, %s ..]; known: %s", name, words[0], words[1],
                           joined);
    }
    for (size_t i = 0; i < parameter->value_count; i++) {
        size_t word = 0;
        TRY(read_word(reader, value_node(reader, index, i), name, words, count, &word));
    }
    return STATUS_OK;
}

/* Which kinds of the words of parameter `name` can be in force where `parameter` is present: bits. `standard`
 * is in force where nothing is drawn. */
static uint32_t kinds_in_force(const Space *space, const Parameter *parameter, const char *name,
                               int (*find)(const char *), int standard) {
    size_t index = space_find(space, name);
    if (index == space->count) return 1U << standard;
    const Parameter *chooser = &space->parameters[index];
    uint64_t allowed = UINT64_MAX;
    bool asked = false;
    for (size_t i = 0; i < parameter->condition_count; i++) {
        if (parameter->conditions[i].parameter != index) continue;
        allowed &= parameter->conditions[i].allowed;
        asked = true;
    }
    uint32_t kinds = chooser->condition_count > 0 && !asked ? 1U << standard : 0;
    for (size_t i = 0; i < chooser->value_count; i++) {
        if ((allowed >> i & 1U) != 0) kinds |= 1U << find(chooser->values[i].word);
    }
    return kinds;
}

static Status rule_fail(const ConfigReader *reader, size_t index, const YamlNode *node, const char *meaning,
                        const NumberRule *rule, const char *reaches) {
    char right[RULE_TEXT_SIZE];
    return source_fail(reader->source, node->mark, "%s%s%s%s %s, but must be %s",
                       reader->config->space.parameters[index].name, meaning[0] == '\0' ? "" : " (", meaning,
                       meaning[0] == '\0' ? "" : ")", reaches, rule_text(rule, right));
}

static Status check_choices(const ConfigReader *reader, size_t index, const char *meaning,
                            const NumberRule *rule) {
    const Parameter *parameter = &reader->config->space.parameters[index];
    for (size_t i = 0; i < parameter->value_count; i++) {
        const Value *value = &parameter->values[i];
        if (value->kind != VALUE_WORD && rule_allows(rule, value->number)) continue;
        const YamlNode *node = value_node(reader, index, i);
        char reaches[PARAMETER_WORD_SIZE + 32];
        (void)snprintf(reaches, sizeof(reaches), "can be %s%s", value->kind == VALUE_WORD ? "the word " : "",
                       text_shown(value->word));
        return rule_fail(reader, index, node, meaning, rule, reaches);
    }
    return STATUS_OK;
}

static Status check_end(const ConfigReader *reader, size_t index, bool high, double end, const char *meaning,
                        const NumberRule *rule) {
    const Parameter *parameter = &reader->config->space.parameters[index];
    bool open = high ? rule->below_max && end == rule->max : rule->above_min && end == rule->min;
    /* An end that is never drawn. */
    if (parameter->distribution == DIST_BETA && open) return STATUS_OK;
    if (high ? end < rule->max || (end == rule->max && !open)
             : end > rule->min || (end == rule->min && !open)) {
        return STATUS_OK;
    }
    char number[NUMBER_TEXT_SIZE];
    char reaches[NUMBER_TEXT_SIZE + 32];
    const YamlNode *node = yaml_get(reader->parameters[index], high ? "max" : "min");
    const char *why = node == NULL && parameter->distribution != DIST_Q_BETA ? " (4 sigma from mu)" : "";
    (void)snprintf(reaches, sizeof(reaches), "reaches %s%s", number_text(end, number), why);
    if (node == NULL) node = reader->parameters[index];
    return rule_fail(reader, index, node, meaning, rule, reaches);
}

static Status check_range(const ConfigReader *reader, size_t index, const char *meaning,
                          const NumberRule *rule) {
    const Parameter *parameter = &reader->config->space.parameters[index];
    if (rule->whole && !parameter->integer) {
        return source_fail(
            reader->source, reader->parameters[index]->mark,
            "%s must be whole numbers, which %s with these numbers does not draw; give whole min and "
            "max to int_uniform, or to q_uniform or q_log_uniform_values with q: 1",
            parameter->name, distribution_name(parameter->distribution));
    }
    Ranges ranges = space_ranges(&reader->config->space);
    TRY(check_end(reader, index, false, ranges.range[index].min, meaning, rule));
    return check_end(reader, index, true, ranges.range[index].max, meaning, rule);
}

Status config_apply_rule(ConfigReader *reader, size_t index, const char *meaning, const NumberRule *rule) {
    Parameter *parameter = &reader->config->space.parameters[index];
    if (distribution_is_choice(parameter->distribution)) {
        TRY(check_choices(reader, index, meaning, rule));
    } else {
        TRY(check_range(reader, index, meaning, rule));
    }
    parameter->domain_min = fmax(parameter->domain_min, rule_lowest(rule));
    parameter->domain_max = fmin(parameter->domain_max, rule_highest(rule));
    return STATUS_OK;
}

/* "adam, adamw" for the bits of `kinds`. */
static Status kinds_text(const ConfigReader *reader, uint32_t kinds, int count, const char *(*name)(int),
                         const char **out) {
    const char *words[32];
    size_t used = 0;
    for (int kind = 0; kind < count; kind++) {
        if ((kinds >> kind & 1U) != 0) words[used++] = name(kind);
    }
    return words_joined(reader, words, used, out);
}

static const char *optimizer_word(int kind) {
    return optimizer_name((OptimizerKind)kind);
}

static const char *schedule_word(int kind) {
    return schedule_name((ScheduleKind)kind);
}

static Status check_known(ConfigReader *reader, size_t index, const KnownName *known) {
    const Space *space = &reader->config->space;
    const Parameter *parameter = &space->parameters[index];
    const TrainSettings standard = train_settings_default(1);
    const YamlNode *key = key_node(reader, index);
    const char *users = NULL;
    uint32_t optimizers =
        kinds_in_force(space, parameter, "optimizer", optimizer_find, (int)standard.optimizer);
    if ((optimizers & known->optimizers) == 0) {
        TRY(kinds_text(reader, known->optimizers, OPTIMIZER_KIND_COUNT, optimizer_word, &users));
        return source_fail(
            reader->source, key->mark,
            "%s reaches nothing: only the optimizer %s uses it, and none of them is drawn here; leave "
            "it out or add one to the values of optimizer",
            known->name, users);
    }
    uint32_t schedules =
        kinds_in_force(space, parameter, "lr_schedule", schedule_find, (int)standard.schedule);
    schedules &= known->schedules;
    if (schedules == 0) {
        int example = 0;
        while ((known->schedules >> example & 1U) == 0)
            example++;
        TRY(kinds_text(reader, known->schedules, SCHEDULE_KIND_COUNT, schedule_word, &users));
        return source_fail(
            reader->source, key->mark,
            "%s reaches nothing: only the lr_schedule %s uses it, and none of them is drawn here; "
            "leave it out or add lr_schedule: {value: %s}",
            known->name, users, schedule_word(example));
    }
    NumberRule rule = known->rule;
    const char *meaning = "";
    if (strcmp(known->name, "lr_decay") == 0 && schedules != S(INVERSE)) {
        rule = (NumberRule){.min = 0, .above_min = true, .max = 1};
        meaning = "a factor on the rate";
    }
    return config_apply_rule(reader, index, meaning, &rule);
}

/* `name` makes sense only beside `other`. */
static Status check_pair(const ConfigReader *reader, const char *name, const char *other,
                         const char *example) {
    const Space *space = &reader->config->space;
    size_t index = space_find(space, name);
    if (index == space->count || space_find(space, other) < space->count) return STATUS_OK;
    return source_fail(reader->source, key_node(reader, index)->mark,
                       "%s reaches nothing without %s: a ramp needs both; for example %s", name, other,
                       example);
}

static Status check_loss(const ConfigReader *reader) {
    const Config *config = reader->config;
    size_t index = space_find(&config->space, "label_smoothing");
    if (index == config->space.count || config->loss == LOSS_SOFTMAX_CROSS_ENTROPY) return STATUS_OK;
    return source_fail(reader->source, key_node(reader, index)->mark,
                       "label_smoothing reaches nothing: the loss %s has none; leave it out or use loss: %s",
                       loss_kind_name(config->loss), loss_kind_name(LOSS_SOFTMAX_CROSS_ENTROPY));
}

static Status unused_fail(const ConfigReader *reader, size_t index) {
    const char *words[COUNT_OF(names) + 2] = {"optimizer", "lr_schedule"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        words[i + 2] = names[i].name;
    const char *name = reader->config->space.parameters[index].name;
    const char *hint = NULL;
    TRY(words_hint(reader, name, words, COUNT_OF(words), &hint));
    return source_fail(
        reader->source, key_node(reader, index)->mark,
        "the parameter '%s' reaches nothing: use it as $%s in network, or name one that the trainer "
        "knows; %s",
        name, name, hint);
}

Status config_check_parameters(ConfigReader *reader) {
    const Space *space = &reader->config->space;
    const char *optimizers[OPTIMIZER_KIND_COUNT];
    const char *schedules[SCHEDULE_KIND_COUNT];
    for (int kind = 0; kind < OPTIMIZER_KIND_COUNT; kind++)
        optimizers[kind] = optimizer_word(kind);
    for (int kind = 0; kind < SCHEDULE_KIND_COUNT; kind++)
        schedules[kind] = schedule_word(kind);
    TRY(check_words(reader, "optimizer", OPTIMIZER_KIND_COUNT, optimizers));
    TRY(check_words(reader, "lr_schedule", SCHEDULE_KIND_COUNT, schedules));
    for (size_t i = 0; i < space->count; i++) {
        const char *name = space->parameters[i].name;
        const KnownName *known = known_find(name);
        if (known != NULL) {
            TRY(check_known(reader, i, known));
        } else if (!reader->used[i] && strcmp(name, "optimizer") != 0 && strcmp(name, "lr_schedule") != 0) {
            return unused_fail(reader, i);
        }
    }
    TRY(check_pair(reader, "momentum_initial", "momentum_epochs", "momentum_epochs: {value: 5}"));
    TRY(check_pair(reader, "momentum_epochs", "momentum_initial", "momentum_initial: {value: 0.5}"));
    return check_loss(reader);
}
