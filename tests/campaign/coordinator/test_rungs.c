/* Early stopping on a fake clock: halving, Hyperband and median come to the same table whoever is first; asha
 * is repeated from what it decided. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/coordinator/suites.h"
#include "campaign/plan.h"
#include "suite.h"

#define ASHA SIMULATED_SPACE "early_terminate: {type: asha}\nstages:\n"

static const char asha_yaml[] = ASHA "  - {name: coarse, trials: 30, epochs: 12}\n"
                                     "  - {name: fine, trials: 12, epochs: 4}\n";

static size_t rows_of(const Simulation *s, size_t stage, TrialStatus status) {
    const Ledger *ledger = coordinator_ledger(s->coordinator);
    size_t count = 0;
    for (size_t id = 0; id < ledger->trial_count; id++) {
        const LedgerTrial *trial = &ledger->trials[id];
        count += trial->finished && trial->record.stage == stage && trial->record.outcome.status == status;
    }
    return count;
}

/* Epochs of all rows: those that diverged have begun one more. */
static uint64_t epochs_of_rows(const Simulation *s) {
    const Ledger *ledger = coordinator_ledger(s->coordinator);
    uint64_t epochs = 0;
    for (size_t id = 0; id < ledger->trial_count; id++) {
        const TrainOutcome *outcome = &ledger->trials[id].record.outcome;
        epochs += outcome->epochs + (outcome->status == TRIAL_DIVERGED);
    }
    return epochs;
}

static void any_number_of_ranks(void) {
    static const uint32_t workers[] = {1, 2, 5, 17, 40};
    for (size_t i = 0; i < sizeof(workers) / sizeof(workers[0]); i++) {
        World world;
        world_begin(&world);
        Simulation s = a_run(rungs_yaml, &world, workers[i], i + 1);
        simulation_begin(&s);
        simulation_run(&s, 0);
        expect_complete(&s);
        CU_ASSERT_EQUAL(world.epochs_trained, epochs_of_rows(&s)); /* none twice */
        CU_ASSERT_EQUAL(rows_of(&s, 0, TRIAL_STOPPED) + rows_of(&s, 0, TRIAL_COMPLETED) +
                            rows_of(&s, 0, TRIAL_DIVERGED),
                        27);
        CU_ASSERT_TRUE(rows_of(&s, 0, TRIAL_STOPPED) >= 20);
        CU_ASSERT_TRUE(rows_of(&s, 1, TRIAL_STOPPED) > 0);
        CU_ASSERT_TRUE(rows_of(&s, 2, TRIAL_STOPPED) > 0);
        CU_ASSERT_FALSE(simulation_told(&s, "goes on after"));
        CU_ASSERT_TRUE(
            simulation_told(&s, "stage coarse: all 27 trials have come to epoch 1, the best 9 of them"));
        CU_ASSERT_TRUE(simulation_told(&s, "stage wide, bracket 2 of"));
        simulation_end(&s);
        world_end(&world);
    }
}

/* Trials are halved as their curves at the rungs say: checked against a sort of the whole rung. */
static int by_accuracy(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x < *y) - (*x > *y);
}

static void the_best_of_a_rung_go_on(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(rungs_yaml, &world, 4, 3);
    simulation_begin(&s);
    simulation_run(&s, 0);
    const Ledger *ledger = coordinator_ledger(s.coordinator);
    double worst_past = INFINITY, first[27];
    size_t past = 0;
    for (size_t id = 0; id < 27; id++) {
        const LedgerRow *row = &ledger->trials[id].record;
        bool figures = row->outcome.status != TRIAL_DIVERGED;
        first[id] = figures ? row->curve[0].val_accuracy : -INFINITY;
        if (ledger_rungs_passed(&ledger->trials[id]) == 0) continue;
        past++;
        worst_past = fmin(worst_past, first[id]);
    }
    qsort(first, 27, sizeof(double), by_accuracy);
    CU_ASSERT_EQUAL(worst_past, first[past - 1]);
    for (size_t i = 0; i < ledger->decision_count; i++) {
        const DecisionRecord *d = &ledger->decisions[i];
        CU_ASSERT_EQUAL(d->metric, ledger->trials[d->trial].record.curve[d->epoch - 1].val_accuracy);
    }
    simulation_end(&s);
    world_end(&world);
}

static size_t checkpoints_in(const World *world) {
    size_t count = 0;
    for (size_t i = 0; i < world->file_count; i++)
        count += strncmp(world->files[i].name, "checkpoint-", 11) == 0;
    return count;
}

static void the_disk_holds_those_that_may_go_on(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(rungs_yaml, &world, 3, 8);
    simulation_begin(&s);
    size_t most = 0;
    while (!s.finished) {
        simulation_step(&s);
        size_t now = checkpoints_in(&world);
        if (now > most) most = now;
    }
    CU_ASSERT_TRUE(most <= 9 + 2 * 3 + 4); /* a third of 27; of each rank an old and a new one; unsynced */
    CU_ASSERT_TRUE(most >= 5);
    simulation_end(&s);
    world_end(&world);
}

/* --- asha --- */

/* Records of some kinds, into a new world's journal. */
static void copy_records(const World *from, World *to, bool (*wanted)(const Record *record)) {
    ByteReader reader = bytes_reader(from->journal.data, from->journal.length);
    world_begin(to);
    to->clock = from->clock;
    while (reader.position < reader.length) {
        size_t length;
        Record record;
        const uint8_t *bytes = bytes_get_block(&reader, &length);
        CU_ASSERT_EQUAL_FATAL(record_decode(&record, bytes, length), STATUS_OK);
        if (wanted(&record)) {
            bytes_put_u64(&to->journal, length);
            bytes_put_raw(&to->journal, bytes, length);
        }
        record_release(&record);
    }
    to->synced_length = to->journal.length;
}

static bool is_recipe(const Record *record) {
    return record->kind == RECORD_CAMPAIGN || record->kind == RECORD_DATA || record->kind == RECORD_DRAW ||
           record->kind == RECORD_DECISION;
}

static bool is_beginning(const Record *record) {
    return is_recipe(record) && record->kind != RECORD_DECISION;
}

static char *asha_table(World *world, uint32_t workers, uint64_t order) {
    Simulation s = a_run(asha_yaml, world, workers, order);
    simulation_begin(&s);
    simulation_run(&s, 0);
    CU_ASSERT_TRUE(s.finish.complete);
    CU_ASSERT_EQUAL(world->epochs_trained, epochs_of_rows(&s));
    CU_ASSERT_TRUE(rows_of(&s, 0, TRIAL_STOPPED) >= 15);
    CU_ASSERT_TRUE(rows_of(&s, 0, TRIAL_COMPLETED) > 0);
    CU_ASSERT_FALSE(simulation_told(&s, "was decided upon at"));
    check_leases(&s);
    check_folder(&s);
    char *table = simulation_table(&s);
    simulation_end(&s);
    return table;
}

static void asha_repeats_its_record(void) {
    World first, again;
    world_begin(&first);
    char *table = asha_table(&first, 9, 4);
    bool differed = false;
    for (uint32_t workers = 1; workers <= 13; workers += 4) {
        copy_records(&first, &again, is_recipe);
        char *repeated = asha_table(&again, workers, 100 + workers);
        CU_ASSERT_STRING_EQUAL(repeated, table);
        free(repeated);
        world_end(&again);
        world_begin(&again);
        char *own = asha_table(&again, workers, 100 + workers);
        differed |= strcmp(own, table) != 0;
        free(own);
        world_end(&again);
    }
    CU_ASSERT_TRUE(differed); /* else nothing was shown */
    free(table);
    world_end(&first);
}

static void asha_goes_on_after_a_kill(void) {
    for (uint64_t order = 1; order <= 12; order++) {
        World world;
        world_begin(&world);
        Simulation s = a_run(asha_yaml, &world, 5, order);
        simulation_begin(&s);
        simulation_wait(&s, 3.0 * (double)order);
        size_t decided = coordinator_ledger(s.coordinator)->decision_count;
        DecisionRecord *before = malloc((decided + 1) * sizeof(DecisionRecord));
        if (decided > 0)
            memcpy(before, coordinator_ledger(s.coordinator)->decisions, decided * sizeof(DecisionRecord));
        simulation_end(&s); /* with all that was appended */
        s = a_run(asha_yaml, &world, 3, order + 50);
        simulation_begin(&s);
        simulation_run(&s, 0);
        CU_ASSERT_TRUE(s.finish.complete);
        const Ledger *ledger = coordinator_ledger(s.coordinator);
        CU_ASSERT_FATAL(ledger->decision_count >= decided);
        for (size_t i = 0; i < decided; i++)
            CU_ASSERT_TRUE(before[i].trial == ledger->decisions[i].trial &&
                           before[i].rung == ledger->decisions[i].rung &&
                           before[i].verdict == ledger->decisions[i].verdict);
        check_leases(&s);
        check_folder(&s);
        free(before);
        simulation_end(&s);
        world_end(&world);
    }
}

static void asha_trains_one_to_the_end_at_least(void) {
    static const char few[] = ASHA "  - {name: few, trials: 2, epochs: 12}\n";
    World world;
    world_begin(&world);
    Simulation s = a_run(few, &world, 2, 1);
    simulation_begin(&s);
    simulation_run(&s, 0);
    CU_ASSERT_TRUE(s.finish.complete);
    CU_ASSERT_EQUAL(rows_of(&s, 0, TRIAL_COMPLETED), 1);
    CU_ASSERT_EQUAL(rows_of(&s, 0, TRIAL_STOPPED), 1);
    simulation_end(&s);
    world_end(&world);
}

static void none_is_left_waiting_where_all_diverge(void) {
    static const char *const yaml[] = {rungs_yaml, asha_yaml};
    for (size_t i = 0; i < 2; i++) {
        World world;
        world_begin(&world);
        Simulation s = a_run(yaml[i], &world, 4, 2);
        s.diverge_all = true;
        simulation_begin(&s);
        simulation_run(&s, 0);
        CU_ASSERT_EQUAL(s.finish.status, STATUS_ENVIRONMENT);
        CU_ASSERT_PTR_NOT_NULL(strstr(s.finish.text, "no trial finished"));
        simulation_end(&s);
        world_end(&world);
    }
}

/* --- what is on record --- */

/* Every decision about each trial, whatever their order. */
static void copy_decisions(const Simulation *s, uint32_t decided[63][2]) {
    const Ledger *ledger = coordinator_ledger(s->coordinator);
    CU_ASSERT_EQUAL_FATAL(ledger->trial_count, 63);
    for (size_t id = 0; id < 63; id++) {
        decided[id][0] = ledger->trials[id].promoted;
        decided[id][1] = ledger->trials[id].stopped_at;
    }
}

static unsigned dice;

/* As where places of a journal are damaged. */
static bool is_kept(const Record *record) {
    if (record->kind != RECORD_DECISION && record->kind != RECORD_REPORT) return true;
    dice = dice * 1103515245U + 12345U;
    return (dice >> 16) % 3 != 0;
}

static void lost_reports_and_decisions_are_made_good(void) {
    uint32_t expected[63][2], decided[63][2];
    World whole;
    world_begin(&whole);
    Simulation undisturbed = a_run(rungs_yaml, &whole, 2, 1);
    simulation_begin(&undisturbed);
    simulation_run(&undisturbed, 0);
    copy_decisions(&undisturbed, expected);
    simulation_end(&undisturbed);
    world_end(&whole);
    for (unsigned round = 0; round < 20; round++) {
        World world, damaged;
        world_begin(&world);
        world.hoards = true;
        Simulation s = a_run(rungs_yaml, &world, 5, round + 1);
        simulation_begin(&s);
        simulation_wait(&s, 4.0 * (round + 1));
        bool finished = s.finished;
        simulation_end(&s);
        if (!finished) {
            dice = round;
            copy_records(&world, &damaged, is_kept);
            for (size_t i = 0; i < world.file_count; i++)
                world_write(&damaged, world.files[i].name, world.files[i].bytes, world.files[i].length, true);
            s = a_run(rungs_yaml, &damaged, 4, round + 90);
            simulation_begin(&s);
            simulation_run(&s, 0);
            expect_complete(&s);
            copy_decisions(&s, decided);
            CU_ASSERT_EQUAL(memcmp(decided, expected, sizeof(decided)), 0);
            simulation_end(&s);
            world_end(&damaged);
        }
        world_end(&world);
    }
}

/* Where a promoted trial cannot be told from the others any more (other figures on another machine), a rung
 * gets fewer than were to come: nobody waits for ever. */
static void a_rung_that_some_never_come_to_is_closed(void) {
    World world, forged;
    world_begin(&world);
    Simulation s = a_run(rungs_yaml, &world, 3, 6);
    simulation_begin(&s);
    simulation_run(&s, 0);
    uint64_t best = 0;
    while (ledger_rungs_passed(&coordinator_ledger(s.coordinator)->trials[best]) == 0)
        best++;
    simulation_end(&s);
    copy_records(&world, &forged, is_beginning);
    Record record = {.kind = RECORD_DECISION};
    record.as.decision = (DecisionRecord){.trial = best, .rung = 0, .epoch = 1, .verdict = VERDICT_STOPPED};
    ByteWriter writer = {0};
    record_encode(&record, &writer);
    bytes_put_u64(&forged.journal, writer.length);
    bytes_put_raw(&forged.journal, writer.data, writer.length);
    bytes_writer_release(&writer);
    s = a_run(rungs_yaml, &forged, 3, 60);
    simulation_begin(&s);
    simulation_run(&s, 0);
    CU_ASSERT_TRUE(s.finish.complete);
    const Ledger *ledger = coordinator_ledger(s.coordinator);
    CU_ASSERT_EQUAL(ledger->finished_count, 27 + 20 + 16);
    CU_ASSERT_EQUAL(ledger->trials[best].record.outcome.epochs, 1);
    size_t past = 0;
    for (size_t id = 0; id < 27; id++)
        past += ledger_rungs_passed(&ledger->trials[id]) > 0;
    CU_ASSERT_TRUE(past < 9);
    simulation_end(&s);
    world_end(&forged);
    world_end(&world);
}

static void figures_of_another_machine_are_told(void) {
    World first, again;
    world_begin(&first);
    free(asha_table(&first, 3, 4));
    copy_records(&first, &again, is_recipe);
    /* One more decision than could be, about a figure that is not what it comes to. */
    Record record = {.kind = RECORD_DECISION};
    record.as.decision = (DecisionRecord){.trial = 0, .rung = 0, .epoch = 1, .metric = 0.123};
    World changed;
    world_begin(&changed);
    ByteReader reader = bytes_reader(again.journal.data, again.journal.length);
    for (bool put = false; reader.position < reader.length;) {
        size_t length;
        const uint8_t *bytes = bytes_get_block(&reader, &length);
        if (bytes[0] == RECORD_DECISION && !put) {
            ByteWriter writer = {0};
            record_encode(&record, &writer);
            bytes_put_u64(&changed.journal, writer.length);
            bytes_put_raw(&changed.journal, writer.data, writer.length);
            bytes_writer_release(&writer);
            put = true;
            continue;
        }
        bytes_put_u64(&changed.journal, length);
        bytes_put_raw(&changed.journal, bytes, length);
    }
    Simulation s = a_run(asha_yaml, &changed, 3, 77);
    simulation_begin(&s);
    simulation_run(&s, 0);
    CU_ASSERT_TRUE(s.finish.complete);
    CU_ASSERT_TRUE(simulation_told(&s, "at epoch 1, and was decided upon at 0.123"));
    simulation_end(&s);
    world_end(&changed);
    world_end(&again);
    world_end(&first);
}

static void a_rank_that_sees_no_folder_hands_its_state_in_first(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(rungs_yaml, &world, 6, 9);
    s.blind = ~(uint64_t)1;
    s.blobs_wait = 0.5;
    simulation_begin(&s);
    simulation_run(&s, 0);
    expect_complete(&s);
    CU_ASSERT_EQUAL(world.epochs_trained, epochs_of_rows(&s));
    simulation_end(&s);
    world_end(&world);
}

void rungs_suite(void) {
    static const TestCase tests[] = {
        {"halving, Hyperband and median give the same table on any number of ranks, and train no epoch twice",
         any_number_of_ranks},
        {"the best of a rung go on", the_best_of_a_rung_go_on},
        {"the disk holds the states of those that may go on", the_disk_holds_those_that_may_go_on},
        {"ranks that see no folder hand a trial's state in before its report",
         a_rank_that_sees_no_folder_hands_its_state_in_first},
        {"asha repeats what is on record, on any number of ranks", asha_repeats_its_record},
        {"asha goes on after a kill from what it decided", asha_goes_on_after_a_kill},
        {"asha trains one to the end at least", asha_trains_one_to_the_end_at_least},
        {"where all diverge nobody is left waiting", none_is_left_waiting_where_all_diverge},
        {"lost reports and decisions are made good", lost_reports_and_decisions_are_made_good},
        {"a rung that some never come to is closed", a_rung_that_some_never_come_to_is_closed},
        {"figures that are not those decided upon are told", figures_of_another_machine_are_told},
    };
    SUITE("rungs", tests);
}
