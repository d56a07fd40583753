/* The suites of this program, registered by main, and what they share. */
#ifndef WINNOW_TESTS_CAMPAIGN_COORDINATOR_SUITES_H
#define WINNOW_TESTS_CAMPAIGN_COORDINATOR_SUITES_H

#include "campaign/coordinator/simulation.h"

void campaign_suite(void);
void recovery_suite(void);
void trials_suite(void);
void stop_suite(void);
void storm_suite(void);
void rungs_suite(void);
void replicates_suite(void);

extern const char simulated_yaml[]; /* 30 trials of 2 epochs, 12 of 4; a pool of 5 */
/* Stages of 27 trials of 9 epochs (successive halving), 20 of 9 (Hyperband), 16 of 8 (median). */
extern const char rungs_yaml[];
extern const char long_yaml[]; /* 6 trials of 5 epochs, 4 of 12; a pool of 5 */

/* A run of `workers` workers in a new world (`begin`) or in one that goes on. */
Simulation a_run(const char *yaml, World *world, uint32_t workers, uint64_t order);

/* The campaign is complete, its table is that of an undisturbed one of one worker with the same poison, its
 * folder and leases are right, and everyone leaves. */
void expect_complete(Simulation *s);

/* The trial that worker `w` trains. */
uint64_t trial_of(const Simulation *s, uint32_t w);
size_t leases_of(const Simulation *s, uint64_t trial, LeaseOutcome outcome);
/* Go on until worker `w` trains a trial of the long campaign's second stage that has a checkpoint and has
 * done two epochs since; which one. */
uint64_t to_the_middle(Simulation *s, uint32_t w);

#endif
