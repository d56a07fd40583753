#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/suites.h"
#include "cli/watch_figures.h"
#include "report/fixture.h"
#include "suite.h"

#define NOW 2000.0

/* Two finished trials of the first stage's four; trial 2 is handed out. */
static Fixture half_way(void) {
    Fixture fixture = fixture_create();
    fixture_stage(&fixture, 0);
    fixture_trial(&fixture, 0, TRIAL_DIVERGED, 0);
    fixture_trial(&fixture, 1, TRIAL_COMPLETED, 0.8);
    return fixture;
}

static WatchFigures figures_of(const Fixture *fixture, StatusView view) {
    CampaignFile campaign = {.config = fixture->config, .state.ledger = fixture->ledger};
    CU_ASSERT_EQUAL_FATAL(overview_of(fixture->ledger, fixture->config, &view.overview), STATUS_OK);
    view.news = NOW - view.silence;
    WatchFigures figures;
    CU_ASSERT_EQUAL_FATAL(watch_figures_of(&campaign, &view, "dir/small.h5", NOW, &figures), STATUS_OK);
    return figures;
}

static LiveRank training(uint32_t rank, uint64_t trial, uint32_t epoch, double since) {
    return (LiveRank){.rank = rank,
                      .host = "node1",
                      .training = true,
                      .trial = trial,
                      .epoch = epoch,
                      .epochs = 2,
                      .since = since};
}

static StatusView running(LiveRank *ranks, size_t count) {
    return (StatusView){
        .standing = CAMPAIGN_RUNNING,
        .holder = "process 12 on node1",
        .live_found = true,
        .has_live = true,
        .silence = 1,
        .live = {.time = NOW - 1, .host = "node1", .doing = "training", .rank_count = count, .ranks = ranks}};
}

static void ranks_come_the_longest_at_their_trial_first(void) {
    Fixture fixture = half_way();
    LiveRank ranks[] = {training(0, 3, 1, NOW - 11),
                        training(1, 2, 1, NOW - 21),
                        {.rank = 2, .host = "node2"},
                        {.rank = 3, .host = "node2", .lost = true},
                        training(4, 1, 2, NOW + 50)}; /* a clock ahead; and its trial has a row by now */
    WatchFigures f = figures_of(&fixture, running(ranks, 5));
    CU_ASSERT_STRING_EQUAL(f.standing, "running, process 12 on node1: training");
    CU_ASSERT_STRING_EQUAL(f.ranks_told, "3 train, 1 wait, 1 lost: rank 3 on node2");
    CU_ASSERT_EQUAL_FATAL(f.rank_count, 3);
    CU_ASSERT_EQUAL(f.ranks[0].rank, 1);
    CU_ASSERT_DOUBLE_EQUAL(f.ranks[0].seconds, 20, 1e-9);
    CU_ASSERT_EQUAL(f.ranks[1].rank, 0);
    CU_ASSERT_EQUAL(f.ranks[2].rank, 4);
    CU_ASSERT_EQUAL(f.ranks[2].seconds, 0);
    CU_ASSERT_STRING_EQUAL(f.notice, "");
    watch_figures_release(&f);
    fixture_destroy(&fixture);
}

/* The plan has 4 trials of 2 epochs and 2 of 3. One trial diverged in its first epoch, which leaves 13; 1 + 2
 * are done, and 1 + 1 on the way. Finished trials took 3 s each, 2 s an epoch. */
static void the_time_left_follows_from_what_an_epoch_took(void) {
    Fixture fixture = half_way();
    LiveRank ranks[] = {training(0, 2, 1, NOW - 5), training(1, 3, 1, NOW - 5)};
    WatchFigures f = figures_of(&fixture, running(ranks, 2));
    CU_ASSERT_DOUBLE_EQUAL(f.part, 5.0 / 13, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(f.seconds_left, 2.0 * (13 - 5) / 2, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(f.trials_a_minute, 60 / 3.0 * 2, 1e-12);
    watch_figures_release(&f);
    /* An older word on a trial that has its row already counts once. */
    ranks[0] = training(0, 1, 2, NOW - 5);
    f = figures_of(&fixture, running(ranks, 2));
    CU_ASSERT_DOUBLE_EQUAL(f.part, 4.0 / 13, 1e-12);
    watch_figures_release(&f);
    f = figures_of(&fixture, (StatusView){.standing = CAMPAIGN_STOPPED});
    CU_ASSERT(isnan(f.seconds_left) && isnan(f.trials_a_minute));
    watch_figures_release(&f);
    fixture_destroy(&fixture);
}

/* A rank tells a trial's epochs from its first; those up to the rung stand in its report already. */
static void epochs_up_to_a_rung_count_once(void) {
    Fixture fixture = fixture_create();
    StageSpec *stage = &fixture.config->stages[1]; /* 2 trials of 3 epochs */
    stage->stopping = stopping_rules_default(STOPPING_HALVING);
    fixture_stage(&fixture, 0);
    fixture_apply(&fixture, (Record){.kind = RECORD_DRAW, .as.draw = {.trial = 4}});
    fixture_apply(&fixture,
                  (Record){.kind = RECORD_REPORT, .as.trial = {.trial = 4, .outcome = {.epochs = 1}}});
    LiveRank ranks[] = {training(0, 4, 1, NOW - 5)};
    WatchFigures f = figures_of(&fixture, running(ranks, 1));
    double epoch = f.part;
    CU_ASSERT(epoch > 0);
    watch_figures_release(&f);
    ranks[0].epoch = 3;
    f = figures_of(&fixture, running(ranks, 1));
    CU_ASSERT_DOUBLE_EQUAL(f.part, 3 * epoch, 1e-12);
    watch_figures_release(&f);
    fixture_destroy(&fixture);
}

static void what_was_killed_is_told_with_the_way_to_go_on(void) {
    Fixture fixture = half_way();
    LiveRank ranks[] = {training(0, 2, 1, NOW - 200)};
    StatusView view = running(ranks, 1);
    view.standing = CAMPAIGN_STOPPED;
    view.has_live = false;
    view.silence = 130;
    view.live.time = NOW - 130;
    WatchFigures f = figures_of(&fixture, view);
    CU_ASSERT_NSTRING_EQUAL(f.notice, "no news for 2 min 10 s; last heard of at ", 41);
    CU_ASSERT(strstr(f.notice,
                     "last finished trial 1; it was killed; continue with: winnow run small.yaml -o "
                     "dir/small.h5 (last on 2 ranks)") != NULL);
    CU_ASSERT_STRING_EQUAL(f.ranks_told, "when last heard of: 1 train");
    CU_ASSERT_DOUBLE_EQUAL(f.ranks[0].seconds, 70, 1e-9); /* by the time of that word */
    watch_figures_release(&f);
    view.live_found = false; /* stopped in order: no sign of life is left */
    f = figures_of(&fixture, view);
    CU_ASSERT_STRING_EQUAL(f.notice,
                           "continue with: winnow run small.yaml -o dir/small.h5 (last on 2 ranks)");
    CU_ASSERT_STRING_EQUAL(f.ranks_told, "");
    watch_figures_release(&f);
    view = running(ranks, 1); /* the lock is held, and nothing moves */
    view.has_live = false;
    view.silence = 45;
    f = figures_of(&fixture, view);
    CU_ASSERT_NSTRING_EQUAL(f.notice, "no news for 45.0 s; ", 20);
    CU_ASSERT(strstr(f.notice, "it still has the file") != NULL && strstr(f.notice, "continue") == NULL);
    watch_figures_release(&f);
    fixture_destroy(&fixture);
}

static void the_trend_is_the_best_of_the_trials_up_to_a_number(void) {
    Fixture fixture = half_way();
    fixture_trial(&fixture, 2, TRIAL_COMPLETED, 0.7);
    fixture_trial(&fixture, 3, TRIAL_COMPLETED, 0.9);
    WatchFigures f = figures_of(&fixture, (StatusView){.standing = CAMPAIGN_STOPPED});
    CU_ASSERT_EQUAL_FATAL(f.trend_count, 4);
    CU_ASSERT(isnan(f.trend[0]));
    CU_ASSERT_EQUAL(f.trend[1], 0.8);
    CU_ASSERT_EQUAL(f.trend[2], 0.8);
    CU_ASSERT_EQUAL(f.trend[3], 0.9);
    CU_ASSERT_EQUAL(f.best_trial, 3);
    CU_ASSERT_STRING_EQUAL(f.best_values, "optimizer nesterov, learning_rate 0.0316, momentum 0.9");
    CU_ASSERT_STRING_EQUAL(f.trials_title, "last trials");
    CU_ASSERT_EQUAL_FATAL(f.trial_count, 4);
    CU_ASSERT_EQUAL(f.trials[0].trial, 3);
    CU_ASSERT_EQUAL(f.trials[3].trial, 0);
    watch_figures_release(&f);
    f = figures_of(&fixture, (StatusView){.standing = CAMPAIGN_COMPLETE});
    CU_ASSERT_STRING_EQUAL(f.trials_title, "best trials");
    CU_ASSERT_EQUAL_FATAL(f.trial_count, 3);
    CU_ASSERT_EQUAL(f.trials[1].trial, 1);
    watch_figures_release(&f);
    fixture_destroy(&fixture);
}

static void of_many_trials_the_last_are_listed_and_the_trend_is_shortened(void) {
    Fixture fixture = fixture_create();
    fixture_stage(&fixture, 0);
    for (uint64_t id = 0; id < 1000; id++)
        fixture_trial(&fixture, id, TRIAL_COMPLETED, (double)id / 1000);
    WatchFigures f = figures_of(&fixture, (StatusView){.standing = CAMPAIGN_STOPPED});
    CU_ASSERT_EQUAL(f.trend_count, WATCH_TREND);
    CU_ASSERT_EQUAL(f.trend[WATCH_TREND - 1], 0.999);
    CU_ASSERT_DOUBLE_EQUAL(f.trend[WATCH_TREND / 2 - 1], 0.499, 0.004);
    CU_ASSERT_EQUAL_FATAL(f.trial_count, WATCH_TRIALS);
    for (uint64_t i = 0; i < WATCH_TRIALS; i++)
        CU_ASSERT_EQUAL(f.trials[i].trial, 999 - i);
    watch_figures_release(&f);
    fixture_destroy(&fixture);
}

void suite_watch_figures(void) {
    static const TestCase tests[] = {
        {"ranks come the longest at their trial first", ranks_come_the_longest_at_their_trial_first},
        {"the time left follows from what an epoch took", the_time_left_follows_from_what_an_epoch_took},
        {"epochs up to a rung count once", epochs_up_to_a_rung_count_once},
        {"what was killed is told, with the way to go on", what_was_killed_is_told_with_the_way_to_go_on},
        {"the trend is the best of the trials up to a number",
         the_trend_is_the_best_of_the_trials_up_to_a_number},
        {"of many trials the last are listed, and the trend is shortened",
         of_many_trials_the_last_are_listed_and_the_trend_is_shortened},
    };
    SUITE("watch figures", tests);
}
