/* The canonical form, its hash, and which changes a campaign can go on with. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "campaign/config/tests.h"
#include "suite.h"

static const char *const one_spelling =
    "seed: 3\n" DATA "network:\n  - dense: $hidden\n  - relu\n  - dense: 3\n"
    "parameters:\n"
    "  optimizer: {values: [nesterov, adam]}\n"
    "  learning_rate: {distribution: log_uniform_values, min: 1e-3, max: 1}\n"
    "  momentum: {min: 0.5, max: 0.9, when: {optimizer: nesterov}}\n"
    "  hidden: {min: 4, max: 8}\n"
    "stages: [{name: a, trials: 4, epochs: 1}, {name: b, trials: 2, epochs: 3}]\n";

static const char *const other_spelling =
    "# the same, written otherwise\n"
    "stages:\n"
    "  - {epochs: 1, trials: 4, name: 'a'}\n"
    "  - {epochs: 3, name: \"b\", trials: 2, zoom: {keep: 0.30, grow: 6e-1}}   # said, but the default\n"
    "method: random\n"
    "name: another\n"
    "parameters:\n"
    "  hidden: {distribution: int_uniform, min: 4, max: 8}\n"
    "  momentum: {when: {optimizer: [nesterov]}, max: 0.90, distribution: uniform, min: .5}\n"
    "  learning_rate: {min: 0.001, max: 1.0, distribution: log_uniform_values}\n"
    "  optimizer: {values: [nesterov, adam], probabilities: [0.5, 0.5]}\n"
    "loss: softmax_cross_entropy\n"
    "network:\n  - dense: {units: $hidden, init: auto, from: input, name: dense1}\n  - relu: {from: dense1}\n"
    "  - dense: {units: 3}\n"
    "seed: 0x3\n"
    "metric: {goal: maximize, name: val_accuracy}\n"
    "limits: {trial_seconds: 60, epoch_seconds: 6, checkpoint_seconds: 0, silence_seconds: 5}\n"
    "ensemble: {size: 3}\n"
    "data: {kind: spirals, format: synthetic, validation: 2e-1, normalize: standard, examples: 2000}\n";

static void hash_is_of_the_meaning(void) {
    Config *one = config_good(one_spelling);
    Config *other = NULL;
    CU_ASSERT_EQUAL_FATAL(config_parse(&other, "else/where.yaml", other_spelling, strlen(other_spelling)),
                          STATUS_OK);
    CU_ASSERT_EQUAL(one->hash, other->hash);
    CU_ASSERT_EQUAL(config_continues(one, other), STATUS_OK);
    config_destroy(&one);
    config_destroy(&other);
}

static void hash_is_of_the_lines(void) {
    Config *config = config_good(one_spelling);
    Text text = {0};
    for (size_t i = 0; i < config->canonical_count; i++) {
        const CanonicalLine *line = &config->canonical[i];
        if (line->hashed) text_add(&text, "%s=%s\n", line->path, line->value);
        if (i > 0) CU_ASSERT_TRUE(strcmp(config->canonical[i - 1].path, line->path) < 0);
    }
    CU_ASSERT_EQUAL(config->hash, hash64(text_of(&text), text.length));
    text_release(&text);
    config_destroy(&config);
}

static void lines(void) {
    static const struct {
        const char *path, *value;
        size_t line, column;
        bool hashed;
    } expected[] = {
        {"data.format", "synthetic", 2, 16, true},
        {"data.kind", "spirals", 2, 33, true},
        {"data.normalize", "standard", 0, 0, true},
        {"data.test_examples", "500", 0, 0, true},
        {"data.validation", "0.2", 0, 0, true},
        {"ensemble.pool", "20", 0, 0, false},
        {"limits.checkpoint_seconds", "60", 0, 0, false},
        {"limits.epoch_seconds", "3600", 0, 0, false},
        {"limits.silence_seconds", "60", 0, 0, false},
        {"limits.trial_seconds", "none", 0, 0, false},
        {"loss", "softmax_cross_entropy", 0, 0, true},
        {"method", "random", 0, 0, true},
        {"metric.name", "val_accuracy", 0, 0, true},
        {"name", "good", 0, 0, false},
        {"network.0.dense.units", "$hidden", 4, 12, true},
        {"network.0.dense.name", "dense1", 4, 12, true},
        {"network.0.dense.from.0", "input", 4, 12, true},
        {"network.2.dense.from.0", "relu1", 6, 12, true},
        {"parameters.hidden.distribution", "int_uniform", 0, 0, true},
        {"parameters.hidden.max", "8", 11, 25, true},
        {"parameters.learning_rate.min", "0.001", 9, 58, true},
        {"parameters.momentum.when.optimizer.0", "nesterov", 10, 52, true},
        {"parameters.optimizer.values.1", "adam", 8, 34, true},
        {"parameters.optimizer.probabilities.1", "0.5", 0, 0, true},
        {"seed", "3", 1, 7, true},
        {"stages.0.zoom", "false", 0, 0, true},
        {"stages.1.epochs", "3", 12, 72, true},
        {"stages.1.zoom.keep", "0.3", 0, 0, true},
        {"stages.1.zoom.significance", "0.1", 0, 0, true},
    };
    Config *config = config_good(one_spelling);
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        const CanonicalLine *line = canonical_line(config, expected[i].path);
        bool right = line != NULL && strcmp(line->value, expected[i].value) == 0 &&
                     line->hashed == expected[i].hashed && line->mark.line == expected[i].line &&
                     line->mark.column == expected[i].column;
        CU_ASSERT(right);
        if (!right) {
            printf("\n    %s is '%s' at %zu:%zu\n", expected[i].path, line == NULL ? "(none)" : line->value,
                   line == NULL ? 0 : line->mark.line, line == NULL ? 0 : line->mark.column);
        }
    }
    config_destroy(&config);
}

static void words_and_numbers_differ(void) {
    Config *config = config_good(BASE "parameters: {momentum: {values: [0, 0.0, 1e-3]}}\n");
    CU_ASSERT_STRING_EQUAL(canonical_value(config, "parameters.momentum.values.0"), "0");
    CU_ASSERT_STRING_EQUAL(canonical_value(config, "parameters.momentum.values.1"), "0.0");
    CU_ASSERT_STRING_EQUAL(canonical_value(config, "parameters.momentum.values.2"), "0.001");
    config_destroy(&config);
}

/* The lines under "network." as they go into the hash. */
static void check_network_lines(const char *network, const char *expected) {
    Config *config = config_good(network);
    Text text = {0};
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    for (size_t i = 0; i < config->canonical_count; i++) {
        const CanonicalLine *line = &config->canonical[i];
        if (strncmp(line->path, "network.", 8) != 0) continue;
        CU_ASSERT_TRUE(line->hashed);
        text_add(&text, "%s=%s\n", line->path + 8, line->value);
    }
    CU_ASSERT_STRING_EQUAL(text_of(&text), expected);
    if (strcmp(text_of(&text), expected) != 0) printf("\n%s    expected\n%s", text_of(&text), expected);
    text_release(&text);
    config_destroy(&config);
}

/* Campaigns begun by earlier versions go on only under the same lines. */
static void network_lines_of_earlier_versions(void) {
    check_network_lines(
        DATA STAGES "network: [dense: $h, leaky_relu, dropout: $p, leaky_relu: 0.2, dropout: {rate: 5e-1}, "
                    "add: {from: [dropout1, dropout2]}, dense: {units: 3, init: he, name: end}]\n"
                    "parameters: {h: {values: [4, 8]}, p: {min: 0.0, max: 0.5}}\n",
        "0.dense.from.0=input\n0.dense.init=auto\n0.dense.name=dense1\n0.dense.units=$h\n"
        "1.leaky_relu.from.0=dense1\n1.leaky_relu.name=leaky_relu1\n1.leaky_relu.slope=0.01\n"
        "2.dropout.from.0=leaky_relu1\n2.dropout.name=dropout1\n2.dropout.rate=$p\n"
        "3.leaky_relu.from.0=dropout1\n3.leaky_relu.name=leaky_relu2\n3.leaky_relu.slope=0.2\n"
        "4.dropout.from.0=leaky_relu2\n4.dropout.name=dropout2\n4.dropout.rate=0.5\n"
        "5.add.from.0=dropout1\n5.add.from.1=dropout2\n5.add.name=add1\n"
        "6.dense.from.0=add1\n6.dense.init=he\n6.dense.name=end\n6.dense.units=3\n");
}

static void network_lines_of_images(void) {
    check_network_lines(
        DATA STAGES "network: [conv2d: {kernel: [3, $k], filters: $f}, batch_norm, max_pool: $k, "
                    "average_pool: {size: 3, stride: 2, padding: same}, global_average_pool, dense: 3]\n"
                    "parameters: {f: {values: [4, 8]}, k: {min: 1, max: 3}}\n",
        "0.conv2d.filters=$f\n0.conv2d.from.0=input\n0.conv2d.init=auto\n0.conv2d.kernel=[3, $k]\n"
        "0.conv2d.name=conv2d1\n0.conv2d.padding=valid\n0.conv2d.stride=[1, 1]\n"
        "1.batch_norm.epsilon=1e-05\n1.batch_norm.from.0=conv2d1\n1.batch_norm.momentum=0.9\n"
        "1.batch_norm.name=batch_norm1\n"
        "2.max_pool.from.0=batch_norm1\n2.max_pool.name=max_pool1\n2.max_pool.padding=valid\n"
        "2.max_pool.size=[$k, $k]\n2.max_pool.stride=[$k, $k]\n"
        "3.average_pool.from.0=max_pool1\n3.average_pool.name=average_pool1\n"
        "3.average_pool.padding=same\n3.average_pool.size=[3, 3]\n3.average_pool.stride=[2, 2]\n"
        "4.global_average_pool.from.0=average_pool1\n4.global_average_pool.name=global_average_pool1\n"
        "5.dense.from.0=global_average_pool1\n5.dense.init=auto\n5.dense.name=dense1\n5.dense.units=3\n");
}

#define IMAGE_NETWORK(conv, pool) DATA STAGES "network:\n  - conv2d: " conv "\n  - max_pool: " pool "\n"

static const char *const short_spelling = IMAGE_NETWORK("{filters: 3, kernel: 5}", "2");
static const char *const long_spelling =
    IMAGE_NETWORK("{stride: 1, kernel: [5, 0x5], filters: 3, padding: valid, init: auto}",
                  "{padding: valid, stride: [2, 2], size: 2}");

static void image_spellings(void) {
    Config *one = config_good(short_spelling);
    Config *other = config_good(long_spelling);
    CU_ASSERT_EQUAL(one->hash, other->hash);
    config_destroy(&one);
    config_destroy(&other);
}

static void image_places(void) {
    static const struct {
        const char *pool, *path;
        size_t column;
    } cases[] = {
        {"2", "network.1.max_pool.size", 15},
        {"[2, 3]", "network.1.max_pool.size", 15},
        {"[2, 3]", "network.1.max_pool.padding", 15},
        {"{size: [2, 3]}", "network.1.max_pool.size", 22},
        {"{size: [2, 3]}", "network.1.max_pool.padding", 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[512];
        (void)snprintf(text, sizeof(text), IMAGE_NETWORK("{filters: 3, kernel: 5}", "%s"), cases[i].pool);
        Config *config = config_good(text);
        const CanonicalLine *line = canonical_line(config, cases[i].path);
        CU_ASSERT_PTR_NOT_NULL_FATAL(line);
        CU_ASSERT_EQUAL(line->mark.column, cases[i].column);
        CU_ASSERT_EQUAL(line->mark.line, cases[i].column == 0 ? 0 : 5);
        config_destroy(&config);
    }
}

/* Does a campaign that began with `old` go on with `new`? If not, the message has `phrase`, at that line. */
static void check_continues(const char *old_text, const char *new_text, size_t line, const char *phrase) {
    Config *old = config_good(old_text);
    Config *new_config = config_good(new_text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(old);
    CU_ASSERT_PTR_NOT_NULL_FATAL(new_config);
    Status status = config_continues(old, new_config);
    bool right = false;
    if (phrase == NULL) {
        right = status == STATUS_OK;
    } else {
        char place[32];
        (void)snprintf(place, sizeof(place), "good.yaml:%zu:", line);
        right = status == STATUS_INPUT && strncmp(status_text(), place, strlen(place)) == 0 &&
                strstr(status_text(), phrase) != NULL && strstr(status_text(), "--fresh") != NULL;
    }
    CU_ASSERT(right);
    if (!right)
        printf("\n    status %d: %s\n    expected line %zu: %s\n", (int)status, status_text(), line, phrase);
    config_destroy(&old);
    config_destroy(&new_config);
}

#define TWO(first, second) DATA NETWORK "stages:\n  - {name: a, " first "}\n  - {name: b, " second "}\n"

static void allowed_changes(void) {
    static const char old[] = TWO("trials: 4, epochs: 1", "trials: 2, epochs: 3");
    check_continues(old, old, 0, NULL);
    check_continues(old, TWO("trials: 4, epochs: 1", "trials: 9, epochs: 3"), 0, NULL);
    check_continues(
        old, TWO("trials: 4, epochs: 1", "trials: 2, epochs: 3") "  - {name: c, trials: 1, epochs: 9}\n", 0,
        NULL);
    check_continues(
        old, TWO("trials: 4, epochs: 1", "trials: 5, epochs: 3") "  - {name: c, trials: 1, epochs: 9}\n", 0,
        NULL);
    check_continues(
        old, TWO("trials: 4, epochs: 1", "trials: 2, epochs: 3") "ensemble: {size: 3, pool: 19, bags: 1}\n",
        0, NULL);
    check_continues(old, TWO("trials: 4, epochs: 1", "trials: 2, epochs: 3") "ensemble: false\n", 0, NULL);
    check_continues(BASE "ensemble: {snapshots: true}\n", BASE "ensemble: {snapshots: false}\n", 0, NULL);
    check_continues(BASE "ensemble: {snapshots: true}\n", BASE "ensemble: {snapshots: true, size: 3}\n", 0,
                    NULL);
    check_continues(
        old, TWO("trials: 4, epochs: 1", "trials: 2, epochs: 3") "limits: {trial_seconds: 9}\nname: z\n", 0,
        NULL);
    check_continues(
        old,
        TWO("trials: 4, epochs: 1",
            "trials: 2, epochs: 3") "limits: {epoch_seconds: 1, checkpoint_seconds: 0, silence_seconds: 9}\n",
        0, NULL);
    check_continues(TWO("trials: 4, epochs: 1", "trials: 9, epochs: 3, early_terminate: {type: median}"),
                    TWO("trials: 4, epochs: 1", "trials: 10, epochs: 3, early_terminate: {type: median}"), 0,
                    NULL);
    check_continues("data: {format: csv, train: a.csv, label: c}\n" NETWORK STAGES,
                    "data: {format: csv, train: /else/a.csv, label: c}\n" NETWORK STAGES, 0, NULL);
    check_continues("data: {format: hdf5, train: {file: a, images: /x, labels: /y}}\n" NETWORK STAGES,
                    "data: {format: hdf5, train: {file: b, images: /v, labels: /w}}\n" NETWORK STAGES, 0,
                    NULL);
}

/* Campaigns from before there were others keep their hash, and go on where the default is written down. */
static void samplers(void) {
    static const char *const names[] = {"sobol", "halton", "lhs"};
    Config *plain = config_good(BASE);
    Config *written = config_good(BASE "sampler: random\n");
    CU_ASSERT_EQUAL(written->sampler, SAMPLER_RANDOM);
    CU_ASSERT_EQUAL(written->hash, plain->hash);
    CU_ASSERT_PTR_NULL(canonical_line(written, "sampler"));
    for (size_t i = 0; i < 3; i++) {
        char text[512];
        (void)snprintf(text, sizeof(text), BASE "sampler: %s\nseed: 9\n", names[i]);
        Config *config = config_good(text);
        const CanonicalLine *line = canonical_line(config, "sampler");
        CU_ASSERT_PTR_NOT_NULL_FATAL(line);
        CU_ASSERT_STRING_EQUAL(line->value, names[i]);
        CU_ASSERT_TRUE(line->hashed);
        Sampler sampler = config_sampler(config, 0);
        CU_ASSERT_STRING_EQUAL(sampler_name(sampler.kind), names[i]);
        CU_ASSERT_EQUAL(sampler.seed, 9);
        CU_ASSERT_EQUAL(sampler.stage, 0);
        CU_ASSERT_EQUAL(sampler.trials, config->stages[0].trials);
        config_destroy(&config);
    }
    config_destroy(&plain);
    config_destroy(&written);
    check_continues(BASE, BASE "sampler: random\n", 0, NULL);
    check_continues(BASE, BASE "sampler: sobol\n", 4,
                    "sampler is sobol here, and the campaign in the results file has none");
    check_continues(BASE "sampler: halton\n", BASE "sampler: sobol\n", 4,
                    "sampler is sobol here, but halton");
}

/* Campaigns from before there could be one keep their hash. */
static void selections(void) {
#define WITH(selection) "data: {format: synthetic, kind: spirals" selection "}\n" NETWORK STAGES
    Config *plain = config_good(WITH(""));
    CU_ASSERT_PTR_NULL(canonical_line(plain, "data.selection"));
    Config *with = config_good(WITH(", selection: 2e2"));
    const CanonicalLine *line = canonical_line(with, "data.selection");
    CU_ASSERT_PTR_NOT_NULL_FATAL(line);
    CU_ASSERT_STRING_EQUAL(line->value, "200");
    CU_ASSERT_TRUE(line->hashed);
    CU_ASSERT_NOT_EQUAL(with->hash, plain->hash);
    config_destroy(&plain);
    config_destroy(&with);
    check_continues(WITH(", selection: 200"), WITH(", selection: 2e2"), 0, NULL);
    check_continues(WITH(""), WITH(", selection: 200"), 1,
                    "data.selection is 200 here, and the campaign in the results file has none");
    check_continues(WITH(", selection: 200"), WITH(", selection: 0.1"), 1,
                    "data.selection is 0.1 here, but 200");
    check_continues(WITH(", selection: 200"), WITH(""), 1,
                    "data.selection is 200 in the results file's campaign and missing here");
#undef WITH
}

/* The strata are as many as the trials. */
static void samplers_and_more_trials(void) {
    static const char old[] = TWO("trials: 4, epochs: 1", "trials: 2, epochs: 3");
    static const char more[] = TWO("trials: 4, epochs: 1", "trials: 9, epochs: 3");
    char before[512], after[512];
    (void)snprintf(before, sizeof(before), "%ssampler: sobol\n", old);
    (void)snprintf(after, sizeof(after), "%ssampler: sobol\n", more);
    check_continues(before, after, 0, NULL);
    (void)snprintf(before, sizeof(before), "%ssampler: lhs\n", old);
    (void)snprintf(after, sizeof(after), "%ssampler: lhs\n", more);
    check_continues(
        before, after, 5,
        "stages.1.trials is 9 here, but 2 in the campaign of the results file, whose sampler: lhs has "
        "drawn one trial from each of 2 strata; write 2 again and add a stage with `zoom: false`");
    (void)snprintf(after, sizeof(after), "%s  - {name: c, trials: 7, epochs: 3, zoom: false}\nsampler: lhs\n",
                   old);
    check_continues(before, after, 0, NULL);
}

static void refused_changes(void) {
    static const char old[] = TWO("trials: 4, epochs: 1", "trials: 2, epochs: 3");
    check_continues(old, TWO("trials: 5, epochs: 1", "trials: 2, epochs: 3"), 4,
                    "stages.0.trials is 5 here, but 4 in the campaign of the results file; write 4 again");
    check_continues(old, TWO("trials: 4, epochs: 1", "trials: 1, epochs: 3"), 5,
                    "stages.1.trials is 1 here, but 2");
    check_continues(old, TWO("trials: 4, epochs: 1", "trials: 2, epochs: 4"), 5,
                    "stages.1.epochs is 4 here, but 3");
    check_continues(old, TWO("trials: 4, epochs: 1", "trials: 2, epochs: 3, zoom: {keep: 0.5}"), 5,
                    "stages.1.zoom.keep is 0.5 here, but 0.3");
    check_continues(old, DATA NETWORK "stages:\n  - {name: a, trials: 4, epochs: 1}\n", 4,
                    "stages.1.epochs is 3 in the results file's campaign and missing here");
    check_continues(old, TWO("trials: 4, epochs: 1", "trials: 2, epochs: 3") "seed: 1\n", 6,
                    "seed is 1 here, but 0");
    check_continues(old, TWO("trials: 4, epochs: 1", "trials: 2, epochs: 3") "ensemble: {pool: 21}\n", 6,
                    "the ensemble's pool may not grow from 20 to 21");
    check_continues(BASE "ensemble: false\n", BASE, 1, "the ensemble's pool may not grow from 1 to 20");
    check_continues(BASE, BASE "ensemble: {snapshots: true}\n", 4,
                    "the ensemble's snapshots may not be turned on: the trials so far have kept none");
    check_continues(
        old, TWO("trials: 4, epochs: 1", "trials: 2, epochs: 3") "parameters:\n  momentum: {value: 0.5}\n", 7,
        "parameters.momentum.distribution is constant here, and the campaign in the results file has none");
    check_continues(TWO("trials: 4, epochs: 1", "trials: 9, epochs: 3, early_terminate: {type: asha}"),
                    TWO("trials: 4, epochs: 1", "trials: 10, epochs: 3, early_terminate: {type: asha}"), 5,
                    "stage b may not get more trials: under early_terminate of type asha its 9 trials were");
    check_continues(
        TWO("trials: 4, epochs: 2", "trials: 9, epochs: 3") "early_terminate: {type: asha}\n",
        TWO("trials: 4, epochs: 2", "trials: 9, epochs: 3") "early_terminate: {type: asha, eta: 4}\n", 4,
        "stages.0.early_terminate.eta is 4 here, but 3");
    check_continues(BASE "parameters:\n  momentum: {value: 0.5}\n",
                    BASE "parameters:\n  momentum: {value: 0.6}\n", 5,
                    "parameters.momentum.value is 0.6 here, but 0.5");
    check_continues(BASE "parameters:\n  momentum: {value: 0.5}\n", BASE, 1,
                    "is constant in the results file's campaign and missing");
    check_continues("data: {format: csv, train: a.csv, label: c}\n" NETWORK STAGES,
                    "data: {format: csv, train: a.csv, label: d}\n" NETWORK STAGES, 1,
                    "data.label is d here, but c");
    check_continues("data: {format: hdf5, train: {file: a, images: /x, labels: /y}}\n" NETWORK STAGES,
                    "data: {format: idx, train: {images: a, labels: b}}\n" NETWORK STAGES, 1,
                    "data.format is idx here, but hdf5");
    check_continues(BASE, DATA "network: [dense: 17, relu, dense: 3]\n" STAGES, 2,
                    "network.0.dense.units is 17 here, but 16");
    check_continues(short_spelling, IMAGE_NETWORK("{filters: 3, kernel: 3}", "2"), 4,
                    "network.0.conv2d.kernel is [3, 3] here, but [5, 5] in the campaign of the results file; "
                    "write [5, 5] again");
    check_continues(short_spelling, IMAGE_NETWORK("{filters: 3, kernel: 5}", "[2, 1]"), 5,
                    "network.1.max_pool.size is [2, 1] here, but [2, 2]");
    check_continues(short_spelling, IMAGE_NETWORK("{filters: 3, kernel: 5, padding: same}", "2"), 4,
                    "network.0.conv2d.padding is same here, but valid");
    check_continues(DATA STAGES "network: [batch_norm, dense: 3]\n",
                    DATA STAGES "network: [batch_norm: {momentum: 0.99}, dense: 3]\n", 3,
                    "network.0.batch_norm.momentum is 0.99 here, but 0.9");
}

void add_canonical_suite(void) {
    static const TestCase tests[] = {
        {"the hash depends on the meaning, not on order, comments or spelling", hash_is_of_the_meaning},
        {"the hash is of the sorted lines", hash_is_of_the_lines},
        {"the lines have values and places", lines},
        {"the lines of layers are those of earlier versions", network_lines_of_earlier_versions},
        {"the lines of image layers have all defaults and both sides", network_lines_of_images},
        {"image layers in short and long form have one hash", image_spellings},
        {"the settings of a short form stand at its value, also at a list", image_places},
        {"whole and other numbers differ in the canonical form", words_and_numbers_differ},
        {"a campaign goes on with more trials, stages and other ensembles", allowed_changes},
        {"the sampler is a line where it is not random", samplers},
        {"a selection part is hashed where there is one", selections},
        {"lhs has no more trials in a stage that has begun, but in a further one", samplers_and_more_trials},
        {"other changes are refused with line, old and new value", refused_changes},
    };
    SUITE("canonical form", tests);
}
