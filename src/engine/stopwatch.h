/* Where the time of training goes, for benchmarks: lap after lap, each booked on a phase and a layer. A
 * campaign trains with NULL in its place, which costs a comparison a lap. */
#ifndef WINNOW_ENGINE_STOPWATCH_H
#define WINNOW_ENGINE_STOPWATCH_H

#include <stddef.h>

#include "base/clock.h"
#include "engine/network_spec.h"

typedef enum TrainPhase {
    PHASE_GATHER,
    PHASE_FORWARD, /* with the loss */
    PHASE_BACKWARD,
    PHASE_UPDATE,
    PHASE_EVALUATION, /* of the validation part, its gathering included */
    PHASE_REST,       /* shuffling, keeping the best epoch, looking for what is not finite */
    PHASE_COUNT
} TrainPhase;

#define NO_LAYER ((size_t)NETWORK_MAX_LAYERS) /* in place of a layer's index */

/* All zeros at the start. */
typedef struct Stopwatch {
    double last; /* clock_monotonic() */
    double seconds[PHASE_COUNT][NETWORK_MAX_LAYERS + 1];
} Stopwatch;

/* The next lap begins now. */
static inline void stopwatch_start(Stopwatch *watch) {
    if (watch != NULL) watch->last = clock_monotonic();
}

/* The lap since the last one was this. */
static inline void stopwatch_lap(Stopwatch *watch, TrainPhase phase, size_t layer) {
    if (watch == NULL) return;
    double now = clock_monotonic();
    watch->seconds[phase][layer] += now - watch->last;
    watch->last = now;
}

/* Seconds of that phase, all layers together. */
static inline double stopwatch_phase(const Stopwatch *watch, TrainPhase phase) {
    double sum = 0;
    for (size_t layer = 0; layer <= NETWORK_MAX_LAYERS; layer++)
        sum += watch->seconds[phase][layer];
    return sum;
}

#endif
