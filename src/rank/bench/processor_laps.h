/* A stopwatch for pieces of work of a microsecond: reading the processor's clock would take as long as they
 * do. It reads the steady clock, and where a lap looks too long, asks the other for how much of it the
 * process did not run. What reading the clock takes itself is left out. */
#ifndef WINNOW_RANK_PROCESSOR_LAPS_H
#define WINNOW_RANK_PROCESSOR_LAPS_H

typedef struct ProcessorLaps {
    double last;   /* steady seconds: the present lap's beginning */
    double absent; /* steady seconds less those of the processor, when last asked */
    double own;    /* seconds that a lap takes in which nothing is done */
} ProcessorLaps;

ProcessorLaps processor_laps(void);
/* Seconds of processor time since the last call, or since processor_laps(). */
double processor_lap(ProcessorLaps *laps);

#endif
