#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/philox.h"
#include "hdf5_files.h"
#include "idx_files.h"
#include "scratch.h"
#include "suite.h"

static Dataset *load(const DataSpec *spec) {
    Dataset *dataset;
    Status status = dataset_load(&dataset, spec, 1);
    if (status != STATUS_OK) printf("\n  %s\n", status_text());
    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
    return dataset;
}

static uint64_t hash_of(const DataSpec *spec) {
    Dataset *dataset = load(spec);
    uint64_t hash = dataset_hash(dataset);
    dataset_destroy(&dataset);
    return hash;
}

/* Loads HDF5_SMALL, which it closes. */
static uint64_t hash_of_small(hid_t file) {
    DataSpec spec = hdf5_spec();
    hdf5_sure(H5Fclose(file));
    return hash_of(&spec);
}

static void the_same_data_has_the_same_hash_as_idx(void) {
    IdxFiles files = idx_files();
    idx_files_write(&files);
    hdf5_sure(H5Fclose(hdf5_small()));
    DataSpec idx = idx_spec(), hdf5 = hdf5_spec();
    for (Normalisation how = NORMALISE_NONE; how <= NORMALISE_STANDARD; how++) {
        idx.normalise = hdf5.normalise = how;
        CU_ASSERT_EQUAL(hash_of(&idx), hash_of(&hdf5));
    }
    files.images[IDX_IMAGES_HEADER] ^= 1;
    idx_files_write(&files);
    CU_ASSERT_NOT_EQUAL(hash_of(&idx), hash_of(&hdf5));
}

static void storage_makes_no_difference(void) {
    IdxFiles files = idx_files();
    const hsize_t dims[] = {IDX_TRAIN, 2, 3, 1};
    const hsize_t chunks[][4] = {{3, 2, 2, 1}, {1, 1, 1, 1}, {8, 2, 3, 1}, {5, 2, 3, 1}};
    uint64_t expected = hash_of_small(hdf5_small());
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        for (int rank = 3; rank <= 4; rank++) {
            hid_t file = hdf5_small();
            hdf5_put_packed(file, "/train/x", H5T_STD_U8LE, H5T_NATIVE_UCHAR, rank, dims, chunks[i],
                            files.images + IDX_IMAGES_HEADER);
            CU_ASSERT_EQUAL(hash_of_small(file), expected);
        }
    }
}

static void links_within_the_file_are_followed(void) {
    uint64_t expected = hash_of_small(hdf5_small());
    hid_t file = hdf5_small();
    hdf5_sure(H5Lmove(file, "/train/x", file, "/moved", H5P_DEFAULT, H5P_DEFAULT));
    hdf5_sure(H5Lcreate_soft("/moved", file, "/train/x", H5P_DEFAULT, H5P_DEFAULT));
    hdf5_sure(H5Lcreate_hard(file, "/train/y", file, "/again", H5P_DEFAULT, H5P_DEFAULT));
    hdf5_sure(H5Fclose(file));
    DataSpec spec = hdf5_spec();
    spec.train_hdf5.labels = "again"; /* from the root, with or without a slash */
    CU_ASSERT_EQUAL(hash_of(&spec), expected);
}

static void labels_may_be_of_any_integer_type(void) {
    const hid_t types[] = {H5T_STD_I8LE,  H5T_STD_I16BE, H5T_STD_U16LE, H5T_STD_I32LE,
                           H5T_STD_U32BE, H5T_STD_I64LE, H5T_STD_U64BE};
    IdxFiles files = idx_files();
    const hsize_t dims[] = {IDX_TRAIN, 1};
    uint64_t expected = hash_of_small(hdf5_small());
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        hid_t file = hdf5_small();
        hdf5_put(file, "/train/y", types[i], H5T_NATIVE_UCHAR, i % 2 == 0 ? 1 : 2, dims,
                 files.labels + IDX_LABELS_HEADER);
        CU_ASSERT_EQUAL(hash_of_small(file), expected);
    }
}

/* As h5py stores them. */
static void booleans_are_zero_and_one(void) {
    static const signed char no = 0, yes = 1;
    static const signed char labels[] = {0, 1, 0, 1, 1, 1, 0, 1};
    hid_t file = hdf5_small(), type = hdf5_sure(H5Tenum_create(H5T_NATIVE_SCHAR));
    hdf5_sure(H5Tenum_insert(type, "FALSE", &no));
    hdf5_sure(H5Tenum_insert(type, "TRUE", &yes));
    hdf5_put(file, "/train/y", type, type, 1, (const hsize_t[]){IDX_TRAIN}, labels);
    const signed char pixels[IDX_TRAIN * IDX_PIXELS] = {0, 1, 1};
    hdf5_put(file, "/train/x", type, type, 3, (const hsize_t[]){IDX_TRAIN, 2, 3}, pixels);
    hdf5_sure(H5Tclose(type));
    hdf5_sure(H5Fclose(file));
    DataSpec spec = hdf5_spec();
    spec.test_hdf5 = (Hdf5Part){0};
    Dataset *dataset = load(&spec);
    Examples train = dataset_part(dataset, PART_TRAIN);
    CU_ASSERT_EQUAL(train.classes, 2);
    CU_ASSERT_EQUAL_FATAL(train.type, VALUE_F32);
    for (size_t i = 0; i < IDX_TRAIN; i++)
        CU_ASSERT_EQUAL(train.labels[i], labels[i]);
    const float *values = train.values;
    CU_ASSERT(values[0] == 0 && values[1] == 1 && values[2] == 1 && values[3] == 0);
    dataset_destroy(&dataset);
}

static void check_values(hid_t type, hid_t memory, const void *stored, const float *expected) {
    hid_t file = hdf5_small();
    const hsize_t dims[] = {IDX_TRAIN, 2, 3}, chunk[] = {3, 2, 3};
    hdf5_put_packed(file, "/train/x", type, memory, 3, dims, chunk, stored);
    hdf5_sure(H5Fclose(file));
    DataSpec spec = hdf5_spec();
    spec.test_hdf5 = (Hdf5Part){0};
    Dataset *dataset = load(&spec);
    Examples train = dataset_part(dataset, PART_TRAIN);
    CU_ASSERT_EQUAL_FATAL(train.type, VALUE_F32);
    CU_ASSERT_EQUAL(memcmp(train.values, expected, IDX_TRAIN * IDX_PIXELS * sizeof *expected), 0);
    dataset_destroy(&dataset);
}

static void other_numbers_become_floats(void) {
    enum { COUNT = IDX_TRAIN * IDX_PIXELS };
    double numbers[COUNT];
    long long whole[COUNT];
    float floats[COUNT], wholes[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        numbers[i] = ((double)i - 20) / 3 * pow(10, (double)i - 24);
        floats[i] = (float)numbers[i];
        whole[i] = ((long long)i - 24) * 1000;
        wholes[i] = (float)whole[i];
    }
    check_values(H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, numbers, floats);
    check_values(H5T_IEEE_F64BE, H5T_NATIVE_DOUBLE, numbers, floats);
    check_values(H5T_IEEE_F32BE, H5T_NATIVE_FLOAT, floats, floats);
    check_values(H5T_STD_I16BE, H5T_NATIVE_LLONG, whole, wholes);
    check_values(H5T_STD_I32LE, H5T_NATIVE_LLONG, whole, wholes);
    check_values(H5T_STD_I64BE, H5T_NATIVE_LLONG, whole, wholes);
    const float high[COUNT] = {[0] = 18446744073709551616.0F};
    const unsigned long long most[COUNT] = {UINT64_MAX};
    check_values(H5T_STD_U64LE, H5T_NATIVE_ULLONG, most, high);
}

/* The half precision of NumPy. */
static void half_precision_is_read(void) {
    enum { COUNT = IDX_TRAIN * IDX_PIXELS };
    hid_t half = hdf5_sure(H5Tcopy(H5T_IEEE_F32LE));
    hdf5_sure(H5Tset_fields(half, 15, 10, 5, 0, 10));
    hdf5_sure(H5Tset_size(half, 2));
    hdf5_sure(H5Tset_ebias(half, 15));
    float values[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        values[i] = (float)i / 8 - 2;
    check_values(half, H5T_NATIVE_FLOAT, values, values);
    hdf5_sure(H5Tclose(half));
}

static void a_table_has_one_scale_a_feature(void) {
    static const float rows[] = {1, 10, 3, 10, 1, 40, 3, 40, 1, 10, 3, 10, 1, 40, 3, 40};
    hid_t file = hdf5_small();
    hdf5_put(file, "/train/x", H5T_IEEE_F64LE, H5T_NATIVE_FLOAT, 2, (const hsize_t[]){8, 2}, rows);
    hdf5_sure(H5Fclose(file));
    DataSpec spec = hdf5_spec();
    spec.test_hdf5 = (Hdf5Part){0};
    spec.normalise = NORMALISE_UNIT;
    Dataset *dataset = load(&spec);
    Examples train = dataset_part(dataset, PART_TRAIN);
    CU_ASSERT(train.shape.height == 1 && train.shape.width == 1 && train.shape.channels == 2);
    CU_ASSERT_EQUAL_FATAL(train.period, 2);
    CU_ASSERT(train.mean[0] == 1 && train.mean[1] == 10);
    CU_ASSERT(train.deviation[0] == 2 && train.deviation[1] == 30);
    dataset_destroy(&dataset);
}

static void check_names(const DataSpec *spec) {
    Dataset *dataset = load(spec);
    Examples train = dataset_part(dataset, PART_TRAIN), test = dataset_part(dataset, PART_TEST);
    static const uint16_t expected[] = {2, 0, 2, 0, 1, 1, 2, 0}, expected_test[] = {1, 2, 0};
    CU_ASSERT_EQUAL_FATAL(dataset_classes(dataset), 3);
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 0), "bird");
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 1), "grün, ja");
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 2), "ox");
    CU_ASSERT_EQUAL(memcmp(train.labels, expected, sizeof expected), 0);
    CU_ASSERT_EQUAL(memcmp(test.labels, expected_test, sizeof expected_test), 0);
    dataset_destroy(&dataset);
}

static const char *const WORDS[] = {"ox", "bird", "ox", "bird", "grün, ja", "grün, ja", "ox", "bird"};
static const char *const TEST_WORDS[] = {"grün, ja", "ox", "bird"};

static void put_fixed(hid_t file, const char *path, hid_t type, const char *const *words, hsize_t count,
                      char padding) {
    enum { SIZE = 12 };
    char *texts = malloc(count * SIZE);
    if (texts == NULL) exit(1);
    memset(texts, padding, count * SIZE);
    for (hsize_t i = 0; i < count; i++)
        memcpy(texts + i * SIZE, words[i], strlen(words[i]));
    hdf5_put(file, path, type, type, 1, &count, texts);
    free(texts);
}

static void strings_become_classes_by_name(void) {
    DataSpec spec = hdf5_spec();
    hid_t type = hdf5_text(H5T_VARIABLE), file = hdf5_small();
    hdf5_sure(H5Tset_cset(type, H5T_CSET_UTF8));
    hdf5_put(file, "/train/y", type, type, 1, (const hsize_t[]){IDX_TRAIN}, WORDS);
    hdf5_put_packed(file, "/test/y", type, type, 2, (const hsize_t[]){IDX_TEST, 1}, (const hsize_t[]){2, 1},
                    TEST_WORDS);
    hdf5_sure(H5Fclose(file));
    check_names(&spec);
    hdf5_sure(H5Tclose(type));

    static const H5T_str_t paddings[] = {H5T_STR_NULLTERM, H5T_STR_NULLPAD, H5T_STR_SPACEPAD};
    for (size_t i = 0; i < sizeof paddings / sizeof *paddings; i++) {
        char padding = paddings[i] == H5T_STR_SPACEPAD ? ' ' : '\0';
        type = hdf5_text(12);
        hdf5_sure(H5Tset_strpad(type, paddings[i]));
        file = hdf5_small();
        put_fixed(file, "/train/y", type, WORDS, IDX_TRAIN, padding);
        put_fixed(file, "/test/y", type, TEST_WORDS, IDX_TEST, padding);
        hdf5_sure(H5Fclose(file));
        check_names(&spec);
        hdf5_sure(H5Tclose(type));
    }
}

static void strings_of_numbers_are_sorted_by_value(void) {
    static const char *const words[] = {"10", "9", "10", "9", "1.0", "1", "10", "9"};
    hid_t type = hdf5_text(H5T_VARIABLE), file = hdf5_small();
    hdf5_put(file, "/train/y", type, type, 1, (const hsize_t[]){IDX_TRAIN}, words);
    hdf5_sure(H5Tclose(type));
    hdf5_sure(H5Fclose(file));
    DataSpec spec = hdf5_spec();
    spec.test_hdf5 = (Hdf5Part){0};
    Dataset *dataset = load(&spec);
    CU_ASSERT_EQUAL_FATAL(dataset_classes(dataset), 3);
    CU_ASSERT_STRING_EQUAL(dataset_class_name(dataset, 2), "10");
    CU_ASSERT_EQUAL(dataset_part(dataset, PART_TRAIN).labels[0], 2);
    dataset_destroy(&dataset);
}

/* Larger than one step of any kind, and not a multiple of it. */
static void many_steps_are_read_in_order(void) {
    enum { ROWS = 12345, SIZE = 400 };
    uint8_t *values = malloc((size_t)ROWS * SIZE);
    char *texts = malloc((size_t)ROWS * 4);
    if (values == NULL || texts == NULL) exit(1);
    RandomStream stream = random_stream(5, RANDOM_SYNTHETIC, 0, 0, 0, 0);
    for (size_t i = 0; i < (size_t)ROWS * SIZE; i++)
        values[i] = (uint8_t)random_below(&stream, 256);
    for (size_t i = 0; i < ROWS; i++)
        snprintf(texts + 4 * i, 4, "%c%02u", i < 6000 ? 'a' : 'b', (unsigned)(i % 37));
    const hsize_t dims[] = {ROWS, 20, 20}, chunk[] = {1000, 7, 20}, few[] = {100};
    hid_t type = hdf5_text(4), file = hdf5_small();
    hdf5_put_packed(file, "/train/x", H5T_STD_U8LE, H5T_NATIVE_UCHAR, 3, dims, chunk, values);
    hdf5_put_packed(file, "/train/y", type, type, 1, dims, few, texts);
    hdf5_sure(H5Tclose(type));
    hdf5_sure(H5Fclose(file));
    DataSpec spec = hdf5_spec();
    spec.test_hdf5 = (Hdf5Part){0};
    Dataset *dataset = load(&spec);
    Examples train = dataset_part(dataset, PART_TRAIN);
    CU_ASSERT_EQUAL(memcmp(train.values, values, (size_t)ROWS * SIZE), 0);
    CU_ASSERT_EQUAL_FATAL(train.classes, 74);
    for (size_t i = 0; i < ROWS; i++)
        CU_ASSERT_EQUAL(train.labels[i], (i < 6000 ? 0 : 37) + i % 37);
    dataset_destroy(&dataset);
    free(values);
    free(texts);
}

/* HDF5's own lock is such a one: a file that somebody writes, or on a file system without locks, could not be
 * opened. */
static void a_lock_on_the_file_is_no_hindrance(void) {
    hdf5_sure(H5Fclose(hdf5_small()));
    int file = open(HDF5_SMALL, O_RDWR | O_CLOEXEC);
    CU_ASSERT_FATAL(file >= 0 && flock(file, LOCK_EX) == 0);
    DataSpec spec = hdf5_spec();
    Dataset *dataset = load(&spec);
    CU_ASSERT_EQUAL(dataset_part(dataset, PART_TEST).count, IDX_TEST);
    dataset_destroy(&dataset);
    close(file);
}

void suite_hdf5(void) {
    static const TestCase tests[] = {
        {"the same data as IDX and as HDF5 has the same hash", the_same_data_has_the_same_hash_as_idx},
        {"chunks, compression and a dimension of one channel make no difference",
         storage_makes_no_difference},
        {"links within the file are followed", links_within_the_file_are_followed},
        {"labels may be of any integer type, in one or two dimensions", labels_may_be_of_any_integer_type},
        {"booleans are zero and one", booleans_are_zero_and_one},
        {"integers and floats of any size become floats", other_numbers_become_floats},
        {"so does half precision", half_precision_is_read},
        {"a table has one scale a feature", a_table_has_one_scale_a_feature},
        {"strings of any kind become classes sorted by name", strings_become_classes_by_name},
        {"strings of numbers are sorted by value", strings_of_numbers_are_sorted_by_value},
        {"values and labels of many steps arrive in order", many_steps_are_read_in_order},
        {"a lock on the file is no hindrance", a_lock_on_the_file_is_no_hindrance},
    };
    SUITE("HDF5", tests);
}
