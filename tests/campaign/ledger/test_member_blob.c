#include <string.h>

#include "made_up.h"
#include "suite.h"
#include "suites.h"
#include "untrusted.h"

static Status decoder(const uint8_t *bytes, size_t length, ByteWriter *again) {
    MemberBlob blob;
    Status status = member_blob_decode(&blob, bytes, length);
    if (status != STATUS_OK) return status;
    member_blob_encode(&blob, again);
    member_blob_release(&blob);
    return STATUS_OK;
}

static void blobs_round_trip(void) {
    RandomStream random = made_up_stream(3);
    ByteWriter writer = {0};
    for (int i = 0; i < 100; i++) {
        MemberBlob back;
        MemberBlob blob = made_up_member_blob(&random);
        bytes_writer_reset(&writer);
        member_blob_encode(&blob, &writer);
        CU_ASSERT_EQUAL_FATAL(bytes_writer_status(&writer), STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(member_blob_decode(&back, writer.data, writer.length), STATUS_OK);
        CU_ASSERT_TRUE(member_blobs_equal(&blob, &back));
        if (i < 8) untrusted_check(decoder, writer.data, writer.length, 0);
        member_blob_release(&blob);
        member_blob_release(&back);
    }
    bytes_writer_release(&writer);
}

static void overflowing_shapes_are_refused(void) {
    struct MemberBlock block = {.layer = "", .role = "", .shape = {2, {0, 0}}};
    MemberBlob back;
    MemberBlob blob = {.block_count = 1, .blocks = &block};
    ByteWriter writer = {0};
    member_blob_encode(&blob, &writer);
    CU_ASSERT_EQUAL_FATAL(member_blob_decode(&back, writer.data, writer.length), STATUS_OK);
    member_blob_release(&back);
    /* the dimensions come after version, trial, epoch, network, block_count, two empty texts and the rank */
    uint8_t *dims = writer.data + 1 + 8 + 4 + 4 + 4 + 4 + 4 + 1;
    static const uint8_t high[][2] = {
        {0x80, 2}, {0x40, 1}, {0x10, 16}}; /* top byte of the first, lowest of the second */
    for (size_t i = 0; i < sizeof(high) / sizeof(high[0]); i++) {
        dims[7] = high[i][0];
        dims[8] = high[i][1];
        CU_ASSERT_EQUAL(member_blob_decode(&back, writer.data, writer.length), STATUS_INPUT);
    }
    dims[7] = dims[8] = 0;
    static const uint8_t ranks[] = {0, ARRAY_MAX_RANK + 1, 255};
    for (size_t i = 0; i < sizeof(ranks); i++) {
        dims[-1] = ranks[i];
        CU_ASSERT_EQUAL(member_blob_decode(&back, writer.data, writer.length), STATUS_INPUT);
    }
    bytes_writer_release(&writer);
}

/* Without snapshots the bytes are those that they were before there were any. */
static void older_blobs_are_alike(void) {
    MemberBlob blob = {.trial = 7, .epoch = 3}, back;
    ByteWriter writer = {0};
    member_blob_encode(&blob, &writer);
    CU_ASSERT_EQUAL(writer.length, 1 + 8 + 4 + 4 + 4 + 8 + 4);
    CU_ASSERT_EQUAL(writer.data[0], 2);
    CU_ASSERT_EQUAL_FATAL(member_blob_decode(&back, writer.data, writer.length), STATUS_OK);
    CU_ASSERT(back.trial == 7 && back.epoch == 3 && back.snapshot_count == 0 && back.snapshots == NULL);
    member_blob_release(&back);
    bytes_writer_release(&writer);
}

/* Their number comes after version, trial and a network of 32 bytes; the first one's epoch after that. */
#define AT_SNAPSHOTS (1 + 8 + 32)

/* Written or read. */
static void snapshots_are_other_epochs_in_order(void) {
    static const struct {
        uint32_t count, epochs[3];
        bool sound;
    } cases[] = {{3, {1, 2, 4}, true},
                 {3, {1, 2, 3}, false}, /* the blob's own */
                 {3, {1, 1, 4}, false},
                 {3, {4, 2, 1}, false},
                 {2, {5, 9}, true}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        MemberBlob snapshots[3], back;
        memset(snapshots, 0, sizeof(snapshots));
        for (size_t k = 0; k < 3; k++)
            snapshots[k].epoch = cases[i].epochs[k];
        MemberBlob blob = {.trial = 7, .epoch = 3, .snapshot_count = cases[i].count, .snapshots = snapshots};
        ByteWriter writer = {0};
        member_blob_encode(&blob, &writer);
        CU_ASSERT_EQUAL(writer.failed, !cases[i].sound);
        if (cases[i].sound) {
            CU_ASSERT_EQUAL_FATAL(member_blob_decode(&back, writer.data, writer.length), STATUS_OK);
            CU_ASSERT_EQUAL(back.snapshots[0].trial, 7);
            member_blob_release(&back);
            memcpy(writer.data + AT_SNAPSHOTS + 4, &(uint32_t){3}, 4); /* the first one's epoch */
            CU_ASSERT_EQUAL(member_blob_decode(&back, writer.data, writer.length), STATUS_INPUT);
            memcpy(writer.data + AT_SNAPSHOTS + 4, &(uint32_t){cases[i].epochs[0]}, 4);
            static const uint32_t counts[] = {0, 1, SNAPSHOTS_MAX + 1, UINT32_MAX};
            for (size_t k = 0; k < 4; k++) {
                memcpy(writer.data + AT_SNAPSHOTS, &counts[k], 4);
                CU_ASSERT_EQUAL(member_blob_decode(&back, writer.data, writer.length), STATUS_INPUT);
            }
        }
        bytes_writer_release(&writer);
    }
}

static void networks_are_found_by_epoch(void) {
    MemberBlob snapshots[] = {{.epoch = 1}, {.epoch = 5}};
    MemberBlob blob = {.epoch = 3, .snapshot_count = 2, .snapshots = snapshots};
    CU_ASSERT_PTR_EQUAL(member_blob_at(&blob, 3), &blob);
    CU_ASSERT_PTR_EQUAL(member_blob_at(&blob, 1), &snapshots[0]);
    CU_ASSERT_PTR_EQUAL(member_blob_at(&blob, 5), &snapshots[1]);
    CU_ASSERT_PTR_NULL(member_blob_at(&blob, 4));
}

void member_blob_suite(void) {
    static const TestCase tests[] = {
        {"random blobs round-trip; damage fails or stays exact", blobs_round_trip},
        {"shapes without dimensions, with too many or with a product that overflows are refused",
         overflowing_shapes_are_refused},
        {"a blob without snapshots is what it was before there were any", older_blobs_are_alike},
        {"the networks of a blob are found by their epochs", networks_are_found_by_epoch},
        {"snapshots are of other epochs and in order, and not too many", snapshots_are_other_epochs_in_order},
    };
    SUITE("member blob", tests);
}
