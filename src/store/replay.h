/* Records that are borrowed from elsewhere, given to a visitor that takes over what it gets. */
#ifndef WINNOW_STORE_REPLAY_H
#define WINNOW_STORE_REPLAY_H

#include <stdbool.h>

#include "campaign/ledger.h"
#include "store/journal.h"

/* Give `visit` a copy of the record, made through its encoding and so checked as a journal's would be. */
Status replay_copy(const Record *record, JournalVisitor visit, void *context) MUST_CHECK;

/* Is the ledger's ensemble chosen from all its trials, under its newest configuration? Another one is not
 * given on: read back, it would count as that. */
bool replay_has_ensemble(const Ledger *ledger);

#endif
