/* Fit, lean, agreement, maps: small statements on small tables. */
#include <math.h>
#include <stdlib.h>

#include "report/statistics/agreement.h"
#include "report/statistics/fit.h"
#include "report/statistics/lean.h"
#include "report/statistics/pair_map.h"
#include "report/suites.h"
#include "suite.h"

#define EPOCHS 4

/* A completed trial of four epochs, best in the `best`-th, whose rate ends at `last_rate` times the first. */
typedef struct MadeTrial {
    EpochRow curve[EPOCHS];
    LedgerRow record;
} MadeTrial;

static void make_trial(MadeTrial *trial, double train, double validation, uint32_t best, double last_rate) {
    for (uint32_t e = 0; e < EPOCHS; e++)
        trial->curve[e] = (EpochRow){.epoch = e + 1,
                                     .learning_rate = e + 1 == EPOCHS ? last_rate : 1,
                                     .train_accuracy = e + 1 == best ? train : 0,
                                     .val_accuracy = validation};
    trial->record = (LedgerRow){.curve_count = EPOCHS, .curve = trial->curve};
    trial->record.outcome = (TrainOutcome){
        .status = TRIAL_COMPLETED, .epochs = EPOCHS, .best_epoch = best, .val_accuracy = validation};
}

static Fit fit_of_three(double train, double validation, uint32_t best, double last_rate) {
    static MadeTrial trial[3];
    const LedgerRow *records[3];
    for (size_t i = 0; i < 3; i++) {
        make_trial(&trial[i], train + 0.001 * (double)i, validation, best, last_rate);
        records[i] = &trial[i].record;
    }
    return fit_of(records, 3);
}

static void fits_are_told_apart(void) {
    CU_ASSERT_EQUAL(fit_of_three(0.97, 0.90, 2, 1).verdict, FIT_OVER);
    CU_ASSERT_EQUAL(fit_of_three(0.97, 0.90, 4, 1).verdict, FIT_OVER);       /* first of all */
    CU_ASSERT_EQUAL(fit_of_three(0.992, 0.985, 2, 1).verdict, FIT_BALANCED); /* less than two points */
    CU_ASSERT_EQUAL(fit_of_three(0.93, 0.90, 4, 1).verdict, FIT_UNFINISHED);
    CU_ASSERT_EQUAL(fit_of_three(0.93, 0.90, 4, 0.01).verdict, FIT_BALANCED); /* the rate is at its end */
    CU_ASSERT_EQUAL(fit_of_three(0.90, 0.90, 2, 1).verdict, FIT_UNDER);
    CU_ASSERT_EQUAL(fit_of_three(0.93, 0.90, 2, 1).verdict, FIT_BALANCED);
    CU_ASSERT_EQUAL(fit_of(NULL, 0).verdict, FIT_UNKNOWN);
}

static void a_fit_has_the_medians(void) {
    Fit fit = fit_of_three(0.93, 0.90, 4, 1);
    CU_ASSERT_EQUAL(fit.trials, 3);
    CU_ASSERT_DOUBLE_EQUAL(fit.train_accuracy, 0.931, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(fit.val_accuracy, 0.90, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(fit.last_best, 1, 0);
}

static void best_values_lean_where_zoom_says_so(void) {
    const double low[] = {0.02, 0.1, 0.3, 0.9}, high[] = {0.8, 0.99, 0.7}, middle[] = {0.5, 0.4, 0.6},
                 stray[] = {0.01, 0.6, 0.7, 0.5}, late[] = {0.2, 0.2, 0.01};
    CU_ASSERT_EQUAL(lean_of(low, 4), LEAN_LOW);
    CU_ASSERT_EQUAL(lean_of(high, 3), LEAN_HIGH);
    CU_ASSERT_EQUAL(lean_of(middle, 3), LEAN_NONE);
    CU_ASSERT_EQUAL(lean_of(stray, 4), LEAN_NONE);
    CU_ASSERT_EQUAL(lean_of(late, 3), LEAN_NONE);
    CU_ASSERT_EQUAL(lean_of(low, 2), LEAN_NONE);
}

static void the_first_of_equal_probabilities_is_predicted(void) {
    const float p[] = {0.2F, 0.4F, 0.4F, NAN, 0.1F, 0.9F, 0.5F, NAN, 0.5F};
    uint16_t predicted[3];
    predicted_classes(p, 3, 3, predicted);
    CU_ASSERT_EQUAL(predicted[0], 1);
    CU_ASSERT_EQUAL(predicted[1], 2);
    CU_ASSERT_EQUAL(predicted[2], 0);
}

static void networks_differ_where_their_answers_do(void) {
    const uint16_t a[] = {0, 1, 2, 2}, b[] = {0, 1, 1, 0};
    CU_ASSERT_DOUBLE_EQUAL(disagreement(a, b, 4), 0.5, 0);
    CU_ASSERT_DOUBLE_EQUAL(disagreement(a, a, 4), 0, 0);
}

static void mistakes_are_counted_by_pair_and_sorted(void) {
    const uint16_t label[] = {2, 0, 0, 1, 1, 0, 1, 65535}, predicted[] = {2, 1, 0, 0, 0, 1, 2, 3};
    Confused *pairs;
    size_t count;
    CU_ASSERT_EQUAL_FATAL(confusion(label, predicted, 8, &pairs, &count), STATUS_OK);
    const Confused all[] = {{0, 0, 1}, {0, 1, 2}, {1, 0, 2}, {1, 2, 1}, {2, 2, 1}, {65535, 3, 1}};
    const Confused wrong[] = {{0, 1, 2}, {1, 0, 2}, {1, 2, 1}, {65535, 3, 1}};
    CU_ASSERT_EQUAL_FATAL(count, 6);
    for (size_t i = 0; i < count; i++)
        CU_ASSERT(pairs[i].label == all[i].label && pairs[i].predicted == all[i].predicted &&
                  pairs[i].count == all[i].count);
    count = confusion_worst(pairs, count);
    CU_ASSERT_EQUAL_FATAL(count, 4);
    for (size_t i = 0; i < count; i++)
        CU_ASSERT(pairs[i].label == wrong[i].label && pairs[i].predicted == wrong[i].predicted &&
                  pairs[i].count == wrong[i].count);
    free(pairs);
}

static void a_map_has_the_mean_near_trials_and_nothing_far_away(void) {
    const MapAxis numbers = {0, 24, 0}, choices = {0, 0, 2};
    const double x[] = {3.5, 3.5, 20.5, 12, NAN}, y[] = {0, 0, 0, 1, 1}, value[] = {1, 3, 10, NAN, 5};
    static PairMap map;
    CU_ASSERT_EQUAL_FATAL(pair_map(&numbers, &choices, x, y, value, 5, &map), STATUS_OK);
    CU_ASSERT_EQUAL(map.columns, MAP_CELLS);
    CU_ASSERT_EQUAL(map.rows, 2);
    CU_ASSERT_DOUBLE_EQUAL(map.value[3], 2, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(map.value[20], 10, 1e-9);
    /* Weight of one trial two cells away: exp(-(2 / 1.5)^2 / 2) = 0.41; three: 0.135. */
    CU_ASSERT_DOUBLE_EQUAL(map.value[22], 10, 1e-9);
    CU_ASSERT(isnan(map.value[23]));
    CU_ASSERT(isnan(map.value[12]));
    for (size_t c = 0; c < MAP_CELLS; c++)
        CU_ASSERT(isnan(map.value[MAP_CELLS + c])); /* nothing of the other choice */
}

void suite_judgements(void) {
    static const TestCase tests[] = {
        {"fits are told apart", fits_are_told_apart},
        {"a fit has the medians", a_fit_has_the_medians},
        {"best values lean where zoom says so", best_values_lean_where_zoom_says_so},
        {"the first of equal probabilities is predicted", the_first_of_equal_probabilities_is_predicted},
        {"networks differ where their answers do", networks_differ_where_their_answers_do},
        {"mistakes are counted by pair and sorted", mistakes_are_counted_by_pair_and_sorted},
        {"a map has the mean near trials and nothing far away",
         a_map_has_the_mean_near_trials_and_nothing_far_away},
    };
    SUITE("judgements", tests);
}
