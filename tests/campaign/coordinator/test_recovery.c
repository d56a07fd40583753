/* Ranks that die or fall silent, trials that crash or hang: who takes over, from where, and what is said. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/coordinator/suites.h"
#include "suite.h"

/* The trial that worker `w` trains. */
static uint64_t trial_of(const Simulation *s, uint32_t w) {
    WorkerView view = coordinator_worker(s->coordinator, w);
    CU_ASSERT_TRUE_FATAL(view.training);
    return view.trial;
}

static size_t leases_of(const Simulation *s, uint64_t trial, LeaseOutcome outcome) {
    const Ledger *ledger = coordinator_ledger(s->coordinator);
    size_t count = 0;
    for (size_t i = 0; i < ledger->lease_count; i++)
        count += ledger->leases[i].trial == trial && ledger->leases[i].outcome == outcome;
    return count;
}

/* Until worker `w` trains a trial of the second stage that has a checkpoint and two epochs more. */
static uint64_t to_the_middle(Simulation *s, uint32_t w) {
    for (int guard = 0; guard < 10000; guard++) {
        WorkerView view = coordinator_worker(s->coordinator, w);
        const Ledger *ledger = coordinator_ledger(s->coordinator);
        const CheckpointRecord *saved = view.training ? ledger->trials[view.trial].checkpoint : NULL;
        if (saved != NULL && view.trial >= 6 && view.epoch == saved->epoch + 2) return view.trial;
        CU_ASSERT_FALSE_FATAL(s->finished);
        simulation_step(s);
    }
    CU_FAIL_FATAL("no such moment");
    return 0;
}

static void test_dead_rank(void) {
    for (int reported = 0; reported <= 1; reported++) {
        for (uint64_t blind = 0; blind <= 1; blind++) {
            World world;
            world_begin(&world);
            Simulation s = a_run(long_yaml, &world, 4, 11);
            s.blind = blind << 1 | blind << 2 | blind << 3;
            simulation_begin(&s);
            uint64_t trial = to_the_middle(&s, 2);
            uint32_t saved = coordinator_ledger(s.coordinator)->trials[trial].checkpoint->epoch;
            simulation_kill(&s, 2, reported);
            simulation_run(&s, 0);
            expect_complete(&s);
            CU_ASSERT_TRUE(s.finish.ranks_lost);
            CU_ASSERT_EQUAL(leases_of(&s, trial, LEASE_LOST), 1);
            char words[160];
            snprintf(words, sizeof(words),
                     "rank 2 on node2 %s: trial %llu goes to another rank from epoch %u\n",
                     reported ? "died" : "is lost (silent for 6 s)", (unsigned long long)trial, saved);
            CU_ASSERT_TRUE(simulation_told(&s, words));
            snprintf(words, sizeof(words), "trial %llu goes on after epoch %u of 12; 2 epochs are repeated\n",
                     (unsigned long long)trial, saved);
            CU_ASSERT_TRUE(simulation_told(&s, words));
            snprintf(words, sizeof(words), "1 rank was lost on the way: rank 2 on node2 (%s)\n",
                     reported ? "died" : "silent");
            CU_ASSERT_TRUE(simulation_told(&s, words));
            const Ledger *ledger = coordinator_ledger(s.coordinator);
            const LeaseRecord *last = NULL;
            for (size_t i = 0; i < ledger->lease_count; i++) {
                if (ledger->leases[i].trial == trial) last = &ledger->leases[i];
            }
            CU_ASSERT_EQUAL(last->first_epoch, saved + 1);
            CU_ASSERT_EQUAL(last->last_epoch, 12);
            simulation_end(&s);
            world_end(&world);
        }
    }
}

static void test_two_of_four(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 4, 11);
    simulation_begin(&s);
    simulation_run(&s, 5);
    simulation_kill(&s, 2, true);
    simulation_run(&s, 20);
    simulation_kill(&s, 1, false);
    simulation_run(&s, 0);
    expect_complete(&s);
    CU_ASSERT_TRUE(simulation_told(&s, "2 ranks were lost on the way: rank 1 on node1 (silent), rank 2"));
    simulation_end(&s);
    world_end(&world);
}

static void test_all_lost(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 2, 11);
    simulation_begin(&s);
    simulation_run(&s, 5);
    for (uint32_t w = 0; w < 2; w++) {
        simulation_kill(&s, w, true);
        s.ranks[w].told_dead = true;
        Event lost = {.kind = EVENT_WORKER_LOST, .worker = w};
        simulation_event(&s, &lost);
    }
    CU_ASSERT_TRUE(s.finished);
    CU_ASSERT_EQUAL(s.finish.status, STATUS_RESUMABLE);
    simulation_end(&s);
    world_end(&world);
}

static void sleeps(Simulation *s, uint32_t w, double seconds) {
    s->ranks[w].awake_from = s->now + seconds;
}

/* Alone with rank 0, whose own trial is long: nobody else takes the trial, so its rank has it again. */
static void test_silent_and_back(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(long_yaml, &world, 2, 4);
    simulation_begin(&s);
    uint64_t trial = to_the_middle(&s, 1);
    s.ranks[0].host.next = s.now + 8; /* an epoch of rank 0's that takes so long */
    s.ranks[1].host.next = s.now + 9;
    sleeps(&s, 1, 6.5);
    simulation_wait(&s, 7.5);
    CU_ASSERT_TRUE(simulation_told(&s, "rank 1 on node1 is lost (silent for 6 s)"));
    CU_ASSERT_TRUE(simulation_told(&s, "rank 1 on node1 is back\n"));
    CU_ASSERT_TRUE(simulation_told(&s, "rank 1 on node1 goes on with trial"));
    CU_ASSERT_EQUAL(trial_of(&s, 1), trial);
    simulation_run(&s, 0);
    expect_complete(&s);
    CU_ASSERT_EQUAL(leases_of(&s, trial, LEASE_LOST), 0);
    CU_ASSERT_FALSE(s.finish.ranks_lost);
    CU_ASSERT_FALSE(simulation_told(&s, "lost on the way"));
    simulation_end(&s);
    world_end(&world);
}

/* Another rank has its trial by then: it gets other work, and what it did counts for nothing. */
static void test_silent_and_back_too_late(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 4, 4);
    simulation_begin(&s);
    simulation_run(&s, 4);
    while (!coordinator_worker(s.coordinator, 1).training)
        simulation_step(&s);
    uint64_t trial = trial_of(&s, 1);
    sleeps(&s, 1, 15);
    simulation_wait(&s, 16);
    size_t leases = coordinator_ledger(s.coordinator)->lease_count;
    CU_ASSERT_TRUE(simulation_told(&s, "rank 1 on node1 is back\n"));
    CU_ASSERT_FALSE(simulation_told(&s, "goes on with"));
    CU_ASSERT_EQUAL(leases_of(&s, trial, LEASE_LOST), 1);
    simulation_run(&s, 0);
    expect_complete(&s);
    bool worked = false;
    for (size_t i = leases; i < coordinator_ledger(s.coordinator)->lease_count; i++)
        worked |= coordinator_ledger(s.coordinator)->leases[i].rank == 1;
    CU_ASSERT_TRUE(worked);
    simulation_end(&s);
    world_end(&world);
}

/* Rank 0 was suspended: it was not the others who were silent. */
static void test_own_absence(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(long_yaml, &world, 4, 4);
    simulation_begin(&s);
    simulation_wait(&s, 3);
    for (uint32_t w = 0; w < 4; w++) /* all of the node */
        sleeps(&s, w, 102);
    s.awake_from = s.now + 100;
    simulation_run(&s, 0);
    expect_complete(&s);
    CU_ASSERT_FALSE(simulation_told(&s, "lost"));
    simulation_end(&s);
    world_end(&world);
}

static void test_signs_of_life(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(long_yaml, &world, 2, 4);
    simulation_begin(&s);
    simulation_wait(&s, 2);
    s.ranks[0].awake_from = s.ranks[1].awake_from = INFINITY; /* only what we say in their name */
    for (uint32_t w = 0; w < 2; w++) {
        mail_release(&s.ranks[w].to_worker);
        for (int i = 0; i < 8; i++) {
            s.now += 0.25;
            Message progress = {.kind = MESSAGE_PROGRESS};
            Event event = {.kind = EVENT_MESSAGE, .worker = w, .message = &progress};
            simulation_event(&s, &event);
        }
        size_t alive = 0;
        for (size_t i = 0; i < s.ranks[w].to_worker.count; i++)
            alive += s.ranks[w].to_worker.letters[i].kind == MESSAGE_ALIVE;
        CU_ASSERT_EQUAL(alive, w == 0 ? 0 : 2); /* at most one a second, none to rank 0's own */
    }
    simulation_end(&s);
    world_end(&world);
}

/* A rank that dies while rank 0 stores its network: the row is not lost with it. */
static void test_network_outlives_its_rank(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 2, 4);
    s.blind = 2;
    simulation_begin(&s);
    while (s.ranks[0].host.store_count == 0 || s.ranks[0].host.stores[0].owner != STORE_OF_COORDINATOR)
        simulation_step(&s);
    size_t lost_before = coordinator_ledger(s.coordinator)->finished_count;
    uint64_t trial = strtoull(s.ranks[0].host.stores[0].name + strlen("member-"), NULL, 10);
    simulation_kill(&s, 1, true);
    simulation_run(&s, 0);
    expect_complete(&s);
    CU_ASSERT_TRUE(lost_before < 42);
    CU_ASSERT_EQUAL(coordinator_ledger(s.coordinator)->trials[trial].record.rank, 1);
    simulation_end(&s);
    world_end(&world);
}

/* A rank dies that has stored its network and has not told it; when the trial ends elsewhere, better ones
 * have come. */
static void test_untold_network(void) {
    size_t left = 0;
    for (uint64_t order = 1; order <= 60; order++) {
        World world;
        world_begin(&world);
        Simulation s = a_run(simulated_yaml, &world, 6, order);
        simulation_begin(&s);
        simulation_run(&s, 3);
        while (!s.finished && !s.ranks[1].worker.storing)
            simulation_step(&s);
        while (!s.finished && s.ranks[1].host.store_count > 0)
            simulation_step(&s);
        mail_cut(&s.ranks[1].to_coordinator, 0);
        simulation_kill(&s, 1, false);
        if (s.ranks[1].worker.offered.blob != NULL)
            left += world_find(&world, s.ranks[1].worker.offered.record.blob) != NULL;
        simulation_run(&s, 0);
        expect_complete(&s);
        simulation_end(&s);
        world_end(&world);
    }
    CU_ASSERT_TRUE(left > 0);
}

/* A rank that leaves with an error is named, and its trial goes to another. */
static void test_leaves_with_an_error(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 3, 4);
    simulation_begin(&s);
    simulation_run(&s, 3);
    CU_ASSERT_EQUAL(worker_leave(&s.ranks[2].worker, "no memory", s.now), STATUS_OK);
    simulation_run(&s, 0);
    expect_complete(&s);
    CU_ASSERT_FALSE(s.finish.ranks_lost); /* it did say farewell */
    CU_ASSERT_TRUE(simulation_told(&s, "rank 2 on node2 leaves: no memory"));
    CU_ASSERT_TRUE(simulation_told(&s, "1 rank was lost on the way: rank 2 on node2 (left with an error)\n"));
    simulation_end(&s);
    world_end(&world);
}

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
    const TrialRecord *row = &coordinator_ledger(s.coordinator)->trials[4].record;
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

void recovery_suite(void) {
    static const TestCase tests[] = {
        {"a dead rank's trial goes on elsewhere from its checkpoint, and it is said", test_dead_rank},
        {"two of four ranks lost change nothing in the table", test_two_of_four},
        {"with all ranks lost it is resumable", test_all_lost},
        {"a silent rank that speaks again has its trial again", test_silent_and_back},
        {"a silent rank that comes back too late gets other work", test_silent_and_back_too_late},
        {"rank 0's own absence is nobody's silence", test_own_absence},
        {"workers hear that rank 0 lives, at most once a second", test_signs_of_life},
        {"a network that rank 0 has outlives its rank", test_network_outlives_its_rank},
        {"a network that a dead rank has stored untold goes when its trial is not in the pool",
         test_untold_network},
        {"a rank that leaves with an error is named", test_leaves_with_an_error},
        {"a trial whose process dies once is tried again", test_crash_once},
        {"a trial whose process dies twice is a failed row with its reason", test_poison},
        {"strikes are counted over restarts", test_strikes_survive},
        {"a death or a stop within three seconds makes it no strike", test_no_strike},
        {"a hung trial is ended and tried again", test_hang},
        {"killed in the middle of a trial, it goes on from its checkpoint", test_killed_and_resumed},
        {"a checkpoint of another arithmetic is not used, and it is said", test_other_arithmetic},
        {"a damaged checkpoint costs its epochs, not the trial", test_vanished_checkpoint},
    };
    SUITE("recovery", tests);
}
