/* How good a search is: many simulated campaigns of one configuration on a formula whose optimum is known
 * (rank/bench/response_surface.h), each with a seed of its own. */
#ifndef WINNOW_RANK_BENCH_SEARCH_H
#define WINNOW_RANK_BENCH_SEARCH_H

#include "rank/bench/search_campaign.h"

typedef struct SearchOptions {
    const Config *config; /* borrowed */
    const char *optimum;  /* "learning_rate=0.03,optimizer=adam"; NULL: where the formula has it */
    double noise;         /* >= 0 */
    uint32_t campaigns;   /* seeds of the configuration's on */
    uint32_t ranks;       /* >= 1, simulated */
    SearchLevels levels;
} SearchOptions;

/* figures [options->campaigns], zeroed; release each, also after an error. STATUS_INPUT where the optimum
 * cannot be there; STATUS_ENVIRONMENT where a signal asks for an end. */
Status bench_search(const SearchOptions *options, SearchFigures *figures) MUST_CHECK;

/* The settings of "learning_rate=0.1,optimizer=adam"; parameters that are not named are absent. STATUS_INPUT
 * where one is none of the space's, or the value none of its. */
Status search_draw(const Space *space, const char *text, Draw *draw) MUST_CHECK;
/* The surface of the options, for the seed. */
Status search_surface(const SearchOptions *options, uint64_t seed, Surface *surface) MUST_CHECK;

#endif
