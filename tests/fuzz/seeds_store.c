#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "fuzz.h"
#include "ledger_check.h"
#include "make_seeds.h"
#include "store/fixtures.h"
#include "store/journal.h"
#include "store/live.h"
#include "store/results.h"

#define SCRATCH "fuzz_seeds.h5"

static Status append(void *context, Record *record) {
    Status status = journal_append(context, record);
    record_release(record);
    return status;
}

static Status put_part(void *context, Record *record) {
    ByteWriter *writer = context;
    if (writer->length > 0) seed_separator(writer);
    record_encode(record, writer);
    record_release(record);
    return STATUS_OK;
}

/* The campaign, its first stage and what is about the trial that was leased twice. */
static Status put_few(void *context, Record *record) {
    bool wanted = record->kind == RECORD_CAMPAIGN ||
                  (record->kind == RECORD_STAGE && record->as.stage.stage == 0) ||
                  (record->kind == RECORD_DRAW && record->as.draw.trial == 3) ||
                  (record->kind == RECORD_LEASE && record->as.lease.trial == 3);
    if (wanted) return put_part(context, record);
    record_release(record);
    return STATUS_OK;
}

/* Crashes before and after a checkpoint. */
static void put_crashes(ByteWriter *writer) {
    Record records[] = {
        {.kind = RECORD_CHECKPOINT,
         .as.checkpoint = {.trial = 3, .epoch = 2, .seconds = 1.5, .length = 9, .blob = "checkpoint-3-5-2"}},
        {.kind = RECORD_LEASE,
         .as.lease = {.lease = 6, .trial = 3, .host = "node1", .outcome = LEASE_CRASHED}},
        {.kind = RECORD_MEMBER, .as.member = {.trial = 3, .length = 5, .epoch = 2, .blob = "member-3"}},
        {.kind = RECORD_REPORT,
         .as.trial = {.trial = 3, .outcome = {.status = TRIAL_STOPPED, .epochs = 2}, .host = "node1"}},
        {.kind = RECORD_DECISION,
         .as.decision = {.trial = 3, .rung = 1, .epoch = 2, .metric = 0.5, .verdict = VERDICT_PROMOTED}},
        {.kind = RECORD_FAILURE, .as.failure = {.time = 1.5e9, .reason = "disk full"}}};
    for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++)
        REQUIRE(put_part(writer, &records[i]) == STATUS_OK);
}

static void seed_file(const char *target, const char *name, unsigned number, const char *path) {
    size_t length = 0;
    unsigned char *bytes = fixture_read(path, &length);
    seed_write(target, name, number, bytes, length);
    free(bytes);
}

/* The records of the campaign, whole and with a part of them cut out. */
static void ledgers(void) {
    ByteWriter parts = {0}, few = {0}, damaged = {0};
    REQUIRE(fixture_records(NULL, true, put_part, &parts) == STATUS_OK);
    seed_write("ledger", "whole", 0, parts.data, parts.length);
    seed_write("state", "whole", 0, parts.data, parts.length);
    bytes_put_raw(&damaged, parts.data, parts.length / 4);
    seed_separator(&damaged);
    bytes_put_u8(&damaged, LEDGER_DAMAGE);
    bytes_put_raw(&damaged, parts.data + parts.length / 2, parts.length - parts.length / 2);
    seed_write("ledger", "damaged", 0, damaged.data, damaged.length);
    seed_finish("state", "damaged", 0, &damaged);
    bytes_writer_release(&parts);
    REQUIRE(fixture_records(NULL, false, put_few, &few) == STATUS_OK);
    put_crashes(&few);
    seed_write("ledger", "few", 0, few.data, few.length);
    seed_finish("state", "few", 0, &few);
}

static void journals(void) {
    for (unsigned complete = 0; complete < 2; complete++) {
        Journal *journal = NULL;
        fixture_clean(SCRATCH);
        REQUIRE(journal_create(&journal, SCRATCH ".journal") == STATUS_OK);
        REQUIRE(fixture_records(NULL, complete, append, journal) == STATUS_OK);
        REQUIRE(journal_sync(journal) == STATUS_OK);
        journal_close(&journal);
        seed_file("journal", "journal", complete, SCRATCH ".journal");
    }
}

static void results(void) {
    for (unsigned complete = 0; complete < 2; complete++) {
        Config *config = fixture_config();
        fixture_clean(SCRATCH);
        Ledger *ledger = fixture_ledger(SCRATCH, complete);
        REQUIRE(results_write(SCRATCH, ledger, config) == STATUS_OK);
        seed_file("results", "file", complete, SCRATCH);
        ledger_destroy(&ledger);
        fixture_config_free(config);
    }
    seed_write("results_inside", "unchanged", 0, "", 0);
    for (unsigned object = 0; object < 200; object += 4) {
        for (unsigned how = 1; how < 3; how++) {
            uint8_t change[] = {(uint8_t)object, (uint8_t)how, 7, 2, 1, 0, 3, 0xFF, 0x80, 1};
            seed_write("results_inside", how == 1 ? "patch" : "reshape", object, change, sizeof(change));
        }
    }
}

static void live(void) {
    LiveRank ranks[] = {
        {.rank = 0, .host = "node1", .training = true, .trial = 7, .epochs = 3, .since = 1.5e9},
        {.rank = 3, .host = "node2", .lost = true}};
    LiveState state = {
        .time = 1.6e9, .host = "node1", .process = 12, .doing = "fine", .rank_count = 2, .ranks = ranks};
    REQUIRE(live_write(SCRATCH, &state) == STATUS_OK);
    seed_file("live", "live", 0, SCRATCH ".live");
    state.rank_count = 0;
    REQUIRE(live_write(SCRATCH, &state) == STATUS_OK);
    seed_file("live", "live", 1, SCRATCH ".live");
    live_remove(SCRATCH);
}

void seeds_of_store(void) {
    static const char holder[] = "process 4711 on node3\n";
    journals();
    ledgers();
    results();
    live();
    seed_write("lock", "holder", 0, holder, sizeof(holder) - 1);
    fixture_clean(SCRATCH);
}
