#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "store/results_hdf5_pieces.h"

/* ---- the table of trials ---- */

/* A row in memory is a TrialRow, then each parameter's value: eight bytes, or a word. */
typedef struct TrialWriter {
    const ResultsSource *source;
    const Hdf5Column *columns; /* of the parameters */
    size_t next;               /* id of the first trial that has not been written */
} TrialWriter;

static bool all_numbers(const Parameter *parameter, bool whole) {
    for (size_t i = 0; i < parameter->value_count; i++) {
        ValueKind kind = parameter->values[i].kind;
        if (kind == VALUE_WORD || (whole && kind != VALUE_INTEGER)) return false;
    }
    return true;
}

/* Words and mixed values are texts; whole numbers that are never absent are integers. */
static Hdf5Kind parameter_kind(const Parameter *parameter) {
    bool whole = parameter->integer;
    if (distribution_is_choice(parameter->distribution)) {
        if (!all_numbers(parameter, false)) return HDF5_TEXT;
        whole = all_numbers(parameter, true);
    }
    return whole && parameter->condition_count == 0 ? HDF5_I64 : HDF5_F64;
}

static void put_value(const Parameter *parameter, DrawnValue value, const Hdf5Column *column,
                      unsigned char *row) {
    unsigned char *place = row + column->offset;
    if (column->kind == HDF5_TEXT) {
        char text[PARAMETER_WORD_SIZE];
        parameter_value_text(parameter, value, text, sizeof(text));
        memcpy(place, text, sizeof(text));
        return;
    }
    double number = value.present ? value.number : NAN;
    if (value.present && distribution_is_choice(parameter->distribution)) {
        number = parameter->values[value.choice].number;
    }
    int64_t whole = fabs(number) < 0x1p63 ? (int64_t)number : 0;
    memcpy(place, column->kind == HDF5_I64 ? (const void *)&whole : &number, sizeof(double));
}

static Status check_draw(const Hdf5File *file, const Space *space, size_t id, const PackedDraw *draw) {
    for (size_t i = 0; draw != NULL && i < space->count; i++) {
        const Parameter *parameter = &space->parameters[i];
        if (distribution_is_choice(parameter->distribution) &&
            draw_value(draw, i).choice >= parameter->value_count) {
            return hdf5_refuse(file, "trial %zu has a value of %s that the configuration does not know", id,
                               parameter->name);
        }
    }
    return STATUS_OK;
}

static Status fill_trial(void *context, uint64_t index, void *row) {
    (void)index;
    TrialWriter *writer = context;
    const Ledger *ledger = writer->source->ledger;
    const Space *space = &writer->source->config->space;
    while (!ledger->trials[writer->next].finished)
        writer->next++;
    const LedgerTrial *trial = &ledger->trials[writer->next++];
    TrialRow *fixed = row;
    fixed->record = ledger_row_record(&trial->record);
    TrainOutcome *outcome = &fixed->record.outcome;
    text_copy(fixed->status, sizeof(fixed->status), trial_status_name(outcome->status));
    if (outcome->status == TRIAL_DIVERGED)
        outcome->val_accuracy = outcome->val_loss = outcome->train_loss = NAN;
    for (size_t i = 0; i < space->count; i++)
        put_value(&space->parameters[i], draw_value(trial->draw, i), &writer->columns[i], row);
    return STATUS_OK;
}

static Status write_rows(const Hdf5File *file, const ResultsSource *source, Hdf5Column *columns) {
    const Space *space = &source->config->space;
    size_t fixed = TRIAL_TABLE.column_count;
    Hdf5Table table = {.path = TRIAL_TABLE.path, .columns = columns, .column_count = fixed + space->count};
    memcpy(columns, TRIAL_TABLE.columns, fixed * sizeof(*columns));
    size_t offset = sizeof(TrialRow);
    for (size_t i = 0; i < space->count; i++) {
        const Parameter *parameter = &space->parameters[i];
        size_t size = parameter_kind(parameter) == HDF5_TEXT ? PARAMETER_WORD_SIZE : sizeof(double);
        columns[fixed + i] = (Hdf5Column){parameter->name, parameter_kind(parameter), offset, size};
        offset += size;
    }
    table.row_size = offset;
    TrialWriter writer = {.source = source, .columns = columns + fixed};
    return hdf5_write_table(file, &table, source->ledger->finished_count, fill_trial, &writer);
}

static Status write_table(const Hdf5File *file, const ResultsSource *source) {
    Hdf5Column *columns = NULL;
    for (size_t id = 0; id < source->ledger->trial_count; id++)
        TRY(check_draw(file, &source->config->space, id, source->ledger->trials[id].draw));
    TRY(memory_new(&columns, TRIAL_TABLE.column_count + source->config->space.count, sizeof(*columns)));
    Status status = write_rows(file, source, columns);
    free(columns);
    return status;
}

/* ---- curves ---- */

typedef struct CurveWriter {
    const Ledger *ledger;
    size_t trial;
    uint32_t row;
} CurveWriter;

static bool at_row(const CurveWriter *writer) {
    const LedgerTrial *trial = &writer->ledger->trials[writer->trial];
    return trial->finished && writer->row < trial->record.curve_count;
}

static Status fill_curve(void *context, uint64_t index, void *row) {
    (void)index;
    CurveWriter *writer = context;
    while (!at_row(writer)) {
        writer->trial++;
        writer->row = 0;
    }
    *(CurveRow *)row = (CurveRow){.trial = writer->trial,
                                  .epoch = writer->ledger->trials[writer->trial].record.curve[writer->row++]};
    return STATUS_OK;
}

static Status write_curves(const Hdf5File *file, const Ledger *ledger) {
    uint64_t rows = 0;
    for (size_t id = 0; id < ledger->trial_count; id++) {
        if (ledger->trials[id].finished) rows += ledger->trials[id].record.curve_count;
    }
    CurveWriter writer = {.ledger = ledger};
    return hdf5_write_table(file, &CURVE_TABLE, rows, fill_curve, &writer);
}

/* ---- draws: every trial that has one, finished or not, exactly ---- */

typedef struct DrawArrays {
    uint64_t count, parameters;
    uint64_t *trial;  /* [count] */
    uint8_t *present; /* [count, parameters], as the next two */
    double *number;
    uint32_t *choice;
} DrawArrays;

static void draws_release(DrawArrays *draws) {
    free(draws->trial);
    free(draws->present);
    free(draws->number);
    free(draws->choice);
}

static Status draws_collect(DrawArrays *draws, const Ledger *ledger) {
    for (size_t id = 0; id < ledger->trial_count; id++)
        draws->count += ledger->trials[id].drawn;
    size_t cells = (size_t)(draws->count * draws->parameters); /* at most 2^31 trials, 64 parameters */
    TRY(memory_new(&draws->trial, (size_t)draws->count, sizeof(uint64_t)));
    TRY(memory_new(&draws->present, cells, sizeof(uint8_t)));
    TRY(memory_new(&draws->number, cells, sizeof(double)));
    TRY(memory_new(&draws->choice, cells, sizeof(uint32_t)));
    size_t row = 0, cell = 0;
    for (size_t id = 0; id < ledger->trial_count; id++) {
        if (!ledger->trials[id].drawn) continue;
        draws->trial[row++] = id;
        for (size_t i = 0; i < draws->parameters; i++, cell++) {
            DrawnValue value = draw_value(ledger->trials[id].draw, i);
            draws->present[cell] = value.present;
            draws->number[cell] = value.number;
            draws->choice[cell] = value.choice;
        }
    }
    return STATUS_OK;
}

static Status draws_write(const Hdf5File *file, const DrawArrays *draws) {
    uint64_t dims[2] = {draws->count, draws->parameters};
    TRY(hdf5_write_array(file, "/draws/trial", HDF5_U64, 1, dims, draws->trial));
    TRY(hdf5_write_array(file, "/draws/present", HDF5_U8, 2, dims, draws->present));
    TRY(hdf5_write_array(file, "/draws/number", HDF5_F64, 2, dims, draws->number));
    return hdf5_write_array(file, "/draws/choice", HDF5_U32, 2, dims, draws->choice);
}

Status write_trials(const Hdf5File *file, const ResultsSource *source) {
    TRY(write_table(file, source));
    TRY(write_curves(file, source->ledger));
    DrawArrays draws = {.parameters = source->config->space.count};
    Status status = draws_collect(&draws, source->ledger);
    if (status == STATUS_OK) status = draws_write(file, &draws);
    draws_release(&draws);
    return status;
}

static Status read_matrix(const Hdf5File *file, const char *path, Hdf5Kind kind, const DrawArrays *draws,
                          void *data) {
    uint64_t dims[2] = {0};
    TRY(hdf5_read_array(file, path, kind, 2, dims, data));
    if (dims[0] == draws->count && dims[1] == draws->parameters) return STATUS_OK;
    return hdf5_refuse(file, "%s does not have the size of the other draws", path);
}

static Status draws_read(const Hdf5File *file, DrawArrays *draws) {
    TRY(hdf5_read_array(file, "/draws/trial", HDF5_U64, 1, &draws->count, &draws->trial));
    TRY(read_matrix(file, "/draws/present", HDF5_U8, draws, &draws->present));
    TRY(read_matrix(file, "/draws/number", HDF5_F64, draws, &draws->number));
    return read_matrix(file, "/draws/choice", HDF5_U32, draws, &draws->choice);
}

static Status draws_hand_over(const Hdf5File *file, const DrawArrays *draws, JournalVisitor visit,
                              void *context) {
    size_t cell = 0;
    Record record;
    for (size_t row = 0; row < draws->count; row++) {
        record.kind = RECORD_DRAW;
        record.as.draw.trial = draws->trial[row];
        record.as.draw.parameter_count = (uint32_t)draws->parameters;
        for (size_t i = 0; i < draws->parameters; i++, cell++) {
            if (draws->choice[cell] >= PARAMETER_MAX_VALUES)
                return hdf5_refuse(file, "/draws/choice is damaged");
            record.as.draw.draw.value[i] = (DrawnValue){.present = draws->present[cell] != 0,
                                                        .number = draws->number[cell],
                                                        .choice = draws->choice[cell]};
        }
        TRY(visit(context, &record));
    }
    return STATUS_OK;
}

Status read_draws(const Hdf5File *file, uint32_t parameter_count, JournalVisitor visit, void *context) {
    DrawArrays draws = {.parameters = parameter_count};
    Status status = draws_read(file, &draws);
    if (status == STATUS_OK) status = draws_hand_over(file, &draws, visit, context);
    draws_release(&draws);
    return status;
}

/* ---- trials with their curves, read ---- */

typedef struct TrialReader {
    const Hdf5File *file;
    JournalVisitor visit;
    void *context;
    CurveRow *curves; /* owned [curve_count] */
    uint64_t curve_count;
    uint64_t next; /* row of /curves that the trials have come to */
} TrialReader;

static const char *status_name(uint8_t status) {
    return trial_status_name((TrialStatus)status);
}

static Status take_curve(void *context, uint64_t index, const void *row) {
    TrialReader *reader = context;
    reader->curves[index] = *(const CurveRow *)row;
    return STATUS_OK;
}

/* Both tables are in the order of the trials. */
static Status add_curve(TrialReader *reader, TrialRecord *trial) {
    uint64_t first = reader->next;
    while (reader->next < reader->curve_count && reader->curves[reader->next].trial == trial->trial)
        reader->next++;
    trial->curve_count = (uint32_t)(reader->next - first);
    trial->curve = NULL;
    if (trial->curve_count == 0) return STATUS_OK;
    TRY(memory_new(&trial->curve, trial->curve_count, sizeof(EpochRow)));
    for (uint32_t e = 0; e < trial->curve_count; e++)
        trial->curve[e] = reader->curves[first + e].epoch;
    return STATUS_OK;
}

static Status take_trial(void *context, uint64_t index, const void *row) {
    (void)index;
    TrialReader *reader = context;
    const TrialRow *found = row;
    uint8_t status = word_index(found->status, status_name, TRIAL_FAILED);
    if (status > TRIAL_FAILED) {
        return hdf5_refuse(reader->file, "/trials has a status '%s', which is none of winnow's",
                           found->status);
    }
    Record record;
    record.kind = RECORD_TRIAL;
    record.as.trial = found->record;
    record.as.trial.outcome.status = (TrialStatus)status;
    TRY(add_curve(reader, &record.as.trial));
    return reader->visit(reader->context, &record);
}

static Status read_both(TrialReader *reader) {
    const Hdf5File *file = reader->file;
    TRY(hdf5_table_rows(file, CURVE_TABLE.path, &reader->curve_count));
    TRY(memory_new(&reader->curves, (size_t)reader->curve_count, sizeof(CurveRow)));
    TRY(hdf5_read_table(file, &CURVE_TABLE, take_curve, reader));
    TRY(hdf5_read_table(file, &TRIAL_TABLE, take_trial, reader));
    if (reader->next == reader->curve_count) return STATUS_OK;
    return hdf5_refuse(file, "row %llu of /curves is of no trial, or out of order",
                       (unsigned long long)reader->next);
}

Status read_trials(const Hdf5File *file, JournalVisitor visit, void *context) {
    TrialReader reader = {.file = file, .visit = visit, .context = context};
    Status status = read_both(&reader);
    free(reader.curves);
    return status;
}
