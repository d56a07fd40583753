/* Ledgers of one campaign, each of which holds a part of its trials, in one. */
#ifndef WINNOW_STORE_MERGE_LEDGERS_H
#define WINNOW_STORE_MERGE_LEDGERS_H

#include "campaign/ledger.h"

/* What a merged ledger's trials came from. */
typedef struct MergeSources {
    size_t capacity;
    uint32_t *source; /* owned, by trial: the number of the ledger that its network is in */
    bool mixed;       /* some trial stands in two ledgers with other bits, computed by another arithmetic */
} MergeSources;
void merge_sources_release(MergeSources *sources);

/* Put what `from`, ledger number `source`, holds on top of `into`, an empty ledger or one of the same
 * configuration: its data, starts, stages, draws, leases (under new numbers), networks and rows; neither
 * checkpoints nor ensemble nor end. What both have counts once. STATUS_INPUT where they contradict each
 * other: other data, other ranges of a stage, other values of a trial, or another result of it under the same
 * arithmetic. */
Status merge_ledgers(Ledger *into, const Ledger *from, uint32_t source, MergeSources *sources) MUST_CHECK;

#endif
