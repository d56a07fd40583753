/* The course of a campaign: stages, networks, service jobs, and going on from any moment. */
#include <stdlib.h>
#include <string.h>

#include "campaign/coordinator/suites.h"
#include "suite.h"

static void test_completes(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 4, 3);
    simulation_begin(&s);
    simulation_run(&s, 0);
    expect_complete(&s);
    const Ledger *ledger = coordinator_ledger(s.coordinator);
    CU_ASSERT_EQUAL(ledger->finished_count, 42);
    CU_ASSERT_EQUAL(ledger->lease_count, 42);
    CU_ASSERT_EQUAL(ledger->stage_count, 2);
    CU_ASSERT_TRUE(ledger->has_ensemble);
    CU_ASSERT_TRUE(ledger->ended);
    CU_ASSERT_EQUAL(s.jobs[JOB_PREFLIGHT], 1);
    CU_ASSERT_EQUAL(s.jobs[JOB_ENSEMBLE], 1);
    CU_ASSERT_TRUE(s.jobs[JOB_PUBLISH] >= 3); /* empty, a stage's end, complete */
    CU_ASSERT_FALSE(s.finish.ranks_lost);
    for (uint32_t w = 0; w < 4; w++)
        CU_ASSERT_TRUE(s.ranks[w].worker.left);
    simulation_end(&s);
    world_end(&world);
}

static void test_same_on_any_workers(void) {
    for (uint32_t workers = 1; workers <= 40; workers += 3) {
        World world;
        world_begin(&world);
        Simulation s = a_run(simulated_yaml, &world, workers, 100 + workers);
        simulation_begin(&s);
        simulation_run(&s, 0);
        expect_complete(&s);
        simulation_end(&s);
        world_end(&world);
    }
}

/* Networks long on their way and out of order: what better ones overtook is not stored at all. */
static void test_late_networks(void) {
    size_t least = SIZE_MAX, most = 0;
    for (uint64_t order = 1; order < 30; order++) {
        World world;
        world_begin(&world);
        Simulation s = a_run(simulated_yaml, &world, 12, order);
        s.blind = ~(uint64_t)1;
        s.blobs_wait = 0.95;
        simulation_begin(&s);
        simulation_run(&s, 0);
        expect_complete(&s); /* with the pool's networks and no others in the folder */
        if (s.stored < least) least = s.stored;
        if (s.stored > most) most = s.stored;
        simulation_end(&s);
        world_end(&world);
    }
    CU_ASSERT_TRUE(least < most);
}

static void test_few_transfers(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 40, 8);
    s.blind = ~(uint64_t)1;
    s.blobs_wait = 0.95;
    simulation_begin(&s);
    simulation_run(&s, 0);
    expect_complete(&s);
    CU_ASSERT_EQUAL(s.transfers_most, 8);
    simulation_end(&s);
    world_end(&world);
}

/* A rank that cannot write into the folder hands its networks in over the channel. */
static void test_worker_cannot_write(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 4, 8);
    s.cannot_write = 1 << 1 | 1 << 3;
    simulation_begin(&s);
    simulation_run(&s, 0);
    expect_complete(&s);
    CU_ASSERT_TRUE(s.transfers_most > 0);
    simulation_end(&s);
    world_end(&world);
}

static void test_stop_and_go_on(void) {
    for (size_t rows = 1; rows < 42; rows += 4) {
        World world;
        world_begin(&world);
        Simulation first = a_run(simulated_yaml, &world, 3, rows);
        simulation_begin(&first);
        simulation_run(&first, rows);
        simulation_stop(&first);
        simulation_run(&first, 0);
        CU_ASSERT_EQUAL(first.finish.status, STATUS_RESUMABLE);
        CU_ASSERT_FALSE(first.finish.complete);
        simulation_end(&first);
        Simulation second = a_run(simulated_yaml, &world, 2, rows + 50);
        simulation_begin(&second);
        simulation_run(&second, 0);
        expect_complete(&second);
        CU_ASSERT_EQUAL(second.jobs[JOB_PREFLIGHT], 0); /* once is enough */
        simulation_end(&second);
        world_end(&world);
    }
}

/* As if killed after any record: the journal and the folder are all there is. */
static void test_killed_after_any_record(void) {
    World whole;
    world_begin(&whole);
    whole.hoards = true;
    Simulation s = a_run(simulated_yaml, &whole, 3, 9);
    simulation_begin(&s);
    simulation_run(&s, 0);
    simulation_end(&s);
    ByteReader reader = bytes_reader(whole.journal.data, whole.journal.length);
    bool chosen = false;
    for (size_t record = 0; reader.position < reader.length; record++) {
        size_t length;
        const uint8_t *bytes = bytes_get_block(&reader, &length);
        chosen = chosen || bytes[0] == RECORD_ENSEMBLE;
        if (record < 2) continue; /* a campaign begins with three records */
        World world;
        world_copy(&whole, reader.position, &world);
        Simulation again = a_run(simulated_yaml, &world, 2, record);
        simulation_begin(&again);
        simulation_run(&again, 0);
        expect_complete(&again);
        CU_ASSERT_EQUAL(again.jobs[JOB_ENSEMBLE], chosen ? 0 : 1); /* the test set is asked once */
        simulation_end(&again);
        world_end(&world);
    }
    world_end(&whole);
}

/* A damaged journal has lost a row of the first stage, and the second stage has begun. */
static void test_missing_row_of_an_earlier_stage(void) {
    World whole, holed;
    world_begin(&whole);
    whole.hoards = true;
    Simulation s = a_run(simulated_yaml, &whole, 3, 9);
    simulation_begin(&s);
    simulation_run(&s, 35);
    simulation_end(&s);
    world_copy(&whole, 0, &holed);
    ByteReader reader = bytes_reader(whole.journal.data, whole.journal.length);
    for (bool left_out = false; reader.position < reader.length;) {
        size_t length;
        const uint8_t *bytes = bytes_get_block(&reader, &length);
        bool leave_out = !left_out && bytes[0] == RECORD_TRIAL;
        left_out |= leave_out;
        if (!leave_out) bytes_put_block(&holed.journal, bytes, length);
    }
    Simulation again = a_run(simulated_yaml, &holed, 2, 1);
    simulation_begin(&again);
    simulation_run(&again, 0);
    expect_complete(&again);
    simulation_end(&again);
    world_end(&whole);
    world_end(&holed);
}

static void test_none_finished(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 3, 2);
    s.diverge_all = true;
    simulation_begin(&s);
    simulation_run(&s, 0);
    CU_ASSERT_EQUAL(s.finish.status, STATUS_ENVIRONMENT);
    CU_ASSERT_TRUE(s.finish.complete);
    CU_ASSERT_PTR_NOT_NULL(strstr(s.finish.text, "learning_rate"));
    CU_ASSERT_EQUAL(coordinator_ledger(s.coordinator)->end.outcome, OUTCOME_NONE_FINISHED);
    CU_ASSERT_EQUAL(s.jobs[JOB_ENSEMBLE], 0);
    simulation_end(&s);
    world_end(&world);
}

static void test_second_result_changes_nothing(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 2, 2);
    simulation_begin(&s);
    simulation_run(&s, 3);
    size_t before = coordinator_ledger(s.coordinator)->finished_count;
    Message message = {.kind = MESSAGE_RESULT};
    message.as.result.lease = 1; /* the first lease of all ended long ago */
    message.as.result.record.trial = 0;
    Event event = {.kind = EVENT_MESSAGE, .worker = 1, .message = &message};
    simulation_event(&s, &event);
    CU_ASSERT_EQUAL(coordinator_ledger(s.coordinator)->finished_count, before);
    simulation_run(&s, 0);
    expect_complete(&s);
    simulation_end(&s);
    world_end(&world);
}

/* --- service jobs --- */

static void job_ends(Simulation *s, bool crashed, const char *text) {
    CU_ASSERT_TRUE_FATAL(s->job_pending);
    s->job_pending = false;
    Event ended = {.kind = EVENT_JOB_ENDED, .status = STATUS_ENVIRONMENT, .text = text, .crashed = crashed};
    simulation_event(s, &ended);
}

static void test_failed_job_ends_it(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 2, 2);
    simulation_begin(&s);
    CU_ASSERT_EQUAL(s.job, JOB_PUBLISH);
    job_ends(&s, false, "no space left");
    CU_ASSERT_TRUE(s.finished);
    CU_ASSERT_EQUAL(s.finish.status, STATUS_ENVIRONMENT);
    CU_ASSERT_FALSE(s.finish.complete);
    CU_ASSERT_PTR_NOT_NULL(strstr(s.finish.text, "no space left"));
    CU_ASSERT_TRUE(coordinator_ledger(s.coordinator)->failed);
    simulation_end(&s);
    world_end(&world);
}

static void test_crashed_job(void) {
    for (JobKind job = JOB_PREFLIGHT; job <= JOB_ENSEMBLE; job++) {
        for (int deaths = 1; deaths <= 2; deaths++) {
            World world;
            world_begin(&world);
            Simulation s = a_run(simulated_yaml, &world, 2, 2);
            simulation_begin(&s);
            simulation_run_to_job(&s, job);
            size_t before = s.jobs[job];
            job_ends(&s, true, "signal 9");
            CU_ASSERT_EQUAL(s.jobs[job], before + 1);
            if (deaths == 1) {
                simulation_run(&s, 0);
                expect_complete(&s);
            } else {
                job_ends(&s, true, "signal 9");
                CU_ASSERT_TRUE(s.finished);
                CU_ASSERT_EQUAL(s.finish.status, STATUS_ENVIRONMENT);
                CU_ASSERT_FALSE(s.finish.complete);
            }
            simulation_end(&s);
            world_end(&world);
        }
    }
}

/* The folder is full: a clear end, and the same command completes it when there is room. */
static void test_disk_full(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 4, 5);
    simulation_begin(&s);
    simulation_run(&s, 2);
    world.disk_full = true;
    simulation_run(&s, 0);
    CU_ASSERT_EQUAL(s.finish.status, STATUS_ENVIRONMENT);
    CU_ASSERT_FALSE(s.finish.complete);
    CU_ASSERT_PTR_NOT_NULL(strstr(s.finish.text, "No space left on device"));
    CU_ASSERT_PTR_NOT_NULL(strstr(s.finish.text, "cannot be stored"));
    CU_ASSERT_TRUE(coordinator_ledger(s.coordinator)->failed);
    simulation_drain(&s);
    simulation_end(&s);
    world.disk_full = false;
    Simulation again = a_run(simulated_yaml, &world, 4, 6);
    simulation_begin(&again);
    simulation_run(&again, 0);
    expect_complete(&again);
    simulation_end(&again);
    world_end(&world);
}

/* Each shard goes on with what the ones before it have left, as after a merge. */
static void test_shards(void) {
    for (uint32_t count = 2; count <= 32; count += 5) {
        World world;
        world_begin(&world);
        uint32_t runs = 0;
        for (bool complete = false; !complete; runs++) {
            Simulation s = a_run(simulated_yaml, &world, 3, 700 + runs);
            s.shard = (Shard){.index = runs % count, .count = count};
            simulation_begin(&s);
            simulation_run(&s, 0);
            CU_ASSERT_TRUE_FATAL(s.finished && s.finish.complete);
            const Ledger *ledger = coordinator_ledger(s.coordinator);
            complete = outcome_is_complete(ledger->end.outcome);
            if (complete) {
                expect_complete(&s);
            } else {
                CU_ASSERT_EQUAL(ledger->end.outcome, OUTCOME_SHARD);
                CU_ASSERT_FALSE(ledger->has_ensemble);
                CampaignView view = coordinator_view(s.coordinator);
                CU_ASSERT_EQUAL(view.finished, view.trials);
                CU_ASSERT_EQUAL(view.epochs_done, view.epochs_all);
                simulation_drain(&s);
            }
            simulation_end(&s);
            CU_ASSERT_TRUE_FATAL(runs < 2 * count);
        }
        CU_ASSERT_TRUE(runs > count); /* the second stage waited for the last part of the first */
        world_end(&world);
    }
}

void campaign_suite(void) {
    static const TestCase tests[] = {
        {"a campaign completes: stages, ensemble, files, everyone told", test_completes},
        {"the same table and the same networks on 1 to 40 workers at any pace", test_same_on_any_workers},
        {"a network that better ones overtook is not stored", test_late_networks},
        {"at most eight blobs are on their way at a time", test_few_transfers},
        {"a rank that cannot write into the folder hands in over the channel", test_worker_cannot_write},
        {"stopped and gone on, the table is the same", test_stop_and_go_on},
        {"killed after any record, the table is the same", test_killed_after_any_record},
        {"a row of an earlier stage that damage took is trained again", test_missing_row_of_an_earlier_stage},
        {"shards do their parts, and together the whole", test_shards},
        {"with every trial diverged it ends and says what to lower", test_none_finished},
        {"a result of a lease that ended changes nothing", test_second_result_changes_nothing},
        {"a service job that fails ends the run with its words", test_failed_job_ends_it},
        {"a service job whose process dies is tried once more", test_crashed_job},
        {"a full disk is one clear end, and with room it goes on", test_disk_full},
    };
    SUITE("campaign", tests);
}
