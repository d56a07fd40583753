/* The kept networks that an ensemble is chosen from. */
#ifndef WINNOW_RANK_CANDIDATES_H
#define WINNOW_RANK_CANDIDATES_H

#include "campaign/config.h"
#include "campaign/ledger.h"
#include "ensemble/selection.h"

typedef struct Candidates {
    size_t trial_count;
    uint64_t *ids;     /* owned [trial_count], best first */
    MemberBlob *blobs; /* owned [trial_count], likewise */
    size_t count;      /* >= trial_count: with snapshots a trial has several networks */
    Candidate
        *candidates; /* owned [count], reordered by a selection; probabilities borrowed from the blobs */
} Candidates;

/* The best trials of the configuration's pool with their networks, with their snapshots where it asks for
 * them, out of the folder beside `file` or out of
 * it. They were judged on so many examples and classes. STATUS_ENVIRONMENT where one is not there, or was
 * judged on others. Release it in any case. */
Status candidates_load(Candidates *pool, const char *file, const Ledger *ledger, const Config *config,
                       size_t examples, size_t classes) MUST_CHECK;
void candidates_release(Candidates *pool);

/* The trial's network of that epoch; NULL where it is not in the pool. */
const MemberBlob *candidates_blob(const Candidates *pool, uint64_t trial, uint32_t epoch);

#endif
