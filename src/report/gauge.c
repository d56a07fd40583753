#include "report/gauge.h"

#include <math.h>

#define HEIGHTS 8

static const char *const eighths[HEIGHTS] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
static const char *const heights[HEIGHTS] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
static const char *const ascii_heights[HEIGHTS] = {"_", ".", ":", "-", "=", "+", "*", "#"};

void gauge_bar(Text *out, double part, int cells, bool utf8) {
    if (!(part > 0)) part = 0;
    if (part > 1) part = 1;
    long filled = utf8 ? (long)floor(part * cells * HEIGHTS) : (long)floor(part * cells) * HEIGHTS;
    text_add(out, "[");
    for (long cell = 0; cell < cells; cell++) {
        long here = filled - cell * HEIGHTS;
        if (here >= HEIGHTS)
            text_add(out, "%s", utf8 ? "█" : "#");
        else if (here > 0)
            text_add(out, "%s", eighths[here]);
        else
            text_add(out, "%s", utf8 ? " " : ".");
    }
    text_add(out, "]");
}

void gauge_spark(Text *out, const double *values, size_t count, double low, double high, int cells,
                 bool utf8) {
    size_t shown = cells < 0 ? 0 : (size_t)cells < count ? (size_t)cells : count;
    for (size_t cell = 0; cell < shown; cell++) {
        double value = values[(cell + 1) * count / shown - 1];
        double place = high > low ? (value - low) / (high - low) : 1;
        if (isnan(place)) {
            text_add(out, " ");
            continue;
        }
        place = place < 0 ? 0 : place > 1 ? 1 : place;
        size_t height = (size_t)(place * (HEIGHTS - 1) + 0.5);
        text_add(out, "%s", utf8 ? heights[height] : ascii_heights[height]);
    }
}
