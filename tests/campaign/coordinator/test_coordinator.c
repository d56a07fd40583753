#include <stdlib.h>
#include <string.h>

#include "campaign/coordinator/simulation.h"
#include "suite.h"

static const char yaml[] = "name: simulated\n"
                           "seed: 5\n"
                           "data: {format: synthetic, kind: spirals, examples: 300, classes: 3}\n"
                           "network: [{dense: 8}, relu, {dense: 3}]\n"
                           "parameters:\n"
                           "  optimizer: {values: [nesterov, adam]}\n"
                           "  learning_rate: {distribution: log_uniform_values, min: 1e-5, max: 1}\n"
                           "  momentum: {min: 0.5, max: 0.9, when: {optimizer: [nesterov]}}\n"
                           "stages:\n"
                           "  - {name: coarse, trials: 30, epochs: 2}\n"
                           "  - {name: fine, trials: 12, epochs: 4}\n"
                           "ensemble: {size: 3, pool: 5}\n";

/* The table of an undisturbed campaign of one worker; owned. */
static char *reference(void) {
    Simulation s;
    simulation_begin(&s, yaml, 1, 1, NULL);
    simulation_run(&s, 0);
    char *table = simulation_table(&s);
    simulation_end(&s);
    return table;
}

static void expect_reference(const Simulation *s) {
    char *expected = reference(), *table = simulation_table(s);
    CU_ASSERT_STRING_EQUAL(table, expected);
    free(expected);
    free(table);
}

static void test_completes(void) {
    Simulation s;
    simulation_begin(&s, yaml, 4, 3, NULL);
    simulation_run(&s, 0);
    CU_ASSERT_EQUAL(s.finish.status, STATUS_OK);
    CU_ASSERT_TRUE(s.finish.complete);
    const Ledger *ledger = coordinator_ledger(s.coordinator);
    CU_ASSERT_EQUAL(ledger->finished_count, 42);
    CU_ASSERT_EQUAL(ledger->stage_count, 2);
    CU_ASSERT_TRUE(ledger->has_ensemble);
    CU_ASSERT_TRUE(ledger->ended);
    CU_ASSERT_EQUAL(s.jobs[JOB_PREFLIGHT], 1);
    CU_ASSERT_EQUAL(s.jobs[JOB_ENSEMBLE], 1);
    CU_ASSERT_TRUE(s.jobs[JOB_PUBLISH] >= 3); /* empty, a stage's end, complete */
    CU_ASSERT_TRUE(s.worker[0].stopped && s.worker[3].stopped);
    for (uint32_t w = 0; w < 4; w++)
        CU_ASSERT_EQUAL(s.worker[w].unrecorded, 0);
    simulation_end(&s);
}

static void test_same_on_any_workers(void) {
    for (uint32_t workers = 1; workers <= 40; workers += 3) {
        Simulation s;
        simulation_begin(&s, yaml, workers, 100 + workers, NULL);
        simulation_run(&s, 0);
        expect_reference(&s);
        simulation_end(&s);
    }
}

static size_t on_disk(const Simulation *s) {
    size_t count = 0;
    for (size_t trial = 0; trial < SIMULATION_MAX_TRIALS; trial++)
        count += s->on_disk[trial];
    return count;
}

/* Ids of the best five that are kept, in the order of the ledger's ranking. */
static void kept(const Simulation *s, uint64_t ids[5]) {
    uint64_t *best;
    size_t count;
    CU_ASSERT_EQUAL_FATAL(
        ledger_best(coordinator_ledger(s->coordinator), METRIC_VAL_ACCURACY, 5, &best, &count), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(count, 5);
    for (size_t i = 0; i < 5; i++) {
        ids[i] = best[i];
        CU_ASSERT_TRUE(coordinator_ledger(s->coordinator)->trials[best[i]].kept);
    }
    free(best);
}

static void test_kept_networks(void) {
    uint64_t expected[5], ids[5];
    for (uint64_t order = 1; order < 30; order++) {
        Simulation s;
        simulation_begin(&s, yaml, 7, order, NULL);
        simulation_run(&s, 0);
        kept(&s, order == 1 ? expected : ids);
        if (order > 1) CU_ASSERT_EQUAL(memcmp(ids, expected, sizeof(ids)), 0);
        CU_ASSERT_EQUAL(on_disk(&s), 5);
        simulation_end(&s);
    }
}

/* Networks long on their way and out of order: what better ones overtook is not stored at all. */
static void test_late_networks(void) {
    size_t least = SIZE_MAX, most = 0;
    for (uint64_t order = 1; order < 30; order++) {
        Simulation s;
        simulation_begin(&s, yaml, 12, order, NULL);
        s.hold = 6;
        simulation_run(&s, 0);
        CU_ASSERT_EQUAL(on_disk(&s), 5);
        uint64_t ids[5];
        kept(&s, ids);
        expect_reference(&s);
        if (s.stored < least) least = s.stored;
        if (s.stored > most) most = s.stored;
        simulation_end(&s);
    }
    CU_ASSERT_TRUE(least < most);
}

static void test_stop_and_go_on(void) {
    for (size_t rows = 1; rows < 42; rows += 4) {
        Simulation first, second;
        simulation_begin(&first, yaml, 3, rows, NULL);
        simulation_run(&first, rows);
        simulation_stop(&first);
        simulation_run(&first, 0);
        CU_ASSERT_EQUAL(first.finish.status, STATUS_RESUMABLE);
        CU_ASSERT_FALSE(first.finish.complete);
        simulation_begin(&second, yaml, 2, rows + 50, &first.journal);
        simulation_run(&second, 0);
        CU_ASSERT_EQUAL(second.finish.status, STATUS_OK);
        CU_ASSERT_EQUAL(second.jobs[JOB_PREFLIGHT], 0); /* once is enough */
        expect_reference(&second);
        simulation_end(&first);
        simulation_end(&second);
    }
}

/* As if killed after any record: the journal is all there is. */
static void test_killed_after_any_record(void) {
    Simulation whole;
    simulation_begin(&whole, yaml, 3, 9, NULL);
    simulation_run(&whole, 0);
    ByteReader reader = bytes_reader(whole.journal.data, whole.journal.length);
    bool chosen = false;
    for (size_t record = 0; reader.position < reader.length; record++) {
        size_t length;
        const uint8_t *bytes = bytes_get_block(&reader, &length);
        chosen = chosen || bytes[0] == RECORD_ENSEMBLE;
        if (record < 2) continue; /* a campaign begins with three records */
        ByteWriter part = {0};
        bytes_put_raw(&part, whole.journal.data, reader.position);
        Simulation again;
        simulation_begin(&again, yaml, 2, record, &part);
        simulation_run(&again, 0);
        expect_reference(&again);
        CU_ASSERT_EQUAL(again.jobs[JOB_ENSEMBLE], chosen ? 0 : 1); /* the test set is asked once */
        simulation_end(&again);
        bytes_writer_release(&part);
    }
    simulation_end(&whole);
}

static void test_stopped_in_a_job(void) {
    static const JobKind jobs[] = {JOB_PREFLIGHT, JOB_ENSEMBLE};
    for (size_t i = 0; i < 2; i++) {
        Simulation first, second;
        simulation_begin(&first, yaml, 3, 4, NULL);
        simulation_run_to_job(&first, jobs[i]);
        simulation_stop(&first);
        CU_ASSERT_TRUE(first.job_cancelled);
        simulation_run(&first, 0);
        CU_ASSERT_EQUAL(first.finish.status, STATUS_RESUMABLE);
        CU_ASSERT_FALSE(first.finish.complete);
        simulation_begin(&second, yaml, 2, 5, &first.journal);
        simulation_run(&second, 0);
        CU_ASSERT_EQUAL(second.finish.status, STATUS_OK);
        CU_ASSERT_EQUAL(second.jobs[jobs[i]], 1);
        expect_reference(&second);
        simulation_end(&first);
        simulation_end(&second);
    }
}

static void test_lost_worker(void) {
    Simulation s;
    simulation_begin(&s, yaml, 4, 11, NULL);
    simulation_run(&s, 5);
    simulation_lose(&s, 2);
    simulation_run(&s, 20);
    simulation_lose(&s, 0);
    simulation_run(&s, 0);
    CU_ASSERT_EQUAL(s.finish.status, STATUS_OK);
    expect_reference(&s);
    simulation_end(&s);
}

static void test_all_lost(void) {
    Simulation s;
    simulation_begin(&s, yaml, 2, 11, NULL);
    simulation_run(&s, 5);
    simulation_lose(&s, 0);
    simulation_lose(&s, 1);
    CU_ASSERT_TRUE(s.finished);
    CU_ASSERT_EQUAL(s.finish.status, STATUS_RESUMABLE);
    simulation_end(&s);
}

static void test_crash_once(void) {
    Simulation s;
    simulation_begin(&s, yaml, 3, 2, NULL);
    s.crash_trial = 4;
    s.crashes = 1;
    simulation_run(&s, 0);
    expect_reference(&s);
    simulation_end(&s);
}

static void test_crash_twice(void) {
    Simulation s;
    simulation_begin(&s, yaml, 3, 2, NULL);
    s.crash_trial = 4;
    s.crashes = 9;
    simulation_run(&s, 0);
    CU_ASSERT_EQUAL(s.finish.status, STATUS_OK);
    CU_ASSERT_EQUAL(s.crashes, 7);
    const TrialRecord *row = &coordinator_ledger(s.coordinator)->trials[4].record;
    CU_ASSERT_EQUAL(row->outcome.status, TRIAL_FAILED);
    CU_ASSERT_PTR_NOT_NULL(strstr(row->reason, "signal 11"));
    simulation_end(&s);
}

static void test_none_finished(void) {
    Simulation s;
    simulation_begin(&s, yaml, 3, 2, NULL);
    s.diverge_all = true;
    simulation_run(&s, 0);
    CU_ASSERT_EQUAL(s.finish.status, STATUS_ENVIRONMENT);
    CU_ASSERT_TRUE(s.finish.complete);
    CU_ASSERT_PTR_NOT_NULL(strstr(s.finish.text, "learning_rate"));
    CU_ASSERT_EQUAL(coordinator_ledger(s.coordinator)->end.outcome, OUTCOME_NONE_FINISHED);
    CU_ASSERT_EQUAL(s.jobs[JOB_ENSEMBLE], 0);
    simulation_end(&s);
}

static void test_second_result_changes_nothing(void) {
    Simulation s;
    simulation_begin(&s, yaml, 2, 2, NULL);
    simulation_run(&s, 3);
    size_t before = coordinator_ledger(s.coordinator)->finished_count;
    Message message = {.kind = MESSAGE_RESULT};
    message.as.result.lease = 1; /* the first lease of all ended long ago */
    message.as.result.record.trial = 0;
    Event event = {.kind = EVENT_MESSAGE, .worker = 1, .message = &message};
    CU_ASSERT_EQUAL(coordinator_step(s.coordinator, &event, (Moment){s.now, s.now}, &s.actions), STATUS_OK);
    actions_clear(&s.actions);
    CU_ASSERT_EQUAL(coordinator_ledger(s.coordinator)->finished_count, before);
    simulation_run(&s, 0);
    expect_reference(&s);
    simulation_end(&s);
}

static void test_failed_job_ends_it(void) {
    Simulation s;
    simulation_begin(&s, yaml, 2, 2, NULL);
    CU_ASSERT_TRUE_FATAL(s.job_pending);
    CU_ASSERT_EQUAL(s.job, JOB_PUBLISH);
    s.job_pending = false;
    Event ended = {.kind = EVENT_JOB_ENDED, .status = STATUS_ENVIRONMENT, .text = "no space left"};
    CU_ASSERT_EQUAL(coordinator_step(s.coordinator, &ended, (Moment){s.now, s.now}, &s.actions), STATUS_OK);
    CU_ASSERT_FATAL(s.actions.count > 0);
    const Action *last = &s.actions.list[s.actions.count - 1];
    CU_ASSERT_EQUAL(last->kind, ACTION_FINISH);
    CU_ASSERT_EQUAL(last->status, STATUS_ENVIRONMENT);
    CU_ASSERT_FALSE(last->complete);
    CU_ASSERT_PTR_NOT_NULL(strstr(last->text, "no space left"));
    CU_ASSERT_TRUE(coordinator_ledger(s.coordinator)->failed);
    simulation_end(&s);
}

static void job_dies(Simulation *s) {
    CU_ASSERT_TRUE_FATAL(s->job_pending);
    s->job_pending = false;
    Event ended = {
        .kind = EVENT_JOB_ENDED, .status = STATUS_ENVIRONMENT, .text = "signal 9", .crashed = true};
    simulation_step(s, &ended);
}

static void test_crashed_job(void) {
    for (JobKind job = JOB_PREFLIGHT; job <= JOB_ENSEMBLE; job++) {
        Simulation s;
        simulation_begin(&s, yaml, 2, 2, NULL);
        simulation_run_to_job(&s, job);
        size_t before = s.jobs[job];
        job_dies(&s);
        CU_ASSERT_EQUAL(s.jobs[job], before + 1);
        simulation_run(&s, 0);
        CU_ASSERT_EQUAL(s.finish.status, STATUS_OK);
        expect_reference(&s);
        simulation_end(&s);
        simulation_begin(&s, yaml, 2, 2, NULL);
        simulation_run_to_job(&s, job);
        job_dies(&s);
        job_dies(&s);
        CU_ASSERT_TRUE(s.finished);
        CU_ASSERT_EQUAL(s.finish.status, STATUS_ENVIRONMENT);
        CU_ASSERT_FALSE(s.finish.complete);
        simulation_end(&s);
    }
}

int main(void) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    static const TestCase tests[] = {
        {"a campaign completes: stages, ensemble, files, everyone told", test_completes},
        {"the same table on 1 to 40 workers at any pace", test_same_on_any_workers},
        {"which networks are kept does not depend on the order of arrival", test_kept_networks},
        {"a network that better ones overtook is not stored", test_late_networks},
        {"stopped and gone on, the table is the same", test_stop_and_go_on},
        {"killed after any record, the table is the same", test_killed_after_any_record},
        {"stopped in preflight or ensemble it is resumable, and that job is done again",
         test_stopped_in_a_job},
        {"workers lost on the way change nothing in the table", test_lost_worker},
        {"with all workers lost it is resumable", test_all_lost},
        {"a trial whose process dies once is tried again", test_crash_once},
        {"a trial whose process dies twice is a failed row with its reason", test_crash_twice},
        {"with every trial diverged it ends and says what to lower", test_none_finished},
        {"a result of a lease that ended changes nothing", test_second_result_changes_nothing},
        {"a service job that fails ends the run with its words", test_failed_job_ends_it},
        {"a service job whose process dies is tried once more", test_crashed_job},
    };
    SUITE("coordinator", tests);
    return suites_run();
}
