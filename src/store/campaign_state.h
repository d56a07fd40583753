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
    bool repaired;          /* the journal is damaged or none, and the ledger was pieced together from what of
                               it and the results file is sound: to go on, set the journal aside
                               (campaign_state_set_aside) and begin a new one (campaign_state_begin) */
    bool file_sound;        /* a results file of this campaign stands, and its seal is right. Not looked at
                               where the journal is sound: see campaign_state_check_file */
    size_t barren_starts;   /* newest starts in a row, the present one included, that brought no record but
                               their own, leases and failures; 0 where the journal did not tell */
    size_t note_count;
    char **notes; /* owned, each owned: what is damaged (file, offset), what was lost, what it was made good
                     from; one sentence each, for the user */
} CampaignState;

/* Read what is there without a lock and without changing anything: the journal "<file>.journal" where it
 * exists, else the results file. Both missing: ledger NULL, STATUS_OK.
 * A file that has changed is read all the same where `unverified`, first in a process of its own: HDF5 may
 * crash on it.
 *
 * A journal that is whole and shorter than when the file was published from it counts as damaged.
 *
 * Damage: of a journal with bad places everything readable is kept, and what a sound results file of the same
 * campaign holds beyond that is taken in. A damaged results file does not matter where the journal is sound.
 * A journal that cannot be read at all, beside a sound file: the file as it was published. Neither usable:
 * STATUS_ENVIRONMENT that names both and what to do; nothing is ever changed here. */
Status campaign_state_read(const char *file, bool unverified, CampaignState *state) MUST_CHECK;
void campaign_state_release(CampaignState *state);

/* How files stood when they were read. All zero before the first look. */
typedef struct FileMark {
    bool there;
    uint64_t device, inode, length;
    int64_t changed; /* nanoseconds */
} FileMark;
typedef struct CampaignMarks {
    FileMark file, journal;
} CampaignMarks;

/* The same, again and again: bring the state up to date with what lies on disk. Of a sound journal that has
 * grown only what was appended is read, and nothing where nothing has changed; all else is read anew. A state
 * and marks of zeros stand for none yet. Where it cannot be read, or both files are gone, the state stays as
 * it was. *anew: the ledger is another one. *changed: there are new records, or *anew. */
Status campaign_state_follow(const char *file, bool unverified, CampaignState *state, CampaignMarks *marks,
                             bool *anew, bool *changed) MUST_CHECK;

/* Look at the results file beside a sound journal: sets file_sound, with a note where it is damaged.
 * STATUS_ENVIRONMENT where it is a sound file of another campaign, which must not be replaced. */
Status campaign_state_check_file(const char *file, CampaignState *state) MUST_CHECK;

/* Keep a damaged journal as "<file>.journal.damaged", ".damaged2", ..; it is the user's from then on. Under
 * the lock, before campaign_state_begin; *name is the name it got, owned, NULL where there is no journal. */
Status campaign_state_set_aside(const char *file, char **name) MUST_CHECK;

/* A new journal "<file>.journal" that holds the ledger's records (none where it is NULL), synced and open to
 * append to. It takes its name only when whole, so that a kill leaves either the old state or the new one,
 * and replaces a journal that was killed as it was made. Call it under the lock, for a new campaign and to go
 * on with a complete file. */
Status campaign_state_begin(const char *file, const Ledger *ledger, Journal **out) MUST_CHECK;

/* Records that rebuild the ledger, fed to `visit` in an order that ledger_apply accepts: to begin a new
 * journal from a complete file. */
Status ledger_replay(const Ledger *ledger, JournalVisitor visit, void *context) MUST_CHECK;

#endif
