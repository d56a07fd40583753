/* Augmentation of images as they are gathered for a training step: a random mirror, then a random shift.
 *
 * The rule, by which any program can tell what an image became. The example at place i of the batch (from 0)
 * has the words w0, w1, w2 of Philox block i of the stream (RANDOM_AUGMENT, stage, lane 0, number, step),
 * step counting the trial's training steps from 0. With s = shift:
 *
 *   down   = floor(w0 (2 s + 1) / 2^32) - s      rows, -s .. s, all as likely
 *   right  = floor(w1 (2 s + 1) / 2^32) - s      columns, likewise
 *   mirror = w2 < round(flip 2^32)
 *
 *   y[r][c] = m[r - down][c - right], 0 where that lies outside;  m[r][c] = x[r][width - 1 - c] where
 * mirrored, else x[r][c]
 *
 * x and y are in the file's own values, all channels of a pixel together, and y is normalised as x would be:
 * what is shifted in is the file's 0. */
#ifndef WINNOW_ENGINE_AUGMENT_H
#define WINNOW_ENGINE_AUGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/network.h"
#include "engine/philox_lanes.h"

typedef struct Augmentation {
    uint32_t shift; /* pixels, under 2^31 */
    double flip;    /* probability of a mirror, [0, 1] */
    TrialKey key;
    uint32_t step; /* of training */
} Augmentation;

/* What happens to one image. */
typedef struct Move {
    int64_t down, right; /* pixels */
    bool mirror;
} Move;

#define AUGMENT_LANES PHILOX_LANES

/* The moves of the examples at places first .. first + AUGMENT_LANES - 1 of the batch. */
void augment_draw(const Augmentation *augmentation, uint32_t first, Move moves[AUGMENT_LANES]);

/* Values first .. first + length - 1 of the moved image [height, width, channels], each of `size` bytes, to
 * `to`. */
void augment_move(const unsigned char *image, Shape shape, size_t size, Move move, size_t first,
                  size_t length, unsigned char *to);

#endif
