/* What `bench search` prints. */
#ifndef WINNOW_CLI_BENCH_SEARCH_OUTPUT_H
#define WINNOW_CLI_BENCH_SEARCH_OUTPUT_H

#include "base/json.h"
#include "rank/bench_search.h"

/* Of numbers of which some may be infinite: quartiles as type 7 of Hyndman and Fan ("Sample Quantiles in
 * Statistical Packages", 1996) has them. */
typedef struct Quartiles {
    size_t count;
    double low, median, high; /* 25, 50, 75 %; NaN of none */
    double median_low,
        median_high;         /* 95 % confidence interval of the median, from order statistics (Hahn
                                and Meeker, "Statistical Intervals", 1991, 5.2), normal approximation */
    double mean, mean_error; /* and half of its 95 % confidence interval, normal approximation */
} Quartiles;
/* Sorts the values, which are not NaN. */
Quartiles quartiles_of(double *values, size_t count);

/* figures [options->campaigns] of bench_search. */
json_t *search_json(const SearchOptions *options, const SearchFigures *figures);
Status search_print(const SearchOptions *options, const SearchFigures *figures) MUST_CHECK;

/* The curve of the formula for the settings, `epochs` long: {"accuracy": [..], "observed": [..]}, the latter
 * with the noise of stage 0, number 0. Null where it diverges. */
json_t *search_curve_json(const Surface *surface, const Draw *draw, uint32_t epochs);

#endif
