/* Checks that take seconds and save node-hours: Karpathy's, Li's and Johnson's list of sanity checks (CS231n,
 * Neural Networks Part 3). */
#ifndef WINNOW_RANK_PREFLIGHT_H
#define WINNOW_RANK_PREFLIGHT_H

#include "campaign/config.h"
#include "campaign/records.h"
#include "data/dataset.h"

/* Run all checks at the ranges' midpoints with fixed seeds. STATUS_ENVIRONMENT where back-propagation
 * disagrees with centred differences or the largest network does not fit the memory; everything else is in
 * the record for the caller to warn about. */
Status preflight_run(const Config *config, const Dataset *dataset, PreflightRecord *record) MUST_CHECK;

/* What a trial of the middle of the ranges costs, in bytes, and the largest, of the extremes. */
Status preflight_memory(const Config *config, const Dataset *dataset, size_t *largest) MUST_CHECK;

/* Does the largest fit into what this node has left? STATUS_ENVIRONMENT where not. Quick: nothing is trained.
 */
Status preflight_check_memory(const Config *config, const Dataset *dataset) MUST_CHECK;

/* Bytes of memory that this node can still give, cgroup limits included; 0 where it cannot be told. */
size_t memory_available(void);

#endif
