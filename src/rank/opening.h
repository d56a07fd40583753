/* What rank 0 does before any rank trains: read and check everything, take the lock, find what stands there
 * already. */
#ifndef WINNOW_RANK_OPENING_H
#define WINNOW_RANK_OPENING_H

#include "campaign/config.h"
#include "campaign/ledger.h"
#include "data/dataset.h"
#include "rank/rank.h"
#include "store/journal.h"
#include "store/lock.h"

typedef struct Opening {
    Config *config;   /* owned */
    Dataset *dataset; /* owned */
    char *file;       /* owned: path of the results file */
    Lock lock;
    bool locked;
    Ledger *ledger;   /* owned until handed to the coordinator */
    Journal *journal; /* owned; NULL when there is nothing to do */
    bool published;   /* a results file of this campaign stands */
    bool complete;    /* the file is complete and the configuration asks for nothing more */
} Opening;

/* Configuration, data and how they fit: nothing is written and no lock taken. */
Status opening_read(Opening *opening, const RankOptions *options) MUST_CHECK;

/* Lock, then begin a journal or go on with the one that is there. `ranks` is for the record of this start. */
Status opening_begin(Opening *opening, const RankOptions *options, uint32_t ranks) MUST_CHECK;

/* After a complete campaign: verify the file, then remove journal and parts. */
Status opening_close(Opening *opening) MUST_CHECK;

void opening_release(Opening *opening);

#endif
