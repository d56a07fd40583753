#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/results_hdf5.h"

#define BATCH_BYTES ((size_t)1 << 20)     /* rows are converted in batches of about this */
#define COMPRESS_FROM ((uint64_t)1 << 16) /* bytes; smaller tables are not worth a chunk */
#define DEFLATE_LEVEL 1

static hid_t column_type(const Hdf5Column *column, bool in_file) {
    if (column->kind == HDF5_TEXT) return hdf5_text_type(column->size, in_file);
    return H5Tcopy(in_file ? hdf5_file_type(column->kind) : hdf5_memory_type(column->kind));
}

static size_t packed_size(const Hdf5Table *table) {
    size_t size = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        const Hdf5Column *column = &table->columns[i];
        size += column->kind == HDF5_TEXT ? column->size : H5Tget_size(hdf5_file_type(column->kind));
    }
    return size;
}

/* A row as it lies in memory, or packed as in the file; invalid where HDF5 refuses (a name twice). */
static hid_t row_type(const Hdf5Table *table, bool in_file) {
    hid_t type = H5Tcreate(H5T_COMPOUND, in_file ? packed_size(table) : table->row_size);
    size_t offset = 0;
    for (size_t i = 0; type >= 0 && i < table->column_count; i++) {
        const Hdf5Column *column = &table->columns[i];
        hid_t member = column_type(column, in_file);
        bool done =
            member >= 0 && H5Tinsert(type, column->name, in_file ? offset : column->offset, member) >= 0;
        if (member >= 0) {
            offset += H5Tget_size(member);
            (void)H5Tclose(member);
        }
        if (!done) {
            (void)H5Tclose(type);
            type = H5I_INVALID_HID;
        }
    }
    return type;
}

static uint64_t batch_rows(size_t row_size, uint64_t rows) {
    uint64_t batch = row_size < BATCH_BYTES ? BATCH_BYTES / row_size : 1;
    return batch < rows ? batch : rows;
}

static hid_t table_properties(uint64_t rows, size_t file_size, uint64_t batch) {
    hid_t properties = hdf5_dataset_properties();
    if (properties < 0 || rows * file_size < COMPRESS_FROM || H5Zfilter_avail(H5Z_FILTER_DEFLATE) <= 0) {
        return properties;
    }
    hsize_t chunk = batch;
    if (H5Pset_chunk(properties, 1, &chunk) >= 0 && H5Pset_shuffle(properties) >= 0 &&
        H5Pset_deflate(properties, DEFLATE_LEVEL) >= 0) {
        return properties;
    }
    (void)H5Pclose(properties);
    return H5I_INVALID_HID;
}

/* Rows [first, first + count) of the table's data set: selection in *file_space, plain in *memory_space. */
static bool select_rows(hid_t file_space, uint64_t first, uint64_t count, hid_t *memory_space) {
    hsize_t start = first, length = count;
    if (H5Sselect_hyperslab(file_space, H5S_SELECT_SET, &start, NULL, &length, NULL) < 0) return false;
    *memory_space = H5Screate_simple(1, &length, NULL);
    return *memory_space >= 0;
}

/* An open table and the buffer that its rows go through. */
typedef struct Passage {
    const Hdf5File *file;
    const Hdf5Table *table;
    hid_t set, space, type;
    uint64_t rows, batch;
    unsigned char *buffer; /* owned [batch, row_size] */
} Passage;

static Status move_batch(const Passage *p, uint64_t first, uint64_t count, bool write) {
    hid_t memory_space = H5I_INVALID_HID;
    bool done = select_rows(p->space, first, count, &memory_space) &&
                (write ? H5Dwrite(p->set, p->type, memory_space, p->space, H5P_DEFAULT, p->buffer)
                       : H5Dread(p->set, p->type, memory_space, p->space, H5P_DEFAULT, p->buffer)) >= 0;
    Status status =
        done ? STATUS_OK : hdf5_fail(p->file, "%s cannot be %s", p->table->path, write ? "written" : "read");
    if (memory_space >= 0) (void)H5Sclose(memory_space);
    return status;
}

static Status write_rows(const Passage *p, Hdf5Fill fill, void *context) {
    size_t row_size = p->table->row_size;
    for (uint64_t first = 0; first < p->rows; first += p->batch) {
        uint64_t count = p->rows - first < p->batch ? p->rows - first : p->batch;
        memset(p->buffer, 0, (size_t)count * row_size);
        for (uint64_t i = 0; i < count; i++)
            TRY(fill(context, first + i, p->buffer + i * row_size));
        TRY(move_batch(p, first, count, true));
    }
    return STATUS_OK;
}

static Status read_rows(const Passage *p, Hdf5Take take, void *context) {
    size_t row_size = p->table->row_size;
    for (uint64_t first = 0; first < p->rows; first += p->batch) {
        uint64_t count = p->rows - first < p->batch ? p->rows - first : p->batch;
        memset(p->buffer, 0, (size_t)count * row_size);
        TRY(move_batch(p, first, count, false));
        for (uint64_t i = 0; i < count; i++)
            TRY(take(context, first + i, p->buffer + i * row_size));
    }
    return STATUS_OK;
}

static Status passage_close(Passage *p, Status status) {
    free(p->buffer);
    if (p->type >= 0) (void)H5Tclose(p->type);
    if (p->space >= 0) (void)H5Sclose(p->space);
    if (p->set >= 0 && H5Dclose(p->set) < 0 && status == STATUS_OK) {
        status = hdf5_fail(p->file, "%s cannot be closed", p->table->path);
    }
    return status;
}

static Status create_set(Passage *p) {
    hsize_t dims = p->rows;
    hid_t file_type = row_type(p->table, true), links = hdf5_link_properties();
    hid_t properties = table_properties(p->rows, packed_size(p->table), p->batch);
    bool done = file_type >= 0 && links >= 0 && properties >= 0 &&
                (p->space = H5Screate_simple(1, &dims, NULL)) >= 0 &&
                (p->type = row_type(p->table, false)) >= 0 &&
                (p->set = H5Dcreate2(p->file->id, p->table->path, file_type, p->space, links, properties,
                                     H5P_DEFAULT)) >= 0;
    Status status = done ? STATUS_OK : hdf5_fail(p->file, "%s cannot be made", p->table->path);
    if (properties >= 0) (void)H5Pclose(properties);
    if (links >= 0) (void)H5Pclose(links);
    if (file_type >= 0) (void)H5Tclose(file_type);
    return status;
}

Status hdf5_write_table(const Hdf5File *file, const Hdf5Table *table, uint64_t rows, Hdf5Fill fill,
                        void *context) {
    Passage p = {.file = file, .table = table, .set = -1, .space = -1, .type = -1, .rows = rows};
    p.batch = batch_rows(table->row_size, rows);
    Status status = create_set(&p);
    if (status == STATUS_OK) status = memory_new(&p.buffer, (size_t)p.batch, table->row_size);
    if (status == STATUS_OK) status = write_rows(&p, fill, context);
    return passage_close(&p, status);
}

/* HDF5 1.10 trusts a damaged type and copies from outside the row. */
static bool members_lie_within(hid_t type) {
    int count = H5Tget_nmembers(type);
    size_t size = H5Tget_size(type);
    bool within = count > 0;
    for (int i = 0; i < count && within; i++) {
        hid_t member = H5Tget_member_type(type, (unsigned)i);
        size_t offset = H5Tget_member_offset(type, (unsigned)i);
        within = member >= 0 && offset <= size && H5Tget_size(member) <= size - offset;
        if (member >= 0) (void)H5Tclose(member);
    }
    return within;
}

/* Every column is there, and of a class that reads as ours. */
static Status check_columns(const Hdf5File *file, const Hdf5Table *table, hid_t type) {
    if (H5Tget_class(type) != H5T_COMPOUND || !members_lie_within(type)) {
        return hdf5_refuse(file, "%s is not a table", table->path);
    }
    for (size_t i = 0; i < table->column_count; i++) {
        int index = H5Tget_member_index(type, table->columns[i].name);
        hid_t member = index >= 0 ? H5Tget_member_type(type, (unsigned)index) : H5I_INVALID_HID;
        bool fits = member >= 0 && hdf5_type_fits(member, table->columns[i].kind);
        if (member >= 0) (void)H5Tclose(member);
        if (!fits) {
            return hdf5_refuse(file, "%s has no column %s of the type it should be", table->path,
                               table->columns[i].name);
        }
    }
    return STATUS_OK;
}

static Status open_rows(const Hdf5File *file, const char *path, hid_t set, hid_t *space, uint64_t *rows) {
    hsize_t dims = 0;
    *space = H5Dget_space(set);
    if (*space < 0) return hdf5_fail(file, "%s cannot be read", path);
    if (H5Sis_simple(*space) <= 0 || H5Sget_simple_extent_ndims(*space) != 1 ||
        H5Sget_simple_extent_dims(*space, &dims, NULL) != 1) {
        return hdf5_refuse(file, "%s is not a table", path);
    }
    *rows = dims;
    return STATUS_OK;
}

static Status open_table(Passage *p) {
    TRY(open_rows(p->file, p->table->path, p->set, &p->space, &p->rows));
    TRY(hdf5_check_room(p->file, p->table->path, &p->rows, 1, packed_size(p->table)));
    hid_t type = H5Dget_type(p->set);
    if (type < 0) return hdf5_fail(p->file, "%s cannot be read", p->table->path);
    Status status = check_columns(p->file, p->table, type);
    (void)H5Tclose(type);
    if (status != STATUS_OK) return status;
    p->type = row_type(p->table, false);
    if (p->type < 0) return hdf5_fail(p->file, "%s cannot be read", p->table->path);
    p->batch = batch_rows(p->table->row_size, p->rows);
    return STATUS_OK;
}

Status hdf5_read_table(const Hdf5File *file, const Hdf5Table *table, Hdf5Take take, void *context) {
    Passage p = {.file = file, .table = table, .set = -1, .space = -1, .type = -1};
    p.set = H5Dopen2(file->id, table->path, H5P_DEFAULT);
    if (p.set < 0) return hdf5_refuse(file, "%s is missing", table->path);
    Status status = open_table(&p);
    if (status == STATUS_OK) status = memory_new(&p.buffer, (size_t)p.batch, table->row_size);
    if (status == STATUS_OK) status = read_rows(&p, take, context);
    return passage_close(&p, status);
}

Status hdf5_table_rows(const Hdf5File *file, const char *path, uint64_t *rows) {
    hid_t space = H5I_INVALID_HID;
    hid_t set = H5Dopen2(file->id, path, H5P_DEFAULT);
    if (set < 0) return hdf5_refuse(file, "%s is missing", path);
    Status status = open_rows(file, path, set, &space, rows);
    if (status == STATUS_OK) {
        hid_t type = H5Dget_type(set);
        size_t size = type >= 0 ? H5Tget_size(type) : 1;
        if (type >= 0) (void)H5Tclose(type);
        status = hdf5_check_room(file, path, rows, 1, size);
    }
    if (space >= 0) (void)H5Sclose(space);
    (void)H5Dclose(set);
    return status;
}
