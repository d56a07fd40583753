#include "report/statistics/search_band.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/order.h"
#include "report/statistics/draws.h"

#define RESAMPLES_MIN 100
#define DRAWS_WANTED 2e7 /* of all resamples together */
#define DRAWS_SPARE 100  /* of one, past what its budget lets expect */

/* One resample's best so far at each point: [BAND_POINTS] by trials, then as many by cost. */
static void resample(const SearchTrial *pool, size_t count, size_t limit, const SearchBand *band,
                     uint32_t number, double *best_at) {
    RandomStream stream = report_stream(LANE_BAND, number);
    double best = -INFINITY, spent = 0;
    size_t trials = 0, t = 0, c = 0;
    while ((t < BAND_POINTS || c < BAND_POINTS) && trials < limit) {
        const SearchTrial *drawn = &pool[random_below(&stream, (uint32_t)count)];
        spent += drawn->cost;
        trials++;
        while (c < BAND_POINTS && spent > band->by_cost[c].at)
            best_at[BAND_POINTS + c++] = best;
        if (drawn->worth > best) best = drawn->worth;
        while (t < BAND_POINTS && (double)trials >= band->by_trials[t].at)
            best_at[t++] = best;
    }
    while (t < BAND_POINTS)
        best_at[t++] = best;
    while (c < BAND_POINTS)
        best_at[BAND_POINTS + c++] = best;
}

/* Column `place` of best_at [resamples][2 * BAND_POINTS], sorted into `column`. */
static void take_quantiles(const double *best_at, size_t resamples, size_t place, double *column,
                           BandPoint *point) {
    for (size_t r = 0; r < resamples; r++)
        column[r] = best_at[r * 2 * BAND_POINTS + place];
    order_sort(column, resamples);
    point->low = column[(size_t)ceil(0.05 * (double)resamples) - 1];
    point->middle = column[(size_t)ceil(0.5 * (double)resamples) - 1];
    point->high = column[(size_t)ceil(0.95 * (double)resamples) - 1];
}

static double mean_cost(const SearchTrial *pool, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += pool[i].cost;
    return sum / (double)count;
}

Status search_band(const SearchTrial *pool, size_t count, size_t trials, double cost, SearchBand *band) {
    double mean = mean_cost(pool, count), draws = (double)trials;
    if (mean > 0 && 1.5 * cost / mean > draws) draws = 1.5 * cost / mean;
    size_t limit = (size_t)draws + DRAWS_SPARE;
    double wanted = DRAWS_WANTED / draws;
    band->resamples = wanted > BAND_RESAMPLES_MAX ? BAND_RESAMPLES_MAX
                      : wanted < RESAMPLES_MIN    ? RESAMPLES_MIN
                                                  : (size_t)wanted;
    for (size_t i = 0; i < BAND_POINTS; i++) {
        size_t after = ((i + 1) * trials + BAND_POINTS - 1) / BAND_POINTS;
        band->by_trials[i].at = (double)after;
        band->by_cost[i].at = (double)(i + 1) * cost / BAND_POINTS;
    }
    double *best_at = NULL, *column = NULL;
    Status status = memory_new(&best_at, band->resamples * 2 * BAND_POINTS, sizeof(double));
    if (status == STATUS_OK) status = memory_new(&column, band->resamples, sizeof(double));
    for (uint32_t r = 0; status == STATUS_OK && r < band->resamples; r++)
        resample(pool, count, limit, band, r, best_at + (size_t)r * 2 * BAND_POINTS);
    for (size_t i = 0; status == STATUS_OK && i < BAND_POINTS; i++) {
        take_quantiles(best_at, band->resamples, i, column, &band->by_trials[i]);
        take_quantiles(best_at, band->resamples, BAND_POINTS + i, column, &band->by_cost[i]);
    }
    free(best_at);
    free(column);
    return status;
}

double expected_best(const double *worth, size_t count, size_t draws) {
    double sum = 0, n = (double)count;
    for (size_t i = 0; i < count; i++)
        sum +=
            worth[i] * (pow(1 - (double)i / n, (double)draws) - pow(1 - (double)(i + 1) / n, (double)draws));
    return sum;
}
