#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "hdf5_files.h"
#include "idx_files.h"
#include "scratch.h"
#include "suite.h"

#define DIMS(...) ((const hsize_t[]){__VA_ARGS__})

/* ---- what is wrong in the file ---- */

static void take_away(hid_t file) {
    hdf5_sure(H5Ldelete(file, "/train/x", H5P_DEFAULT));
}
static void take_group_away(hid_t file) {
    hdf5_sure(H5Ldelete(file, "/test", H5P_DEFAULT));
}
static void group(hid_t file) {
    take_away(file);
    hdf5_sure(H5Gclose(hdf5_sure(H5Gcreate2(file, "/train/x", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT))));
    hdf5_put(file, "/train/x/values", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 1, DIMS(1), NULL);
}
static void set_as_group(hid_t file) {
    hdf5_sure(H5Ldelete(file, "/train", H5P_DEFAULT));
    hdf5_put(file, "/train", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 1, DIMS(1), "");
}
static void named_type(hid_t file) {
    hid_t type = hdf5_text(3);
    take_away(file);
    hdf5_sure(H5Tcommit2(file, "/train/x", type, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    hdf5_sure(H5Tclose(type));
}
static void dangling(hid_t file) {
    take_away(file);
    hdf5_sure(H5Lcreate_soft("/nowhere", file, "/train/x", H5P_DEFAULT, H5P_DEFAULT));
}
static void circle(hid_t file) {
    take_away(file);
    hdf5_sure(H5Lcreate_soft("/train/x", file, "/train/x", H5P_DEFAULT, H5P_DEFAULT));
}
static void external_link(hid_t file) {
    take_away(file);
    hdf5_sure(H5Lcreate_external("other.h5", "/train/x", file, "/train/x", H5P_DEFAULT, H5P_DEFAULT));
}
static void soft_to_external(hid_t file) {
    hdf5_sure(H5Lcreate_external("other.h5", "/train", file, "/away", H5P_DEFAULT, H5P_DEFAULT));
    take_away(file);
    hdf5_sure(H5Lcreate_soft("/away/x", file, "/train/x", H5P_DEFAULT, H5P_DEFAULT));
}
static void external_storage(hid_t file) {
    hid_t creation = hdf5_sure(H5Pcreate(H5P_DATASET_CREATE));
    scratch_write("raw", "0123456789", 10);
    hdf5_sure(H5Pset_external(creation, "raw", 0, H5F_UNLIMITED));
    hdf5_put_as(file, "/train/x", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 3, DIMS(8, 1, 1), creation, NULL);
}
static void virtual_set(hid_t file) {
    hid_t creation = hdf5_sure(H5Pcreate(H5P_DATASET_CREATE));
    hid_t space = hdf5_sure(H5Screate_simple(3, DIMS(8, 2, 3), NULL));
    hdf5_sure(H5Pset_virtual(creation, space, "other.h5", "/train/x", space));
    hdf5_sure(H5Sclose(space));
    hdf5_put_as(file, "/train/x", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 3, DIMS(8, 2, 3), creation, NULL);
}
static void compound(hid_t file) {
    hid_t type = hdf5_sure(H5Tcreate(H5T_COMPOUND, 8));
    hdf5_sure(H5Tinsert(type, "a", 0, H5T_NATIVE_INT));
    hdf5_put(file, "/train/x", type, type, 1, DIMS(8),
             "0123456789012345678901234567890123456789012345678901234567890123");
    hdf5_sure(H5Tclose(type));
}
static void references(hid_t file) {
    hobj_ref_t values[8] = {0};
    hdf5_put(file, "/train/y", H5T_STD_REF_OBJ, H5T_STD_REF_OBJ, 1, DIMS(8), values);
}
static void sequences(hid_t file) {
    hid_t type = hdf5_sure(H5Tvlen_create(H5T_NATIVE_INT));
    hdf5_put(file, "/train/x", type, type, 1, DIMS(8), NULL);
    hdf5_sure(H5Tclose(type));
}
static void arrays(hid_t file) {
    hid_t type = hdf5_sure(H5Tarray_create2(H5T_NATIVE_UCHAR, 1, DIMS(6)));
    hdf5_put(file, "/train/x", type, type, 1, DIMS(8), "0123456789012345678901234567890123456789012345678");
    hdf5_sure(H5Tclose(type));
}
static void strings_as_images(hid_t file) {
    hdf5_put(file, "/train/x", H5T_C_S1, H5T_C_S1, 2, DIMS(8, 1), "abcdefgh");
}
static void vector(hid_t file) {
    hdf5_put(file, "/train/x", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 1, DIMS(8), "abcdefgh");
}
static void five_dimensions(hid_t file) {
    hdf5_put(file, "/train/x", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 5, DIMS(8, 1, 1, 1, 1), "abcdefgh");
}
static void scalar(hid_t file) {
    hdf5_put(file, "/train/x", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 0, NULL, "a");
}
static void no_examples(hid_t file) {
    hdf5_put(file, "/train/x", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 3, DIMS(0, 2, 3), NULL);
}
static void no_width(hid_t file) {
    hdf5_put(file, "/train/x", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 3, DIMS(8, 2, 0), NULL);
}
static void never_written(hid_t file) {
    hdf5_put(file, "/train/x", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 3, DIMS(8, 2, 3), NULL);
}
static void hardly_written(hid_t file) {
    hid_t creation = hdf5_sure(H5Pcreate(H5P_DATASET_CREATE));
    hdf5_sure(H5Pset_chunk(creation, 2, DIMS(1, 10)));
    hdf5_put_as(file, "/train/x", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 2, DIMS(1000000000, 10), creation, NULL);
    hid_t set = hdf5_sure(H5Dopen2(file, "/train/x", H5P_DEFAULT)), space = hdf5_sure(H5Dget_space(set));
    hid_t one = hdf5_sure(H5Screate_simple(2, DIMS(1, 10), NULL));
    hdf5_sure(H5Sselect_hyperslab(space, H5S_SELECT_SET, DIMS(0, 0), NULL, DIMS(1, 10), NULL));
    hdf5_sure(H5Dwrite(set, H5T_NATIVE_UCHAR, one, space, H5P_DEFAULT, "0123456789"));
    hdf5_sure(H5Sclose(one));
    hdf5_sure(H5Sclose(space));
    hdf5_sure(H5Dclose(set));
}
static void overflow(hid_t file) {
    const hsize_t much = (hsize_t)1 << 31;
    hid_t creation = hdf5_sure(H5Pcreate(H5P_DATASET_CREATE));
    hdf5_sure(H5Pset_chunk(creation, 3, DIMS(1, 1, 1)));
    hdf5_put_as(file, "/train/x", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 3, DIMS(much, much, 2), creation, NULL);
}

static void put_floats(hid_t file, const char *path, hsize_t rows, size_t at, double value) {
    double values[IDX_TRAIN * IDX_PIXELS] = {0};
    values[at] = value;
    hdf5_put(file, path, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 3, DIMS(rows, 2, 3), values);
}
static void put_floats_in_training(hid_t file, size_t at, double value) {
    put_floats(file, "/train/x", IDX_TRAIN, at, value);
    put_floats(file, "/test/x", IDX_TEST, 0, 1);
}
static void not_a_number(hid_t file) {
    put_floats_in_training(file, 5 * IDX_PIXELS + 4, NAN);
}
static void infinite(hid_t file) {
    put_floats_in_training(file, 0, -INFINITY);
}
static void too_large(hid_t file) {
    put_floats_in_training(file, 7 * IDX_PIXELS + 2, 1e39);
}
static void infinite_in_test(hid_t file) {
    put_floats(file, "/train/x", IDX_TRAIN, 0, 1);
    put_floats(file, "/test/x", IDX_TEST, 2 * IDX_PIXELS, INFINITY);
}
static void floats_beside_bytes(hid_t file) {
    put_floats(file, "/test/x", IDX_TEST, 0, 1);
}
static void other_size(hid_t file) {
    hdf5_put(file, "/test/x", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 3, DIMS(3, 3, 2), "012345678901234567");
}

static void put_labels(hid_t file, const char *path, hid_t type, const long long *values, hsize_t count) {
    hdf5_put(file, path, type, H5T_NATIVE_LLONG, 1, &count, values);
}
static void negative(hid_t file) {
    put_labels(file, "/train/y", H5T_STD_I8LE, (const long long[]){0, 1, 2, 0, 1, -3, 0, 1}, IDX_TRAIN);
}
static void large(hid_t file) {
    put_labels(file, "/train/y", H5T_STD_I32LE, (const long long[]){0, 1, 65536, 0, 1, 2, 0, 1}, IDX_TRAIN);
}
static void largest(hid_t file) {
    put_labels(file, "/train/y", H5T_STD_U64LE, (const long long[]){0, 1, 2, INT64_MAX, 1, 2, 0, 1},
               IDX_TRAIN);
}
static void unknown_in_test(hid_t file) {
    put_labels(file, "/test/y", H5T_STD_I32LE, (const long long[]){0, 3, 1}, IDX_TEST);
}
static void fewer(hid_t file) {
    put_labels(file, "/train/y", H5T_STD_I32LE, (const long long[]){0, 1}, 2);
}
static void float_labels(hid_t file) {
    hdf5_put(file, "/train/y", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 1, DIMS(8), (const float[8]){0, 1});
}
static void one_hot(hid_t file) {
    hdf5_put(file, "/train/y", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 2, DIMS(8, 3), "012345678901234567890123");
}
static void cube_of_labels(hid_t file) {
    hdf5_put(file, "/train/y", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 3, DIMS(8, 1, 1), "01234567");
}
static void one_label(hid_t file) {
    hdf5_put(file, "/train/y", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 0, NULL, "a");
}
static void one_class(hid_t file) {
    put_labels(file, "/train/y", H5T_STD_I32LE, (const long long[IDX_TRAIN]){0}, IDX_TRAIN);
    put_labels(file, "/test/y", H5T_STD_I32LE, (const long long[IDX_TEST]){0}, IDX_TEST);
}

static void put_words(hid_t file, const char *path, hsize_t count, const char *const *words) {
    hid_t type = hdf5_text(H5T_VARIABLE);
    hdf5_put(file, path, type, type, 1, &count, words);
    hdf5_sure(H5Tclose(type));
}
static void put_word_at_4(hid_t file, const char *word) {
    put_words(file, "/train/y", IDX_TRAIN, (const char *const[]){"a", "b", "a", "b", word, "c", "a", "b"});
}
static void empty_word(hid_t file) {
    put_word_at_4(file, "");
}
static void long_word(hid_t file) {
    char word[300];
    memset(word, 'w', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    put_word_at_4(file, word);
}
static void no_utf8(hid_t file) {
    put_word_at_4(file, "gr\xfcn");
}
static void unwritten_words(hid_t file) {
    hid_t type = hdf5_text(H5T_VARIABLE), creation = hdf5_sure(H5Pcreate(H5P_DATASET_CREATE));
    hdf5_sure(H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY));
    hdf5_put_as(file, "/train/y", type, type, 1, DIMS(8), creation, NULL);
    hdf5_sure(H5Tclose(type));
}
static void unknown_word(hid_t file) {
    put_word_at_4(file, "c");
    put_words(file, "/test/y", IDX_TEST, (const char *const[]){"a", "b", "d"});
}
static void words_beside_numbers(hid_t file) {
    put_words(file, "/test/y", IDX_TEST, (const char *const[]){"0", "1", "2"});
}
static void endless_words(hid_t file) {
    hid_t type = hdf5_text((size_t)1 << 20);
    hdf5_put(file, "/train/y", type, type, 1, DIMS(8), NULL);
    hdf5_sure(H5Tclose(type));
}

typedef struct BadContent {
    void (*spoil)(hid_t file);
    const char *begin, *holds; /* of the message */
} BadContent;

#define TRAIN_X "small.h5: /train/x: "
#define TRAIN_Y "small.h5: /train/y: "
#define ROW_OF_Y "small.h5: /train/y["

static const BadContent BAD_CONTENTS[] = {
    {take_away, TRAIN_X, "there is no such data set; /train holds: y"},
    {take_group_away, "small.h5: /test/x: ", "there is no such data set; / holds: train"},
    {group, TRAIN_X, "a group, where a data set is needed; /train/x holds: values"},
    {set_as_group, TRAIN_X, "there is no such data set: /train is no group"},
    {named_type, TRAIN_X, "a named type"},
    {dangling, TRAIN_X, "leads nowhere, or is damaged: "},
    {circle, TRAIN_X, "leads nowhere, or is damaged: "},
    {external_link, TRAIN_X, "leads to another file, other.h5; name that file itself"},
    {soft_to_external, TRAIN_X, "leads to another file, other.h5; name that file itself"},
    {external_storage, TRAIN_X, "outside the HDF5 file"},
    {virtual_set, TRAIN_X, "a virtual data set"},
    {compound, TRAIN_X, "its values are compounds"},
    {references, TRAIN_Y, "its values are references"},
    {sequences, TRAIN_X, "sequences of differing lengths"},
    {arrays, TRAIN_X, "arrays in themselves"},
    {strings_as_images, TRAIN_X, "images are numbers"},
    {vector, TRAIN_X, "it is 8; images are [examples, height, width]"},
    {five_dimensions, TRAIN_X, "it is 8 x 1 x 1 x 1 x 1; images are"},
    {scalar, TRAIN_X, "it is a single value; images are"},
    {no_examples, TRAIN_X, "dimension 1 is 0"},
    {no_width, TRAIN_X, "dimension 3 is 0"},
    {never_written, TRAIN_X, "no values were ever written"},
    {hardly_written, TRAIN_X, "promise 10000000000 bytes of values, of which 10 are stored"},
    {overflow, TRAIN_X, "multiply to more than any file can hold"},
    {not_a_number, "small.h5: /train/x[5, 1, 1]: not a number", "finite"},
    {infinite, "small.h5: /train/x[0, 0, 0]: infinite", "at most 3.4e38"},
    {too_large, "small.h5: /train/x[7, 0, 2]: infinite, or too large", "at most 3.4e38"},
    {infinite_in_test, "small.h5: /test/x[2, 0, 0]: infinite", "finite"},
    {floats_beside_bytes, "small.h5: /test/x: ", "are floats, but the training images unsigned bytes"},
    {other_size,
     "small.h5: /test/x: ", "3 x 2 x 1 (height, width, channels), but the training images are 2 x 3 x 1"},
    {negative, ROW_OF_Y "5]: ", "the label -3 is out of range; labels go from 0"},
    {large, ROW_OF_Y "2]: ", "the label 65536 is out of range; labels go from 0 to 65535"},
    {largest, ROW_OF_Y "3]: ", "is out of range"},
    {unknown_in_test, "small.h5: /test/y[1]: ",
     "label 3 of a test example is out of range: the training labels go from 0 to 2"},
    {fewer, TRAIN_Y, "there are 2 labels, but 8 training images in /train/x"},
    {float_labels, TRAIN_Y, "its values are floats; labels are whole numbers"},
    {one_hot, TRAIN_Y, "it is 8 x 3; a label is one number an example; of one-hot labels"},
    {cube_of_labels, TRAIN_Y, "it is 8 x 1 x 1; labels are [examples]"},
    {one_label, TRAIN_Y, "it is a single value; labels are [examples]"},
    {one_class, "small.h5: ", "at least 2 classes are needed"},
    {empty_word, ROW_OF_Y "4]: ", "the label is empty"},
    {long_word, ROW_OF_Y "4]: ", "over 255 bytes"},
    {no_utf8, ROW_OF_Y "4]: ", "no UTF-8"},
    {unwritten_words, ROW_OF_Y "0]: ", "the label is empty"},
    {unknown_word,
     "small.h5: /test/y[2]: ", "'d' does not occur in the training labels; the classes are: a, b, c"},
    {words_beside_numbers, "small.h5: /test/y: ", "are strings, but the training labels unsigned bytes"},
    {endless_words, TRAIN_Y, "strings have 1048576 bytes each"},
};

static void bad_contents_are_errors_with_file_and_path(void) {
    DataSpec spec = hdf5_spec();
    hdf5_sure(H5Fclose(hdf5_small()));
    (void)unlink("other.h5");
    CU_ASSERT_EQUAL_FATAL(link(HDF5_SMALL, "other.h5"), 0); /* what links lead to is there, and sound */
    (void)unlink(HDF5_SMALL);
    for (size_t i = 0; i < sizeof BAD_CONTENTS / sizeof *BAD_CONTENTS; i++) {
        const BadContent *bad = &BAD_CONTENTS[i];
        hid_t file = hdf5_small();
        bad->spoil(file);
        hdf5_sure(H5Fclose(file));
        CU_ASSERT(fails_with(&spec, bad->begin, bad->holds, bad->holds));
    }
}

/* ---- files ---- */

static void other_files_are_the_configurations_fault(void) {
    DataSpec spec = hdf5_spec();
    hdf5_sure(H5Fclose(hdf5_small()));
    spec.test_hdf5.file = "no-such-file.h5";
    CU_ASSERT(fails_with(&spec, "no-such-file.h5: cannot be read: No such file", "", "missing"));
    spec.test_hdf5.file = ".";
    CU_ASSERT(fails_with(&spec, ".: cannot be read: it is a folder", "", "folder"));
    (void)unlink("pipe");
    CU_ASSERT_EQUAL_FATAL(mkfifo("pipe", 0600), 0);
    spec.test_hdf5.file = "pipe";
    CU_ASSERT(fails_with(&spec, "pipe: cannot be read: it is a device or a pipe", "", "pipe"));
    scratch_write_text("plain.h5", "x,label\n1,a\n");
    spec.test_hdf5.file = "plain.h5";
    CU_ASSERT(fails_with(&spec, "plain.h5: no readable HDF5 file: ", "", "text"));
    scratch_write_text("plain.h5", "");
    CU_ASSERT(fails_with(&spec, "plain.h5: no readable HDF5 file: ", "", "empty"));
    spec.test_hdf5 = (Hdf5Part){HDF5_SMALL, "/test/x", NULL};
    CU_ASSERT(fails_with(&spec, "data of format hdf5", "", "no labels"));
}

/* What filter 32000 (LZF) had packed, on a machine that has no such filter. */
static void an_unknown_filter_is_named(void) {
    DataSpec spec = hdf5_spec();
    hid_t file = hdf5_small(), creation = hdf5_sure(H5Pcreate(H5P_DATASET_CREATE));
    hdf5_sure(H5Pset_chunk(creation, 3, DIMS(8, 2, 3)));
    hdf5_sure(H5Pset_filter(creation, 32000, H5Z_FLAG_OPTIONAL, 0, NULL));
    hdf5_put_as(file, "/train/x", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 3, DIMS(8, 2, 3), creation,
                "0123456789012345678901234567890123456789012345678");
    hdf5_sure(H5Fclose(file));
    CU_ASSERT(fails_with(&spec, TRAIN_X, "packed by the filter 32000", "filter"));
}

static char *read_small(size_t *length) {
    char *bytes = NULL;
    if (file_read(HDF5_SMALL, (size_t)1 << 20, &bytes, length) != STATUS_OK) exit(1);
    return bytes;
}

/* Small, chunked and packed, with strings: something of every kind to be damaged. */
static char *varied(size_t *length) {
    IdxFiles files = idx_files();
    hid_t file = hdf5_small();
    put_word_at_4(file, "c");
    put_words(file, "/test/y", IDX_TEST, (const char *const[]){"a", "b", "c"});
    hdf5_put_packed(file, "/train/x", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 3, DIMS(8, 2, 3), DIMS(3, 2, 2),
                    files.images + IDX_IMAGES_HEADER);
    hdf5_sure(H5Fclose(file));
    return read_small(length);
}

static void a_file_cut_anywhere_is_an_error(void) {
    size_t length;
    char *bytes = varied(&length);
    DataSpec spec = hdf5_spec();
    for (size_t cut = 0; cut < length; cut += 97) {
        scratch_write(HDF5_SMALL, bytes, cut);
        CU_ASSERT(fails_with(&spec, "small.h5: ", "", "cut"));
    }
    free(bytes);
}

/* Whatever the bytes: an error about the file, or a data set that can be read. HDF5 itself dies of some. */
static void no_damage_crashes(void) {
    size_t length, loaded = 0, refused = 0;
    char *bytes = varied(&length);
    DataSpec spec = hdf5_spec();
    for (size_t at = 0; at < length; at += 61) {
        char kept = bytes[at];
        bytes[at] = (char)(at % 2 == 0 ? 0xff : kept ^ 0x10);
        scratch_write(HDF5_SMALL, bytes, length);
        bytes[at] = kept;
        Dataset *dataset;
        Status status = dataset_load(&dataset, &spec, 1);
        loaded += status == STATUS_OK;
        refused += status == STATUS_INPUT && strstr(status_text(), "small.h5") != NULL;
        CU_ASSERT(status != STATUS_ENVIRONMENT || strstr(status_text(), "memory") != NULL);
        if (status == STATUS_OK) walk(dataset);
        dataset_destroy(&dataset);
    }
    CU_ASSERT(loaded > 10 && refused > 10);
    free(bytes);
}

void suite_hdf5_errors(void) {
    static const TestCase tests[] = {
        {"47 kinds of bad content are errors with file and path", bad_contents_are_errors_with_file_and_path},
        {"missing and unreadable files are the configuration's fault",
         other_files_are_the_configurations_fault},
        {"a filter that is not installed is named", an_unknown_filter_is_named},
        {"a file cut anywhere is an error", a_file_cut_anywhere_is_an_error},
        {"no damage crashes the loader", no_damage_crashes},
    };
    SUITE("HDF5 errors", tests);
}
