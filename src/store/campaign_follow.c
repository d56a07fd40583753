#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/campaign_state.h"
#include "store/paths.h"
#include "store/pieces.h"

static FileMark mark_of(const char *path) {
    struct stat about;
    if (stat(path, &about) != 0) return (FileMark){0};
    return (FileMark){.there = true,
                      .device = about.st_dev,
                      .inode = about.st_ino,
                      .length = (uint64_t)about.st_size,
                      .changed = about.st_mtim.tv_sec * 1000000000 + about.st_mtim.tv_nsec};
}

static bool same_mark(const FileMark *a, const FileMark *b) {
    return a->there == b->there && a->device == b->device && a->inode == b->inode && a->length == b->length &&
           a->changed == b->changed;
}

/* What a sound journal has gained. */
static Status read_on(const char *journal, CampaignState *state, bool *fits) {
    JournalLedger found = {
        .ledger = state->ledger, .barren_starts = state->barren_starts, .reading = state->reading};
    Status status = pieces_read_on(journal, &found, fits);
    state->barren_starts = found.barren_starts; /* also of a reading that ended in the middle */
    state->reading = found.reading;
    return status;
}

static Status follow(const char *file, const char *journal, bool unverified, CampaignState *state,
                     CampaignMarks *marks, bool *anew, bool *changed) {
    /* Before anything is read: what comes later differs from them, and is seen the next time. */
    CampaignMarks now = {.file = mark_of(file), .journal = mark_of(journal)};
    bool first = state->ledger == NULL, sound = state->from_journal && !state->repaired;
    bool same = same_mark(&now.journal, &marks->journal) && (sound || same_mark(&now.file, &marks->file));
    if (!first && same) return STATUS_OK;
    if (!first && sound && now.journal.there) {
        uint64_t before = state->reading.records;
        bool fits = false;
        TRY(read_on(journal, state, &fits));
        *changed = state->reading.records != before;
        if (fits) {
            *marks = now;
            return STATUS_OK;
        }
    }
    CampaignState found;
    TRY(campaign_state_read(file, unverified, &found));
    if (!first && found.ledger == NULL) {
        campaign_state_release(&found);
        return status_fail(STATUS_ENVIRONMENT, "%s is no longer there", file);
    }
    campaign_state_release(state);
    *state = found;
    *marks = now;
    *anew = *changed = true;
    return STATUS_OK;
}

Status campaign_state_follow(const char *file, bool unverified, CampaignState *state, CampaignMarks *marks,
                             bool *anew, bool *changed) {
    *anew = *changed = false;
    char *journal = NULL;
    TRY(campaign_path(&journal, file, ".journal"));
    Status status = follow(file, journal, unverified, state, marks, anew, changed);
    free(journal);
    return status;
}
