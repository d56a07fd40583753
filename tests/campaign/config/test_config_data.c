/* data: and what is checked beside the data themselves. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "campaign/config/tests.h"
#include "suite.h"

static void idx_paths(void) {
    static const char text[] = "data:\n"
                               "  format: idx\n"
                               "  train: {images: a.gz, labels: /abs/b.gz}\n"
                               "  test: {images: ../c, labels: d}\n"
                               "  validation: 1000\n"
                               "  normalize: unit\n" NETWORK STAGES;
    Config *config = NULL;
    CU_ASSERT_EQUAL_FATAL(config_parse(&config, "some/where/x.yaml", text, strlen(text)), STATUS_OK);
    CU_ASSERT_EQUAL(config->data.format, DATA_IDX);
    CU_ASSERT_STRING_EQUAL(config->data.train_images, "some/where/a.gz");
    CU_ASSERT_STRING_EQUAL(config->data.train_labels, "/abs/b.gz");
    CU_ASSERT_STRING_EQUAL(config->data.test_images, "some/where/../c");
    CU_ASSERT_STRING_EQUAL(config->data.test_labels, "some/where/d");
    CU_ASSERT_DOUBLE_EQUAL(config->data.validation, 1000, 0);
    CU_ASSERT_EQUAL(config->data.normalise, NORMALISE_UNIT);
    config_destroy(&config);
    CU_ASSERT_EQUAL_FATAL(config_parse(&config, "x.yaml", text, strlen(text)), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(config->data.train_images, "a.gz");
    config_destroy(&config);
}

static void hdf5(void) {
    static const char text[] = "data:\n"
                               "  format: hdf5\n"
                               "  train: {file: a.h5, images: /train/x, labels: train/y}\n"
                               "  test: {file: /abs/b.h5, images: /x, labels: /y}\n" NETWORK STAGES;
    Config *config = NULL;
    CU_ASSERT_EQUAL_FATAL(config_parse(&config, "some/where/x.yaml", text, strlen(text)), STATUS_OK);
    const DataSpec *data = &config->data;
    CU_ASSERT_EQUAL(data->format, DATA_HDF5);
    CU_ASSERT_STRING_EQUAL(data->train_hdf5.file, "some/where/a.h5");
    CU_ASSERT_STRING_EQUAL(data->train_hdf5.images, "/train/x");
    CU_ASSERT_STRING_EQUAL(data->train_hdf5.labels, "train/y");
    CU_ASSERT_STRING_EQUAL(data->test_hdf5.file, "/abs/b.h5");
    CU_ASSERT_STRING_EQUAL(data->test_hdf5.images, "/x");
    CU_ASSERT_STRING_EQUAL(data->test_hdf5.labels, "/y");
    config_destroy(&config);
}

static void csv(void) {
    Config *config =
        config_good("data: {format: csv, train: t.csv, label: kind of, normalize: none}\n" NETWORK STAGES);
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_EQUAL(config->data.format, DATA_CSV);
    CU_ASSERT_STRING_EQUAL(config->data.train_table, "t.csv");
    CU_ASSERT_PTR_NULL(config->data.test_table);
    CU_ASSERT_STRING_EQUAL(config->data.label_column, "kind of");
    config_destroy(&config);
}

static void synthetic(void) {
    Config *config =
        config_good("data: {format: synthetic, kind: blobs, examples: 90, test_examples: 0, classes: 9, "
                    "features: 5, noise: 0, validation: 9}\n" NETWORK STAGES);
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_EQUAL(config->data.synthetic, SYNTHETIC_BLOBS);
    CU_ASSERT_EQUAL(config->data.examples, 90);
    CU_ASSERT_EQUAL(config->data.test_examples, 0);
    CU_ASSERT_EQUAL(config->data.classes, 9);
    CU_ASSERT_EQUAL(config->data.features, 5);
    CU_ASSERT_EQUAL(config->data.noise, 0);
    config_destroy(&config);
}

static void selection(void) {
    static const char *const data[] = {
        "data: {format: idx, train: {images: a, labels: b}, validation: 500, selection: 700}\n",
        "data: {format: hdf5, train: {file: a, images: /x, labels: /y}, selection: 700}\n",
        "data: {format: csv, train: t.csv, label: kind, validation: 0.3, selection: 700}\n",
        "data: {format: synthetic, kind: spirals, selection: 700}\n",
    };
    for (size_t i = 0; i < sizeof(data) / sizeof(data[0]); i++) {
        char text[1024];
        (void)snprintf(text, sizeof(text), "%s" NETWORK STAGES, data[i]);
        Config *config = config_good(text);
        CU_ASSERT_PTR_NOT_NULL_FATAL(config);
        CU_ASSERT_EQUAL(config->data.selection, 700);
        config_destroy(&config);
    }
    Config *config =
        config_good("data: {format: synthetic, kind: spirals, selection: 0.25}\n" NETWORK STAGES);
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_EQUAL(config->data.selection, 0.25);
    config_destroy(&config);
    config = config_good("data: {format: synthetic, kind: spirals}\n" NETWORK STAGES);
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_EQUAL(config->data.selection, 0);
    config_destroy(&config);
}

static const char *const small = "data: {format: synthetic, kind: spirals, examples: 100, validation: 40}\n";

/* Does it fit the data? If not, where and why. */
static void check_fit_to(const char *data, const char *rest, size_t line, size_t column, const char *phrase) {
    char text[1024];
    (void)snprintf(text, sizeof(text), "%s%s", data, rest);
    Config *config = config_good(text);
    Dataset *dataset = NULL;
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_EQUAL_FATAL(dataset_load(&dataset, &config->data, config->seed), STATUS_OK);
    status_clear();
    Status status = config_check_data(config, dataset);
    char place[64];
    (void)snprintf(place, sizeof(place), "good.yaml:%zu:%zu: ", line, column);
    bool right = phrase == NULL
                     ? status == STATUS_OK
                     : status == STATUS_INPUT && strncmp(status_text(), place, strlen(place)) == 0 &&
                           strstr(status_text(), phrase) != NULL;
    CU_ASSERT(right);
    if (!right) printf("\n    status %d: %s\n    expected %s%s\n", (int)status, status_text(), place, phrase);
    dataset_destroy(&dataset);
    config_destroy(&config);
}

static void check_fit(const char *rest, size_t line, size_t column, const char *phrase) {
    check_fit_to(small, rest, line, column, phrase);
}

#define SMALL_BATCH "parameters: {batch_size: {values: [8, 60]}}\n"

static void fits(void) {
    check_fit(STAGES "network: [dense: 8, relu, dense: 3]\n" SMALL_BATCH, 0, 0, NULL);
}

static void wrong_classes(void) {
    check_fit(STAGES "network:\n  - dense: 8\n  - dense: 4\n  - relu\n" SMALL_BATCH, 5, 5,
              "the network ends in 4 values, but the data has 3 classes; its last dense layer must be '- "
              "dense: 3'");
    check_fit(STAGES "network:\n  - relu\n" SMALL_BATCH, 4, 5, "the network ends in 2 values");
}

static void drawn_shapes(void) {
    /* The middle fits, the highest does not. */
    check_fit(STAGES "network:\n  - dense: $h\n"
                     "parameters: {batch_size: {value: 8}, h: {min: 1, max: 5}}\n",
              4, 5, "its last dense layer must be '- dense: 3'");
    /* Only one of the choices does not. */
    check_fit(STAGES
              "network:\n  - dense: {units: 4, name: a}\n  - dense: {units: $h, name: b, from: input}\n"
              "  - add: {from: [a, b]}\n  - dense: 3\n"
              "parameters: {batch_size: {value: 8}, h: {values: [4, 5]}}\n",
              6, 5, "layer 'add1' (add)");
}

static void batches(void) {
    check_fit(STAGES "network: [dense: 3]\nparameters: {batch_size: {values: [8, 61]}}\n", 4, 39,
              "batch_size can be 61, but the training part has only 60 examples");
    check_fit(STAGES "network: [dense: 3]\nparameters: {batch_size: {min: 8, max: 61}}\n", 4, 40,
              "can be 61");
    check_fit(STAGES "network: [dense: 3]\nparameters: {batch_size: {value: 61}}\n", 4, 34, "can be 61");
    check_fit(STAGES "network: [dense: 3]\n", 1, 1,
              "batch_size is by default 64, but the training part has only 60");
}

#define IMAGE_COUNT 20
#define PICTURES "data: {format: idx, train: {images: pictures, labels: names}, validation: 5}\n" STAGES
#define AUGMENTED PICTURES "network: [dense: 3]\n" BATCH_OF_8

/* 20 images of that size, and labels of three classes. */
static void write_images(unsigned char height, unsigned char width) {
    unsigned char images[16 + IMAGE_COUNT * 64] = {0, 0, 8, 3,      0, 0, 0, IMAGE_COUNT,
                                                   0, 0, 0, height, 0, 0, 0, width};
    unsigned char labels[8 + IMAGE_COUNT] = {0, 0, 8, 1, 0, 0, 0, IMAGE_COUNT};
    size_t pixels = (size_t)height * width;
    CU_ASSERT_FATAL(pixels <= 64);
    for (size_t i = 0; i < IMAGE_COUNT * pixels; i++)
        images[16 + i] = (unsigned char)(i * 7);
    for (size_t i = 0; i < IMAGE_COUNT; i++)
        labels[8 + i] = (unsigned char)(i % 3);
    CU_ASSERT_EQUAL_FATAL(file_write_whole("pictures", images, 16 + IMAGE_COUNT * pixels), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(file_write_whole("names", labels, sizeof(labels)), STATUS_OK);
}

#define FEW "parameters: {batch_size: {value: 8}}\n"

static void images(void) {
    write_images(6, 5);
    check_fit_to(PICTURES, "network:\n  - conv2d: {filters: 4, kernel: [6, 5]}\n  - relu\n  - dense: 3\n" FEW,
                 0, 0, NULL);
    check_fit_to(
        PICTURES, "network:\n  - max_pool: 2\n  - conv2d: {filters: 4, kernel: 3}\n  - dense: 3\n" FEW, 5, 5,
        "layer 'conv2d1' (conv2d): a window of 3 x 3 does not fit on 3 x 2 places; take a smaller one, or "
        "padding: same");
    check_fit_to(PICTURES,
                 "network:\n  - conv2d: {filters: $f, kernel: $k}\n  - dense: 3\n"
                 "parameters: {batch_size: {value: 8}, f: {min: 1, max: 4}, k: {values: [3, 5, 7]}}\n",
                 4, 5, "a window of 7 x 7 does not fit on 6 x 5 places");
    (void)unlink("pictures");
    (void)unlink("names");
}

static void wrong_channels(void) {
    write_images(6, 5);
    check_fit_to(PICTURES,
                 "network:\n  - dense: 3\n  - conv2d: {filters: 4, kernel: 1}\n  - global_average_pool\n" FEW,
                 6, 5, "the network ends in 4 values, but the data has 3 classes; end it with '- dense: 3'");
    check_fit_to(PICTURES, "network:\n  - conv2d: {filters: 3, kernel: 3}\n  - global_average_pool\n" FEW, 0,
                 0, NULL);
    (void)unlink("pictures");
    (void)unlink("names");
}

static void tables_have_no_images(void) {
    check_fit(STAGES "network:\n  - dense: 4\n  - conv2d: {filters: 4, kernel: 1}\n  - dense: 3\n" FEW, 5, 5,
              "conv2d needs images: the data is a table of 2 columns; for example '- dense: 128'");
    check_fit(STAGES "network:\n  - max_pool: {size: 2, padding: same}\n  - dense: 3\n" FEW, 4, 5,
              "max_pool needs images: the data is a table of 2 columns");
    check_fit(STAGES "network:\n  - global_average_pool\n  - dense: 3\n" FEW, 4, 5,
              "global_average_pool needs images");
    check_fit(STAGES "network:\n  - batch_norm\n  - dense: 3\n" FEW, 0, 0, NULL);
}

#define BATCH_OF_8 "parameters:\n  batch_size: {value: 8}\n"

static void augmented_tables(void) {
    check_fit(STAGES "network: [dense: 3]\n" BATCH_OF_8 "  augment_shift: {value: 1}\n", 6, 18,
              "augment_shift reaches nothing: it moves the pixels of images, and an example here has height "
              "1 and width 1; leave it out");
    check_fit(STAGES "network: [dense: 3]\n" BATCH_OF_8 "  augment_flip: {min: 0.0, max: 0.5}\n", 6, 17,
              "augment_flip reaches nothing");
    check_fit(STAGES "network: [dense: 3]\n" BATCH_OF_8 "  ema: {value: 0.9}\n", 0, 0, NULL);
}

static void augmented_images(void) {
    write_images(5, 6);
    check_fit_to(AUGMENTED, "  augment_shift: {min: 0, max: 4}\n  augment_flip: {value: 1}\n", 0, 0, NULL);
    check_fit_to(
        AUGMENTED, "  augment_shift: {value: 5}\n", 6, 26,
        "augment_shift can be 5 pixels, which moves images of 5 x 6 out of sight; at most 4 would do");
    check_fit_to(AUGMENTED, "  augment_shift: {values: [2, 4, 9]}\n", 6, 34, "augment_shift can be 9 pixels");
    check_fit_to(AUGMENTED, "  augment_shift: {min: 0, max: 5}\n", 6, 32, "augment_shift can be 5 pixels");
    write_images(1, 7); /* signals: nothing to move up or down */
    check_fit_to(AUGMENTED, "  augment_flip: {value: 0.5}\n", 0, 0, NULL);
    check_fit_to(AUGMENTED, "  augment_shift: {value: 1}\n", 6, 18, "has height 1 and width 7");
    write_images(7, 1);
    check_fit_to(AUGMENTED, "  augment_flip: {value: 0.5}\n", 6, 17, "has height 7 and width 1");
    (void)unlink("pictures");
    (void)unlink("names");
}

void add_data_suite(void) {
    static const TestCase tests[] = {
        {"paths start at the configuration's folder", idx_paths},
        {"arrays are named by file and path in it", hdf5},
        {"a table needs its label column", csv},
        {"made-up data can be described", synthetic},
        {"a selection part is a count or a fraction in every format, and none by default", selection},
        {"a network that fits is accepted", fits},
        {"the wrong number of classes is told at the last dense layer", wrong_classes},
        {"shapes are checked over the ranges and choices", drawn_shapes},
        {"windows are checked against the images, over all that is drawn", images},
        {"the wrong number of channels is told at the end", wrong_channels},
        {"convolutions and pools on a table are refused, batch norm is not", tables_have_no_images},
        {"a batch larger than the training part is refused", batches},
        {"augmentation of tables is refused: it reaches nothing", augmented_tables},
        {"a shift that can move images out of sight is refused", augmented_images},
    };
    SUITE("data", tests);
}
