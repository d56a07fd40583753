/* Ranks that die or fall silent: who takes over, from where, and what is said. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/coordinator/suites.h"
#include "suite.h"

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
    Simulation s = a_run(simulated_yaml, &world, 2, 4);
    simulation_begin(&s);
    simulation_run(&s, 4);
    while (!coordinator_worker(s.coordinator, 1).training)
        simulation_step(&s);
    uint64_t trial = trial_of(&s, 1);
    sleeps(&s, 1, 15);
    s.ranks[1].host.next = INFINITY; /* its child does not end by itself */
    simulation_wait(&s, 16);
    CU_ASSERT_TRUE(trial_of(&s, 1) != trial);
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

/* A rank that trains has lost nothing but words; one whose result was on its way trains its trial, or
 * another, again.
 */
static void test_rerouted(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(long_yaml, &world, 2, 4);
    simulation_begin(&s);
    uint64_t trial = to_the_middle(&s, 1), lease = s.ranks[1].worker.lease.lease;
    simulation_reroute(&s, 1);
    simulation_wait(&s, 2);
    CU_ASSERT_EQUAL(trial_of(&s, 1), trial);
    CU_ASSERT_EQUAL(s.ranks[1].worker.lease.lease, lease);
    CU_ASSERT_EQUAL(leases_of(&s, trial, LEASE_LOST), 0);
    while (s.ranks[1].worker.training)
        simulation_step(&s);
    mail_cut(&s.ranks[1].to_coordinator, 0);
    simulation_reroute(&s, 1);
    simulation_wait(&s, 2);
    CU_ASSERT_EQUAL(leases_of(&s, trial, LEASE_LOST), 1);
    simulation_run(&s, 0);
    expect_complete(&s);
    CU_ASSERT_FALSE(s.finish.ranks_lost);
    simulation_end(&s);
    world_end(&world);
}

/* Its greeting and the stop were both in the relay that died. */
static void test_rerouted_before_it_was_heard(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(long_yaml, &world, 2, 4);
    simulation_begin(&s);
    mail_cut(&s.ranks[1].to_coordinator, 0);
    to_the_middle(&s, 0);
    double stopped = s.now;
    simulation_stop(&s);
    simulation_reroute(&s, 1);
    simulation_run(&s, 0);
    CU_ASSERT_TRUE(s.finished_at - stopped < 8);
    CU_ASSERT_TRUE(s.ranks[1].worker.left);
    simulation_end(&s);
    world_end(&world);
}

/* A relay passes signs of life on. */
static void test_relayed_gets_no_sign_of_life(void) {
    for (int relayed = 0; relayed <= 1; relayed++) {
        World world;
        world_begin(&world);
        Simulation s = a_run(long_yaml, &world, 2, 4);
        simulation_begin(&s);
        to_the_middle(&s, 1);
        s.ranks[1].hello.relayed = relayed == 1;
        simulation_reroute(&s, 1);
        s.ranks[1].host.next = INFINITY;
        sleeps(&s, 1, 100);
        simulation_wait(&s, 2);
        Message progress = {.kind = MESSAGE_PROGRESS};
        Event event = {.kind = EVENT_MESSAGE, .worker = 1, .message = &progress};
        mail_cut(&s.ranks[1].to_worker, 0);
        simulation_event(&s, &event);
        CU_ASSERT_EQUAL(s.ranks[1].to_worker.count, relayed == 1 ? 0 : 1);
        simulation_end(&s);
        world_end(&world);
    }
}

/* One that waits for the verdict on its network falls silent: the verdict comes when it is back. */
static void test_silent_while_it_waits(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 20, 4);
    s.blind = ~(uint64_t)1;
    s.blobs_wait = 1; /* the channel is stuck for blobs: eight were asked for, the others wait */
    simulation_begin(&s);
    simulation_wait(&s, 8);
    uint32_t waits = 0;
    for (uint32_t w = 1; w < 20; w++) {
        if (s.ranks[w].worker.offered.blob != NULL && s.ranks[w].to_coordinator.count == 0) waits = w;
    }
    CU_ASSERT_TRUE_FATAL(waits > 0);
    uint64_t trial = s.ranks[waits].worker.offered.trial;
    sleeps(&s, waits, 8);
    simulation_wait(&s, 7);
    CU_ASSERT_TRUE(coordinator_worker(s.coordinator, waits).lost);
    s.blobs_wait = 0.5;
    simulation_wait(&s, 8);
    CU_ASSERT_TRUE(leases_of(&s, trial, LEASE_LOST) >= 1);
    CU_ASSERT_PTR_NULL(s.ranks[waits].worker.offered.blob);
    simulation_run(&s, 0);
    expect_complete(&s);
    simulation_end(&s);
    world_end(&world);
}

/* One that cannot write its network falls silent before it says so: when it is back nobody wants the network,
 * and it is told, or it would wait for ever and hand in nothing more. */
static void test_silent_while_it_stores(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 2, 4);
    s.cannot_write = 2;
    simulation_begin(&s);
    while (!s.finished && !s.ranks[1].worker.storing)
        simulation_step(&s);
    uint64_t trial = s.ranks[1].worker.offered.trial;
    sleeps(&s, 1, 8);
    simulation_wait(&s, 7);
    CU_ASSERT_TRUE(coordinator_worker(s.coordinator, 1).lost);
    CU_ASSERT_TRUE(leases_of(&s, trial, LEASE_LOST) >= 1);
    simulation_wait(&s, 4);
    CU_ASSERT_FALSE(s.ranks[1].worker.offered.blob != NULL && s.ranks[1].worker.offered.trial == trial);
    simulation_run(&s, 0);
    expect_complete(&s);
    simulation_end(&s);
    world_end(&world);
}

/* A rank speaks of networks of trials that nobody has, and of such that are not in the plan. */
static void test_network_of_no_trial(void) {
    static const uint64_t trials[] = {41, 42, UINT64_MAX};
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 2, 4);
    simulation_begin(&s);
    simulation_run(&s, 3);
    for (size_t i = 0; i < 3; i++) {
        Message network = {.kind = MESSAGE_NETWORK};
        network.as.network = (NetworkMessage){.lease = UINT64_MAX, .trial = trials[i], .stored = true};
        Event event = {.kind = EVENT_MESSAGE, .worker = 1, .message = &network};
        simulation_event(&s, &event);
    }
    simulation_run(&s, 0);
    expect_complete(&s);
    simulation_end(&s);
    world_end(&world);
}

/* Eight ranks die with their blobs half sent, and nobody says so: others can send theirs. */
static void test_places_of_the_dead(void) {
    World world;
    world_begin(&world);
    Simulation s = a_run(simulated_yaml, &world, 12, 4);
    s.blind = ~(uint64_t)1;
    s.blobs_wait = 1;
    simulation_begin(&s);
    simulation_wait(&s, 5);
    size_t dead = 0;
    for (uint32_t w = 1; w < 12; w++) {
        if (mail_blobs(&s.ranks[w].to_coordinator) == 0) continue;
        mail_cut(&s.ranks[w].to_coordinator, 0);
        simulation_kill(&s, w, false);
        dead++;
    }
    CU_ASSERT_EQUAL(dead, 8);
    s.blobs_wait = 0;
    simulation_run(&s, 0);
    expect_complete(&s);
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

void recovery_suite(void) {
    static const TestCase tests[] = {
        {"a dead rank's trial goes on elsewhere from its checkpoint, and it is said", test_dead_rank},
        {"two of four ranks lost change nothing in the table", test_two_of_four},
        {"with all ranks lost it is resumable", test_all_lost},
        {"a silent rank that speaks again has its trial again", test_silent_and_back},
        {"a silent rank that comes back too late gets other work", test_silent_and_back_too_late},
        {"a rank whose relay died goes on, and what was on its way is made good", test_rerouted},
        {"a rank whose greeting was lost with its relay is told to stop", test_rerouted_before_it_was_heard},
        {"a rank behind a relay gets no sign of life from the coordinator itself",
         test_relayed_gets_no_sign_of_life},
        {"a rank that fell silent before its verdict has it when it is back", test_silent_while_it_waits},
        {"a rank that fell silent while it stored its network goes on when it is back",
         test_silent_while_it_stores},
        {"a network of a trial that nobody has is passed over", test_network_of_no_trial},
        {"ranks that die with blobs on their way make room for others", test_places_of_the_dead},
        {"rank 0's own absence is nobody's silence", test_own_absence},
        {"workers hear that rank 0 lives, at most once a second", test_signs_of_life},
        {"a network that rank 0 has outlives its rank", test_network_outlives_its_rank},
        {"a network that a dead rank has stored untold goes when its trial is not in the pool",
         test_untold_network},
        {"a rank that leaves with an error is named", test_leaves_with_an_error},
    };
    SUITE("recovery", tests);
}
