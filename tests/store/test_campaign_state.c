#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "fixtures.h"
#include "store/campaign_state.h"
#include "store/parts.h"
#include "store/results.h"
#include "suite.h"
#include "suites.h"

#define FILE_NAME "state.h5"

static Status append(void *context, Record *record) {
    Status status = journal_append(context, record);
    record_release(record);
    return status;
}

static void make_journal(bool complete) {
    Journal *journal = NULL;
    CU_ASSERT_EQUAL_FATAL(journal_create(&journal, FILE_NAME ".journal"), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(fixture_records(FILE_NAME, complete, append, journal), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(journal_sync(journal), STATUS_OK);
    journal_close(&journal);
}

static void make_results(const Ledger *ledger) {
    Config *config = fixture_config();
    CU_ASSERT_EQUAL_FATAL(results_write(FILE_NAME, ledger, config), STATUS_OK);
    fixture_config_free(config);
}

static void nothing_there(void) {
    CampaignState state;
    fixture_clean(FILE_NAME);
    CU_ASSERT_EQUAL(campaign_state_read(FILE_NAME, false, &state), STATUS_OK);
    CU_ASSERT_PTR_NULL(state.ledger);
    CU_ASSERT(!state.from_journal && !state.complete);
    campaign_state_release(&state);
}

static void journal_rules(void) {
    CampaignState state;
    fixture_clean(FILE_NAME);
    Ledger *older = fixture_ledger(FILE_NAME, false);
    make_results(older);
    make_journal(true);
    CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &state), STATUS_OK);
    CU_ASSERT(state.from_journal && !state.complete);
    CU_ASSERT(state.ledger->ended);
    CU_ASSERT_EQUAL(state.reading.good_length, state.reading.file_length);
    campaign_state_release(&state);
    CU_ASSERT_EQUAL(unlink(FILE_NAME ".journal"), 0);
    CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &state), STATUS_OK);
    CU_ASSERT(!state.from_journal && !state.complete);
    CU_ASSERT(fixture_equal(older, state.ledger, true));
    campaign_state_release(&state);
    ledger_destroy(&older);
    fixture_clean(FILE_NAME);
}

static void complete_file(void) {
    CampaignState state;
    fixture_clean(FILE_NAME);
    Ledger *ledger = fixture_ledger(FILE_NAME, true);
    make_results(ledger);
    CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &state), STATUS_OK);
    CU_ASSERT(!state.from_journal && state.complete);
    CU_ASSERT(fixture_equal(ledger, state.ledger, true));
    campaign_state_release(&state);
    ledger_destroy(&ledger);
    fixture_clean(FILE_NAME);
}

static void contradictions(void) {
    CampaignState state;
    Journal *journal = NULL;
    fixture_clean(FILE_NAME);
    CU_ASSERT_EQUAL_FATAL(journal_create(&journal, FILE_NAME ".journal"), STATUS_OK);
    Record record = {.kind = RECORD_MEMBER, .as.member = {.trial = 1, .blob = "member-1"}};
    CU_ASSERT_EQUAL(journal_append(journal, &record), STATUS_OK);
    journal_close(&journal);
    CU_ASSERT(fixture_failed(campaign_state_read(FILE_NAME, false, &state),
                             "neither journal nor results file can be used: " FILE_NAME
                             ".journal is damaged at byte 16"));
    CU_ASSERT_PTR_NULL(state.ledger);
    fixture_clean(FILE_NAME);
}

static void begin_anew(void) {
    CampaignState state;
    Journal *journal = NULL;
    fixture_clean(FILE_NAME);
    fixture_write(FILE_NAME ".journal", "winn", 4);
    fixture_write(FILE_NAME ".journal.tmp", "left by a kill", 14);
    CU_ASSERT_EQUAL_FATAL(campaign_state_begin(FILE_NAME, NULL, &journal), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(fixture_records(FILE_NAME, true, append, journal), STATUS_OK);
    journal_close(&journal);
    CU_ASSERT(!file_exists(FILE_NAME ".journal.tmp"));
    Ledger *expected = fixture_ledger(NULL, true);
    CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &state), STATUS_OK);
    CU_ASSERT(fixture_equal(expected, state.ledger, true));
    campaign_state_release(&state);
    ledger_destroy(&expected);
    fixture_clean(FILE_NAME);
}

/* A complete campaign goes on: file to journal, the parts gone, and the next file takes the networks from the
 * old. */
static void go_on_from_file(void) {
    CampaignState state, next;
    Journal *journal = NULL;
    MemberBlob blob = {0};
    fixture_clean(FILE_NAME);
    Ledger *ledger = fixture_ledger(FILE_NAME, true);
    make_results(ledger);
    ledger_destroy(&ledger);
    parts_remove_all(FILE_NAME);
    CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &state), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(campaign_state_begin(FILE_NAME, state.ledger, &journal), STATUS_OK);
    Record record = {.kind = RECORD_START, .as.start = {.time = 1.8e9, .ranks = 2}};
    CU_ASSERT_EQUAL(journal_append(journal, &record), STATUS_OK);
    journal_close(&journal);
    CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &next), STATUS_OK);
    CU_ASSERT(next.from_journal && !next.ledger->ended);
    CU_ASSERT_EQUAL(next.ledger->start_count, state.ledger->start_count + 1);
    CU_ASSERT_EQUAL(next.ledger->finished_count, FIXTURE_TRIALS);
    make_results(next.ledger);
    CU_ASSERT_EQUAL(results_verify(FILE_NAME), STATUS_OK);
    CU_ASSERT_EQUAL(results_read_member(FILE_NAME, 7, &blob), STATUS_OK);
    member_blob_release(&blob);
    campaign_state_release(&next);
    campaign_state_release(&state);
    fixture_clean(FILE_NAME);
}

void suite_campaign_state(void) {
    static const TestCase tests[] = {
        {"nothing there is no error", nothing_there},
        {"a journal rules over the file, and without it the file tells", journal_rules},
        {"a complete file gives the whole ledger", complete_file},
        {"records that contradict each other are damage", contradictions},
        {"a new journal takes its place whole", begin_anew},
        {"a complete campaign goes on from its file alone", go_on_from_file},
    };
    SUITE("campaign state", tests);
}
