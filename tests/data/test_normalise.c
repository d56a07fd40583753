#include "data/normalise.h"

#include <float.h>
#include <math.h>

#include "base/philox.h"
#include "scratch.h"
#include "suite.h"

#define ROWS 40
#define PIXELS 5
#define CHANNELS 3
#define SIZE (PIXELS * CHANNELS)

typedef struct Sample {
    uint8_t bytes[ROWS * SIZE];
    float floats[ROWS * SIZE];
    uint32_t index[ROWS / 2]; /* every other row, so that the others can be seen to have no say */
} Sample;

static Sample sample(void) {
    Sample s;
    RandomStream stream = random_stream(11, RANDOM_SYNTHETIC, 0, 0, 0, 0);
    for (size_t i = 0; i < (size_t)ROWS * SIZE; i++) {
        s.bytes[i] = (uint8_t)random_below(&stream, 256);
        s.floats[i] = (float)(1e4 + (double)(i % CHANNELS) * random_normal(&stream));
    }
    for (uint32_t i = 0; i < ROWS / 2; i++) {
        s.index[i] = 2 * i;
    }
    return s;
}

static Examples view(const Sample *s, ValueType type) {
    return (Examples){.values = type == VALUE_U8 ? (const void *)s->bytes : (const void *)s->floats,
                      .type = type,
                      .index = s->index,
                      .count = ROWS / 2,
                      .period = CHANNELS};
}

static double value_of(const Sample *s, ValueType type, size_t i) {
    return type == VALUE_U8 ? s->bytes[i] : (double)s->floats[i];
}

static void standard_is_mean_and_deviation(void) {
    Sample s = sample();
    for (ValueType type = VALUE_U8; type <= VALUE_F32; type++) {
        Examples examples = view(&s, type);
        float mean[CHANNELS];
        float deviation[CHANNELS];
        CU_ASSERT_EQUAL(normalise_fit(NORMALISE_STANDARD, &examples, SIZE, mean, deviation), STATUS_OK);
        for (size_t c = 0; c < CHANNELS; c++) {
            double sum = 0;
            double spread = 0;
            double count = (double)ROWS / 2 * PIXELS;
            for (size_t k = 0; k < (size_t)ROWS / 2 * PIXELS; k++) {
                sum += value_of(&s, type, k / PIXELS * 2 * SIZE + k % PIXELS * CHANNELS + c);
            }
            for (size_t k = 0; k < (size_t)ROWS / 2 * PIXELS; k++) {
                spread += pow(
                    value_of(&s, type, k / PIXELS * 2 * SIZE + k % PIXELS * CHANNELS + c) - sum / count, 2);
            }
            bool constant = type == VALUE_F32 && c == 0;
            double expected = constant ? 1 : sqrt(spread / count);
            CU_ASSERT_DOUBLE_EQUAL(mean[c], sum / count, 1e-7 * fabs(sum / count));
            CU_ASSERT_DOUBLE_EQUAL(deviation[c], expected, 1e-7 * expected);
        }
    }
}

static void unit_is_255_for_bytes_and_the_range_else(void) {
    Sample s = sample();
    float mean[CHANNELS];
    float deviation[CHANNELS];
    Examples examples = view(&s, VALUE_U8);
    CU_ASSERT_EQUAL(normalise_fit(NORMALISE_UNIT, &examples, SIZE, mean, deviation), STATUS_OK);
    for (size_t c = 0; c < CHANNELS; c++) {
        CU_ASSERT(mean[c] == 0 && deviation[c] == 255);
    }
    examples = view(&s, VALUE_F32);
    s.floats[SIZE + 1] = 1e9F; /* a row that is not in the training part */
    CU_ASSERT_EQUAL(normalise_fit(NORMALISE_UNIT, &examples, SIZE, mean, deviation), STATUS_OK);
    for (size_t c = 0; c < CHANNELS; c++) {
        float low = INFINITY;
        float high = -INFINITY;
        for (size_t k = 0; k < (size_t)ROWS / 2 * PIXELS; k++) {
            float value = s.floats[k / PIXELS * 2 * SIZE + k % PIXELS * CHANNELS + c];
            low = fminf(low, value);
            high = fmaxf(high, value);
        }
        CU_ASSERT_EQUAL(mean[c], low);
        CU_ASSERT_EQUAL(deviation[c], c == 0 ? 1 : high - low);
    }
}

static void none_changes_nothing(void) {
    Sample s = sample();
    float mean[CHANNELS] = {7, 7, 7};
    float deviation[CHANNELS] = {7, 7, 7};
    Examples examples = view(&s, VALUE_F32);
    CU_ASSERT_EQUAL(normalise_fit(NORMALISE_NONE, &examples, SIZE, mean, deviation), STATUS_OK);
    for (size_t c = 0; c < CHANNELS; c++) {
        CU_ASSERT(mean[c] == 0 && deviation[c] == 1);
    }
}

/* Columns: one value, of which the mean in double is not exact; a spread below what can be divided by; the
 * widest. */
static void extreme_columns_keep_usable_scales(void) {
    static const float values[] = {0.1F, 0, FLT_MAX, 0.1F, 1e-40F, -FLT_MAX, 0.1F, 0, FLT_MAX};
    static const uint32_t index[] = {0, 1, 2};
    Examples examples = {.values = values, .type = VALUE_F32, .index = index, .count = 3, .period = 3};
    for (Normalisation how = NORMALISE_NONE; how <= NORMALISE_STANDARD; how++) {
        float mean[3];
        float deviation[3];
        CU_ASSERT_EQUAL(normalise_fit(how, &examples, 3, mean, deviation), STATUS_OK);
        CU_ASSERT(deviation[0] == 1 && deviation[1] == 1);
        CU_ASSERT(isfinite(mean[2]) && isfinite(deviation[2]) && deviation[2] >= 1);
    }
    float mean[3];
    float deviation[3];
    CU_ASSERT_EQUAL(normalise_fit(NORMALISE_STANDARD, &examples, 3, mean, deviation), STATUS_OK);
    CU_ASSERT_EQUAL(mean[0], 0.1F);
}

void suite_normalise(void) {
    static const TestCase tests[] = {
        {"standard is mean and population deviation of the training rows", standard_is_mean_and_deviation},
        {"unit is 255 for bytes and the range of the training rows else",
         unit_is_255_for_bytes_and_the_range_else},
        {"none changes nothing", none_changes_nothing},
        {"constant, tiny and huge columns keep usable scales", extreme_columns_keep_usable_scales},
    };
    SUITE("normalisation", tests);
}
