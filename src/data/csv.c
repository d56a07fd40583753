/* Tables with a header line: one column holds the label, all others hold numbers. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/size.h"
#include "base/text.h"
#include "data/class_table.h"
#include "data/csv_reader.h"
#include "data/data_source.h"
#include "data/gzip_file.h"

#define CHUNK ((size_t)1 << 18)
#define TEXT_LIMIT ((size_t)1 << 32)
#define NAMES_SHOWN 8
#define NO_LABEL SIZE_MAX /* in place of its column */

typedef struct CsvTable {
    float *values; /* [rows][columns - 1], owned */
    size_t values_capacity;
    uint16_t *labels; /* [rows], owned */
    size_t labels_capacity;
    size_t rows;
} CsvTable;

typedef struct CsvState {
    char **columns; /* [column_count] names, owned; those of the training table */
    size_t column_count;
    size_t label; /* which of them, or NO_LABEL */
    ClassTable *classes;
    CsvTable tables[SET_COUNT];
} CsvState;

/* ---- the header ---- */

/* By name, then by place in the header. */
static int compare_fields(const void *a, const void *b) {
    const CsvField *left = *(const CsvField *const *)a;
    const CsvField *right = *(const CsvField *const *)b;
    int order = strcmp(left->text, right->text);
    return order != 0 ? order : (left > right) - (left < right);
}

static Status fail_twice(const CsvReader *reader, const CsvField *first, const CsvField *second) {
    return source_fail(&reader->source, second->mark,
                       "column '%s' is in the header twice, as columns %zu and %zu; names must differ",
                       csv_shown(second->text).text, (size_t)(first - reader->fields) + 1,
                       (size_t)(second - reader->fields) + 1);
}

static Status check_names(const CsvReader *reader, bool labelled) {
    if (reader->count < 2 && labelled) {
        return source_fail(&reader->source, (SourceMark){1, 1},
                           "the header has one column only; the label and at least one feature are needed, "
                           "separated by commas");
    }
    const CsvField **sorted = NULL;
    TRY(memory_new(&sorted, reader->count, sizeof(const CsvField *)));
    for (size_t i = 0; i < reader->count; i++) {
        sorted[i] = &reader->fields[i];
    }
    qsort(sorted, reader->count, sizeof(const CsvField *), compare_fields);
    Status status = STATUS_OK;
    if (sorted[0]->text[0] == '\0') {
        status = source_fail(&reader->source, sorted[0]->mark,
                             "column %zu has no name in the header; every column needs one",
                             (size_t)(sorted[0] - reader->fields) + 1);
    }
    for (size_t i = 1; i < reader->count && status == STATUS_OK; i++) {
        if (strcmp(sorted[i - 1]->text, sorted[i]->text) == 0)
            status = fail_twice(reader, sorted[i - 1], sorted[i]);
    }
    free(sorted);
    return status;
}

static Status fail_label_column(const CsvReader *reader, const CsvState *state, const char *wanted) {
    Text names = {0};
    for (size_t i = 0; i < state->column_count && i < NAMES_SHOWN; i++) {
        text_add(&names, "%s%s", i > 0 ? ", " : "", csv_shown(state->columns[i]).text);
    }
    size_t hidden = state->column_count > NAMES_SHOWN ? state->column_count - NAMES_SHOWN : 0;
    if (hidden > 0) text_add(&names, ", and %zu more", hidden);
    const char *near = text_nearest(wanted, (const char *const *)state->columns, state->column_count);
    Status status = source_fail(
        &reader->source, (SourceMark){1, 1}, "there is no label column '%s'%s%s%s; the columns are: %s",
        wanted, near != NULL ? "; did you mean '" : "", near != NULL ? csv_shown(near).text : "",
        near != NULL ? "'?" : "", text_of(&names));
    text_release(&names);
    return status;
}

static Status keep_header(CsvState *state, const CsvReader *reader, const char *label_column) {
    TRY(check_names(reader, label_column != NULL));
    TRY(memory_new(&state->columns, reader->count, sizeof *state->columns));
    for (size_t i = 0; i < reader->count; i++) {
        TRY(memory_text(&state->columns[i], reader->fields[i].text));
        state->column_count = i + 1;
    }
    state->label = NO_LABEL;
    if (label_column == NULL) return STATUS_OK;
    for (size_t i = 0; i < state->column_count; i++) {
        if (strcmp(state->columns[i], label_column) != 0) continue;
        state->label = i;
        return STATUS_OK;
    }
    return fail_label_column(reader, state, label_column);
}

static Status compare_header(const CsvState *state, const CsvReader *reader) {
    for (size_t i = 0; i < reader->count && i < state->column_count; i++) {
        if (strcmp(reader->fields[i].text, state->columns[i]) == 0) continue;
        return source_fail(&reader->source, reader->fields[i].mark,
                           "column %zu is '%s', but '%s' in the training table; both must have the same "
                           "columns in the same order",
                           i + 1, csv_shown(reader->fields[i].text).text, csv_shown(state->columns[i]).text);
    }
    if (reader->count == state->column_count) return STATUS_OK;
    return source_fail(
        &reader->source, (SourceMark){1, 1},
        "the header has %zu columns, that of the training table has %zu; both must have the same",
        reader->count, state->column_count);
}

/* ---- the rows ---- */

static Status read_number(const CsvState *state, const CsvReader *reader, size_t column, float *out) {
    const CsvField *field = &reader->fields[column];
    const char *name = state->columns[column];
    double value;
    if (field->text[0] == '\0') {
        return source_fail(&reader->source, field->mark,
                           "column '%s' has no value here; fill it in or remove the row",
                           csv_shown(name).text);
    }
    if (!csv_number(field->text, &value)) {
        return source_fail(&reader->source, field->mark,
                           "'%s' in column '%s' is no finite decimal number; every column but the label must "
                           "hold such numbers",
                           csv_shown(field->text).text, csv_shown(name).text);
    }
    if (fabs(value) > (double)FLT_MAX) {
        return source_fail(&reader->source, field->mark,
                           "%s in column '%s' is too large; values go up to 3.4e38",
                           csv_shown(field->text).text, csv_shown(name).text);
    }
    *out = (float)value;
    return STATUS_OK;
}

static Status fail_unknown_class(const CsvState *state, const CsvReader *reader, const CsvField *field) {
    Text names = {0};
    class_table_list(state->classes, &names);
    Status status = source_fail(&reader->source, field->mark,
                                "the label '%s' does not occur in the training table; its classes are: %s",
                                csv_shown(field->text).text, text_of(&names));
    text_release(&names);
    return status;
}

/* In the training table a label's id for now, in the test table its class. */
static Status read_label(CsvState *state, const CsvReader *reader, size_t set, uint16_t *out) {
    const CsvField *field = &reader->fields[state->label];
    const char *column = state->columns[state->label];
    if (field->text[0] == '\0') {
        return source_fail(&reader->source, field->mark,
                           "the label column '%s' has no value here; fill it in or remove the row",
                           csv_shown(column).text);
    }
    size_t length = strlen(field->text);
    if (length > CLASS_NAME_LIMIT) {
        return source_fail(&reader->source, field->mark,
                           "a value of %zu bytes in the label column '%s'; %d is the most; is it a label?",
                           length, csv_shown(column).text, CLASS_NAME_LIMIT);
    }
    size_t label;
    if (set == SET_TEST) {
        bool known = class_table_find(state->classes, field->text, &label);
        if (!known) return fail_unknown_class(state, reader, field);
    } else {
        TRY(class_table_add(state->classes, field->text, DATA_MAX_CLASSES, &label));
        if (label == DATA_MAX_CLASSES) {
            return source_fail(&reader->source, field->mark,
                               "the label column '%s' has more than %zu different values; is it a label?",
                               csv_shown(column).text, DATA_MAX_CLASSES);
        }
    }
    *out = (uint16_t)label;
    return STATUS_OK;
}

static size_t feature_count(const CsvState *state) {
    return state->column_count - (state->label != NO_LABEL);
}

static Status keep_row(CsvState *state, const CsvReader *reader, size_t set) {
    CsvTable *table = &state->tables[set];
    SourceMark start = reader->fields[0].mark;
    if (reader->count != state->column_count) {
        return source_fail(&reader->source, start, "this row has %zu %s, the header has %zu", reader->count,
                           reader->count == 1 ? "field" : "fields", state->column_count);
    }
    if (table->rows == UINT32_MAX) {
        return source_fail(&reader->source, start, "row %u is one too many", UINT32_MAX);
    }
    size_t features = feature_count(state);
    size_t needed;
    if (!size_mul(table->rows + 1, features, &needed)) {
        return status_fail(STATUS_ENVIRONMENT, "%s: the table is too large for this machine",
                           reader->source.name);
    }
    TRY(memory_grow(&table->values, &table->values_capacity, needed, sizeof *table->values));
    TRY(memory_grow(&table->labels, &table->labels_capacity, table->rows + 1, sizeof *table->labels));
    float *out = table->values + table->rows * features;
    for (size_t i = 0; i < reader->count; i++) {
        if (i != state->label) TRY(read_number(state, reader, i, out++));
    }
    table->labels[table->rows] = 0;
    if (state->label != NO_LABEL) TRY(read_label(state, reader, set, &table->labels[table->rows]));
    table->rows++;
    return STATUS_OK;
}

static Status read_records(CsvState *state, CsvReader *reader, size_t set, const char *label_column) {
    bool found;
    TRY(csv_reader_next(reader, &found));
    if (!found) {
        return source_fail(&reader->source, (SourceMark){1, 1},
                           "the file is empty; a header line with the names of the columns is expected");
    }
    TRY(set == SET_TRAIN ? keep_header(state, reader, label_column) : compare_header(state, reader));
    for (;;) {
        TRY(csv_reader_next(reader, &found));
        if (!found) break;
        TRY(data_check_stop(reader->source.name));
        TRY(keep_row(state, reader, set));
    }
    if (state->tables[set].rows > 0) return STATUS_OK;
    return source_fail(&reader->source, (SourceMark){1, 1},
                       "no row follows the header; at least one is needed");
}

/* ---- the files ---- */

/* Before more of it is read: a table that is too long, or gzip data that swells as no table does. */
static Status check_length(const GzipFile *file, size_t length) {
    const char *path = gzip_file_path(file);
    if (length > TEXT_LIMIT || gzip_file_size(file) > TEXT_LIMIT) {
        return status_fail(STATUS_INPUT,
                           "%s: the table is longer than %zu bytes of text; split it or use idx", path,
                           TEXT_LIMIT);
    }
    if (gzip_file_swollen(file)) {
        return status_fail(STATUS_INPUT,
                           "%s: byte %zu: the gzip data is swollen to nearly as much as gzip can hold, as no "
                           "table is; decompress it if it is one",
                           path, length);
    }
    Status status = data_check_memory(2 * (double)length); /* one record may be as long as the text */
    return status == STATUS_OK ? status : status_within(status, "%s", path);
}

static Status read_whole(GzipFile *file, char **text, size_t *length) {
    size_t capacity = 0;
    for (;;) {
        TRY(check_length(file, *length));
        TRY(memory_grow(text, &capacity, *length + CHUNK, 1));
        size_t got;
        TRY(gzip_file_read(file, *text + *length, CHUNK, &got));
        bool text_ends = memchr(*text + *length, '\0', got) != NULL; /* the reader will tell the place */
        *length += got;
        if (got < CHUNK || text_ends) return STATUS_OK;
    }
}

static Status read_text(const char *path, char **text, size_t *length) {
    GzipFile *file;
    TRY(gzip_file_open(&file, path));
    Status status = read_whole(file, text, length);
    gzip_file_close(&file);
    return status;
}

static Status read_table(CsvState *state, size_t set, const char *path, const char *label_column) {
    char *text = NULL;
    size_t length = 0;
    CsvReader reader = {0};
    Status status = read_text(path, &text, &length);
    if (status == STATUS_OK) status = csv_reader_create(&reader, path, text, length);
    if (status == STATUS_OK) status = read_records(state, &reader, set, label_column);
    csv_reader_release(&reader);
    free(text);
    return status;
}

static Status read_values(DataSource *source, size_t set, void *values) {
    CsvTable *table = &((CsvState *)source->state)->tables[set];
    memcpy(values, table->values, table->rows * source->shape.channels * sizeof *table->values);
    free(table->values);
    table->values = NULL;
    return STATUS_OK;
}

static void close_state(void *pointer) {
    CsvState *state = pointer;
    for (size_t i = 0; i < state->column_count; i++) {
        free(state->columns[i]);
    }
    free(state->columns);
    class_table_destroy(&state->classes);
    for (size_t set = 0; set < SET_COUNT; set++) {
        free(state->tables[set].values);
        free(state->tables[set].labels);
    }
    free(state);
}

Status csv_source_open(DataSource *source, const DataSpec *spec) {
    const char *label = spec->unlabelled ? NULL : spec->label_column;
    if (spec->train_table == NULL || (label == NULL && !spec->unlabelled)) {
        return status_fail(STATUS_INPUT,
                           "data of format csv need a training table and the name of its label column");
    }
    CsvState *state;
    TRY(memory_new(&state, 1, sizeof *state));
    source->state = state;
    source->close = close_state;
    source->read_values = read_values;
    source->name = spec->train_table;
    source->type = VALUE_F32;
    TRY(class_table_create(&state->classes));
    TRY(read_table(state, SET_TRAIN, spec->train_table, label));
    TRY(class_table_finish(state->classes, state->tables[SET_TRAIN].labels, state->tables[SET_TRAIN].rows));
    if (spec->test_table != NULL) TRY(read_table(state, SET_TEST, spec->test_table, label));
    source->shape = (Shape){1, 1, feature_count(state)};
    for (size_t set = 0; set < SET_COUNT; set++) {
        CsvTable *table = &state->tables[set];
        source->rows[set] = table->rows;
        source->labels[set] = table->labels;
        table->labels = NULL;
    }
    if (label != NULL) return data_source_name_classes(source, state->classes);
    source->classes = 1;
    return data_source_number_classes(source);
}
