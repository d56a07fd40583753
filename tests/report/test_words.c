#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/suites.h"
#include "report/words.h"
#include "suite.h"

static const Parameter rate = {.name = "learning_rate", .distribution = DIST_LOG_UNIFORM_VALUES};
static const Parameter optimizer = {
    .name = "optimizer",
    .distribution = DIST_CATEGORICAL,
    .value_count = 3,
    .values = {{.kind = VALUE_WORD, .number = NAN, .word = "sgd"},
               {.kind = VALUE_WORD, .number = NAN, .word = "nesterov"},
               {.kind = VALUE_WORD, .number = NAN, .word = "adam"}},
};

static void numbers_have_five_digits(void) {
    const struct {
        double number;
        const char *text;
    } cases[] = {{0.031622776601683795, "0.031623"},
                 {128, "128"},
                 {1e-6, "1e-06"},
                 {0.5, "0.5"},
                 {-3, "-3"},
                 {0, "0"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[SHORT_TEXT_SIZE];
        value_short_text(&rate, (DrawnValue){.present = true, .number = cases[i].number}, text);
        CU_ASSERT_STRING_EQUAL(text, cases[i].text);
    }
}

static void words_stay_and_absent_values_are_empty(void) {
    char text[SHORT_TEXT_SIZE];
    value_short_text(&optimizer, (DrawnValue){.present = true, .number = NAN, .choice = 1}, text);
    CU_ASSERT_STRING_EQUAL(text, "nesterov");
    value_short_text(&optimizer, (DrawnValue){.number = NAN}, text);
    CU_ASSERT_STRING_EQUAL(text, "");
}

static void ranges_name_their_ends_or_what_is_allowed(void) {
    char text[SHORT_TEXT_SIZE];
    range_short_text(&rate, &(Range){.min = 1e-4, .max = 1}, text);
    CU_ASSERT_STRING_EQUAL(text, "0.0001 to 1");
    range_short_text(&rate, &(Range){.min = 0.5, .max = 0.5}, text);
    CU_ASSERT_STRING_EQUAL(text, "0.5");
    range_short_text(&optimizer, &(Range){.allowed = 5}, text);
    CU_ASSERT_STRING_EQUAL(text, "sgd, adam");
}

static void long_lists_are_cut(void) {
    Parameter many = {.name = "kind", .distribution = DIST_CATEGORICAL, .value_count = PARAMETER_MAX_VALUES};
    for (size_t v = 0; v < PARAMETER_MAX_VALUES; v++) {
        many.values[v] = (Value){.kind = VALUE_WORD, .number = NAN};
        memset(many.values[v].word, 'a' + (int)(v % 26), PARAMETER_WORD_SIZE - 1);
    }
    char text[SHORT_TEXT_SIZE];
    range_short_text(&many, &(Range){.allowed = UINT64_MAX}, text);
    CU_ASSERT_EQUAL(strlen(text), PARAMETER_WORD_SIZE - 1 + strlen(", ..."));
    CU_ASSERT_STRING_EQUAL(text + PARAMETER_WORD_SIZE - 1, ", ...");
    for (size_t v = 0; v < PARAMETER_MAX_VALUES; v++)
        snprintf(many.values[v].word, PARAMETER_WORD_SIZE, "%zu", 100 + v);
    range_short_text(&many, &(Range){.allowed = UINT64_MAX}, text);
    CU_ASSERT(strlen(text) < SHORT_TEXT_SIZE);
    CU_ASSERT_STRING_EQUAL(text + strlen(text) - 5, ", ...");
}

static void metrics_are_percent_or_loss(void) {
    char text[SHORT_TEXT_SIZE];
    metric_short_text(METRIC_VAL_ACCURACY, 0.89312, text);
    CU_ASSERT_STRING_EQUAL(text, "89.31 %");
    metric_short_text(METRIC_VAL_LOSS, 0.3012345, text);
    CU_ASSERT_STRING_EQUAL(text, "0.3012");
    metric_short_text(METRIC_VAL_LOSS, 2.04344967e34, text);
    CU_ASSERT_STRING_EQUAL(text, "2.043e+34");
    metric_short_text(METRIC_VAL_LOSS, NAN, text);
    CU_ASSERT_STRING_EQUAL(text, "-");
}

static void spreads_have_their_deviation(void) {
    char text[SHORT_TEXT_SIZE];
    spread_short_text(METRIC_VAL_ACCURACY, (RunSpread){0.89312, 0.00123}, "±", text);
    CU_ASSERT_STRING_EQUAL(text, "89.31 ± 0.12 %");
    spread_short_text(METRIC_VAL_ACCURACY, (RunSpread){0.89312, NAN}, "±", text);
    CU_ASSERT_STRING_EQUAL(text, "89.31 %");
    spread_short_text(METRIC_VAL_LOSS, (RunSpread){0.30123, 0.0034}, "±", text);
    CU_ASSERT_STRING_EQUAL(text, "0.3012 ± 0.0034");
    spread_short_text(METRIC_VAL_LOSS, (RunSpread){2.5e9, 1.25e8}, "±", text);
    CU_ASSERT_STRING_EQUAL(text, "2.5e+09 ± 1.2e+08");
    spread_short_text(METRIC_VAL_LOSS, (RunSpread){NAN, NAN}, "±", text);
    CU_ASSERT_STRING_EQUAL(text, "-");
}

static void runs_that_did_not_complete_are_told(void) {
    char text[SHORT_TEXT_SIZE];
    runs_short_text(&(Configuration){.runs = 3, .completed = 3}, text);
    CU_ASSERT_STRING_EQUAL(text, "3 runs");
    runs_short_text(&(Configuration){.runs = 3, .completed = 2}, text);
    CU_ASSERT_STRING_EQUAL(text, "2 of 3 runs");
    runs_short_text(&(Configuration){.runs = 1, .completed = 1}, text);
    CU_ASSERT_STRING_EQUAL(text, "1 run");
}

static void optimism_is_told_by_its_interval(void) {
    static const struct {
        MetricKind metric;
        Optimism optimism;
        const char *text;
    } cases[] = {
        {METRIC_VAL_ACCURACY, {1, 0.891, 0.8862, 0.0085}, "0.48 points (+- 0.85), no more than chance"},
        {METRIC_VAL_ACCURACY, {1, 0.891, 0.871, 0.0085}, "2.00 points (+- 0.85) of it is the search's luck"},
        {METRIC_VAL_ACCURACY,
         {1, 0.871, 0.891, 0.0085},
         "-2.00 points (+- 0.85), validation is the harder part"},
        {METRIC_VAL_LOSS, {1, 0.25, 0.3, 0.0125}, "0.0500 (+- 0.0125) of it is the search's luck"},
        {METRIC_VAL_LOSS, {1, 0.3, 0.295, 0.0125}, "-0.0050 (+- 0.0125), no more than chance"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[OPTIMISM_TEXT_SIZE];
        optimism_text(cases[i].metric, &cases[i].optimism, "+-", text);
        CU_ASSERT_STRING_EQUAL(text, cases[i].text);
    }
}

void suite_words(void) {
    static const TestCase tests[] = {
        {"numbers have five digits", numbers_have_five_digits},
        {"words stay, and absent values are empty", words_stay_and_absent_values_are_empty},
        {"ranges name their ends or what is allowed", ranges_name_their_ends_or_what_is_allowed},
        {"long lists are cut", long_lists_are_cut},
        {"metrics are percent or loss", metrics_are_percent_or_loss},
        {"means stand beside their deviation", spreads_have_their_deviation},
        {"runs that did not complete are told", runs_that_did_not_complete_are_told},
        {"optimism is told by its interval", optimism_is_told_by_its_interval},
    };
    SUITE("words", tests);
}
