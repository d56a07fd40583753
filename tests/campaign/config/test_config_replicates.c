/* replicates and confirm: repeats of a configuration. */
#include <string.h>

#include "campaign/config/bad_table.h"
#include "campaign/config/tests.h"
#include "suite.h"

#define S(lines) DATA NETWORK "stages:\n" lines
#define COARSE "  - {name: a, trials: 4, epochs: 1}\n"

static void stages_say_both(void) {
    Config *config = config_good(S("  - {name: a, trials: 4, replicates: 3, epochs: 1}\n"
                                   "  - {name: b, confirm: 2, replicates: 5, epochs: 9}\n"
                                   "  - {name: c, confirm: 2, epochs: 9}\n"
                                   "  - {name: d, trials: 7, epochs: 9}\n"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    static const struct {
        uint32_t trials, configurations, replicates;
        bool confirms, zooms;
    } expected[] = {
        {12, 4, 3, false, false}, {10, 2, 5, true, false}, {2, 2, 1, true, false}, {7, 7, 1, false, true}};
    for (size_t s = 0; s < 4; s++) {
        const StageSpec *stage = &config->stages[s];
        CU_ASSERT_EQUAL(stage->trials, expected[s].trials);
        CU_ASSERT_EQUAL(stage_configurations(stage), expected[s].configurations);
        CU_ASSERT_EQUAL(stage->replicates, expected[s].replicates);
        CU_ASSERT_EQUAL(stage->confirms, expected[s].confirms);
        CU_ASSERT_EQUAL(stage->zooms, expected[s].zooms);
    }
    CU_ASSERT_EQUAL(config_sampler(config, 0).trials, 4);
    CU_ASSERT_STRING_EQUAL(canonical_value(config, "stages.0.trials"), "4");
    CU_ASSERT_STRING_EQUAL(canonical_value(config, "stages.0.replicates"), "3");
    CU_ASSERT_STRING_EQUAL(canonical_value(config, "stages.1.confirm"), "2");
    CU_ASSERT_STRING_EQUAL(canonical_value(config, "stages.1.trials"), "(none)");
    CU_ASSERT_STRING_EQUAL(canonical_value(config, "stages.2.replicates"), "(none)");
    config_destroy(&config);
}

static void a_campaign_wide_rule_passes_a_confirm_stage_by(void) {
    Config *config = config_good(
        "early_terminate: {type: asha}\n" S("  - {name: a, trials: 9, epochs: 9}\n"
                                            "  - {name: b, confirm: 2, replicates: 5, epochs: 9}\n"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_EQUAL(config->stages[0].stopping.kind, STOPPING_ASHA);
    CU_ASSERT_EQUAL(config->stages[1].stopping.kind, STOPPING_NONE);
    config_destroy(&config);
}

static void other_campaigns_keep_their_hash(void) {
    Config *without = config_good(S(COARSE)), *one = config_good(S("  - {name: a, trials: 4, replicates: 1, "
                                                                   "epochs: 1}\n"));
    Config *two = config_good(S("  - {name: a, trials: 4, replicates: 2, epochs: 1}\n"));
    CU_ASSERT_FATAL(without != NULL && one != NULL && two != NULL);
    CU_ASSERT_EQUAL(without->hash, one->hash);
    CU_ASSERT_NOT_EQUAL(without->hash, two->hash);
    config_destroy(&without);
    config_destroy(&one);
    config_destroy(&two);
}

/* Does a campaign of the first text go on under the second? */
static bool goes_on(const char *before, const char *after) {
    Config *old = config_good(before), *new_config = config_good(after);
    CU_ASSERT_FATAL(old != NULL && new_config != NULL);
    bool allowed = config_continues(old, new_config) == STATUS_OK;
    config_destroy(&old);
    config_destroy(&new_config);
    return allowed;
}

static void more_configurations_and_no_other_repeats(void) {
    const char *begun = S("  - {name: a, trials: 4, replicates: 3, epochs: 1}\n");
    CU_ASSERT_TRUE(goes_on(begun, S("  - {name: a, trials: 5, replicates: 3, epochs: 1}\n")));
    CU_ASSERT_FALSE(goes_on(begun, S("  - {name: a, trials: 3, replicates: 3, epochs: 1}\n")));
    CU_ASSERT_FALSE(goes_on(begun, S("  - {name: a, trials: 4, replicates: 4, epochs: 1}\n")));
    CU_ASSERT_FALSE(goes_on(begun, S("  - {name: a, trials: 12, epochs: 1}\n")));
    CU_ASSERT_FALSE(goes_on(S(COARSE), begun));
    CU_ASSERT_TRUE(goes_on(S(COARSE), S(COARSE "  - {name: b, confirm: 2, replicates: 3, epochs: 1}\n")));
    CU_ASSERT_FALSE(goes_on(S(COARSE "  - {name: b, confirm: 2, epochs: 1}\n"),
                            S(COARSE "  - {name: b, confirm: 3, epochs: 1}\n")));
    CU_ASSERT_FALSE(goes_on(S(COARSE "  - {name: b, confirm: 2, epochs: 1}\n"),
                            S(COARSE "  - {name: b, trials: 2, zoom: false, epochs: 1}\n")));
}

static void wrong_ones(void) {
    static const BadCase cases[] = {
        {S("  - {name: a, trials: 4, replicates: 0, epochs: 1}\n"), 0, 4, 38, "whole number of at least 1"},
        {S("  - {name: a, trials: 4, replicates: 1001, epochs: 1}\n"), 0, 4, 38, "at most 1000"},
        {S("  - {name: a, trials: 4, replicates: 1.5, epochs: 1}\n"), 0, 4, 38, "whole number"},
        {S("  - {name: a, trials: 4, replicate: 2, epochs: 1}\n"), 0, 4, 26, "did you mean 'replicates'?"},
        {S("  - {name: a, trials: 4294968, replicates: 1000, epochs: 1}\n"), 0, 4, 5,
         "with this stage the campaign has 4294968000 trials; 2147483648 is the most"},
        {S(COARSE "  - {name: b, confirm: 2147484, replicates: 1000, epochs: 1}\n"), 0, 5, 5,
         "with this stage the campaign has 2147484004 trials"},
        {S(COARSE "  - {name: b, confirm: 0, epochs: 1}\n"), 0, 5, 24, "whole number of at least 1"},
        {S(COARSE "  - {name: b, confirm: false, epochs: 1}\n"), 0, 5, 24, "confirm is the word false"},
        {S(COARSE "  - {name: b, confirm: 2}\n"), 0, 5, 5, "the stage has no epochs"},
        {S("  - {name: b, confirm: 2, epochs: 1}\n"), 0, 4, 24,
         "the first stage has no stage before it whose configurations it could confirm; write trials:"},
        {S(COARSE "  - {name: b, confirm: 2, trials: 3, epochs: 1}\n"), 0, 5, 35,
         "a confirm stage has no trials: it takes its configurations from the stage before"},
        {S(COARSE "  - {name: b, confirm: 2, zoom: {keep: 0.5}, epochs: 1}\n"), 0, 5, 33,
         "a confirm stage has no zoom: it draws nothing from ranges; leave it out"},
        {S(COARSE "  - {name: b, confirm: 2, early_terminate: {type: asha}, epochs: 1}\n"), 0, 5, 44,
         "a confirm stage has no early_terminate: it is there for figures of whole runs; leave it out"},
        {S("  - {name: a, trials: 9, replicates: 2, epochs: 9, early_terminate: {type: asha}}\n"), 0, 4, 38,
         "replicates: 2 beside early_terminate, which would stop the repeats of a configuration apart"},
        {"early_terminate: {type: asha}\n" S("  - {name: a, trials: 9, replicates: 2, epochs: 9}\n"), 0, 5,
         38, "or write early_terminate: none in this stage"},
    };
    check_bad(cases, sizeof(cases) / sizeof(cases[0]));
}

void add_replicates_suite(void) {
    static const TestCase tests[] = {
        {"a stage repeats its own configurations, or confirms those before it", stages_say_both},
        {"early_terminate for all stages leaves a confirm stage out",
         a_campaign_wide_rule_passes_a_confirm_stage_by},
        {"campaigns without repeats keep the hash that they had", other_campaigns_keep_their_hash},
        {"a campaign goes on with more configurations, and not with other repeats",
         more_configurations_and_no_other_repeats},
        {"what is wrong is told with place and remedy", wrong_ones},
    };
    SUITE("replicates", tests);
}
