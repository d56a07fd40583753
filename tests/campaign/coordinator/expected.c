#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "campaign/coordinator/suites.h"

#define SPACE                                                                                                \
    "seed: 5\n"                                                                                              \
    "data: {format: synthetic, kind: spirals, examples: 300, classes: 3}\n"                                  \
    "network: [{dense: 8}, relu, {dense: 3}]\n"                                                              \
    "parameters:\n"                                                                                          \
    "  optimizer: {values: [nesterov, adam]}\n"                                                              \
    "  learning_rate: {distribution: log_uniform_values, min: 1e-5, max: 1}\n"                               \
    "  momentum: {min: 0.5, max: 0.9, when: {optimizer: [nesterov]}}\n"                                      \
    "limits: {epoch_seconds: 4, silence_seconds: 6}\n"                                                       \
    "ensemble: {size: 3, pool: 5}\n"

const char simulated_yaml[] = "name: simulated\n" SPACE "stages:\n"
                              "  - {name: coarse, trials: 30, epochs: 2}\n"
                              "  - {name: fine, trials: 12, epochs: 4}\n";
const char long_yaml[] = "name: simulated\n" SPACE "stages:\n"
                         "  - {name: coarse, trials: 6, epochs: 5}\n"
                         "  - {name: fine, trials: 4, epochs: 12}\n";

const char rungs_yaml[] =
    "name: simulated\n" SPACE "stages:\n"
    "  - {name: coarse, trials: 27, epochs: 9, early_terminate: {type: successive_halving}}\n"
    "  - {name: wide, trials: 20, epochs: 9, early_terminate: {type: hyperband}}\n"
    "  - {name: fine, trials: 16, epochs: 8, early_terminate: {type: median, eta: 2, min_trials: 3}}\n";

Simulation a_run(const char *yaml, World *world, uint32_t workers, uint64_t order) {
    return (Simulation){.world = world, .yaml = yaml, .workers = workers, .order = order};
}

/* Of an undisturbed campaign of one worker; kept for the next call with the same campaign. */
static const char *reference(const char *yaml, const World *like) {
    static char *table;
    static const char *of;
    static uint64_t poison;
    if (table != NULL && of == yaml && poison == like->poison[0]) return table;
    free(table);
    World world;
    world_begin(&world);
    memcpy(world.poison, like->poison, sizeof(world.poison));
    world.poison_epoch = like->poison_epoch;
    Simulation s = a_run(yaml, &world, 1, 1);
    simulation_begin(&s);
    simulation_run(&s, 0);
    table = simulation_table(&s);
    simulation_end(&s);
    world_end(&world);
    of = yaml;
    poison = like->poison[0];
    return table;
}

void expect_complete(Simulation *s) {
    CU_ASSERT_TRUE_FATAL(s->finished);
    CU_ASSERT_EQUAL(s->finish.status, STATUS_OK);
    CU_ASSERT_TRUE(s->finish.complete);
    check_folder(s); /* before ranks that were given up may write again */
    simulation_drain(s);
    char *table = simulation_table(s);
    CU_ASSERT_STRING_EQUAL(table, reference(s->yaml, s->world));
    free(table);
    check_leases(s);
}

uint64_t trial_of(const Simulation *s, uint32_t w) {
    WorkerView view = coordinator_worker(s->coordinator, w);
    CU_ASSERT_TRUE_FATAL(view.training);
    return view.trial;
}

size_t leases_of(const Simulation *s, uint64_t trial, LeaseOutcome outcome) {
    const Ledger *ledger = coordinator_ledger(s->coordinator);
    size_t count = 0;
    for (size_t i = 0; i < ledger->lease_count; i++)
        count += ledger->leases[i].trial == trial && ledger->leases[i].outcome == outcome;
    return count;
}

uint64_t to_the_middle(Simulation *s, uint32_t w) {
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
