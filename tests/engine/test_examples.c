/* Gathering: rows out of a file of bytes or floats into a normalised batch. */
#include "engine/examples.h"

#include <math.h>
#include <stdlib.h>

#include "engine/trainer.h"
#include "suite.h"
#include "suites.h"

/* Every value against (x - mean) * (1 / deviation), for a shape with `channels` and one constant a `period`.
 */
static void check_gather(ValueType type, size_t height, size_t channels, size_t period) {
    enum { FILE_ROWS = 9, BATCH = 5 };
    size_t values = height * channels;
    uint8_t *bytes = malloc(FILE_ROWS * values);
    float *floats = malloc(FILE_ROWS * values * sizeof *floats);
    float *mean = malloc(period * sizeof *mean), *deviation = malloc(period * sizeof *deviation);
    float *x = malloc(BATCH * values * sizeof *x);
    CU_ASSERT_FATAL(bytes != NULL && floats != NULL && mean != NULL && deviation != NULL && x != NULL);
    for (size_t i = 0; i < FILE_ROWS * values; i++) {
        bytes[i] = (uint8_t)(i * 7919 >> 3);
        floats[i] = (float)(1000 * sin((double)i));
    }
    for (size_t j = 0; j < period; j++) {
        mean[j] = (float)j + 3.7F;
        deviation[j] = 0.3F + (float)(j % 11);
    }
    const uint16_t file_labels[FILE_ROWS] = {8, 7, 6, 5, 4, 3, 2, 1, 0};
    const uint32_t index[] = {0, 2, 3, 6, 7, 8}, rows[BATCH] = {5, 0, 4, 4, 1};
    Examples examples = {.values = type == VALUE_U8 ? (const void *)bytes : floats,
                         .type = type,
                         .shape = {1, height, channels},
                         .labels = file_labels,
                         .classes = FILE_ROWS,
                         .index = index,
                         .count = 6,
                         .mean = mean,
                         .deviation = deviation,
                         .period = period};
    uint16_t labels[BATCH];
    examples_gather(&examples, rows, BATCH, x, labels);
    size_t wrong = 0;
    for (size_t i = 0; i < BATCH; i++) {
        size_t row = index[rows[i]];
        CU_ASSERT_EQUAL(labels[i], file_labels[row]);
        for (size_t j = 0; j < values; j++) {
            size_t at = row * values + j;
            float value = type == VALUE_U8 ? (float)bytes[at] : floats[at];
            wrong += x[i * values + j] != (value - mean[j % period]) * (1 / deviation[j % period]);
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(bytes);
    free(floats);
    free(mean);
    free(deviation);
    free(x);
}

static void gathering(void) {
    const ValueType types[] = {VALUE_U8, VALUE_F32};
    for (size_t t = 0; t < 2; t++) {
        check_gather(types[t], 784, 1, 1);
        check_gather(types[t], 1, 1, 1);
        check_gather(types[t], 1100, 3, 3); /* more than one stretch, no multiple of the period */
        check_gather(types[t], 1, 17, 17);
        check_gather(types[t], 1, 2500, 2500);
    }
}

void suite_examples(void) {
    static const TestCase tests[] = {
        {"bytes and floats are gathered and normalised for every period", gathering},
    };
    SUITE("examples", tests);
}
