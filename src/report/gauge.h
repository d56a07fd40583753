/* Bars and sparklines: figures as a row of characters. UTF-8 block elements, or ASCII. */
#ifndef WINNOW_REPORT_GAUGE_H
#define WINNOW_REPORT_GAUGE_H

#include <stdbool.h>

#include "base/text.h"

/* "[####....]": `part` (0 to 1; what is beyond counts as the end, NaN as 0) of `cells` cells, the two
 * brackets not counted. In UTF-8 to an eighth of a cell. */
void gauge_bar(Text *out, double part, int cells, bool utf8);

/* One character a value, eight heights from `low` to `high`; values beyond count as the nearest, NaN is a
 * blank. Where low = high all are highest. With more values than cells each cell shows the last of its
 * share, with fewer there are fewer cells. */
void gauge_spark(Text *out, const double *values, size_t count, double low, double high, int cells,
                 bool utf8);

#endif
