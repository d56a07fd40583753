/* What a campaign that is made up begins with: the records of one that was checked already, so that it trains
 * at once. */
#ifndef WINNOW_RANK_CAMPAIGN_BEGINNING_H
#define WINNOW_RANK_CAMPAIGN_BEGINNING_H

#include "campaign/config.h"
#include "campaign/ledger.h"
#include "store/journal.h"

/* Into the ledger and, where it is not NULL, the journal, which is synced then. */
Status campaign_beginning(const Config *config, Ledger *ledger, Journal *journal) MUST_CHECK;

#endif
