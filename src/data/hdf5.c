#include <hdf5.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/size.h"
#include "base/text.h"
#include "data/csv_reader.h"
#include "data/data_source.h"
#include "data/hdf5_array.h"

#define REASON_SIZE 256
#define MESSAGE_SIZE 1024
#define NAME_SIZE 256
#define NAMES_SHOWN 8
#define DEFLATE_RATIO 1100              /* deflate's best is 1 : 1032 */
#define STEP_BYTES ((size_t)4 << 20)    /* one reading should bring so many */
#define TEXT_STEP 1024                  /* rows of texts without a fixed length */
#define TEXT_LIMIT ((size_t)1 << 16)    /* bytes of one with a fixed length */
#define WIDEST_NUMBER sizeof(long long) /* in memory */

struct Hdf5Array {
    const char *file_name, *path; /* borrowed */
    uint64_t file_size;
    hid_t file, access, set, type, space; /* 0 until opened */
    bool deflated;                        /* stored by filters of known ratio alone, or by none */
    hsize_t chunk_rows;                   /* 1 without chunks */
    Hdf5About about;
    char outside[NAME_SIZE]; /* the file that an external link on the way names, "" without one */
};

/* ---- words ---- */

static herr_t keep_innermost(unsigned number, const H5E_error2_t *error, void *out) {
    if (number == 0 && error->desc != NULL) text_copy(out, REASON_SIZE, error->desc);
    return 0;
}

const char *hdf5_reason(void) {
    static _Thread_local char text[REASON_SIZE];
    static const char quote[] = "error message = '";
    text_copy(text, REASON_SIZE, "HDF5 gives no reason");
    (void)H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, text);
    char *words = strstr(text, quote);
    if (words == NULL) return text;
    words += strlen(quote);
    words[strcspn(words, "'")] = '\0';
    return words;
}

/* "file: path: formatted" */
static Status refuse(const Hdf5Array *array, const char *format, ...) __attribute__((format(printf, 2, 3)));
static Status refuse(const Hdf5Array *array, const char *format, ...) {
    char text[MESSAGE_SIZE];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return status_fail(STATUS_INPUT, "%s: %s: %s", array->file_name, array->path, text);
}

/* "a, b, and 3 more": what the group holds. */
static void add_members(const Hdf5Array *array, const char *group, Text *names) {
    H5G_info_t about;
    if (H5Gget_info_by_name(array->file, group, &about, array->access) < 0 || about.nlinks == 0) {
        text_add(names, "nothing");
        return;
    }
    for (hsize_t i = 0; i < about.nlinks && i < NAMES_SHOWN; i++) {
        char name[NAME_SIZE] = "?";
        (void)H5Lget_name_by_idx(array->file, group, H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name,
                                 array->access);
        text_add(names, "%s%s", i > 0 ? ", " : "", csv_shown(name).text);
    }
    if (about.nlinks > NAMES_SHOWN)
        text_add(names, ", and %llu more", (unsigned long long)about.nlinks - NAMES_SHOWN);
}

/* ---- the file and the path ---- */

/* No lock of HDF5's own, everything closed with the file. */
static hid_t file_properties(void) {
    hid_t properties = H5Pcreate(H5P_FILE_ACCESS);
    if (properties < 0) return properties;
    bool set = H5Pset_fclose_degree(properties, H5F_CLOSE_STRONG) >= 0;
#if H5_VERSION_GE(1, 12, 1) || (H5_VERS_MAJOR == 1 && H5_VERS_MINOR == 10 && H5_VERS_RELEASE >= 7)
    set = set && H5Pset_file_locking(properties, false, true) >= 0;
#endif
    if (set) return properties;
    (void)H5Pclose(properties);
    return H5I_INVALID_HID;
}

static Status open_file(Hdf5Array *array) {
    struct stat about;
    if (stat(array->file_name, &about) != 0)
        return status_fail_errno(STATUS_INPUT, "%s: cannot be read", array->file_name);
    TRY(data_check_regular(array->file_name, about.st_mode));
    array->file_size = (uint64_t)about.st_size;
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t access = file_properties();
    if (access >= 0) array->file = H5Fopen(array->file_name, H5F_ACC_RDONLY, access);
    Status status = STATUS_OK;
    if (access < 0 || array->file < 0)
        status = status_fail(STATUS_INPUT, "%s: no readable HDF5 file: %s", array->file_name, hdf5_reason());
    if (access >= 0) (void)H5Pclose(access);
    return status;
}

/* Called where an external link would be followed: it is not. */
static herr_t stay_inside(const char *parent_file, const char *parent_group, const char *child_file,
                          const char *child_object, unsigned *flags, hid_t access, void *outside) {
    (void)parent_file, (void)parent_group, (void)child_object, (void)flags, (void)access;
    text_copy(outside, NAME_SIZE, child_file);
    return -1;
}

/* The last of the path's prefixes that can be opened; `prefix` holds the path and is cut to it. */
static hid_t open_prefix(const Hdf5Array *array, char *prefix, const char **rest) {
    size_t end = strlen(prefix);
    hid_t object = H5I_INVALID_HID;
    while (end > 0 && object < 0) {
        while (end > 0 && prefix[end - 1] != '/')
            end--;
        *rest = array->path + end;
        while (end > 0 && prefix[end - 1] == '/')
            end--;
        prefix[end] = '\0';
        object = H5Oopen(array->file, end > 0 ? prefix : "/", array->access);
    }
    return object;
}

static Status refuse_group(const Hdf5Array *array, const char *group, const char *what) {
    Text names = {0};
    add_members(array, group, &names);
    Status status = refuse(array, "%s; %s holds: %s", what, group, text_of(&names));
    text_release(&names);
    return status;
}

static Status refuse_path(const Hdf5Array *array) {
    char reason[REASON_SIZE];
    text_copy(reason, sizeof reason, hdf5_reason());
    if (array->outside[0] != '\0') {
        return refuse(array, "an external link leads to another file, %s; name that file itself",
                      csv_shown(array->outside).text);
    }
    char *prefix;
    const char *rest = array->path;
    TRY(memory_text(&prefix, array->path));
    hid_t object = open_prefix(array, prefix, &rest);
    const char *group = prefix[0] != '\0' ? prefix : "/";
    char name[NAME_SIZE];
    text_copy(name, sizeof name, rest);
    name[strcspn(name, "/")] = '\0';
    Status status;
    if (object >= 0 && H5Iget_type(object) != H5I_GROUP)
        status = refuse(array, "there is no such data set: %s is no group", group);
    else if (object >= 0 && H5Lexists(object, name, array->access) > 0)
        status = refuse(array, "leads nowhere, or is damaged: %s", reason);
    else
        status = refuse_group(array, group, "there is no such data set");
    if (object >= 0) (void)H5Oclose(object);
    free(prefix);
    return status;
}

static Status find_set(Hdf5Array *array) {
    array->access = H5Pcreate(H5P_LINK_ACCESS);
    if (array->access < 0 || H5Pset_elink_cb(array->access, stay_inside, array->outside) < 0)
        return refuse(array, "cannot be looked up: %s", hdf5_reason());
    array->set = H5Oopen(array->file, array->path, array->access);
    if (array->set < 0) return refuse_path(array);
    H5I_type_t kind = H5Iget_type(array->set);
    if (kind == H5I_DATASET) return STATUS_OK;
    (void)H5Oclose(array->set);
    array->set = 0;
    if (kind == H5I_GROUP) return refuse_group(array, array->path, "a group, where a data set is needed");
    return refuse(array, "a named type, where a data set is needed");
}

/* ---- how it is stored ---- */

static Status check_filter(Hdf5Array *array, hid_t creation, unsigned number) {
    unsigned flags = 0;
    size_t none = 0;
    char name[NAME_SIZE] = "";
    H5Z_filter_t filter = H5Pget_filter2(creation, number, &flags, &none, NULL, sizeof name, name, NULL);
    if (filter < 0) return refuse(array, "its filters cannot be told: %s", hdf5_reason());
    array->deflated &=
        filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_FLETCHER32;
    if (H5Zfilter_avail(filter) > 0) return STATUS_OK;
    return refuse(array,
                  "it is packed by the filter %d (%s), which this HDF5 has not; h5repack -f GZIP=4 with it "
                  "installed, or h5py, writes the values otherwise",
                  (int)filter, csv_shown(name).text);
}

static Status check_creation(Hdf5Array *array, hid_t creation) {
    H5D_layout_t layout = H5Pget_layout(creation);
    if (layout == H5D_VIRTUAL) {
        return refuse(array,
                      "a virtual data set, whose values lie in other ones; write the values themselves");
    }
    if (H5Pget_external_count(creation) != 0)
        return refuse(array, "its values lie outside the HDF5 file; write them into it, as h5repack does");
    int filters = H5Pget_nfilters(creation);
    if (layout < 0 || filters < 0) return refuse(array, "cannot be opened: %s", hdf5_reason());
    array->deflated = true;
    for (int i = 0; i < filters; i++)
        TRY(check_filter(array, creation, (unsigned)i));
    hsize_t chunk[HDF5_ARRAY_RANK];
    array->chunk_rows =
        layout == H5D_CHUNKED && H5Pget_chunk(creation, HDF5_ARRAY_RANK, chunk) > 0 ? chunk[0] : 1;
    return STATUS_OK;
}

static Status check_storage(Hdf5Array *array) {
    hid_t creation = H5Dget_create_plist(array->set);
    if (creation < 0) return refuse(array, "cannot be opened: %s", hdf5_reason());
    Status status = check_creation(array, creation);
    (void)H5Pclose(creation);
    return status;
}

/* ---- what it holds ---- */

static const char *class_words(H5T_class_t class) {
    switch (class) {
    case H5T_COMPOUND: return "compounds (tables with named columns)";
    case H5T_REFERENCE: return "references";
    case H5T_OPAQUE: return "opaque bytes";
    case H5T_BITFIELD: return "bit fields";
    case H5T_VLEN: return "sequences of differing lengths";
    case H5T_ARRAY: return "arrays in themselves";
    case H5T_TIME: return "times";
    default: return "of a type unknown here";
    }
}

static Status check_text(Hdf5Array *array) {
    size_t size = H5Tget_size(array->type);
    array->about.values = HDF5_TEXTS;
    if (H5Tis_variable_str(array->type) > 0 || size <= TEXT_LIMIT) return STATUS_OK;
    return refuse(array, "its strings have %zu bytes each; at most %zu are read", size, TEXT_LIMIT);
}

static Status check_type(Hdf5Array *array) {
    array->type = H5Dget_type(array->set);
    if (array->type < 0 || H5Tget_size(array->type) == 0)
        return refuse(array, "its type cannot be told: %s", hdf5_reason());
    H5T_class_t class = H5Tget_class(array->type);
    bool byte = class == H5T_INTEGER && H5Tget_size(array->type) == 1 &&
                H5Tget_sign(array->type) == H5T_SGN_NONE && H5Tget_precision(array->type) == 8;
    switch (class) {
    case H5T_INTEGER: array->about.values = byte ? HDF5_BYTES : HDF5_INTEGERS; return STATUS_OK;
    case H5T_ENUM: array->about.values = HDF5_INTEGERS; return STATUS_OK;
    case H5T_FLOAT: array->about.values = HDF5_FLOATS; return STATUS_OK;
    case H5T_STRING: return check_text(array);
    default: break;
    }
    return refuse(array, "its values are %s; plain numbers (or strings, for labels) are needed",
                  class_words(class));
}

/* No memory is taken for what the storage cannot hold. */
static Status check_room(const Hdf5Array *array, size_t bytes) {
    uint64_t stored = H5Dget_storage_size(array->set);
    if (stored > array->file_size) stored = array->file_size;
    if (stored == 0) return refuse(array, "no values were ever written to it");
    if (!array->deflated || bytes / DEFLATE_RATIO <= stored) return STATUS_OK;
    return refuse(
        array,
        "its dimensions promise %zu bytes of values, of which %llu are stored; it is damaged or was "
        "never filled",
        bytes, (unsigned long long)stored);
}

static void plan_step(Hdf5Array *array, size_t row_values) {
    Hdf5About *about = &array->about;
    size_t value = H5Tget_size(array->type);
    if (value < WIDEST_NUMBER) value = WIDEST_NUMBER;
    size_t rows = about->dims[0], unit = rows, step = 1;
    if (array->chunk_rows > 0 && array->chunk_rows < rows) unit = (size_t)array->chunk_rows;
    if (row_values < STEP_BYTES / value) step = STEP_BYTES / value / row_values;
    if (about->values == HDF5_TEXTS && step > TEXT_STEP) step = TEXT_STEP;
    step += unit - 1;
    step -= step % unit;
    about->step = step < rows ? step : rows;
}

static Status check_dims(Hdf5Array *array) {
    Hdf5About *about = &array->about;
    hsize_t dims[HDF5_ARRAY_RANK];
    array->space = H5Dget_space(array->set);
    if (array->space >= 0) about->rank = H5Sget_simple_extent_dims(array->space, dims, NULL);
    if (array->space < 0 || about->rank < 0)
        return refuse(array, "its dimensions cannot be told: %s", hdf5_reason());
    size_t bytes = H5Tget_size(array->type);
    bool fits = bytes <= SIZE_MAX / WIDEST_NUMBER;
    bytes *= WIDEST_NUMBER;
    for (int i = 0; i < about->rank; i++) {
        about->dims[i] = (size_t)dims[i];
        if (dims[i] == 0) return refuse(array, "dimension %d is 0, so it holds no values", i + 1);
        fits = fits && size_mul(bytes, about->dims[i], &bytes);
    }
    if (!fits) return refuse(array, "its dimensions multiply to more than any file can hold; is it damaged?");
    if (about->rank == 0) return STATUS_OK;
    bytes /= WIDEST_NUMBER;
    TRY(check_room(array, bytes));
    plan_step(array, bytes / H5Tget_size(array->type) / about->dims[0]);
    return STATUS_OK;
}

static Status open_array(Hdf5Array *array) {
    TRY(open_file(array));
    TRY(find_set(array));
    TRY(check_storage(array));
    TRY(check_type(array));
    return check_dims(array);
}

Status hdf5_array_open(Hdf5Array **out, const char *file, const char *path, Hdf5About *about) {
    TRY(memory_new(out, 1, sizeof **out));
    (*out)->file_name = file;
    (*out)->path = path;
    TRY(open_array(*out));
    *about = (*out)->about;
    return STATUS_OK;
}

void hdf5_array_close(Hdf5Array **array) {
    if (*array == NULL) return;
    if ((*array)->space > 0) (void)H5Sclose((*array)->space);
    if ((*array)->type > 0) (void)H5Tclose((*array)->type);
    if ((*array)->set > 0) (void)H5Oclose((*array)->set);
    if ((*array)->access > 0) (void)H5Pclose((*array)->access);
    if ((*array)->file > 0) (void)H5Fclose((*array)->file);
    free(*array);
    *array = NULL;
}

/* ---- reading ---- */

/* The rows in the file; the memory's space, to be closed, or a negative number. */
static hid_t select_rows(const Hdf5Array *array, size_t first, size_t count) {
    hsize_t start[HDF5_ARRAY_RANK] = {first}, size[HDF5_ARRAY_RANK] = {count};
    for (int i = 1; i < array->about.rank; i++)
        size[i] = array->about.dims[i];
    if (H5Sselect_hyperslab(array->space, H5S_SELECT_SET, start, NULL, size, NULL) < 0)
        return H5I_INVALID_HID;
    return H5Screate_simple(array->about.rank, size, NULL);
}

static Status read_rows(const Hdf5Array *array, size_t first, size_t count, hid_t type, void *out) {
    hid_t space = select_rows(array, first, count);
    Status status = STATUS_OK;
    if (space < 0 || H5Dread(array->set, type, space, array->space, H5P_DEFAULT, out) < 0) {
        status = refuse(array, "rows %zu to %zu cannot be read: %s", first, first + count - 1, hdf5_reason());
    }
    if (space >= 0) (void)H5Sclose(space);
    return status;
}

Status hdf5_array_read(const Hdf5Array *array, size_t first, size_t count, Hdf5Memory memory, void *out) {
    switch (memory) {
    case HDF5_AS_U8: return read_rows(array, first, count, H5T_NATIVE_UINT8, out);
    case HDF5_AS_I64: return read_rows(array, first, count, H5T_NATIVE_INT64, out);
    case HDF5_AS_F32: return read_rows(array, first, count, H5T_NATIVE_FLOAT, out);
    }
    return refuse(array, "unknown type %d of memory", (int)memory);
}

/* With an ending zero always. HDF5 converts between lengths and paddings, not between character sets. */
static hid_t text_type(hid_t in_file, size_t size) {
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type < 0) return type;
    if (H5Tset_size(type, size) >= 0 && H5Tset_cset(type, H5Tget_cset(in_file)) >= 0 &&
        H5Tset_strpad(type, H5T_STR_NULLTERM) >= 0) {
        return type;
    }
    (void)H5Tclose(type);
    return H5I_INVALID_HID;
}

static Status read_free_texts(const Hdf5Array *array, size_t first, size_t count, hid_t type, char **texts) {
    char **found; /* of HDF5 */
    TRY(memory_new((void *)&found, count, sizeof *found));
    Status status = read_rows(array, first, count, type, (void *)found);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = memory_text(&texts[i], found[i] != NULL ? found[i] : "");
    hid_t space = select_rows(array, 0, count);
    if (space >= 0) {
        (void)H5Dvlen_reclaim(type, space, H5P_DEFAULT, (void *)found);
        (void)H5Sclose(space);
    }
    free((void *)found);
    return status;
}

static Status read_fixed_texts(const Hdf5Array *array, size_t first, size_t count, hid_t type, char **texts) {
    size_t size = H5Tget_size(type);
    char *found; /* [count][size] */
    TRY(memory_new(&found, count, size));
    Status status = read_rows(array, first, count, type, found);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = memory_text(&texts[i], found + i * size);
    free(found);
    return status;
}

Status hdf5_array_read_texts(const Hdf5Array *array, size_t first, size_t count, char **texts) {
    bool fixed = H5Tis_variable_str(array->type) <= 0;
    hid_t type = text_type(array->type, fixed ? H5Tget_size(array->type) + 1 : H5T_VARIABLE);
    if (type < 0) return refuse(array, "its strings are of an unknown kind: %s", hdf5_reason());
    Status status = (fixed ? read_fixed_texts : read_free_texts)(array, first, count, type, texts);
    (void)H5Tclose(type);
    return status;
}
