/* Trainings that are made up, for benchmarks: figures like those of a real one, and how long it would take.
 */
#ifndef WINNOW_RANK_MADE_UP_TRAINING_H
#define WINNOW_RANK_MADE_UP_TRAINING_H

#include "engine/trainer.h"

#define MADE_UP_EPOCHS 10 /* of a trial: so many messages of progress, and rows of its curve */

/* Of an epoch, from 1. */
EpochRow made_up_row(uint64_t trial, uint32_t epoch);
/* Seconds of the whole trial: `seconds` +- the part `spread` of it, [0, 1], each trial its own, so that ranks
 * do not march in step. */
double made_up_seconds(uint64_t trial, double seconds, double spread);

#endif
