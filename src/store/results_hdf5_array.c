#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/size.h"
#include "store/results_hdf5.h"

bool hdf5_has(const Hdf5File *file, const char *path) {
    char part[256];
    size_t length = strlen(path);
    if (length >= sizeof(part)) return false;
    /* Asking for "a/b" is an error where there is no "a". */
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0') continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (H5Lexists(file->id, part, H5P_DEFAULT) <= 0) return false;
    }
    return true;
}

Status hdf5_make_group(const Hdf5File *file, const char *path) {
    hid_t links = hdf5_link_properties();
    hid_t group = links >= 0 ? H5Gcreate2(file->id, path, links, H5P_DEFAULT, H5P_DEFAULT) : H5I_INVALID_HID;
    Status status = group >= 0 ? STATUS_OK : hdf5_fail(file, "%s cannot be made", path);
    if (group >= 0) (void)H5Gclose(group);
    if (links >= 0) (void)H5Pclose(links);
    return status;
}

static Status write_attribute(const Hdf5File *file, const char *object, const char *name, hid_t file_type,
                              hid_t memory_type, const void *value) {
    hid_t attribute = H5I_INVALID_HID;
    hid_t space = H5Screate(H5S_SCALAR);
    bool done = space >= 0 &&
                (attribute = H5Acreate_by_name(file->id, object, name, file_type, space, H5P_DEFAULT,
                                               H5P_DEFAULT, H5P_DEFAULT)) >= 0 &&
                H5Awrite(attribute, memory_type, value) >= 0;
    Status status = done ? STATUS_OK : hdf5_fail(file, "attribute %s of %s cannot be written", name, object);
    if (attribute >= 0) (void)H5Aclose(attribute);
    if (space >= 0) (void)H5Sclose(space);
    return status;
}

Status hdf5_put_number(const Hdf5File *file, const char *object, const char *name, Hdf5Kind kind,
                       const void *value) {
    return write_attribute(file, object, name, hdf5_file_type(kind), hdf5_memory_type(kind), value);
}

/* Of variable length: an attribute of fixed length cannot be longer than 64 KB. */
Status hdf5_put_text(const Hdf5File *file, const char *object, const char *name, const char *text) {
    hid_t type = hdf5_text_type(H5T_VARIABLE, false);
    if (type < 0) return hdf5_fail(file, "attribute %s of %s cannot be written", name, object);
    Status status = write_attribute(file, object, name, type, type, &text);
    (void)H5Tclose(type);
    return status;
}

/* One value of the right class, open to read. */
static Status open_attribute(const Hdf5File *file, const char *object, const char *name, hid_t *attribute) {
    *attribute = H5Aopen_by_name(file->id, object, name, H5P_DEFAULT, H5P_DEFAULT);
    if (*attribute < 0) return hdf5_refuse(file, "%s has no attribute %s", object, name);
    return STATUS_OK;
}

static bool holds_one(hid_t attribute) {
    hid_t space = H5Aget_space(attribute);
    hssize_t count = space >= 0 ? H5Sget_simple_extent_npoints(space) : -1;
    if (space >= 0) (void)H5Sclose(space);
    return count == 1;
}

Status hdf5_get_number(const Hdf5File *file, const char *object, const char *name, Hdf5Kind kind,
                       void *value) {
    hid_t attribute = H5I_INVALID_HID;
    TRY(open_attribute(file, object, name, &attribute));
    hid_t type = H5Aget_type(attribute);
    Status status = STATUS_OK;
    if (type < 0 || !hdf5_type_fits(type, kind) || !holds_one(attribute)) {
        status = hdf5_refuse(file, "attribute %s of %s is not one number", name, object);
    } else if (H5Aread(attribute, hdf5_memory_type(kind), value) < 0) {
        status = hdf5_fail(file, "attribute %s of %s cannot be read", name, object);
    }
    if (type >= 0) (void)H5Tclose(type);
    (void)H5Aclose(attribute);
    return status;
}

static Status read_text(const Hdf5File *file, hid_t attribute, hid_t type, char **text) {
    char *found = NULL;
    if (H5Aread(attribute, type, &found) < 0) return hdf5_fail(file, "a text cannot be read");
    Status status = memory_text(text, found != NULL ? found : "");
    (void)H5free_memory(found);
    return status;
}

Status hdf5_get_text(const Hdf5File *file, const char *object, const char *name, char **text) {
    *text = NULL;
    hid_t attribute = H5I_INVALID_HID;
    TRY(open_attribute(file, object, name, &attribute));
    hid_t found = H5Aget_type(attribute);
    hid_t type = hdf5_text_type(H5T_VARIABLE, false);
    Status status = STATUS_OK;
    if (found < 0 || type < 0 || H5Tis_variable_str(found) <= 0 || !holds_one(attribute)) {
        status = hdf5_refuse(file, "attribute %s of %s is not one text", name, object);
    } else {
        status = read_text(file, attribute, type, text);
    }
    if (type >= 0) (void)H5Tclose(type);
    if (found >= 0) (void)H5Tclose(found);
    (void)H5Aclose(attribute);
    return status;
}

static hid_t make_space(int rank, const uint64_t *dims) {
    hsize_t sizes[HDF5_MAX_RANK] = {0};
    for (int i = 0; i < rank; i++)
        sizes[i] = dims[i];
    return rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, sizes, NULL);
}

static Status write_dataset(const Hdf5File *file, const char *path, hid_t file_type, hid_t memory_type,
                            int rank, const uint64_t *dims, const void *data) {
    hid_t set = H5I_INVALID_HID;
    hid_t links = hdf5_link_properties(), properties = hdf5_dataset_properties();
    hid_t space = make_space(rank, dims);
    bool done = links >= 0 && properties >= 0 && space >= 0 &&
                (set = H5Dcreate2(file->id, path, file_type, space, links, properties, H5P_DEFAULT)) >= 0 &&
                (H5Sget_simple_extent_npoints(space) == 0 ||
                 H5Dwrite(set, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    Status status = done ? STATUS_OK : hdf5_fail(file, "%s cannot be written", path);
    if (set >= 0 && H5Dclose(set) < 0 && status == STATUS_OK)
        status = hdf5_fail(file, "%s cannot be written", path);
    if (space >= 0) (void)H5Sclose(space);
    if (properties >= 0) (void)H5Pclose(properties);
    if (links >= 0) (void)H5Pclose(links);
    return status;
}

Status hdf5_write_array(const Hdf5File *file, const char *path, Hdf5Kind kind, int rank, const uint64_t *dims,
                        const void *data) {
    return write_dataset(file, path, hdf5_file_type(kind), hdf5_memory_type(kind), rank, dims, data);
}

/* Check class and rank, and tell the dimensions. */
static Status inspect(const Hdf5File *file, const char *path, hid_t set, Hdf5Kind kind, int rank,
                      uint64_t *dims) {
    hsize_t sizes[HDF5_MAX_RANK] = {0};
    hid_t type = H5Dget_type(set), space = H5Dget_space(set);
    Status status = STATUS_OK;
    if (type < 0 || space < 0) {
        status = hdf5_fail(file, "%s cannot be read", path);
    } else if (!hdf5_type_fits(type, kind)) {
        status = hdf5_refuse(file, "%s is not of the type it should be", path);
    } else if (H5Sis_simple(space) <= 0 || H5Sget_simple_extent_type(space) == H5S_NULL ||
               H5Sget_simple_extent_ndims(space) != rank ||
               H5Sget_simple_extent_dims(space, sizes, NULL) != rank) {
        status = hdf5_refuse(file, "%s does not have %d dimensions", path, rank);
    }
    for (int i = 0; i < rank; i++)
        dims[i] = sizes[i];
    if (space >= 0) (void)H5Sclose(space);
    if (type >= 0) (void)H5Tclose(type);
    return status;
}

/* Values of `size` bytes each, into owned memory. */
static Status read_dataset(const Hdf5File *file, const char *path, hid_t set, hid_t memory_type, size_t size,
                           int rank, const uint64_t *dims, void **values) {
    TRY(hdf5_check_room(file, path, dims, rank, size));
    size_t count = 1;
    for (int i = 0; i < rank; i++) {
        if (!size_mul(count, dims[i], &count)) return hdf5_refuse(file, "%s does not fit into memory", path);
    }
    Status status = memory_new(values, count, size);
    if (status != STATUS_OK) return status_within(status, "%s: %s", file->path, path);
    if (count == 0 || H5Dread(set, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, *values) >= 0)
        return STATUS_OK;
    status = hdf5_fail(file, "%s cannot be read", path);
    free(*values);
    *values = NULL;
    return status;
}

Status hdf5_array_rank(const Hdf5File *file, const char *path, int *rank) {
    hid_t set = H5Dopen2(file->id, path, H5P_DEFAULT);
    if (set < 0) return hdf5_refuse(file, "%s is missing", path);
    hid_t space = H5Dget_space(set);
    *rank = space >= 0 && H5Sis_simple(space) > 0 ? H5Sget_simple_extent_ndims(space) : -1;
    if (space >= 0) (void)H5Sclose(space);
    (void)H5Dclose(set);
    return *rank >= 0 ? STATUS_OK : hdf5_fail(file, "%s cannot be read", path);
}

Status hdf5_read_array(const Hdf5File *file, const char *path, Hdf5Kind kind, int rank, uint64_t *dims,
                       void *data) {
    void *values = NULL;
    hid_t set = H5Dopen2(file->id, path, H5P_DEFAULT);
    if (set < 0) return hdf5_refuse(file, "%s is missing", path);
    Status status = inspect(file, path, set, kind, rank, dims);
    if (status == STATUS_OK) {
        size_t size = H5Tget_size(hdf5_memory_type(kind));
        status = read_dataset(file, path, set, hdf5_memory_type(kind), size, rank, dims, &values);
    }
    (void)H5Dclose(set);
    memcpy(data, &values, sizeof(values));
    return status;
}

Status hdf5_write_texts(const Hdf5File *file, const char *path, uint64_t count, char *const *texts) {
    size_t size = 2;
    for (uint64_t i = 0; i < count; i++) {
        if (strlen(texts[i]) >= size) size = strlen(texts[i]) + 1;
    }
    char *joined = NULL;
    TRY(memory_new(&joined, (size_t)count, size));
    for (uint64_t i = 0; i < count; i++)
        memcpy(joined + i * size, texts[i], strlen(texts[i]));
    hid_t file_type = hdf5_text_type(size - 1, true), memory_type = hdf5_text_type(size, false);
    Status status = file_type >= 0 && memory_type >= 0
                        ? write_dataset(file, path, file_type, memory_type, 1, &count, joined)
                        : hdf5_fail(file, "%s cannot be written", path);
    if (memory_type >= 0) (void)H5Tclose(memory_type);
    if (file_type >= 0) (void)H5Tclose(file_type);
    free(joined);
    return status;
}

/* `joined` holds texts of `size` bytes, each ended. */
static Status split_texts(const char *joined, size_t size, uint64_t count, char **texts) {
    Status status = STATUS_OK;
    uint64_t made = 0;
    while (made < count && status == STATUS_OK) {
        status = memory_text(&texts[made], joined + made * size);
        if (status == STATUS_OK) made++;
    }
    while (status != STATUS_OK && made > 0)
        free(texts[--made]);
    return status;
}

static Status read_texts(const Hdf5File *file, const char *path, hid_t set, uint64_t count, char **texts) {
    uint64_t found = 0;
    void *joined = NULL;
    TRY(inspect(file, path, set, HDF5_TEXT, 1, &found));
    if (found != count)
        return hdf5_refuse(file, "%s has %llu texts, not %llu", path, (unsigned long long)found,
                           (unsigned long long)count);
    hid_t type = H5Dget_type(set);
    size_t size = type >= 0 ? H5Tget_size(type) + 1 : 0;
    hid_t memory_type = size > 1 ? hdf5_text_type(size, false) : H5I_INVALID_HID;
    Status status = memory_type >= 0 ? read_dataset(file, path, set, memory_type, size, 1, &found, &joined)
                                     : hdf5_fail(file, "%s cannot be read", path);
    if (status == STATUS_OK) status = split_texts(joined, size, count, texts);
    free(joined);
    if (memory_type >= 0) (void)H5Tclose(memory_type);
    if (type >= 0) (void)H5Tclose(type);
    return status;
}

Status hdf5_read_texts(const Hdf5File *file, const char *path, uint64_t count, char **texts) {
    hid_t set = H5Dopen2(file->id, path, H5P_DEFAULT);
    if (set < 0) return hdf5_refuse(file, "%s is missing", path);
    Status status = read_texts(file, path, set, count, texts);
    (void)H5Dclose(set);
    return status;
}
