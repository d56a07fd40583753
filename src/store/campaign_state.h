/* What stands on disk of a campaign: journal and results file taken together. */
#ifndef WINNOW_STORE_CAMPAIGN_STATE_H
#define WINNOW_STORE_CAMPAIGN_STATE_H

#include "base/status.h"
#include "campaign/ledger.h"
#include "store/journal.h"

typedef struct CampaignState {
    Ledger *ledger;         /* owned; NULL where nothing stands there */
    bool from_journal;      /* else from the results file */
    bool complete;          /* the file is complete and there is no journal */
    JournalReading reading; /* valid when from_journal */
    bool repaired;          /* journal or results file is damaged and the ledger was pieced together from what
                               of both is sound: to go on, begin a new journal (campaign_state_begin) */
    bool file_sound;        /* a results file stands, and its seal is right */
    size_t note_count;
    char **notes; /* owned, each owned: what is damaged (file, offset), what was lost, what it was made good
                     from; one sentence each, for the user */
} CampaignState;

/* Read what is there without a lock and without changing anything: the journal "<file>.journal" where it
 * exists and has a record, else the results file. Both missing: ledger NULL, STATUS_OK.
 *
 * Damage: of a journal with bad places everything readable is kept, and what a sound results file of the same
 * campaign holds beyond that is taken in. A damaged results file does not matter where the journal is sound.
 * A journal that cannot be read at all, beside a sound file: the file as it was published. Neither usable:
 * STATUS_ENVIRONMENT that names both and what to do; nothing is ever changed here. */
Status campaign_state_read(const char *file, bool unverified, CampaignState *state) MUST_CHECK;
void campaign_state_release(CampaignState *state);

/* A new journal "<file>.journal" that holds the ledger's records (none where it is NULL), synced and open to
 * append to. It takes its name only when whole, so that a kill leaves either the old state or the new one,
 * and replaces a journal that was killed as it was made. Call it under the lock, for a new campaign and to go
 * on with a complete file. */
Status campaign_state_begin(const char *file, const Ledger *ledger, Journal **out) MUST_CHECK;

/* Records that rebuild the ledger, fed to `visit` in an order that ledger_apply accepts: to begin a new
 * journal from a complete file. */
Status ledger_replay(const Ledger *ledger, JournalVisitor visit, void *context) MUST_CHECK;

#endif
