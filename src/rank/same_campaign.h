/* Is what a file holds of the campaign that is asked for? */
#ifndef WINNOW_RANK_SAME_CAMPAIGN_H
#define WINNOW_RANK_SAME_CAMPAIGN_H

#include "campaign/config.h"
#include "campaign/ledger.h"
#include "data/dataset.h"

/* STATUS_INPUT that names the difference where `config` cannot go on with the ledger's campaign, or its data
 * are others. *old, its own configuration, is the caller's on success. */
Status same_campaign_check(const Config *config, const Dataset *dataset, const char *file,
                           const Ledger *ledger, Config **old) MUST_CHECK;

#endif
