#include "engine/augment.h"

#include <math.h>
#include <string.h>

/* Uniform over -shift .. shift. */
static int64_t offset_of(uint32_t word, uint64_t shift) {
    return (int64_t)(word * (2 * shift + 1) >> 32) - (int64_t)shift;
}

void augment_draw(const Augmentation *augmentation, uint32_t first, Move moves[AUGMENT_LANES]) {
    const TrialKey *key = &augmentation->key;
    RandomStream stream =
        random_stream(key->seed, RANDOM_AUGMENT, key->stage, 0, key->number, augmentation->step);
    uint64_t flipped = (uint64_t)nearbyint(augmentation->flip * 0x1p32);
    uint32_t words[4 * PHILOX_LANES];
    philox_lanes(&stream, first, words);
    for (size_t i = 0; i < AUGMENT_LANES; i++) {
        moves[i] = (Move){.down = offset_of(words[i], augmentation->shift),
                          .right = offset_of(words[PHILOX_LANES + i], augmentation->shift),
                          .mirror = words[2 * PHILOX_LANES + i] < flipped};
    }
}

/* `count` pixels of `size` bytes in reverse order, the last one of which begins at `last`. */
static inline void reverse(unsigned char *restrict to, const unsigned char *restrict last, size_t count,
                           size_t size) {
    for (size_t i = 0; i < count; i++)
        memcpy(to + i * size, last - i * size, size);
}

/* The same, with the usual sizes known to the compiler: bytes and floats of one and three channels. */
static void reverse_pixels(unsigned char *restrict to, const unsigned char *restrict last, size_t count,
                           size_t size) {
    switch (size) {
    case 1: reverse(to, last, count, 1); break;
    case 3: reverse(to, last, count, 3); break;
    case 4: reverse(to, last, count, 4); break;
    case 12: reverse(to, last, count, 12); break;
    default: reverse(to, last, count, size);
    }
}

static int64_t clamp(int64_t value, int64_t low, int64_t high) {
    return value < low ? low : value > high ? high : value;
}

/* A row of pixels of the image that something is made of. */
typedef struct Row {
    const unsigned char *pixels; /* [width, channels] of `size` bytes; NULL where the row lies outside */
    int64_t width, channels;
    size_t size;
} Row;

static Row row_of(const unsigned char *image, Shape shape, size_t size, int64_t row) {
    Row found = {.width = (int64_t)shape.width, .channels = (int64_t)shape.channels, .size = size};
    if (row >= 0 && row < (int64_t)shape.height)
        found.pixels = image + (size_t)row * shape.width * shape.channels * size;
    return found;
}

/* Values from .. to - 1 of the row mirrored and moved by `right`, all of which lie inside. */
static void copy_mirrored(const Row *row, int64_t right, int64_t from, int64_t to, unsigned char *out) {
    int64_t channels = row->channels;
    size_t size = row->size;
    if (from % channels == 0 && to % channels == 0) {
        const unsigned char *last =
            row->pixels + (size_t)((row->width - 1 - (from / channels - right)) * channels) * size;
        reverse_pixels(out, last, (size_t)((to - from) / channels), (size_t)channels * size);
        return;
    }
    for (int64_t at = from; at < to;) {
        int64_t within = at % channels, run = channels - within < to - at ? channels - within : to - at;
        int64_t source = (row->width - 1 - (at / channels - right)) * channels + within;
        memcpy(out + (size_t)(at - from) * size, row->pixels + (size_t)source * size, (size_t)run * size);
        at += run;
    }
}

/* Values from .. to - 1 of a row of the moved image, made of `row`; what lies outside is left as it is. */
static void move_row(const Row *row, Move move, int64_t from, int64_t to, unsigned char *out) {
    size_t size = row->size;
    int64_t begin = clamp(clamp(move.right, 0, row->width) * row->channels, from, to);
    int64_t end = clamp(clamp(row->width + move.right, 0, row->width) * row->channels, from, to);
    if (begin == end) return;
    out += (size_t)(begin - from) * size;
    if (move.mirror)
        copy_mirrored(row, move.right, begin, end, out);
    else
        memcpy(out, row->pixels + (size_t)(begin - move.right * row->channels) * size,
               (size_t)(end - begin) * size);
}

void augment_move(const unsigned char *image, Shape shape, size_t size, Move move, size_t first,
                  size_t length, unsigned char *to) {
    size_t values = shape.width * shape.channels; /* of a row */
    memset(to, 0, length * size);
    for (size_t at = first; at < first + length;) {
        size_t row = at / values, begin = at - row * values;
        size_t left = first + length - at, end = values - begin < left ? values : begin + left;
        Row source = row_of(image, shape, size, (int64_t)row - move.down);
        if (source.pixels != NULL)
            move_row(&source, move, (int64_t)begin, (int64_t)end, to + (at - first) * size);
        at += end - begin;
    }
}
