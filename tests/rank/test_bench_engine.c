#include "rank/bench_engine.h"

#include <stdlib.h>
#include <string.h>

#include "engine/blas.h"
#include "engine/network.h"
#include "rank/bench/dense_network.h"
#include "rank/bench/made_up_examples.h"
#include "rank/suites.h"
#include "suite.h"

static void a_line_of_numbers_is_a_network(void) {
    static NetworkSpec spec;
    CU_ASSERT_EQUAL_FATAL(dense_network_read("784-256-128-10", &spec), STATUS_OK);
    CU_ASSERT(spec.input.height == 1 && spec.input.width == 1 && spec.input.channels == 784);
    CU_ASSERT_EQUAL(spec.classes, 10);
    CU_ASSERT_EQUAL(spec.loss, LOSS_SOFTMAX_CROSS_ENTROPY);
    const struct {
        LayerKind kind;
        const char *name;
        size_t units;
    } layers[] = {{LAYER_DENSE, "dense1", 256},
                  {LAYER_RELU, "relu1", 0},
                  {LAYER_DENSE, "dense2", 128},
                  {LAYER_RELU, "relu2", 0},
                  {LAYER_DENSE, "dense3", 10}};
    CU_ASSERT_EQUAL_FATAL(spec.layer_count, 5);
    for (size_t i = 0; i < 5; i++) {
        CU_ASSERT_EQUAL(spec.layers[i].kind, layers[i].kind);
        CU_ASSERT_STRING_EQUAL(spec.layers[i].name, layers[i].name);
        CU_ASSERT_EQUAL(spec.layers[i].units, layers[i].units);
        CU_ASSERT_EQUAL(spec.layers[i].inputs[0], i == 0 ? NETWORK_INPUT : i - 1);
    }
    CU_ASSERT_EQUAL(dense_network_read("4-2", &spec), STATUS_OK);
    CU_ASSERT_EQUAL(spec.layer_count, 1);
}

static void what_is_no_network_is_refused(void) {
    static NetworkSpec spec;
    const char *const wrong[] = {"",        "784",      "784-",       "-784-10",
                                 "784--10", "784-0-10", "784x10",     "a-b",
                                 "784-10 ", "1.5-2",    "4-99999999", "4-18446744073709551617"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        CU_ASSERT_EQUAL(dense_network_read(wrong[i], &spec), STATUS_INPUT);
    CU_ASSERT_EQUAL(dense_network_read("784x10", &spec), STATUS_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "\"784x10\" is no network"));
    CU_ASSERT_EQUAL(dense_network_read("4-70000", &spec), STATUS_INPUT); /* classes */
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "70000 classes"));
    char deep[2 * NETWORK_MAX_LAYERS + 8] = "4";
    for (size_t i = 0; i < NETWORK_MAX_LAYERS; i++)
        strcat(deep, "-4");
    CU_ASSERT_EQUAL(dense_network_read(deep, &spec), STATUS_INPUT);
}

static void made_up_examples_fill_both_parts(void) {
    MadeUpExamples examples;
    CU_ASSERT_EQUAL_FATAL(made_up_examples_create(&examples, (Shape){2, 3, 1}, 7), STATUS_OK);
    CU_ASSERT_EQUAL(examples.train.count, 50000);
    CU_ASSERT_EQUAL(examples.validation.count, 10000);
    CU_ASSERT_EQUAL(examples.train.index[0], 10000);
    const uint8_t *bytes = examples.train.values;
    double sum = 0;
    for (size_t i = 0; i < 60000 * 6; i++)
        sum += bytes[i];
    CU_ASSERT_DOUBLE_EQUAL(sum / (60000 * 6), examples.train.mean[0], 1);
    size_t seen[7] = {0};
    for (size_t i = 0; i < 60000; i++)
        seen[examples.train.labels[i]]++;
    for (size_t c = 0; c < 7; c++)
        CU_ASSERT(seen[c] > 8000 && seen[c] < 9200);
    made_up_examples_release(&examples);
    /* No more than so much memory: 256 MB of a megabyte each. */
    CU_ASSERT_EQUAL_FATAL(made_up_examples_create(&examples, (Shape){1, 1, (size_t)1 << 20}, 2), STATUS_OK);
    CU_ASSERT_EQUAL(examples.train.count + examples.validation.count, 256);
    made_up_examples_release(&examples);
}

static EngineFigures *figures_of(const char *network, const TrainSettings *settings, const uint32_t *batches,
                                 size_t count, Status *status) {
    static NetworkSpec spec;
    EngineFigures *figures = calloc(1, sizeof(*figures));
    CU_ASSERT_PTR_NOT_NULL_FATAL(figures);
    CU_ASSERT_EQUAL_FATAL(dense_network_read(network, &spec), STATUS_OK);
    MadeUpExamples examples;
    CU_ASSERT_EQUAL_FATAL(made_up_examples_create(&examples, spec.input, spec.classes), STATUS_OK);
    EngineWork work = {
        .spec = &spec, .settings = *settings, .train = examples.train, .validation = examples.validation};
    (void)blas_prepare(1);
    *status = bench_engine(&work, batches, count, 0.05, figures);
    made_up_examples_release(&examples);
    return figures;
}

static void figures_hang_together(void) {
    const uint32_t batches[] = {16, 50000};
    TrainSettings settings = train_settings_default(1);
    Status status;
    EngineFigures *figures = figures_of("8-4-2", &settings, batches, 2, &status);
    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
    CU_ASSERT_EQUAL(figures->flops.forward, 2 * (8 * 4 + 4 * 2));
    CU_ASSERT_EQUAL(figures->flops.backward, 2 * (8 * 4 + 2 * 4 * 2));
    CU_ASSERT(figures->peak > 1e8 && figures->windows > 0);
    for (size_t i = 0; i < 2; i++) {
        const BatchFigures *batch = &figures->batches[i];
        CU_ASSERT_EQUAL(batch->batch, batches[i]);
        CU_ASSERT(batch->epochs >= 1 && batch->train_count <= 50000 && batch->validation_count <= 10000);
        CU_ASSERT(0 < batch->lowest && batch->lowest <= batch->samples_per_second);
        CU_ASSERT(batch->samples_per_second <= batch->highest);
        CU_ASSERT_DOUBLE_EQUAL(engine_rate(figures, batch), batch->samples_per_second * 176, 1);
        for (int phase = 0; phase < PHASE_COUNT; phase++)
            CU_ASSERT(stopwatch_phase(&batch->watch, (TrainPhase)phase) > 0);
    }
    CU_ASSERT(figures->batches[0].train_count >= 8 * 16);
    CU_ASSERT_EQUAL(figures->batches[1].train_count, 50000); /* one batch holds all */
    free(figures);
}

/* At that rate hardly an epoch is better than the first. */
static void an_early_stop_ends_no_measurement(void) {
    const uint32_t batches[] = {64};
    TrainSettings settings = train_settings_default(1);
    settings.early_stop_epochs = 1;
    Status status;
    EngineFigures *figures = figures_of("8-4-2", &settings, batches, 1, &status);
    CU_ASSERT_EQUAL(status, STATUS_OK);
    CU_ASSERT(figures->batches[0].lowest > 0);
    free(figures);
}

static void a_batch_larger_than_the_data_is_refused(void) {
    const uint32_t batches[] = {32, 50001};
    TrainSettings settings = train_settings_default(1);
    Status status;
    EngineFigures *figures = figures_of("8-4-2", &settings, batches, 2, &status);
    CU_ASSERT_EQUAL(status, STATUS_INPUT);
    CU_ASSERT_STRING_EQUAL(status_text(), "a batch of 50001 is more than the 50000 examples to train on");
    free(figures);
}

void suite_bench_engine(void) {
    static const TestCase tests[] = {
        {"a line of numbers is a network", a_line_of_numbers_is_a_network},
        {"what is no network is refused", what_is_no_network_is_refused},
        {"made-up examples fill both parts", made_up_examples_fill_both_parts},
        {"figures hang together", figures_hang_together},
        {"an early stop of the settings ends no measurement", an_early_stop_ends_no_measurement},
        {"a batch larger than the data is refused", a_batch_larger_than_the_data_is_refused},
    };
    SUITE("bench engine", tests);
}
