#include <math.h>
#include <string.h>

#include "report/fixture.h"
#include "report/page/axis.h"
#include "report/suites.h"
#include "suite.h"

static bool tics_are(const Axis *axis, const char *wanted) {
    char found[512] = "";
    for (size_t i = 0; i < axis->tic_count; i++) {
        strncat(found, i > 0 ? " " : "", sizeof(found) - strlen(found) - 1);
        strncat(found, axis->tics[i].text, sizeof(found) - strlen(found) - 1);
    }
    if (strcmp(found, wanted) != 0) printf("tics: \"%s\", not \"%s\"\n", found, wanted);
    return strcmp(found, wanted) == 0;
}

static Axis of(const Fixture *fixture, const char *name) {
    Ranges ranges = space_ranges(&fixture->config->space);
    size_t p = space_find(&fixture->config->space, name);
    return axis_of_parameter(fixture->config, p, ranges.range[p]);
}

static void each_parameter_has_its_own_scale(void) {
    Fixture fixture = fixture_create();
    Axis rate = of(&fixture, "learning_rate");
    CU_ASSERT_EQUAL(rate.scale, AXIS_LOG);
    CU_ASSERT(tics_are(&rate, "0.001 0.01 0.1 1"));
    CU_ASSERT_DOUBLE_EQUAL(axis_place(&rate, 0.01), -2, 1e-12);
    CU_ASSERT_STRING_EQUAL(rate.name, "learning_rate (per step, log scale)");
    Axis momentum = of(&fixture, "momentum");
    CU_ASSERT_EQUAL(momentum.scale, AXIS_LINEAR);
    CU_ASSERT(tics_are(&momentum, "0.5 0.6 0.7 0.8 0.9 1"));
    CU_ASSERT(isnan(axis_drawn(&momentum, (DrawnValue){.present = false})));
    Axis optimizer = of(&fixture, "optimizer");
    CU_ASSERT_EQUAL(optimizer.scale, AXIS_CHOICES);
    CU_ASSERT(tics_are(&optimizer, "sgd nesterov adam"));
    CU_ASSERT_DOUBLE_EQUAL(axis_drawn(&optimizer, (DrawnValue){.present = true, .choice = 2}), 2, 0);
    fixture_destroy(&fixture);
}

static void accuracy_is_on_a_log_scale_of_the_error(void) {
    Axis axis = axis_of_metric(METRIC_VAL_ACCURACY, 0.5, 0.99, 1000);
    CU_ASSERT_DOUBLE_EQUAL(axis_place(&axis, 0.9), 1, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(axis_place(&axis, 0.99), 2, 1e-12);
    CU_ASSERT(tics_are(&axis, "99 98 95 90 80 50"));
    /* All 1000 right: better than all but one, and on the axis. */
    CU_ASSERT_DOUBLE_EQUAL(axis_place(&axis, 1), -log10(0.0005), 1e-9);
    Axis narrow = axis_of_metric(METRIC_VAL_ACCURACY, 0.901, 0.939, 1000);
    CU_ASSERT(tics_are(&narrow, "90 91 92 93 94"));
}

static void losses_beyond_measure_do_not_hide_the_others(void) {
    Axis axis = axis_of_metric(METRIC_VAL_LOSS, 1e30, 0.5, 1000);
    CU_ASSERT_DOUBLE_EQUAL(axis_place(&axis, 1e30), log10(50), 1e-9);
    CU_ASSERT_STRING_EQUAL(axis.name, "val_loss (no unit, log scale, cut at 50)");
    CU_ASSERT(tics_are(&axis, "1 3 10 30"));
    Axis sound = axis_of_metric(METRIC_VAL_LOSS, 2, 0.5, 1000);
    CU_ASSERT_STRING_EQUAL(sound.name, "val_loss (no unit, log scale)");
}

static void a_single_value_still_has_an_axis(void) {
    Axis axis = axis_of_metric(METRIC_VAL_ACCURACY, 0.9, 0.9, 1000);
    CU_ASSERT(axis.high > axis.low);
    CU_ASSERT(axis.tic_count > 0);
    axis = axis_of_metric(METRIC_VAL_LOSS, 0.3973388973, 0.3973388975, 1000); /* but for rounding */
    CU_ASSERT(axis.high - axis.low > 0.1);
    axis = axis_of_metric(METRIC_VAL_ACCURACY, NAN, NAN, 0);
    CU_ASSERT(axis.high > axis.low && isfinite(axis.low) && isfinite(axis.high));
    axis = axis_plain(AXIS_LINEAR, 0, 0, "nothing (no unit)");
    CU_ASSERT(axis.high > axis.low);
    axis = axis_plain(AXIS_LINEAR, 1e-8, 2e-8, "small ones (no unit)");
    CU_ASSERT(axis.low > 0 && axis.high < 3e-8);
}

static void counts_have_whole_tics(void) {
    Axis axis = axis_plain(AXIS_COUNT, 0, 2, "epoch (passes)");
    CU_ASSERT(tics_are(&axis, "0 1 2"));
    axis = axis_plain(AXIS_LINEAR, 0, 2, "time (seconds)");
    CU_ASSERT(tics_are(&axis, "0 0.5 1 1.5 2"));
    axis = axis_plain(AXIS_LOG, 1e-7, 1e7, "ratio");
    CU_ASSERT(tics_are(&axis, "1e-6 0.001 1 1000 1e6"));
}

void suite_axis(void) {
    static const TestCase tests[] = {
        {"each parameter has its own scale", each_parameter_has_its_own_scale},
        {"accuracy is on a log scale of the error", accuracy_is_on_a_log_scale_of_the_error},
        {"losses beyond measure do not hide the others", losses_beyond_measure_do_not_hide_the_others},
        {"a single value still has an axis", a_single_value_still_has_an_axis},
        {"counts have whole tics", counts_have_whole_tics},
    };
    SUITE("axis", tests);
}
