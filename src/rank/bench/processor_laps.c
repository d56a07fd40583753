#include "rank/bench/processor_laps.h"

#include <math.h>

#include "base/clock.h"

#define SUSPECT 5e-05 /* seconds: others run for longer than that, where they do */
#define EMPTY_LAPS 1000

/* The time of a lap in which nothing is done: that of reading the clock. */
static double empty_lap(void) {
    double least = INFINITY, last = clock_monotonic();
    for (int i = 0; i < EMPTY_LAPS; i++) {
        double now = clock_monotonic();
        least = fmin(least, now - last);
        last = now;
    }
    return least;
}

ProcessorLaps processor_laps(void) {
    double own = empty_lap(), now = clock_monotonic();
    return (ProcessorLaps){.last = now, .absent = now - clock_processor(), .own = own};
}

double processor_lap(ProcessorLaps *laps) {
    double now = clock_monotonic(), seconds = fmax(now - laps->last - laps->own, 0);
    laps->last = now;
    if (seconds < SUSPECT) return seconds;
    double absent = now - clock_processor();
    seconds = fmax(seconds - (absent - laps->absent), 0);
    laps->absent = absent;
    laps->last = clock_monotonic();
    return seconds;
}
