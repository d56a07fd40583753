#include "store/pieces.h"

#include <math.h>

#include "base/memory.h"
#include "store/journal_format.h"

/* An empty campaign record, so that the ones behind a lost one can be taken in. */
static Status stand_in(Ledger *ledger) {
    Record record = {.kind = RECORD_CAMPAIGN, .as.campaign.created = NAN};
    CampaignRecord *campaign = &record.as.campaign;
    Status status = memory_text(&campaign->name, "");
    if (status == STATUS_OK) status = memory_text(&campaign->config_name, "");
    if (status == STATUS_OK) status = memory_text(&campaign->config_text, "");
    if (status == STATUS_OK) status = memory_text(&campaign->versions, "");
    if (status == STATUS_OK) return ledger_apply(ledger, &record);
    record_release(&record);
    return status;
}

static void count_starts(JournalLedger *found, RecordKind kind) {
    if (kind == RECORD_START)
        found->barren_starts++;
    else if (kind != RECORD_LEASE && kind != RECORD_FAILURE && kind != RECORD_DATA)
        found->barren_starts = 0;
}

static Status take(void *context, Record *record) {
    JournalLedger *found = context;
    Status status = STATUS_OK;
    if (!found->ledger->begun && record->kind != RECORD_CAMPAIGN) {
        found->campaign_lost = true;
        status = stand_in(found->ledger);
    }
    RecordKind kind = record->kind;
    if (status != STATUS_OK) {
        record_release(record);
        return status;
    }
    TRY(ledger_apply(found->ledger, record));
    count_starts(found, kind);
    return STATUS_OK;
}

Status pieces_read(const char *journal, JournalLedger *found) {
    *found = (JournalLedger){0};
    TRY(ledger_create(&found->ledger));
    Status status = journal_read(journal, UINT64_MAX, take, found, &found->reading);
    if (found->campaign_lost && found->reading.damaged_at == UINT64_MAX)
        found->reading.damaged_at = JOURNAL_MAGIC_SIZE; /* it never was there */
    if (status != STATUS_OK || !found->ledger->begun) ledger_destroy(&found->ledger);
    return status;
}

Status pieces_read_on(const char *journal, JournalLedger *found, bool *fits) {
    Status status = journal_read_on(journal, take, found, &found->reading, fits);
    if (found->reading.damage_count > 0) *fits = false;
    return status;
}

/* --- is it the same campaign? --- */

typedef struct Agreement {
    size_t same, different;
} Agreement;

static void compare(Agreement *agreement, bool same) {
    if (same)
        agreement->same++;
    else
        agreement->different++;
}

static bool same_draw(const PackedDraw *a, const PackedDraw *b) {
    for (size_t i = 0; i < a->count || i < b->count; i++) {
        if (!drawn_same(draw_value(a, i), draw_value(b, i))) return false;
    }
    return true;
}

static void compare_trials(Agreement *agreement, const Ledger *a, const Ledger *b) {
    for (size_t i = 0; i < a->trial_count && i < b->trial_count; i++) {
        const LedgerTrial *x = &a->trials[i], *y = &b->trials[i];
        if (x->drawn && y->drawn) compare(agreement, same_draw(x->draw, y->draw));
        if (x->finished && y->finished)
            compare(agreement, x->record.outcome.weights_hash == y->record.outcome.weights_hash);
    }
}

/* The file's starts are the journal's first ones, unless some of those are lost. */
static void compare_starts(Agreement *agreement, const Ledger *a, const Ledger *b) {
    for (size_t i = 0; i < a->start_count; i++) {
        for (size_t k = 0; k < b->start_count; k++) {
            if (a->starts[i].time == b->starts[k].time && a->starts[i].process == b->starts[k].process)
                agreement->same++;
        }
    }
}

bool pieces_same_campaign(const JournalLedger *journal, const Ledger *file) {
    const Ledger *ledger = journal->ledger;
    if (!journal->campaign_lost) return ledger->campaign.created == file->campaign.created;
    Agreement agreement = {0};
    if (ledger->has_data && file->has_data)
        compare(&agreement, ledger->data.data_hash == file->data.data_hash);
    compare_trials(&agreement, ledger, file);
    compare_starts(&agreement, ledger, file);
    return agreement.same > 0 && agreement.different == 0;
}

/* --- both together --- */

bool pieces_has_start(const Ledger *ledger, const StartRecord *start) {
    for (size_t i = 0; i < ledger->start_count; i++) {
        if (ledger->starts[i].time == start->time && ledger->starts[i].process == start->process) return true;
    }
    return false;
}

/* Of a lease that has ended the file holds the end, which a journal tells after its beginning. */
static bool has_lease(const Ledger *ledger, const LeaseRecord *lease) {
    if (lease->lease == 0 || lease->lease > ledger->lease_count) return false;
    const LeaseRecord *known = &ledger->leases[lease->lease - 1];
    return known->lease != 0 && known->outcome != LEASE_OPEN;
}

static bool is_known(const Ledger *ledger, const Record *record) {
    switch (record->kind) {
    case RECORD_CAMPAIGN: return true;
    case RECORD_START: return pieces_has_start(ledger, &record->as.start);
    case RECORD_LEASE: return has_lease(ledger, &record->as.lease);
    default: return false;
    }
}

static Status put_on_top(void *context, Record *record) {
    Ledger *ledger = context;
    if (!is_known(ledger, record)) return ledger_apply(ledger, record);
    record_release(record);
    return STATUS_OK;
}

Status pieces_join(const char *journal, Ledger *file, JournalReading *reading) {
    TRY(journal_read(journal, UINT64_MAX, put_on_top, file, reading));
    pieces_forget_conclusions(file);
    return STATUS_OK;
}

void pieces_forget_conclusions(Ledger *ledger) {
    ledger_forget_ensemble(ledger);
    ledger->ended = false;
}
