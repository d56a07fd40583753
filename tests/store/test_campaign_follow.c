#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixtures.h"
#include "store/campaign_state.h"
#include "store/journal_format.h"
#include "store/results.h"
#include "suite.h"
#include "suites.h"

#define FILE_NAME "follow.h5"
#define JOURNAL FILE_NAME ".journal"

/* A state that is followed. */
typedef struct Follower {
    CampaignState state;
    CampaignMarks marks;
    bool anew, changed;
} Follower;

static Status follow(Follower *f) {
    return campaign_state_follow(FILE_NAME, false, &f->state, &f->marks, &f->anew, &f->changed);
}

/* A journal that is written record by record, each followed. */
typedef struct Growth {
    Journal *journal;
    Follower follower;
    size_t records;
} Growth;

static Status grow(void *context, Record *record) {
    Growth *g = context;
    CU_ASSERT_EQUAL_FATAL(journal_append(g->journal, record), STATUS_OK);
    record_release(record);
    g->records++;
    CU_ASSERT_EQUAL_FATAL(follow(&g->follower), STATUS_OK);
    CU_ASSERT_EQUAL(g->follower.anew, g->records == 1);
    CU_ASSERT(g->follower.changed);
    CU_ASSERT_EQUAL(g->follower.state.reading.records, g->records);
    CU_ASSERT_EQUAL_FATAL(follow(&g->follower), STATUS_OK);
    CU_ASSERT(!g->follower.anew && !g->follower.changed);
    return STATUS_OK;
}

static Status append(void *context, Record *record) {
    Status status = journal_append(context, record);
    record_release(record);
    return status;
}

static void make_journal(void) {
    Journal *journal = NULL;
    CU_ASSERT_EQUAL_FATAL(journal_create(&journal, JOURNAL), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(fixture_records(FILE_NAME, false, append, journal), STATUS_OK);
    journal_close(&journal);
}

static void a_journal_followed_record_by_record_gives_the_ledger_of_the_whole(void) {
    fixture_clean(FILE_NAME);
    Growth g = {0};
    CU_ASSERT_EQUAL_FATAL(journal_create(&g.journal, JOURNAL), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(fixture_records(FILE_NAME, true, grow, &g), STATUS_OK);
    journal_close(&g.journal);
    CampaignState whole;
    CU_ASSERT_EQUAL_FATAL(campaign_state_read(FILE_NAME, false, &whole), STATUS_OK);
    CU_ASSERT(fixture_equal(whole.ledger, g.follower.state.ledger, false));
    CU_ASSERT_EQUAL(whole.barren_starts, g.follower.state.barren_starts);
    CU_ASSERT_EQUAL(whole.reading.good_length, g.follower.state.reading.good_length);
    campaign_state_release(&whole);
    campaign_state_release(&g.follower.state);
}

/* What stands before the place that was read to is not looked at: a byte changed there goes unseen. */
static void what_was_read_is_not_read_again(void) {
    fixture_clean(FILE_NAME);
    make_journal();
    Follower f = {0};
    CU_ASSERT_EQUAL_FATAL(follow(&f), STATUS_OK);
    uint64_t records = f.state.reading.records;
    size_t length;
    unsigned char *bytes = fixture_read(JOURNAL, &length);
    FILE *file = fopen(JOURNAL, "r+b");
    CU_ASSERT_FATAL(file != NULL && fseek(file, 40, SEEK_SET) == 0 && fputc(bytes[40] ^ 1, file) != EOF);
    /* the last record once more behind it: a lease, checkpoint or row, which changes nothing */
    size_t last = length;
    for (size_t at = JOURNAL_MAGIC_SIZE; at < length; at += JOURNAL_HEAD_SIZE + journal_u32(bytes + at))
        last = at;
    CU_ASSERT_EQUAL(fseek(file, 0, SEEK_END), 0);
    CU_ASSERT_EQUAL(fwrite(bytes + last, 1, length - last, file), length - last);
    CU_ASSERT_EQUAL(fclose(file), 0);
    free(bytes);
    CU_ASSERT_EQUAL_FATAL(follow(&f), STATUS_OK);
    CU_ASSERT(f.changed && !f.anew);
    CU_ASSERT_EQUAL(f.state.reading.records, records + 1);
    CU_ASSERT_EQUAL(f.state.reading.damage_count, 0);
    campaign_state_release(&f.state);
}

static void half_a_record_waits_for_its_other_half(void) {
    fixture_clean(FILE_NAME);
    make_journal();
    size_t length;
    unsigned char *bytes = fixture_read(JOURNAL, &length);
    Follower f = {0};
    fixture_write(JOURNAL, bytes, length - 10);
    CU_ASSERT_EQUAL_FATAL(follow(&f), STATUS_OK);
    uint64_t records = f.state.reading.records;
    FILE *file = fopen(JOURNAL, "ab");
    CU_ASSERT_FATAL(file != NULL);
    CU_ASSERT_EQUAL(fwrite(bytes + length - 10, 1, 5, file), 5);
    CU_ASSERT_EQUAL(fflush(file), 0);
    CU_ASSERT_EQUAL_FATAL(follow(&f), STATUS_OK);
    CU_ASSERT(!f.changed && !f.anew);
    CU_ASSERT_EQUAL(fwrite(bytes + length - 5, 1, 5, file), 5);
    CU_ASSERT_EQUAL(fclose(file), 0);
    CU_ASSERT_EQUAL_FATAL(follow(&f), STATUS_OK);
    CU_ASSERT(f.changed && !f.anew);
    CU_ASSERT_EQUAL(f.state.reading.records, records + 1);
    free(bytes);
    campaign_state_release(&f.state);
}

static void another_or_a_shorter_or_a_damaged_journal_is_read_anew(void) {
    fixture_clean(FILE_NAME);
    make_journal();
    Follower f = {0};
    CU_ASSERT_EQUAL_FATAL(follow(&f), STATUS_OK);
    uint64_t records = f.state.reading.records;
    size_t length;
    unsigned char *bytes = fixture_read(JOURNAL, &length);
    CU_ASSERT_EQUAL(truncate(JOURNAL, (off_t)length - 10), 0);
    CU_ASSERT_EQUAL_FATAL(follow(&f), STATUS_OK);
    CU_ASSERT(f.anew && f.changed);
    CU_ASSERT_EQUAL(f.state.reading.records, records - 1);
    fixture_write("other", bytes, length);
    CU_ASSERT_EQUAL(rename("other", JOURNAL), 0);
    CU_ASSERT_EQUAL_FATAL(follow(&f), STATUS_OK);
    CU_ASSERT(f.anew && f.changed);
    CU_ASSERT_EQUAL(f.state.reading.records, records);
    FILE *file = fopen(JOURNAL, "ab");
    CU_ASSERT_FATAL(file != NULL);
    CU_ASSERT_EQUAL(fwrite("nonsense..", 1, 10, file), 10);
    /* a whole record behind it: what comes between is damage */
    CU_ASSERT_EQUAL(fwrite(bytes + 16, 1, length - 16, file), length - 16);
    CU_ASSERT_EQUAL(fclose(file), 0);
    free(bytes);
    CU_ASSERT_EQUAL_FATAL(follow(&f), STATUS_OK);
    CU_ASSERT(f.anew && f.changed && f.state.repaired);
    CU_ASSERT_EQUAL_FATAL(follow(&f), STATUS_OK);
    CU_ASSERT(!f.anew && !f.changed);
    campaign_state_release(&f.state);
}

static void the_file_takes_over_where_the_journal_has_gone(void) {
    fixture_clean(FILE_NAME);
    make_journal();
    Follower f = {0};
    CU_ASSERT_EQUAL_FATAL(follow(&f), STATUS_OK);
    Ledger *ledger = fixture_ledger(FILE_NAME, true);
    Config *config = fixture_config();
    CU_ASSERT_EQUAL_FATAL(results_write(FILE_NAME, ledger, config), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(follow(&f), STATUS_OK);
    CU_ASSERT(!f.anew && !f.changed);
    CU_ASSERT_EQUAL(unlink(JOURNAL), 0);
    CU_ASSERT_EQUAL_FATAL(follow(&f), STATUS_OK);
    CU_ASSERT(f.anew && f.changed && f.state.complete && !f.state.from_journal);
    CU_ASSERT_EQUAL_FATAL(follow(&f), STATUS_OK);
    CU_ASSERT(!f.anew && !f.changed);
    CU_ASSERT_EQUAL(unlink(FILE_NAME), 0);
    CU_ASSERT(fixture_failed(follow(&f), FILE_NAME " is no longer there"));
    CU_ASSERT(f.state.complete && f.state.ledger != NULL);
    make_journal(); /* begun again */
    CU_ASSERT_EQUAL_FATAL(follow(&f), STATUS_OK);
    CU_ASSERT(f.anew && f.changed && f.state.from_journal);
    campaign_state_release(&f.state);
    fixture_config_free(config);
    ledger_destroy(&ledger);
}

void suite_campaign_follow(void) {
    static const TestCase tests[] = {
        {"a journal followed record by record gives the ledger of the whole",
         a_journal_followed_record_by_record_gives_the_ledger_of_the_whole},
        {"what was read is not read again", what_was_read_is_not_read_again},
        {"half a record waits for its other half", half_a_record_waits_for_its_other_half},
        {"another, a shorter or a damaged journal is read anew",
         another_or_a_shorter_or_a_damaged_journal_is_read_anew},
        {"the file takes over where the journal has gone", the_file_takes_over_where_the_journal_has_gone},
    };
    SUITE("following a campaign", tests);
}
