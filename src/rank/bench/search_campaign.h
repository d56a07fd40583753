/* One campaign on the response surface instead of a network: the real coordinator and ledger, draws, zoom and
 * early stopping, on a fake clock. */
#ifndef WINNOW_RANK_SEARCH_CAMPAIGN_H
#define WINNOW_RANK_SEARCH_CAMPAIGN_H

#include "campaign/config.h"
#include "rank/bench/response_surface.h"

#define SEARCH_MAX_LEVELS 8

/* How near the highest accuracy, without noise, of as many epochs as the longest stage has. */
typedef struct SearchLevels {
    size_t count;
    double within[SEARCH_MAX_LEVELS]; /* of accuracy, >= 0 */
} SearchLevels;

/* A trial came to its end and was better than all before it, as the campaign sees it. */
typedef struct SearchStep {
    uint64_t epochs; /* trained in all by then */
    double observed; /* its accuracy with noise */
    double accuracy; /* and without, at its best epoch */
} SearchStep;

typedef struct SearchFigures {
    bool finished;                      /* a trial completed; the rest but `epochs` is valid: */
    Draw best;                          /* of the best trial, as the campaign sees it: with noise */
    double accuracy;                    /* of it without noise, at its best epoch */
    double regret;                      /* the highest accuracy less that */
    uint64_t epochs;                    /* trained in all */
    uint64_t within[SEARCH_MAX_LEVELS]; /* epochs trained when the best trial so far was first so near; 0:
                                           never */
    size_t step_count;
    SearchStep *steps; /* owned [step_count], in their order */
} SearchFigures;
void search_figures_release(SearchFigures *figures);

/* The campaign of the configuration, whose data and network are not looked at, with its seed and the
 * surface's. An epoch takes between 0.5 and 1.5 seconds, each trial its own. Status as
 * simulated_campaign_run. */
Status search_campaign(const Config *config, const Surface *surface, uint32_t ranks,
                       const SearchLevels *levels, SearchFigures *figures) MUST_CHECK;

#endif
