/* How a data set lies in its block: a header, then sections at offsets that follow from the header's counts
 * alone, so that a block from elsewhere is checked by planning it again. */
#ifndef WINNOW_DATA_BLOCK_H
#define WINNOW_DATA_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "data/data_source.h"
#include "data/dataset.h"

#define BLOCK_ALIGNMENT ((size_t)64) /* of every section, counted from the block's beginning */
#define PART_COUNT 4                 /* DataPart */

typedef struct BlockHeader {
    uint64_t magic;
    uint32_t version;
    uint32_t type; /* ValueType */
    uint64_t height, width, channels;
    uint64_t classes;
    uint64_t rows[SET_COUNT];
    uint64_t count[PART_COUNT]; /* training + validation + selection = rows of the training file; test = rows
                                   of the test file */
    uint64_t names_length;
    uint64_t hash; /* dataset_hash */
    /* What follows is filled by block_plan. Offsets in bytes from the block's beginning. */
    uint64_t values_per_example;
    uint64_t values[SET_COUNT]; /* [rows][values_per_example] of type */
    uint64_t labels[SET_COUNT]; /* [rows] uint16_t */
    uint64_t index[PART_COUNT]; /* [count] uint32_t */
    uint64_t mean, deviation;   /* [channels] float */
    uint64_t names;             /* [names_length] zero-ended texts */
    uint64_t length;            /* of the block */
} BlockHeader;

/* Fill magic, version and all offsets from the counts. STATUS_ENVIRONMENT where they are impossible or the
 * length overflows. */
Status block_plan(BlockHeader *header) MUST_CHECK;

/* Everything a reader relies on: the header is what block_plan makes of its counts, the length is right,
 * labels are < classes, indices ascend and lie in range, deviations are positive, names are whole.
 * STATUS_ENVIRONMENT. */
Status block_check(const void *block, size_t length) MUST_CHECK;

#endif
