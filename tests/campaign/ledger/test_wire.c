#include <stdio.h>
#include <string.h>

#include "made_up.h"
#include "suite.h"
#include "suites.h"
#include "untrusted.h"

static Status decoder(const uint8_t *bytes, size_t length, ByteWriter *again) {
    Message message;
    Status status = message_decode(&message, bytes, length);
    if (status != STATUS_OK) return status;
    message_encode(&message, again);
    message_release(&message);
    return STATUS_OK;
}

static void messages_of_every_kind_round_trip(void) {
    RandomStream random = made_up_stream(4);
    ByteWriter writer = {0};
    for (size_t i = 0; i < 60 * MESSAGE_KIND_COUNT; i++) {
        Message back = {0}; /* what no field is in stays as it was */
        Message message = made_up_message(&random, MESSAGE_KINDS[i % MESSAGE_KIND_COUNT]);
        bytes_writer_reset(&writer);
        message_encode(&message, &writer);
        CU_ASSERT_EQUAL_FATAL(bytes_writer_status(&writer), STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(message_decode(&back, writer.data, writer.length), STATUS_OK);
        CU_ASSERT_TRUE(messages_equal(&message, &back));
        message_release(&message);
        message_release(&back);
    }
    bytes_writer_release(&writer);
}

static void damage_fails_or_stays_exact(void) {
    RandomStream random = made_up_stream(5);
    ByteWriter writer = {0};
    for (size_t i = 0; i < 2 * MESSAGE_KIND_COUNT; i++) {
        Message message = made_up_message(&random, MESSAGE_KINDS[i % MESSAGE_KIND_COUNT]);
        bytes_writer_reset(&writer);
        message_encode(&message, &writer);
        bool has_record = message.kind == MESSAGE_JOB_RESULT;
        size_t older = has_record ? made_up_tails(&message.as.job_result.record) : 0;
        untrusted_check(decoder, writer.data, writer.length, older);
        message_release(&message);
    }
    bytes_writer_release(&writer);
}

static void what_is_no_message_is_named(void) {
    Message message;
    const uint8_t other[] = {WIRE_VERSION + 1, MESSAGE_STOP};
    const uint8_t cut[] = {WIRE_VERSION, MESSAGE_RECORDED, 1};
    const uint8_t unknown[] = {WIRE_VERSION, 200};
    CU_ASSERT_EQUAL(message_decode(&message, other, sizeof(other)), STATUS_ENVIRONMENT);
    char version[32];
    (void)snprintf(version, sizeof(version), "wire version %d has", WIRE_VERSION + 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), version));
    CU_ASSERT_EQUAL(message_decode(&message, cut, sizeof(cut)), STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "(recorded)"));
    CU_ASSERT_EQUAL(message_decode(&message, unknown, sizeof(unknown)), STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "kind 200"));
    CU_ASSERT_EQUAL(message_decode(&message, NULL, 0), STATUS_ENVIRONMENT);
}

static void booleans_and_states_are_checked(void) {
    Message back;
    Message verdict = {.kind = MESSAGE_VERDICT, .as.verdict.keep = true};
    Message ready = {.kind = MESSAGE_READY, .as.ready.status = STATUS_RESUMABLE};
    ByteWriter writer = {0};
    message_encode(&verdict, &writer);
    CU_ASSERT_EQUAL(message_decode(&back, writer.data, writer.length), STATUS_OK);
    writer.data[writer.length - 1] = 2;
    CU_ASSERT_EQUAL(message_decode(&back, writer.data, writer.length), STATUS_ENVIRONMENT);

    bytes_writer_reset(&writer);
    message_encode(&ready, &writer);
    CU_ASSERT_EQUAL(message_decode(&back, writer.data, writer.length), STATUS_OK);
    writer.data[2] = STATUS_RESUMABLE - 1;
    CU_ASSERT_EQUAL(message_decode(&back, writer.data, writer.length), STATUS_ENVIRONMENT);
    bytes_writer_release(&writer);
}

/* Neither written nor, where the bytes say so, read. */
static void an_end_that_cannot_be_is_refused(void) {
    static const struct {
        int32_t exit_code, signal;
        bool good;
    } ends[] = {{-1, 9, true},   {255, 0, true},  {0, 127, true}, {-2, 0, false},
                {256, 0, false}, {0, 128, false}, {0, -1, false}};
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        Message back;
        Message ended = {.kind = MESSAGE_JOB_ENDED};
        ByteWriter writer = {0};
        message_encode(&ended, &writer);
        /* after version, kind, slot and the job's kind */
        memcpy(writer.data + 4, &ends[i].exit_code, 4);
        memcpy(writer.data + 8, &ends[i].signal, 4);
        CU_ASSERT_EQUAL(message_decode(&back, writer.data, writer.length) == STATUS_OK, ends[i].good);
        bytes_writer_reset(&writer);
        ended.as.job_ended.exit_code = ends[i].exit_code;
        ended.as.job_ended.signal = ends[i].signal;
        message_encode(&ended, &writer);
        CU_ASSERT_EQUAL(writer.failed, !ends[i].good);
        bytes_writer_release(&writer);
    }
}

void wire_suite(void) {
    static const TestCase tests[] = {
        {"random messages of every kind round-trip bit for bit", messages_of_every_kind_round_trip},
        {"truncations fail, flipped bits fail or stay exact", damage_fails_or_stays_exact},
        {"another version, a cut and an unknown kind are named", what_is_no_message_is_named},
        {"booleans and states are checked", booleans_and_states_are_checked},
        {"exit codes and signals that cannot be are refused", an_end_that_cannot_be_is_refused},
    };
    SUITE("wire", tests);
}
