/* Repeats of a configuration and confirm stages on a fake clock. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/configurations.h"
#include "campaign/coordinator/suites.h"
#include "suite.h"

/* 24 trials, 6, and 5 of a stage that zooms from what was confirmed. */
static const char yaml[] = SIMULATED_SPACE "stages:\n"
                                           "  - {name: coarse, trials: 8, replicates: 3, epochs: 2}\n"
                                           "  - {name: sure, confirm: 4, replicates: 2, epochs: 4}\n"
                                           "  - {name: fine, trials: 5, epochs: 3, zoom: {keep: 0.5}}\n";
/* More are to be confirmed than were drawn. */
static const char few_yaml[] = SIMULATED_SPACE "stages:\n"
                                               "  - {name: coarse, trials: 2, epochs: 2}\n"
                                               "  - {name: sure, confirm: 5, replicates: 2, epochs: 3}\n";
/* What is left of `wide` all diverges. */
static const char lost_yaml[] = SIMULATED_SPACE "stages:\n"
                                                "  - {name: coarse, trials: 6, epochs: 2}\n"
                                                "  - {name: wide, trials: 4, epochs: 2}\n"
                                                "  - {name: sure, confirm: 2, replicates: 2, epochs: 3}\n";

static bool same_values(const PackedDraw *a, const DrawnValue *b) {
    bool same = a->count == 2;
    for (size_t p = 0; same && p < 2; p++)
        same = same && a->value[p].present == b[p].present && a->value[p].choice == b[p].choice &&
               (a->value[p].number == b[p].number || isnan(a->value[p].number));
    return same;
}

static void runs_share_values_and_nothing_else(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(yaml, &world, 4, 3);
    simulation_begin(&s);
    simulation_run(&s, 0);
    expect_complete(&s);
    const Ledger *ledger = coordinator_ledger(s.coordinator);
    CU_ASSERT_EQUAL_FATAL(ledger->finished_count, 24 + 8 + 5);
    Sampler sampler = config_sampler(s.config, 0);
    for (uint64_t id = 0; id < 24; id++) {
        Draw draw;
        CU_ASSERT_EQUAL(
            space_draw(&s.config->space, &ledger->stages[0].after, &sampler, (uint32_t)id / 3, &draw),
            STATUS_OK);
        CU_ASSERT_TRUE(same_values(ledger->trials[id].draw, draw.value));
        CU_ASSERT_EQUAL(ledger->trials[id].record.number, id);
    }
    const TrainOutcome *first = &ledger->trials[0].record.outcome,
                       *second = &ledger->trials[1].record.outcome;
    CU_ASSERT_EQUAL_FATAL(first->status, TRIAL_COMPLETED);
    CU_ASSERT_NOT_EQUAL(first->weights_hash, second->weights_hash);
    CU_ASSERT_NOT_EQUAL(first->val_accuracy, second->val_accuracy);
    simulation_end(&s);
    world_end(&world);
}

/* The best four by a sort of the means that are computed here. */
static void the_best_means_are_confirmed(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(yaml, &world, 3, 7);
    simulation_begin(&s);
    simulation_run(&s, 0);
    const Ledger *ledger = coordinator_ledger(s.coordinator);
    const StageRecord *record = &ledger->stages[1];
    double mean[8];
    for (size_t k = 0; k < 8; k++) {
        mean[k] = 0;
        for (size_t r = 0; r < 3; r++) {
            const TrainOutcome *outcome = &ledger->trials[3 * k + r].record.outcome;
            mean[k] += outcome->status == TRIAL_COMPLETED ? outcome->val_accuracy / 3 : -1;
        }
    }
    CU_ASSERT_EQUAL_FATAL(record->elite_count, 4);
    for (size_t place = 0; place < 4; place++) {
        size_t best = 0;
        for (size_t k = 1; k < 8; k++)
            if (mean[k] > mean[best]) best = k;
        mean[best] = -INFINITY;
        CU_ASSERT_EQUAL(record->elites[place], 3 * best);
        for (size_t r = 0; r < 2; r++)
            CU_ASSERT_TRUE(
                same_values(ledger->trials[24 + 2 * place + r].draw, ledger->trials[3 * best].draw->value));
    }
    CU_ASSERT_TRUE(simulation_told(&s, "the best 4 configurations of stage coarse, 2 runs each"));
    /* The stage after it zooms the ranges that were drawn from, by the confirmed configurations. */
    const StageRecord *fine = &ledger->stages[2];
    CU_ASSERT_EQUAL(memcmp(&fine->before, &ledger->stages[0].after, sizeof(Ranges)), 0);
    CU_ASSERT_EQUAL_FATAL(fine->elite_count, 2);
    for (size_t i = 0; i < 2; i++)
        CU_ASSERT_TRUE(fine->elites[i] >= 24 && fine->elites[i] < 32 && fine->elites[i] % 2 == 0);
    CU_ASSERT_TRUE(fine->after.range[1].max < fine->before.range[1].max);
    simulation_end(&s);
    world_end(&world);
}

static void any_number_of_ranks(void) {
    for (uint32_t workers = 1; workers <= 40; workers += 3) {
        World world;
        world_begin(&world);
        Simulation s = a_run(yaml, &world, workers, 100 + workers);
        simulation_begin(&s);
        simulation_run(&s, 0);
        expect_complete(&s);
        simulation_end(&s);
        world_end(&world);
    }
}

static void killed_after_any_record(void) {
    World whole;
    world_begin(&whole);
    whole.hoards = true;
    Simulation s = a_run(yaml, &whole, 3, 9);
    simulation_begin(&s);
    simulation_run(&s, 0);
    simulation_end(&s);
    ByteReader reader = bytes_reader(whole.journal.data, whole.journal.length);
    for (size_t record = 0; reader.position < reader.length; record++) {
        size_t length;
        (void)bytes_get_block(&reader, &length);
        if (record < 2) continue;
        World world;
        world_copy(&whole, reader.position, &world);
        Simulation again = a_run(yaml, &world, 2, record);
        simulation_begin(&again);
        simulation_run(&again, 0);
        expect_complete(&again);
        simulation_end(&again);
        world_end(&world);
    }
    world_end(&whole);
}

static void shards(void) {
    World world;
    world_begin(&world);
    uint32_t runs = 0;
    for (bool complete = false; !complete; runs++) {
        Simulation s = a_run(yaml, &world, 2, 700 + runs);
        s.shard = (Shard){.index = runs % 3, .count = 3};
        simulation_begin(&s);
        simulation_run(&s, 0);
        CU_ASSERT_TRUE_FATAL(s.finished && s.finish.complete && runs < 9);
        complete = outcome_is_complete(coordinator_ledger(s.coordinator)->end.outcome);
        if (complete) expect_complete(&s);
        if (!complete) simulation_drain(&s);
        simulation_end(&s);
    }
    world_end(&world);
}

static void fewer_than_are_to_be_confirmed(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(few_yaml, &world, 3, 4);
    simulation_begin(&s);
    simulation_run(&s, 0);
    expect_complete(&s);
    const Ledger *ledger = coordinator_ledger(s.coordinator);
    CU_ASSERT_EQUAL_FATAL(ledger->finished_count, 2 + 10);
    CU_ASSERT_EQUAL_FATAL(ledger->stages[1].elite_count, 2);
    for (uint64_t id = 2; id < 12; id++)
        CU_ASSERT_TRUE(same_values(ledger->trials[id].draw,
                                   ledger->trials[ledger->stages[1].elites[(id - 2) / 2 % 2]].draw->value));
    CU_ASSERT_TRUE(
        simulation_told(&s, "confirm: 5, but only 2 configurations of stage coarse completed: at least 4 "
                            "runs each"));
    simulation_end(&s);
    world_end(&world);
}

/* A stage of which nothing completed is passed over. */
static void none_of_the_stage_before(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(lost_yaml, &world, 3, 4);
    simulation_begin(&s);
    simulation_run(&s, 6);
    for (uint32_t w = 0; w < 3; w++)
        s.ranks[w].host.diverge_all = true;
    simulation_run(&s, 10);
    for (uint32_t w = 0; w < 3; w++)
        s.ranks[w].host.diverge_all = false;
    simulation_run(&s, 0);
    CU_ASSERT_TRUE(s.finished && s.finish.complete);
    const Ledger *ledger = coordinator_ledger(s.coordinator);
    CU_ASSERT_EQUAL_FATAL(ledger->finished_count, 14);
    CU_ASSERT_EQUAL_FATAL(ledger->stages[2].elite_count, 2);
    for (uint64_t id = 6; id < 10; id++)
        CU_ASSERT_EQUAL(ledger->trials[id].record.outcome.status, TRIAL_DIVERGED);
    CU_ASSERT_TRUE(ledger->stages[2].elites[0] < 6 && ledger->stages[2].elites[1] < 6);
    CU_ASSERT_TRUE(simulation_told(&s, "the best 2 configurations of stage coarse, 2 runs each"));
    simulation_end(&s);
    world_end(&world);
}

void replicates_suite(void) {
    static const TestCase tests[] = {
        {"the runs of a configuration share its values and nothing else", runs_share_values_and_nothing_else},
        {"the best means are confirmed, and a later stage zooms from them", the_best_means_are_confirmed},
        {"the same table on 1 to 40 workers at any pace", any_number_of_ranks},
        {"killed after any record, the table is the same", killed_after_any_record},
        {"shards do their parts, and together the whole", shards},
        {"where fewer completed than are to be confirmed they take turns", fewer_than_are_to_be_confirmed},
        {"where none of the stage before completed the one before it is confirmed", none_of_the_stage_before},
    };
    SUITE("replicates", tests);
}
