/* A small sound data set in IDX files, to be spoiled by the tests. */
#ifndef WINNOW_TESTS_DATA_IDX_FILES_H
#define WINNOW_TESTS_DATA_IDX_FILES_H

#include "data/data_spec.h"

/* 8 training images of 2 x 3 bytes with value 10 i + j, labels 0 1 0 1 2 2 0 1; 3 test images, labels 2 0 1.
 */
#define IDX_TRAIN 8
#define IDX_TEST 3
#define IDX_PIXELS 6
#define IDX_IMAGES_HEADER 16
#define IDX_LABELS_HEADER 8

typedef struct IdxFiles {
    unsigned char images[IDX_IMAGES_HEADER + IDX_TRAIN * IDX_PIXELS];
    unsigned char labels[IDX_LABELS_HEADER + IDX_TRAIN];
    unsigned char test_images[IDX_IMAGES_HEADER + IDX_TEST * IDX_PIXELS];
    unsigned char test_labels[IDX_LABELS_HEADER + IDX_TEST];
} IdxFiles;

IdxFiles idx_files(void);

/* Write them as "images", "labels", "test-images", "test-labels". */
void idx_files_write(const IdxFiles *files);

/* The specification that reads those: 2 examples validate, no normalisation. */
DataSpec idx_spec(void);

#endif
