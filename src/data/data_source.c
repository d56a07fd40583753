#include "data/data_source.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/stop.h"
#include "base/text.h"

Status data_source_open(DataSource *source, const DataSpec *spec, uint64_t seed) {
    switch (spec->format) {
    case DATA_IDX: return idx_source_open(source, spec);
    case DATA_CSV: return csv_source_open(source, spec);
    case DATA_HDF5: return hdf5_source_open(source, spec);
    case DATA_SYNTHETIC: return synthetic_source_open(source, spec, seed);
    }
    return status_fail(STATUS_INPUT, "unknown data format %d", (int)spec->format);
}

Status data_check_memory(double bytes) {
    double memory = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    if (bytes <= memory) return STATUS_OK;
    return status_fail(STATUS_ENVIRONMENT, "the data need %s, this machine has %s of memory",
                       text_bytes(bytes), text_bytes(memory));
}

Status data_check_stop(const char *name) {
    if (stop_asked() == 0) return STATUS_OK;
    return status_fail(STATUS_RESUMABLE,
                       "stopped by a signal while reading %s; the same command begins again", name);
}

Status data_check_regular(const char *path, mode_t mode) {
    if (S_ISREG(mode)) return STATUS_OK;
    return status_fail(STATUS_INPUT, "%s: cannot be read: it is %s, not a regular file", path,
                       S_ISDIR(mode) ? "a folder" : "a device or a pipe");
}

Status data_source_no_labels(DataSource *source, size_t set) {
    source->classes = 1;
    return memory_new(&source->labels[set], source->rows[set], sizeof *source->labels[set]);
}

Status data_source_number_classes(DataSource *source) {
    Text names = {0};
    for (size_t c = 0; c < source->classes; c++) {
        text_add(&names, "%zu%c", c, '\0');
    }
    if (names.failed) {
        text_release(&names);
        return status_fail(STATUS_ENVIRONMENT, "no memory for the names of %zu classes", source->classes);
    }
    source->names = names.data;
    source->names_length = names.length;
    return STATUS_OK;
}

Status data_source_name_classes(DataSource *source, const ClassTable *classes) {
    source->classes = class_table_count(classes);
    for (size_t c = 0; c < source->classes; c++) {
        source->names_length += strlen(class_table_name(classes, c)) + 1;
    }
    TRY(memory_new(&source->names, source->names_length, 1));
    char *out = source->names;
    for (size_t c = 0; c < source->classes; c++) {
        size_t size = strlen(class_table_name(classes, c)) + 1;
        memcpy(out, class_table_name(classes, c), size);
        out += size;
    }
    return STATUS_OK;
}

void data_source_close(DataSource *source) {
    if (source->close != NULL) source->close(source->state);
    free(source->names);
    for (size_t set = 0; set < SET_COUNT; set++) {
        free(source->labels[set]);
    }
}
