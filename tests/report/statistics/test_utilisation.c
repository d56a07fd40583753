#include <math.h>

#include "report/fixture.h"
#include "report/statistics/utilisation.h"
#include "report/suites.h"
#include "suite.h"

/* The fixture starts at 1000 with two ranks; leases are of rank 1. */
static Fixture with_leases(void) {
    Fixture fixture = fixture_create();
    fixture_stage(&fixture, 0);
    for (uint64_t id = 0; id < 4; id++)
        fixture_trial(&fixture, id, TRIAL_COMPLETED, 0.5);
    fixture_lease(&fixture, 1, 0, 1010, 1030, LEASE_FINISHED);
    fixture_lease(&fixture, 2, 1, 1030, 1040, LEASE_STOPPED);
    return fixture;
}

static void busy_time_is_held_against_all_ranks(void) {
    Fixture fixture = with_leases();
    Utilisation u;
    CU_ASSERT_EQUAL_FATAL(utilisation_of(fixture.ledger, &u), STATUS_OK);
    CU_ASSERT_EQUAL(u.span_count, 1);
    CU_ASSERT_DOUBLE_EQUAL(u.run_seconds, 40, 0);
    CU_ASSERT_DOUBLE_EQUAL(u.rank_seconds, 80, 0);
    CU_ASSERT_DOUBLE_EQUAL(u.busy_seconds, 30, 0);
    CU_ASSERT_EQUAL(u.ranks, 2);
    utilisation_release(&u);
    fixture_destroy(&fixture);
}

static void the_time_between_two_starts_is_cut_out(void) {
    Fixture fixture = with_leases();
    fixture_start(&fixture, 90000);
    fixture_lease(&fixture, 3, 1, 90005, 90015, LEASE_FINISHED);
    fixture_lease(&fixture, 4, 2, 90015, NAN, LEASE_OPEN);
    fixture_lease(&fixture, 5, 3, 90020, 90025, LEASE_FINISHED);
    Utilisation u;
    CU_ASSERT_EQUAL_FATAL(utilisation_of(fixture.ledger, &u), STATUS_OK);
    CU_ASSERT_EQUAL(u.span_count, 2);
    CU_ASSERT_DOUBLE_EQUAL(u.run_seconds, 40 + 25, 0);
    CU_ASSERT_DOUBLE_EQUAL(u.busy_seconds, 30 + 10 + 10 + 5, 0);
    double start, end;
    CU_ASSERT_FATAL(utilisation_place(&u, &fixture.ledger->leases[2], &start, &end));
    CU_ASSERT_DOUBLE_EQUAL(start, 45, 0);
    CU_ASSERT_DOUBLE_EQUAL(end, 55, 0);
    utilisation_release(&u);
    fixture_destroy(&fixture);
}

static void a_lease_that_a_kill_left_open_ends_with_its_start(void) {
    Fixture fixture = fixture_create();
    fixture_stage(&fixture, 0);
    fixture_trial(&fixture, 0, TRIAL_COMPLETED, 0.5);
    fixture_trial(&fixture, 1, TRIAL_COMPLETED, 0.5);
    fixture_lease(&fixture, 1, 0, 1010, NAN, LEASE_OPEN);
    fixture_lease(&fixture, 2, 1, 1020, 1050, LEASE_FINISHED);
    fixture_start(&fixture, 2000);
    Utilisation u;
    CU_ASSERT_EQUAL_FATAL(utilisation_of(fixture.ledger, &u), STATUS_OK);
    double start, end;
    CU_ASSERT_FATAL(utilisation_place(&u, &fixture.ledger->leases[0], &start, &end));
    CU_ASSERT_DOUBLE_EQUAL(end, 50, 0);
    CU_ASSERT_DOUBLE_EQUAL(u.run_seconds, 50, 0);
    utilisation_release(&u);
    fixture_destroy(&fixture);
}

static void nothing_handed_out_is_no_time(void) {
    Fixture fixture = fixture_create();
    Utilisation u;
    CU_ASSERT_EQUAL_FATAL(utilisation_of(fixture.ledger, &u), STATUS_OK);
    CU_ASSERT_DOUBLE_EQUAL(u.run_seconds, 0, 0);
    CU_ASSERT_DOUBLE_EQUAL(u.busy_seconds, 0, 0);
    utilisation_release(&u);
    fixture_destroy(&fixture);
}

void suite_utilisation(void) {
    static const TestCase tests[] = {
        {"busy time is held against all ranks", busy_time_is_held_against_all_ranks},
        {"the time between two starts is cut out", the_time_between_two_starts_is_cut_out},
        {"a lease that a kill left open ends with its start",
         a_lease_that_a_kill_left_open_ends_with_its_start},
        {"nothing handed out is no time", nothing_handed_out_is_no_time},
    };
    SUITE("utilisation", tests);
}
