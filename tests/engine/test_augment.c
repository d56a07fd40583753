/* Augmentation: the documented rule, word by word and pixel by pixel. */
#include "engine/augment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/trainer.h"
#include "suite.h"
#include "suites.h"

static const Augmentation usual = {
    .shift = 3, .flip = 0.3, .key = {.seed = UINT64_C(1) << 40 | 7, .stage = 2, .number = 9}, .step = 1234};

/* The move of the example at that place of the batch, from the stream one word at a time. */
static Move expected_move(const Augmentation *a, uint32_t place) {
    RandomStream stream = random_stream(a->key.seed, RANDOM_AUGMENT, a->key.stage, 0, a->key.number, a->step);
    stream.block = place;
    double ways = 2.0 * a->shift + 1;
    Move move;
    move.down = (int64_t)floor(random_u32(&stream) * ways / 0x1p32) - a->shift;
    move.right = (int64_t)floor(random_u32(&stream) * ways / 0x1p32) - a->shift;
    move.mirror = random_u32(&stream) < round(a->flip * 0x1p32);
    return move;
}

static bool moves_equal(Move a, Move b) {
    return a.down == b.down && a.right == b.right && a.mirror == b.mirror;
}

static void rule(void) {
    Move moves[AUGMENT_LANES];
    for (uint32_t first = 0; first < 5 * AUGMENT_LANES; first += AUGMENT_LANES) {
        augment_draw(&usual, first, moves);
        for (uint32_t i = 0; i < AUGMENT_LANES; i++)
            CU_ASSERT(moves_equal(moves[i], expected_move(&usual, first + i)));
    }
}

static void names_matter(void) {
    Augmentation others[4] = {usual, usual, usual, usual};
    others[0].key.seed++;
    others[1].key.stage++;
    others[2].key.number++;
    others[3].step++;
    Move moves[AUGMENT_LANES], other[AUGMENT_LANES];
    augment_draw(&usual, 0, moves);
    for (size_t k = 0; k < 4; k++) {
        augment_draw(&others[k], 0, other);
        size_t same = 0;
        for (size_t i = 0; i < AUGMENT_LANES; i++)
            same += moves_equal(moves[i], other[i]);
        CU_ASSERT(same < AUGMENT_LANES / 2);
    }
}

/* Is the count within five standard deviations of what is expected? */
static bool as_likely(size_t count, size_t draws, double probability) {
    double mean = (double)draws * probability;
    return fabs((double)count - mean) < 5 * sqrt(mean * (1 - probability));
}

static void distribution(void) {
    enum { STEPS = 4000, DRAWS = STEPS * AUGMENT_LANES, WAYS = 7 };
    size_t counts[WAYS][WAYS] = {{0}}, mirrors = 0, mirrored_up = 0, up = 0;
    Augmentation augmentation = usual;
    for (augmentation.step = 0; augmentation.step < STEPS; augmentation.step++) {
        Move moves[AUGMENT_LANES];
        augment_draw(&augmentation, 0, moves);
        for (size_t i = 0; i < AUGMENT_LANES; i++) {
            CU_ASSERT_FATAL(labs((long)moves[i].down) <= 3 && labs((long)moves[i].right) <= 3);
            counts[moves[i].down + 3][moves[i].right + 3]++;
            mirrors += moves[i].mirror;
            up += moves[i].down < 0;
            mirrored_up += moves[i].mirror && moves[i].down < 0;
        }
    }
    for (size_t down = 0; down < WAYS; down++) {
        for (size_t right = 0; right < WAYS; right++)
            CU_ASSERT(as_likely(counts[down][right], DRAWS, 1.0 / (WAYS * WAYS)));
    }
    CU_ASSERT(as_likely(mirrors, DRAWS, 0.3));
    CU_ASSERT(as_likely(mirrored_up, up, 0.3));
}

static void ends_of_flip(void) {
    Move moves[AUGMENT_LANES];
    Augmentation never = usual, always = usual;
    never.flip = 0;
    always.flip = 1;
    for (uint32_t first = 0; first < 1600; first += AUGMENT_LANES) {
        augment_draw(&never, first, moves);
        for (size_t i = 0; i < AUGMENT_LANES; i++)
            CU_ASSERT_FALSE(moves[i].mirror);
        augment_draw(&always, first, moves);
        for (size_t i = 0; i < AUGMENT_LANES; i++)
            CU_ASSERT_TRUE(moves[i].mirror);
    }
}

#define FILE_ROWS 4
#define BATCH 37

/* A made-up file of images and room for a batch of them. */
typedef struct Images {
    Examples examples;
    float *values, *mean, *deviation, *x;
    uint8_t *bytes;
    uint16_t labels[FILE_ROWS], gathered[BATCH];
    uint32_t index[FILE_ROWS], rows[BATCH];
} Images;

static void images_begin(Images *m, ValueType type, Shape shape, size_t period) {
    size_t values = shape_size(shape);
    m->values = malloc(FILE_ROWS * values * sizeof *m->values);
    m->bytes = malloc(FILE_ROWS * values);
    m->mean = malloc(period * sizeof *m->mean);
    m->deviation = malloc(period * sizeof *m->deviation);
    m->x = malloc(BATCH * values * sizeof *m->x);
    if (m->values == NULL || m->bytes == NULL || m->mean == NULL || m->deviation == NULL || m->x == NULL)
        abort();
    for (size_t i = 0; i < FILE_ROWS * values; i++) {
        m->bytes[i] = (uint8_t)(i * 7919 >> 3);
        m->values[i] = (float)(100 * sin((double)i));
    }
    for (size_t j = 0; j < period; j++) {
        m->mean[j] = (float)j + 3.7F;
        m->deviation[j] = 0.3F + (float)(j % 11);
    }
    for (uint32_t i = 0; i < FILE_ROWS; i++) {
        m->index[i] = i;
        m->labels[i] = (uint16_t)(FILE_ROWS - 1 - i);
    }
    for (uint32_t i = 0; i < BATCH; i++)
        m->rows[i] = i * 5 % FILE_ROWS;
    m->examples = (Examples){.values = type == VALUE_U8 ? (const void *)m->bytes : m->values,
                             .type = type,
                             .shape = shape,
                             .labels = m->labels,
                             .classes = FILE_ROWS,
                             .index = m->index,
                             .count = FILE_ROWS,
                             .mean = m->mean,
                             .deviation = m->deviation,
                             .period = period};
}

static void images_end(Images *m) {
    free(m->values);
    free(m->bytes);
    free(m->mean);
    free(m->deviation);
    free(m->x);
}

/* The file's value at a pixel's channel of the moved image. */
static float moved_value(const Images *m, size_t example, Move move, int64_t r, int64_t c, size_t channel) {
    Shape shape = m->examples.shape;
    int64_t row = r - move.down, column = c - move.right;
    if (row < 0 || row >= (int64_t)shape.height || column < 0 || column >= (int64_t)shape.width) return 0;
    if (move.mirror) column = (int64_t)shape.width - 1 - column;
    size_t at =
        ((example * shape.height + (size_t)row) * shape.width + (size_t)column) * shape.channels + channel;
    return m->examples.type == VALUE_U8 ? (float)m->bytes[at] : m->values[at];
}

static size_t count_wrong(const Images *m, const Augmentation *augmentation) {
    Shape shape = m->examples.shape;
    size_t wrong = 0, values = shape_size(shape);
    for (uint32_t i = 0; i < BATCH; i++) {
        Move move = expected_move(augmentation, i);
        for (size_t j = 0; j < values; j++) {
            size_t pixel = j / shape.channels, constant = j % m->examples.period;
            float value = moved_value(m, m->rows[i], move, (int64_t)(pixel / shape.width),
                                      (int64_t)(pixel % shape.width), j % shape.channels);
            wrong += m->x[i * values + j] != (value - m->mean[constant]) * (1 / m->deviation[constant]);
        }
        wrong += m->gathered[i] != m->labels[m->rows[i]];
    }
    return wrong;
}

static void check_images(ValueType type, Shape shape, size_t period, uint32_t shift) {
    static Images images;
    images_begin(&images, type, shape, period);
    Augmentation augmentation = usual;
    augmentation.shift = shift;
    augmentation.flip = 0.5;
    examples_gather_augmented(&images.examples, images.rows, BATCH, &augmentation, images.x, images.gathered);
    CU_ASSERT_EQUAL(count_wrong(&images, &augmentation), 0);
    images_end(&images);
}

static void pixels(void) {
    const ValueType types[] = {VALUE_U8, VALUE_F32};
    for (size_t t = 0; t < 2; t++) {
        check_images(types[t], (Shape){28, 28, 1}, 1, 2);
        check_images(types[t], (Shape){30, 31, 3}, 3, 4); /* stretches that end within a row */
        check_images(types[t], (Shape){5, 7, 2}, 2, 3);
        check_images(types[t], (Shape){3, 1700, 1}, 1, 2);    /* rows of more than a stretch */
        check_images(types[t], (Shape){2, 3, 1700}, 1700, 1); /* pixels of more than a stretch */
        check_images(types[t], (Shape){6, 5, 1}, 30, 0);      /* a constant for every place of an image */
        check_images(types[t], (Shape){1, 9, 4}, 4, 0);
    }
}

static void out_of_sight(void) {
    check_images(VALUE_U8, (Shape){2, 3, 3}, 3, 5);
    check_images(VALUE_F32, (Shape){4, 4, 1}, 1, UINT32_C(1) << 30);
}

static void nothing_asked_for(void) {
    static Images images;
    Shape shape = {9, 11, 3};
    images_begin(&images, VALUE_U8, shape, 3);
    size_t bytes = BATCH * shape_size(shape) * sizeof(float);
    float *plain = malloc(bytes);
    if (plain == NULL) abort();
    Augmentation none = {.key = usual.key};
    examples_gather(&images.examples, images.rows, BATCH, plain, images.gathered);
    examples_gather_augmented(&images.examples, images.rows, BATCH, &none, images.x, images.gathered);
    CU_ASSERT(memcmp(plain, images.x, bytes) == 0);
    free(plain);
    images_end(&images);
}

void suite_augment(void) {
    static const TestCase tests[] = {
        {"moves follow the documented rule, word by word", rule},
        {"seed, stage, number and step each matter", names_matter},
        {"all shifts are as likely, mirrors as often as asked, one whatever the other", distribution},
        {"a mirror of probability 0 never happens, one of 1 always", ends_of_flip},
        {"every value of a moved image is where the rule puts it, for bytes, floats and channels", pixels},
        {"an image can be moved out of sight", out_of_sight},
        {"with nothing asked for, images stay as they are", nothing_asked_for},
    };
    SUITE("augment", tests);
}
