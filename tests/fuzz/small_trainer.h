/* A training of a few numbers, for checkpoints. */
#ifndef WINNOW_TESTS_FUZZ_SMALL_TRAINER_H
#define WINNOW_TESTS_FUZZ_SMALL_TRAINER_H

#include "engine/trainer.h"

#define SMALL_TRAINER_EPOCHS 5

/* The kind, taken modulo their number, chooses optimizer, schedule and metric. */
Trainer *small_trainer(unsigned kind);

#endif
