/* Images and labels of HDF5 files as a data source, read in this process. */
#ifndef WINNOW_DATA_HDF5_SOURCE_H
#define WINNOW_DATA_HDF5_SOURCE_H

#include "data/data_source.h"

/* Fill a zeroed source, but for read_values: values are read by rows, below. Whatever comes back,
 * data_source_close follows. */
Status hdf5_source_open_here(DataSource *source, const DataSpec *spec) MUST_CHECK;

/* So many rows are best read together. */
size_t hdf5_source_step(const DataSource *source, size_t set);

/* Rows first .. first + count - 1 of a set, as [count][shape] values of the source's type, all finite. */
Status hdf5_source_rows(const DataSource *source, size_t set, size_t first, size_t count,
                        void *values) MUST_CHECK;

#endif
