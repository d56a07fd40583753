/* Configurations as they should be. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "campaign/config/tests.h"
#include "suite.h"

static void defaults(void) {
    Config *config = config_good(BASE);
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_STRING_EQUAL(config->name, "good");
    CU_ASSERT_EQUAL(config->seed, 0);
    CU_ASSERT_EQUAL(config->metric, METRIC_VAL_ACCURACY);
    CU_ASSERT_EQUAL(config->loss, LOSS_SOFTMAX_CROSS_ENTROPY);
    CU_ASSERT_EQUAL(config->data.normalise, NORMALISE_STANDARD);
    CU_ASSERT_DOUBLE_EQUAL(config->data.validation, 0.2, 0);
    CU_ASSERT_EQUAL(config->data.examples, 2000);
    CU_ASSERT_EQUAL(config->space.count, 0);
    CU_ASSERT_EQUAL(config->stage_count, 1);
    CU_ASSERT_FALSE(config->stages[0].zooms);
    CU_ASSERT_TRUE(config->has_ensemble);
    CU_ASSERT_EQUAL(config->ensemble.size, 8);
    CU_ASSERT_EQUAL(config->ensemble.pool, 20);
    CU_ASSERT_TRUE(isinf(config->limits.trial_seconds));
    CU_ASSERT_DOUBLE_EQUAL(config->limits.epoch_seconds, 3600, 0);
    CU_ASSERT_DOUBLE_EQUAL(config->limits.checkpoint_seconds, 60, 0);
    CU_ASSERT_DOUBLE_EQUAL(config->limits.silence_seconds, 60, 0);
    CU_ASSERT_EQUAL(config->note_count, 0);
    config_destroy(&config);
    CU_ASSERT_PTR_NULL(config);

    Draw draw = {0};
    TrainSettings settings;
    config = config_good(BASE);
    CU_ASSERT_EQUAL(config_settings(config, &draw, 0, &settings), STATUS_OK);
    CU_ASSERT_EQUAL(settings.epochs, 1);
    CU_ASSERT_EQUAL(settings.batch_size, 64);
    CU_ASSERT_DOUBLE_EQUAL(settings.learning_rate, 0.01, 0);
    CU_ASSERT_EQUAL(settings.optimizer, OPTIMIZER_NESTEROV);
    config_destroy(&config);
}

static void everything_said(void) {
    Config *config =
        config_good("name: all-1_2.3\n"
                    "seed: 18446744073709551615\n"
                    "metric: {name: val_loss}\n"
                    "loss: hinge\n" DATA NETWORK "stages:\n"
                    "  - {name: a, trials: 5, epochs: 2, zoom: false}\n"
                    "  - {name: b, trials: 4, epochs: 3}\n"
                    "  - {name: c, trials: 3, epochs: 4, zoom: false}\n"
                    "  - {name: d, trials: 2, epochs: 5, zoom: {keep: 1, margin: 0, floor: 0.5, edge: 0, "
                    "grow: 1, significance: 0.2}}\n"
                    "  - {name: e, trials: 2, epochs: 5, zoom: {rule: quantiles, tail: 0.2}}\n"
                    "  - {name: f, trials: 2, epochs: 5, zoom: {level: 0.25, rule: density}}\n"
                    "ensemble: {method: top, size: 30, sorted: 4, bags: 2, bag_part: 1}\n"
                    "limits: {trial_seconds: 1.5e3, epoch_seconds: 0.5, checkpoint_seconds: 0, "
                    "silence_seconds: 5}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_STRING_EQUAL(config->name, "all-1_2.3");
    CU_ASSERT_EQUAL(config->seed, UINT64_MAX);
    CU_ASSERT_EQUAL(config->metric, METRIC_VAL_LOSS);
    CU_ASSERT_EQUAL(config->loss, LOSS_HINGE);
    CU_ASSERT_EQUAL(config->stage_count, 6);
    CU_ASSERT_FALSE(config->stages[0].zooms);
    CU_ASSERT_TRUE(config->stages[1].zooms);
    CU_ASSERT_DOUBLE_EQUAL(config->stages[1].zoom.keep, 0.3, 0);
    CU_ASSERT_EQUAL(config->stages[1].zoom.rule, ZOOM_BY_QUANTILES);
    CU_ASSERT_FALSE(config->stages[2].zooms);
    CU_ASSERT_DOUBLE_EQUAL(config->stages[3].zoom.keep, 1, 0);
    CU_ASSERT_DOUBLE_EQUAL(config->stages[3].zoom.margin, 0, 0);
    CU_ASSERT_DOUBLE_EQUAL(config->stages[3].zoom.floor, 0.5, 0);
    CU_ASSERT_DOUBLE_EQUAL(config->stages[3].zoom.edge, 0, 0);
    CU_ASSERT_DOUBLE_EQUAL(config->stages[3].zoom.grow, 1, 0);
    CU_ASSERT_DOUBLE_EQUAL(config->stages[3].zoom.significance, 0.2, 0);
    CU_ASSERT_EQUAL(config->stages[4].zoom.rule, ZOOM_BY_QUANTILES);
    CU_ASSERT_DOUBLE_EQUAL(config->stages[4].zoom.tail, 0.2, 0);
    CU_ASSERT_EQUAL(config->stages[5].zoom.rule, ZOOM_BY_DENSITY);
    CU_ASSERT_DOUBLE_EQUAL(config->stages[5].zoom.level, 0.25, 0);
    CU_ASSERT_EQUAL(config->ensemble.method, ENSEMBLE_TOP);
    CU_ASSERT_EQUAL(config->ensemble.pool, 30); /* as many as the top needs */
    CU_ASSERT_EQUAL(config->ensemble.metric, METRIC_VAL_LOSS);
    CU_ASSERT_EQUAL(config->ensemble.seed, UINT64_MAX);
    CU_ASSERT_DOUBLE_EQUAL(config->limits.trial_seconds, 1500, 0);
    CU_ASSERT_DOUBLE_EQUAL(config->limits.epoch_seconds, 0.5, 0);
    CU_ASSERT_DOUBLE_EQUAL(config->limits.checkpoint_seconds, 0, 0);
    CU_ASSERT_DOUBLE_EQUAL(config->limits.silence_seconds, 5, 0);
    config_destroy(&config);
}

static void snapshots(void) {
    static const struct {
        const char *text;
        bool snapshots;
    } cases[] = {{BASE, false},
                 {BASE "ensemble: {snapshots: true}\n", true},
                 {BASE "ensemble: {snapshots: false}\n", false},
                 {BASE "ensemble: {size: 3}\n", false},
                 {BASE "ensemble: false\n", false}};
    Config *plain = config_good(BASE);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Config *config = config_good(cases[i].text);
        Draw draw = {0};
        TrainSettings settings;
        CU_ASSERT_EQUAL_FATAL(config_settings(config, &draw, 0, &settings), STATUS_OK);
        CU_ASSERT_EQUAL(settings.snapshots, cases[i].snapshots);
        CU_ASSERT_EQUAL(config->ensemble.snapshots, cases[i].snapshots);
        CU_ASSERT_EQUAL(config->hash, plain->hash);
        config_destroy(&config);
    }
    config_destroy(&plain);
}

#define CYCLES(epochs, cycles)                                                                               \
    DATA NETWORK "stages: [{name: a, trials: 2, epochs: " epochs "}]\nensemble: {snapshots: true}\n"         \
                 "parameters:\n  lr_schedule: {values: [cosine, step]}\n  lr_cycles: " cycles "\n"

/* No draw has more than is told, and some have as many. */
static void most_snapshots(void) {
    static const struct {
        const char *text;
        uint32_t most;
    } cases[] = {{BASE, 0},
                 {BASE "ensemble: {snapshots: true}\n", 1},
                 {CYCLES("20", "{value: 4}"), 4},
                 {CYCLES("20", "{values: [3, 7]}"), 7},
                 {CYCLES("20", "{min: 1, max: 5}"), 5},
                 {CYCLES("20", "{values: [10, 20]}"), 10},
                 {CYCLES("7", "{min: 1, max: 9}"), 3},
                 {CYCLES("1", "{value: 5}"), 1},
                 {CYCLES("90", "{min: 30, max: 40}"), SNAPSHOTS_MAX}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Config *config = config_good(cases[i].text);
        uint32_t most = 0;
        for (uint32_t number = 0; number < 100; number++) {
            Draw draw = draw_of(config, number);
            TrainSettings settings;
            CU_ASSERT_EQUAL_FATAL(config_settings(config, &draw, 0, &settings), STATUS_OK);
            uint32_t count = settings.snapshots ? schedule_minima(&settings, SNAPSHOTS_MAX) : 0;
            if (count > most) most = count;
        }
        CU_ASSERT_EQUAL(config_most_snapshots(config, 0), cases[i].most);
        CU_ASSERT_EQUAL(most, cases[i].most);
        config_destroy(&config);
    }
}

static void without_ensemble(void) {
    Config *config = config_good(BASE "ensemble: false\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_FALSE(config->has_ensemble);
    config_destroy(&config);
}

/* The example of the W&B documentation on sweeps, and the keys of a sweep's file. */
static void weights_and_biases(void) {
    Config *config =
        config_good("program: train.py\n"
                    "command:\n  - ${env}\n  - python\n  - ${program}\n  - ${args}\n"
                    "project: my-project\n"
                    "entity: my-team\n"
                    "description: |\n  Two lines:\n  the second.\n"
                    "method: random\n"
                    "metric:\n  goal: minimize\n  name: val_loss\n"
                    "parameters:\n"
                    "  optimizer:\n    values: ['adam', 'sgd']\n"
                    "  batch_size:\n    distribution: q_log_uniform_values\n    max: 256\n    min: 32\n"
                    "    q: 8\n"
                    "  learning_rate:\n    distribution: uniform\n    max: 0.1\n    min: 0.0001\n"
                    "  dropout:\n    values: [0.3, 0.4, 0.5]\n"
                    "  fc_layer_size:\n    distribution: categorical_w_probabilities\n"
                    "    values: [128, 256, 512]\n    probabilities: [0.5, 0.3, 0.2]\n" DATA STAGES
                    "network: [dense: $fc_layer_size, relu, dropout: $dropout, dense: 3]\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_EQUAL(config->space.count, 5);
    CU_ASSERT_EQUAL(config->metric, METRIC_VAL_LOSS);
    CU_ASSERT_EQUAL(config->note_count, 5);
    for (size_t i = 0; i < config->note_count; i++) {
        CU_ASSERT_PTR_NOT_NULL(strstr(config->notes[i], "has no effect"));
    }
    CU_ASSERT_PTR_NOT_NULL(strstr(config->notes[0], "'program'"));
    CU_ASSERT_TRUE(parameter_of(config, "batch_size")->integer);
    CU_ASSERT_DOUBLE_EQUAL(parameter_of(config, "fc_layer_size")->probabilities[1], 0.3, 1e-12);
    config_destroy(&config);
}

static void aliases(void) {
    Config *config =
        config_good(DATA NETWORK "stages:\n"
                                 "  - {name: a, trials: &many 7, epochs: 1}\n"
                                 "  - {name: b, trials: *many, epochs: 2, zoom: &z {keep: 0.5}}\n"
                                 "  - {name: c, trials: 3, epochs: 2, zoom: *z}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_EQUAL(config->stages[1].trials, 7);
    CU_ASSERT_DOUBLE_EQUAL(config->stages[2].zoom.keep, 0.5, 0);
    config_destroy(&config);
}

static void line_ends_and_bom(void) {
    Config *plain = config_good(BASE);
    Config *other = config_good("\xef\xbb\xbf"
                                "data: {format: synthetic, kind: spirals}\r\n"
                                "network: [dense: 16, relu, dense: 3]\r\n"
                                "stages: [{name: coarse, trials: 4, epochs: 1}]\r\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(other);
    CU_ASSERT_EQUAL(plain->hash, other->hash);
    config_destroy(&plain);
    config_destroy(&other);
}

static void numbers(void) {
    static const struct {
        const char *text;
        double value;
    } cases[] = {{"1e-4", 1e-4}, {"1E-4", 1e-4}, {"+0.5", 0.5}, {".5", 0.5}, {"1.", 1},         {"0x10", 16},
                 {"0o17", 15},   {"1e+1", 10},   {"0.1e1", 1},  {"007", 7},  {"5e-324", 5e-324}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[512];
        (void)snprintf(text, sizeof(text), BASE "parameters: {learning_rate: {value: %s}}\n", cases[i].text);
        Config *config = config_good(text);
        CU_ASSERT_PTR_NOT_NULL_FATAL(config);
        CU_ASSERT_EQUAL(config->space.parameters[0].values[0].number, cases[i].value);
        CU_ASSERT_STRING_EQUAL(config->space.parameters[0].values[0].word, cases[i].text);
        config_destroy(&config);
    }
}

static void default_names(void) {
    static const char *const names[][2] = {
        {"a/b/my space.yaml", "my-space"},
        {"x.yml", "x"},
        {"plain", "plain"},
        {".yaml", "campaign"},
        {"d/", "campaign"},
        {"a.b.yaml", "a.b"},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        Config *config = NULL;
        CU_ASSERT_EQUAL_FATAL(config_parse(&config, names[i][0], BASE, strlen(BASE)), STATUS_OK);
        CU_ASSERT_STRING_EQUAL(config->name, names[i][1]);
        config_destroy(&config);
    }
}

static void files(void) {
    Config *config = NULL;
    CU_ASSERT_EQUAL(config_read(&config, "no/such/file.yaml"), STATUS_INPUT);
    CU_ASSERT_PTR_NULL(config);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "no/such/file.yaml"));
    CU_ASSERT_EQUAL(config_read(&config, "."), STATUS_INPUT);
    CU_ASSERT_EQUAL(file_write_whole("written.yaml", BASE, strlen(BASE)), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(config_read(&config, "written.yaml"), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(config->name, "written");
    CU_ASSERT_EQUAL(config->source.length, strlen(BASE));
    CU_ASSERT_STRING_EQUAL(config->source.text, BASE);
    config_destroy(&config);
    (void)unlink("written.yaml");
}

void add_good_suite(void) {
    static const TestCase tests[] = {
        {"what is not said has its default", defaults},
        {"what is said counts", everything_said},
        {"ensemble: false", without_ensemble},
        {"the most snapshots of a trial are told", most_snapshots},
        {"snapshots are off unless asked for, and no part of the hash", snapshots},
        {"a W&B sweep can be pasted", weights_and_biases},
        {"aliases stand for what they name", aliases},
        {"Windows line ends and a byte order mark change nothing", line_ends_and_bom},
        {"numbers are read as YAML 1.2 writes them", numbers},
        {"the name comes from the file", default_names},
        {"files are read, and missing ones are the user's error", files},
    };
    SUITE("good configurations", tests);
}
