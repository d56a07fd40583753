#include "hdf5_changes.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define MOST_BYTES ((size_t)1 << 20) /* of a data set that is changed */

static void add_object(Hdf5Objects *objects, const char *path, const char *attribute) {
    REQUIRE(objects->count < HDF5_OBJECTS);
    REQUIRE(strlen(path) < HDF5_OBJECT_NAME && strlen(attribute) < HDF5_OBJECT_NAME);
    Hdf5Object *object = &objects->objects[objects->count++];
    strcpy(object->path, path);
    strcpy(object->attribute, attribute);
}

typedef struct Visit {
    Hdf5Objects *objects;
    const char *path;
} Visit;

static herr_t see_attribute(hid_t object, const char *name, const H5A_info_t *about, void *context) {
    (void)object, (void)about;
    const Visit *visit = context;
    add_object(visit->objects, visit->path, name);
    return 0;
}

static herr_t see_object(hid_t root, const char *name, const H5O_info_t *about, void *objects) {
    Visit visit = {objects, name};
    if (about->type == H5O_TYPE_DATASET) add_object(objects, name, "");
    return H5Aiterate_by_name(root, name, H5_INDEX_NAME, H5_ITER_INC, NULL, see_attribute, &visit,
                              H5P_DEFAULT);
}

hid_t hdf5_changes_open(const char *path) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    REQUIRE(access >= 0 && H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0);
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, access);
    REQUIRE(file >= 0);
    (void)H5Pclose(access);
    return file;
}

void hdf5_objects_find(const char *path, Hdf5Objects *objects) {
    hid_t file = hdf5_changes_open(path);
    REQUIRE(H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_INC, see_object, objects, H5O_INFO_BASIC) >= 0);
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

hid_t hdf5_other_type(uint8_t choice) {
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
    hid_t type = choice & 4 ? hdf5_other_type(bytes_get_u8(input)) : H5Dget_type(set);
    hid_t space =
        rank == 0 ? H5Screate(choice & 8 ? H5S_NULL : H5S_SCALAR) : H5Screate_simple(rank, dims, NULL);
    if (H5Ldelete(file, path, H5P_DEFAULT) >= 0) {
        hid_t made = H5Dcreate2(file, path, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        if (made >= 0) (void)H5Dclose(made);
    }
    if (space >= 0) (void)H5Sclose(space);
    if (type >= 0) (void)H5Tclose(type);
}

static void change_set(hid_t file, const Hdf5Object *object, unsigned how, ByteReader *input) {
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

static void retype(hid_t file, const Hdf5Object *object, ByteReader *input) {
    hsize_t two = 2;
    uint8_t choice = bytes_get_u8(input);
    hid_t type = hdf5_other_type(choice);
    hid_t space = choice & 1 ? H5Screate_simple(1, &two, NULL) : H5Screate(H5S_SCALAR);
    (void)H5Adelete_by_name(file, object->path, object->attribute, H5P_DEFAULT);
    hid_t made = H5Acreate_by_name(file, object->path, object->attribute, type, space, H5P_DEFAULT,
                                   H5P_DEFAULT, H5P_DEFAULT);
    if (made >= 0) (void)H5Aclose(made);
    (void)H5Sclose(space);
    if (type >= 0) (void)H5Tclose(type);
}

static void change_attribute(hid_t file, const Hdf5Object *object, unsigned how, ByteReader *input) {
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

void hdf5_change(hid_t file, const Hdf5Objects *objects, ByteReader *input) {
    const Hdf5Object *object = &objects->objects[bytes_get_u8(input) % objects->count];
    unsigned how = bytes_get_u8(input) % 4;
    (object->attribute[0] == '\0' ? change_set : change_attribute)(file, object, how, input);
}
