/* Trials that crash or hang, and those that go on from a checkpoint. */
#include <stdio.h>
#include <string.h>

#include "campaign/coordinator/suites.h"
#include "suite.h"

/* --- crashes --- */

static void test_crash_once(void) {
    World world;
    world_begin(&world);
    world.fragile = 4;
    world.crashes = 1;
    Simulation s = a_run(simulated_yaml, &world, 3, 2);
    simulation_begin(&s);
    simulation_run(&s, 0);
    expect_complete(&s);
    CU_ASSERT_EQUAL(leases_of(&s, 4, LEASE_CRASHED), 1);
    CU_ASSERT_TRUE(simulation_told(
        &s, "trial 4: its process was ended by signal 11 (Segmentation fault); it is tried once more\n"));
    simulation_end(&s);
    world_end(&world);
}

static void test_poison(void) {
    World world;
    world_begin(&world);
    world.poison[0] = 4;
    world.poison_epoch = 1;
    Simulation s = a_run(simulated_yaml, &world, 3, 2);
    simulation_begin(&s);
    simulation_run(&s, 0);
    expect_complete(&s);
    const LedgerRow *row = &coordinator_ledger(s.coordinator)->trials[4].record;
    CU_ASSERT_EQUAL(row->outcome.status, TRIAL_FAILED);
    CU_ASSERT_STRING_EQUAL(row->reason, "its process was ended by signal 11 (Segmentation fault), twice");
    CU_ASSERT_EQUAL(leases_of(&s, 4, LEASE_CRASHED), 2);
    simulation_end(&s);
    world_end(&world);
}

/* The first strike before a kill of everything, the second after it. */
static void test_strikes_survive(void) {
    World world;
    world_begin(&world);
    world.poison[0] = 4;
    world.poison_epoch = 1;
    Simulation first = a_run(simulated_yaml, &world, 3, 2);
    simulation_begin(&first);
    while (leases_of(&first, 4, LEASE_CRASHED) == 0)
        simulation_step(&first);
    simulation_end(&first);
    world_cut_journal(&world, world.journal.length);
    Simulation second = a_run(simulated_yaml, &world, 3, 3);
    simulation_begin(&second);
    simulation_run(&second, 0);
    expect_complete(&second);
    CU_ASSERT_EQUAL(leases_of(&second, 4, LEASE_CRASHED), 2);
    simulation_end(&second);
    world_end(&world);
}

/* The rank itself dies, noticed at once or not, or a stop comes, within three seconds: that was no fault of
 * the trial. */
static void test_no_strike(void) {
    for (int how = 0; how <= 2; how++) {
        bool stop = how == 2;
        World world;
        world_begin(&world);
        Simulation s = a_run(simulated_yaml, &world, 3, 2);
        simulation_begin(&s);
        simulation_run(&s, 3);
        while (!s.ranks[1].host.running)
            simulation_step(&s);
        uint64_t trial = s.ranks[1].host.lease.trial;
        s.ranks[1].host.fate = FATE_CRASH;
        s.ranks[1].host.fate_epoch = s.ranks[1].host.epoch + 1;
        while (coordinator_worker(s.coordinator, 1).training &&
               coordinator_worker(s.coordinator, 1).trial == trial)
            simulation_step(&s);
        simulation_wait(&s, 1);
        if (stop)
            simulation_stop(&s);
        else
            simulation_kill(&s, 1, how == 1);
        simulation_run(&s, 0);
        CU_ASSERT_EQUAL(leases_of(&s, trial, LEASE_CRASHED), 0);
        CU_ASSERT_EQUAL(leases_of(&s, trial, stop ? LEASE_STOPPED : LEASE_LOST), 1);
        CU_ASSERT_FALSE(simulation_told(&s, "tried once more"));
        if (!stop) expect_complete(&s);
        simulation_end(&s);
        world_end(&world);
    }
}

/* On one node no trial's process lives: the others train what it was given, and no trial fails for it. */
static void test_bad_node(void) {
    for (uint64_t order = 1; order <= 10; order++) {
        World world;
        world_begin(&world);
        Simulation s = a_run(order % 2 == 0 ? simulated_yaml : long_yaml, &world, 3, order);
        s.kills = 4;
        simulation_begin(&s);
        simulation_run(&s, 0);
        expect_complete(&s);
        CU_ASSERT_TRUE(simulation_told(&s, "tried once more"));
        CU_ASSERT_EQUAL(coordinator_view(s.coordinator).failed, 0);
        simulation_end(&s);
        world_end(&world);
    }
}

static uint32_t rank_of_crash(const Simulation *s, uint64_t trial) {
    const Ledger *ledger = coordinator_ledger(s->coordinator);
    size_t i = 0;
    while (ledger->leases[i].trial != trial || ledger->leases[i].outcome != LEASE_CRASHED)
        i++;
    return ledger->leases[i].rank;
}

/* Where all others have gone, the rank on which it died has it again. */
static void test_bad_node_alone(void) {
    size_t alone = 0;
    for (uint64_t order = 1; order <= 20; order++) {
        World world;
        world_begin(&world);
        world.fragile = 4;
        world.crashes = 1;
        Simulation s = a_run(simulated_yaml, &world, 2, order);
        simulation_begin(&s);
        while (leases_of(&s, 4, LEASE_CRASHED) == 0)
            simulation_step(&s);
        if (rank_of_crash(&s, 4) == 0) {
            alone++;
            simulation_kill(&s, 1, true);
        }
        simulation_run(&s, 0);
        expect_complete(&s);
        simulation_end(&s);
        world_end(&world);
    }
    CU_ASSERT_TRUE(alone > 0);
}

static void test_hang(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 3, 2);
    simulation_begin(&s);
    while (!s.ranks[1].host.running)
        simulation_step(&s);
    s.ranks[1].host.fate = FATE_HANG;
    s.ranks[1].host.fate_epoch = 1;
    simulation_run(&s, 0);
    expect_complete(&s);
    CU_ASSERT_TRUE(
        simulation_told(&s, "ended no epoch within limits.epoch_seconds: 4; it is tried once more\n"));
    simulation_end(&s);
    world_end(&world);
}

/* --- checkpoints --- */

static void test_killed_and_resumed(void) {
    World world;
    world_begin(&world);
    Simulation first = a_run(long_yaml, &world, 3, 7);
    simulation_begin(&first);
    uint64_t trial = to_the_middle(&first, 1);
    uint32_t saved = coordinator_ledger(first.coordinator)->trials[trial].checkpoint->epoch;
    simulation_end(&first);
    world_cut_journal(&world, world.journal.length);
    Simulation second = a_run(long_yaml, &world, 2, 8);
    simulation_begin(&second);
    simulation_run(&second, 0);
    expect_complete(&second);
    char words[128];
    snprintf(words, sizeof(words), "trial %llu goes on after epoch %u of 12; ", (unsigned long long)trial,
             saved);
    CU_ASSERT_TRUE(simulation_told(&second, words));
    simulation_end(&second);
    world_end(&world);
}

static void test_other_arithmetic(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(long_yaml, &world, 3, 7);
    s.other = 1; /* all but the one that dies */
    s.other |= 1 << 2;
    simulation_begin(&s);
    uint64_t trial = to_the_middle(&s, 1);
    uint32_t saved = coordinator_ledger(s.coordinator)->trials[trial].checkpoint->epoch;
    simulation_kill(&s, 1, true);
    simulation_run(&s, 0);
    expect_complete(&s);
    char words[160];
    snprintf(words, sizeof(words), "trial %llu starts from epoch 0 on rank ", (unsigned long long)trial);
    CU_ASSERT_TRUE(simulation_told(&s, words));
    snprintf(words, sizeof(words),
             "it was saved after epoch %u as test computes, and this rank computes as other", saved);
    CU_ASSERT_TRUE(simulation_told(&s, words));
    simulation_end(&s);
    world_end(&world);
}

static void test_nodes_of_other_arithmetic(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(long_yaml, &world, 6, 7);
    s.ranks_a_node = 2;
    s.other = 1 << 2 | 1 << 3 | 1 << 5;
    simulation_begin(&s);
    simulation_run(&s, 0);
    expect_complete(&s);
    CU_ASSERT_EQUAL(simulation_times_told(&s, "node0 computes as"), 0);
    CU_ASSERT_EQUAL(simulation_times_told(&s, "node1 computes as other, rank 0 as test: "), 1);
    CU_ASSERT_EQUAL(simulation_times_told(&s, "node2 computes as other, rank 0 as test: "), 1);
    simulation_end(&s);
    world_end(&world);
}

static void test_strict(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(long_yaml, &world, 4, 7);
    s.strict = true;
    s.other = 1 << 2;
    simulation_begin(&s);
    simulation_run(&s, 0);
    CU_ASSERT_TRUE(s.finished);
    CU_ASSERT_EQUAL(s.finish.status, STATUS_ENVIRONMENT);
    CU_ASSERT_FALSE(s.finish.complete);
    CU_ASSERT_PTR_NOT_NULL(strstr(s.finish.text, "--strict: node2 computes as other, rank 0 as test"));
    simulation_end(&s);
    s = a_run(long_yaml, &world, 2, 8);
    s.strict = true;
    simulation_begin(&s);
    simulation_run(&s, 0);
    expect_complete(&s);
    simulation_end(&s);
    world_end(&world);
}

/* A checkpoint that has vanished costs its epochs, not the trial. */
static void test_vanished_checkpoint(void) {
    World world;
    world_begin(&world);
    Simulation first = a_run(long_yaml, &world, 3, 7);
    simulation_begin(&first);
    uint64_t trial = to_the_middle(&first, 1);
    simulation_stop(&first);
    simulation_run(&first, 0);
    char name[BLOB_NAME_SIZE];
    memcpy(name, coordinator_ledger(first.coordinator)->trials[trial].checkpoint->blob, sizeof(name));
    simulation_end(&first);
    WorldFile *file = world_find(&world, name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    file->bytes[0] ^= 1;
    Simulation second = a_run(long_yaml, &world, 2, 8);
    simulation_begin(&second);
    simulation_run(&second, 0);
    expect_complete(&second);
    char words[128];
    snprintf(words, sizeof(words), "trial %llu: its checkpoint cannot be read\n", (unsigned long long)trial);
    CU_ASSERT_TRUE(simulation_told(&second, words));
    snprintf(words, sizeof(words), "trial %llu starts again from epoch 0; ", (unsigned long long)trial);
    CU_ASSERT_TRUE(simulation_told(&second, words));
    simulation_end(&second);
    world_end(&world);
}

void trials_suite(void) {
    static const TestCase tests[] = {
        {"a trial whose process dies once is tried again", test_crash_once},
        {"a trial whose process dies twice is a failed row with its reason", test_poison},
        {"strikes are counted over restarts", test_strikes_survive},
        {"a death or a stop within three seconds makes it no strike", test_no_strike},
        {"a rank on which every trial dies fails none of them", test_bad_node},
        {"a rank that is left alone tries again what died on it", test_bad_node_alone},
        {"a hung trial is ended and tried again", test_hang},
        {"killed in the middle of a trial, it goes on from its checkpoint", test_killed_and_resumed},
        {"a checkpoint of another arithmetic is not used, and it is said", test_other_arithmetic},
        {"nodes that compute otherwise than rank 0 are named, each once", test_nodes_of_other_arithmetic},
        {"--strict ends the run where a rank computes otherwise, and goes on without it", test_strict},
        {"a damaged checkpoint costs its epochs, not the trial", test_vanished_checkpoint},
    };
    SUITE("trials", tests);
}
