#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "fixtures.h"
#include "suite.h"
#include "suites.h"
#include "tape.h"

/* Are the records found those written, all but one? */
static bool all_but(const Tape *found, const Tape *written, size_t missing) {
    if (found->count != written->count - 1) return false;
    for (size_t i = 0; i < found->count; i++) {
        const ByteWriter *a = &found->record[i], *b = &written->record[i < missing ? i : i + 1];
        if (a->length != b->length || memcmp(a->data, b->data, a->length) != 0) return false;
    }
    return true;
}

/* A flip in the magic loses nothing else; one in a record loses that record; in the last one it cannot be
 * told from a torn tail. */
static bool flip_is_told(const Tape *written, size_t at) {
    Tape found = {0};
    JournalReading reading;
    size_t before = 0;
    while (written->end[before] <= at)
        before++;
    uint64_t begin = before > 0 ? written->end[before - 1] : 16;
    bool told = journal_read(TAPE_FILE, UINT64_MAX, tape_note, &found, &reading) == STATUS_OK;
    if (at < 16) {
        told = told && found.count == written->count && tape_same(&found, written) == written->count &&
               reading.damaged_at == 0 && reading.lost_bytes == 16 && reading.kept_after == written->count;
    } else if (before == written->count - 1) {
        told = told && all_but(&found, written, before) && reading.damaged_at == UINT64_MAX &&
               reading.damage_count == 0 && reading.good_length == begin;
    } else {
        told = told && all_but(&found, written, before) && reading.damaged_at == begin &&
               reading.good_length == begin && reading.damage_count == 1 && reading.refused == 0 &&
               reading.lost_bytes == written->end[before] - begin &&
               reading.kept_after == written->count - 1 - before;
    }
    tape_release(&found);
    return told;
}

static void flipped_bit(void) {
    Tape written;
    tape_make(&written);
    size_t length = 0, wrong = 0;
    unsigned char *bytes = fixture_read(TAPE_FILE, &length);
    FILE *file = fopen(TAPE_FILE, "r+b");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    setbuf(file, NULL);
    for (size_t at = 0; at < length; at++) {
        int flipped = bytes[at] ^ (1 << at % 8);
        (void)fseek(file, (long)at, SEEK_SET);
        (void)fputc(flipped, file);
        wrong += !flip_is_told(&written, at);
        (void)fseek(file, (long)at, SEEK_SET);
        (void)fputc(bytes[at], file);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    (void)fclose(file);
    free(bytes);
    tape_release(&written);
}

/* Two places, the second of two records that touch. */
static void several_places(void) {
    Tape written, found = {0};
    JournalReading reading;
    tape_make(&written);
    size_t length = 0;
    unsigned char *bytes = fixture_read(TAPE_FILE, &length);
    bytes[written.end[3] + 9] ^= 1;
    memset(bytes + written.end[9], 0, written.end[11] - written.end[9]);
    fixture_write(TAPE_FILE, bytes, length);
    CU_ASSERT_EQUAL(journal_read(TAPE_FILE, UINT64_MAX, tape_note, &found, &reading), STATUS_OK);
    CU_ASSERT_EQUAL(found.count, written.count - 3);
    CU_ASSERT_EQUAL(reading.records, written.count - 3);
    CU_ASSERT_EQUAL(reading.damaged_at, written.end[3]);
    CU_ASSERT_EQUAL(reading.damage_count, 2);
    CU_ASSERT_EQUAL(reading.lost_bytes, written.end[4] - written.end[3] + written.end[11] - written.end[9]);
    CU_ASSERT_EQUAL(reading.kept_after, written.count - 3 - 4);
    free(bytes);
    tape_release(&found);
    tape_release(&written);
}

/* Put `count` bytes of garbage between the made-up campaign's first record and the rest. */
static void make_gap(Tape *written, const uint8_t *garbage, size_t count) {
    tape_make(written);
    ByteWriter w = {0};
    size_t length = 0;
    unsigned char *bytes = fixture_read(TAPE_FILE, &length);
    bytes_put_raw(&w, bytes, written->end[0]);
    bytes_put_raw(&w, garbage, count);
    bytes_put_raw(&w, bytes + written->end[0], length - written->end[0]);
    fixture_write(TAPE_FILE, w.data, w.length);
    bytes_writer_release(&w);
    free(bytes);
}

/* Whatever lies in between: it would take days to look at every record that could begin in some of these. */
static void long_gaps(void) {
    enum { GAP = 6 << 20 };
    uint8_t *garbage = NULL;
    CU_ASSERT_EQUAL_FATAL(memory_new(&garbage, GAP, 1), STATUS_OK);
    for (int kind = 0; kind < 4; kind++) {
        uint64_t state = 1;
        for (size_t i = 0; i < GAP; i++) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            garbage[i] = kind == 0   ? 0
                         : kind == 1 ? (uint8_t)(state >> 56)
                         : kind == 2 ? (uint8_t)(i % 4 == 2 ? 15 : 1) /* lengths of nearly a megabyte */
                                     : (uint8_t)(i % 4 == 2   ? 40
                                                 : i % 4 == 3 ? 0
                                                              : 9); /* and over it */
        }
        if (kind == 2) {
            for (size_t i = 3; i < GAP; i += 4)
                garbage[i] = 0;
        }
        Tape written, found = {0};
        JournalReading reading;
        make_gap(&written, garbage, GAP);
        CU_ASSERT_EQUAL(journal_read(TAPE_FILE, UINT64_MAX, tape_note, &found, &reading), STATUS_OK);
        CU_ASSERT_EQUAL(tape_same(&found, &written), written.count);
        CU_ASSERT_EQUAL(reading.lost_bytes, GAP);
        CU_ASSERT_EQUAL(reading.damage_count, 1);
        tape_release(&found);
        tape_release(&written);
    }
    free(garbage);
    (void)unlink(TAPE_FILE);
}

/* A record that is longer than the window of the search. */
static void long_record_behind_damage(void) {
    enum { LONG = 3 << 20 };
    Journal *journal = NULL;
    JournalReading reading;
    Tape found = {0};
    char *text = NULL;
    CU_ASSERT_EQUAL_FATAL(memory_new(&text, LONG + 1, 1), STATUS_OK);
    memset(text, 'x', LONG);
    (void)unlink(TAPE_FILE);
    CU_ASSERT_EQUAL_FATAL(journal_create(&journal, TAPE_FILE), STATUS_OK);
    Record end = {.kind = RECORD_END, .as.end = {.reason = "the one that is damaged"}};
    Record start = {.kind = RECORD_START, .as.start = {.new_config = true, .config_text = text}};
    CU_ASSERT_EQUAL(journal_append(journal, &end), STATUS_OK);
    CU_ASSERT_EQUAL(journal_append(journal, &start), STATUS_OK);
    CU_ASSERT_EQUAL(journal_append(journal, &end), STATUS_OK);
    journal_close(&journal);
    FILE *file = fopen(TAPE_FILE, "r+b");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    (void)fseek(file, 16, SEEK_SET);
    (void)fputc(99, file);
    (void)fclose(file);
    CU_ASSERT_EQUAL(journal_read(TAPE_FILE, UINT64_MAX, tape_note, &found, &reading), STATUS_OK);
    CU_ASSERT_EQUAL(found.count, 2);
    CU_ASSERT_EQUAL(reading.kept_after, 2);
    tape_release(&found);
    free(text);
    (void)unlink(TAPE_FILE);
}

static Status refuse_some(void *context, Record *record) {
    size_t *count = context;
    record_release(record);
    ++*count;
    return *count == 3 || *count == 4 ? status_fail(STATUS_INPUT, "leans on a lost one") : STATUS_OK;
}

static void refused_are_damage(void) {
    Tape written;
    JournalReading reading;
    size_t count = 0;
    tape_make(&written);
    CU_ASSERT_EQUAL(journal_read(TAPE_FILE, UINT64_MAX, refuse_some, &count, &reading), STATUS_OK);
    CU_ASSERT_EQUAL(count, written.count);
    CU_ASSERT_EQUAL(reading.records, written.count - 2);
    CU_ASSERT_EQUAL(reading.refused, 2);
    CU_ASSERT_EQUAL(reading.damage_count, 1);
    CU_ASSERT_EQUAL(reading.damaged_at, written.end[1]);
    CU_ASSERT_EQUAL(reading.lost_bytes, written.end[3] - written.end[1]);
    tape_release(&written);
}

void suite_journal_damage(void) {
    static const TestCase tests[] = {
        {"a flipped bit at every byte loses its record alone, and never gives a wrong one", flipped_bit},
        {"bad places are counted; those that touch are one", several_places},
        {"records are found behind megabytes of anything", long_gaps},
        {"so is one of megabytes", long_record_behind_damage},
        {"whole records that are refused are left out and counted", refused_are_damage},
    };
    SUITE("journal damage", tests);
}
