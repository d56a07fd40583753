#include "base/clock.h"

#include <math.h>
#include <time.h>

static double clock_of(clockid_t which) {
    struct timespec now;
    (void)clock_gettime(which, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double clock_monotonic(void) {
    return clock_of(CLOCK_MONOTONIC);
}

double clock_unix(void) {
    return clock_of(CLOCK_REALTIME);
}

double clock_processor(void) {
    return clock_of(CLOCK_THREAD_CPUTIME_ID);
}

void clock_sleep(double seconds) {
    if (!(seconds > 0)) return;
    double whole = floor(fmin(seconds, 1e9));
    double rest = fmin(seconds, 1e9) - whole;
    struct timespec time = {.tv_sec = (time_t)whole, .tv_nsec = (long)(rest * 1e9)};
    (void)nanosleep(&time, NULL);
}
