/* What draws and zoom share about a parameter's values. Internal to the room. */
#ifndef WINNOW_SEARCH_PARAMETER_GRID_H
#define WINNOW_SEARCH_PARAMETER_GRID_H

#include "search/space.h"

/* Distance of the values that can be drawn: 1 for int_uniform, q for q_*, 0 for continuous families. */
double parameter_step(const Parameter *parameter);

/* In log scale; in log(1 - x) scale. */
bool distribution_is_log(Distribution distribution);
bool distribution_is_reverse_log(Distribution distribution);

/* Where the family itself ends: (0, inf) for log scales, (-inf, 1) for log(1 - x), [0, 1] for beta. */
double distribution_support_min(Distribution distribution);
double distribution_support_max(Distribution distribution);

#endif
