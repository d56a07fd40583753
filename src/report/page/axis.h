/* Axes of figures: where values lie, and which ones are written beside them. Pure. */
#ifndef WINNOW_REPORT_PAGE_AXIS_H
#define WINNOW_REPORT_PAGE_AXIS_H

#include <stdbool.h>
#include <stddef.h>

#include "campaign/config.h"

#define AXIS_TICS_MAX 64
#define AXIS_NAME_SIZE 160

typedef enum AxisScale {
    AXIS_LINEAR,
    AXIS_COUNT,       /* linear, with tics at whole numbers */
    AXIS_LOG,         /* place: log10(x) */
    AXIS_REVERSE_LOG, /* place: -log10(1 - x) */
    AXIS_CHOICES      /* place: the index, from 0 */
} AxisScale;

typedef struct AxisTic {
    double at; /* a place */
    char text[48];
} AxisTic;

typedef struct Axis {
    AxisScale scale;
    double low, high;   /* places: the axis goes from one to the other, low < high */
    double least, most; /* values that a place is made of: what lies outside is moved to them */
    size_t tic_count;
    AxisTic tics[AXIS_TICS_MAX];
    char name[AXIS_NAME_SIZE]; /* with its unit */
} Axis;

/* Of a value; NaN stays NaN. */
double axis_place(const Axis *axis, double value);

/* Of a drawn value of the parameter whose axis it is; NaN where absent. */
double axis_drawn(const Axis *axis, DrawnValue value);

/* The parameter's own scale over the values from `range`, with room at both ends. Choices have a tic each,
 * 12 at most. */
Axis axis_of_parameter(const Config *config, size_t parameter, Range range);

/* The metric between the two values (either order; NaN where there is none): accuracy in percent on a log
 * scale of the error, so that 98 and 99 % stand as far apart as 80 and 90; loss on a log scale, where more
 * than a hundred times the best is moved to that. */
Axis axis_of_metric(MetricKind metric, double a, double b, uint64_t examples);

/* An axis of a quantity from `low` to `high` values, linear or log (low > 0). */
Axis axis_plain(AxisScale scale, double low, double high, const char *name);

/* "per step", "units", "pixels", ..: what a parameter counts; "no unit". */
const char *parameter_unit(const Config *config, size_t parameter);

#endif
