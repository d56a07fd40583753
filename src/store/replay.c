#include "store/replay.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/campaign_state.h"

/* Records are far larger than most of their kinds: what the loops below fill in is the part that counts. */

Status replay_copy(const Record *record, JournalVisitor visit, void *context) {
    ByteWriter writer = {0};
    Record copy;
    record_encode(record, &writer);
    Status status = bytes_writer_status(&writer);
    if (status == STATUS_OK) status = record_decode(&copy, writer.data, writer.length);
    bytes_writer_release(&writer);
    if (status == STATUS_OK) status = visit(context, &copy);
    return status;
}

static Status replay_head(const Ledger *ledger, JournalVisitor visit, void *context) {
    Record record = {.kind = RECORD_CAMPAIGN, .as.campaign = ledger->campaign};
    TRY(replay_copy(&record, visit, context));
    if (ledger->has_data) {
        record = (Record){.kind = RECORD_DATA, .as.data = ledger->data};
        TRY(replay_copy(&record, visit, context));
    }
    for (size_t i = 0; i < ledger->start_count; i++) {
        record = (Record){.kind = RECORD_START, .as.start = ledger->starts[i]};
        TRY(replay_copy(&record, visit, context));
    }
    if (ledger->has_preflight) {
        record = (Record){.kind = RECORD_PREFLIGHT, .as.preflight = ledger->preflight};
        TRY(replay_copy(&record, visit, context));
    }
    for (size_t i = 0; i < ledger->stage_count; i++) {
        record = (Record){.kind = RECORD_STAGE, .as.stage = ledger->stages[i]};
        TRY(replay_copy(&record, visit, context));
    }
    return STATUS_OK;
}

static Status replay_draws(const Ledger *ledger, JournalVisitor visit, void *context) {
    Record record;
    record.kind = RECORD_DRAW;
    for (size_t i = 0; i < ledger->trial_count; i++) {
        if (!ledger->trials[i].drawn) continue;
        const PackedDraw *draw = ledger->trials[i].draw;
        record.as.draw = (DrawRecord){.trial = i, .parameter_count = draw->count, .draw = draw_unpack(draw)};
        TRY(replay_copy(&record, visit, context));
    }
    return STATUS_OK;
}

/* Strikes of a running trial count from the newest checkpoint on: the crashed leases that came after it are
 * given after it. */
static Status replay_leases(const Ledger *ledger, bool after, JournalVisitor visit, void *context) {
    uint32_t *strikes = NULL; /* [trial_count] yet to be found, from the newest lease backwards */
    bool *late = NULL;        /* [lease_count] */
    Status status = memory_new(&strikes, ledger->trial_count, sizeof(*strikes));
    if (status == STATUS_OK) status = memory_new(&late, ledger->lease_count, sizeof(*late));
    for (size_t i = 0; status == STATUS_OK && i < ledger->trial_count; i++)
        strikes[i] = ledger->trials[i].finished ? 0 : ledger->trials[i].strikes;
    for (size_t i = ledger->lease_count; status == STATUS_OK && i-- > 0;) {
        const LeaseRecord *lease = &ledger->leases[i];
        late[i] = lease->lease != 0 && lease->outcome == LEASE_CRASHED && strikes[lease->trial] > 0;
        if (late[i]) strikes[lease->trial]--;
    }
    Record record;
    record.kind = RECORD_LEASE;
    for (size_t i = 0; status == STATUS_OK && i < ledger->lease_count; i++) {
        if (ledger->leases[i].lease == 0 || late[i] != after) continue;
        record.as.lease = ledger->leases[i];
        status = replay_copy(&record, visit, context);
    }
    free(late);
    free(strikes);
    return status;
}

/* The newest report of each trial, then all decisions in their order. */
static Status replay_rungs(const Ledger *ledger, JournalVisitor visit, void *context) {
    Record record;
    record.kind = RECORD_REPORT;
    for (size_t i = 0; i < ledger->trial_count; i++) {
        if (ledger->trials[i].report == NULL) continue;
        record.as.trial = ledger_row_record(ledger->trials[i].report);
        TRY(replay_copy(&record, visit, context));
    }
    record.kind = RECORD_DECISION;
    for (size_t i = 0; i < ledger->decision_count; i++) {
        record.as.decision = ledger->decisions[i];
        TRY(replay_copy(&record, visit, context));
    }
    return STATUS_OK;
}

static Status replay_checkpoints(const Ledger *ledger, JournalVisitor visit, void *context) {
    for (size_t i = 0; i < ledger->trial_count; i++) {
        if (ledger->trials[i].finished || ledger->trials[i].checkpoint == NULL) continue;
        Record record = {.kind = RECORD_CHECKPOINT, .as.checkpoint = *ledger->trials[i].checkpoint};
        TRY(replay_copy(&record, visit, context));
    }
    return STATUS_OK;
}

static Status replay_trials(const Ledger *ledger, JournalVisitor visit, void *context) {
    Record record;
    for (size_t i = 0; i < ledger->trial_count; i++) {
        const LedgerTrial *trial = &ledger->trials[i];
        if (trial->kept) {
            record.kind = RECORD_MEMBER;
            record.as.member = *trial->member;
            TRY(replay_copy(&record, visit, context));
        }
        if (trial->finished) {
            record.kind = RECORD_TRIAL;
            record.as.trial = ledger_row_record(&trial->record);
            TRY(replay_copy(&record, visit, context));
        }
    }
    return STATUS_OK;
}

bool replay_has_ensemble(const Ledger *ledger) {
    return ledger->has_ensemble && ledger->ensemble_finished == ledger->finished_count &&
           strcmp(ledger->ensemble_config, ledger->campaign.config_text) == 0;
}

Status ledger_replay(const Ledger *ledger, JournalVisitor visit, void *context) {
    if (!ledger->begun) return STATUS_OK;
    TRY(replay_head(ledger, visit, context));
    TRY(replay_draws(ledger, visit, context));
    TRY(replay_leases(ledger, false, visit, context));
    TRY(replay_checkpoints(ledger, visit, context));
    TRY(replay_leases(ledger, true, visit, context));
    TRY(replay_rungs(ledger, visit, context));
    TRY(replay_trials(ledger, visit, context));
    if (replay_has_ensemble(ledger)) {
        Record record = {.kind = RECORD_ENSEMBLE, .as.ensemble = ledger->ensemble};
        TRY(replay_copy(&record, visit, context));
    }
    if (ledger->ended) {
        Record record = {.kind = RECORD_END, .as.end = ledger->end};
        TRY(replay_copy(&record, visit, context));
    }
    return STATUS_OK;
}
