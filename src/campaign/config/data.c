/* data: which examples, and how they are prepared. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "campaign/config/reader.h"

#define MOST_EXAMPLES 2147483647.0
#define MOST_CLASSES 65535.0
#define MOST_FEATURES 65536.0

static const char *const normalisations[] = {
    [NORMALISE_NONE] = "none", [NORMALISE_UNIT] = "unit", [NORMALISE_STANDARD] = "standard"};
static const char *const synthetic_kinds[] = {
    [SYNTHETIC_BLOBS] = "blobs", [SYNTHETIC_MOONS] = "moons", [SYNTHETIC_SPIRALS] = "spirals"};

/* A path as the user wrote it, relative ones from the configuration's folder. */
static Status read_path(const ConfigReader *reader, const YamlNode *node, const char *what,
                        const char **path) {
    const char *text = NULL;
    TRY(read_text(reader, node, what, &text));
    const char *slash = strrchr(reader->source->name, '/');
    if (text[0] == '/' || slash == NULL) {
        *path = text;
        return STATUS_OK;
    }
    Text joined = {0};
    text_add(&joined, "%.*s%s", (int)(slash + 1 - reader->source->name), reader->source->name, text);
    Status status = pool_text(reader->pool, text_of(&joined), strlen(text_of(&joined)), path);
    text_release(&joined);
    return status;
}

static Status missing(const ConfigReader *reader, const YamlNode *node, const char *what,
                      const char *example) {
    return source_fail(reader->source, node->mark, "%s is missing; for example %s", what, example);
}

/* `train` or `test` of IDX data. */
static Status read_idx_part(const ConfigReader *reader, const YamlNode *node, const char *part,
                            const char **images, const char **labels) {
    static const char *const keys[] = {"images", "labels"};
    TRY(read_keys(reader, node, part, keys, COUNT_OF(keys)));
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const YamlNode *file = yaml_get(node, keys[i]);
        if (file == NULL) {
            return source_fail(reader->source, node->mark,
                               "%s has no %s; for example %s: {images: images-idx3-ubyte.gz, labels: "
                               "labels-idx1-ubyte.gz}",
                               part, keys[i], part);
        }
        TRY(read_path(reader, file, keys[i], i == 0 ? images : labels));
    }
    return STATUS_OK;
}

static Status read_idx(ConfigReader *reader, const YamlNode *node) {
    DataSpec *data = &reader->config->data;
    static const char *const keys[] = {"format", "train", "test", "validation", "selection", "normalize"};
    TRY(read_keys(reader, node, "data of format idx", keys, COUNT_OF(keys)));
    const YamlNode *train = yaml_get(node, "train");
    const YamlNode *test = yaml_get(node, "test");
    if (train == NULL) {
        return missing(reader, node, "'train'",
                       "train: {images: images-idx3-ubyte.gz, labels: labels-idx1-ubyte.gz}");
    }
    TRY(read_idx_part(reader, train, "train", &data->train_images, &data->train_labels));
    if (test == NULL) return STATUS_OK;
    return read_idx_part(reader, test, "test", &data->test_images, &data->test_labels);
}

/* `train` or `test` of HDF5 data. */
static Status read_hdf5_part(const ConfigReader *reader, const YamlNode *node, const char *name,
                             Hdf5Part *part) {
    static const char *const keys[] = {"file", "images", "labels"};
    TRY(read_keys(reader, node, name, keys, COUNT_OF(keys)));
    const char **const values[] = {&part->file, &part->images, &part->labels};
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const YamlNode *value = yaml_get(node, keys[i]);
        if (value == NULL) {
            return source_fail(reader->source, node->mark,
                               "%s has no %s; for example %s: {file: data.h5, images: /%s/x, labels: /%s/y}",
                               name, keys[i], name, name, name);
        }
        TRY((i == 0 ? read_path : read_text)(reader, value, keys[i], values[i]));
    }
    return STATUS_OK;
}

static Status read_hdf5(ConfigReader *reader, const YamlNode *node) {
    DataSpec *data = &reader->config->data;
    static const char *const keys[] = {"format", "train", "test", "validation", "selection", "normalize"};
    TRY(read_keys(reader, node, "data of format hdf5", keys, COUNT_OF(keys)));
    const YamlNode *train = yaml_get(node, "train");
    const YamlNode *test = yaml_get(node, "test");
    if (train == NULL) {
        return missing(reader, node, "'train'", "train: {file: data.h5, images: /train/x, labels: /train/y}");
    }
    TRY(read_hdf5_part(reader, train, "train", &data->train_hdf5));
    return test == NULL ? STATUS_OK : read_hdf5_part(reader, test, "test", &data->test_hdf5);
}

static Status read_csv(ConfigReader *reader, const YamlNode *node) {
    DataSpec *data = &reader->config->data;
    static const char *const keys[] = {"format",     "train",     "test",     "label",
                                       "validation", "selection", "normalize"};
    TRY(read_keys(reader, node, "data of format csv", keys, COUNT_OF(keys)));
    const YamlNode *train = yaml_get(node, "train");
    const YamlNode *test = yaml_get(node, "test");
    const YamlNode *label = yaml_get(node, "label");
    if (train == NULL) return missing(reader, node, "'train'", "train: table.csv");
    TRY(read_path(reader, train, "train", &data->train_table));
    if (test != NULL) TRY(read_path(reader, test, "test", &data->test_table));
    if (label == NULL) return missing(reader, node, "'label', the column of the classes,", "label: species");
    return read_text(reader, label, "label", &data->label_column);
}

static Status read_size(const ConfigReader *reader, const YamlNode *node, const char *key, double least,
                        double most, size_t *value) {
    NumberRule rule = {.min = least, .max = most, .whole = true};
    double number = (double)*value;
    TRY(read_optional(reader, node, key, &rule, &number));
    *value = (size_t)number;
    return STATUS_OK;
}

/* Moons and spirals lie in the plane; two moons are two classes. */
static Status check_synthetic(const ConfigReader *reader, const YamlNode *node) {
    const DataSpec *data = &reader->config->data;
    const YamlNode *features = yaml_get(node, "features");
    const YamlNode *classes = yaml_get(node, "classes");
    const YamlNode *examples = yaml_get(node, "examples");
    if (data->synthetic != SYNTHETIC_BLOBS && data->features != 2) {
        return source_fail(reader->source, features->mark, "%s have 2 features; kind: blobs may have others",
                           synthetic_kinds[data->synthetic]);
    }
    if (data->synthetic == SYNTHETIC_MOONS && data->classes != 2) {
        return source_fail(reader->source, classes->mark,
                           "moons have 2 classes; kind: spirals or blobs may have others");
    }
    if (data->examples < 2 * data->classes) {
        return source_fail(reader->source, examples == NULL ? node->mark : examples->mark,
                           "%zu examples are too few for %zu classes; at least %zu would do", data->examples,
                           data->classes, 2 * data->classes);
    }
    return STATUS_OK;
}

static Status read_synthetic(ConfigReader *reader, const YamlNode *node) {
    static const char *const keys[] = {"format",   "kind",  "examples",   "test_examples", "classes",
                                       "features", "noise", "validation", "selection",     "normalize"};
    static const NumberRule noise = {.min = 0, .max = 1e6};
    DataSpec *data = &reader->config->data;
    TRY(read_keys(reader, node, "data of format synthetic", keys, COUNT_OF(keys)));
    const YamlNode *kind = yaml_get(node, "kind");
    if (kind == NULL) return missing(reader, node, "'kind'", "kind: spirals (or moons, blobs)");
    size_t index = 0;
    TRY(read_word(reader, kind, "kind", synthetic_kinds, COUNT_OF(synthetic_kinds), &index));
    data->synthetic = (SyntheticKind)index;
    data->examples = 2000;
    data->test_examples = 500;
    data->classes = data->synthetic == SYNTHETIC_MOONS ? 2 : 3;
    data->features = 2;
    data->noise = data->synthetic == SYNTHETIC_BLOBS ? 0.3 : 0.1;
    TRY(read_size(reader, node, "examples", 1, MOST_EXAMPLES, &data->examples));
    TRY(read_size(reader, node, "test_examples", 0, MOST_EXAMPLES, &data->test_examples));
    TRY(read_size(reader, node, "classes", 2, MOST_CLASSES, &data->classes));
    TRY(read_size(reader, node, "features", 1, MOST_FEATURES, &data->features));
    TRY(read_optional(reader, node, "noise", &noise, &data->noise));
    return check_synthetic(reader, node);
}

static double examples_of(const DataSpec *data, double part) {
    return part < 1 ? part * (double)data->examples : part;
}

/* How much of the training file a part takes, beside the parts `before` it. */
static Status read_part(const ConfigReader *reader, const YamlNode *part, const char *name, double before,
                        double *value) {
    static const NumberRule positive = {.min = 0, .above_min = true, .max = MOST_EXAMPLES};
    const DataSpec *data = &reader->config->data;
    TRY(read_number(reader, part, name, &positive, value));
    if (*value >= 1 && *value != rint(*value)) {
        return source_fail(reader->source, part->mark,
                           "%s is %s, but must be a count (a whole number) or a fraction below 1", name,
                           text_shown(part->text));
    }
    double taken = examples_of(data, before) + examples_of(data, *value);
    if (data->format == DATA_SYNTHETIC && taken >= (double)data->examples) {
        return source_fail(reader->source, part->mark,
                           "%s takes %s of %zu examples%s and leaves none for training; take fewer", name,
                           text_shown(part->text), data->examples, before > 0 ? " beside validation" : "");
    }
    return STATUS_OK;
}

/* The parts of the training file that are not trained on. */
static Status read_parts(ConfigReader *reader, const YamlNode *node) {
    DataSpec *data = &reader->config->data;
    const YamlNode *validation = yaml_get(node, "validation"), *selection = yaml_get(node, "selection");
    data->validation = 0.2;
    data->source = reader->source;
    data->validation_mark = validation == NULL ? node->mark : validation->mark;
    if (validation != NULL) TRY(read_part(reader, validation, "validation", 0, &data->validation));
    if (selection == NULL) return STATUS_OK;
    data->selection_mark = selection->mark;
    return read_part(reader, selection, "selection", data->validation, &data->selection);
}

Status config_read_data(ConfigReader *reader, const YamlNode *node) {
    static const char *const formats[] = {
        [DATA_IDX] = "idx", [DATA_CSV] = "csv", [DATA_HDF5] = "hdf5", [DATA_SYNTHETIC] = "synthetic"};
    DataSpec *data = &reader->config->data;
    if (node->kind != YAML_MAPPING) {
        return source_fail(
            reader->source, node->mark,
            "data must be a mapping; for example {format: synthetic, kind: spirals, examples: 2000}");
    }
    const YamlNode *format = yaml_get(node, "format");
    if (format == NULL) return missing(reader, node, "'format'", "format: idx (or csv, hdf5, synthetic)");
    if (yaml_get(node, "augment") != NULL) {
        return source_fail(reader->source, yaml_get(node, "augment")->mark,
                           "augmentation is said by parameters here; parameters: {augment_shift: {value: 2}, "
                           "augment_flip: {value: 0.5}}");
    }
    size_t index = 0;
    TRY(read_word(reader, format, "format", formats, COUNT_OF(formats), &index));
    data->format = (DataFormat)index;
    switch (data->format) {
    case DATA_IDX: TRY(read_idx(reader, node)); break;
    case DATA_CSV: TRY(read_csv(reader, node)); break;
    case DATA_HDF5: TRY(read_hdf5(reader, node)); break;
    case DATA_SYNTHETIC: TRY(read_synthetic(reader, node)); break;
    }
    index = NORMALISE_STANDARD;
    const YamlNode *normalize = yaml_get(node, "normalize");
    if (normalize != NULL) {
        TRY(read_word(reader, normalize, "normalize", normalisations, COUNT_OF(normalisations), &index));
    }
    data->normalise = (Normalisation)index;
    return read_parts(reader, node);
}
