#include "rank/bench/processor_laps.h"

#include <math.h>

#include "base/clock.h"

#define SUSPECT 5e-05 /* seconds: others run for longer than that, where they do */

ProcessorLaps processor_laps(void) {
    double now = clock_monotonic();
    return (ProcessorLaps){.last = now, .absent = now - clock_processor()};
}

double processor_lap(ProcessorLaps *laps) {
    double now = clock_monotonic(), seconds = now - laps->last;
    laps->last = now;
    if (seconds < SUSPECT) return seconds;
    double absent = now - clock_processor();
    seconds = fmax(seconds - (absent - laps->absent), 0);
    laps->absent = absent;
    return seconds;
}
