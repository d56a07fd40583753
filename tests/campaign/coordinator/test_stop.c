/* The orderly stop, by a signal or by the deadline: what is saved, what is lost, and in what time. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/coordinator/suites.h"
#include "suite.h"

static void resume(World *world, const char *yaml) {
    Simulation again = a_run(yaml, world, 2, 77);
    simulation_begin(&again);
    simulation_run(&again, 0);
    expect_complete(&again);
    simulation_end(&again);
}

/* Until each of `workers` trains in the second stage of the long campaign and will not diverge. */
static void to_long_trials(Simulation *s) {
    for (int guard = 0; guard < 10000; guard++) {
        bool all = true;
        for (uint32_t w = 0; w < s->workers; w++) {
            WorkerView view = coordinator_worker(s->coordinator, w);
            all &= view.training && view.trial >= 6 && view.epoch >= 3 && view.epoch <= 8;
        }
        if (all) return;
        CU_ASSERT_FALSE_FATAL(s->finished);
        simulation_step(s);
    }
    CU_FAIL_FATAL("no such moment");
}

static void test_saves(void) {
    for (uint64_t blind = 0; blind <= 6; blind += 6) {
        World world;
        world_begin(&world);
        Simulation s = a_run(long_yaml, &world, 3, 21);
        s.blind = blind;
        simulation_begin(&s);
        to_long_trials(&s);
        uint64_t trained = world.epochs_trained, trial[3];
        for (uint32_t w = 0; w < 3; w++)
            trial[w] = coordinator_worker(s.coordinator, w).trial;
        simulation_stop(&s);
        simulation_stop(&s); /* changes nothing */
        simulation_run(&s, 0);
        CU_ASSERT_EQUAL(s.finish.status, STATUS_RESUMABLE);
        CU_ASSERT_FALSE(s.finish.complete);
        CU_ASSERT_FALSE(s.finish.ranks_lost);
        CU_ASSERT_TRUE(world.epochs_trained - trained <= 3 + 3); /* each ends its epoch, then saves */
        CU_ASSERT_TRUE(simulation_told(&s, "3 running trials are saved: trial "));
        CU_ASSERT_TRUE(simulation_told(&s, "0 epochs are lost by the stop\n"));
        for (uint32_t w = 0; w < 3; w++) {
            CU_ASSERT_PTR_NOT_NULL(coordinator_ledger(s.coordinator)->trials[trial[w]].checkpoint);
            CU_ASSERT_TRUE(s.ranks[w].farewell);
        }
        simulation_end(&s);
        resume(&world, long_yaml);
        world_end(&world);
    }
}

/* A trial whose epoch takes too long to be saved is left to its last checkpoint; nobody waits for it for
 * ever. */
static void test_grace_ends(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(long_yaml, &world, 3, 21);
    simulation_begin(&s);
    to_long_trials(&s);
    s.ranks[1].host.next = INFINITY;  /* this one hangs */
    s.ranks[2].awake_from = INFINITY; /* this rank is suspended */
    double stopped = s.now;
    simulation_stop(&s);
    simulation_run(&s, 0);
    CU_ASSERT_EQUAL(s.finish.status, STATUS_RESUMABLE);
    CU_ASSERT_TRUE(s.finished_at - stopped > 10);
    CU_ASSERT_TRUE(s.finished_at - stopped < 20);
    CU_ASSERT_TRUE(s.ranks[1].farewell);
    CU_ASSERT_TRUE(s.finish.ranks_lost); /* the suspended one fell silent meanwhile */
    simulation_end(&s);
    resume(&world, long_yaml);
    world_end(&world);
}

/* Rank 0's host does not get the results file written: that is left to the next run. */
static void test_publishing_hangs(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(long_yaml, &world, 3, 21);
    simulation_begin(&s);
    to_long_trials(&s);
    s.jobs_hang = true;
    double stopped = s.now;
    simulation_stop(&s);
    simulation_run(&s, 0);
    CU_ASSERT_EQUAL(s.finish.status, STATUS_RESUMABLE);
    CU_ASSERT_FALSE(s.finish.complete);
    CU_ASSERT_TRUE(s.finished_at - stopped < 20);
    CU_ASSERT_TRUE(simulation_told(&s, "the results file could not be written in time"));
    simulation_end(&s);
    resume(&world, long_yaml);
    world_end(&world);
}

/* A rank that was silent speaks again while others still save: it is told to leave, too. */
static void test_back_during_the_stop(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(long_yaml, &world, 3, 21);
    simulation_begin(&s);
    to_long_trials(&s);
    s.ranks[2].awake_from = s.now + 8;
    simulation_wait(&s, 6.5);
    CU_ASSERT_TRUE(coordinator_worker(s.coordinator, 2).lost);
    s.ranks[1].host.next = INFINITY; /* this one hangs */
    simulation_stop(&s);
    simulation_run(&s, 0);
    CU_ASSERT_TRUE(simulation_told(&s, "rank 2 on node2 is back\n"));
    CU_ASSERT_TRUE(s.ranks[2].farewell);
    CU_ASSERT_FALSE(s.finish.ranks_lost);
    simulation_end(&s);
    resume(&world, long_yaml);
    world_end(&world);
}

/* What ends in the time of grace has its row. */
static void test_last_rows(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 3, 5);
    s.blind = 4;
    simulation_begin(&s);
    simulation_run(&s, 4);
    while (true) { /* two ranks in their last epoch, one of which does not see the folder */
        bool last = true;
        for (uint32_t w = 1; w <= 2; w++)
            last &= s.ranks[w].host.running && s.ranks[w].host.epoch == 1;
        if (last) break;
        simulation_step(&s);
    }
    uint64_t trial[3];
    for (uint32_t w = 1; w <= 2; w++)
        trial[w] = s.ranks[w].host.lease.trial;
    simulation_stop(&s);
    simulation_run(&s, 0);
    CU_ASSERT_EQUAL(s.finish.status, STATUS_RESUMABLE);
    for (uint32_t w = 1; w <= 2; w++)
        CU_ASSERT_TRUE(coordinator_ledger(s.coordinator)->trials[trial[w]].finished);
    check_rows(&s);
    simulation_end(&s);
    resume(&world, simulated_yaml);
    world_end(&world);
}

static void test_stopped_in_a_job(void) {
    static const JobKind jobs[] = {JOB_PREFLIGHT, JOB_ENSEMBLE};
    for (size_t i = 0; i < 2; i++) {
        World world;
        world_begin(&world);
        Simulation first = a_run(simulated_yaml, &world, 3, 4);
        simulation_begin(&first);
        simulation_run_to_job(&first, jobs[i]);
        simulation_stop(&first);
        CU_ASSERT_TRUE(first.job_cancelled);
        simulation_run(&first, 0);
        CU_ASSERT_EQUAL(first.finish.status, STATUS_RESUMABLE);
        CU_ASSERT_FALSE(first.finish.complete);
        simulation_end(&first);
        Simulation second = a_run(simulated_yaml, &world, 2, 5);
        simulation_begin(&second);
        simulation_run(&second, 0);
        CU_ASSERT_EQUAL(second.jobs[jobs[i]], 1);
        expect_complete(&second);
        simulation_end(&second);
        world_end(&world);
    }
}

/* A rank that comes too late to be asked is told to leave. */
static void test_stopped_before_a_rank_comes(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 3, 4);
    simulation_begin(&s);
    s.ranks[2].awake_from = s.now + 3;
    simulation_stop(&s);
    simulation_run(&s, 0);
    CU_ASSERT_EQUAL(s.finish.status, STATUS_RESUMABLE);
    CU_ASSERT_TRUE(s.ranks[2].farewell);
    simulation_end(&s);
    resume(&world, simulated_yaml);
    world_end(&world);
}

/* --- the deadline --- */

static void test_deadline(void) {
    World world;
    world_begin(&world);
    int runs = 0;
    for (bool complete = false; !complete && runs < 60; runs++) {
        Simulation s = a_run(long_yaml, &world, 2, 30 + (uint64_t)runs);
        s.time_limit = 16;
        simulation_begin(&s);
        simulation_run(&s, 0);
        complete = s.finish.complete;
        CU_ASSERT_TRUE(s.finished_at <= s.began + s.time_limit);
        if (complete) {
            expect_complete(&s);
        } else {
            CU_ASSERT_EQUAL(s.finish.status, STATUS_RESUMABLE);
            CU_ASSERT_PTR_NOT_NULL(strstr(s.finish.text, "stopped by --time-limit after "));
        }
        simulation_end(&s);
    }
    CU_ASSERT_TRUE(runs > 1);
    CU_ASSERT_TRUE(runs < 12); /* each of them gets on */
    world_end(&world);
}

/* Nothing is begun that could not even be saved: the run ends before its time. */
static void test_nothing_fits(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(long_yaml, &world, 1, 30);
    s.time_limit = 21;
    simulation_begin(&s);
    for (int guard = 0; !s.finished && guard < 10000; guard++) {
        if (s.ranks[0].host.running && s.ranks[0].host.epoch == 0) s.ranks[0].host.pace = 3;
        simulation_step(&s);
    }
    CU_ASSERT_EQUAL(s.finish.status, STATUS_RESUMABLE);
    CU_ASSERT_TRUE(simulation_told(&s, "no further trial fits into the time limit\n"));
    CU_ASSERT_TRUE(s.finished_at < s.began + 18);
    CU_ASSERT_EQUAL(coordinator_ledger(s.coordinator)->lease_count, 1);
    simulation_end(&s);
    resume(&world, long_yaml);
    world_end(&world);
}

static void test_no_time_at_all(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(long_yaml, &world, 2, 30);
    s.time_limit = 0.5;
    simulation_begin(&s);
    simulation_run(&s, 0);
    CU_ASSERT_EQUAL(s.finish.status, STATUS_RESUMABLE);
    CU_ASSERT_EQUAL(coordinator_ledger(s.coordinator)->lease_count, 0);
    simulation_end(&s);
    resume(&world, long_yaml);
    world_end(&world);
}

void stop_suite(void) {
    static const TestCase tests[] = {
        {"a stop saves running trials at the end of their epoch, and says so", test_saves},
        {"what cannot be saved in time is left, and the stop takes under 20 s", test_grace_ends},
        {"a results file that cannot be written in time is left to the next run", test_publishing_hangs},
        {"a silent rank that speaks again during the stop is told to leave", test_back_during_the_stop},
        {"a trial that ends in the time of grace has its row and its network", test_last_rows},
        {"stopped in preflight or ensemble it is resumable, and that job is done again",
         test_stopped_in_a_job},
        {"a rank that comes during the stop is told to leave", test_stopped_before_a_rank_comes},
        {"with a deadline each run ends in time, and together they complete it", test_deadline},
        {"a trial that could not even be saved is not begun", test_nothing_fits},
        {"with no time at all nothing is begun", test_no_time_at_all},
    };
    SUITE("stop", tests);
}
