/* A data set in its block of bytes, as it comes out of shared memory. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "whole_dataset.h"

int fuzz_block(const uint8_t *data, size_t size) {
    Dataset *view = NULL;
    void *block = malloc(size > 0 ? size : 1); /* aligned, and no longer than it says */
    REQUIRE(block != NULL);
    memcpy(block, data, size);
    if (fuzz_accepted(dataset_view(&view, block, size))) whole_dataset(view);
    dataset_destroy(&view);
    free(block);
    return 0;
}
