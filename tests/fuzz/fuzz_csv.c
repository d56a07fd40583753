/* Tables: one byte of choices, then the training table, and perhaps one of the test set. */
#include "fuzz.h"
#include "whole_dataset.h"

int fuzz_csv(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    FuzzPart rest = {data + 1, size - 1};
    FuzzPart train = fuzz_part(&rest);
    DataSpec spec = {.format = DATA_CSV,
                     .train_table = fuzz_file(0, train.data, train.size),
                     .label_column = data[0] & 8 ? "x" : "label",
                     .validation = data[0] & 4 ? 1 : 0.4,
                     .normalise = (Normalisation)(data[0] % 3)};
    if (rest.size > 0) spec.test_table = fuzz_file(1, rest.data, rest.size);
    whole_dataset_load(&spec);
    return 0;
}
