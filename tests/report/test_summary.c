#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "report/fixture.h"
#include "report/overview.h"
#include "report/suites.h"
#include "report/summary.h"
#include "suite.h"

/* The summary as printed, owned. */
static char *printed(const Fixture *fixture) {
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (out == NULL) abort();
    CU_ASSERT_EQUAL(summary_print(out, fixture->ledger, fixture->config, "results/small.h5"), STATUS_OK);
    fclose(out);
    return text;
}

static void expect_in(const char *text, const char *const *wanted, size_t count) {
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_PTR_NOT_NULL(strstr(text, wanted[i]));
        if (strstr(text, wanted[i]) == NULL) fprintf(stderr, "\nmissing: %s\nin:\n%s\n", wanted[i], text);
    }
}

static void apply_ensemble(Fixture *fixture, bool has_test) {
    Record record = {.kind = RECORD_ENSEMBLE};
    EnsembleRecord *e = &record.as.ensemble;
    *e = (EnsembleRecord){.member_count = 2,
                          .val_accuracy = 0.93,
                          .val_loss = 0.2,
                          .single = 4,
                          .single_val_accuracy = 0.91,
                          .single_val_loss = 0.25,
                          .has_test = has_test,
                          .test_accuracy = has_test ? 0.9012 : NAN,
                          .test_loss = has_test ? 0.31 : NAN,
                          .single_test_accuracy = has_test ? 0.8834 : NAN,
                          .single_test_loss = has_test ? 0.35 : NAN};
    if (memory_new(&e->members, 2, sizeof(uint64_t)) != STATUS_OK ||
        memory_new(&e->counts, 2, sizeof(uint32_t)) != STATUS_OK)
        abort();
    e->members[0] = 4;
    e->members[1] = 1;
    e->counts[0] = 3;
    e->counts[1] = 1;
    fixture_apply(fixture, record);
}

static Fixture finished_campaign(void) {
    Fixture fixture = fixture_create();
    fixture_stage(&fixture, 0);
    fixture_trial(&fixture, 0, TRIAL_DIVERGED, 0);
    fixture_trial(&fixture, 1, TRIAL_COMPLETED, 0.85);
    fixture_trial(&fixture, 2, TRIAL_COMPLETED, 0.8);
    fixture_trial(&fixture, 3, TRIAL_FAILED, 0);
    fixture_stage(&fixture, 1);
    fixture_trial(&fixture, 4, TRIAL_COMPLETED, 0.91);
    fixture_trial(&fixture, 5, TRIAL_COMPLETED, 0.91);
    return fixture;
}

static void a_finished_campaign_is_told_from_end_to_end(void) {
    Fixture fixture = finished_campaign();
    apply_ensemble(&fixture, true);
    fixture_end(&fixture, OUTCOME_FINISHED);
    char *text = printed(&fixture);
    const char *const wanted[] = {
        "small is complete",
        "6: 4 completed, 1 diverged, 1 failed",
        "18.0 s of one core",
        "trial 4, in stage fine: val_accuracy 91.00 %, val_loss 0.0900, after epoch 3 of 3",
        "optimizer      nesterov\n",
        "learning_rate  0.0316\n",
        "momentum       0.9\n",
        "batch_size     10\n",
        "from stage coarse to stage fine, by the best 2 trials",
        "0.001 to 1           ->  0.01 to 0.1     narrowed to the span",
        "sgd, nesterov, adam  ->  nesterov, adam  dropped values",
        "2 networks, each with its weight: trial 4 x3, 1 x1",
        "best single network (trial 4)",
        "test_accuracy   90.12 %                        88.34 %\n",
        "results/small.h5\n",
        "winnow top results/small.h5\n",
    };
    expect_in(text, wanted, sizeof(wanted) / sizeof(wanted[0]));
    free(text);
    fixture_destroy(&fixture);
}

/* The last stage repeats trial 1 in its two trials. */
static void a_confirmed_winner_stands_beside_what_it_first_scored(void) {
    Fixture fixture = fixture_create();
    StageSpec *sure = &fixture.config->stages[1];
    sure->confirms = true;
    sure->zooms = false;
    sure->replicates = 2;
    fixture_stage(&fixture, 0);
    for (uint64_t id = 0; id < 4; id++)
        fixture_trial(&fixture, id, TRIAL_COMPLETED, id == 1 ? 0.95 : 0.8);
    fixture_stage(&fixture, 1);
    fixture_trial(&fixture, 4, TRIAL_COMPLETED, 0.9);
    char *text = printed(&fixture);
    expect_in(text,
              (const char *const[]){
                  "winner      configuration of trial 4, in stage fine: val_accuracy 90.00 %, val_loss "
                  "0.1000, the figures of 1 of 2 runs\n",
                  "it repeats that of trial 1, in stage coarse, which first scored 95.00 %\n",
                  "best trial  trial 1, in stage coarse: val_accuracy 95.00 %"},
              3);
    free(text);
    fixture_trial(&fixture, 5, TRIAL_COMPLETED, 0.92);
    fixture_end(&fixture, OUTCOME_FINISHED);
    text = printed(&fixture);
    expect_in(
        text,
        (const char *const[]){"val_accuracy 91.00 +- 1.41 %, val_loss 0.0900 +- 0.0141, mean +- deviation "
                              "of 2 runs\n",
                              "learning_rate  0.0316\n"},
        2);
    CU_ASSERT_PTR_NULL(strstr(text, "ranges")); /* it drew none */
    free(text);
    fixture_destroy(&fixture);
}

static void without_a_test_set_nothing_is_said_of_one(void) {
    Fixture fixture = finished_campaign();
    apply_ensemble(&fixture, false);
    fixture_end(&fixture, OUTCOME_FINISHED);
    char *text = printed(&fixture);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "val_accuracy   93.00 %"));
    CU_ASSERT_PTR_NULL(strstr(text, "test_"));
    free(text);
    fixture_destroy(&fixture);
}

static void luck_is_told_where_a_selection_part_tells(void) {
    Fixture fixture = finished_campaign();
    apply_ensemble(&fixture, true);
    EnsembleRecord *e = &fixture.ledger->ensemble;
    fixture_end(&fixture, OUTCOME_FINISHED);
    char *text = printed(&fixture);
    CU_ASSERT_PTR_NULL(strstr(text, "luck"));
    CU_ASSERT_PTR_NULL(strstr(text, "selection"));
    free(text);
    e->on_selection = true;
    e->selection_accuracy = 0.92;
    e->single_selection_accuracy = 0.88;
    e->single_optimism = (Optimism){1, 0.91, 0.88, 0.02};
    e->pool_optimism = (Optimism){2, 0.9, 0.895, 0.02};
    text = printed(&fixture);
    const char *const wanted[] = {
        "selection_accuracy   92.00 %                        88.00 %\n",
        "luck        val_accuracy of trial 4: validation 91.00 %, never-seen part 88.00 %: 3.00 points (+- "
        "2.00) of "
        "it is the search's luck\n",
        "mean of the 2 networks kept: validation 90.00 %, never-seen part 89.50 %: 0.50 points (+- 2.00), no "
        "more "
        "than chance\n",
    };
    expect_in(text, wanted, sizeof(wanted) / sizeof(wanted[0]));
    free(text);
    fixture_destroy(&fixture);
}

/* 5000 + 1500 / 3 examples at 100 a second: 55 s an epoch. 4 trials of 2 epochs and 2 of 3, on two ranks. */
static void what_it_took_stands_beside_what_was_expected(void) {
    Fixture fixture = finished_campaign();
    Record preflight = {.kind = RECORD_PREFLIGHT, .as.preflight = {.samples_per_second = 100}};
    fixture_apply(&fixture, preflight);
    Record data = {.kind = RECORD_DATA, .as.data = {.train_count = 5000, .validation_count = 1500}};
    fixture_apply(&fixture, data);
    fixture_end(&fixture, OUTCOME_FINISHED);
    char *text = printed(&fixture);
    uint64_t epochs = 0;
    for (size_t i = 0; i < fixture.ledger->trial_count; i++)
        epochs += fixture.ledger->trials[i].record.outcome.epochs;
    char expected[64];
    snprintf(expected, sizeof(expected), "expected by the preflight: %s",
             text_duration(55.0 * (double)epochs));
    const char *const wanted[] = {expected, "wall time", "; expected: 6 min 25 s ("};
    expect_in(text, wanted, sizeof(wanted) / sizeof(wanted[0]));
    free(text);
    fixture_destroy(&fixture);
}

static void a_shard_says_how_it_goes_on(void) {
    Fixture fixture = finished_campaign();
    fixture_end(&fixture, OUTCOME_SHARD);
    char *text = printed(&fixture);
    const char *const wanted[] = {"small: ",
                                  "winnow merge OUT.h5 results/small.h5 and the other parts' files"};
    expect_in(text, wanted, sizeof(wanted) / sizeof(wanted[0]));
    CU_ASSERT_PTR_NULL(strstr(text, "is complete"));
    free(text);
    fixture_destroy(&fixture);
}

static void no_finished_trial_names_what_to_lower(void) {
    Fixture fixture = fixture_create();
    fixture_stage(&fixture, 0);
    for (uint64_t id = 0; id < 4; id++)
        fixture_trial(&fixture, id, TRIAL_DIVERGED, 0);
    fixture_end(&fixture, OUTCOME_NONE_FINISHED);
    char *text = printed(&fixture);
    const char *const wanted[] = {"4: 4 diverged", "no trial came to its end",
                                  "lower the upper end of learning_rate (now 0.001 to 1)"};
    expect_in(text, wanted, sizeof(wanted) / sizeof(wanted[0]));
    CU_ASSERT_PTR_NULL(strstr(text, "reason"));
    free(text);
    fixture_destroy(&fixture);
}

static void the_overview_counts_what_rows_say(void) {
    Fixture fixture = finished_campaign();
    fixture_lease(&fixture, 1, 5, 1100, 1234, LEASE_FINISHED);
    Overview o;
    CU_ASSERT_EQUAL_FATAL(overview_of(fixture.ledger, fixture.config, &o), STATUS_OK);
    CU_ASSERT_EQUAL(o.planned, 6);
    CU_ASSERT_EQUAL(o.finished, 6);
    CU_ASSERT_EQUAL(o.completed, 4);
    CU_ASSERT_EQUAL(o.diverged, 1);
    CU_ASSERT_EQUAL(o.failed, 1);
    /* Two trials ended after one of two epochs: nothing is left of them to do. */
    CU_ASSERT_EQUAL(o.epochs_done, 2 + 2 + 1 + 1 + 3 + 3);
    CU_ASSERT_EQUAL(o.epochs_planned, o.epochs_done);
    CU_ASSERT_DOUBLE_EQUAL(o.seconds, 18, 0);
    CU_ASSERT_DOUBLE_EQUAL(o.last_record, 1234, 0);
    CU_ASSERT_FATAL(o.has_best);
    CU_ASSERT_EQUAL(o.best->record.trial, 4); /* ties go to the lower id */
    fixture_destroy(&fixture);
}

/* Of a stage that stops trials early the plan is an estimate: it never lies below what was done, and is that
 * in the end. */
static void waiting_trials_count_and_the_plan_follows(void) {
    Fixture fixture = fixture_create();
    StageSpec *stage = &fixture.config->stages[0]; /* 4 trials of 2 epochs: one goes on after the first */
    stage->stopping = stopping_rules_default(STOPPING_HALVING);
    Overview o;
    fixture_stage(&fixture, 0);
    CU_ASSERT_EQUAL_FATAL(overview_of(fixture.ledger, fixture.config, &o), STATUS_OK);
    CU_ASSERT_EQUAL(o.epochs_planned, 4 + 1 + 2 * 3);
    for (uint64_t id = 0; id < 2; id++) {
        fixture_apply(&fixture, (Record){.kind = RECORD_DRAW, .as.draw = {.trial = id}});
        fixture_apply(&fixture, (Record){.kind = RECORD_REPORT,
                                         .as.trial = {.trial = id, .outcome = {.epochs = 1, .seconds = 2}}});
    }
    CU_ASSERT_EQUAL_FATAL(overview_of(fixture.ledger, fixture.config, &o), STATUS_OK);
    char text[64];
    overview_counts(&o, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text, "none yet; 2 more came to a rung");
    CU_ASSERT_EQUAL(o.finished, 0);
    CU_ASSERT_EQUAL(o.waiting, 2);
    CU_ASSERT_DOUBLE_EQUAL(o.seconds, 4, 0);
    CU_ASSERT_EQUAL(o.epochs_done, 2);
    CU_ASSERT_EQUAL(o.epochs_planned, 4 + 1 + 2 * 3);
    for (uint64_t id = 0; id < 4; id++)
        fixture_trial(&fixture, id, id == 0 ? TRIAL_COMPLETED : TRIAL_STOPPED, 0.5);
    CU_ASSERT_EQUAL_FATAL(overview_of(fixture.ledger, fixture.config, &o), STATUS_OK);
    CU_ASSERT_EQUAL(o.stopped, 3);
    CU_ASSERT_EQUAL(o.waiting, 0);
    overview_counts(&o, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text, "1 completed, 3 stopped early");
    CU_ASSERT_EQUAL(o.epochs_planned, o.epochs_done + 2 * 3);
    fixture_destroy(&fixture);
}

static void nothing_finished_counts_as_none_yet(void) {
    Fixture fixture = fixture_create();
    Overview o;
    CU_ASSERT_EQUAL_FATAL(overview_of(fixture.ledger, fixture.config, &o), STATUS_OK);
    char text[64];
    overview_counts(&o, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text, "none yet");
    CU_ASSERT_FALSE(o.has_best);
    CU_ASSERT_EQUAL(o.epochs_planned, 4 * 2 + 2 * 3);
    CU_ASSERT_DOUBLE_EQUAL(o.last_record, 1000, 0);
    fixture_destroy(&fixture);
}

void suite_summary(void) {
    static const TestCase tests[] = {
        {"a finished campaign is told from end to end", a_finished_campaign_is_told_from_end_to_end},
        {"a confirmed winner stands beside what it first scored",
         a_confirmed_winner_stands_beside_what_it_first_scored},
        {"without a test set nothing is said of one", without_a_test_set_nothing_is_said_of_one},
        {"luck is told where a selection part tells of it", luck_is_told_where_a_selection_part_tells},
        {"what it took stands beside what was expected", what_it_took_stands_beside_what_was_expected},
        {"a shard says how it goes on", a_shard_says_how_it_goes_on},
        {"no finished trial names what to lower", no_finished_trial_names_what_to_lower},
        {"the overview counts what rows say", the_overview_counts_what_rows_say},
        {"trials that wait count, and the plan follows what is done",
         waiting_trials_count_and_the_plan_follows},
        {"nothing finished counts as none yet", nothing_finished_counts_as_none_yet},
    };
    SUITE("summary", tests);
}
