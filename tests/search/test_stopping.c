#include "search/stopping.h"

#include <stdlib.h>
#include <string.h>

#include "base/philox.h"
#include "search/rung.h"
#include "search/suites.h"
#include "suite.h"

static void expect_rungs(StoppingRules rules, uint32_t epochs, size_t count, const uint32_t *epoch) {
    StoppingPlan plan = stopping_plan(&rules, 10, epochs);
    CU_ASSERT_EQUAL_FATAL(plan.rung_count, count);
    for (size_t i = 0; i < count; i++)
        CU_ASSERT_EQUAL(plan.rung[i], epoch[i]);
}

static void rungs_lie_where_wandb_has_its_brackets(void) {
    StoppingRules rules = stopping_rules_default(STOPPING_HALVING);
    expect_rungs(rules, 81, 4, (uint32_t[]){1, 3, 9, 27});
    expect_rungs(rules, 82, 5, (uint32_t[]){1, 3, 9, 27, 81});
    expect_rungs(rules, 1, 0, NULL);
    rules.min_iter = 3;
    expect_rungs(rules, 30, 3, (uint32_t[]){3, 9, 27});
    expect_rungs(rules, 3, 0, NULL);
    rules.max_iter = 20;
    expect_rungs(rules, 30, 2, (uint32_t[]){3, 9});
    rules.s = 1;
    expect_rungs(rules, 30, 1, (uint32_t[]){3});
    /* "max_iter: 27, s: 2, eta: 3" gives 9 and 3 there. */
    rules = (StoppingRules){.kind = STOPPING_HYPERBAND, .eta = 3, .max_iter = 27, .s = 2};
    expect_rungs(rules, 27, 2, (uint32_t[]){3, 9});
    expect_rungs(rules, 9, 1, (uint32_t[]){3});
    rules.s = 0;
    expect_rungs(rules, 100, 3, (uint32_t[]){1, 3, 9});
    rules.max_iter = 100;
    rules.s = 10;
    expect_rungs(rules, 100, 4, (uint32_t[]){1, 3, 11, 33});
    rules = (StoppingRules){.kind = STOPPING_ASHA, .eta = 2, .min_iter = 1};
    StoppingPlan longest = stopping_plan(&rules, 5, 1000000);
    CU_ASSERT_EQUAL(longest.rung_count, 20);
    CU_ASSERT_EQUAL(longest.rung[19], 524288);
}

static void expect_bracket(const StoppingPlan *plan, uint32_t b, uint32_t rung, const uint32_t *at) {
    const StoppingBracket *bracket = &plan->bracket[b];
    CU_ASSERT_EQUAL(bracket->rung, rung);
    for (uint32_t k = rung; k < plan->rung_count; k++)
        CU_ASSERT_EQUAL(bracket->at[k], at[k - rung]);
    CU_ASSERT_EQUAL(bracket->to_end, at[plan->rung_count - rung]);
}

static void hyperband_has_the_brackets_of_its_papers_table(void) {
    StoppingRules rules = stopping_rules_default(STOPPING_HYPERBAND);
    StoppingPlan plan = stopping_plan(&rules, 81 + 34 + 15 + 8 + 5, 81); /* R = 81, eta = 3 */
    CU_ASSERT_EQUAL_FATAL(plan.bracket_count, 5);
    expect_bracket(&plan, 0, 0, (uint32_t[]){81, 27, 9, 3, 1});
    expect_bracket(&plan, 1, 1, (uint32_t[]){34, 11, 3, 1});
    expect_bracket(&plan, 2, 2, (uint32_t[]){15, 5, 1});
    expect_bracket(&plan, 3, 3, (uint32_t[]){8, 2});
    expect_bracket(&plan, 4, 4, (uint32_t[]){5});
    /* n_i trials up to r_i: 81 * 1 + 27 * (3 - 1) + ..; what was trained before is not trained again */
    uint64_t epochs = 81 + 27 * 2 + 9 * 6 + 3 * 18 + 54;
    epochs += 34 * 3 + 11 * 6 + 3 * 18 + 54;
    epochs += 15 * 9 + 5 * 18 + 54;
    epochs += 8 * 27 + 2 * 54 + 5 * 81;
    CU_ASSERT_EQUAL(stopping_epochs(&plan), epochs);
    CU_ASSERT_EQUAL(stopping_waiting(&plan), 27 + 11 + 5 + 2);
}

static void brackets_share_out_any_number_of_trials(void) {
    for (uint32_t eta = 2; eta <= 5; eta++) {
        for (uint32_t trials = 1; trials < 300; trials++) {
            StoppingRules rules = {.kind = STOPPING_HYPERBAND, .eta = eta, .min_iter = 1};
            StoppingPlan plan = stopping_plan(&rules, trials, 50);
            uint32_t next = 0;
            for (uint32_t b = 0; b < plan.bracket_count; b++) {
                const StoppingBracket *bracket = &plan.bracket[b];
                CU_ASSERT_EQUAL(bracket->first, next);
                CU_ASSERT_TRUE(bracket->trials > 0 && bracket->to_end > 0);
                CU_ASSERT_PTR_EQUAL(stopping_bracket(&plan, bracket->first), bracket);
                next += bracket->trials;
                CU_ASSERT_PTR_EQUAL(stopping_bracket(&plan, next - 1), bracket);
            }
            CU_ASSERT_EQUAL(next, trials);
        }
    }
    StoppingRules most = {.kind = STOPPING_HYPERBAND, .eta = 2, .min_iter = 1};
    StoppingPlan plan = stopping_plan(&most, 2147483648U, 1000000); /* no product overflows */
    uint64_t all = 0;
    for (uint32_t b = 0; b < plan.bracket_count; b++)
        all += plan.bracket[b].trials;
    CU_ASSERT_EQUAL(all, 2147483648U);
    CU_ASSERT_EQUAL(plan.bracket_count, 21);
}

static void a_stage_without_rules_is_one_bracket_that_stops_nobody(void) {
    StoppingRules none = {0};
    StoppingPlan plan = stopping_plan(&none, 7, 12);
    CU_ASSERT_EQUAL(plan.rung_count, 0);
    CU_ASSERT_EQUAL(plan.bracket_count, 1);
    CU_ASSERT_EQUAL(stopping_epochs(&plan), 7 * 12);
    CU_ASSERT_EQUAL(stopping_waiting(&plan), 0);
    StoppingRules median = stopping_rules_default(STOPPING_MEDIAN);
    plan = stopping_plan(&median, 7, 12);
    CU_ASSERT_EQUAL(plan.rung_count, 3);
    CU_ASSERT_EQUAL(plan.bracket[0].at[2], 7);
    CU_ASSERT_EQUAL(stopping_epochs(&plan), 7 * 12);
}

static void some_always_go_on(void) {
    CU_ASSERT_EQUAL(halving_keep(27, 3), 9);
    CU_ASSERT_EQUAL(halving_keep(29, 3), 9);
    CU_ASSERT_EQUAL(halving_keep(3, 3), 1);
    CU_ASSERT_EQUAL(halving_keep(2, 3), 1);
    CU_ASSERT_EQUAL(halving_keep(1, 2), 1);
    CU_ASSERT_EQUAL(halving_keep(0, 2), 0);
}

/* In every order of arrival: what is said to be certain of some holds in the end, and all is decided then. */
static void early_verdicts_are_those_of_the_whole_rung(void) {
    RandomStream dice = random_stream(3, RANDOM_SYNTHETIC, 0, 0, 0, 0);
    for (int round = 0; round < 400; round++) {
        uint32_t trials = 1 + random_below(&dice, 40),
                 keep = halving_keep(trials, 2 + random_below(&dice, 3));
        double worth[40];
        for (uint32_t i = 0; i < trials; i++)
            worth[i] = (double)random_below(&dice, 12); /* with ties */
        Rung whole = {0}, rung = {0};
        size_t place;
        for (uint32_t i = 0; i < trials; i++)
            CU_ASSERT_EQUAL_FATAL(rung_enter(&whole, worth[i], i, &place), STATUS_OK);
        uint32_t order[40];
        for (uint32_t i = 0; i < trials; i++) {
            uint32_t at = random_below(&dice, i + 1);
            order[i] = order[at];
            order[at] = i;
        }
        bool goes_on[40] = {false}, stops[40] = {false};
        for (uint32_t i = 0; i < trials; i++) {
            CU_ASSERT_EQUAL_FATAL(rung_enter(&rung, worth[order[i]], order[i], &place), STATUS_OK);
            size_t certain = halving_certain(rung.count, trials, keep);
            for (size_t p = 0; p < certain; p++)
                goes_on[rung.entries[p].trial] = true;
            for (size_t p = keep; p < rung.count; p++)
                stops[rung.entries[p].trial] = true;
        }
        for (uint32_t p = 0; p < trials; p++) {
            uint64_t trial = whole.entries[p].trial;
            CU_ASSERT_EQUAL(goes_on[trial], p < keep);
            CU_ASSERT_EQUAL(stops[trial], p >= keep);
        }
        rung_release(&whole);
        rung_release(&rung);
    }
    CU_ASSERT_EQUAL(halving_certain(24, 27, 9), 6); /* three are missing: six cannot be overtaken */
    CU_ASSERT_EQUAL(halving_certain(18, 27, 9), 0);
    CU_ASSERT_EQUAL(halving_certain(2, 2, 9), 2);
}

static void reasons_name_the_rung(void) {
    char reason[STOPPING_REASON_SIZE];
    StoppingRules rules = stopping_rules_default(STOPPING_HYPERBAND);
    StoppingPlan plan = stopping_plan(&rules, 143, 81);
    stopping_reason(&plan, 81, 2, reason);
    CU_ASSERT_STRING_EQUAL(reason, "not among the best 3 of 11 in bracket 2 at epoch 9");
    rules.kind = STOPPING_HALVING;
    plan = stopping_plan(&rules, 143, 81);
    stopping_reason(&plan, 81, 0, reason);
    CU_ASSERT_STRING_EQUAL(reason, "not among the best 47 of 143 at epoch 1");
}

void suite_stopping(void) {
    static const TestCase tests[] = {
        {"rungs lie where Weights & Biases has its brackets", rungs_lie_where_wandb_has_its_brackets},
        {"Hyperband has the brackets of its paper's table 1", hyperband_has_the_brackets_of_its_papers_table},
        {"brackets share out any number of trials", brackets_share_out_any_number_of_trials},
        {"a stage without rules is one bracket that stops nobody",
         a_stage_without_rules_is_one_bracket_that_stops_nobody},
        {"some always go on", some_always_go_on},
        {"early verdicts are those of the whole rung, in every order of arrival",
         early_verdicts_are_those_of_the_whole_rung},
        {"reasons name the rung", reasons_name_the_rung},
    };
    SUITE("stopping", tests);
}
