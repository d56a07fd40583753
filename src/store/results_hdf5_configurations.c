#include "campaign/configurations.h"
#include "store/results_hdf5_pieces.h"

typedef struct ConfigurationWriter {
    const ResultsSource *source;
    Plan plan;
    size_t stage;    /* of the next row .. */
    uint32_t number; /* .. and its number there */
} ConfigurationWriter;

/* How many rows a stage has: a single run's figures stand in /trials. */
static uint32_t rows_of(const ResultsSource *source, size_t stage) {
    bool repeats = stage_repeats(&source->config->stages[stage]);
    return repeats ? configuration_count(source->config, source->ledger, stage) : 0;
}

static Status fill_configuration(void *context, uint64_t index, void *row) {
    (void)index;
    ConfigurationWriter *writer = context;
    const ResultsSource *source = writer->source;
    while (writer->number == rows_of(source, writer->stage)) {
        writer->stage++;
        writer->number = 0;
    }
    Configuration found =
        configuration_of(source->config, source->ledger, &writer->plan, writer->stage, writer->number++);
    *(ConfigurationRow *)row =
        (ConfigurationRow){.stage = found.stage,
                           .number = found.number,
                           .trial = found.first,
                           .confirms = found.confirms == CONFIRMS_NONE ? -1 : (int64_t)found.confirms,
                           .runs = found.runs,
                           .completed = found.completed,
                           .val_accuracy = found.val_accuracy,
                           .val_loss = found.val_loss};
    return STATUS_OK;
}

Status write_configurations(const Hdf5File *file, const ResultsSource *source) {
    ConfigurationWriter writer = {.source = source, .plan = plan_of(source->config)};
    uint64_t rows = 0;
    for (size_t stage = 0; stage < source->ledger->stage_count; stage++)
        rows += rows_of(source, stage);
    return hdf5_write_table(file, &CONFIGURATION_TABLE, rows, fill_configuration, &writer);
}

static Status pass_over(void *context, uint64_t index, const void *row) {
    (void)context, (void)index, (void)row;
    return STATUS_OK;
}

Status check_configurations(const Hdf5File *file) {
    if (!hdf5_has(file, CONFIGURATION_TABLE.path)) return STATUS_OK; /* older files have none */
    return hdf5_read_table(file, &CONFIGURATION_TABLE, pass_over, NULL);
}
