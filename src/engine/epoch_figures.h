/* The figures of an epoch by name, for whoever treats them alike. */
#ifndef WINNOW_ENGINE_EPOCH_FIGURES_H
#define WINNOW_ENGINE_EPOCH_FIGURES_H

#include "engine/trainer.h"

#define EPOCH_FIGURES 8      /* all but the epoch's number, in the order of /curves */
#define EPOCH_FIGURES_SAME 7 /* those before it depend neither on time nor on place */

const char *epoch_figure_name(size_t figure); /* < EPOCH_FIGURES; "learning_rate" .. "seconds" */
double epoch_figure(const EpochRow *row, size_t figure);

#endif
