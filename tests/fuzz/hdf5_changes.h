/* Changes to an HDF5 file, made through HDF5: sound for it, and saying anything. */
#ifndef WINNOW_TESTS_FUZZ_HDF5_CHANGES_H
#define WINNOW_TESTS_FUZZ_HDF5_CHANGES_H

#include <hdf5.h>

#include "base/bytes.h"

#define HDF5_OBJECTS 256
#define HDF5_OBJECT_NAME 128

typedef struct Hdf5Object {
    char path[HDF5_OBJECT_NAME];
    char attribute[HDF5_OBJECT_NAME]; /* "" for the data set itself */
} Hdf5Object;

typedef struct Hdf5Objects {
    size_t count;
    Hdf5Object objects[HDF5_OBJECTS];
} Hdf5Objects;

/* To read and write; everything is closed with it. */
hid_t hdf5_changes_open(const char *path);
/* Add the file's data sets and attributes. */
void hdf5_objects_find(const char *path, Hdf5Objects *objects);

/* One change to one of the objects, as the input says: other values, sizes and types, or it is taken away. */
void hdf5_change(hid_t file, const Hdf5Objects *objects, ByteReader *input);

/* A type of any class; to be closed. Negative where HDF5 has none for the choice. */
hid_t hdf5_other_type(uint8_t choice);

#endif
