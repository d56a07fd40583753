/* early_terminate: as Weights & Biases sweeps say it, and what is ours. */
#include <string.h>

#include "campaign/config/bad_table.h"
#include "campaign/config/tests.h"
#include "campaign/plan.h"
#include "suite.h"

#define TWO DATA NETWORK "stages: [{name: a, trials: 27, epochs: 9}, {name: b, trials: 4, epochs: 30}]\n"

static StoppingRules rules_of(const char *line) {
    char text[512] = TWO;
    strcat(text, line);
    Config *config = config_good(text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    StoppingRules rules = config->stages[1].stopping;
    config_destroy(&config);
    return rules;
}

static void wandb_blocks(void) {
    StoppingRules rules = rules_of("early_terminate: {type: hyperband, min_iter: 3}\n");
    CU_ASSERT_EQUAL(rules.kind, STOPPING_HYPERBAND);
    CU_ASSERT_EQUAL(rules.eta, 3);
    CU_ASSERT_EQUAL(rules.min_iter, 3);
    CU_ASSERT_EQUAL(rules.max_iter, 0);
    rules = rules_of("early_terminate:\n  type: hyperband\n  s: 2\n  eta: 3\n  max_iter: 27\n");
    CU_ASSERT_EQUAL(rules.min_iter, 0);
    CU_ASSERT_EQUAL(rules.max_iter, 27);
    CU_ASSERT_EQUAL(rules.s, 2);
    Config *config = config_good(TWO "early_terminate: {type: hyperband, min_iter: 3, strict: true}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_EQUAL_FATAL(config->note_count, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(config->notes[0], "'strict' has no effect"));
    config_destroy(&config);
}

static void our_types(void) {
    CU_ASSERT_EQUAL(rules_of("early_terminate: {type: asha, eta: 4}\n").eta, 4);
    CU_ASSERT_EQUAL(rules_of("early_terminate: {type: successive_halving}\n").kind, STOPPING_HALVING);
    StoppingRules rules = rules_of("early_terminate: {type: median, min_iter: 2}\n");
    CU_ASSERT_EQUAL(rules.kind, STOPPING_MEDIAN);
    CU_ASSERT_EQUAL(rules.min_trials, 5);
    CU_ASSERT_EQUAL(rules_of("early_terminate: {type: median, min_trials: 9}\n").min_trials, 9);
    CU_ASSERT_EQUAL(rules_of("early_terminate: none\n").kind, STOPPING_NONE);
    CU_ASSERT_EQUAL(rules_of("early_terminate: false\n").kind, STOPPING_NONE);
    CU_ASSERT_EQUAL(rules_of("").kind, STOPPING_NONE);
}

static void stages_may_differ(void) {
    Config *config = config_good(DATA NETWORK "early_terminate: {type: asha}\n"
                                              "stages:\n"
                                              "  - {name: a, trials: 9, epochs: 1}\n"
                                              "  - {name: b, trials: 9, epochs: 9, early_terminate: none}\n"
                                              "  - {name: c, trials: 9, epochs: 9}\n"
                                              "  - {name: d, trials: 27, epochs: 9, early_terminate: {type: "
                                              "successive_halving, eta: 3}}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    const StoppingKind kinds[] = {STOPPING_ASHA, STOPPING_NONE, STOPPING_ASHA, STOPPING_HALVING};
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(config->stages[i].stopping.kind, kinds[i]);
    Plan plan = plan_of(config);
    CU_ASSERT_EQUAL(plan.work[0], 9);
    CU_ASSERT_EQUAL(plan.work[1], 81);
    CU_ASSERT_EQUAL(plan.work[2], 9 + 3 * 2 + 1 * 6);
    CU_ASSERT_EQUAL(plan.work[3], 27 + 9 * 2 + 3 * 6);
    CU_ASSERT_EQUAL(plan_epochs(&plan), 9 + 81 + 21 + 63);
    config_destroy(&config);
}

static void other_campaigns_keep_their_hash(void) {
    Config *without = config_good(TWO), *none = config_good(TWO "early_terminate: none\n");
    Config *with = config_good(TWO "early_terminate: {type: asha}\n");
    Config *spelt = config_good(TWO "early_terminate: {type: asha, eta: 3, min_iter: 1}\n");
    CU_ASSERT_FATAL(without != NULL && none != NULL && with != NULL && spelt != NULL);
    CU_ASSERT_EQUAL(without->hash, none->hash);
    CU_ASSERT_NOT_EQUAL(without->hash, with->hash);
    CU_ASSERT_EQUAL(with->hash, spelt->hash);
    config_destroy(&without);
    config_destroy(&none);
    config_destroy(&with);
    config_destroy(&spelt);
}

static void wrong_ones(void) {
    static const BadCase cases[] = {
        {TWO "early_terminate: {typ: hyperband}\n", 0, 4, 19, "did you mean 'type'?"},
        {TWO "early_terminate: {min_iter: 3}\n", 0, 4, 18, "has no type; for example {type: hyperband"},
        {TWO "early_terminate: hyperband\n", 0, 4, 18, "must be a mapping with the keys type, min_iter"},
        {TWO "early_terminate: {type: hyperbands}\n", 0, 4, 25, "did you mean 'hyperband'?"},
        {TWO "early_terminate: {type: bayes}\n", 0, 4, 25,
         "known: hyperband, successive_halving, asha or median"},
        {TWO "early_terminate: {type: asha, strict: true}\n", 0, 4, 31, "in early_terminate of type asha"},
        {TWO "early_terminate: {type: asha, min_trials: 3}\n", 0, 4, 31, "unknown key 'min_trials'"},
        {TWO "early_terminate: {type: hyperband, strict: maybe}\n", 0, 4, 44, "must be true or false"},
        {TWO "early_terminate: {type: hyperband, eta: 1}\n", 0, 4, 41, "whole number of at least 2"},
        {TWO "early_terminate: {type: hyperband, min_iter: 0}\n", 0, 4, 46, "whole number of at least 1"},
        {TWO "early_terminate: {type: hyperband, max_iter: 1.5}\n", 0, 4, 46, "must be a whole number"},
        {TWO "early_terminate: {type: hyperband, min_iter: 30}\n", 0, 4, 18,
         "its first rung is after epoch 30, and no stage that it is for has more epochs; lower min_iter"},
        {TWO "early_terminate: {type: hyperband, max_iter: 2}\n", 0, 4, 18, "max_iter must be at least eta"},
        {TWO "early_terminate: {type: asha, min_iter: 3, max_iter: 3}\n", 0, 4, 18, "above min_iter"},
        {DATA NETWORK
         "stages:\n  - {name: a, trials: 9, epochs: 3, early_terminate: {type: asha, min_iter: 3}}\n",
         0, 4, 54, "its first rung is after epoch 3"},
    };
    check_bad(cases, sizeof(cases) / sizeof(cases[0]));
}

void add_early_terminate_suite(void) {
    static const TestCase tests[] = {
        {"blocks of W&B sweeps can be pasted", wandb_blocks},
        {"our own types have their defaults", our_types},
        {"a stage may say otherwise", stages_may_differ},
        {"campaigns without it keep the hash that they had", other_campaigns_keep_their_hash},
        {"what is wrong is told with place and remedy", wrong_ones},
    };
    SUITE("early_terminate", tests);
}
