/* Leases that no run has ended: rank 0 was killed while they ran. */
#ifndef WINNOW_RANK_OPEN_LEASES_H
#define WINNOW_RANK_OPEN_LEASES_H

#include "campaign/ledger.h"
#include "store/journal.h"

/* End them as lost, at an unknown time (NaN), with the epochs that FILE.h5.live last told of them. Into
 * journal and ledger. */
Status open_leases_end(const char *file, Journal *journal, Ledger *ledger) MUST_CHECK;

#endif
