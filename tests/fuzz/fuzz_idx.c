/* IDX files, plain or gzip: one byte of choices, then images and labels, and perhaps the same of a test set.
 */
#include "fuzz.h"
#include "whole_dataset.h"

int fuzz_idx(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    FuzzPart rest = {data + 1, size - 1};
    const char *paths[4] = {0};
    for (unsigned i = 0; i < 4; i++) {
        FuzzPart file = fuzz_part(&rest);
        if (i < 2 || file.size > 0) paths[i] = fuzz_file(i, file.data, file.size);
    }
    whole_dataset_load(&(DataSpec){.format = DATA_IDX,
                                   .train_images = paths[0],
                                   .train_labels = paths[1],
                                   .test_images = paths[2],
                                   .test_labels = paths[3],
                                   .validation = data[0] & 4 ? 1 : 0.4,
                                   .normalise = (Normalisation)(data[0] % 3)});
    return 0;
}
