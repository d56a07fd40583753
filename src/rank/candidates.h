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

/* The best trials of the configuration's pool, as validation has them, with their networks (and snapshots,
 * where it asks for them), out of the folder beside `file` or out of it. As candidates they have their
 * probabilities and their metric on the part that ensembles are chosen on (data_choice_part of the ledger's
 * data). STATUS_ENVIRONMENT where one is not there, or was judged on other data. Release it in any case. */
Status candidates_load(Candidates *pool, const char *file, const Ledger *ledger,
                       const Config *config) MUST_CHECK;
void candidates_release(Candidates *pool);

/* What is right, and the loss, of an ensemble of the pool on the validation part, whichever part chose it. */
Status candidates_validate(const Candidates *pool, const DataRecord *data, const Selection *selection,
                           double *accuracy, double *loss) MUST_CHECK;

/* How far validation flatters the best trial of the pool, and all of its trials, where there is a selection
 * part to tell. */
Status candidates_optimism(const Candidates *pool, const DataRecord *data, MetricKind metric, Optimism *best,
                           Optimism *all) MUST_CHECK;

/* The trial's network of that epoch; NULL where it is not in the pool. */
const MemberBlob *candidates_blob(const Candidates *pool, uint64_t trial, uint32_t epoch);

#endif
