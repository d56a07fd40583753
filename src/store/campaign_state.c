#include "store/campaign_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "store/paths.h"
#include "store/results.h"

static Status apply(void *context, Record *record) {
    return ledger_apply(context, record);
}

/* What the journal's records contradict is damage, not the user's input. */
static Status read_journal(const char *path, CampaignState *state) {
    TRY(ledger_create(&state->ledger));
    Status status = journal_read(path, UINT64_MAX, apply, state->ledger, &state->reading);
    if (status == STATUS_INPUT) status = status_within(STATUS_ENVIRONMENT, "%s is damaged", path);
    if (status == STATUS_OK && state->ledger->begun) {
        state->from_journal = true;
        return STATUS_OK;
    }
    ledger_destroy(&state->ledger);
    return status;
}

static Status read_state(const char *file, const char *journal, bool unverified, CampaignState *state) {
    if (file_exists(journal)) {
        Status status = read_journal(journal, state);
        if (state->from_journal) return STATUS_OK;
        /* Gone meanwhile: the campaign is complete. Without a whole record: killed as it was made. */
        if (status != STATUS_OK && file_exists(journal)) return status;
        status_clear();
    }
    if (!file_exists(file)) return STATUS_OK;
    return results_read(file, unverified, &state->ledger, &state->complete);
}

Status campaign_state_read(const char *file, bool unverified, CampaignState *state) {
    *state = (CampaignState){.reading.damaged_at = UINT64_MAX};
    char *journal = NULL;
    TRY(campaign_path(&journal, file, ".journal"));
    Status status = read_state(file, journal, unverified, state);
    free(journal);
    if (status != STATUS_OK) campaign_state_release(state);
    return status;
}

void campaign_state_release(CampaignState *state) {
    ledger_destroy(&state->ledger);
    *state = (CampaignState){.reading.damaged_at = UINT64_MAX};
}

static Status append(void *context, Record *record) {
    Status status = journal_append(context, record);
    record_release(record);
    return status;
}

static Status begin(const char *temporary, const char *path, const Ledger *ledger, uint64_t *length) {
    Journal *journal = NULL;
    (void)unlink(temporary); /* left by a kill */
    TRY(journal_create(&journal, temporary));
    Status status = ledger != NULL ? ledger_replay(ledger, append, journal) : STATUS_OK;
    if (status == STATUS_OK) status = journal_sync(journal);
    *length = journal_length(journal);
    journal_close(&journal);
    if (status == STATUS_OK) return file_publish(temporary, path);
    (void)unlink(temporary);
    return status;
}

Status campaign_state_begin(const char *file, const Ledger *ledger, Journal **out) {
    *out = NULL;
    char *path = NULL, *temporary = NULL;
    uint64_t length = 0;
    TRY(campaign_path(&path, file, ".journal"));
    Status status = campaign_path(&temporary, file, ".journal.tmp");
    if (status == STATUS_OK) status = begin(temporary, path, ledger, &length);
    if (status == STATUS_OK) status = journal_open(out, path, length);
    free(temporary);
    free(path);
    return status;
}
