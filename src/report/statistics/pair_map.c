#include "report/statistics/pair_map.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

#define WIDTH 1.5        /* cells: the kernel's deviation */
#define NEAR_WEIGHT 0.25 /* in units of one trial in the cell itself */

size_t map_cells(const MapAxis *axis) {
    if (axis->choices == 0) return MAP_CELLS;
    return axis->choices < MAP_CELLS_MAX ? axis->choices : MAP_CELLS_MAX;
}

static size_t cell_of(const MapAxis *axis, double place) {
    size_t cells = map_cells(axis);
    double cell = axis->choices > 0 ? place : (place - axis->low) / (axis->high - axis->low) * (double)cells;
    return cell < 0 ? 0 : cell >= (double)cells ? cells - 1 : (size_t)cell;
}

static double kernel(const MapAxis *axis, size_t a, size_t b) {
    if (axis->choices > 0) return a == b;
    double distance = ((double)a - (double)b) / WIDTH;
    return exp(-distance * distance / 2);
}

/* Along one axis, in place: line [cells] with that stride. */
static void smooth(const MapAxis *axis, double *line, size_t stride) {
    double out[MAP_CELLS_MAX];
    size_t cells = map_cells(axis);
    for (size_t i = 0; i < cells; i++) {
        out[i] = 0;
        for (size_t j = 0; j < cells; j++)
            out[i] += kernel(axis, i, j) * line[j * stride];
    }
    for (size_t i = 0; i < cells; i++)
        line[i * stride] = out[i];
}

static void smooth_both(const MapAxis *x_axis, const MapAxis *y_axis, double *plane) {
    size_t columns = map_cells(x_axis), rows = map_cells(y_axis);
    for (size_t r = 0; r < rows; r++)
        smooth(x_axis, plane + r * columns, 1);
    for (size_t c = 0; c < columns; c++)
        smooth(y_axis, plane + c, columns);
}

Status pair_map(const MapAxis *x_axis, const MapAxis *y_axis, const double *x, const double *y,
                const double *value, size_t count, PairMap *map) {
    map->columns = map_cells(x_axis);
    map->rows = map_cells(y_axis);
    size_t cells = map->columns * map->rows;
    double *sum = NULL;
    TRY(memory_new(&sum, 2 * cells, sizeof(double)));
    double *weight = sum + cells;
    for (size_t i = 0; i < count; i++) {
        if (isnan(x[i]) || isnan(y[i]) || isnan(value[i])) continue;
        size_t cell = cell_of(y_axis, y[i]) * map->columns + cell_of(x_axis, x[i]);
        sum[cell] += value[i];
        weight[cell]++;
    }
    smooth_both(x_axis, y_axis, sum);
    smooth_both(x_axis, y_axis, weight);
    for (size_t cell = 0; cell < cells; cell++)
        map->value[cell] = weight[cell] >= NEAR_WEIGHT ? sum[cell] / weight[cell] : NAN;
    free(sum);
    return STATUS_OK;
}
