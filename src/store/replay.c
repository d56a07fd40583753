#include "store/replay.h"

#include "store/campaign_state.h"

Status replay_copy(const Record *record, JournalVisitor visit, void *context) {
    ByteWriter writer = {0};
    Record copy = {0};
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
    for (size_t i = 0; i < ledger->trial_count; i++) {
        if (!ledger->trials[i].drawn) continue;
        Record record = {
            .kind = RECORD_DRAW,
            .as.draw = {.trial = i,
                        .parameter_count = ledger->stage_count > 0 ? ledger->stages[0].parameter_count : 0,
                        .draw = *ledger->trials[i].draw}};
        TRY(replay_copy(&record, visit, context));
    }
    for (size_t i = 0; i < ledger->lease_count; i++) {
        if (ledger->leases[i].lease == 0) continue;
        Record record = {.kind = RECORD_LEASE, .as.lease = ledger->leases[i]};
        TRY(replay_copy(&record, visit, context));
    }
    return STATUS_OK;
}

static Status replay_trials(const Ledger *ledger, JournalVisitor visit, void *context) {
    for (size_t i = 0; i < ledger->trial_count; i++) {
        const LedgerTrial *trial = &ledger->trials[i];
        if (trial->kept) {
            Record record = {.kind = RECORD_MEMBER, .as.member = trial->member};
            TRY(replay_copy(&record, visit, context));
        }
        if (trial->finished) {
            Record record = {.kind = RECORD_TRIAL, .as.trial = trial->record};
            TRY(replay_copy(&record, visit, context));
        }
    }
    return STATUS_OK;
}

Status ledger_replay(const Ledger *ledger, JournalVisitor visit, void *context) {
    if (!ledger->begun) return STATUS_OK;
    TRY(replay_head(ledger, visit, context));
    TRY(replay_draws(ledger, visit, context));
    TRY(replay_trials(ledger, visit, context));
    if (ledger->has_ensemble) {
        Record record = {.kind = RECORD_ENSEMBLE, .as.ensemble = ledger->ensemble};
        TRY(replay_copy(&record, visit, context));
    }
    if (ledger->ended) {
        Record record = {.kind = RECORD_END, .as.end = ledger->end};
        TRY(replay_copy(&record, visit, context));
    }
    return STATUS_OK;
}
