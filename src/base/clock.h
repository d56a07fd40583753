/* Time. Nothing that reaches a result may depend on it. */
#ifndef WINNOW_BASE_CLOCK_H
#define WINNOW_BASE_CLOCK_H

/* Seconds since some fixed moment, never going back. */
double clock_monotonic(void);
/* Seconds since 1970-01-01 UTC. */
double clock_unix(void);
/* Seconds of processor time that the calling thread has used. */
double clock_processor(void);
/* Sleep for that long, or until a signal. */
void clock_sleep(double seconds);

#endif
