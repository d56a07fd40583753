/* A ledger from what is left of a damaged journal and of a sound results file. */
#ifndef WINNOW_STORE_PIECES_H
#define WINNOW_STORE_PIECES_H

#include <stdbool.h>

#include "campaign/ledger.h"
#include "store/journal.h"

typedef struct JournalLedger {
    Ledger *ledger;       /* owned; NULL where the journal has no whole record */
    bool campaign_lost;   /* its campaign record is, and stands empty in the ledger */
    size_t barren_starts; /* newest starts in a row that brought nothing but leases and failures */
    JournalReading reading;
} JournalLedger;

/* Read a journal alone. */
Status pieces_read(const char *journal, JournalLedger *found) MUST_CHECK;

/* Go on with what pieces_read found, where it found no damage: take in what was appended since. *fits is
 * false where it cannot be gone on with (another or a shorter journal, or a damaged one now): read it anew.
 */
Status pieces_read_on(const char *journal, JournalLedger *found, bool *fits) MUST_CHECK;

/* Are both of the same campaign? Where the campaign record is lost, what both hold must agree: data, draws,
 * rows, starts, and there must be something that does. */
bool pieces_same_campaign(const JournalLedger *journal, const Ledger *file);

/* Is this start on record in the ledger? */
bool pieces_has_start(const Ledger *ledger, const StartRecord *start);

/* Put what the journal holds on top of what the results file held, when it was published from the same
 * journal. */
Status pieces_join(const char *journal, Ledger *file, JournalReading *reading) MUST_CHECK;

/* Take out what may have been made from records that are lost now: it is made again. */
void pieces_forget_conclusions(Ledger *ledger);

#endif
