/* What `bench search` prints. */
#ifndef WINNOW_CLI_BENCH_SEARCH_OUTPUT_H
#define WINNOW_CLI_BENCH_SEARCH_OUTPUT_H

#include "base/json.h"
#include "rank/bench_search.h"

/* figures [options->campaigns] of bench_search. */
json_t *search_json(const SearchOptions *options, const SearchFigures *figures);
Status search_print(const SearchOptions *options, const SearchFigures *figures) MUST_CHECK;

/* The curve of the formula for the settings, `epochs` long: {"parameters": {..}, "highest": .., "accuracy":
 * [..], "observed": [..]}, the last with the noise of stage 0, number 0. Null where it diverges. */
json_t *search_curve_json(const Surface *surface, const Draw *draw, uint32_t epochs);

#endif
