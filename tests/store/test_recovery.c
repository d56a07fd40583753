#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "fixtures.h"
#include "store/campaign_state.h"
#include "store/results.h"
#include "store/results_guard.h"
#include "suite.h"
#include "suites.h"

#define FILE_NAME "recovery.h5"
#define JOURNAL FILE_NAME ".journal"
#define MAX_RECORDS 128

/* The made-up campaign's journal and where each record ends. */
typedef struct Written {
    Journal *journal;
    size_t count;
    uint64_t end[MAX_RECORDS];
    RecordKind kind[MAX_RECORDS];
} Written;

static Status append(void *context, Record *record) {
    Written *written = context;
    Status status = journal_append(written->journal, record);
    written->kind[written->count] = record->kind;
    written->end[written->count++] = journal_length(written->journal);
    record_release(record);
    return status;
}

static Written make_journal(bool complete) {
    Written written = {0};
    (void)unlink(JOURNAL);
    CU_ASSERT_EQUAL_FATAL(journal_create(&written.journal, JOURNAL), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(fixture_records(FILE_NAME, complete, append, &written), STATUS_OK);
    journal_close(&written.journal);
    return written;
}

static void make_results(double created) {
    Config *config = fixture_config();
    Ledger *ledger = fixture_ledger(FILE_NAME, true);
    ledger->campaign.created += created;
    CU_ASSERT_EQUAL_FATAL(results_write(FILE_NAME, ledger, config), STATUS_OK);
    ledger_destroy(&ledger);
    fixture_config_free(config);
}

static void change_byte(const char *path, uint64_t place) {
    FILE *file = fopen(path, "r+b");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    (void)fseek(file, (long)place, SEEK_SET);
    int byte = fgetc(file);
    (void)fseek(file, (long)place, SEEK_SET);
    (void)fputc(byte ^ 8, file);
    (void)fclose(file);
}

static void lose_record(const Written *written, size_t i) {
    change_byte(JOURNAL, (i > 0 ? written->end[i - 1] : 16) + 9);
}

static bool noted(const CampaignState *state, const char *text) {
    for (size_t i = 0; i < state->note_count; i++) {
        if (strstr(state->notes[i], text) != NULL) return true;
    }
    fprintf(stderr, "\n  not noted: '%s'\n", text);
    return false;
}

/* Nothing in `found` but what is in `truth`, row by row. */
static bool is_part_of(const Ledger *found, const Ledger *truth) {
    for (size_t i = 0; i < found->trial_count; i++) {
        const LedgerTrial *a = &found->trials[i], *b = &truth->trials[i];
        if ((a->finished || a->kept || a->checkpoint != NULL) && !a->drawn) return false;
        if (a->finished && (!b->finished || a->record.outcome.weights_hash != b->record.outcome.weights_hash))
            return false;
        if (a->kept && a->member->hash != b->member->hash) return false;
    }
    return found->finished_count <= truth->finished_count && !found->has_ensemble && !found->ended;
}

static void journal_alone(void) {
    Ledger *truth = fixture_ledger(FILE_NAME, true);
    size_t count = make_journal(true).count;
    for (size_t lost = 1; lost + 1 < count; lost++) {
        CampaignState state;
        fixture_clean(FILE_NAME);
        Written written = make_journal(true);
        lose_record(&written, lost);
        CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &state), STATUS_OK);
        CU_ASSERT(state.from_journal && state.repaired && !state.file_sound && !state.complete);
        CU_ASSERT(noted(&state, "is damaged at byte"));
        CU_ASSERT(noted(&state, "there is no " FILE_NAME));
        CU_ASSERT(is_part_of(state.ledger, truth));
        bool row = written.kind[lost] == RECORD_TRIAL ||
                   (written.kind[lost] == RECORD_DRAW && lost < count - 5); /* the last draw is running */
        CU_ASSERT_EQUAL(state.ledger->finished_count, truth->finished_count - row);
        /* Of a lost stage the later ones do not begin either; of lost data none are known. */
        CU_ASSERT(state.ledger->stage_count == 2 || written.kind[lost] == RECORD_STAGE);
        CU_ASSERT_EQUAL(state.ledger->has_data, written.kind[lost] != RECORD_DATA);
        campaign_state_release(&state);
    }
    ledger_destroy(&truth);
    fixture_clean(FILE_NAME);
}

static void with_the_file(void) {
    fixture_clean(FILE_NAME);
    Ledger *truth = fixture_ledger(FILE_NAME, true);
    size_t count = make_journal(true).count;
    for (size_t lost = 0; lost + 1 < count; lost++) {
        CampaignState state;
        fixture_clean(FILE_NAME);
        make_results(0);
        Written written = make_journal(true);
        lose_record(&written, lost);
        CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &state), STATUS_OK);
        CU_ASSERT(state.repaired && state.file_sound);
        CU_ASSERT(noted(&state, "is damaged at byte"));
        CU_ASSERT(!state.ledger->has_ensemble && !state.ledger->ended);
        ledger_forget_ensemble(truth);
        truth->ended = false;
        CU_ASSERT(fixture_equal(truth, state.ledger, true));
        campaign_state_release(&state);
    }
    ledger_destroy(&truth);
    fixture_clean(FILE_NAME);
}

static void campaign_record_lost(void) {
    CampaignState state;
    fixture_clean(FILE_NAME);
    Written written = make_journal(false);
    lose_record(&written, 0);
    CU_ASSERT(fixture_failed(
        campaign_state_read(FILE_NAME, false, &state),
        "neither journal nor results file can be used: " JOURNAL
        " is damaged at byte 16, where it said which campaign it is of; there is no " FILE_NAME));
    CU_ASSERT_PTR_NULL(state.ledger);
    make_results(0);
    CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &state), STATUS_OK);
    CU_ASSERT_EQUAL(state.ledger->finished_count, FIXTURE_TRIALS);
    CU_ASSERT_STRING_EQUAL(state.ledger->campaign.name, "made-up");
    campaign_state_release(&state);
    change_byte(FILE_NAME, 2000);
    CU_ASSERT(
        fixture_failed(campaign_state_read(FILE_NAME, false, &state), "has changed since winnow wrote it"));
    fixture_clean(FILE_NAME);
}

/* Whose draws differ: the file is not taken for one of this campaign. */
static void another_campaigns_file(void) {
    CampaignState state;
    fixture_clean(FILE_NAME);
    make_results(5);
    Written written = make_journal(false);
    lose_record(&written, 12);
    CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &state), STATUS_OK);
    CU_ASSERT(noted(&state, FILE_NAME " holds another campaign"));
    CU_ASSERT(!state.file_sound);
    campaign_state_release(&state);
    (void)make_journal(false);
    CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &state), STATUS_OK);
    CU_ASSERT(!state.repaired);
    CU_ASSERT(
        fixture_failed(campaign_state_check_file(FILE_NAME, &state), "another campaign than the journal"));
    campaign_state_release(&state);

    Config *config = fixture_config();
    Ledger *ledger = fixture_ledger(FILE_NAME, true);
    ledger->trials[4].draw->value[1].number *= 1.5;
    CU_ASSERT_EQUAL_FATAL(results_write(FILE_NAME, ledger, config), STATUS_OK);
    written = make_journal(false);
    lose_record(&written, 0);
    CU_ASSERT(
        fixture_failed(campaign_state_read(FILE_NAME, false, &state), FILE_NAME " holds another campaign"));
    ledger_destroy(&ledger);
    fixture_config_free(config);
    fixture_clean(FILE_NAME);
}

static void damaged_file(void) {
    CampaignState state;
    fixture_clean(FILE_NAME);
    make_results(0);
    (void)make_journal(false);
    CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &state), STATUS_OK);
    CU_ASSERT_EQUAL(campaign_state_check_file(FILE_NAME, &state), STATUS_OK);
    CU_ASSERT(state.file_sound && !state.repaired);
    CU_ASSERT_EQUAL(state.note_count, 0);
    CU_ASSERT_EQUAL(truncate(FILE_NAME, 3000), 0);
    CU_ASSERT_EQUAL(campaign_state_check_file(FILE_NAME, &state), STATUS_OK);
    CU_ASSERT(!state.file_sound);
    CU_ASSERT(noted(&state, "written anew from the journal"));
    campaign_state_release(&state);
    CU_ASSERT_EQUAL(unlink(JOURNAL), 0);
    CU_ASSERT(fixture_failed(campaign_state_read(FILE_NAME, false, &state), "no journal to rebuild it from"));
    fixture_clean(FILE_NAME);
}

static void useless_journal(void) {
    static const char *const contents[] = {"", "winnow jour",
                                           "something else, which is longer than sixteen bytes"};
    CampaignState state;
    fixture_clean(FILE_NAME);
    make_results(0);
    for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
        fixture_write(JOURNAL, contents[i], strlen(contents[i]));
        CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &state), STATUS_OK);
        CU_ASSERT(!state.from_journal && state.repaired && state.file_sound && state.complete);
        CU_ASSERT(noted(&state, "as it was published, with 9 finished trials"));
        campaign_state_release(&state);
    }
    change_byte(FILE_NAME, 2000);
    CU_ASSERT(fixture_failed(campaign_state_read(FILE_NAME, false, &state),
                             "neither journal nor results file can be used: " JOURNAL
                             " is not a winnow journal"));
    fixture_write(JOURNAL, "", 0);
    CU_ASSERT_EQUAL(unlink(FILE_NAME), 0);
    CU_ASSERT(fixture_failed(campaign_state_read(FILE_NAME, false, &state),
                             JOURNAL " holds no whole record; there is no " FILE_NAME));
    fixture_clean(FILE_NAME);
}

static void journal_gone(void) {
    CampaignState state;
    fixture_clean(FILE_NAME);
    Config *config = fixture_config();
    Ledger *ledger = fixture_ledger(FILE_NAME, false);
    CU_ASSERT_EQUAL_FATAL(results_write(FILE_NAME, ledger, config), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &state), STATUS_OK);
    CU_ASSERT(!state.from_journal && !state.complete && !state.repaired && state.file_sound);
    CU_ASSERT(noted(&state, "its journal is not there"));
    campaign_state_release(&state);
    ledger_destroy(&ledger);
    fixture_config_free(config);
    make_results(0); /* a complete one needs none */
    CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &state), STATUS_OK);
    CU_ASSERT_EQUAL(state.note_count, 0);
    campaign_state_release(&state);
    fixture_clean(FILE_NAME);
}

/* Cut behind a whole record it looks like a journal that ends there; the file knows better. */
static void shortened_journal(void) {
    CampaignState state;
    fixture_clean(FILE_NAME);
    make_results(0);
    Written written = make_journal(false);
    CU_ASSERT_EQUAL(truncate(JOURNAL, (off_t)written.end[written.count / 2]), 0);
    CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &state), STATUS_OK);
    CU_ASSERT(state.repaired);
    CU_ASSERT(noted(&state, JOURNAL " is shorter than it was when " FILE_NAME " was published"));
    CU_ASSERT_EQUAL(state.ledger->finished_count, FIXTURE_TRIALS);
    campaign_state_release(&state);
    make_results(5); /* another campaign's file says nothing */
    CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &state), STATUS_OK);
    CU_ASSERT(!state.repaired && state.ledger->finished_count < FIXTURE_TRIALS);
    campaign_state_release(&state);
    fixture_clean(FILE_NAME);
}

static void set_aside(void) {
    static const char *const names[] = {JOURNAL ".damaged", JOURNAL ".damaged2", JOURNAL ".damaged3"};
    char *name = NULL;
    fixture_clean(FILE_NAME);
    CU_ASSERT_EQUAL(campaign_state_set_aside(FILE_NAME, &name), STATUS_OK);
    CU_ASSERT_PTR_NULL(name);
    fixture_write(JOURNAL, "bad", 3);
    for (size_t i = 0; i < 3; i++) {
        (void)unlink(names[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL_FATAL(campaign_state_set_aside(FILE_NAME, &name), STATUS_OK);
        CU_ASSERT_STRING_EQUAL(name, names[i]);
        CU_ASSERT(file_exists(JOURNAL)); /* it keeps its own name until a new journal takes it */
        free(name);
    }
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(unlink(names[i]), 0);
    }
    fixture_clean(FILE_NAME);
}

static size_t barren_after(const RecordKind *kinds, size_t count) {
    Journal *journal = NULL;
    CampaignState state;
    fixture_clean(FILE_NAME);
    CU_ASSERT_EQUAL_FATAL(journal_create(&journal, JOURNAL), STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        Record record = {.kind = kinds[i]};
        if (record.kind == RECORD_CAMPAIGN) record.as.campaign.format_version = JOURNAL_FORMAT_VERSION;
        if (record.kind == RECORD_LEASE) record.as.lease.lease = 1;
        if (record.kind == RECORD_CHECKPOINT) record.as.checkpoint.epoch = 1;
        CU_ASSERT_EQUAL_FATAL(journal_append(journal, &record), STATUS_OK);
    }
    journal_close(&journal);
    CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &state), STATUS_OK);
    CU_ASSERT_EQUAL(state.reading.damage_count, 0);
    size_t barren = state.barren_starts;
    campaign_state_release(&state);
    return barren;
}

static void starts_without_news(void) {
    static const RecordKind kinds[] = {RECORD_CAMPAIGN, RECORD_DATA,  RECORD_START,     RECORD_DRAW,
                                       RECORD_LEASE,    RECORD_START, RECORD_LEASE,     RECORD_START,
                                       RECORD_FAILURE,  RECORD_START, RECORD_CHECKPOINT};
    CU_ASSERT_EQUAL(barren_after(kinds, 3), 1);
    CU_ASSERT_EQUAL(barren_after(kinds, 5), 0);
    CU_ASSERT_EQUAL(barren_after(kinds, 7), 1);
    CU_ASSERT_EQUAL(barren_after(kinds, 10), 3);
    CU_ASSERT_EQUAL(barren_after(kinds, 11), 0);
    fixture_clean(FILE_NAME);
}

static Status works(void *context) {
    (void)context;
    return STATUS_OK;
}

static Status fails(void *context) {
    return status_fail(STATUS_ENVIRONMENT, "%s is a riddle", (const char *)context);
}

static Status dies(void *context) {
    (void)context;
    abort();
}

static void guarded(void) {
    char file[] = "x.h5";
    CU_ASSERT_EQUAL(guard_try(works, file, 60, "it died"), STATUS_OK);
    CU_ASSERT(fixture_failed(guard_try(fails, file, 60, "it died"), "x.h5 is a riddle"));
    CU_ASSERT(fixture_failed(guard_try(dies, file, 60, "it died"), "it died"));
}

void suite_recovery(void) {
    static const TestCase tests[] = {
        {"whichever record is lost, the rest of a journal is read and nothing leans on it", journal_alone},
        {"whichever record is lost, the results file makes it good", with_the_file},
        {"a lost campaign record comes from the file, or is an error that names both", campaign_record_lost},
        {"a file of another campaign makes nothing good and is not replaced", another_campaigns_file},
        {"a damaged file beside a sound journal is told; alone it is an error", damaged_file},
        {"a journal beyond use leaves the file, or an error that names both", useless_journal},
        {"a journal that is gone is missed where the campaign was not complete", journal_gone},
        {"a journal shorter than when it was published is noticed", shortened_journal},
        {"a damaged journal gets a name of its own", set_aside},
        {"starts that bring nothing new are counted", starts_without_news},
        {"a reading that dies is an error", guarded},
    };
    SUITE("recovery", tests);
}
