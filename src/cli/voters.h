/* Whose word counts: the ensemble's, or one network's. */
#ifndef WINNOW_CLI_VOTERS_H
#define WINNOW_CLI_VOTERS_H

#include "cli/campaign_file.h"
#include "rank/predict.h"

typedef struct ChosenVoters {
    Voters voters;  /* of the campaign's ensemble, or of the next three; both must stay where they are */
    uint64_t trial; /* where one was asked for */
    uint32_t epoch; /* of its network */
    uint32_t once;  /* its count */
} ChosenVoters;

/* An ensemble's, borrowed. */
Voters voters_of(const EnsembleRecord *ensemble);

/* The network that follows --trial, ID or, of a snapshot, ID@EPOCH; else, for NULL, the ensemble of the
 * campaign in `file`.
 * STATUS_INPUT where that has none yet, or the campaign's data are not told. */
Status voters_choose(ChosenVoters *chosen, const CampaignFile *campaign, const char *file,
                     const char *trial) MUST_CHECK;

#endif
