#include <string.h>

#include "made_up.h"
#include "suite.h"
#include "suites.h"
#include "untrusted.h"

static Status decoder(const uint8_t *bytes, size_t length, ByteWriter *again) {
    Record record;
    Status status = record_decode(&record, bytes, length);
    if (status != STATUS_OK) return status;
    record_encode(&record, again);
    record_release(&record);
    return STATUS_OK;
}

static void records_of_every_kind_round_trip(void) {
    RandomStream random = made_up_stream(1);
    ByteWriter writer = {0};
    for (int i = 0; i < 60 * RECORD_LAST; i++) {
        Record back;
        Record record = made_up_record(&random, (RecordKind)(1 + i % RECORD_LAST));
        Record before;
        memcpy(&before, &record, sizeof(before));
        bytes_writer_reset(&writer);
        record_encode(&record, &writer);
        CU_ASSERT_EQUAL_FATAL(bytes_writer_status(&writer), STATUS_OK);
        CU_ASSERT_TRUE(bytes_equal(&before, &record, sizeof(before)));
        CU_ASSERT_EQUAL_FATAL(record_decode(&back, writer.data, writer.length), STATUS_OK);
        CU_ASSERT_TRUE(records_equal(&record, &back));
        record_release(&record);
        record_release(&back);
    }
    bytes_writer_release(&writer);
}

static void damage_fails_or_stays_exact(void) {
    RandomStream random = made_up_stream(2);
    ByteWriter writer = {0};
    for (int i = 0; i < 2 * RECORD_LAST; i++) {
        Record record = made_up_record(&random, (RecordKind)(1 + i % RECORD_LAST));
        bytes_writer_reset(&writer);
        record_encode(&record, &writer);
        untrusted_check(decoder, writer.data, writer.length, made_up_tails(&record));
        record_release(&record);
    }
    bytes_writer_release(&writer);
}

static void damage_names_the_kind(void) {
    Record record;
    const uint8_t bytes[] = {RECORD_TRIAL, 1, 2, 3};
    const uint8_t unknown[] = {RECORD_LAST + 1};
    CU_ASSERT_EQUAL(record_decode(&record, bytes, sizeof(bytes)), STATUS_INPUT);
    CU_ASSERT_STRING_EQUAL(status_text(), "record of kind 9 (trial) is damaged");
    CU_ASSERT_EQUAL(record_decode(&record, unknown, sizeof(unknown)), STATUS_INPUT);
    CU_ASSERT_STRING_EQUAL(status_text(), "record of kind 16 (unknown) is damaged");
    CU_ASSERT_EQUAL(record_decode(&record, NULL, 0), STATUS_INPUT);
}

static void put_record(ByteWriter *writer, Record *record) {
    bytes_writer_reset(writer);
    record_encode(record, writer);
    CU_ASSERT_EQUAL_FATAL(bytes_writer_status(writer), STATUS_OK);
}

/* Little-endian into what was encoded. */
static void patch(ByteWriter *writer, size_t at, uint64_t value, size_t size) {
    CU_ASSERT_TRUE_FATAL(at + size <= writer->length);
    for (size_t i = 0; i < size; i++)
        writer->data[at + i] = (uint8_t)(value >> 8 * i);
}

static void counts_above_the_bytes_take_no_memory(void) {
    ByteWriter writer = {0};
    Record back;
    Record record = {.kind = RECORD_TRIAL};
    put_record(&writer, &record);
    patch(&writer, writer.length - 4, UINT32_MAX, 4);
    CU_ASSERT_EQUAL(record_decode(&back, writer.data, writer.length), STATUS_INPUT);

    /* test_count and classes are the last two fields: their product, and the bytes of it, overflow to 0 */
    record = (Record){.kind = RECORD_ENSEMBLE};
    put_record(&writer, &record);
    patch(&writer, writer.length - 12, (uint64_t)1 << 63, 8);
    patch(&writer, writer.length - 4, 2, 4);
    CU_ASSERT_EQUAL(record_decode(&back, writer.data, writer.length), STATUS_INPUT);
    patch(&writer, writer.length - 12, (uint64_t)1 << 61, 8);
    CU_ASSERT_EQUAL(record_decode(&back, writer.data, writer.length), STATUS_INPUT);

    /* validation_count comes after kind, hash, shape, classes and two counts */
    record = (Record){.kind = RECORD_DATA};
    put_record(&writer, &record);
    patch(&writer, 1 + 8 + 24 + 4 + 16, (uint64_t)1 << 62, 8);
    CU_ASSERT_EQUAL(record_decode(&back, writer.data, writer.length), STATUS_INPUT);
    bytes_writer_release(&writer);
}

static void enumerations_are_checked(void) {
    ByteWriter writer = {0};
    Record back;
    Record record = {.kind = RECORD_LEASE};
    put_record(&writer, &record);
    patch(&writer, writer.length - 1, LEASE_LAST, 1);
    CU_ASSERT_EQUAL(record_decode(&back, writer.data, writer.length), STATUS_OK);
    CU_ASSERT_EQUAL(back.as.lease.outcome, LEASE_LAST);
    patch(&writer, writer.length - 1, LEASE_LAST + 1, 1);
    CU_ASSERT_EQUAL(record_decode(&back, writer.data, writer.length), STATUS_INPUT);
    bytes_writer_reset(&writer);
    record.as.lease.outcome = LEASE_LAST + 1;
    record_encode(&record, &writer);
    CU_ASSERT_NOT_EQUAL(bytes_writer_status(&writer), STATUS_OK);
    bytes_writer_release(&writer);
}

static void texts_must_fit(void) {
    ByteWriter writer = {0};
    Record back;
    Record record = {.kind = RECORD_MEMBER};
    memset(record.as.member.blob, 'b', BLOB_NAME_SIZE - 1);
    put_record(&writer, &record);
    CU_ASSERT_EQUAL(record_decode(&back, writer.data, writer.length), STATUS_OK);
    bytes_put_u8(&writer, 'b'); /* one more than fits, its length told rightly */
    patch(&writer, 1 + 24 + 4, BLOB_NAME_SIZE, 4);
    CU_ASSERT_EQUAL(record_decode(&back, writer.data, writer.length), STATUS_INPUT);
    bytes_writer_release(&writer);
}

static void a_missing_text_reads_back_as_empty(void) {
    ByteWriter writer = {0};
    Record back;
    Record record = {.kind = RECORD_START};
    put_record(&writer, &record);
    CU_ASSERT_EQUAL_FATAL(record_decode(&back, writer.data, writer.length), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(back.as.start.config_text, "");
    record_release(&back);
    bytes_writer_release(&writer);
}

static void ensembles_are_chosen_on_the_selection_part(void) {
    uint16_t validates[] = {1, 2}, selects[] = {3};
    DataRecord data = {.validation_count = 2, .validation_labels = validates};
    ChoicePart part = data_choice_part(&data);
    CU_ASSERT_STRING_EQUAL(part.name, "validation");
    CU_ASSERT(part.count == 2 && part.labels == validates);
    data.selection_count = 1;
    data.selection_labels = selects;
    part = data_choice_part(&data);
    CU_ASSERT_STRING_EQUAL(part.name, "selection");
    CU_ASSERT(part.count == 1 && part.labels == selects);

    float validation = 0.5f, selection = 0.25f;
    MemberBlob blob = {.examples = 2, .probabilities = &validation};
    CU_ASSERT_PTR_EQUAL(member_choice_probabilities(&blob), &validation);
    blob.selection_examples = 1;
    blob.selection_probabilities = &selection;
    CU_ASSERT_PTR_EQUAL(member_choice_probabilities(&blob), &selection);
}

/* Written or read: what a journal is rebuilt from would count other strikes. */
static void a_checkpoint_is_of_an_epoch(void) {
    Record record = {.kind = RECORD_CHECKPOINT, .as.checkpoint = {.trial = 1, .epoch = 1, .blob = "b"}};
    ByteWriter writer = {0};
    record_encode(&record, &writer);
    CU_ASSERT_FALSE_FATAL(writer.failed);
    CU_ASSERT_EQUAL(record_decode(&record, writer.data, writer.length), STATUS_OK);
    patch(&writer, 1 + 3 * 8, 0, 4); /* after kind, trial, length and hash */
    CU_ASSERT_EQUAL(record_decode(&record, writer.data, writer.length), STATUS_INPUT);
    bytes_writer_reset(&writer);
    record = (Record){.kind = RECORD_CHECKPOINT};
    record_encode(&record, &writer);
    CU_ASSERT_TRUE(writer.failed);
    bytes_writer_release(&writer);
}

void records_suite(void) {
    static const TestCase tests[] = {
        {"random records of every kind round-trip bit for bit", records_of_every_kind_round_trip},
        {"truncations fail but where an older record ends, flipped bits fail or stay exact",
         damage_fails_or_stays_exact},
        {"a damaged record's kind is named", damage_names_the_kind},
        {"counts above the bytes that are left take no memory", counts_above_the_bytes_take_no_memory},
        {"enumerations are checked when read and written", enumerations_are_checked},
        {"texts that do not fit are refused", texts_must_fit},
        {"ensembles are chosen on the selection part where there is one",
         ensembles_are_chosen_on_the_selection_part},
        {"a checkpoint is of an epoch", a_checkpoint_is_of_an_epoch},
        {"a missing owned text is written as an empty one", a_missing_text_reads_back_as_empty},
    };
    SUITE("records", tests);
}
