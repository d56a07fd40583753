/* The small sound data set of idx_files.h in an HDF5 file, to be varied and spoiled by the tests. */
#ifndef WINNOW_TESTS_DATA_HDF5_FILES_H
#define WINNOW_TESTS_DATA_HDF5_FILES_H

#include <hdf5.h>

#include "data/data_spec.h"

#define HDF5_SMALL "small.h5"

/* Make HDF5_SMALL with the groups /train and /test and in each x (bytes [n][2][3]) and y (bytes [n]), and
 * open it for changes; H5Fclose follows. Each function ends the process where HDF5 refuses. */
hid_t hdf5_small(void);
/* The specification that reads it: 2 examples validate, no normalisation. */
DataSpec hdf5_spec(void);

/* Put an array at `path`, in place of what is there. The values, of type `memory`, are stored as `type`; NULL
 * leaves them unwritten. */
void hdf5_put(hid_t file, const char *path, hid_t type, hid_t memory, int rank, const hsize_t *dims,
              const void *values);
/* The same, by chunks of these dimensions, shuffled and compressed by gzip. */
void hdf5_put_packed(hid_t file, const char *path, hid_t type, hid_t memory, int rank, const hsize_t *dims,
                     const hsize_t *chunk, const void *values);
/* The same, as the creation properties say; closes them. */
void hdf5_put_as(hid_t file, const char *path, hid_t type, hid_t memory, int rank, const hsize_t *dims,
                 hid_t creation, const void *values);
/* A type for strings of `size` bytes (or H5T_VARIABLE). */
hid_t hdf5_text(size_t size);
/* End the process unless the identifier or result is none of an error. */
hid_t hdf5_sure(hid_t result);

#endif
