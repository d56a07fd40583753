/* Figures of a campaign as short text for people; the results file and JSON have all their digits. */
#ifndef WINNOW_REPORT_WORDS_H
#define WINNOW_REPORT_WORDS_H

#include "campaign/configurations.h"
#include "campaign/ledger.h"
#include "engine/train_settings.h"
#include "ensemble/optimism.h"
#include "search/space.h"

#define SHORT_TEXT_SIZE 96

/* A drawn value: numbers with five digits, "" where absent. */
void value_short_text(const Parameter *parameter, DrawnValue value, char out[SHORT_TEXT_SIZE]);

/* "0.001 to 0.1", "nesterov, adam", "64"; long lists are cut and end in "...". */
void range_short_text(const Parameter *parameter, const Range *range, char out[SHORT_TEXT_SIZE]);

/* The trial's network of that epoch: "12", of a snapshot "12 at epoch 5". */
void network_short_text(const Ledger *ledger, uint64_t trial, uint32_t epoch, char out[SHORT_TEXT_SIZE]);

/* "89.31 %", "0.3012"; "-" for NaN. */
void metric_short_text(MetricKind metric, double value, char out[SHORT_TEXT_SIZE]);

/* "89.31 ± 0.12 %", "0.3012 ± 0.0034", with `plus_minus` in between; the mean alone where there is no
 * deviation, "-" without either. */
void spread_short_text(MetricKind metric, RunSpread spread, const char *plus_minus,
                       char out[SHORT_TEXT_SIZE]);

/* "3 runs", or "2 of 3 runs" where others did not complete. */
void runs_short_text(const Configuration *configuration, char out[SHORT_TEXT_SIZE]);

/* A difference of two figures: "0.48 points", "0.0123". */
void difference_short_text(MetricKind metric, double difference, char out[SHORT_TEXT_SIZE]);

/* By how much a figure flatters, and what to make of that: "0.48 points (+- 0.85), no more than chance".
 * `plus_minus` stands before the half of the interval. */
#define OPTIMISM_TEXT_SIZE 128
void optimism_text(MetricKind metric, const Optimism *optimism, const char *plus_minus,
                   char out[OPTIMISM_TEXT_SIZE]);

#endif
