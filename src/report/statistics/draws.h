/* What a report draws at random, from streams under a fixed key: the same campaign gives the same report. */
#ifndef WINNOW_REPORT_STATISTICS_DRAWS_H
#define WINNOW_REPORT_STATISTICS_DRAWS_H

#include "base/philox.h"

#define REPORT_SEED 2017

typedef enum ReportLane {
    LANE_BAND,   /* search_band; number = resample */
    LANE_CHANCE, /* importance_of; number = permutation */
    LANE_SAMPLE  /* which trials are drawn */
} ReportLane;

static inline RandomStream report_stream(ReportLane lane, uint32_t number) {
    return random_stream(REPORT_SEED, RANDOM_REPORT, 0, (uint16_t)lane, number, 0);
}

#endif
