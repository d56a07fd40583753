#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "made_up.h"
#include "suite.h"
#include "suites.h"
#include "untrusted.h"

static Status decoder(const uint8_t *bytes, size_t length, ByteWriter *again) {
    CheckpointBlob blob;
    Status status = checkpoint_blob_decode(&blob, bytes, length);
    if (status != STATUS_OK) return status;
    checkpoint_blob_encode(&blob, again);
    checkpoint_blob_release(&blob);
    return STATUS_OK;
}

static void blobs_round_trip(void) {
    RandomStream random = made_up_stream(6);
    ByteWriter writer = {0};
    for (int i = 0; i < 100; i++) {
        CheckpointBlob back;
        CheckpointBlob blob = made_up_checkpoint_blob(&random);
        bytes_writer_reset(&writer);
        checkpoint_blob_encode(&blob, &writer);
        CU_ASSERT_EQUAL_FATAL(bytes_writer_status(&writer), STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(checkpoint_blob_decode(&back, writer.data, writer.length), STATUS_OK);
        CU_ASSERT_TRUE(checkpoint_blobs_equal(&blob, &back));
        if (i < 8) untrusted_check(decoder, writer.data, writer.length, 0);
        checkpoint_blob_release(&blob);
        checkpoint_blob_release(&back);
    }
    bytes_writer_release(&writer);
}

/* Without rows, or with more or fewer than epochs, nothing is written, and what says so is not read. */
static void the_curve_has_a_row_an_epoch(void) {
    EpochRow rows[3] = {{.epoch = 1}, {.epoch = 2}, {.epoch = 3}};
    for (uint32_t count = 0; count <= 3; count++) {
        ByteWriter writer = {0};
        CheckpointBlob blob = {.epoch = 2, .curve_count = count, .curve = rows};
        checkpoint_blob_encode(&blob, &writer);
        CU_ASSERT_EQUAL(writer.failed, count != 2);
        bytes_writer_release(&writer);
    }
    ByteWriter writer = {0};
    CheckpointBlob none = {.curve = rows};
    checkpoint_blob_encode(&none, &writer);
    CU_ASSERT_TRUE(writer.failed);
    bytes_writer_reset(&writer);

    /* epoch and curve_count stand after version and trial, and after an empty arithmetic */
    CheckpointBlob back, blob = {.epoch = 2, .curve_count = 2, .curve = rows};
    checkpoint_blob_encode(&blob, &writer);
    CU_ASSERT_EQUAL_FATAL(checkpoint_blob_decode(&back, writer.data, writer.length), STATUS_OK);
    checkpoint_blob_release(&back);
    for (uint8_t count = 0; count <= 200; count += 100) {
        writer.data[9] = writer.data[17] = count;
        CU_ASSERT_EQUAL(checkpoint_blob_decode(&back, writer.data, writer.length), STATUS_INPUT);
        CU_ASSERT_PTR_NULL(back.curve);
    }
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "a checkpoint of "));
    bytes_writer_release(&writer);
}

static void the_record_tells_the_blob(void) {
    CheckpointBlob blob = {.trial = 7, .epoch = 3, .arithmetic = "avx512"};
    CheckpointRecord record = checkpoint_record_of(&blob, 12, 4.5, "abc", 3);
    CU_ASSERT_EQUAL(record.trial, 7);
    CU_ASSERT_EQUAL(record.epoch, 3);
    CU_ASSERT_EQUAL(record.seconds, 4.5);
    CU_ASSERT_EQUAL(record.length, 3);
    CU_ASSERT_EQUAL(record.hash, hash64("abc", 3));
    CU_ASSERT_STRING_EQUAL(record.arithmetic, "avx512");
    CU_ASSERT_STRING_EQUAL(record.blob, "checkpoint-7-12-3");
}

static void the_longest_name_fits(void) {
    CheckpointBlob blob = {.trial = UINT64_MAX, .epoch = UINT32_MAX};
    CheckpointRecord record = checkpoint_record_of(&blob, UINT64_MAX, 0, "", 0);
    CU_ASSERT_STRING_EQUAL(record.blob, "checkpoint-18446744073709551615-18446744073709551615-4294967295");
}

void checkpoint_blob_suite(void) {
    static const TestCase tests[] = {
        {"random blobs round-trip; damage fails or stays exact", blobs_round_trip},
        {"there is a row for each epoch, and at least one epoch", the_curve_has_a_row_an_epoch},
        {"a blob's record tells length, hash, epoch, arithmetic and its file", the_record_tells_the_blob},
        {"the longest file name fits", the_longest_name_fits},
    };
    SUITE("checkpoint blob", tests);
}
