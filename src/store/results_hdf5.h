/* What the results file's writer and reader need of HDF5: files, attributes, arrays and tables, named by
 * their path.
 *
 * Nothing here keeps an HDF5 handle but the file's own. What is read is untrusted: classes and dimensions are
 * checked, and no more memory is taken than a file of that length can hold. Errors are STATUS_ENVIRONMENT
 * "path: object: ..". */
#ifndef WINNOW_STORE_RESULTS_HDF5_H
#define WINNOW_STORE_RESULTS_HDF5_H

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

#define HDF5_USER_BLOCK 512

typedef struct Hdf5File {
    hid_t id;
    const char *path; /* borrowed */
    uint64_t room;    /* most bytes that one object may take in memory when read */
} Hdf5File;

Status hdf5_create(Hdf5File *file, const char *path) MUST_CHECK;
Status hdf5_open(Hdf5File *file, const char *path) MUST_CHECK; /* to read */
/* Flushes what was written; the file is closed in any case. */
Status hdf5_close(Hdf5File *file) MUST_CHECK;
/* Close a file that was only read, or that has failed; the status text stays. */
void hdf5_abandon(Hdf5File *file);

/* "path: formatted: HDF5's innermost description", which is asked for before any other call into HDF5. */
Status hdf5_fail(const Hdf5File *file, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "path: formatted", for content that cannot be. */
Status hdf5_refuse(const Hdf5File *file, const char *format, ...) __attribute__((format(printf, 2, 3)));

typedef enum Hdf5Kind {
    HDF5_U8,
    HDF5_U16,
    HDF5_U32,
    HDF5_U64,
    HDF5_I64,
    HDF5_F32,
    HDF5_F64,
    HDF5_TEXT
} Hdf5Kind;

bool hdf5_has(const Hdf5File *file, const char *path);
Status hdf5_make_group(const Hdf5File *file, const char *path) MUST_CHECK; /* parents too */

/* Attributes of the object `object`: one number, or a text of any length. */
Status hdf5_put_number(const Hdf5File *file, const char *object, const char *name, Hdf5Kind kind,
                       const void *value) MUST_CHECK;
Status hdf5_get_number(const Hdf5File *file, const char *object, const char *name, Hdf5Kind kind,
                       void *value) MUST_CHECK;
Status hdf5_put_text(const Hdf5File *file, const char *object, const char *name, const char *text) MUST_CHECK;
Status hdf5_get_text(const Hdf5File *file, const char *object, const char *name,
                     char **text) MUST_CHECK; /* owned */

/* Datasets of `rank` dimensions (0 for a single number), row-major. Groups on the way are made. */
#define HDF5_MAX_RANK 4
Status hdf5_write_array(const Hdf5File *file, const char *path, Hdf5Kind kind, int rank, const uint64_t *dims,
                        const void *data) MUST_CHECK;
/* Any number of dimensions, for a caller who then reads an array of that rank. */
Status hdf5_array_rank(const Hdf5File *file, const char *path, int *rank) MUST_CHECK;
/* Into `data`, the address of a pointer that then owns the values; dims are those found. */
Status hdf5_read_array(const Hdf5File *file, const char *path, Hdf5Kind kind, int rank, uint64_t *dims,
                       void *data) MUST_CHECK;

/* A list of texts, of fixed length in the file. */
Status hdf5_write_texts(const Hdf5File *file, const char *path, uint64_t count,
                        char *const *texts) MUST_CHECK;
Status hdf5_read_texts(const Hdf5File *file, const char *path, uint64_t count,
                       char **texts) MUST_CHECK; /* each owned */

/* Tables: a compound dataset, one member a column. */
typedef struct Hdf5Column {
    const char *name;
    Hdf5Kind kind;
    size_t offset; /* in a row in memory */
    size_t size;   /* HDF5_TEXT: bytes there and in the file, ending zero included */
} Hdf5Column;

typedef struct Hdf5Table {
    const char *path;
    size_t column_count;
    const Hdf5Column *columns; /* [column_count] */
    size_t row_size;           /* bytes of a row in memory */
} Hdf5Table;

/* Fill in, or take, row `index`; rows come in order. A row to fill is zeroed; one to take holds ended texts.
 */
typedef Status (*Hdf5Fill)(void *context, uint64_t index, void *row);
typedef Status (*Hdf5Take)(void *context, uint64_t index, const void *row);

Status hdf5_write_table(const Hdf5File *file, const Hdf5Table *table, uint64_t rows, Hdf5Fill fill,
                        void *context) MUST_CHECK;
Status hdf5_table_rows(const Hdf5File *file, const char *path, uint64_t *rows) MUST_CHECK;
Status hdf5_read_table(const Hdf5File *file, const Hdf5Table *table, Hdf5Take take, void *context) MUST_CHECK;

/* Shared by arrays and tables. */
hid_t hdf5_memory_type(Hdf5Kind kind); /* of the library: not to be closed; not HDF5_TEXT */
hid_t hdf5_file_type(Hdf5Kind kind);
hid_t hdf5_text_type(size_t size, bool in_file); /* to be closed */
bool hdf5_type_fits(hid_t type, Hdf5Kind kind);  /* may a value of `type` be read as that kind? */
hid_t hdf5_link_properties(void);                /* to be closed */
hid_t hdf5_dataset_properties(void);             /* to be closed */
Status hdf5_check_room(const Hdf5File *file, const char *path, const uint64_t *dims, int rank,
                       size_t size) MUST_CHECK;

#endif
