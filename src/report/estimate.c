#include "report/estimate.h"

#include <math.h>

#define TIMING_ERROR 0.1         /* relative: other load, caches, clock rates */
#define SPREAD_UNKNOWN (1.0 / 3) /* relative, of trials' times an epoch, where only one was measured */
#define WIDTH 2.0                /* standard errors on either side */
#define MINUTE 60.0

typedef struct Cost {
    double mean, deviation, longest; /* seconds an epoch */
} Cost;

static Cost cost_of(const double *seconds, size_t count) {
    Cost cost = {0};
    for (size_t i = 0; i < count; i++) {
        cost.mean += seconds[i] / (double)count;
        if (seconds[i] > cost.longest) cost.longest = seconds[i];
    }
    for (size_t i = 0; count > 1 && i < count; i++)
        cost.deviation += (seconds[i] - cost.mean) * (seconds[i] - cost.mean) / (double)(count - 1);
    cost.deviation = sqrt(cost.deviation);
    return cost;
}

/* Relative standard error of the campaign's work: of the mean over the draws measured, of what the campaign's
 * own draws will be, and of the timing. */
static double error_of(const Plan *plan, const Cost *cost, size_t count) {
    double epochs = 0, squares = 0;
    for (size_t s = 0; s < plan->stage_count; s++) {
        double stage = (double)plan->work[s], each = plan->epochs[s];
        epochs += stage;
        /* At most: trials that are stopped early have fewer. The runs of a configuration cost the same. */
        squares += stage * each * plan->replicates[s];
    }
    double spread = count < 2 ? SPREAD_UNKNOWN : cost->mean > 0 ? cost->deviation / cost->mean : 0;
    double draws = spread * spread * (1 / (double)count + squares / (epochs * epochs));
    return sqrt(draws + TIMING_ERROR * TIMING_ERROR);
}

Estimate estimate_of(const Plan *plan, const double *epoch_seconds, size_t count, uint64_t ranks) {
    Cost cost = cost_of(epoch_seconds, count);
    double work = 0, shortest = 0, longest = 0; /* wall times between shortest and longest */
    for (size_t s = 0; s < plan->stage_count; s++) {
        double trials = (double)(plan->first[s + 1] - plan->first[s]), each = plan->epochs[s];
        double stage = (double)plan->work[s] * cost.mean, share = stage / (double)ranks;
        double trial = each * cost.mean, last = each * cost.longest;
        double rounds = ceil(trials / (double)ranks);
        work += stage;
        shortest += fmax(share, trial);
        longest +=
            ranks == 1 ? stage : fmax(fmin(share + (1 - 1 / (double)ranks) * last, rounds * last), trial);
    }
    double widen = 1 + WIDTH * error_of(plan, &cost, count);
    return (Estimate){.work = {work / widen, work, work * widen},
                      .wall = {shortest / widen, (shortest + longest) / 2, longest * widen}};
}

double estimate_to_ask(const Estimate *estimate) {
    double seconds = estimate->wall.high + MINUTE;
    double step = seconds < 30 * MINUTE ? MINUTE : 5 * MINUTE;
    return step * ceil(seconds / step);
}
