#include "data/hdf5_source.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/csv_reader.h"
#include "data/hdf5_array.h"

typedef struct Hdf5Set {
    const Hdf5Part *part; /* borrowed */
    Hdf5Array *images, *labels;
    Hdf5About images_about, labels_about;
} Hdf5Set;

typedef struct Hdf5State {
    Hdf5Set sets[SET_COUNT];
    ClassTable *classes; /* of labels that are strings; else NULL */
} Hdf5State;

static const char *const SET_NAMES[SET_COUNT] = {"training", "test"};
static const char *const VALUE_NAMES[] = {"unsigned bytes", "integers", "floats", "strings"};

/* ---- images ---- */

/* "60000 x 28 x 28" */
static void add_dims(Text *out, const Hdf5About *about) {
    for (int d = 0; d < about->rank; d++)
        text_add(out, "%s%zu", d > 0 ? " x " : "", about->dims[d]);
    if (about->rank == 0) text_add(out, "a single value");
}

static Status refuse_dims(const char *file, const char *path, const Hdf5About *about, const char *right) {
    Text dims = {0};
    add_dims(&dims, about);
    Status status = status_fail(STATUS_INPUT, "%s: %s: it is %s; %s", file, path, text_of(&dims), right);
    text_release(&dims);
    return status;
}

static Status check_images(const Hdf5Set *set) {
    const Hdf5About *about = &set->images_about;
    const char *file = set->part->file, *path = set->part->images;
    if (about->values == HDF5_TEXTS)
        return status_fail(STATUS_INPUT, "%s: %s: its values are strings; images are numbers", file, path);
    if (about->rank < 2 || about->rank > 4) {
        return refuse_dims(file, path, about,
                           "images are [examples, height, width] or [examples, height, width, channels], "
                           "tables [examples, features]");
    }
    if (about->dims[0] <= UINT32_MAX) return STATUS_OK;
    return refuse_dims(file, path, about, "at most 4294967295 examples can be used");
}

/* A table's features are channels of one point. */
static Shape shape_of(const Hdf5About *about) {
    const size_t *dims = about->dims;
    if (about->rank == 2) return (Shape){1, 1, dims[1]};
    return (Shape){dims[1], dims[2], about->rank == 4 ? dims[3] : 1};
}

static ValueType type_of(const Hdf5About *about) {
    return about->values == HDF5_BYTES ? VALUE_U8 : VALUE_F32;
}

/* Bytes beside floats would hardly be on the same scale. */
static Status compare_with_training(const DataSource *source, const Hdf5Set *set) {
    const Hdf5State *state = source->state;
    const Hdf5About *about = &set->images_about, *training = &state->sets[SET_TRAIN].images_about;
    Shape shape = shape_of(about);
    if (shape.height != source->shape.height || shape.width != source->shape.width ||
        shape.channels != source->shape.channels) {
        return status_fail(
            STATUS_INPUT,
            "%s: %s: the test images are %zu x %zu x %zu (height, width, channels), but the training images "
            "are %zu x %zu x %zu",
            set->part->file, set->part->images, shape.height, shape.width, shape.channels,
            source->shape.height, source->shape.width, source->shape.channels);
    }
    if (type_of(about) == source->type) return STATUS_OK;
    return status_fail(
        STATUS_INPUT, "%s: %s: the test images are %s, but the training images %s; write both alike",
        set->part->file, set->part->images, VALUE_NAMES[about->values], VALUE_NAMES[training->values]);
}

static Status open_images(DataSource *source, size_t which) {
    Hdf5State *state = source->state;
    Hdf5Set *set = &state->sets[which];
    TRY(hdf5_array_open(&set->images, set->part->file, set->part->images, &set->images_about));
    TRY(check_images(set));
    if (which == SET_TRAIN) {
        source->shape = shape_of(&set->images_about);
        source->type = type_of(&set->images_about);
    }
    TRY(compare_with_training(source, set));
    double values = 1;
    for (int d = 0; d < set->images_about.rank; d++)
        values *= (double)set->images_about.dims[d];
    double bytes = values * (source->type == VALUE_U8 ? sizeof(uint8_t) : sizeof(float));
    source->rows[which] = set->images_about.dims[0];
    Status status = data_check_memory(bytes + (double)source->rows[which] * sizeof(uint16_t));
    return status == STATUS_OK ? status : status_within(status, "%s: %s", set->part->file, set->part->images);
}

/* ---- labels ---- */

static Status check_labels(const DataSource *source, const Hdf5Set *set, size_t which) {
    const Hdf5State *state = source->state;
    const Hdf5About *about = &set->labels_about;
    const char *file = set->part->file, *path = set->part->labels;
    if (about->values == HDF5_FLOATS) {
        return status_fail(STATUS_INPUT,
                           "%s: %s: its values are floats; labels are whole numbers from 0, or strings", file,
                           path);
    }
    if (about->rank == 2 && about->dims[1] > 1) {
        return refuse_dims(
            file, path, about,
            "a label is one number an example; of one-hot labels store the argmax of each row");
    }
    if (about->rank < 1 || about->rank > 2)
        return refuse_dims(file, path, about, "labels are [examples] or [examples, 1]");
    if (about->dims[0] != source->rows[which]) {
        return status_fail(STATUS_INPUT, "%s: %s: there are %zu labels, but %zu %s images in %s", file, path,
                           about->dims[0], source->rows[which], SET_NAMES[which], set->part->images);
    }
    bool texts = about->values == HDF5_TEXTS;
    if (which == SET_TRAIN || texts == (state->classes != NULL)) return STATUS_OK;
    return status_fail(
        STATUS_INPUT, "%s: %s: the test labels are %s, but the training labels %s; write both alike", file,
        path, VALUE_NAMES[about->values], VALUE_NAMES[state->sets[SET_TRAIN].labels_about.values]);
}

/* Classes are 0 to the largest training label; some may have no example. */
static Status take_number(DataSource *source, const Hdf5Set *set, size_t which, size_t row, int64_t label) {
    if (label < 0 || label >= (int64_t)DATA_MAX_CLASSES) {
        return status_fail(STATUS_INPUT,
                           "%s: %s[%zu]: the label %lld is out of range; labels go from 0 to %zu at most",
                           set->part->file, set->part->labels, row, (long long)label, DATA_MAX_CLASSES - 1);
    }
    if (which == SET_TEST && (size_t)label >= source->classes) {
        return status_fail(
            STATUS_INPUT,
            "%s: %s[%zu]: label %lld of a test example is out of range: the training labels go from 0 to %zu",
            set->part->file, set->part->labels, row, (long long)label, source->classes - 1);
    }
    source->labels[which][row] = (uint16_t)label;
    if ((size_t)label >= source->classes) source->classes = (size_t)label + 1;
    return STATUS_OK;
}

static Status read_numbers(DataSource *source, const Hdf5Set *set, size_t which, size_t first, size_t count,
                           int64_t *numbers) {
    TRY(hdf5_array_read(set->labels, first, count, HDF5_AS_I64, numbers));
    for (size_t i = 0; i < count; i++)
        TRY(take_number(source, set, which, first + i, numbers[i]));
    return STATUS_OK;
}

static bool is_utf8(const char *text) {
    size_t left = strlen(text);
    while (left > 0) {
        size_t length = utf8_length(text, left);
        if (length == 0) return false;
        text += length;
        left -= length;
    }
    return true;
}

static Status check_text(const Hdf5Set *set, size_t row, const char *text) {
    const char *wrong = NULL;
    if (text[0] == '\0') wrong = "the label is empty; fill it in or leave the example out";
    if (strlen(text) > CLASS_NAME_LIMIT) wrong = "this string is over 255 bytes long; is it a label?";
    if (!is_utf8(text)) wrong = "the label is no UTF-8; store it with that encoding";
    if (wrong == NULL) return STATUS_OK;
    return status_fail(STATUS_INPUT, "%s: %s[%zu]: %s", set->part->file, set->part->labels, row, wrong);
}

static Status refuse_unknown(const Hdf5State *state, const Hdf5Set *set, size_t row, const char *text) {
    Text names = {0};
    class_table_list(state->classes, &names);
    Status status =
        status_fail(STATUS_INPUT,
                    "%s: %s[%zu]: the label '%s' does not occur in the training labels; the classes are: %s",
                    set->part->file, set->part->labels, row, csv_shown(text).text, text_of(&names));
    text_release(&names);
    return status;
}

/* In the training set a label's id for now, in the test set its class. */
static Status take_text(DataSource *source, const Hdf5Set *set, size_t which, size_t row, const char *text) {
    const Hdf5State *state = source->state;
    size_t label;
    TRY(check_text(set, row, text));
    if (which == SET_TEST) {
        if (!class_table_find(state->classes, text, &label)) return refuse_unknown(state, set, row, text);
    } else {
        TRY(class_table_add(state->classes, text, DATA_MAX_CLASSES, &label));
        if (label == DATA_MAX_CLASSES) {
            return status_fail(STATUS_INPUT,
                               "%s: %s[%zu]: there are more than %zu different strings up to here; are they "
                               "labels?",
                               set->part->file, set->part->labels, row, DATA_MAX_CLASSES);
        }
    }
    source->labels[which][row] = (uint16_t)label;
    return STATUS_OK;
}

static Status read_texts(DataSource *source, const Hdf5Set *set, size_t which, size_t first, size_t count,
                         char **texts) {
    Status status = hdf5_array_read_texts(set->labels, first, count, texts);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = take_text(source, set, which, first + i, texts[i]);
    for (size_t i = 0; i < count; i++) {
        free(texts[i]);
        texts[i] = NULL;
    }
    return status;
}

static Status read_steps(DataSource *source, const Hdf5Set *set, size_t which, void *buffer) {
    size_t rows = source->rows[which], step = set->labels_about.step;
    bool texts = set->labels_about.values == HDF5_TEXTS;
    for (size_t first = 0; first < rows; first += step) {
        size_t count = rows - first < step ? rows - first : step;
        TRY(texts ? read_texts(source, set, which, first, count, buffer)
                  : read_numbers(source, set, which, first, count, buffer));
    }
    return STATUS_OK;
}

static Status open_labels(DataSource *source, size_t which) {
    Hdf5State *state = source->state;
    Hdf5Set *set = &state->sets[which];
    TRY(hdf5_array_open(&set->labels, set->part->file, set->part->labels, &set->labels_about));
    TRY(check_labels(source, set, which));
    bool texts = set->labels_about.values == HDF5_TEXTS;
    if (texts && which == SET_TRAIN) TRY(class_table_create(&state->classes));
    TRY(memory_new(&source->labels[which], source->rows[which], sizeof *source->labels[which]));
    void *buffer;
    TRY(memory_new(&buffer, set->labels_about.step, texts ? sizeof(char *) : sizeof(int64_t)));
    Status status = read_steps(source, set, which, buffer);
    free(buffer);
    hdf5_array_close(&set->labels);
    return status;
}

/* ---- values ---- */

static size_t example_size(const DataSource *source) {
    return source->shape.height * source->shape.width * source->shape.channels;
}

static Status refuse_value(const DataSource *source, const Hdf5Set *set, size_t row, size_t at, float value) {
    Text index = {0};
    text_add(&index, "%zu", row);
    size_t below = example_size(source);
    for (int d = 1; d < set->images_about.rank; d++) {
        below /= set->images_about.dims[d];
        text_add(&index, ", %zu", at / below);
        at %= below;
    }
    Status status =
        status_fail(STATUS_INPUT, "%s: %s[%s]: %s; every value must be a finite number of at most 3.4e38",
                    set->part->file, set->part->images, text_of(&index),
                    isnan(value) ? "not a number (NaN)" : "infinite, or too large");
    text_release(&index);
    return status;
}

static Status check_finite(const DataSource *source, const Hdf5Set *set, size_t first, size_t count,
                           const float *values) {
    size_t size = example_size(source);
    for (size_t i = 0; i < count * size; i++) {
        if (!isfinite(values[i])) return refuse_value(source, set, first + i / size, i % size, values[i]);
    }
    return STATUS_OK;
}

size_t hdf5_source_step(const DataSource *source, size_t set) {
    const Hdf5State *state = source->state;
    return state->sets[set].images_about.step;
}

Status hdf5_source_rows(const DataSource *source, size_t set, size_t first, size_t count, void *values) {
    const Hdf5State *state = source->state;
    const Hdf5Set *from = &state->sets[set];
    if (source->type == VALUE_U8) return hdf5_array_read(from->images, first, count, HDF5_AS_U8, values);
    TRY(hdf5_array_read(from->images, first, count, HDF5_AS_F32, values));
    return check_finite(source, from, first, count, values);
}

/* ---- both sets ---- */

static void close_state(void *pointer) {
    Hdf5State *state = pointer;
    for (size_t set = 0; set < SET_COUNT; set++) {
        hdf5_array_close(&state->sets[set].images);
        hdf5_array_close(&state->sets[set].labels);
    }
    class_table_destroy(&state->classes);
    free(state);
}

Status hdf5_source_open_here(DataSource *source, const DataSpec *spec) {
    Hdf5State *state;
    TRY(memory_new(&state, 1, sizeof *state));
    source->state = state;
    source->close = close_state;
    source->name = spec->train_hdf5.file;
    state->sets[SET_TRAIN].part = &spec->train_hdf5;
    state->sets[SET_TEST].part = &spec->test_hdf5;
    TRY(open_images(source, SET_TRAIN));
    TRY(spec->unlabelled ? data_source_no_labels(source, SET_TRAIN) : open_labels(source, SET_TRAIN));
    if (state->classes != NULL)
        TRY(class_table_finish(state->classes, source->labels[SET_TRAIN], source->rows[SET_TRAIN]));
    if (spec->test_hdf5.file != NULL) {
        TRY(open_images(source, SET_TEST));
        TRY(open_labels(source, SET_TEST));
    }
    return state->classes != NULL ? data_source_name_classes(source, state->classes)
                                  : data_source_number_classes(source);
}
