#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "data/hdf5_array.h"
#include "store/results.h"
#include "store/results_hdf5.h"

#define MESSAGE_SIZE 256
#define SMALLEST_ROOM ((uint64_t)1 << 20)
#define DEFLATE_RATIO 1100 /* deflate's best is 1 : 1032 */

Status hdf5_fail(const Hdf5File *file, const char *format, ...) {
    const char *reason = hdf5_reason();
    char message[MESSAGE_SIZE];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(message, sizeof(message), format, list);
    va_end(list);
    return status_fail(STATUS_ENVIRONMENT, "%s: %s: %s", file->path, message, reason);
}

Status hdf5_refuse(const Hdf5File *file, const char *format, ...) {
    char message[MESSAGE_SIZE];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(message, sizeof(message), format, list);
    va_end(list);
    return status_fail(STATUS_ENVIRONMENT, "%s: %s", file->path, message);
}

/* Types that HDF5 1.8 reads, no lock of HDF5's own, everything closed with the file. */
static hid_t access_properties(void) {
    hid_t properties = H5Pcreate(H5P_FILE_ACCESS);
    if (properties < 0) return properties;
    bool set = H5Pset_libver_bounds(properties, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18) >= 0 &&
               H5Pset_fclose_degree(properties, H5F_CLOSE_STRONG) >= 0;
#if H5_VERSION_GE(1, 12, 1) || (H5_VERS_MAJOR == 1 && H5_VERS_MINOR == 10 && H5_VERS_RELEASE >= 7)
    set = set && H5Pset_file_locking(properties, false, true) >= 0;
#endif
    if (set) return properties;
    (void)H5Pclose(properties);
    return H5I_INVALID_HID;
}

Status hdf5_create(Hdf5File *file, const char *path) {
    *file = (Hdf5File){.id = H5I_INVALID_HID, .path = path};
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t access = access_properties();
    hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    if (access >= 0 && creation >= 0 && H5Pset_userblock(creation, HDF5_USER_BLOCK) >= 0) {
        file->id = H5Fcreate(path, H5F_ACC_TRUNC, creation, access);
    }
    Status status = file->id >= 0 ? STATUS_OK : hdf5_fail(file, "cannot be made");
    if (creation >= 0) (void)H5Pclose(creation);
    if (access >= 0) (void)H5Pclose(access);
    return status;
}

Status hdf5_open(Hdf5File *file, const char *path) {
    *file = (Hdf5File){.id = H5I_INVALID_HID, .path = path};
    struct stat about;
    if (stat(path, &about) != 0) return status_fail_errno(STATUS_ENVIRONMENT, "cannot read %s", path);
    if (!S_ISREG(about.st_mode)) return status_fail(STATUS_ENVIRONMENT, "%s is not a regular file", path);
    file->room = SMALLEST_ROOM + DEFLATE_RATIO * (uint64_t)about.st_size;
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t access = access_properties();
    if (access >= 0) file->id = H5Fopen(path, H5F_ACC_RDONLY, access);
    Status status = file->id >= 0 ? STATUS_OK : hdf5_fail(file, "is not a readable HDF5 file");
    if (access >= 0) (void)H5Pclose(access);
    return status;
}

Status hdf5_close(Hdf5File *file) {
    Status status = STATUS_OK;
    /* On a full disk H5Fclose often says that all is well; flushing does not. */
    if (H5Fflush(file->id, H5F_SCOPE_GLOBAL) < 0) status = hdf5_fail(file, "cannot be written");
    if (H5Fclose(file->id) < 0 && status == STATUS_OK) status = hdf5_fail(file, "cannot be closed");
    file->id = H5I_INVALID_HID;
    return status;
}

void hdf5_abandon(Hdf5File *file) {
    (void)H5Fclose(file->id);
    file->id = H5I_INVALID_HID;
}

const char *results_library_version(void) {
    static _Thread_local char text[32];
    unsigned major = 0, minor = 0, release = 0;
    (void)H5get_libversion(&major, &minor, &release);
    (void)snprintf(text, sizeof(text), "HDF5 %u.%u.%u", major, minor, release);
    return text;
}

hid_t hdf5_memory_type(Hdf5Kind kind) {
    switch (kind) {
    case HDF5_U8: return H5T_NATIVE_UINT8;
    case HDF5_U16: return H5T_NATIVE_UINT16;
    case HDF5_U32: return H5T_NATIVE_UINT32;
    case HDF5_U64: return H5T_NATIVE_UINT64;
    case HDF5_I64: return H5T_NATIVE_INT64;
    case HDF5_F32: return H5T_NATIVE_FLOAT;
    case HDF5_F64: return H5T_NATIVE_DOUBLE;
    case HDF5_TEXT: break;
    }
    return H5I_INVALID_HID;
}

hid_t hdf5_file_type(Hdf5Kind kind) {
    switch (kind) {
    case HDF5_U8: return H5T_STD_U8LE;
    case HDF5_U16: return H5T_STD_U16LE;
    case HDF5_U32: return H5T_STD_U32LE;
    case HDF5_U64: return H5T_STD_U64LE;
    case HDF5_I64: return H5T_STD_I64LE;
    case HDF5_F32: return H5T_IEEE_F32LE;
    case HDF5_F64: return H5T_IEEE_F64LE;
    case HDF5_TEXT: break;
    }
    return H5I_INVALID_HID;
}

/* In memory always with an ending zero, so that a text read is cut rather than unended. */
hid_t hdf5_text_type(size_t size, bool in_file) {
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type < 0) return type;
    if (H5Tset_size(type, size) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0 &&
        H5Tset_strpad(type, in_file ? H5T_STR_NULLPAD : H5T_STR_NULLTERM) >= 0) {
        return type;
    }
    (void)H5Tclose(type);
    return H5I_INVALID_HID;
}

bool hdf5_type_fits(hid_t type, Hdf5Kind kind) {
    H5T_class_t class = H5Tget_class(type);
    if (kind == HDF5_TEXT) return class == H5T_STRING && H5Tis_variable_str(type) == 0;
    return class == (kind == HDF5_F32 || kind == HDF5_F64 ? H5T_FLOAT : H5T_INTEGER);
}

hid_t hdf5_link_properties(void) {
    hid_t properties = H5Pcreate(H5P_LINK_CREATE);
    if (properties >= 0) (void)H5Pset_create_intermediate_group(properties, 1);
    return properties;
}

/* Without times, so that equal campaigns give equal files. */
hid_t hdf5_dataset_properties(void) {
    hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    if (properties >= 0) (void)H5Pset_obj_track_times(properties, false);
    return properties;
}

Status hdf5_check_room(const Hdf5File *file, const char *path, const uint64_t *dims, int rank, size_t size) {
    uint64_t bytes = size;
    for (int i = 0; i < rank; i++) {
        if (__builtin_mul_overflow(bytes, dims[i], &bytes)) bytes = UINT64_MAX;
        if (dims[i] == 0) return STATUS_OK;
    }
    if (bytes <= file->room) return STATUS_OK;
    return hdf5_refuse(file, "%s claims to hold more than a file of this length can", path);
}
