#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/status_view.h"
#include "cli/suites.h"
#include "report/fixture.h"
#include "store/lock.h"
#include "suite.h"

#define FILE_NAME "standing.h5"

static StatusView view_of(const Fixture *fixture, CampaignState state) {
    CampaignFile campaign = {.config = fixture->config, .state = state};
    campaign.state.ledger = fixture->ledger;
    campaign.state.from_journal = !state.complete;
    CU_ASSERT_EQUAL(lock_probe(FILE_NAME, &campaign.held, campaign.holder), STATUS_OK);
    StatusView view;
    CU_ASSERT_EQUAL_FATAL(status_view_of(&campaign, FILE_NAME, &view), STATUS_OK);
    return view;
}

static void expect(const Fixture *fixture, CampaignState state, CampaignStanding standing, Status code) {
    StatusView view = view_of(fixture, state);
    CU_ASSERT_EQUAL(view.standing, standing);
    CU_ASSERT_EQUAL(standing_code(view.standing), code);
    status_view_release(&view);
}

static void the_state_follows_from_the_records(void) {
    Fixture fixture = fixture_create();
    fixture_stage(&fixture, 0);
    fixture_trial(&fixture, 0, TRIAL_COMPLETED, 0.8);
    expect(&fixture, (CampaignState){0}, CAMPAIGN_STOPPED, STATUS_RESUMABLE);
    expect(&fixture, (CampaignState){.repaired = true}, CAMPAIGN_DAMAGED, STATUS_RESUMABLE);
    fixture_end(&fixture, OUTCOME_FINISHED);
    expect(&fixture, (CampaignState){0}, CAMPAIGN_STOPPED, STATUS_RESUMABLE); /* not published yet */
    expect(&fixture, (CampaignState){.complete = true}, CAMPAIGN_COMPLETE, STATUS_OK);
    fixture_destroy(&fixture);
}

static void a_campaign_without_finished_trials_is_no_success(void) {
    Fixture fixture = fixture_create();
    fixture_stage(&fixture, 0);
    for (uint64_t id = 0; id < 4; id++)
        fixture_trial(&fixture, id, TRIAL_DIVERGED, 0);
    fixture_end(&fixture, OUTCOME_NONE_FINISHED);
    expect(&fixture, (CampaignState){.complete = true}, CAMPAIGN_NONE_FINISHED, STATUS_ENVIRONMENT);
    fixture_destroy(&fixture);
}

static void an_error_is_told_until_the_next_start(void) {
    Fixture fixture = fixture_create();
    fixture_stage(&fixture, 0);
    Record failure = {.kind = RECORD_FAILURE, .as.failure = {.time = 1005, .reason = "the preflight failed"}};
    CU_ASSERT_EQUAL_FATAL(ledger_apply(fixture.ledger, &failure), STATUS_OK);
    expect(&fixture, (CampaignState){0}, CAMPAIGN_IN_ERROR, STATUS_ENVIRONMENT);
    fixture_start(&fixture, 1010);
    expect(&fixture, (CampaignState){0}, CAMPAIGN_STOPPED, STATUS_RESUMABLE);
    fixture_destroy(&fixture);
}

static void three_starts_without_news_are_an_error(void) {
    Fixture fixture = fixture_create();
    expect(&fixture, (CampaignState){.barren_starts = 2}, CAMPAIGN_STOPPED, STATUS_RESUMABLE);
    expect(&fixture, (CampaignState){.barren_starts = 3}, CAMPAIGN_BARREN, STATUS_ENVIRONMENT);
    fixture_destroy(&fixture);
}

/* Take the lock in a process of its own; the value returned ends it. */
static pid_t hold_lock(int *end) {
    int ready[2], stop[2];
    if (pipe(ready) != 0 || pipe(stop) != 0) abort();
    pid_t child = fork();
    if (child == 0) {
        Lock lock;
        char byte = lock_take(&lock, FILE_NAME) == STATUS_OK ? 'y' : 'n';
        close(stop[1]);
        if (write(ready[1], &byte, 1) != 1 || read(stop[0], &byte, 1) != 0) _exit(1);
        _exit(0);
    }
    close(stop[0]);
    close(ready[1]);
    char byte = 'n';
    CU_ASSERT_EQUAL(read(ready[0], &byte, 1), 1);
    CU_ASSERT_EQUAL(byte, 'y');
    close(ready[0]);
    *end = stop[1];
    return child;
}

static void a_held_lock_means_running_and_shows_who_trains_what(void) {
    Fixture fixture = fixture_create();
    fixture_stage(&fixture, 0);
    fixture_trial(&fixture, 0, TRIAL_COMPLETED, 0.8);
    fixture_trial(&fixture, 1, TRIAL_COMPLETED, 0.8);
    fixture_lease(&fixture, 1, 0, 1001, 0, LEASE_OPEN); /* has a row all the same */
    fixture_lease(&fixture, 2, 1, 1002, 1003, LEASE_FINISHED);
    Record draw = {.kind = RECORD_DRAW};
    draw.as.draw = (DrawRecord){.trial = 2, .parameter_count = (uint32_t)fixture.config->space.count};
    fixture_apply(&fixture, draw);
    fixture_lease(&fixture, 3, 2, 1004, 0, LEASE_OPEN); /* of the run that died */
    fixture_start(&fixture, 1010);
    fixture_lease(&fixture, 4, 2, 1011, 0, LEASE_OPEN);
    int end;
    pid_t child = hold_lock(&end);
    StatusView view = view_of(&fixture, (CampaignState){0});
    CU_ASSERT_EQUAL(view.standing, CAMPAIGN_RUNNING);
    CU_ASSERT_EQUAL(standing_code(view.standing), STATUS_RESUMABLE);
    char holder[32];
    snprintf(holder, sizeof(holder), "process %ld on ", (long)child);
    CU_ASSERT_NSTRING_EQUAL(view.holder, holder, strlen(holder));
    CU_ASSERT_EQUAL_FATAL(view.running_count, 1);
    CU_ASSERT_EQUAL(view.running[0].trial, 2);
    CU_ASSERT_EQUAL(view.running[0].since, 1011);
    CU_ASSERT(!view.running[0].has_epochs);
    status_view_release(&view);
    close(end);
    CU_ASSERT_EQUAL(waitpid(child, NULL, 0), child);
    view = view_of(&fixture, (CampaignState){0});
    CU_ASSERT_EQUAL(view.standing, CAMPAIGN_STOPPED);
    CU_ASSERT_STRING_EQUAL(view.holder, "");
    CU_ASSERT_EQUAL(view.running_count, 0);
    status_view_release(&view);
    CU_ASSERT_EQUAL(unlink(FILE_NAME ".lock"), 0);
    fixture_destroy(&fixture);
}

/* Written by rank 0 on that host just now, or some seconds ago. */
static void write_live_on(const char *host, double age) {
    LiveRank ranks[] = {{.rank = 0, .host = "node1", .training = true, .trial = 7, .epoch = 3, .epochs = 15},
                        {.rank = 1, .host = "node2", .lost = true},
                        {.rank = 2, .host = "node2"}};
    LiveState live = {
        .time = clock_unix() - age, .process = 4711, .doing = "training", .rank_count = 3, .ranks = ranks};
    text_copy(live.host, sizeof(live.host), host);
    CU_ASSERT_EQUAL_FATAL(live_write(FILE_NAME, &live), STATUS_OK);
}

static void write_live(double age) {
    char host[HOST_NAME_SIZE] = "";
    CU_ASSERT_EQUAL(gethostname(host, sizeof(host) - 1), 0);
    write_live_on(host, age);
}

static void what_ranks_do_is_shown_while_it_is_fresh(void) {
    Fixture fixture = fixture_create();
    int end;
    pid_t child = hold_lock(&end);
    write_live(1);
    StatusView view = view_of(&fixture, (CampaignState){.barren_starts = 3});
    CU_ASSERT(view.has_live);
    CU_ASSERT_EQUAL(view.barren_starts, 2); /* the one that runs may still bring news */
    CU_ASSERT_EQUAL_FATAL(view.running_count, 1);
    CU_ASSERT_EQUAL(view.running[0].trial, 7);
    CU_ASSERT(view.running[0].has_epochs);
    CU_ASSERT_EQUAL(view.running[0].epoch, 3);
    CU_ASSERT_EQUAL(view.running[0].epochs, 15);
    status_view_release(&view);
    write_live(60);
    view = view_of(&fixture, (CampaignState){0});
    CU_ASSERT(!view.has_live);
    status_view_release(&view);
    close(end);
    CU_ASSERT_EQUAL(waitpid(child, NULL, 0), child);
    write_live(1); /* left by a kill: the lock is free, so that nobody runs it */
    view = view_of(&fixture, (CampaignState){0});
    CU_ASSERT_EQUAL(view.standing, CAMPAIGN_STOPPED);
    CU_ASSERT(!view.has_live);
    status_view_release(&view);
    CU_ASSERT_EQUAL(unlink(FILE_NAME ".lock"), 0);
    view = view_of(&fixture, (CampaignState){0}); /* run with --no-lock: it alone tells */
    CU_ASSERT_EQUAL(view.standing, CAMPAIGN_RUNNING);
    CU_ASSERT_NSTRING_EQUAL(view.holder, "process 4711 on ", 16);
    status_view_release(&view);
    live_remove(FILE_NAME);
    fixture_destroy(&fixture);
}

/* A lock that is free here may be held on another node: not all file systems tell. */
static void signs_of_life_from_another_node_count_while_they_are_fresh(void) {
    Fixture fixture = fixture_create();
    CU_ASSERT_EQUAL(close(open(FILE_NAME ".lock", O_CREAT | O_WRONLY, 0666)), 0);
    write_live_on("node1", 1);
    StatusView view = view_of(&fixture, (CampaignState){0});
    CU_ASSERT_EQUAL(view.standing, CAMPAIGN_RUNNING);
    CU_ASSERT_STRING_EQUAL(view.holder, "process 4711 on node1");
    CU_ASSERT(view.has_live && view.silence >= 1 && view.silence < 10);
    status_view_release(&view);
    write_live_on("node1", 130);
    view = view_of(&fixture, (CampaignState){0});
    CU_ASSERT_EQUAL(view.standing, CAMPAIGN_STOPPED);
    CU_ASSERT(view.live_found && !view.has_live);
    CU_ASSERT(view.silence >= 130 && view.silence < 140);
    status_view_release(&view);
    CU_ASSERT_EQUAL(unlink(FILE_NAME ".lock"), 0);
    live_remove(FILE_NAME);
    fixture_destroy(&fixture);
}

void suite_status_view(void) {
    static const TestCase tests[] = {
        {"the state follows from the records", the_state_follows_from_the_records},
        {"a campaign without finished trials is no success",
         a_campaign_without_finished_trials_is_no_success},
        {"an error is told until the next start", an_error_is_told_until_the_next_start},
        {"three starts without news are an error", three_starts_without_news_are_an_error},
        {"a held lock means running, and shows who trains what",
         a_held_lock_means_running_and_shows_who_trains_what},
        {"what ranks do is shown while it is fresh", what_ranks_do_is_shown_while_it_is_fresh},
        {"signs of life from another node count while they are fresh",
         signs_of_life_from_another_node_count_while_they_are_fresh},
    };
    SUITE("status view", tests);
}
