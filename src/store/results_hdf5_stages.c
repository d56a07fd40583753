#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "store/results_hdf5_pieces.h"

typedef struct StageWriter {
    const ResultsSource *source;
    uint32_t stage, elite; /* of the next row of elites */
} StageWriter;

/* "sgd, adam": the values of a choice that are allowed. */
static void list_values(const Parameter *parameter, uint64_t allowed, char out[VALUES_SIZE]) {
    size_t length = 0;
    for (size_t i = 0; i < parameter->value_count && length < VALUES_SIZE; i++) {
        char word[PARAMETER_WORD_SIZE];
        if ((allowed >> i & 1) == 0) continue;
        parameter_value_text(parameter, (DrawnValue){.present = true, .choice = i}, word, sizeof(word));
        int added = snprintf(out + length, VALUES_SIZE - length, "%s%s", length > 0 ? ", " : "", word);
        length += added > 0 ? (size_t)added : 0;
    }
}

static Status fill_stage(void *context, uint64_t index, void *row) {
    const ResultsSource *source = ((const StageWriter *)context)->source;
    const Config *config = source->config;
    const StageRecord *record = &source->ledger->stages[index / config->space.count];
    size_t i = (size_t)(index % config->space.count);
    const Parameter *parameter = &config->space.parameters[i];
    StageRow *out = row;
    out->stage = record->stage;
    out->before = record->before.range[i];
    out->after = record->after.range[i];
    out->elites = record->elite_count;
    out->reason = record->reason[i];
    text_copy(out->name, sizeof(out->name), config->stages[record->stage].name);
    text_copy(out->parameter, sizeof(out->parameter), parameter->name);
    text_copy(out->why, sizeof(out->why), zoom_reason_text((ZoomReason)record->reason[i]));
    if (distribution_is_choice(parameter->distribution)) {
        list_values(parameter, out->before.allowed, out->before_values);
        list_values(parameter, out->after.allowed, out->after_values);
        out->before.min = out->before.max = out->after.min = out->after.max = NAN;
    }
    return STATUS_OK;
}

static Status fill_elite(void *context, uint64_t index, void *row) {
    (void)index;
    StageWriter *writer = context;
    const StageRecord *stages = writer->source->ledger->stages;
    while (writer->elite == stages[writer->stage].elite_count) {
        writer->stage++;
        writer->elite = 0;
    }
    *(EliteRow *)row = (EliteRow){
        .stage = writer->stage, .rank = writer->elite, .trial = stages[writer->stage].elites[writer->elite]};
    writer->elite++;
    return STATUS_OK;
}

Status write_stages(const Hdf5File *file, const ResultsSource *source) {
    const Ledger *ledger = source->ledger;
    StageWriter writer = {.source = source};
    uint32_t stages = (uint32_t)ledger->stage_count, parameters = (uint32_t)source->config->space.count;
    uint64_t elites = 0;
    for (size_t i = 0; i < ledger->stage_count; i++)
        elites += ledger->stages[i].elite_count;
    TRY(hdf5_write_table(file, &STAGE_TABLE, (uint64_t)stages * parameters, fill_stage, &writer));
    TRY(hdf5_put_number(file, STAGE_TABLE.path, "stages", HDF5_U32, &stages));
    TRY(hdf5_put_number(file, STAGE_TABLE.path, "parameters", HDF5_U32, &parameters));
    return hdf5_write_table(file, &ELITE_TABLE, elites, fill_elite, &writer);
}
