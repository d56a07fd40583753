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
        if (i < 8) untrusted_check(decoder, writer.data, writer.length, blob.selection_examples > 0);
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

void member_blob_suite(void) {
    static const TestCase tests[] = {
        {"random blobs round-trip; damage fails or stays exact", blobs_round_trip},
        {"shapes without dimensions, with too many or with a product that overflows are refused",
         overflowing_shapes_are_refused},
    };
    SUITE("member blob", tests);
}
