#include "rank/bench/made_up_examples.h"

#include "base/memory.h"
#include "base/philox.h"

#define EXAMPLES 60000
#define MOST_BYTES ((size_t)256 << 20)
#define VALIDATION_PART 6 /* one in so many */
#define WORD_BYTES 4

/* Of uniform bytes. */
static const float byte_mean[1] = {127.5F}, byte_deviation[1] = {73.9F};

static size_t count_for(size_t values) {
    size_t most = MOST_BYTES / values;
    return most > EXAMPLES ? EXAMPLES : most < VALIDATION_PART ? VALIDATION_PART : most;
}

static void fill_bytes(RandomStream *stream, uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i += WORD_BYTES) {
        uint32_t word = random_u32(stream);
        for (size_t k = 0; k < WORD_BYTES && i + k < count; k++)
            bytes[i + k] = (uint8_t)(word >> (8 * k));
    }
}

Status made_up_examples_create(MadeUpExamples *examples, Shape shape, size_t classes) {
    *examples = (MadeUpExamples){0};
    size_t values = shape_size(shape), count = count_for(values);
    TRY(memory_new(&examples->memory[0], count, values));
    TRY(memory_new(&examples->memory[1], count, sizeof(uint16_t)));
    TRY(memory_new(&examples->memory[2], count, sizeof(uint32_t)));
    uint16_t *labels = examples->memory[1];
    uint32_t *index = examples->memory[2];
    RandomStream stream = random_stream(0, RANDOM_SYNTHETIC, 0, 0, 0, 0);
    fill_bytes(&stream, examples->memory[0], count * values);
    for (size_t i = 0; i < count; i++) {
        labels[i] = (uint16_t)random_below(&stream, (uint32_t)classes);
        index[i] = (uint32_t)i;
    }
    examples->validation = (Examples){.values = examples->memory[0],
                                      .type = VALUE_U8,
                                      .shape = shape,
                                      .labels = labels,
                                      .classes = classes,
                                      .index = index,
                                      .count = count / VALIDATION_PART,
                                      .mean = byte_mean,
                                      .deviation = byte_deviation,
                                      .period = 1};
    examples->train = examples->validation;
    examples->train.index = index + examples->validation.count;
    examples->train.count = count - examples->validation.count;
    return STATUS_OK;
}

void made_up_examples_release(MadeUpExamples *examples) {
    for (size_t i = 0; i < 3; i++)
        free(examples->memory[i]);
    *examples = (MadeUpExamples){0};
}
