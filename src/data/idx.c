/* The IDX format of LeCun's MNIST page: two zero bytes, a type, the number of dimensions, each dimension as a
 * big-endian 32-bit number, then the values, the last dimension fastest. */
#include <stdbool.h>
#include <stdio.h>

#include "base/memory.h"
#include "base/size.h"
#include "data/data_source.h"
#include "data/gzip_file.h"

#define IDX_UNSIGNED_BYTE 0x08
#define IDX_MAX_DIMENSIONS 4
#define MAGIC_SIZE 4
#define DIMENSION_SIZE 4

typedef struct IdxHeader {
    size_t dimensions;
    size_t size[IDX_MAX_DIMENSIONS];
    size_t values; /* product of the sizes, in bytes too */
} IdxHeader;

typedef struct IdxState {
    GzipFile *images[SET_COUNT]; /* after their headers; NULL once read, or without a test set */
    size_t values[SET_COUNT];
} IdxState;

static const char *const SET_NAMES[SET_COUNT] = {"training", "test"};

static Status read_exactly(GzipFile *file, void *out, size_t length, const char *what) {
    size_t start = gzip_file_position(file);
    size_t got;
    TRY(gzip_file_read(file, out, length, &got));
    if (got == length) return STATUS_OK;
    return status_fail(
        STATUS_INPUT,
        "%s: byte %zu: the file ends here, within its %s: %zu bytes should follow from byte %zu on",
        gzip_file_path(file), gzip_file_position(file), what, length, start);
}

static Status expect_end(GzipFile *file, const IdxHeader *header) {
    unsigned char byte;
    size_t got;
    size_t end = gzip_file_position(file);
    TRY(gzip_file_read(file, &byte, 1, &got));
    if (got == 0) return STATUS_OK;
    return status_fail(
        STATUS_INPUT,
        "%s: byte %zu: the file goes on here, but its header promises %zu bytes of values and then "
        "the end",
        gzip_file_path(file), end, header->values);
}

static const char *type_name(unsigned char type) {
    switch (type) {
    case 0x09: return "signed byte";
    case 0x0b: return "short";
    case 0x0c: return "int";
    case 0x0d: return "float";
    case 0x0e: return "double";
    default: return "unknown";
    }
}

/* The first four bytes; `most` and `fewest` bound the number of dimensions. */
static Status read_magic(GzipFile *file, const char *what, size_t fewest, size_t most, size_t *dimensions) {
    unsigned char magic[MAGIC_SIZE];
    size_t got;
    TRY(gzip_file_read(file, magic, MAGIC_SIZE, &got));
    const char *path = gzip_file_path(file);
    if (got == 0)
        return status_fail(STATUS_INPUT, "%s: byte 0: the file is empty; %s in IDX are expected", path, what);
    if (got < MAGIC_SIZE) {
        return status_fail(STATUS_INPUT,
                           "%s: byte %zu: the file ends within the first 4 bytes of the IDX header", path,
                           got);
    }
    if (magic[0] != 0 || magic[1] != 0) {
        return status_fail(
            STATUS_INPUT, "%s: byte 0: this is no IDX file: it begins with %02x %02x, an IDX file with 00 00",
            path, magic[0], magic[1]);
    }
    if (magic[2] != IDX_UNSIGNED_BYTE) {
        return status_fail(
            STATUS_INPUT,
            "%s: byte 2: the values are of IDX type 0x%02x (%s); only 0x08 (unsigned byte) is supported",
            path, magic[2], type_name(magic[2]));
    }
    *dimensions = magic[3];
    if (magic[3] >= fewest && magic[3] <= most) return STATUS_OK;
    return status_fail(
        STATUS_INPUT, "%s: byte 3: the number of dimensions is %u; %s", path, magic[3],
        most == 1 ? "labels have 1: [examples]"
                  : "images have 3: [examples, height, width] or 4: [examples, height, width, channels]");
}

static void write_sizes(char *out, size_t room, const IdxHeader *header) {
    size_t length = 0;
    out[0] = '\0';
    for (size_t d = 0; d < header->dimensions; d++) {
        int added = snprintf(out + length, room - length, "%s%zu", d > 0 ? " x " : "", header->size[d]);
        if (added < 0 || (size_t)added >= room - length) return;
        length += (size_t)added;
    }
}

/* No memory is taken for sizes that the file cannot hold. */
static Status check_sizes(const GzipFile *file, const IdxHeader *header, bool fits) {
    char sizes[IDX_MAX_DIMENSIONS * 16];
    write_sizes(sizes, sizeof sizes, header);
    const char *path = gzip_file_path(file);
    if (!fits) {
        return status_fail(
            STATUS_INPUT,
            "%s: byte %d: the dimensions %s multiply to more than any file can hold; is it damaged?", path,
            MAGIC_SIZE, sizes);
    }
    size_t limit = gzip_file_limit(file);
    size_t start = gzip_file_position(file);
    if (limit < start || header->values > limit - start) {
        return status_fail(
            STATUS_INPUT,
            "%s: byte %d: the dimensions %s promise %zu bytes of values, but the file can hold at most "
            "%zu; it is damaged or cut short",
            path, MAGIC_SIZE, sizes, header->values, limit < start ? 0 : limit - start);
    }
    return STATUS_OK;
}

static Status read_header(GzipFile *file, IdxHeader *header, const char *what, size_t fewest, size_t most) {
    TRY(read_magic(file, what, fewest, most, &header->dimensions));
    unsigned char bytes[IDX_MAX_DIMENSIONS * DIMENSION_SIZE];
    TRY(read_exactly(file, bytes, header->dimensions * DIMENSION_SIZE, "IDX header"));
    bool fits = true;
    header->values = 1;
    for (size_t d = 0; d < header->dimensions; d++) {
        const unsigned char *b = bytes + d * DIMENSION_SIZE;
        header->size[d] = (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
        if (header->size[d] == 0) {
            return status_fail(STATUS_INPUT,
                               "%s: byte %zu: dimension %zu is 0, so the file holds no %s; at least 1 is "
                               "needed",
                               gzip_file_path(file), MAGIC_SIZE + d * DIMENSION_SIZE, d + 1, what);
        }
        fits = fits && size_mul(header->values, header->size[d], &header->values);
    }
    return check_sizes(file, header, fits);
}

static Status open_images(DataSource *source, const char *path, size_t set) {
    IdxState *state = source->state;
    GzipFile **file = &state->images[set];
    TRY(gzip_file_open(file, path));
    IdxHeader header = {0};
    TRY(read_header(*file, &header, "images", 3, 4));
    Shape shape = {header.size[1], header.size[2], header.dimensions == 4 ? header.size[3] : 1};
    if (set == SET_TRAIN) source->shape = shape;
    if (shape.height != source->shape.height || shape.width != source->shape.width ||
        shape.channels != source->shape.channels) {
        return status_fail(
            STATUS_INPUT,
            "%s: byte %d: the test images are %zu x %zu x %zu (height, width, channels), but the "
            "training images are %zu x %zu x %zu",
            path, MAGIC_SIZE + DIMENSION_SIZE, shape.height, shape.width, shape.channels,
            source->shape.height, source->shape.width, source->shape.channels);
    }
    source->rows[set] = header.size[0];
    state->values[set] = header.values;
    Status status = data_check_memory((double)header.values + (double)header.size[0] * sizeof(uint16_t));
    return status == STATUS_OK ? status : status_within(status, "%s", path);
}

/* Classes are 0 to the largest training label; some may have no example. */
static Status check_labels(DataSource *source, const char *path, size_t set) {
    const uint16_t *labels = source->labels[set];
    if (set == SET_TRAIN) {
        for (size_t i = 0; i < source->rows[set]; i++) {
            if (labels[i] >= source->classes) source->classes = (size_t)labels[i] + 1;
        }
        return STATUS_OK;
    }
    for (size_t i = 0; i < source->rows[set]; i++) {
        if (labels[i] < source->classes) continue;
        return status_fail(
            STATUS_INPUT,
            "%s: byte %zu: label %u of a test example is out of range: the training labels go from 0 "
            "to %zu",
            path, MAGIC_SIZE + DIMENSION_SIZE + i, labels[i], source->classes - 1);
    }
    return STATUS_OK;
}

static Status read_labels_of(DataSource *source, GzipFile *file, size_t set) {
    const char *path = gzip_file_path(file);
    IdxHeader header = {0};
    TRY(read_header(file, &header, "labels", 1, 1));
    size_t rows = source->rows[set];
    if (header.size[0] != rows) {
        const IdxState *state = source->state;
        return status_fail(STATUS_INPUT, "%s: byte %d: there are %zu labels, but %zu %s images in %s", path,
                           MAGIC_SIZE, header.size[0], rows, SET_NAMES[set],
                           gzip_file_path(state->images[set]));
    }
    TRY(memory_new(&source->labels[set], rows, sizeof *source->labels[set]));
    /* The bytes go into the upper half of their array, so that widening from the front never meets them. */
    unsigned char *bytes = (unsigned char *)source->labels[set] + rows;
    TRY(read_exactly(file, bytes, rows, "labels"));
    TRY(expect_end(file, &header));
    for (size_t i = 0; i < rows; i++) {
        uint16_t label = bytes[i];
        source->labels[set][i] = label;
    }
    return check_labels(source, path, set);
}

static Status read_labels(DataSource *source, const char *path, size_t set) {
    GzipFile *file;
    TRY(gzip_file_open(&file, path));
    Status status = read_labels_of(source, file, set);
    gzip_file_close(&file);
    return status;
}

static Status read_values(DataSource *source, size_t set, void *values) {
    IdxState *state = source->state;
    IdxHeader header = {.values = state->values[set]};
    TRY(read_exactly(state->images[set], values, header.values, "images"));
    return expect_end(state->images[set], &header);
}

static void close_state(void *pointer) {
    IdxState *state = pointer;
    for (size_t set = 0; set < SET_COUNT; set++) {
        gzip_file_close(&state->images[set]);
    }
    free(state);
}

Status idx_source_open(DataSource *source, const DataSpec *spec) {
    if (spec->train_images == NULL || (spec->train_labels == NULL && !spec->unlabelled)) {
        return status_fail(STATUS_INPUT,
                           "data of format idx need a file of training images and one of labels");
    }
    if ((spec->test_images == NULL) != (spec->test_labels == NULL)) {
        return status_fail(STATUS_INPUT,
                           "a test set of format idx needs both, a file of images and one of labels");
    }
    TRY(memory_new(&source->state, 1, sizeof(IdxState)));
    source->close = close_state;
    source->read_values = read_values;
    source->name = spec->unlabelled ? spec->train_images : spec->train_labels;
    source->type = VALUE_U8;
    TRY(open_images(source, spec->train_images, SET_TRAIN));
    TRY(spec->unlabelled ? data_source_no_labels(source, SET_TRAIN)
                         : read_labels(source, spec->train_labels, SET_TRAIN));
    if (spec->test_images != NULL) {
        TRY(open_images(source, spec->test_images, SET_TEST));
        TRY(read_labels(source, spec->test_labels, SET_TEST));
    }
    return data_source_number_classes(source);
}
