/* What holds of every ledger that was pieced together from untrusted records. */
#ifndef WINNOW_TESTS_FUZZ_LEDGER_CHECK_H
#define WINNOW_TESTS_FUZZ_LEDGER_CHECK_H

#include "campaign/ledger.h"
#include "fuzz.h"
#include "store/journal.h"

/* Its replayed records make a ledger again, whose replayed records are the same. */
void ledger_check(const Ledger *ledger);

/* A JournalVisitor; `context` is the ledger. */
Status ledger_take(void *context, Record *record);

/* Append a journal whose sums are all right, of records that may say anything: each part of the input is one,
 * but for those that begin with LEDGER_DAMAGE: they are damage between the records. */
#define LEDGER_DAMAGE 0xFF
void ledger_write_journal(FuzzPart input, ByteWriter *journal);

/* Read the journal into a ledger; where that works, check the ledger and what the reading says of the file.
 */
void ledger_check_journal(const char *path);

#endif
