#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/memory.h"
#include "fixtures.h"
#include "store/journal.h"
#include "suite.h"
#include "suites.h"
#include "tape.h"

/* errno of the next fdatasync, which then fails; 0: it is the real one. */
static int planted_sync_error;

int fdatasync(int descriptor) {
    int error = planted_sync_error;
    planted_sync_error = 0;
    if (error == 0) return (int)syscall(SYS_fdatasync, descriptor);
    errno = error;
    return -1;
}

static void round_trip(void) {
    Tape written, found = {0};
    JournalReading reading;
    tape_make(&written);
    CU_ASSERT_EQUAL(journal_read(TAPE_FILE, UINT64_MAX, tape_note, &found, &reading), STATUS_OK);
    CU_ASSERT(written.count > 40);
    CU_ASSERT_EQUAL(found.count, written.count);
    CU_ASSERT_EQUAL(tape_same(&found, &written), written.count);
    CU_ASSERT_EQUAL(reading.records, written.count);
    CU_ASSERT_EQUAL(reading.good_length, written.end[written.count - 1]);
    CU_ASSERT_EQUAL(reading.file_length, reading.good_length);
    CU_ASSERT_EQUAL(reading.damaged_at, UINT64_MAX);
    tape_release(&written);
    tape_release(&found);
}

static void limit_holds(void) {
    Tape written, found = {0};
    JournalReading reading;
    tape_make(&written);
    CU_ASSERT_EQUAL(journal_read(TAPE_FILE, written.end[6], tape_note, &found, &reading), STATUS_OK);
    CU_ASSERT_EQUAL(found.count, 7);
    CU_ASSERT_EQUAL(reading.good_length, written.end[6]);
    CU_ASSERT_EQUAL(reading.file_length, written.end[written.count - 1]);
    tape_release(&written);
    tape_release(&found);
}

static void cut_anywhere(void) {
    Tape written;
    tape_make(&written);
    size_t length = 0, wrong = 0;
    unsigned char *bytes = fixture_read(TAPE_FILE, &length);
    for (size_t cut = length; cut-- > 0;) {
        Tape found = {0};
        JournalReading reading;
        size_t whole = 0;
        while (written.end[whole] <= cut)
            whole++;
        uint64_t good = whole > 0 ? written.end[whole - 1] : cut < 16 ? 0 : 16;
        if (truncate(TAPE_FILE, (off_t)cut) != 0 ||
            journal_read(TAPE_FILE, UINT64_MAX, tape_note, &found, &reading) != STATUS_OK ||
            found.count != whole || tape_same(&found, &written) != whole || reading.good_length != good ||
            reading.damaged_at != UINT64_MAX) {
            wrong++;
        }
        tape_release(&found);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(bytes);
    tape_release(&written);
}

static void torn_tail_is_cut(void) {
    /* Cut inside the magic, at its end, inside a head, inside a record: what is appended next is read next.
     */
    for (size_t i = 0; i < 4; i++) {
        Tape written, found = {0};
        JournalReading reading;
        tape_make(&written);
        uint64_t cut = (uint64_t[]){5, 16, written.end[2] + 3, written.end[4] - 1}[i];
        size_t whole = (size_t[]){0, 0, 3, 4}[i];
        CU_ASSERT_EQUAL_FATAL(truncate(TAPE_FILE, (off_t)cut), 0);
        CU_ASSERT_EQUAL(journal_read(TAPE_FILE, UINT64_MAX, tape_note, &found, &reading), STATUS_OK);
        tape_release(&found);
        Journal *journal = NULL;
        CU_ASSERT_EQUAL_FATAL(journal_open(&journal, TAPE_FILE, reading.good_length), STATUS_OK);
        Record record = {.kind = RECORD_END, .as.end = {.time = 5, .reason = "after the cut"}};
        CU_ASSERT_EQUAL(journal_append(journal, &record), STATUS_OK);
        CU_ASSERT_EQUAL(journal_sync(journal), STATUS_OK);
        uint64_t length = journal_length(journal);
        journal_close(&journal);
        CU_ASSERT_EQUAL(journal_read(TAPE_FILE, UINT64_MAX, tape_note, &found, &reading), STATUS_OK);
        CU_ASSERT_EQUAL(found.count, whole + 1);
        CU_ASSERT_EQUAL(tape_same(&found, &written), whole);
        CU_ASSERT_EQUAL(reading.good_length, length);
        CU_ASSERT_EQUAL(reading.file_length, length);
        tape_release(&found);
        tape_release(&written);
    }
}

static void longer_than_read(void) {
    Tape written;
    Journal *journal = NULL;
    tape_make(&written);
    CU_ASSERT(fixture_failed(journal_open(&journal, TAPE_FILE, 1 << 20), "were read before"));
    CU_ASSERT_PTR_NULL(journal);
    tape_release(&written);
}

/* A journal of one record with these first bytes and this payload. */
static void make_bytes(const char *magic, const unsigned char *payload, size_t length) {
    ByteWriter w = {0}, head = {0};
    bytes_put_u32(&head, (uint32_t)length);
    uint32_t sum = crc32c(crc32c(0, head.data, 4), payload, length);
    bytes_put_raw(&w, magic, 16);
    bytes_put_u32(&w, (uint32_t)length);
    bytes_put_u32(&w, sum);
    bytes_put_raw(&w, payload, length);
    fixture_write(TAPE_FILE, w.data, w.length);
    bytes_writer_release(&w);
    bytes_writer_release(&head);
}

static void others_are_refused(void) {
    Tape found = {0};
    JournalReading reading;
    const unsigned char newer[] = {RECORD_CAMPAIGN, 77, 0, 0, 0, 'n', 'e', 'w'};
    make_bytes("winnow journal\xFE\xFF", newer, sizeof(newer));
    CU_ASSERT(fixture_failed(journal_read(TAPE_FILE, UINT64_MAX, tape_note, &found, &reading),
                             "of another byte order"));
    make_bytes("winnow journal\xFF\xFE", newer, sizeof(newer));
    CU_ASSERT(fixture_failed(journal_read(TAPE_FILE, UINT64_MAX, tape_note, &found, &reading),
                             "of format version 77; this winnow reads versions 2 to 4"));
    CU_ASSERT(!reading.foreign);
    fixture_write(TAPE_FILE, "a shopping list, or\0\0\0\1\0\0\0something like it", 44);
    CU_ASSERT(fixture_failed(journal_read(TAPE_FILE, UINT64_MAX, tape_note, &found, &reading),
                             "is not a winnow journal"));
    CU_ASSERT(reading.foreign);
    CU_ASSERT(fixture_failed(journal_read("/dev/null", UINT64_MAX, tape_note, &found, &reading),
                             "not a winnow journal"));
    CU_ASSERT(
        fixture_failed(journal_read("none.journal", UINT64_MAX, tape_note, &found, &reading), "cannot open"));
    CU_ASSERT_EQUAL(found.count, 0);
}

/* What the versions before wrote has all that it needs. */
static void a_version_is_read(uint32_t version) {
    Tape found = {0};
    JournalReading reading;
    Journal *journal = NULL;
    Record record = {.kind = RECORD_CAMPAIGN, .as.campaign.format_version = version};
    (void)unlink(TAPE_FILE);
    CU_ASSERT_EQUAL_FATAL(journal_create(&journal, TAPE_FILE), STATUS_OK);
    CU_ASSERT_EQUAL(journal_append(journal, &record), STATUS_OK);
    CU_ASSERT_EQUAL(journal_sync(journal), STATUS_OK);
    journal_close(&journal);
    CU_ASSERT_EQUAL(journal_read(TAPE_FILE, UINT64_MAX, tape_note, &found, &reading), STATUS_OK);
    CU_ASSERT_EQUAL(reading.records, 1);
    CU_ASSERT_EQUAL(reading.damage_count, 0);
    tape_release(&found);
}

static void the_versions_before_are_read(void) {
    for (uint32_t version = JOURNAL_OLDEST_VERSION; version <= JOURNAL_FORMAT_VERSION; version++)
        a_version_is_read(version);
}

static void unknown_record(void) {
    Tape found = {0};
    JournalReading reading;
    const unsigned char kind_99[] = {99, 1, 2, 3};
    make_bytes("winnow journal\xFF\xFE", kind_99, sizeof(kind_99));
    CU_ASSERT_EQUAL(journal_read(TAPE_FILE, UINT64_MAX, tape_note, &found, &reading), STATUS_OK);
    CU_ASSERT_EQUAL(found.count, 0);
    CU_ASSERT_EQUAL(reading.damaged_at, 16); /* it is not cut: its sum is right */
}

static void existing_is_not_replaced(void) {
    Tape written, found = {0};
    JournalReading reading;
    Journal *journal = NULL;
    tape_make(&written);
    CU_ASSERT(fixture_failed(journal_create(&journal, TAPE_FILE), "cannot make the journal"));
    CU_ASSERT(fixture_failed(journal_create(&journal, "no/such/folder.journal"), "cannot make the journal"));
    CU_ASSERT_EQUAL(journal_read(TAPE_FILE, UINT64_MAX, tape_note, &found, &reading), STATUS_OK);
    CU_ASSERT_EQUAL(found.count, written.count);
    tape_release(&found);
    tape_release(&written);
}

static void stub_is_replaced(void) {
    static const size_t lengths[] = {0, 7, 16, 30};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        Tape written, found = {0};
        JournalReading reading;
        Journal *journal = NULL;
        tape_make(&written);
        CU_ASSERT_EQUAL_FATAL(truncate(TAPE_FILE, (off_t)lengths[i]), 0);
        CU_ASSERT_EQUAL_FATAL(journal_create(&journal, TAPE_FILE), STATUS_OK);
        CU_ASSERT_EQUAL(journal_append_gathered(journal), STATUS_OK); /* nothing */
        journal_gather(journal, written.record[0].data, written.record[0].length);
        CU_ASSERT_EQUAL(journal_append_gathered(journal), STATUS_OK);
        journal_close(&journal);
        CU_ASSERT_EQUAL(journal_read(TAPE_FILE, UINT64_MAX, tape_note, &found, &reading), STATUS_OK);
        CU_ASSERT_EQUAL(found.count, 1);
        CU_ASSERT_EQUAL(tape_same(&found, &written), 1);
        tape_release(&found);
        tape_release(&written);
    }
}

static Status refuse_third(void *context, Record *record) {
    size_t *count = context;
    record_release(record);
    return ++*count == 3 ? status_fail(STATUS_ENVIRONMENT, "no more") : STATUS_OK;
}

static void visitor_ends_it(void) {
    Tape written;
    JournalReading reading;
    size_t count = 0;
    tape_make(&written);
    CU_ASSERT(fixture_failed(journal_read(TAPE_FILE, UINT64_MAX, refuse_third, &count, &reading), "no more"));
    CU_ASSERT_EQUAL(count, 3);
    CU_ASSERT_EQUAL(reading.records, 2);
    CU_ASSERT_EQUAL(reading.good_length, written.end[1]);
    tape_release(&written);
}

/* In a child that may not make files longer than the journal and a bit. */
static int append_on_full_disk(void) {
    Journal *journal = NULL;
    JournalReading reading;
    Tape found = {0};
    Record record = {.kind = RECORD_END, .as.end = {.reason = "a record of more than twenty bytes"}};
    (void)unlink(TAPE_FILE);
    if (journal_create(&journal, TAPE_FILE) != STATUS_OK || journal_append(journal, &record) != STATUS_OK)
        return 1;
    uint64_t length = journal_length(journal);
    struct rlimit limit = {.rlim_cur = length + 20, .rlim_max = RLIM_INFINITY};
    (void)signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    if (!fixture_failed(journal_append(journal, &record), "cannot append to the journal")) return 3;
    if (journal_length(journal) != length || journal_sync(journal) != STATUS_OK) return 4;
    for (uint8_t kind = RECORD_END, i = 0; i < 9; i++) /* together too long: none of them comes in */
        journal_gather(journal, &kind, 1);
    if (!fixture_failed(journal_append_gathered(journal), "cannot append to the journal")) return 10;
    if (journal_length(journal) != length || journal_append_gathered(journal) != STATUS_OK) return 11;
    if (journal_read(TAPE_FILE, UINT64_MAX, tape_note, &found, &reading) != STATUS_OK) return 5;
    if (reading.file_length != length || found.count != 1) return 6;
    limit.rlim_cur = RLIM_INFINITY;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 7;
    if (journal_append(journal, &record) != STATUS_OK) return 8;
    tape_release(&found);
    if (journal_read(TAPE_FILE, UINT64_MAX, tape_note, &found, &reading) != STATUS_OK || found.count != 2)
        return 9;
    tape_release(&found);
    journal_close(&journal);
    return 0;
}

static void full_disk(void) {
    int status = 0;
    pid_t child = fork();
    if (child == 0) _exit(append_on_full_disk());
    CU_ASSERT_EQUAL_FATAL(waitpid(child, &status, 0), child);
    CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void failed_sync(void) {
    Journal *journal = NULL;
    Record record = {.kind = RECORD_END};
    (void)unlink(TAPE_FILE);
    CU_ASSERT_EQUAL_FATAL(journal_create(&journal, TAPE_FILE), STATUS_OK);
    CU_ASSERT_EQUAL(journal_append(journal, &record), STATUS_OK);
    planted_sync_error = EINTR;
    CU_ASSERT_EQUAL(journal_sync(journal), STATUS_OK);
    CU_ASSERT_EQUAL(journal_append(journal, &record), STATUS_OK);
    planted_sync_error = EIO;
    CU_ASSERT(fixture_failed(journal_sync(journal), "cannot sync the journal"));
    uint64_t length = journal_length(journal);
    /* The disk works again, but what was to be synced may be gone. */
    CU_ASSERT(fixture_failed(journal_sync(journal), "could not be synced before"));
    CU_ASSERT(fixture_failed(journal_append(journal, &record), "could not be synced before"));
    CU_ASSERT_EQUAL(journal_length(journal), length);
    journal_close(&journal);
}

/* What is written into a file without a name, or under another one, is found by nobody. */
static void removed_file(void) {
    static const char *const folder = "moving", *const moved = "moved";
    for (int way = 0; way < 3; way++) {
        Journal *journal = NULL;
        Record record = {.kind = RECORD_END};
        (void)mkdir(folder, 0777);
        (void)unlink("moving/a.journal");
        CU_ASSERT_EQUAL_FATAL(journal_create(&journal, "moving/a.journal"), STATUS_OK);
        CU_ASSERT_EQUAL(journal_append(journal, &record), STATUS_OK);
        CU_ASSERT_EQUAL(journal_sync(journal), STATUS_OK);
        if (way == 0) CU_ASSERT_EQUAL(unlink("moving/a.journal"), 0);
        if (way == 1) CU_ASSERT_EQUAL(rename(folder, moved), 0);
        if (way == 2) CU_ASSERT_EQUAL(rename("moving/a.journal", "moving/b.journal"), 0);
        if (way == 2) fixture_write("moving/a.journal", "another one", 11);
        CU_ASSERT_EQUAL(journal_append(journal, &record), STATUS_OK);
        CU_ASSERT(fixture_failed(journal_sync(journal), "moving/a.journal was removed or renamed"));
        CU_ASSERT(fixture_failed(journal_append(journal, &record), "could not be synced before"));
        journal_close(&journal);
        (void)unlink("moved/a.journal");
        (void)unlink("moving/a.journal");
        (void)unlink("moving/b.journal");
        (void)rmdir(moved);
        (void)rmdir(folder);
    }
}

void suite_journal(void) {
    static const TestCase tests[] = {
        {"what was appended is read back, in order", round_trip},
        {"a limit ends the reading at a record", limit_holds},
        {"cut at every length, the records before are read, and no more", cut_anywhere},
        {"a torn tail is cut before appending goes on", torn_tail_is_cut},
        {"a journal shorter than what was read is refused", longer_than_read},
        {"another byte order, version or kind of file is refused by name", others_are_refused},
        {"journals of the versions before are read", the_versions_before_are_read},
        {"a whole record of an unknown kind is damage, not a torn tail", unknown_record},
        {"a journal that exists is not replaced", existing_is_not_replaced},
        {"a journal without a whole record is replaced", stub_is_replaced},
        {"a visitor's error ends the reading", visitor_ends_it},
        {"an append on a full disk is cut back, and works once there is room", full_disk},
        {"a journal that was removed or renamed is no place to write to", removed_file},
        {"after a failed sync nothing is taken for safe any more", failed_sync},
    };
    SUITE("journal", tests);
}
