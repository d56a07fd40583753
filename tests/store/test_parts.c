#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "fixtures.h"
#include "store/parts.h"
#include "suite.h"
#include "suites.h"

#define FILE_NAME "parts.h5"

static MemberRecord keep(uint64_t trial) {
    MemberBlob blob = fixture_member(trial);
    ByteWriter bytes = {0};
    member_blob_encode(&blob, &bytes);
    MemberRecord record = member_record_of(trial, blob.epoch, bytes.data, bytes.length);
    CU_ASSERT_EQUAL_FATAL(parts_write(FILE_NAME, record.blob, bytes.data, bytes.length), STATUS_OK);
    bytes_writer_release(&bytes);
    member_blob_release(&blob);
    return record;
}

static void round_trip(void) {
    fixture_clean(FILE_NAME);
    MemberRecord record = keep(12);
    CU_ASSERT_STRING_EQUAL(record.blob, "member-12");
    CU_ASSERT_EQUAL(record.trial, 12);
    CU_ASSERT_EQUAL(record.epoch, 2);
    CU_ASSERT(file_exists(FILE_NAME ".parts/member-12"));
    CU_ASSERT(!file_exists(FILE_NAME ".parts/member-12.tmp"));
    MemberBlob blob = {0}, expected = fixture_member(12);
    ByteWriter a = {0}, b = {0};
    CU_ASSERT_EQUAL_FATAL(parts_read_member(FILE_NAME, &record, &blob), STATUS_OK);
    member_blob_encode(&blob, &a);
    member_blob_encode(&expected, &b);
    CU_ASSERT(a.length == b.length && memcmp(a.data, b.data, a.length) == 0);
    bytes_writer_release(&a);
    bytes_writer_release(&b);
    member_blob_release(&blob);
    member_blob_release(&expected);
    fixture_clean(FILE_NAME);
}

static void damage_is_named(void) {
    fixture_clean(FILE_NAME);
    MemberRecord record = keep(3);
    MemberBlob blob = {0};
    size_t length = 0;
    unsigned char *bytes = fixture_read(FILE_NAME ".parts/member-3", &length);
    bytes[length / 2] ^= 4;
    fixture_write(FILE_NAME ".parts/member-3", bytes, length);
    CU_ASSERT(
        fixture_failed(parts_read_member(FILE_NAME, &record, &blob), "member-3 has changed since winnow"));
    fixture_write(FILE_NAME ".parts/member-3", bytes, length - 1);
    CU_ASSERT(
        fixture_failed(parts_read_member(FILE_NAME, &record, &blob), "member-3 has changed since winnow"));
    bytes[length / 2] ^= 4;
    fixture_write(FILE_NAME ".parts/member-3", bytes, length + 1); /* a zero stands after what was read */
    CU_ASSERT(
        fixture_failed(parts_read_member(FILE_NAME, &record, &blob), "member-3 has changed since winnow"));
    fixture_write(FILE_NAME ".parts/member-3", bytes, length);
    record.epoch = 9;
    CU_ASSERT(fixture_failed(parts_read_member(FILE_NAME, &record, &blob), "of another trial or epoch"));
    free(bytes);
    fixture_clean(FILE_NAME);
}

static void names_stay_inside(void) {
    fixture_clean(FILE_NAME);
    MemberRecord record = keep(3);
    MemberBlob blob = {0};
    static const char *const names[] = {"../secret", "member-/../../secret", "", "other"};
    fixture_write("secret", "x", 1);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        (void)snprintf(record.blob, sizeof(record.blob), "%s", names[i]);
        CU_ASSERT(fixture_failed(parts_read_member(FILE_NAME, &record, &blob),
                                 "is not the name of a network or checkpoint"));
        parts_remove(FILE_NAME, record.blob);
    }
    CU_ASSERT(file_exists("secret"));
    CU_ASSERT(file_exists(FILE_NAME ".parts/member-3"));
    fixture_clean(FILE_NAME);
}

static void removing(void) {
    fixture_clean(FILE_NAME);
    MemberRecord record = keep(3);
    MemberBlob blob = {0};
    (void)keep(4);
    parts_remove(FILE_NAME, record.blob);
    parts_remove(FILE_NAME, record.blob);
    CU_ASSERT(fixture_failed(parts_read_member(FILE_NAME, &record, &blob), "member-3"));
    CU_ASSERT(file_exists(FILE_NAME ".parts/member-4"));
    fixture_write(FILE_NAME ".parts/member-5.tmp", "x", 1); /* left by a kill */
    parts_remove_all(FILE_NAME);
    CU_ASSERT(!file_exists(FILE_NAME ".parts"));
    parts_remove_all(FILE_NAME);
    (void)keep(4);
    fixture_write(FILE_NAME ".parts/notes.txt", "the user's own", 14);
    parts_remove_all(FILE_NAME);
    CU_ASSERT(file_exists(FILE_NAME ".parts/notes.txt"));
    CU_ASSERT(!file_exists(FILE_NAME ".parts/member-4"));
    CU_ASSERT_EQUAL(unlink(FILE_NAME ".parts/notes.txt"), 0);
    fixture_clean(FILE_NAME);
}

static CheckpointRecord store_checkpoint(uint64_t trial, uint64_t lease, uint32_t epoch) {
    EpochRow curve[4] = {{.epoch = 1}, {.epoch = 2}, {.epoch = 3}, {.epoch = 4}};
    uint8_t state[] = "weights";
    CheckpointBlob blob = {.trial = trial,
                           .epoch = epoch,
                           .arithmetic = "avx512",
                           .curve_count = epoch,
                           .curve = curve,
                           .state = state,
                           .state_length = sizeof(state)};
    ByteWriter bytes = {0};
    checkpoint_blob_encode(&blob, &bytes);
    CheckpointRecord record = checkpoint_record_of(&blob, lease, 1.5, bytes.data, bytes.length);
    CU_ASSERT_EQUAL_FATAL(parts_write(FILE_NAME, record.blob, bytes.data, bytes.length), STATUS_OK);
    bytes_writer_release(&bytes);
    return record;
}

static void checkpoints(void) {
    fixture_clean(FILE_NAME);
    CheckpointRecord record = store_checkpoint(5, 9, 3);
    CheckpointBlob blob = {0};
    CU_ASSERT_STRING_EQUAL(record.blob, "checkpoint-5-9-3");
    CU_ASSERT_EQUAL_FATAL(parts_read_checkpoint(FILE_NAME, &record, &blob), STATUS_OK);
    CU_ASSERT_EQUAL(blob.epoch, 3);
    CU_ASSERT_EQUAL(blob.state_length, 8);
    checkpoint_blob_release(&blob);
    record.trial = 6;
    CU_ASSERT(fixture_failed(parts_read_checkpoint(FILE_NAME, &record, &blob), "of another trial or epoch"));
    record.trial = 5;
    record.hash++;
    CU_ASSERT(fixture_failed(parts_read_checkpoint(FILE_NAME, &record, &blob), "has changed since winnow"));
    parts_remove(FILE_NAME, record.blob);
    CU_ASSERT(fixture_failed(parts_read_checkpoint(FILE_NAME, &record, &blob), "cannot open"));
    fixture_clean(FILE_NAME);
}

static void sweeping(void) {
    fixture_clean(FILE_NAME);
    Ledger *ledger =
        fixture_ledger(FILE_NAME, true); /* trial 9 still runs, trial 7 has a row and a network */
    (void)keep(8);                       /* stored, and never recorded */
    for (uint32_t epoch = 1; epoch <= 3; epoch++) {
        Record record = {.kind = RECORD_CHECKPOINT, .as.checkpoint = store_checkpoint(9, 11, epoch)};
        if (epoch < 3) CU_ASSERT_EQUAL(ledger_apply(ledger, &record), STATUS_OK);
    }
    Record done = {.kind = RECORD_CHECKPOINT, .as.checkpoint = store_checkpoint(7, 8, 1)};
    CU_ASSERT_EQUAL(ledger_apply(ledger, &done), STATUS_OK);
    CU_ASSERT_EQUAL(parts_leave_note(FILE_NAME, "of an earlier start"), STATUS_OK);
    fixture_write(FILE_NAME ".parts/member-3.tmp", "x", 1);
    fixture_write(FILE_NAME ".parts/member-999999999999", "x", 1);
    fixture_write(FILE_NAME ".parts/notes.txt", "the user's own", 14);
    parts_sweep(FILE_NAME, ledger);
    static const char *const gone[] = {
        "member-8",          "member-3.tmp",      "member-999999999999", "note",
        "checkpoint-9-11-1", "checkpoint-9-11-3", "checkpoint-7-8-1"};
    static const char *const kept[] = {"member-1", "member-6", "member-7", "checkpoint-9-11-2", "notes.txt"};
    char path[128];
    for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++) {
        (void)snprintf(path, sizeof(path), FILE_NAME ".parts/%s", gone[i]);
        CU_ASSERT(!file_exists(path));
    }
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        (void)snprintf(path, sizeof(path), FILE_NAME ".parts/%s", kept[i]);
        CU_ASSERT(file_exists(path));
    }
    CU_ASSERT_EQUAL(unlink(FILE_NAME ".parts/notes.txt"), 0);
    ledger_destroy(&ledger);
    fixture_clean(FILE_NAME);
}

static void notes(void) {
    fixture_clean(FILE_NAME);
    CU_ASSERT(!parts_see_note(FILE_NAME, "a token"));
    CU_ASSERT_EQUAL(parts_leave_note(FILE_NAME, "a token"), STATUS_OK);
    CU_ASSERT(parts_see_note(FILE_NAME, "a token"));
    CU_ASSERT(!parts_see_note(FILE_NAME, "a token too"));
    CU_ASSERT(!parts_see_note(FILE_NAME, "a toke"));
    CU_ASSERT(!parts_see_note("elsewhere.h5", "a token"));
    CU_ASSERT_STRING_EQUAL(status_text(), "");
    parts_remove_all(FILE_NAME);
    CU_ASSERT(!file_exists(FILE_NAME ".parts")); /* the note went, and nothing else was left */
}

static void no_folder(void) {
    CU_ASSERT(fixture_failed(parts_write("/dev/null/x.h5", "member-1", "x", 1), "/dev/null"));
}

void suite_parts(void) {
    static const TestCase tests[] = {
        {"a network is read back as it was written", round_trip},
        {"a changed, cut or longer part is refused by name", damage_is_named},
        {"a name out of a journal cannot leave the folder", names_stay_inside},
        {"parts and folder go, the user's own files stay", removing},
        {"a checkpoint is read back, of its trial and epoch alone", checkpoints},
        {"what the ledger has no use for is swept, and nothing else", sweeping},
        {"who sees the folder sees the note in it", notes},
        {"a folder that cannot be made is an error", no_folder},
    };
    SUITE("parts", tests);
}
