#include "ledger_check.h"

#include "store/campaign_state.h"
#include "store/journal_format.h"

Status ledger_take(void *context, Record *record) {
    return ledger_apply(context, record);
}

static Status write_record(void *context, Record *record) {
    ByteWriter one = {0};
    record_encode(record, &one);
    bytes_put_block(context, one.data, one.length);
    bytes_writer_release(&one);
    record_release(record);
    return STATUS_OK;
}

void ledger_check(const Ledger *ledger) {
    Ledger *again = NULL;
    ByteWriter before = {0}, after = {0};
    REQUIRE(ledger_create(&again) == STATUS_OK);
    REQUIRE(ledger_replay(ledger, ledger_take, again) == STATUS_OK);
    REQUIRE(ledger_replay(ledger, write_record, &before) == STATUS_OK);
    REQUIRE(ledger_replay(again, write_record, &after) == STATUS_OK);
    REQUIRE(again->finished_count == ledger->finished_count && again->begun == ledger->begun);
    REQUIRE(again->trial_count == ledger->trial_count && again->lost_draws == ledger->lost_draws);
    REQUIRE(again->lease_count == ledger->lease_count && again->lost_leases == ledger->lost_leases);
    for (size_t i = 0; i < ledger->trial_count; i++)
        REQUIRE(ledger->trials[i].finished || again->trials[i].strikes == ledger->trials[i].strikes);
    fuzz_require_bytes(&after, before.data, before.length);
    bytes_writer_release(&before);
    ledger_destroy(&again);
}

void ledger_write_journal(FuzzPart input, ByteWriter *journal) {
    bytes_put_raw(journal, JOURNAL_MAGIC, JOURNAL_MAGIC_SIZE);
    while (input.size > 0) {
        FuzzPart part = fuzz_part(&input);
        size_t head = journal->length;
        if (part.size == 0 || part.data[0] != LEDGER_DAMAGE) {
            bytes_put_u32(journal, (uint32_t)part.size);
            bytes_put_u32(journal, journal_sum(journal->data + head, part.data, part.size));
        }
        bytes_put_raw(journal, part.data, part.size);
    }
    REQUIRE(bytes_writer_status(journal) == STATUS_OK);
}

static void reading_makes_sense(const JournalReading *reading) {
    REQUIRE(reading->good_length <= reading->file_length);
    REQUIRE((reading->damage_count == 0) == (reading->damaged_at == UINT64_MAX));
    REQUIRE(reading->damage_count > 0 || (reading->lost_bytes == 0 && reading->kept_after == 0));
    REQUIRE(reading->lost_bytes <= reading->file_length && reading->kept_after <= reading->records);
}

static void read_journal(const char *path, uint64_t limit, Ledger **ledger, JournalReading *reading,
                         bool *good) {
    REQUIRE(ledger_create(ledger) == STATUS_OK);
    *good = fuzz_accepted(journal_read(path, limit, ledger_take, *ledger, reading));
    if (*good) reading_makes_sense(reading);
}

/* What lies before any damage is sound, and can be appended to. */
static void go_on(const char *path, uint64_t good_length) {
    Journal *journal = NULL;
    Ledger *ledger = NULL;
    JournalReading reading;
    bool good = false;
    Record last = {.kind = RECORD_FAILURE, .as.failure = {.time = 1, .reason = "the last one"}};
    REQUIRE(journal_open(&journal, path, good_length) == STATUS_OK);
    REQUIRE(journal_append(journal, &last) == STATUS_OK);
    journal_close(&journal);
    read_journal(path, UINT64_MAX, &ledger, &reading, &good);
    REQUIRE(good && reading.damage_count == 0 && reading.good_length == reading.file_length);
    REQUIRE(ledger->failed);
    ledger_destroy(&ledger);
}

void ledger_check_journal(const char *path) {
    Ledger *ledger = NULL;
    JournalReading reading = {0};
    bool good = false;
    read_journal(path, UINT64_MAX, &ledger, &reading, &good);
    if (good) {
        ledger_check(ledger);
        if (ledger->begun && reading.damage_count == 0) go_on(path, reading.good_length);
    }
    ledger_destroy(&ledger);
}
