/* Which data a campaign uses, as the configuration says it. */
#ifndef WINNOW_DATA_DATA_SPEC_H
#define WINNOW_DATA_DATA_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/source.h"

typedef enum DataFormat { DATA_IDX, DATA_CSV, DATA_HDF5, DATA_SYNTHETIC } DataFormat;
typedef enum Normalisation {
    NORMALISE_NONE,
    NORMALISE_UNIT,    /* bytes: x / 255; else (x - min) / (max - min) of the training part, one a feature */
    NORMALISE_STANDARD /* (x - mean) / deviation of the training part, one a channel (images) or feature
                          (tables) */
} Normalisation;
typedef enum SyntheticKind { SYNTHETIC_BLOBS, SYNTHETIC_MOONS, SYNTHETIC_SPIRALS } SyntheticKind;

/* Two arrays of an HDF5 file. */
typedef struct Hdf5Part {
    const char *file;
    const char *images, *labels; /* paths in the file */
} Hdf5Part;

/* Paths are as the user wrote them or resolved against the configuration's folder; owned by the Config. */
typedef struct DataSpec {
    DataFormat format;
    const char *train_images, *train_labels; /* idx; .gz is recognised by its content */
    const char *test_images, *test_labels;   /* idx; NULL without a test set */
    const char *train_table, *test_table;    /* csv; test may be NULL */
    const char *label_column;                /* csv: name in the header */
    Hdf5Part train_hdf5, test_hdf5;          /* hdf5; test's file is NULL without a test set */
    SyntheticKind synthetic;
    size_t examples, test_examples; /* synthetic: how many; test_examples may be 0 */
    size_t classes, features;       /* synthetic; moons: 2 and 2, spirals: 2 features */
    double noise;                   /* synthetic: deviation of what is added, >= 0 */
    bool unlabelled;   /* idx, csv, hdf5: no labels are read, and their file, column or path is not looked at:
                          each is 0 of one class */
    double validation; /* >= 1: a count; in (0, 1): a fraction of the training file */
    double selection;  /* likewise; 0 for none */
    const SourceText *source;                   /* of the configuration, for messages; NULL without one */
    SourceMark validation_mark, selection_mark; /* where they are written there */
    Normalisation normalise;
} DataSpec;

#endif
