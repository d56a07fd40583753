/* A small set of pictures that the trainer's tests train on. */
#ifndef WINNOW_TESTS_ENGINE_MADE_UP_DATA_H
#define WINNOW_TESTS_ENGINE_MADE_UP_DATA_H

#include "engine/examples.h"

#define ROWS 400 /* of the made-up file */
#define SIDE 4
#define VALUES (SIDE * SIDE)
#define CLASSES 3
#define TRAINING 300

/* Bytes around a different pattern for each class, noisy enough that the classes overlap a little. */
typedef struct Data {
    uint8_t values[ROWS * VALUES];
    uint16_t labels[ROWS];
    uint32_t index[ROWS]; /* training part, then validation part: every fourth row */
    float mean[1], deviation[1];
    Examples train, validation;
} Data;

/* The same at every call, borrowed. */
Data *made_up(void);

#endif
