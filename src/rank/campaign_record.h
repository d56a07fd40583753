/* How a journal begins. */
#ifndef WINNOW_RANK_CAMPAIGN_RECORD_H
#define WINNOW_RANK_CAMPAIGN_RECORD_H

#include "campaign/config.h"
#include "campaign/ledger.h"
#include "store/journal.h"

/* A record into the ledger, and into the journal where it is not NULL. Takes over what the record owns. */
Status record_append(Ledger *ledger, Journal *journal, Record *record) MUST_CHECK;

/* The first record: what campaign it is, and what it was begun with. */
Status campaign_record_append(Ledger *ledger, Journal *journal, const Config *config,
                              const char *versions) MUST_CHECK;

#endif
