#include <stdlib.h>

#include "cli/bench_engine_output.h"
#include "cli/suites.h"
#include "rank/bench/dense_network.h"
#include "suite.h"

#define BATCH 64

/* A 4-3-2 whose figures are round numbers: 1000 examples under the stopwatch, in 10 seconds. */
static void make_figures(NetworkSpec *spec, EngineWork *work, EngineFigures *figures) {
    CU_ASSERT_EQUAL_FATAL(dense_network_read("4-3-2", spec), STATUS_OK);
    *work = (EngineWork){.spec = spec, .settings = train_settings_default(1)};
    work->settings.optimizer = OPTIMIZER_ADAM;
    CU_ASSERT_EQUAL_FATAL(flops_of_network(spec, figures->layers, &figures->flops), STATUS_OK);
    figures->peak = 96e3;
    figures->windows = 40;
    figures->batch_count = 1;
    BatchFigures *batch = &figures->batches[0];
    *batch = (BatchFigures){.batch = BATCH,
                            .train_count = 100,
                            .validation_count = 20,
                            .epochs = 2,
                            .samples_per_second = 500,
                            .lowest = 400,
                            .highest = 600};
    batch->watch.seconds[PHASE_GATHER][NO_LAYER] = 1;
    batch->watch.seconds[PHASE_FORWARD][0] = 2;
    batch->watch.seconds[PHASE_FORWARD][1] = 0.5;
    batch->watch.seconds[PHASE_FORWARD][2] = 1;
    batch->watch.seconds[PHASE_FORWARD][NO_LAYER] = 0.5;
    batch->watch.seconds[PHASE_BACKWARD][0] = 2;
    batch->watch.seconds[PHASE_BACKWARD][2] = 1;
    batch->watch.seconds[PHASE_UPDATE][NO_LAYER] = 1;
    batch->watch.seconds[PHASE_EVALUATION][NO_LAYER] = 0.5;
    batch->watch.seconds[PHASE_EVALUATION][0] = 0.25;
    batch->watch.seconds[PHASE_REST][NO_LAYER] = 0.25;
}

static double number(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    CU_ASSERT_TRUE_FATAL(json_is_number(value));
    return json_number_value(value);
}

static void json_has_speeds_shares_and_fractions(void) {
    static NetworkSpec spec;
    static EngineFigures figures;
    EngineWork work;
    make_figures(&spec, &work, &figures);
    json_t *object = engine_json(&work, &figures, "made-up bytes");
    CU_ASSERT_PTR_NOT_NULL_FATAL(object);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(object, "data")), "made-up bytes");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(object, "optimizer")), "adam");
    CU_ASSERT(json_is_string(json_object_get(object, "arithmetic")));
    CU_ASSERT(json_is_string(json_object_get(object, "peak_vectors")));
    CU_ASSERT_EQUAL(number(object, "parameters"), 4 * 3 + 3 + 3 * 2 + 2);
    CU_ASSERT_EQUAL(number(object, "forward_flops_per_example"), 2 * (12 + 6));
    CU_ASSERT_EQUAL(number(object, "training_flops_per_example"), 2 * (12 + 6) + 2 * (12 + 2 * 6));
    CU_ASSERT_EQUAL(number(object, "peak_gflops"), 96e3 / 1e9);
    CU_ASSERT_EQUAL(json_array_size(json_object_get(object, "batches")), 1);

    const json_t *batch = json_array_get(json_object_get(object, "batches"), 0);
    CU_ASSERT_EQUAL(number(batch, "batch"), BATCH);
    CU_ASSERT_EQUAL(number(batch, "samples_per_second"), 500);
    CU_ASSERT_EQUAL(number(batch, "samples_per_second_lowest"), 400);
    CU_ASSERT_EQUAL(number(batch, "samples_per_second_highest"), 600);
    CU_ASSERT_DOUBLE_EQUAL(number(batch, "gflops"), 500 * 84 / 1e9, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(number(batch, "peak_fraction"), 500 * 84 / 96e3, 1e-12);

    const json_t *time = json_object_get(batch, "time");
    const struct {
        const char *phase;
        double share;
    } shares[] = {{"gather", 0.1}, {"forward", 0.4},      {"backward", 0.3},
                  {"update", 0.1}, {"evaluation", 0.075}, {"rest", 0.025}};
    CU_ASSERT_EQUAL(json_object_size(time), 6);
    for (size_t i = 0; i < 6; i++)
        CU_ASSERT_DOUBLE_EQUAL(number(time, shares[i].phase), shares[i].share, 1e-12);
    json_decref(object);
}

/* 1000 examples: a layer's operations times that over its seconds. */
static void json_has_the_speed_of_each_product(void) {
    static NetworkSpec spec;
    static EngineFigures figures;
    EngineWork work;
    make_figures(&spec, &work, &figures);
    json_t *object = engine_json(&work, &figures, "made-up bytes");
    const json_t *batch = json_array_get(json_object_get(object, "batches"), 0);
    const json_t *layers = json_object_get(batch, "layers");
    CU_ASSERT_EQUAL_FATAL(json_array_size(layers), 3);
    const json_t *first = json_array_get(layers, 0), *relu = json_array_get(layers, 1);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(first, "name")), "dense1");
    CU_ASSERT_DOUBLE_EQUAL(number(first, "forward_share"), 0.2, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(number(first, "forward_gflops"), 24 * 1000 / 2.0 / 1e9, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(number(json_array_get(layers, 2), "backward_gflops"), 24 * 1000 / 1e9, 1e-15);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(relu, "kind")), "relu");
    CU_ASSERT_DOUBLE_EQUAL(number(relu, "forward_share"), 0.05, 1e-12);
    CU_ASSERT(json_is_null(json_object_get(relu, "forward_gflops")));

    const json_t *products = json_object_get(batch, "products");
    CU_ASSERT_EQUAL(json_object_size(products), 1);
    CU_ASSERT_DOUBLE_EQUAL(number(json_object_get(products, "dense"), "gflops"), 84 * 1000 / 6.0 / 1e9,
                           1e-15);
    CU_ASSERT_DOUBLE_EQUAL(number(json_object_get(products, "dense"), "peak_fraction"),
                           84 * 1000 / 6.0 / 96e3, 1e-12);
    json_decref(object);
}

void suite_bench_engine(void) {
    static const TestCase tests[] = {
        {"the JSON has speeds, shares of time and fractions of the peak",
         json_has_speeds_shares_and_fractions},
        {"the JSON has the speed of each product", json_has_the_speed_of_each_product},
    };
    SUITE("bench engine", tests);
}
