/* The mean of each channel over a rectangle of places, as the average pools take it. */
#ifndef WINNOW_ENGINE_OPS_MEAN_H
#define WINNOW_ENGINE_OPS_MEAN_H

#include <stdbool.h>

#include "engine/ops/window.h"
#include "engine/real.h"

#define mean_of_places ENGINE_NAME(mean_of_places)
#define mean_hand_back ENGINE_NAME(mean_hand_back)

/* y [channels] <- mean over the places of the image x. Summed row by row, then over the
 * rows, so that rounding grows with the sides and not with the area. */
void mean_of_places(const Places *places, const real *x, real *y);

/* Each place's part of the gradient dy [channels], into the image dx or added to it. */
void mean_hand_back(const Places *places, const real *dy, bool adds, real *dx);

#endif
