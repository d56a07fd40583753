#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysinfo.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "campaign/configurations.h"
#include "campaign/preflight_warnings.h"
#include "cli/check_stopping.h"
#include "cli/command.h"
#include "cli/output.h"
#include "engine/blas.h"
#include "rank/epoch_cost.h"
#include "rank/opening.h"
#include "rank/preflight.h"
#include "report/estimate.h"
#include "report/table.h"
#include "report/words.h"
#include "search/sampler.h"

#define LABEL "  %-10s  "
#define MEASURE_SECONDS 1.0
#define RANKS_MAX 10000000

enum { OPTION_RANKS, OPTION_JSON };
static const OptionSpec options[] = {
    [OPTION_RANKS] = {"ranks", 'n', "N", "wall time on N ranks, one core each (default: 1)"},
    [OPTION_JSON] = {"json", 0, NULL, "as one JSON object; seconds and bytes"},
};

/* The values at which the network is looked at. */
enum { LOWEST, MIDDLE, HIGHEST, DRAW_COUNT };

/* Everything that check finds out. */
typedef struct Findings {
    const Config *config;
    const Dataset *dataset;
    Plan plan;
    size_t parameters[DRAW_COUNT];     /* of the network */
    Shape outputs[NETWORK_MAX_LAYERS]; /* of its layers at the middle values */
    size_t trial_memory;               /* bytes, at most */
    size_t data_memory;                /* bytes */
    size_t free_memory;                /* bytes of this node; 0 where it cannot be told */
    StoppingPlan stopping[CONFIG_MAX_STAGES];
    uint32_t snapshots; /* of a trial, at most */
    size_t checkpoint;  /* bytes of one, at most */
    PreflightRecord preflight;
    uint64_t ranks;
    uint64_t cores; /* of this machine */
    Estimate estimate;
    Estimate here; /* on no more ranks than this machine has cores */
} Findings;

static Status find_network(Findings *f, const Draw *draw, size_t which, NetworkSpec *spec) {
    TRY(config_network(f->config, draw, dataset_shape(f->dataset), dataset_classes(f->dataset), spec));
    f->parameters[which] = network_spec_parameters(spec);
    for (size_t i = 0; which == MIDDLE && i < spec->layer_count; i++)
        TRY(network_spec_shape(spec, i, &f->outputs[i]));
    return STATUS_OK;
}

static Status find_networks(Findings *f) {
    const Space *space = &f->config->space;
    Ranges ranges = space_ranges(space);
    Draw draw[DRAW_COUNT];
    TRY(space_extreme(space, &ranges, false, &draw[LOWEST]));
    TRY(space_middle(space, &ranges, &draw[MIDDLE]));
    TRY(space_extreme(space, &ranges, true, &draw[HIGHEST]));
    NetworkSpec *spec;
    TRY(memory_new(&spec, 1, sizeof(*spec)));
    Status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < DRAW_COUNT; i++)
        status = find_network(f, &draw[i], i, spec);
    free(spec);
    return status;
}

#define OPTIMIZER_VECTORS 2 /* Adam's; the others have fewer */

/* Weights, the best ones, their average, the optimizer's memory and the best probabilities; snapshots. */
static size_t checkpoint_bytes(const Findings *f) {
    size_t vectors = 3 + OPTIMIZER_VECTORS;
    size_t probabilities = dataset_part(f->dataset, PART_VALIDATION).count * dataset_classes(f->dataset);
    size_t networks = f->snapshots * (f->parameters[HIGHEST] + probabilities);
    return (vectors * f->parameters[HIGHEST] + probabilities + networks) * sizeof(float);
}

static Status find_plan(Findings *f) {
    f->plan = plan_of(f->config);
    for (size_t s = 0; s < f->config->stage_count; s++)
        f->stopping[s] = plan_stopping(f->config, s);
    TRY(find_networks(f));
    for (size_t s = 0; s < f->config->stage_count; s++) {
        uint32_t count = config_most_snapshots(f->config, s);
        if (count > f->snapshots) f->snapshots = count;
    }
    f->checkpoint = checkpoint_bytes(f);
    TRY(preflight_memory(f->config, f->dataset, &f->trial_memory));
    (void)dataset_block(f->dataset, &f->data_memory);
    f->free_memory = memory_available();
    return STATUS_OK;
}

static Status find_cost(Findings *f) {
    (void)blas_prepare(1);
    TRY(preflight_run(f->config, f->dataset, &f->preflight));
    EpochCost cost;
    TRY(epoch_cost_measure(f->config, f->dataset, MEASURE_SECONDS, &cost));
    f->estimate = estimate_of(&f->plan, cost.seconds, cost.count, f->ranks);
    f->cores = (uint64_t)get_nprocs();
    f->here = estimate_of(&f->plan, cost.seconds, cost.count, f->ranks < f->cores ? f->ranks : f->cores);
    return STATUS_OK;
}

/* --- as text --- */

static Status print_parameters(const Space *space) {
    Ranges ranges = space_ranges(space);
    Table *table;
    TRY(table_create(&table, 4));
    for (size_t p = 0; p < space->count; p++) {
        const Parameter *parameter = &space->parameters[p];
        char range[SHORT_TEXT_SIZE];
        range_short_text(parameter, &ranges.range[p], range);
        table_cell(table, "%s", p == 0 ? "parameters" : "");
        table_cell(table, "%s", parameter->name);
        table_cell(table, "%s", range);
        table_cell(table, "%s", distribution_name(parameter->distribution));
    }
    Status status = table_print(table, stdout, 2);
    table_destroy(&table);
    return status;
}

/* What they give in the middle of the ranges. */
static Status print_layers(const Findings *f) {
    Table *table;
    TRY(table_create(&table, 4));
    for (size_t i = 0; i < f->config->layer_count; i++) {
        const LayerSpec *layer = &f->config->layers[i].spec;
        char shape[64];
        output_shape(f->outputs[i], shape, sizeof(shape));
        table_cell(table, "%-10s", i == 0 ? "layers" : "");
        table_cell(table, "%s", layer->name);
        table_cell(table, "%s", layer_kind_name(layer->kind));
        table_cell(table, "%s values", shape);
    }
    Status status = table_print(table, stdout, 2);
    table_destroy(&table);
    return status;
}

static void print_stages(const Findings *f) {
    for (size_t s = 0; s < f->config->stage_count; s++) {
        const StageSpec *stage = &f->config->stages[s];
        printf(LABEL "%s: %s of %s", s == 0 ? "stages" : "", stage->name,
               text_count(stage->trials, "trial", "trials"), text_count(stage->epochs, "epoch", "epochs"));
        if (stage_repeats(stage)) {
            printf(": %s", stage->confirms ? "the best " : "");
            printf("%s%s%s, %s each",
                   text_count(stage_configurations(stage), "configuration", "configurations"),
                   stage->confirms ? " of stage " : "", stage->confirms ? f->config->stages[s - 1].name : "",
                   text_count(stage->replicates, "run", "runs"));
        }
        if (stage->zooms) printf(", ranges from the best %g %% before", 100 * stage->zoom.keep);
        putchar('\n');
        check_stopping_print(f->config, s, &f->stopping[s]);
    }
    printf(LABEL "%s, %s\n", "in all", text_count(plan_trials(&f->plan), "trial", "trials"),
           text_count(plan_epochs(&f->plan), "epoch", "epochs"));
}

/* Sobol's points are even as a net where they are a power of two. */
static void print_sampler(const Config *config) {
    printf(LABEL "%s", "sampler", sampler_name(config->sampler));
    for (size_t s = 0; config->sampler == SAMPLER_SOBOL && s < config->stage_count; s++) {
        uint32_t trials = stage_configurations(&config->stages[s]), power = 1;
        if (config->stages[s].confirms) continue;
        while (power <= trials / 2)
            power *= 2;
        if (power < trials)
            printf("; %s: %u trials are not a power of two, %u or %llu would be spread more evenly",
                   config->stages[s].name, trials, power, 2ULL * power);
    }
    putchar('\n');
}

/* Most trials that wait at rungs at a time. */
static uint64_t most_waiting(const Findings *f) {
    uint64_t most = 0;
    for (size_t s = 0; s < f->config->stage_count; s++) {
        uint64_t waiting = stopping_waiting(&f->stopping[s]);
        if (waiting > most) most = waiting;
    }
    return most;
}

static void print_disk(const Findings *f) {
    uint64_t most = most_waiting(f);
    if (most == 0) return;
    printf(LABEL "up to %s of trials that wait at a rung, each up to %s: ", "disk",
           text_count(most, "checkpoint", "checkpoints"), text_bytes((double)f->checkpoint));
    printf("%s beside the results while it runs\n", text_bytes((double)most * (double)f->checkpoint));
}

static Status print_plan(const Findings *f) {
    char shape[64];
    output_shape(dataset_shape(f->dataset), shape, sizeof(shape));
    printf("%s: %s\n\n", f->config->source.name, f->config->name);
    size_t selection = dataset_part(f->dataset, PART_SELECTION).count;
    printf(LABEL "%zu to train on, %zu to validate on, ", "data", dataset_part(f->dataset, PART_TRAIN).count,
           dataset_part(f->dataset, PART_VALIDATION).count);
    if (selection > 0) printf("%zu to choose ensembles on, ", selection);
    printf("%zu to test on; %s values, %zu classes\n", dataset_part(f->dataset, PART_TEST).count, shape,
           dataset_classes(f->dataset));
    print_stages(f);
    print_sampler(f->config);
    printf(LABEL "%zu parameters at the ranges' lower ends, %zu in the middle, %zu at the upper ends\n",
           "network", f->parameters[LOWEST], f->parameters[MIDDLE], f->parameters[HIGHEST]);
    printf(LABEL "up to %s a trial, %s of data a node", "memory", text_bytes((double)f->trial_memory),
           text_bytes((double)f->data_memory));
    if (f->free_memory > 0) printf("; this node has %s left", text_bytes((double)f->free_memory));
    putchar('\n');
    print_disk(f);
    if (f->snapshots > 0)
        printf(LABEL "up to %u of a trial's networks, at minima of its learning rate\n", "snapshots",
               f->snapshots);
    TRY(print_layers(f));
    return print_parameters(&f->config->space);
}

static void print_span(const char *label, Span span) {
    printf(LABEL "about %s (%s to %s)", label, text_duration(span.middle), text_duration(span.low),
           text_duration(span.high));
}

static void print_cost(const Findings *f) {
    const PreflightRecord *p = &f->preflight;
    puts("\npreflight");
    printf(LABEL "back-propagation agrees with centred differences to %.1e\n", "gradients",
           p->gradient_error);
    printf(LABEL "%.3f before training, about %.3f is expected\n", "first loss", p->initial_loss,
           p->expected_loss);
    printf(LABEL "%.0f %% of 20 examples learned by heart\n", "subset", 100 * p->subset_accuracy);
    printf(LABEL "%.0f examples/s in training, on one core\n", "speed", p->samples_per_second);
    const char *warnings[PREFLIGHT_WARNINGS_MAX];
    size_t count = preflight_warnings(p, warnings);
    fflush(stdout);
    for (size_t i = 0; i < count; i++)
        log_warning("%s", warnings[i]);
    puts("\nestimate, taking later stages to draw networks as the first does");
    if (space_find(&f->config->space, "early_stop_epochs") < f->config->space.count)
        puts("  with all epochs run: early_stop_epochs makes it less");
    print_span("work", f->estimate.work);
    printf(" of one core: %.3g core-hours\n", f->estimate.work.middle / 3600);
    print_span("wall time", f->estimate.wall);
    printf(" on %s\n", text_count(f->ranks, "rank", "ranks"));
    if (f->ranks > f->cores) {
        print_span("here", f->here.wall);
        printf(" on %s, which the ranks would share\n", text_count(f->cores, "core", "cores"));
    }
    uint64_t minutes = (uint64_t)(estimate_to_ask(&f->estimate) / 60);
    printf(
        LABEL
        "%02llu:%02llu:00 of wall time (--time) to have it done in one job; in less, the next job goes on\n",
        "ask for", (unsigned long long)(minutes / 60), (unsigned long long)(minutes % 60));
}

/* --- as JSON --- */

static json_t *stages_json(const Findings *f) {
    json_t *stages = json_array();
    for (size_t s = 0; s < f->config->stage_count; s++) {
        const StageSpec *stage = &f->config->stages[s];
        json_array_append_new(stages,
                              json_pack("{s:s, s:I, s:I, s:I, s:b, s:I, s:b, s:o}", "name", stage->name,
                                        "trials", (json_int_t)stage->trials, "configurations",
                                        (json_int_t)stage_configurations(stage), "replicates",
                                        (json_int_t)stage->replicates, "confirms", (int)stage->confirms,
                                        "epochs", (json_int_t)stage->epochs, "zooms", (int)stage->zooms,
                                        "early_terminate", check_stopping_json(&f->stopping[s])));
    }
    return stages;
}

static json_t *layers_json(const Findings *f) {
    json_t *layers = json_array();
    for (size_t i = 0; i < f->config->layer_count; i++) {
        const LayerSpec *layer = &f->config->layers[i].spec;
        const Shape *shape = &f->outputs[i];
        json_array_append_new(layers,
                              json_pack("{s:s, s:s, s:[I,I,I]}", "name", layer->name, "kind",
                                        layer_kind_name(layer->kind), "output", (json_int_t)shape->height,
                                        (json_int_t)shape->width, (json_int_t)shape->channels));
    }
    return layers;
}

static json_t *notes_json(const Config *config) {
    json_t *notes = json_array();
    for (size_t i = 0; i < config->note_count; i++)
        json_array_append_new(notes, json_string(config->notes[i]));
    return notes;
}

static json_t *preflight_json(const PreflightRecord *p) {
    json_t *object = json_object();
    json_object_set_new(object, "gradient_error", json_number_or_null(p->gradient_error));
    json_object_set_new(object, "initial_loss", json_number_or_null(p->initial_loss));
    json_object_set_new(object, "expected_loss", json_number_or_null(p->expected_loss));
    json_object_set_new(object, "subset_accuracy", json_number_or_null(p->subset_accuracy));
    json_object_set_new(object, "samples_per_second", json_number_or_null(p->samples_per_second));
    json_object_set_new(object, "arithmetic", json_string(p->arithmetic));
    const char *text[PREFLIGHT_WARNINGS_MAX];
    size_t count = preflight_warnings(p, text);
    json_t *warnings = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(warnings, json_string(text[i]));
    json_object_set_new(object, "warnings", warnings);
    return object;
}

static json_t *span_json(Span span) {
    return json_pack("{s:f, s:f, s:f}", "low", span.low, "middle", span.middle, "high", span.high);
}

static Status print_json(const Findings *f) {
    Shape shape = dataset_shape(f->dataset);
    json_t *object = json_object();
    json_object_set_new(object, "name", json_string(f->config->name));
    json_object_set_new(object, "notes", notes_json(f->config));
    json_object_set_new(object, "data",
                        json_pack("{s:I, s:I, s:I, s:I, s:[I,I,I], s:I}", "train",
                                  (json_int_t)dataset_part(f->dataset, PART_TRAIN).count, "validation",
                                  (json_int_t)dataset_part(f->dataset, PART_VALIDATION).count, "selection",
                                  (json_int_t)dataset_part(f->dataset, PART_SELECTION).count, "test",
                                  (json_int_t)dataset_part(f->dataset, PART_TEST).count, "shape",
                                  (json_int_t)shape.height, (json_int_t)shape.width,
                                  (json_int_t)shape.channels, "classes",
                                  (json_int_t)dataset_classes(f->dataset)));
    json_object_set_new(object, "sampler", json_string(sampler_name(f->config->sampler)));
    json_object_set_new(object, "stages", stages_json(f));
    json_object_set_new(object, "trials", json_integer((json_int_t)plan_trials(&f->plan)));
    json_object_set_new(object, "epochs", json_integer((json_int_t)plan_epochs(&f->plan)));
    json_object_set_new(object, "network_parameters",
                        json_pack("{s:I, s:I, s:I}", "low", (json_int_t)f->parameters[LOWEST], "middle",
                                  (json_int_t)f->parameters[MIDDLE], "high",
                                  (json_int_t)f->parameters[HIGHEST]));
    json_object_set_new(object, "layers", layers_json(f));
    json_object_set_new(object, "memory",
                        json_pack("{s:I, s:I, s:I}", "trial", (json_int_t)f->trial_memory, "data",
                                  (json_int_t)f->data_memory, "available", (json_int_t)f->free_memory));
    json_object_set_new(
        object, "checkpoints",
        json_pack("{s:I, s:I}", "waiting", (json_int_t)most_waiting(f), "bytes", (json_int_t)f->checkpoint));
    json_object_set_new(object, "snapshots", json_integer(f->snapshots));
    json_object_set_new(object, "preflight", preflight_json(&f->preflight));
    json_object_set_new(object, "estimate",
                        json_pack("{s:I, s:o, s:o, s:f}", "ranks", (json_int_t)f->ranks, "core_seconds",
                                  span_json(f->estimate.work), "wall_seconds", span_json(f->estimate.wall),
                                  "ask_seconds", estimate_to_ask(&f->estimate)));
    return output_json(object);
}

static Status check(const Opening *opening, const Arguments *arguments) {
    Findings f = {.config = opening->config, .dataset = opening->dataset, .ranks = 1};
    bool json = arguments->option[OPTION_JSON] != NULL;
    if (arguments->option[OPTION_RANKS] != NULL)
        TRY(option_number(arguments->option[OPTION_RANKS], "--ranks", 1, RANKS_MAX, &f.ranks));
    TRY(find_plan(&f));
    if (!json) TRY(print_plan(&f));
    fflush(stdout);
    TRY(find_cost(&f));
    if (json) return print_json(&f);
    print_cost(&f);
    return STATUS_OK;
}

static Status run(const Arguments *arguments) {
    Opening opening = {0};
    RankOptions rank = {.space = arguments->operand};
    Status status = opening_read(&opening, &rank);
    if (status == STATUS_OK) status = check(&opening, arguments);
    opening_release(&opening);
    return status;
}

const Command command_check = {
    .name = "check",
    .operand = "SPACE.yaml",
    .summary = "read a configuration, try it out for seconds, and tell what the campaign will cost",
    .details = "Reads all data, prints the plan, then runs the preflight: gradients against centred "
               "differences, the\n"
               "first loss against ln(classes), twenty examples learned by heart, memory, speed. Nothing is "
               "written.\n",
    .example = "winnow check search_spaces/fashion_mnist_mlp.yaml --ranks 64",
    .exit_codes = "  0   sound; there may be warnings\n"
                  "  1   the preflight failed: gradients are wrong, or a trial does not fit the memory\n"
                  "  2   wrong usage, configuration or data\n",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .run = run,
};
