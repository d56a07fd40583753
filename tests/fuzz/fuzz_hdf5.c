/* Data in an HDF5 file that was changed through HDF5. The input is one byte of choices and a list of changes
 * to a small file: those of hdf5_changes.h, data sets of any type and size, links. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "data/hdf5_source.h"
#include "fuzz.h"
#include "hdf5_changes.h"

#define MOST_CHANGES 6
#define ROWS 6
#define MOST_BYTES ((size_t)1 << 16) /* of a data set that is made */

static const char *const paths[] = {"train/x", "train/y", "test/x", "test/y"};

static void put(hid_t file, const char *path, hid_t type, int rank, const hsize_t *dims, hid_t creation,
                const void *values) {
    hid_t space = rank > 0 ? H5Screate_simple(rank, dims, NULL) : H5Screate(H5S_SCALAR);
    (void)H5Ldelete(file, path, H5P_DEFAULT);
    hid_t set = H5Dcreate2(file, path, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    if (set >= 0 && values != NULL) (void)H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    if (set >= 0) (void)H5Dclose(set);
    if (space >= 0) (void)H5Sclose(space);
}

static void make_small(const char *path) {
    static const uint8_t values[ROWS * 8] = {1, 2, 3, [20] = 9, [40] = 7}, labels[ROWS] = {0, 1, 2, 0, 1, 2};
    const hsize_t dims[] = {ROWS, 2, 4};
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    REQUIRE(file >= 0);
    for (int i = 0; i < 4; i += 2) {
        hid_t group = H5Gcreate2(file, i == 0 ? "train" : "test", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        REQUIRE(group >= 0 && H5Gclose(group) >= 0);
        put(file, paths[i], H5T_STD_U8LE, 3, dims, H5P_DEFAULT, values);
        put(file, paths[i + 1], H5T_STD_U8LE, 1, dims, H5P_DEFAULT, labels);
    }
    REQUIRE(H5Fclose(file) >= 0);
}

/* Another data set, small and full of what the input says, in chunks and packed or not. */
static void make_set(hid_t file, const char *path, ByteReader *input) {
    uint8_t choice = bytes_get_u8(input);
    int rank = choice % 5;
    hsize_t dims[4] = {0}, count = 1;
    for (int i = 0; i < rank; i++) {
        dims[i] = i == 0 ? ROWS + bytes_get_u8(input) % 8 / 7 : 1 + bytes_get_u8(input) % 4;
        count *= dims[i];
    }
    hid_t type = hdf5_other_type(bytes_get_u8(input)), creation = H5Pcreate(H5P_DATASET_CREATE);
    size_t size = type >= 0 ? H5Tget_size(type) : 0;
    if (size > 0 && count <= MOST_BYTES / size) {
        uint8_t *values = calloc(count, size);
        REQUIRE(values != NULL);
        size_t length = bytes_get_u8(input) % 64;
        const uint8_t *bytes = bytes_get_raw(input, length);
        for (size_t i = 0; bytes != NULL && length > 0 && i < count * size; i++)
            values[i] = bytes[i % length];
        if (choice & 64 && rank > 0) (void)H5Pset_chunk(creation, rank, (const hsize_t[]){4, 1, 1, 1});
        if (choice & 128) (void)H5Pset_deflate(creation, 1);
        (void)H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY);
        bool plain = H5Tdetect_class(type, H5T_VLEN) == 0 && H5Tis_variable_str(type) <= 0;
        put(file, path, type, rank, dims, creation, plain ? values : NULL);
        free(values);
    }
    (void)H5Pclose(creation);
    if (type >= 0) (void)H5Tclose(type);
}

static void make_link(hid_t file, const char *path, ByteReader *input) {
    static const char *const targets[] = {"/train/x", "/train/y", "/test", "/test/x",
                                          "test/y",   "/",        "none",  "."};
    uint8_t choice = bytes_get_u8(input);
    const char *target = targets[choice % 8];
    if (H5Ldelete(file, path, H5P_DEFAULT) < 0) return;
    if (choice & 64)
        (void)H5Lcreate_external("elsewhere.h5", target, file, path, H5P_DEFAULT, H5P_DEFAULT);
    else if (choice & 128)
        (void)H5Lcreate_hard(file, target, file, path, H5P_DEFAULT, H5P_DEFAULT);
    else
        (void)H5Lcreate_soft(target, file, path, H5P_DEFAULT, H5P_DEFAULT);
}

static void change(const char *path, const Hdf5Objects *objects, ByteReader *input) {
    hid_t file = hdf5_changes_open(path);
    for (int i = 0; i < MOST_CHANGES && input->position < input->length; i++) {
        uint8_t choice = bytes_get_u8(input);
        const char *changed = paths[choice / 3 % 4];
        if (choice % 3 == 0)
            hdf5_change(file, objects, input);
        else
            (choice % 3 == 1 ? make_set : make_link)(file, changed, input);
    }
    (void)H5Fclose(file);
}

/* All that a data set takes from it. */
static void read_all(const DataSource *source) {
    size_t values = source->shape.height * source->shape.width * source->shape.channels, names = 0;
    REQUIRE(values > 0 && source->classes > 0 && source->classes <= DATA_MAX_CLASSES);
    for (size_t i = 0; i < source->names_length; i++)
        names += source->names[i] == 0;
    REQUIRE(names == source->classes && source->rows[SET_TRAIN] > 0);
    for (size_t set = 0; set < SET_COUNT; set++) {
        size_t rows = source->rows[set], size = source->type == VALUE_U8 ? 1 : sizeof(float);
        for (size_t i = 0; i < rows; i++)
            REQUIRE(source->labels[set][i] < source->classes);
        if (rows == 0 || rows > MOST_BYTES / size / values) continue;
        void *out = malloc(rows * values * size);
        REQUIRE(out != NULL);
        REQUIRE(hdf5_source_step(source, set) > 0);
        if (fuzz_accepted(hdf5_source_rows(source, set, 0, rows, out))) {
            for (size_t i = 0; i < rows * values && source->type == VALUE_F32; i++)
                REQUIRE(isfinite(((float *)out)[i]));
        }
        free(out);
    }
}

int fuzz_hdf5(const uint8_t *data, size_t size) {
    static Hdf5Objects objects;
    static char *small;
    static size_t small_size;
    if (size == 0) return 0;
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    if (small == NULL) {
        REQUIRE(H5set_free_list_limits(-1, -1, -1, -1, -1, -1) >= 0);
        const char *made = fuzz_file_beside("", "", 0);
        make_small(made);
        REQUIRE(file_read(made, (size_t)1 << 20, &small, &small_size) == STATUS_OK);
        hdf5_objects_find(made, &objects);
    }
    ByteReader input = bytes_reader(data + 1, size - 1);
    const char *path = fuzz_file_beside("", small, small_size);
    change(path, &objects, &input);
    DataSpec spec = {.format = DATA_HDF5, .train_hdf5 = {path, "/train/x", "/train/y"}};
    if (data[0] & 1) spec.test_hdf5 = (Hdf5Part){path, "test/x", "test/y"};
    DataSource source = {0};
    if (fuzz_accepted(hdf5_source_open_here(&source, &spec))) read_all(&source);
    data_source_close(&source);
    return 0;
}
