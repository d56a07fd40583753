#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "idx_files.h"
#include "scratch.h"
#include "suite.h"

static void loads_what_was_written(void) {
    IdxFiles files = idx_files();
    idx_files_write(&files);
    DataSpec spec = idx_spec();
    Dataset *dataset;
    CU_ASSERT_EQUAL_FATAL(dataset_load(&dataset, &spec, 1), STATUS_OK);
    Shape shape = dataset_shape(dataset);
    CU_ASSERT(shape.height == 2 && shape.width == 3 && shape.channels == 1);
    CU_ASSERT_EQUAL(dataset_classes(dataset), 3);
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 0), "0");
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 2), "2");
    Examples train = dataset_part(dataset, PART_TRAIN);
    Examples validation = dataset_part(dataset, PART_VALIDATION);
    Examples test = dataset_part(dataset, PART_TEST);
    CU_ASSERT(train.count == 6 && validation.count == 2 && test.count == 3);
    CU_ASSERT(train.type == VALUE_U8 && train.period == 1);
    CU_ASSERT_EQUAL(
        memcmp(train.values, files.images + IDX_IMAGES_HEADER, sizeof files.images - IDX_IMAGES_HEADER), 0);
    CU_ASSERT_EQUAL(memcmp(test.values, files.test_images + IDX_IMAGES_HEADER, (size_t)IDX_TEST * IDX_PIXELS),
                    0);
    for (size_t i = 0; i < IDX_TRAIN; i++) {
        CU_ASSERT_EQUAL(train.labels[i], files.labels[IDX_LABELS_HEADER + i]);
    }
    CU_ASSERT(test.labels[0] == 2 && test.labels[1] == 0 && test.labels[2] == 1);
    dataset_destroy(&dataset);
    CU_ASSERT_PTR_NULL(dataset);
}

static void four_dimensions_are_channels(void) {
    static const unsigned char images[] = {0,  0,  8,  4,  0,  0,  0,  3,  0,  0,  0,  1,  0,
                                           0,  0,  2,  0,  0,  0,  3,  10, 20, 30, 11, 21, 31,
                                           12, 22, 32, 13, 23, 33, 14, 24, 34, 15, 25, 35};
    static const unsigned char labels[] = {0, 0, 8, 1, 0, 0, 0, 3, 0, 0, 1};
    scratch_write("images", images, sizeof images);
    scratch_write("labels", labels, sizeof labels);
    DataSpec spec = {.format = DATA_IDX,
                     .train_images = "images",
                     .train_labels = "labels",
                     .validation = 1,
                     .normalise = NORMALISE_STANDARD};
    Dataset *dataset;
    CU_ASSERT_EQUAL_FATAL(dataset_load(&dataset, &spec, 1), STATUS_OK);
    Examples train = dataset_part(dataset, PART_TRAIN);
    CU_ASSERT(train.shape.height == 1 && train.shape.width == 2 && train.shape.channels == 3);
    CU_ASSERT_EQUAL_FATAL(train.period, 3);
    CU_ASSERT_DOUBLE_EQUAL(train.mean[1] - train.mean[0], 10, 1e-5);
    CU_ASSERT_DOUBLE_EQUAL(train.mean[2] - train.mean[1], 10, 1e-5);
    CU_ASSERT_EQUAL(dataset_part(dataset, PART_TEST).count, 0);
    dataset_destroy(&dataset);
}

static void a_class_may_have_no_example(void) {
    IdxFiles files = idx_files();
    files.labels[IDX_LABELS_HEADER] = 200;
    idx_files_write(&files);
    DataSpec spec = idx_spec();
    Dataset *dataset;
    CU_ASSERT_EQUAL_FATAL(dataset_load(&dataset, &spec, 1), STATUS_OK);
    CU_ASSERT_EQUAL(dataset_classes(dataset), 201);
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 200), "200");
    walk(dataset);
    dataset_destroy(&dataset);
}

typedef struct BadFile {
    const char *what;
    const char *file; /* which of the four is replaced */
    const char *bytes;
    size_t length;
    const char *begin, *holds; /* of the message */
} BadFile;

#define BYTES(text) text, sizeof(text) - 1

static const BadFile BAD_FILES[] = {
    {"empty", "images", BYTES(""), "images: byte 0: ", "empty"},
    {"ends within the magic", "images", BYTES("\0\0\x08"), "images: byte 3: ", "ends"},
    {"ends within the sizes", "images", BYTES("\0\0\x08\x03\0\0\0\x08\0\0"),
     "images: byte 10: ", "IDX header"},
    {"a PNG", "images", BYTES("\x89PNG\r\n\x1a\n"), "images: byte 0: ", "begins with 89 50"},
    {"signed bytes", "images", BYTES("\0\0\x09\x03"), "images: byte 2: ", "0x09 (signed byte); only 0x08"},
    {"floats", "images", BYTES("\0\0\x0d\x03"),
     "images: byte 2: ", "0x0d (float); only 0x08 (unsigned byte)"},
    {"unknown type", "images", BYTES("\0\0\x77\x03"), "images: byte 2: ", "0x77 (unknown)"},
    {"labels as images", "images", BYTES("\0\0\x08\x01\0\0\0\x08\1\1\1\1\1\1\1\1"),
     "images: byte 3: ", "dimensions is 1; images have 3"},
    {"no dimension", "images", BYTES("\0\0\x08\0"), "images: byte 3: ", "dimensions is 0"},
    {"five dimensions", "images", BYTES("\0\0\x08\5\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0"),
     "images: byte 3: ", "dimensions is 5"},
    {"no image", "images", BYTES("\0\0\x08\3\0\0\0\0\0\0\0\2\0\0\0\3"),
     "images: byte 4: ", "dimension 1 is 0"},
    {"no width", "images", BYTES("\0\0\x08\3\0\0\0\x08\0\0\0\2\0\0\0\0"),
     "images: byte 12: ", "dimension 3 is 0"},
    {"sizes overflow", "images",
     BYTES("\0\0\x08\4\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
     "images: byte 4: ", "4294967295 x 4294967295 x 4294967295 x 4294967295"},
    {"sizes overflow to a small product", "images", BYTES("\0\0\x08\4\x80\0\0\0\x80\0\0\0\0\0\0\4\0\0\0\1"),
     "images: byte 4: ", "more than any file"},
    {"more than the file holds", "images", BYTES("\0\0\x08\3\0\0\x27\x10\0\0\0\x1c\0\0\0\x1c\0\0"),
     "images: byte 4: ", "promise 7840000 bytes of values, but the file can hold at most 2"},
    {"one byte too many", "test-images", BYTES("\0\0\x08\3\0\0\0\3\0\0\0\2\0\0\0\3abcdefghijklmnopqrs"),
     "test-images: byte 34: ", "promises 18 bytes of values"},
    {"images as labels", "labels", BYTES("\0\0\x08\3\0\0\0\x08\0\0\0\1\0\0\0\1abcdefgh"),
     "labels: byte 3: ", "dimensions is 3; labels have 1"},
    {"fewer labels than images", "labels", BYTES("\0\0\x08\1\0\0\0\2\0\1"),
     "labels: byte 4: ", "there are 2 labels, but 8 training images in images"},
    {"labels cut short", "labels", BYTES("\0\0\x08\1\0\0\0\x08\0\1\0\1"),
     "labels: byte 4: ", "can hold at most 4"},
    {"labels and more", "labels", BYTES("\0\0\x08\1\0\0\0\x08\0\1\0\1\0\1\0\1\0"),
     "labels: byte 16: ", "goes on"},
    {"test images of another size", "test-images",
     BYTES("\0\0\x08\3\0\0\0\3\0\0\0\3\0\0\0\2abcdefghijklmnopqr"),
     "test-images: byte 8: ", "3 x 2 x 1 (height, width, channels), but the training images are 2 x 3 x 1"},
    {"test label out of range", "test-labels", BYTES("\0\0\x08\1\0\0\0\3\2\3\1"), "test-labels: byte 9: ",
     "label 3 of a test example is out of range: the training labels go from 0 to 2"},
    {"test labels missing one", "test-labels", BYTES("\0\0\x08\1\0\0\0\2\2\1"),
     "test-labels: byte 4: ", "3 test images"},
};

static void bad_files_are_errors_with_offset(void) {
    DataSpec spec = idx_spec();
    for (size_t i = 0; i < sizeof BAD_FILES / sizeof *BAD_FILES; i++) {
        const BadFile *bad = &BAD_FILES[i];
        IdxFiles files = idx_files();
        idx_files_write(&files);
        scratch_write(bad->file, bad->bytes, bad->length);
        CU_ASSERT(fails_with(&spec, bad->begin, bad->holds, bad->what));
        /* The same content, compressed: the offsets are those of the decoded bytes. What a compressed file
         * can hold is not its size, so there the end is met instead. */
        scratch_write_gzip(bad->file, bad->bytes, bad->length);
        bool by_size = strstr(bad->holds, "can hold at most") != NULL;
        CU_ASSERT(
            fails_with(&spec, by_size ? bad->file : bad->begin, by_size ? ": byte " : bad->holds, bad->what));
    }
}

static void one_class_is_nothing_to_learn(void) {
    IdxFiles files = idx_files();
    memset(files.labels + IDX_LABELS_HEADER, 0, IDX_TRAIN);
    idx_files_write(&files);
    DataSpec spec = idx_spec();
    spec.test_images = NULL;
    spec.test_labels = NULL;
    CU_ASSERT(
        fails_with(&spec, "labels: ", "have one label, '0'; at least 2 classes are needed", "one class"));
}

static void every_truncation_is_an_error(void) {
    IdxFiles files = idx_files();
    idx_files_write(&files);
    DataSpec spec = idx_spec();
    for (size_t length = 0; length < sizeof files.images; length++) {
        scratch_write("images", files.images, length);
        CU_ASSERT(fails_with(&spec, "images: byte ", "", "truncated images"));
    }
    scratch_write("images", files.images, sizeof files.images);
    for (size_t length = 0; length < sizeof files.test_labels; length++) {
        scratch_write("test-labels", files.test_labels, length);
        CU_ASSERT(fails_with(&spec, "test-labels: byte ", "", "truncated labels"));
    }
}

/* Any byte of a header may have any of some values: the set loads and can be read, or there is an error. */
static void no_header_crashes(void) {
    DataSpec spec = idx_spec();
    size_t loaded = 0;
    for (size_t at = 0; at < IDX_IMAGES_HEADER; at++) {
        for (int value = 0; value < 256; value += 15) {
            IdxFiles files = idx_files();
            files.images[at] = (unsigned char)value;
            idx_files_write(&files);
            Dataset *dataset;
            if (dataset_load(&dataset, &spec, 1) != STATUS_OK) continue;
            walk(dataset);
            dataset_destroy(&dataset);
            loaded++;
        }
    }
    CU_ASSERT(loaded > 0 && loaded < 30);
}

static void a_missing_file_is_the_configurations_fault(void) {
    IdxFiles files = idx_files();
    idx_files_write(&files);
    DataSpec spec = idx_spec();
    spec.train_images = "no-such-file.gz";
    CU_ASSERT(fails_with(&spec, "no-such-file.gz: cannot be read: No such file", "", "missing"));
    spec.train_images = ".";
    CU_ASSERT(fails_with(&spec, ".: cannot be read: it is a folder", "", "folder"));
    unlink("pipe");
    CU_ASSERT_EQUAL_FATAL(mkfifo("pipe", 0600), 0);
    spec.train_images = "pipe";
    CU_ASSERT(fails_with(&spec, "pipe: cannot be read: it is a device or a pipe", "", "pipe"));
    spec = idx_spec();
    spec.test_labels = NULL;
    CU_ASSERT(fails_with(&spec, "a test set", "needs both", "half a test set"));
    spec.train_labels = NULL;
    CU_ASSERT(fails_with(&spec, "data of format idx", "one of labels", "half a training set"));
}

void suite_idx(void) {
    static const TestCase tests[] = {
        {"images and labels load as they were written", loads_what_was_written},
        {"a fourth dimension is channels, each normalised by itself", four_dimensions_are_channels},
        {"a class without examples does no harm", a_class_may_have_no_example},
        {"a single class is an error", one_class_is_nothing_to_learn},
        {"23 bad files, plain and compressed, are errors with file and offset",
         bad_files_are_errors_with_offset},
        {"a file cut anywhere is an error", every_truncation_is_an_error},
        {"no header byte crashes the loader", no_header_crashes},
        {"missing and unreadable files are the configuration's fault",
         a_missing_file_is_the_configurations_fault},
    };
    SUITE("IDX", tests);
}
