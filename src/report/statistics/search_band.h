/* What random search of a budget would have found: a bootstrap (Efron 1979) of trials drawn at random. Pure.
 *
 * One resample is a search: trials drawn from the pool with replacement, one after the other, each at the
 * cost that it had. Its best so far is noted after so many trials and after so much cost; the band holds
 * quantiles over all resamples. By trials alone the quantile q of the best of n is known: the pool's quantile
 * q^(1/n); the tests hold the band against it. */
#ifndef WINNOW_REPORT_STATISTICS_SEARCH_BAND_H
#define WINNOW_REPORT_STATISTICS_SEARCH_BAND_H

#include <stddef.h>

#include "base/status.h"

#define BAND_POINTS 100
#define BAND_RESAMPLES_MAX 1000

typedef struct SearchTrial {
    double worth; /* larger is better; -INFINITY where it found nothing */
    double cost;  /* seconds, >= 0 */
} SearchTrial;

typedef struct BandPoint {
    double at;                /* trials, or seconds */
    double low, middle, high; /* 5, 50 and 95 % of all resamples are no better; -INFINITY: found nothing */
} BandPoint;

typedef struct SearchBand {
    size_t resamples; /* BAND_RESAMPLES_MAX, fewer (at least 100) where trials are many */
    BandPoint by_trials[BAND_POINTS];
    BandPoint by_cost[BAND_POINTS];
} SearchBand;

/* pool [count], count >= 1; the budget is `trials` >= 1, and apart from that `cost`. */
Status search_band(const SearchTrial *pool, size_t count, size_t trials, double cost,
                   SearchBand *band) MUST_CHECK;

/* The mean, over all resamples, of the best of `draws` trials drawn with replacement from worth [count],
 * which is sorted, the best first: sum of worth_i ((1 - i/n)^draws - (1 - (i+1)/n)^draws), i from 0. */
double expected_best(const double *worth, size_t count, size_t draws);

#endif
