/* A figure over two parameters, smoothed. Pure.
 *
 * The plane is cut into cells; a cell's value is the mean of all trials weighted by a Gaussian of their
 * cells' distance (Nadaraya 1964, Watson 1964), and none where no trial is near. */
#ifndef WINNOW_REPORT_STATISTICS_PAIR_MAP_H
#define WINNOW_REPORT_STATISTICS_PAIR_MAP_H

#include <stddef.h>

#include "base/status.h"

#define MAP_CELLS 24 /* along a numeric axis */
#define MAP_CELLS_MAX 64

/* One axis: places from low to high, or `choices` > 0 places 0 .. choices - 1, which are not smoothed. */
typedef struct MapAxis {
    double low, high;
    size_t choices;
} MapAxis;

typedef struct PairMap {
    size_t columns, rows;
    double value[MAP_CELLS_MAX * MAP_CELLS_MAX]; /* [rows][columns], NaN where no trial is near */
} PairMap;

/* x, y, value [count]: trials where one of the three is NaN are passed over. */
Status pair_map(const MapAxis *x_axis, const MapAxis *y_axis, const double *x, const double *y,
                const double *value, size_t count, PairMap *map) MUST_CHECK;

size_t map_cells(const MapAxis *axis);

#endif
