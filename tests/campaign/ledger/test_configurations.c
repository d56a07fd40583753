/* Configurations of several runs: means, deviations, order, and who is repeated by whom. */
#include "campaign/configurations.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "suite.h"
#include "suites.h"

#define BEGIN                                                                                                \
    "data: {format: synthetic, kind: spirals}\nnetwork: [dense: 3]\n"                                        \
    "parameters: {learning_rate: {min: 0.1, max: 1}}\n"
#define STAGES                                                                                               \
    "stages: [{name: a, trials: 4, replicates: 3, epochs: 1}, {name: b, confirm: 5, replicates: 2, epochs: " \
    "1}]\n"

static Config *config;
static Ledger *ledger;
static Plan plan;

static void apply(Record record) {
    CU_ASSERT_EQUAL_FATAL(ledger_apply(ledger, &record), STATUS_OK);
}

static void begin(const char *yaml) {
    CU_ASSERT_EQUAL_FATAL(config_parse(&config, "test.yaml", yaml, strlen(yaml)), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(ledger_create(&ledger), STATUS_OK);
    plan = plan_of(config);
    Record record = {.kind = RECORD_CAMPAIGN};
    CU_ASSERT_EQUAL_FATAL(memory_text(&record.as.campaign.config_text, yaml), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(memory_text(&record.as.campaign.name, ""), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(memory_text(&record.as.campaign.config_name, ""), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(memory_text(&record.as.campaign.versions, ""), STATUS_OK);
    apply(record);
    apply((Record){.kind = RECORD_STAGE, .as.stage = {.stage = 0, .parameter_count = 1}});
}

static void end(void) {
    ledger_destroy(&ledger);
    config_destroy(&config);
}

static void confirm(uint32_t count, const uint64_t *elites) {
    Record record = {.kind = RECORD_STAGE};
    record.as.stage = (StageRecord){.stage = 1, .parameter_count = 1, .elite_count = count};
    CU_ASSERT_EQUAL_FATAL(memory_new(&record.as.stage.elites, count, sizeof(uint64_t)), STATUS_OK);
    memcpy(record.as.stage.elites, elites, count * sizeof(uint64_t));
    apply(record);
}

/* NaN: it diverged. */
static void row(uint64_t id, double accuracy) {
    Record drawn = {.kind = RECORD_DRAW};
    drawn.as.draw = (DrawRecord){.trial = id, .parameter_count = 1};
    drawn.as.draw.draw.value[0] = (DrawnValue){.present = true, .number = 0.1 + 0.01 * (double)id};
    apply(drawn);
    Record record = {.kind = RECORD_TRIAL};
    record.as.trial = (TrialRecord){.trial = id,
                                    .stage = (uint32_t)plan_stage(&plan, id),
                                    .number = plan_number(&plan, id),
                                    .outcome = {.status = isnan(accuracy) ? TRIAL_DIVERGED : TRIAL_COMPLETED,
                                                .val_accuracy = accuracy,
                                                .val_loss = 2 * accuracy}};
    apply(record);
}

static void rows(size_t count, const double *accuracy) {
    for (size_t id = 0; id < count; id++)
        row(id, accuracy[id]);
}

static Configuration of(size_t stage, uint32_t number) {
    return configuration_of(config, ledger, &plan, stage, number);
}

static void figures_are_of_the_completed_runs(void) {
    begin(BEGIN STAGES);
    rows(8, (double[]){0.5, 0.7, 0.9, NAN, 0.4, 0.6, NAN, 0.3});
    Configuration all = of(0, 0), some = of(0, 1), one = of(0, 2), none = of(0, 3);
    CU_ASSERT_EQUAL(all.runs, 3);
    CU_ASSERT_EQUAL(all.completed, 3);
    CU_ASSERT_EQUAL(all.first, 0);
    CU_ASSERT_EQUAL(all.confirms, CONFIRMS_NONE);
    CU_ASSERT_DOUBLE_EQUAL(all.val_accuracy.mean, 0.7, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(all.val_accuracy.deviation, 0.2, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(all.val_loss.mean, 1.4, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(all.val_loss.deviation, 0.4, 1e-15);
    CU_ASSERT_EQUAL(some.first, 3);
    CU_ASSERT_EQUAL(some.finished, 3);
    CU_ASSERT_EQUAL(some.completed, 2);
    CU_ASSERT_DOUBLE_EQUAL(some.val_accuracy.mean, 0.5, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(some.val_accuracy.deviation, sqrt(0.02), 1e-15);
    CU_ASSERT_EQUAL(one.finished, 2);
    CU_ASSERT_EQUAL(one.completed, 1);
    CU_ASSERT_EQUAL(one.val_accuracy.mean, 0.3);
    CU_ASSERT_TRUE(isnan(one.val_accuracy.deviation));
    CU_ASSERT_EQUAL(none.finished, 0);
    CU_ASSERT_TRUE(isnan(none.val_accuracy.mean) && isnan(none.val_loss.deviation));
    CU_ASSERT_PTR_NULL(none.draw);
    end();
}

/* The first trials of the first stage, best first, after how many do not count since they diverged. */
static void expect_order(size_t diverged, size_t expected, const uint64_t *first) {
    Ranked ranked;
    CU_ASSERT_EQUAL_FATAL(configurations_ranked(config, ledger, &plan, 0, &ranked), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(ranked.count, expected);
    CU_ASSERT_EQUAL(ranked.diverged, diverged);
    for (size_t i = 0; i < ranked.count; i++)
        CU_ASSERT_EQUAL(ranked.list[i].first, first[i]);
    for (size_t i = ranked.count; i < ranked.count + ranked.diverged; i++)
        CU_ASSERT_TRUE(ranked.list[i].diverged > 0);
    free(ranked.list);
}

static void the_mean_ranks(void) {
    begin(BEGIN STAGES); /* the best single run is in the third, the second and the fourth tie */
    rows(12, (double[]){0.5, 0.5, 0.5, 0.5, 0.75, 0.25, 0.1, 0.9, 0.2, 0.5, 0.5, 0.5});
    expect_order(0, 4, (uint64_t[]){0, 3, 9, 6});
    end();
    begin("metric: {name: val_loss, goal: minimize}\n" BEGIN STAGES);
    rows(12, (double[]){0.5, 0.5, 0.5, 0.5, 0.75, 0.25, 0.1, 0.9, 0.2, 0.5, 0.5, 0.5});
    expect_order(0, 4, (uint64_t[]){6, 0, 3, 9});
    end();
}

static void a_lucky_run_beside_diverged_ones_does_not_count(void) {
    begin(BEGIN STAGES);
    rows(12, (double[]){0.5, 0.4, 0.3, NAN, 0.99, NAN, NAN, 0.6, 0.6, NAN, NAN, NAN});
    expect_order(2, 2, (uint64_t[]){6, 0});
    end();
    begin(BEGIN STAGES); /* unless there is no other */
    rows(12, (double[]){NAN, NAN, 0.3, NAN, 0.9, NAN, NAN, NAN, NAN, NAN, NAN, NAN});
    expect_order(2, 2, (uint64_t[]){3, 0});
    end();
    begin(BEGIN STAGES);
    rows(12, (double[]){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN});
    expect_order(4, 0, NULL);
    Ranked none;
    CU_ASSERT_EQUAL_FATAL(configurations_final(config, ledger, &plan, &none), STATUS_OK);
    CU_ASSERT_EQUAL(none.count, 0);
    free(none.list);
    end();
}

/* 10 trials are planned for five, and two are there: the first has three places of two, the other has two. */
static void fewer_than_planned_take_turns(void) {
    static const uint64_t runs[2][6] = {{12, 13, 16, 17, 20, 21}, {14, 15, 18, 19}};
    begin(BEGIN STAGES);
    rows(12, (double[]){0.9, NAN, 0.9, NAN, NAN, NAN, NAN, NAN, NAN, 0.5, 0.5, 0.5});
    confirm(2, (uint64_t[]){0, 9});
    CU_ASSERT_EQUAL_FATAL(configuration_count(config, ledger, 1), 2);
    for (uint32_t number = 0; number < 2; number++) {
        double sum = 0;
        uint32_t count = number == 0 ? 6 : 4;
        for (uint32_t i = 0; i < count; i++) {
            CU_ASSERT_EQUAL(configuration_of_trial(config, ledger, &plan, runs[number][i]), number);
            double accuracy = 0.01 * (double)(runs[number][i] + number);
            row(runs[number][i], accuracy);
            sum += accuracy;
        }
        Configuration confirmed = of(1, number);
        CU_ASSERT_EQUAL(confirmed.runs, count);
        CU_ASSERT_EQUAL(confirmed.completed, count);
        CU_ASSERT_EQUAL(confirmed.first, runs[number][0]);
        CU_ASSERT_EQUAL(confirmed.confirms, number == 0 ? 0 : 9);
        CU_ASSERT_DOUBLE_EQUAL(confirmed.val_accuracy.mean, sum / count, 1e-15);
    }
    Ranked final;
    Configuration before;
    CU_ASSERT_EQUAL_FATAL(configurations_final(config, ledger, &plan, &final), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(final.count, 2);
    CU_ASSERT_EQUAL(final.list[0].stage, 1); /* though what it repeats had better figures */
    CU_ASSERT_EQUAL(final.list[0].first, 14);
    CU_ASSERT_TRUE(configuration_repeated(config, ledger, &plan, &final.list[1], &before));
    CU_ASSERT_EQUAL(before.first, 0);
    CU_ASSERT_EQUAL(before.completed, 2);
    CU_ASSERT_FALSE(configuration_repeated(config, ledger, &plan, &before, &before));
    free(final.list);
    end();
}

void configurations_suite(void) {
    static const TestCase tests[] = {
        {"mean and deviation are of the completed runs", figures_are_of_the_completed_runs},
        {"the mean ranks, ties by the lower trial", the_mean_ranks},
        {"a lucky run beside diverged ones does not count", a_lucky_run_beside_diverged_ones_does_not_count},
        {"fewer configurations than planned take the places in turn", fewer_than_planned_take_turns},
    };
    SUITE("configurations", tests);
}
