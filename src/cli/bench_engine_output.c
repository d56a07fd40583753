#include "cli/bench_engine_output.h"

#include <math.h>
#include <stdio.h>

#include "cli/output.h"
#include "engine/blas.h"
#include "engine/fma_peak.h"
#include "report/table.h"

#define GIGA 1e9

static const char *const phase_names[PHASE_COUNT] = {
    [PHASE_GATHER] = "gather", [PHASE_FORWARD] = "forward",       [PHASE_BACKWARD] = "backward",
    [PHASE_UPDATE] = "update", [PHASE_EVALUATION] = "evaluation", [PHASE_REST] = "rest",
};

static double watched_seconds(const BatchFigures *batch) {
    double sum = 0;
    for (int phase = 0; phase < PHASE_COUNT; phase++)
        sum += stopwatch_phase(&batch->watch, (TrainPhase)phase);
    return sum;
}

static double phase_share(const BatchFigures *batch, int phase) {
    return stopwatch_phase(&batch->watch, (TrainPhase)phase) / watched_seconds(batch);
}

/* Examples that went by under the stopwatch. */
static double watched_examples(const BatchFigures *batch) {
    return (double)(ENGINE_ROUNDS * batch->epochs * batch->train_count);
}

/* Operations a second of one layer or several, NaN where there are none. */
static double product_rate(const BatchFigures *batch, double flops, double seconds) {
    return flops > 0 ? flops * watched_examples(batch) / seconds : NAN;
}

/* Of all layers of a kind that have products. */
typedef struct KindFigures {
    double flops, seconds;
} KindFigures;

static KindFigures kind_figures(const EngineWork *work, const EngineFigures *figures,
                                const BatchFigures *batch, LayerKind kind) {
    KindFigures sum = {0};
    for (size_t i = 0; i < work->spec->layer_count; i++) {
        if (work->spec->layers[i].kind != kind) continue;
        sum.flops += figures->layers[i].forward + figures->layers[i].backward;
        sum.seconds += batch->watch.seconds[PHASE_FORWARD][i] + batch->watch.seconds[PHASE_BACKWARD][i];
    }
    return sum;
}

/* --- JSON --- */

static json_t *layer_json(const EngineWork *work, const EngineFigures *figures, const BatchFigures *batch,
                          size_t layer) {
    double forward = batch->watch.seconds[PHASE_FORWARD][layer];
    double backward = batch->watch.seconds[PHASE_BACKWARD][layer];
    const Flops *flops = &figures->layers[layer];
    const LayerSpec *spec = &work->spec->layers[layer];
    json_t *object = json_pack("{s:s, s:s}", "name", spec->name, "kind", layer_kind_name(spec->kind));
    json_object_set_new(object, "forward_share", json_number_or_null(forward / watched_seconds(batch)));
    json_object_set_new(object, "backward_share", json_number_or_null(backward / watched_seconds(batch)));
    json_object_set_new(object, "forward_gflops",
                        json_number_or_null(product_rate(batch, flops->forward, forward) / GIGA));
    json_object_set_new(object, "backward_gflops",
                        json_number_or_null(product_rate(batch, flops->backward, backward) / GIGA));
    return object;
}

static json_t *products_json(const EngineWork *work, const EngineFigures *figures,
                             const BatchFigures *batch) {
    json_t *object = json_object();
    for (int kind = 0; kind < LAYER_KIND_COUNT; kind++) {
        KindFigures of_kind = kind_figures(work, figures, batch, (LayerKind)kind);
        if (!(of_kind.flops > 0)) continue;
        double rate = product_rate(batch, of_kind.flops, of_kind.seconds);
        json_object_set_new(
            object, layer_kind_name((LayerKind)kind),
            json_pack("{s:f, s:f}", "gflops", rate / GIGA, "peak_fraction", rate / figures->peak));
    }
    return object;
}

static json_t *batch_json(const EngineWork *work, const EngineFigures *figures, const BatchFigures *batch) {
    double rate = engine_rate(figures, batch);
    json_t *shares = json_object(), *layers = json_array();
    for (int phase = 0; phase < PHASE_COUNT; phase++)
        json_object_set_new(shares, phase_names[phase], json_number_or_null(phase_share(batch, phase)));
    for (size_t i = 0; i < work->spec->layer_count; i++)
        json_array_append_new(layers, layer_json(work, figures, batch, i));
    json_t *object = json_object();
    json_object_set_new(object, "batch", json_integer(batch->batch));
    json_object_set_new(object, "train_examples", json_integer((json_int_t)batch->train_count));
    json_object_set_new(object, "validation_examples", json_integer((json_int_t)batch->validation_count));
    json_object_set_new(object, "epochs", json_integer((json_int_t)(ENGINE_ROUNDS * batch->epochs)));
    json_object_set_new(object, "samples_per_second", json_number_or_null(batch->samples_per_second));
    json_object_set_new(object, "samples_per_second_lowest", json_number_or_null(batch->lowest));
    json_object_set_new(object, "samples_per_second_highest", json_number_or_null(batch->highest));
    json_object_set_new(object, "gflops", json_number_or_null(rate / GIGA));
    json_object_set_new(object, "peak_fraction", json_number_or_null(rate / figures->peak));
    json_object_set_new(object, "time", shares);
    json_object_set_new(object, "products", products_json(work, figures, batch));
    json_object_set_new(object, "layers", layers);
    return object;
}

json_t *engine_json(const EngineWork *work, const EngineFigures *figures, const char *data) {
    json_t *batches = json_array();
    for (size_t i = 0; i < figures->batch_count; i++)
        json_array_append_new(batches, batch_json(work, figures, &figures->batches[i]));
    json_t *object = json_object();
    json_object_set_new(object, "arithmetic", json_string(arithmetic_id()));
    json_object_set_new(object, "data", json_string(data));
    json_object_set_new(object, "optimizer", json_string(optimizer_name(work->settings.optimizer)));
    json_object_set_new(object, "parameters", json_integer((json_int_t)network_spec_parameters(work->spec)));
    json_object_set_new(object, "forward_flops_per_example", json_number_or_null(figures->flops.forward));
    json_object_set_new(object, "training_flops_per_example",
                        json_number_or_null(figures->flops.forward + figures->flops.backward));
    json_object_set_new(object, "peak_gflops", json_number_or_null(figures->peak / GIGA));
    json_object_set_new(object, "peak_vectors", json_string(fma_peak_vectors()));
    json_object_set_new(object, "peak_windows", json_integer((json_int_t)figures->windows));
    json_object_set_new(object, "batches", batches);
    return object;
}

/* --- for people --- */

static Status finish_table(Table *table) {
    Status status = table_print(table, stdout, 2);
    table_destroy(&table);
    putchar('\n');
    return status;
}

/* A table whose columns after the first are numbers. */
static Status begin_table(Table **table, const char *const *heads, size_t count) {
    TRY(table_create(table, count));
    for (size_t i = 0; i < count; i++) {
        table_cell(*table, "%s", heads[i]);
        if (i > 0) table_right(*table, i);
    }
    return STATUS_OK;
}

static Status print_speeds(const EngineFigures *figures) {
    static const char *const heads[] = {"batch", "examples/s", "lowest", "highest", "GFLOP/s", "of the peak"};
    Table *table;
    TRY(begin_table(&table, heads, 6));
    for (size_t i = 0; i < figures->batch_count; i++) {
        const BatchFigures *batch = &figures->batches[i];
        double rate = engine_rate(figures, batch);
        table_cell(table, "%u", batch->batch);
        table_cell(table, "%.0f", batch->samples_per_second);
        table_cell(table, "%.0f", batch->lowest);
        table_cell(table, "%.0f", batch->highest);
        table_cell(table, "%.1f", rate / GIGA);
        table_cell(table, "%.3f", rate / figures->peak);
    }
    return finish_table(table);
}

static Status print_shares(const EngineFigures *figures) {
    const char *heads[1 + PHASE_COUNT] = {"batch"};
    for (int phase = 0; phase < PHASE_COUNT; phase++)
        heads[1 + phase] = phase_names[phase];
    Table *table;
    TRY(begin_table(&table, heads, 1 + PHASE_COUNT));
    for (size_t i = 0; i < figures->batch_count; i++) {
        table_cell(table, "%u", figures->batches[i].batch);
        for (int phase = 0; phase < PHASE_COUNT; phase++)
            table_cell(table, "%.1f %%", 100 * phase_share(&figures->batches[i], phase));
    }
    return finish_table(table);
}

static void direction_cells(Table *table, const BatchFigures *batch, double flops, double seconds) {
    table_cell(table, "%.1f %%", 100 * seconds / watched_seconds(batch));
    if (flops > 0)
        table_cell(table, "%.1f", product_rate(batch, flops, seconds) / GIGA);
    else
        table_cell(table, "%s", "");
}

static Status print_layers(const EngineWork *work, const EngineFigures *figures, const BatchFigures *batch) {
    static const char *const heads[] = {"", "forward", "GFLOP/s", "backward", "GFLOP/s"};
    printf("  layers at batch %u\n", batch->batch);
    Table *table;
    TRY(begin_table(&table, heads, 5));
    for (size_t i = 0; i < work->spec->layer_count; i++) {
        table_cell(table, "%s", work->spec->layers[i].name);
        direction_cells(table, batch, figures->layers[i].forward, batch->watch.seconds[PHASE_FORWARD][i]);
        direction_cells(table, batch, figures->layers[i].backward, batch->watch.seconds[PHASE_BACKWARD][i]);
    }
    return finish_table(table);
}

Status engine_print(const EngineWork *work, const EngineFigures *figures, const char *data) {
    printf("%s: %zu values, %zu classes; %zu parameters, %s; one thread, %s\n\n", data,
           shape_size(work->spec->input), work->spec->classes, network_spec_parameters(work->spec),
           optimizer_name(work->settings.optimizer), arithmetic_id());
    TRY(print_speeds(figures));
    printf("  the peak: %.1f GFLOP/s of fused multiply-adds (%s), the best of %zu windows in between\n\n",
           figures->peak / GIGA, fma_peak_vectors(), figures->windows);
    TRY(print_shares(figures));
    for (size_t i = 0; i < figures->batch_count; i++)
        TRY(print_layers(work, figures, &figures->batches[i]));
    return STATUS_OK;
}
