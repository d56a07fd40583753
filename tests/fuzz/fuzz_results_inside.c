/* A results file that was changed through HDF5 and sealed again: sound for HDF5, and saying anything. The
 * input is a list of changes to a small file: other values, sizes and types, objects taken away. */
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "ledger_check.h"
#include "small_results.h"
#include "store/fixtures.h"
#include "store/results.h"
#include "store/results_seal.h"

#define MOST_OBJECTS 256
#define MOST_CHANGES 8
#define MOST_BYTES ((size_t)1 << 20) /* of a data set that is changed */
#define NAME_SIZE 128

typedef struct Object {
    char path[NAME_SIZE];
    char attribute[NAME_SIZE]; /* "" for the data set itself */
} Object;

static Object objects[MOST_OBJECTS];
static size_t object_count;

static void add_object(const char *path, const char *attribute) {
    REQUIRE(object_count < MOST_OBJECTS && strlen(path) < NAME_SIZE && strlen(attribute) < NAME_SIZE);
    strcpy(objects[object_count].path, path);
    strcpy(objects[object_count++].attribute, attribute);
}

static herr_t see_attribute(hid_t object, const char *name, const H5A_info_t *about, void *path) {
    (void)object, (void)about;
    add_object(path, name);
    return 0;
}

static herr_t see_object(hid_t root, const char *name, const H5O_info_t *about, void *context) {
    (void)context;
    char path[NAME_SIZE];
    REQUIRE(strlen(name) < NAME_SIZE);
    strcpy(path, name);
    if (about->type == H5O_TYPE_DATASET) add_object(path, "");
    return H5Aiterate_by_name(root, path, H5_INDEX_NAME, H5_ITER_INC, NULL, see_attribute, path, H5P_DEFAULT);
}

static hid_t open_file(const char *path) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    REQUIRE(access >= 0 && H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0);
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, access);
    REQUIRE(file >= 0);
    (void)H5Pclose(access);
    return file;
}

static void find_objects(const char *path) {
    hid_t file = open_file(path);
    REQUIRE(H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_INC, see_object, NULL, H5O_INFO_BASIC) >= 0);
    (void)H5Fclose(file);
}

/* Overwrite up to 31 bytes of the values at some offset. */
static void patch(hid_t set, ByteReader *input) {
    hid_t type = H5Dget_type(set), space = H5Dget_space(set);
    hssize_t count = H5Sget_simple_extent_npoints(space);
    size_t offset = bytes_get_u32(input), length = bytes_get_u8(input) % 32;
    const uint8_t *bytes = bytes_get_raw(input, length);
    size_t size = H5Tget_size(type);
    bool plain = H5Tdetect_class(type, H5T_VLEN) == 0 && H5Tdetect_class(type, H5T_REFERENCE) == 0 &&
                 H5Tis_variable_str(type) <= 0;
    if (bytes != NULL && plain && count > 0 && (size_t)count <= MOST_BYTES / size) {
        size_t total = size * (size_t)count;
        uint8_t *values = calloc(total, 1);
        REQUIRE(values != NULL);
        if (H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0) {
            offset %= total;
            memcpy(values + offset, bytes, length < total - offset ? length : total - offset);
            (void)H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
        }
        free(values);
    }
    (void)H5Sclose(space);
    (void)H5Tclose(type);
}

static hid_t other_type(uint8_t choice) {
    hid_t type = H5I_INVALID_HID;
    switch (choice % 10) {
    case 0: return H5Tcopy(H5T_STD_I8BE);
    case 1: return H5Tcopy(H5T_STD_U64BE);
    case 2: return H5Tcopy(H5T_IEEE_F32BE);
    case 3: return H5Tcopy(H5T_IEEE_F64LE);
    case 4: return H5Tcopy(H5T_C_S1);
    case 5: return H5Tvlen_create(H5T_STD_I32LE);
    case 6: return H5Tcreate(H5T_OPAQUE, 3);
    case 7: return H5Tcopy(H5T_STD_REF_OBJ);
    case 8: return H5Tcreate(H5T_COMPOUND, 8);
    default: break;
    }
    type = H5Tcopy(H5T_C_S1);
    (void)H5Tset_size(type, choice > 128 ? H5T_VARIABLE : (size_t)1 << (choice / 10));
    return type;
}

/* In place of the data set another one, without values, of other dimensions (each near a power of two) and
 * perhaps another type. */
static void reshape(hid_t file, const char *path, hid_t set, ByteReader *input) {
    uint8_t choice = bytes_get_u8(input);
    int rank = choice % 4;
    hsize_t dims[3] = {0};
    for (int i = 0; i < rank; i++) {
        uint8_t size = bytes_get_u8(input);
        unsigned power = size % 60;
        if (power > 16 && power < 30) power += 14; /* what fits into memory is read: sound, and slow here */
        dims[i] = ((hsize_t)1 << power) + size / 64 - 1;
    }
    hid_t type = choice & 4 ? other_type(bytes_get_u8(input)) : H5Dget_type(set);
    hid_t space =
        rank == 0 ? H5Screate(choice & 8 ? H5S_NULL : H5S_SCALAR) : H5Screate_simple(rank, dims, NULL);
    if (H5Ldelete(file, path, H5P_DEFAULT) >= 0) {
        hid_t made = H5Dcreate2(file, path, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        if (made >= 0) (void)H5Dclose(made);
    }
    if (space >= 0) (void)H5Sclose(space);
    if (type >= 0) (void)H5Tclose(type);
}

static void change_set(hid_t file, const Object *object, unsigned how, ByteReader *input) {
    hid_t set = H5Dopen2(file, object->path, H5P_DEFAULT);
    if (set < 0) return; /* taken away before */
    if (how < 2)
        patch(set, input);
    else if (how == 2)
        reshape(file, object->path, set, input);
    else
        (void)H5Ldelete(file, object->path, H5P_DEFAULT);
    (void)H5Dclose(set);
}

/* Another value of the same type, a text of one kind or the other. */
static void rewrite(hid_t attribute, ByteReader *input) {
    hid_t type = H5Aget_type(attribute);
    size_t length = bytes_get_u8(input);
    const uint8_t *bytes = bytes_get_raw(input, length);
    char value[512] = {0};
    char *texts[2] = {value, value}; /* an attribute has one value, or two (retype) */
    if (bytes != NULL) {
        memcpy(value, bytes, length);
        if (H5Tis_variable_str(type) > 0)
            (void)H5Awrite(attribute, type, texts);
        else if (H5Tget_size(type) <= sizeof(value) / 2 && H5Tdetect_class(type, H5T_VLEN) == 0)
            (void)H5Awrite(attribute, type, value);
    }
    (void)H5Tclose(type);
}

static void retype(hid_t file, const Object *object, ByteReader *input) {
    hsize_t two = 2;
    uint8_t choice = bytes_get_u8(input);
    hid_t type = other_type(choice);
    hid_t space = choice & 1 ? H5Screate_simple(1, &two, NULL) : H5Screate(H5S_SCALAR);
    (void)H5Adelete_by_name(file, object->path, object->attribute, H5P_DEFAULT);
    hid_t made = H5Acreate_by_name(file, object->path, object->attribute, type, space, H5P_DEFAULT,
                                   H5P_DEFAULT, H5P_DEFAULT);
    if (made >= 0) (void)H5Aclose(made);
    (void)H5Sclose(space);
    if (type >= 0) (void)H5Tclose(type);
}

static void change_attribute(hid_t file, const Object *object, unsigned how, ByteReader *input) {
    if (how == 2) {
        retype(file, object, input);
    } else if (how == 3) {
        (void)H5Adelete_by_name(file, object->path, object->attribute, H5P_DEFAULT);
    } else {
        hid_t attribute = H5Aopen_by_name(file, object->path, object->attribute, H5P_DEFAULT, H5P_DEFAULT);
        if (attribute < 0) return;
        rewrite(attribute, input);
        (void)H5Aclose(attribute);
    }
}

static void change(const char *path, ByteReader *input) {
    hid_t file = open_file(path);
    for (int i = 0; i < MOST_CHANGES && input->position < input->length; i++) {
        const Object *object = &objects[bytes_get_u8(input) % object_count];
        unsigned how = bytes_get_u8(input) % 4;
        (object->attribute[0] == '\0' ? change_set : change_attribute)(file, object, how, input);
    }
    (void)H5Fclose(file);
    REQUIRE(seal_write(path, 0) == STATUS_OK);
}

static void read_all(const char *path, uint64_t trial) {
    Ledger *ledger = NULL;
    MemberBlob blob;
    bool complete = false;
    if (fuzz_accepted(results_read(path, false, &ledger, &complete))) ledger_check(ledger);
    ledger_destroy(&ledger);
    if (fuzz_accepted(results_read_member(path, trial, &blob))) member_blob_release(&blob);
}

int fuzz_results_inside(const uint8_t *data, size_t size) {
    ByteReader input = bytes_reader(data, size);
    size_t base_size = 0;
    const void *base = small_results(&base_size);
    const char *path = fuzz_file_beside("", base, base_size);
    if (object_count == 0) find_objects(path);
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    change(path, &input);
    read_all(path, size % FIXTURE_TRIALS);
    return 0;
}
