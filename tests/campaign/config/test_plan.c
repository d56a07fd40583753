/* Ids, stages and numbers of trials. */
#include "campaign/plan.h"

#include "campaign/config/tests.h"
#include "suite.h"

static void ids(void) {
    Config *config = config_good(DATA NETWORK "stages:\n"
                                              "  - {name: a, trials: 4, epochs: 3}\n"
                                              "  - {name: b, trials: 1, epochs: 10}\n"
                                              "  - {name: c, trials: 2, epochs: 100}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    static const struct {
        size_t stage;
        uint32_t number;
    } expected[] = {{0, 0}, {0, 1}, {0, 2}, {0, 3}, {1, 0}, {2, 0}, {2, 1}};
    Plan plan = plan_of(config);
    CU_ASSERT_EQUAL(plan_trials(&plan), 7);
    CU_ASSERT_EQUAL(plan_epochs(&plan), 4 * 3 + 1 * 10 + 2 * 100);
    CU_ASSERT_EQUAL(plan.stage_count, 3);
    CU_ASSERT_EQUAL(plan.first[1], 4);
    CU_ASSERT_EQUAL(plan.first[2], 5);
    CU_ASSERT_EQUAL(plan.epochs[2], 100);
    for (uint64_t id = 0; id < 7; id++) {
        CU_ASSERT_EQUAL(plan_stage(&plan, id), expected[id].stage);
        CU_ASSERT_EQUAL(plan_number(&plan, id), expected[id].number);
    }
    config_destroy(&config);
}

static void replicates(void) {
    Config *config = config_good(DATA NETWORK "stages:\n"
                                              "  - {name: a, trials: 2, replicates: 3, epochs: 3}\n"
                                              "  - {name: b, confirm: 2, replicates: 2, epochs: 10}\n"
                                              "  - {name: c, trials: 2, epochs: 1}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    static const uint32_t number[] = {0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 0, 1};
    static const uint32_t configuration[] = {0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 1};
    Plan plan = plan_of(config);
    CU_ASSERT_EQUAL(plan_trials(&plan), 12);
    CU_ASSERT_EQUAL(plan_epochs(&plan), 6 * 3 + 4 * 10 + 2 * 1);
    for (uint64_t id = 0; id < 12; id++) {
        CU_ASSERT_EQUAL(plan_number(&plan, id), number[id]);
        CU_ASSERT_EQUAL(plan_configuration(&plan, id), configuration[id]);
    }
    config_destroy(&config);
}

static void shards(void) {
    Config *config = config_good(DATA NETWORK "stages:\n"
                                              "  - {name: a, trials: 7, epochs: 3}\n"
                                              "  - {name: b, trials: 1, replicates: 2, epochs: 10}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    Plan plan = plan_of(config);
    for (uint32_t count = 1; count <= 9; count++) {
        uint64_t found[2][9] = {{0}};
        for (uint64_t id = 0; id < plan_trials(&plan); id++) {
            uint32_t owners = 0;
            for (uint32_t i = 0; i < count; i++) {
                if (!plan_in_shard(&plan, id, (Shard){i, count})) continue;
                owners++;
                found[plan_stage(&plan, id)][i]++;
            }
            CU_ASSERT_EQUAL(owners, 1);
        }
        for (size_t stage = 0; stage < 2; stage++) {
            for (uint32_t i = 0; i < count; i++)
                CU_ASSERT_EQUAL(plan_shard_trials(&plan, stage, (Shard){i, count}), found[stage][i]);
        }
    }
    config_destroy(&config);
}

void add_plan_suite(void) {
    static const TestCase tests[] = {{"ids run through the stages in order", ids},
                                     {"replicates of a configuration stand side by side", replicates},
                                     {"each trial is in one shard of any number", shards}};
    SUITE("plan", tests);
}
