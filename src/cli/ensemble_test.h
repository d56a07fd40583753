/* `ensemble --test`: one chosen ensemble on the test set, and a row in the file that says so. */
#ifndef WINNOW_CLI_ENSEMBLE_TEST_H
#define WINNOW_CLI_ENSEMBLE_TEST_H

#include "cli/campaign_file.h"
#include "rank/candidates.h"

typedef struct EnsembleTest {
    double accuracy, loss;
    uint64_t evaluations; /* on record by now, this one and the campaign's own included */
} EnsembleTest;

/* Judge it, and write the file again with the evaluation, under the campaign's lock. `space` names other
 * places of the data, or is NULL. The selection is from the pool. STATUS_INPUT where the campaign is not
 * complete or has no test data; the file is as it was wherever this fails. */
Status ensemble_test(CampaignFile *campaign, const char *file, const char *space, const Candidates *pool,
                     const Selection *selection, EnsembleTest *test) MUST_CHECK;

#endif
