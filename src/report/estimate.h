/* What a campaign will cost, from what an epoch of a few of its trials costs. Pure. */
#ifndef WINNOW_REPORT_ESTIMATE_H
#define WINNOW_REPORT_ESTIMATE_H

#include <stddef.h>
#include <stdint.h>

#include "campaign/plan.h"

/* Seconds; low and high are meant to hold nineteen times of twenty. */
typedef struct Span {
    double low, middle, high;
} Span;

typedef struct Estimate {
    Span work; /* of one core, all trials together */
    Span wall; /* on that many ranks, each with a core of its own */
} Estimate;

/* epoch_seconds [count], count >= 1: of whole epochs of trials drawn as the campaign draws them. Later stages
 * are taken to cost what the first does; an epoch's time to be known to a tenth, and draws to differ by a
 * third where only one was measured. Within a stage the last trials leave ranks idle (Graham 1969: no more
 * than the longest trial's time), and the next stage waits for them. ranks >= 1. */
Estimate estimate_of(const Plan *plan, const double *epoch_seconds, size_t count, uint64_t ranks);

/* What to ask a batch system for, in seconds: the upper end and a minute for the start and the end, in whole
 * minutes, and from half an hour on in steps of five. */
double estimate_to_ask(const Estimate *estimate);

#endif
