/* A campaign that repeats what another one's early stopping decided (run --decisions-from). */
#ifndef WINNOW_RANK_DECISIONS_FROM_H
#define WINNOW_RANK_DECISIONS_FROM_H

#include "campaign/config.h"
#include "campaign/ledger.h"
#include "data/dataset.h"
#include "store/journal.h"

/* Hand over the draws and the decisions of the complete campaign in file `from` as records, to be the first
 * of a new one of this configuration and these data. STATUS_INPUT where the file is not complete, of another
 * campaign, or has no decisions. */
Status decisions_from_file(const char *from, const Config *config, const Dataset *dataset,
                           JournalVisitor visit, void *context) MUST_CHECK;

/* Did the campaign in `ledger`, of file `file`, begin with the decisions of `from`? STATUS_INPUT where not.
 */
Status decisions_from_check(const char *from, const Config *config, const Dataset *dataset, const char *file,
                            const Ledger *ledger) MUST_CHECK;

#endif
