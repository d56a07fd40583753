#include "hdf5_files.h"

#include <stdio.h>
#include <stdlib.h>

#include "idx_files.h"

hid_t hdf5_sure(hid_t result) {
    if (result >= 0) return result;
    H5Eprint2(H5E_DEFAULT, stderr);
    exit(1);
}

void hdf5_put_as(hid_t file, const char *path, hid_t type, hid_t memory, int rank, const hsize_t *dims,
                 hid_t creation, const void *values) {
    hid_t space = hdf5_sure(rank > 0 ? H5Screate_simple(rank, dims, NULL) : H5Screate(H5S_SCALAR));
    if (H5Lexists(file, path, H5P_DEFAULT) > 0) hdf5_sure(H5Ldelete(file, path, H5P_DEFAULT));
    hid_t set = hdf5_sure(H5Dcreate2(file, path, type, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    if (values != NULL) hdf5_sure(H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
    hdf5_sure(H5Dclose(set));
    hdf5_sure(H5Sclose(space));
    hdf5_sure(H5Pclose(creation));
}

void hdf5_put(hid_t file, const char *path, hid_t type, hid_t memory, int rank, const hsize_t *dims,
              const void *values) {
    hdf5_put_as(file, path, type, memory, rank, dims, hdf5_sure(H5Pcreate(H5P_DATASET_CREATE)), values);
}

void hdf5_put_packed(hid_t file, const char *path, hid_t type, hid_t memory, int rank, const hsize_t *dims,
                     const hsize_t *chunk, const void *values) {
    hid_t creation = hdf5_sure(H5Pcreate(H5P_DATASET_CREATE));
    hdf5_sure(H5Pset_chunk(creation, rank, chunk));
    hdf5_sure(H5Pset_shuffle(creation));
    hdf5_sure(H5Pset_deflate(creation, 6));
    hdf5_put_as(file, path, type, memory, rank, dims, creation, values);
}

hid_t hdf5_text(size_t size) {
    hid_t type = hdf5_sure(H5Tcopy(H5T_C_S1));
    hdf5_sure(H5Tset_size(type, size));
    return type;
}

static void put_part(hid_t file, const char *group, hsize_t rows, const unsigned char *images,
                     const unsigned char *labels) {
    char path[32];
    const hsize_t dims[] = {rows, 2, 3};
    hdf5_sure(H5Gclose(hdf5_sure(H5Gcreate2(file, group, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT))));
    (void)snprintf(path, sizeof path, "%s/x", group);
    hdf5_put(file, path, H5T_STD_U8LE, H5T_NATIVE_UCHAR, 3, dims, images);
    (void)snprintf(path, sizeof path, "%s/y", group);
    hdf5_put(file, path, H5T_STD_U8LE, H5T_NATIVE_UCHAR, 1, dims, labels);
}

hid_t hdf5_small(void) {
    IdxFiles files = idx_files();
    hid_t file = hdf5_sure(H5Fcreate(HDF5_SMALL, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    put_part(file, "/train", IDX_TRAIN, files.images + IDX_IMAGES_HEADER, files.labels + IDX_LABELS_HEADER);
    put_part(file, "/test", IDX_TEST, files.test_images + IDX_IMAGES_HEADER,
             files.test_labels + IDX_LABELS_HEADER);
    return file;
}

DataSpec hdf5_spec(void) {
    return (DataSpec){.format = DATA_HDF5,
                      .train_hdf5 = {HDF5_SMALL, "/train/x", "/train/y"},
                      .test_hdf5 = {HDF5_SMALL, "/test/x", "/test/y"},
                      .validation = 2};
}
