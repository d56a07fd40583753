#include <string.h>

#include "campaign/channel.h"
#include "pattern.h"
#include "suite.h"
#include "suites.h"

static void expect_nothing(Channel *channel) {
    int peer = 0;
    size_t length = 1;
    uint8_t *data = NULL;
    CU_ASSERT_EQUAL(channel_receive(channel, &peer, &data, &length), STATUS_OK);
    CU_ASSERT_PTR_NULL(data);
    CU_ASSERT_EQUAL(length, 0);
}

static void messages_come_in_order_both_ways(void) {
    Channel *ends[2] = {NULL, NULL};
    CU_ASSERT_EQUAL_FATAL(channel_memory_create(&ends[0], &ends[1]), STATUS_OK);
    expect_nothing(ends[0]);
    expect_nothing(ends[1]);
    for (uint32_t n = 0; n < 2 * PATTERN_COUNT; n++) {
        uint8_t *message = pattern_new(n, PATTERN_SIZES[n / 2]);
        CU_ASSERT_EQUAL(channel_send(ends[n % 2], 0, message, PATTERN_SIZES[n / 2]), STATUS_OK);
        free(message); /* it was copied */
    }
    CU_ASSERT_FALSE(channel_sending(ends[0]));
    for (uint32_t n = 0; n < 2 * PATTERN_COUNT; n++) {
        int peer = -1;
        size_t length = 0;
        uint8_t *data = NULL;
        CU_ASSERT_EQUAL(channel_receive(ends[1 - n % 2], &peer, &data, &length), STATUS_OK);
        CU_ASSERT_PTR_NOT_NULL_FATAL(data);
        CU_ASSERT_EQUAL(peer, 0);
        CU_ASSERT_EQUAL(length, PATTERN_SIZES[n / 2]);
        CU_ASSERT_TRUE(pattern_holds(n, data, length));
        free(data);
    }
    expect_nothing(ends[0]);
    CU_ASSERT_EQUAL(channel_send(ends[0], 1, "", 0), STATUS_ENVIRONMENT);
    channel_destroy(&ends[0]);
    channel_destroy(&ends[1]);
    channel_destroy(&ends[1]);
}

static void what_was_sent_outlives_its_sender(void) {
    Channel *a = NULL;
    Channel *b = NULL;
    int peer = -1;
    size_t length = 0;
    uint8_t *data = NULL;
    CU_ASSERT_EQUAL_FATAL(channel_memory_create(&a, &b), STATUS_OK);
    CU_ASSERT_EQUAL(channel_send(a, 0, "last", 4), STATUS_OK);
    CU_ASSERT_EQUAL(channel_send(b, 0, "unread", 6), STATUS_OK);
    channel_destroy(&a);
    CU_ASSERT_EQUAL(channel_receive(b, &peer, &data, &length), STATUS_OK);
    CU_ASSERT_TRUE(length == 4 && memcmp(data, "last", 4) == 0);
    free(data);
    CU_ASSERT_EQUAL(channel_receive(b, &peer, &data, &length), STATUS_ENVIRONMENT);
    CU_ASSERT_STRING_EQUAL(status_text(), "peer 0 is gone");
    CU_ASSERT_EQUAL(channel_send(b, 0, "", 0), STATUS_ENVIRONMENT);
    channel_destroy(&b);
}

void memory_suite(void) {
    static const TestCase tests[] = {
        {"messages come in order both ways, empty ones too", messages_come_in_order_both_ways},
        {"what was sent outlives its sender", what_was_sent_outlives_its_sender},
    };
    SUITE("memory channel", tests);
}
