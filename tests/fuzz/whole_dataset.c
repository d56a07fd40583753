#include "whole_dataset.h"

#include <string.h>

#include "fuzz.h"

static void whole_part(const Dataset *dataset, DataPart which) {
    Examples part = dataset_part(dataset, which);
    if (part.count == 0) return;
    size_t values = part.shape.height * part.shape.width * part.shape.channels;
    size_t size = part.type == VALUE_U8 ? 1 : sizeof(float);
    REQUIRE(part.period > 0);
    for (size_t i = 0; i < part.count; i++) {
        const uint8_t *row = (const uint8_t *)part.values + part.index[i] * values * size;
        fuzz_touch(row, values * size);
        REQUIRE(part.labels[part.index[i]] < part.classes);
        REQUIRE(i == 0 || part.index[i] > part.index[i - 1]);
    }
    for (size_t j = 0; j < part.period; j++)
        REQUIRE(part.deviation[j] > 0 && part.mean[j] == part.mean[j]);
}

void whole_dataset(const Dataset *dataset) {
    for (size_t c = 0; c < dataset_classes(dataset); c++)
        fuzz_touch(dataset_class_name(dataset, c), strlen(dataset_class_name(dataset, c)) + 1);
    whole_part(dataset, PART_TRAIN);
    whole_part(dataset, PART_VALIDATION);
    whole_part(dataset, PART_TEST);
    whole_part(dataset, PART_SELECTION);
}

void whole_dataset_load(const DataSpec *spec) {
    Dataset *dataset = NULL, *view = NULL;
    size_t length = 0;
    if (!fuzz_accepted(dataset_load(&dataset, spec, 1))) return;
    whole_dataset(dataset);
    const void *block = dataset_block(dataset, &length);
    REQUIRE(dataset_view(&view, block, length) == STATUS_OK);
    whole_dataset(view);
    dataset_destroy(&view);
    dataset_destroy(&dataset);
}
