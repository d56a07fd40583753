/* What a page tells of the kept networks: those of the ensemble, or the best one where there is none yet. */
#ifndef WINNOW_REPORT_PAGE_NETWORKS_H
#define WINNOW_REPORT_PAGE_NETWORKS_H

#include "report/report.h"
#include "report/statistics/agreement.h"

#define NETWORKS_SHOWN 16 /* side by side */

typedef struct Networks {
    char why[512]; /* why they could not be read; "" where they were, or where there are none */
    size_t count;
    uint64_t *ids;    /* owned [count], of the trials */
    uint32_t *epochs; /* owned [count], of their networks */
    uint32_t *counts; /* owned [count]: weights */
    const char *part; /* that they are looked at on: the one that ensembles are chosen on */
    uint64_t examples;
    uint32_t classes;
    uint16_t *predicted;      /* owned [count, examples] */
    uint16_t *all_predicted;  /* owned [examples]: by the weighted mean of their probabilities */
    double *disagreement;     /* owned [count, count] */
    double mean_disagreement; /* of all pairs; NaN with fewer than two */
    Confused *pairs;          /* owned [pair_count], as confusion() has them */
    size_t pair_count;
    uint64_t filters_trial; /* whose first convolution this is, the best network's: */
    char filters_layer[NETWORK_NAME_SIZE];
    size_t filters_dims[4]; /* height, width, in, out; all 0 for none */
    float *filters;         /* owned, of those dimensions */
} Networks;

/* Reads one after the other, so that one at a time is in memory. Never fails: see `why`. */
void networks_read(Networks *networks, const ReportInput *input, const uint64_t *best, size_t best_count);
void networks_release(Networks *networks);

#endif
