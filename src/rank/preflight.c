#include "rank/preflight.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "engine/blas.h"
#include "engine/gradient_check.h"
#include "engine/judge.h"
#include "engine/trainer.h"
#include "search/sampler.h"

#define CHECK_SEED 20170u /* fixed: the preflight of one configuration is always the same */
#define GRADIENT_EXAMPLES 3
#define GRADIENT_COORDINATES 8 /* an array */
#define GRADIENT_LIMIT 1e-6    /* tests hold every op to 1e-7; here whole networks, a few coordinates */
#define SKIPPED_LIMIT 0.05     /* part of the coordinates that may lie at a kink */
#define SUBSET 20
#define SUBSET_EPOCHS 300
#define SUBSET_BATCH 4
#define FIRST_LOSS_EXAMPLES 256
#define SPEED_SECONDS 0.1
#define SPEED_EXAMPLES 1024
#define SPEED_EPOCHS 1000000

static const TrialKey check_key = {.seed = CHECK_SEED};

/* The first `count` training examples, or all where there are fewer. */
static Examples first_examples(const Dataset *dataset, size_t count) {
    Examples examples = dataset_part(dataset, PART_TRAIN);
    if (examples.count > count) examples.count = count;
    return examples;
}

static Status check_gradient(const NetworkSpec *spec, const Dataset *dataset, PreflightRecord *record) {
    Examples few = first_examples(dataset, GRADIENT_EXAMPLES);
    size_t values = shape_size(few.shape);
    float *x = NULL;
    double *x_double = NULL;
    uint16_t labels[GRADIENT_EXAMPLES];
    Status status = memory_new(&x, few.count * values, sizeof(float));
    if (status == STATUS_OK) status = memory_new(&x_double, few.count * values, sizeof(double));
    GradientReport report;
    if (status == STATUS_OK) {
        const uint32_t rows[GRADIENT_EXAMPLES] = {0, 1, 2};
        examples_gather(&few, rows, few.count, x, labels);
        for (size_t i = 0; i < few.count * values; i++)
            x_double[i] = (double)x[i];
        status = gradient_check(spec, check_key, x_double, labels, few.count, GRADIENT_COORDINATES, &report);
    }
    free(x);
    free(x_double);
    TRY(status);
    record->gradient_error = report.worst;
    if (!(report.worst <= GRADIENT_LIMIT))
        return status_fail(
            STATUS_ENVIRONMENT,
            "back-propagation and centred differences disagree by %.1e at %s/%s[%zu]; this is a fault "
            "of winnow or of its BLAS: please report it",
            report.worst, report.layer, report.role, report.coordinate);
    if ((double)report.skipped > SKIPPED_LIMIT * (double)(report.skipped + report.checked))
        return status_fail(STATUS_ENVIRONMENT,
                           "%zu of %zu gradient coordinates lie at a kink; are the inputs constant? look at "
                           "data.normalize",
                           report.skipped, report.skipped + report.checked);
    return STATUS_OK;
}

/* The network's loss before any training: softmax guesses at ln(classes). */
static Status check_first_loss(const NetworkSpec *spec, const Dataset *dataset, PreflightRecord *record) {
    Examples examples = first_examples(dataset, FIRST_LOSS_EXAMPLES);
    Network *network;
    TRY(network_create(&network, spec, 1));
    network_initialise(network, check_key);
    double accuracy;
    Status status =
        trainer_judge(spec, network_parameters(network), &examples, &record->initial_loss, &accuracy, NULL);
    network_destroy(&network);
    record->expected_loss = record->initial_loss; /* only softmax cross-entropy has a known value */
    if (spec->loss == LOSS_SOFTMAX_CROSS_ENTROPY) record->expected_loss = log((double)spec->classes);
    return status;
}

/* The accuracy on the subset after training on it alone, at that rate. */
static Status learn_subset(const NetworkSpec *spec, const Examples *subset, double learning_rate,
                           double *accuracy) {
    TrainSettings settings = train_settings_default(SUBSET_EPOCHS);
    settings.optimizer = OPTIMIZER_ADAM;
    settings.learning_rate = learning_rate;
    settings.batch_size = SUBSET_BATCH;
    Trainer *trainer;
    TRY(trainer_create(&trainer, spec, &settings, subset, subset, check_key));
    EpochRow row = {0};
    for (bool done = false; !done && !(row.val_accuracy >= 1);)
        trainer_epoch(trainer, &row, &done);
    *accuracy = row.val_accuracy;
    trainer_destroy(&trainer);
    return STATUS_OK;
}

/* Twenty examples learned by heart, with nothing that regularises. Small networks need the larger rate. */
static Status check_subset(const NetworkSpec *spec, const Dataset *dataset, PreflightRecord *record) {
    static const double rates[] = {1e-3, 1e-2};
    Examples subset = first_examples(dataset, SUBSET);
    NetworkSpec *plain;
    TRY(memory_new(&plain, 1, sizeof(*plain)));
    *plain = *spec;
    for (size_t i = 0; i < plain->layer_count; i++)
        plain->layers[i].rate = 0;
    Status status = STATUS_OK;
    for (size_t i = 0; i < 2 && status == STATUS_OK && !(record->subset_accuracy >= 1); i++) {
        double accuracy = 0;
        status = learn_subset(plain, &subset, rates[i], &accuracy);
        if (accuracy > record->subset_accuracy) record->subset_accuracy = accuracy;
    }
    free(plain);
    return status;
}

Status preflight_check_memory(const Config *config, const Dataset *dataset) {
    size_t needed;
    TRY(preflight_memory(config, dataset, &needed));
    size_t available = memory_available();
    if (available > 0 && needed > available)
        return status_fail(
            STATUS_ENVIRONMENT,
            "the largest network of the ranges needs %s a trial, this node has %s left; lower batch_size "
            "or the layers' sizes",
            text_bytes((double)needed), text_bytes((double)available));
    return STATUS_OK;
}

/* Training examples a second: epochs on a part of the data for as long as the time lasts. */
static Status measure_speed(const NetworkSpec *spec, const TrainSettings *settings, const Dataset *dataset,
                            PreflightRecord *record) {
    Examples some = first_examples(dataset, SPEED_EXAMPLES);
    Examples one = first_examples(dataset, 1);
    TrainSettings harmless = *settings;
    harmless.epochs = SPEED_EPOCHS;
    harmless.learning_rate = 1e-9; /* time does not depend on it, and nothing diverges */
    harmless.early_stop_epochs = 0;
    Trainer *trainer;
    TRY(trainer_create(&trainer, spec, &harmless, &some, &one, check_key));
    EpochRow row;
    double start = clock_monotonic();
    for (bool done = false; !done && clock_monotonic() - start < SPEED_SECONDS;)
        trainer_epoch(trainer, &row, &done);
    record->samples_per_second = trainer_outcome(trainer).samples_per_second;
    trainer_destroy(&trainer);
    return STATUS_OK;
}

static Status run_checks(const Config *config, const Dataset *dataset, NetworkSpec *spec,
                         PreflightRecord *record) {
    Examples train = dataset_part(dataset, PART_TRAIN);
    Ranges ranges = space_ranges(&config->space);
    Draw draw;
    TrainSettings settings;
    TRY(space_middle(&config->space, &ranges, &draw));
    TRY(config_network(config, &draw, train.shape, train.classes, spec));
    TRY(config_settings(config, &draw, 0, &settings));
    TRY(preflight_check_memory(config, dataset));
    TRY(check_gradient(spec, dataset, record));
    TRY(check_first_loss(spec, dataset, record));
    TRY(check_subset(spec, dataset, record));
    return measure_speed(spec, &settings, dataset, record);
}

Status preflight_run(const Config *config, const Dataset *dataset, PreflightRecord *record) {
    *record = (PreflightRecord){.config_hash = config->hash};
    text_copy(record->arithmetic, sizeof(record->arithmetic), arithmetic_id());
    NetworkSpec *spec;
    TRY(memory_new(&spec, 1, sizeof(*spec)));
    Status status = run_checks(config, dataset, spec, record);
    free(spec);
    return status;
}

/* What judging the selection part takes at a trial's end: a network for its batches, and what it says. */
static Status judging_memory(const NetworkSpec *spec, const Examples *selection, size_t *bytes) {
    NetworkMemory network;
    *bytes = 0;
    if (selection->count == 0) return STATUS_OK;
    TRY(network_memory(spec, judge_batch(selection), &network));
    *bytes = network.bytes + selection->count * selection->classes * sizeof(float);
    return STATUS_OK;
}

Status preflight_memory(const Config *config, const Dataset *dataset, size_t *largest) {
    Examples train = dataset_part(dataset, PART_TRAIN);
    Ranges ranges = space_ranges(&config->space);
    Draw draw;
    NetworkSpec *spec;
    TRY(memory_new(&spec, 1, sizeof(*spec)));
    Status status = space_extreme(&config->space, &ranges, true, &draw);
    if (status == STATUS_OK) status = config_network(config, &draw, train.shape, train.classes, spec);
    Examples validation = dataset_part(dataset, PART_VALIDATION);
    *largest = 0;
    for (size_t stage = 0; status == STATUS_OK && stage < config->stage_count; stage++) {
        size_t bytes = 0;
        TrainSettings settings;
        status = config_settings(config, &draw, stage, &settings);
        uint32_t snapshots = config_most_snapshots(config, stage);
        if (status == STATUS_OK)
            status = trainer_memory(spec, &settings, snapshots, &train, &validation, &bytes);
        if (bytes > *largest) *largest = bytes;
    }
    Examples selection = dataset_part(dataset, PART_SELECTION);
    size_t judging = 0;
    if (status == STATUS_OK) status = judging_memory(spec, &selection, &judging);
    if (status == STATUS_OK) *largest += judging;
    free(spec);
    return status;
}

/* The number in a file of one line; SIZE_MAX for "max" or no file. */
static size_t number_in(const char *path) {
    FILE *file = fopen(path, "r");
    if (file == NULL) return SIZE_MAX;
    unsigned long long number;
    size_t result = fscanf(file, "%llu", &number) == 1 ? (size_t)number : SIZE_MAX;
    fclose(file);
    return result;
}

size_t memory_available(void) {
    size_t available = 0;
    FILE *file = fopen("/proc/meminfo", "r");
    char line[128];
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        unsigned long long kilobytes;
        if (sscanf(line, "MemAvailable: %llu kB", &kilobytes) == 1) available = (size_t)kilobytes * 1024;
    }
    if (file != NULL) fclose(file);
    size_t limit = number_in("/sys/fs/cgroup/memory.max");
    size_t used = number_in("/sys/fs/cgroup/memory.current");
    if (limit != SIZE_MAX && used != SIZE_MAX && limit > used && limit - used < available)
        available = limit - used;
    return available;
}
