/* A campaign as the first bytes of its journal tell it. */
#ifndef WINNOW_RANK_LEDGER_FROM_JOURNAL_H
#define WINNOW_RANK_LEDGER_FROM_JOURNAL_H

#include <stdint.h>

#include "campaign/ledger.h"

/* Read "<file>.journal" up to `length` bytes. STATUS_ENVIRONMENT where it is damaged before that: what is
 * published must hold all that was acknowledged. */
Status ledger_from_journal(Ledger **out, const char *file, uint64_t length) MUST_CHECK;

#endif
