#include "data/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/size.h"
#include "data/data_source.h"

void data_rows_release(DataRows *rows) {
    free(rows->values);
    free(rows->index);
    free(rows->labels);
    free(rows->names);
    free(rows->text);
    *rows = (DataRows){0};
}

static Status take_names(DataRows *rows, DataSource *source) {
    rows->classes = source->classes;
    rows->text = source->names;
    source->names = NULL;
    TRY(memory_new(&rows->names, rows->classes, sizeof(char *)));
    const char *name = rows->text;
    for (size_t c = 0; c < rows->classes; c++) {
        rows->names[c] = name;
        name += strlen(name) + 1;
    }
    return STATUS_OK;
}

static Status take_rows(DataRows *rows, DataSource *source) {
    size_t size = source->type == VALUE_U8 ? sizeof(uint8_t) : sizeof(float), bytes = 0;
    rows->type = source->type;
    rows->shape = source->shape;
    rows->count = source->rows[SET_TRAIN];
    if (!size_mul(shape_size(rows->shape), size, &bytes))
        return status_fail(STATUS_ENVIRONMENT, "%s: its examples do not fit in memory", source->name);
    TRY(memory_new(&rows->values, rows->count, bytes));
    TRY(source->read_values(source, SET_TRAIN, rows->values));
    TRY(memory_new(&rows->index, rows->count, sizeof(uint32_t)));
    for (size_t i = 0; i < rows->count; i++)
        rows->index[i] = (uint32_t)i;
    rows->labels = source->labels[SET_TRAIN];
    source->labels[SET_TRAIN] = NULL;
    return take_names(rows, source);
}

Status data_rows_load(DataRows *rows, const DataSpec *spec) {
    DataSource source = {0};
    *rows = (DataRows){0};
    Status status = data_source_open(&source, spec, 0);
    if (status == STATUS_OK) status = take_rows(rows, &source);
    data_source_close(&source);
    return status;
}
