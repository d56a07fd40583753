/* Campaigns under every fault at random: however it goes, the table is that of an undisturbed one. */
#include <math.h>
#include <stdlib.h>

#include "campaign/coordinator/suites.h"
#include "suite.h"

static double between(RandomStream *dice, double low, double high) {
    return low + (high - low) * random_unit(dice);
}

static bool one_in(RandomStream *dice, uint32_t n) {
    return random_below(dice, n) == 0;
}

/* Each fault in some of the runs. */
static Chances some_chances(RandomStream *dice) {
    Chances chances = {.reported = random_unit(dice), .sleep_most = between(dice, 1, 25)};
    if (!one_in(dice, 3)) chances.die = between(dice, 0, 0.01);
    if (!one_in(dice, 3)) chances.sleep = between(dice, 0, 0.03);
    if (one_in(dice, 3)) chances.gap = between(dice, 0, 0.03);
    if (!one_in(dice, 3)) chances.crash = between(dice, 0, 0.4);
    if (one_in(dice, 3)) chances.hang = between(dice, 0, 0.3);
    if (one_in(dice, 3)) chances.reroute = between(dice, 0, 0.05);
    return chances;
}

/* Many ranks that do not see the folder, and a channel that is slow for blobs. */
static Simulation crowded_run(RandomStream *dice, World *world) {
    Simulation s = a_run(simulated_yaml, world, 12 + random_below(dice, 30), random_u32(dice));
    s.chances = some_chances(dice);
    s.blobs_wait = between(dice, 0.7, 0.97);
    s.blind = ~(uint64_t)1;
    return s;
}

static Simulation some_run(RandomStream *dice, World *world, const char *yaml) {
    Simulation s = a_run(yaml, world, 1 + random_below(dice, 6), random_u32(dice));
    s.chances = some_chances(dice);
    if (one_in(dice, 3)) s.blobs_wait = 0.95;
    uint64_t any = (uint64_t)random_u32(dice);
    if (one_in(dice, 2)) s.blind = one_in(dice, 2) ? ~(uint64_t)1 : any & ~(uint64_t)1;
    if (one_in(dice, 5)) s.other = (uint64_t)random_u32(dice) & ~(uint64_t)1;
    if (one_in(dice, 8)) s.cannot_write = (uint64_t)random_u32(dice) & ~(uint64_t)1;
    return s;
}

/* The run ends by a kill of everything, a stop, a deadline, a full disk; or goes on to the end. True when
 * complete. */
static bool go(Simulation *s, RandomStream *dice) {
    uint32_t how = random_below(dice, 6);
    if (how == 0) s->time_limit = between(dice, 1, 40);
    simulation_begin(s);
    if (how >= 1 && how <= 3) simulation_wait(s, between(dice, 0, 40));
    s->world->disk_full = how == 3;
    if (how == 1 && !s->finished) {
        size_t synced = s->world->synced_length, all = s->world->journal.length;
        world_cut_journal(s->world, synced + random_below(dice, (uint32_t)(all - synced) + 1));
        return false;
    }
    double stopped = s->now;
    if (how == 2 && !s->finished) simulation_stop(s);
    if (how == 2 && !s->finished) simulation_stop(s); /* a second one changes nothing */
    simulation_run(s, 0);
    s->world->disk_full = false;
    if (s->finish.complete) {
        expect_complete(s);
        return true;
    }
    CU_ASSERT_EQUAL(s->finish.status, how == 3 ? STATUS_ENVIRONMENT : STATUS_RESUMABLE);
    if (how == 2 && s->chances.gap == 0) CU_ASSERT_TRUE(s->finished_at - stopped < 20);
    if (how == 0 && s->chances.gap == 0 && s->time_limit > 10)
        CU_ASSERT_TRUE(s->finished_at <= s->began + s->time_limit + 5);
    simulation_drain(s);
    return false;
}

static void storm(uint64_t seed, size_t *runs) {
    RandomStream dice = random_stream(seed, RANDOM_SYNTHETIC, 1, 0, 0, 0);
    World world;
    world_begin(&world);
    if (one_in(&dice, 4)) {
        world.poison[0] = 3;
        world.poison[1] = 7;
        world.poison_epoch = 2;
    }
    bool crowded = one_in(&dice, 8);
    const char *yaml = one_in(&dice, 3) ? rungs_yaml : long_yaml;
    for (bool complete = false; !complete; ++*runs) {
        Simulation s = crowded ? crowded_run(&dice, &world) : some_run(&dice, &world, yaml);
        complete = go(&s, &dice);
        simulation_end(&s);
        if (CU_get_number_of_failures() > 0) {
            printf("seed %llu\n", (unsigned long long)seed);
            break;
        }
    }
    world_end(&world);
}

static void test_storms(void) {
    const char *from = getenv("STORM_FROM"), *count = getenv("STORM_COUNT");
    uint64_t first = from != NULL ? strtoull(from, NULL, 10) : 1;
    uint64_t seeds = count != NULL ? strtoull(count, NULL, 10) : 1000;
    size_t runs = 0;
    for (uint64_t seed = first; seed < first + seeds && CU_get_number_of_failures() == 0; seed++)
        storm(seed, &runs);
    printf("%llu campaigns in %zu runs ", (unsigned long long)seeds, runs);
}

void storm_suite(void) {
    static const TestCase tests[] = {
        {"a thousand campaigns under random faults, stops and kills: the same table every time", test_storms},
    };
    SUITE("storms", tests);
}
