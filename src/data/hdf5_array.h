/* Arrays in HDF5 files, by path, a few rows at a time.
 *
 * What a file says is not believed: classes of types, dimensions and sizes are checked, and nothing is read
 * but the file itself: external links, external storage and virtual data sets, which name other files, are
 * refused. Links within the file are followed. HDF5 takes no lock on the file and prints nothing. Errors are
 * STATUS_INPUT "file: path: .." where not said otherwise. */
#ifndef WINNOW_DATA_HDF5_ARRAY_H
#define WINNOW_DATA_HDF5_ARRAY_H

#include <stddef.h>

#include "base/status.h"

#define HDF5_ARRAY_RANK 32 /* HDF5's own limit */

typedef enum Hdf5Values {
    HDF5_BYTES,    /* unsigned, 8 bits */
    HDF5_INTEGERS, /* all others, enumerations and booleans (which h5py stores as such) among them */
    HDF5_FLOATS,   /* of any size */
    HDF5_TEXTS     /* of fixed length or not */
} Hdf5Values;

typedef struct Hdf5About {
    Hdf5Values values;
    int rank;                     /* 0 for a single value, or for none */
    size_t dims[HDF5_ARRAY_RANK]; /* [rank], each > 0; their product fits a size_t */
    size_t step; /* rows (of the first dimension) that are best read together: whole chunks */
} Hdf5About;

typedef struct Hdf5Array Hdf5Array;

/* `file` and `path` stay borrowed. Unfounded claims of size are refused: an array of values that were never
 * written, or of more than its storage can expand to. Whatever comes back, hdf5_array_close follows. */
Status hdf5_array_open(Hdf5Array **out, const char *file, const char *path, Hdf5About *about) MUST_CHECK;
void hdf5_array_close(Hdf5Array **array);

typedef enum Hdf5Memory { HDF5_AS_U8, HDF5_AS_I64, HDF5_AS_F32 } Hdf5Memory;

/* Rows first .. first + count - 1 of an array of numbers, converted: integers beyond the type's range become
 * its ends, floats beyond it infinite. */
Status hdf5_array_read(const Hdf5Array *array, size_t first, size_t count, Hdf5Memory memory,
                       void *out) MUST_CHECK;
/* Those of an array [rows] or [rows][1] of texts; each is owned. Up to `count` may be filled where it fails;
 * the others stay as they are. */
Status hdf5_array_read_texts(const Hdf5Array *array, size_t first, size_t count, char **texts) MUST_CHECK;

/* HDF5's innermost description of what has just failed, in the system's own words where it quotes them; to be
 * asked for before any other call into HDF5. Valid until the next call of the thread. */
const char *hdf5_reason(void);

#endif
