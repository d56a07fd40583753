/* Rank 0's way to ranks behind relays, over a channel that is made up. */
#include <string.h>

#include "base/memory.h"
#include "campaign/bundle.h"
#include "campaign/channel/message_queue.h"
#include "suite.h"
#include "suites.h"

#define RANKS 6

/* What comes from below, and what went there. */
typedef struct Below {
    Channel channel;
    MessageQueue come, gone;
    int lost; /* to be told as gone; -1 */
    int given_up;
    bool refuses;
} Below;

static Status below_send(Channel *self, int peer, const void *data, size_t length) {
    Below *b = (Below *)self;
    uint8_t *copy;
    if (b->refuses) return status_fail(STATUS_ENVIRONMENT, "peer %d is gone", peer);
    TRY(memory_new(&copy, length, 1));
    memcpy(copy, data, length);
    return message_queue_push(&b->gone, peer, copy, length);
}

static Status below_receive(Channel *self, int *peer, uint8_t **data, size_t *length) {
    Below *b = (Below *)self;
    message_queue_pop(&b->come, peer, data, length);
    if (*data != NULL || b->lost < 0) return STATUS_OK;
    *peer = b->lost;
    b->lost = -1;
    return status_fail(STATUS_ENVIRONMENT, "peer %d is gone", *peer);
}

static bool below_sending(const Channel *self) {
    (void)self;
    return false;
}

static void below_give_up(Channel *self, int peer) {
    ((Below *)self)->given_up = peer;
}

static const ChannelOps below_ops = {
    .send = below_send, .receive = below_receive, .sending = below_sending, .give_up = below_give_up};

static Below below;
static Channel *channel;

/* Ranks 1 and 2 speak for themselves; 3 relays for 4 and 5. */
static void begin(void) {
    static const uint32_t relay_of[RANKS] = {NO_RELAY, NO_RELAY, NO_RELAY, 3, 3, 3};
    below = (Below){.channel.ops = &below_ops, .lost = -1, .given_up = -1};
    CU_ASSERT_EQUAL_FATAL(channel_relayed_create(&channel, &below.channel, relay_of, RANKS), STATUS_OK);
}

static void end(void) {
    channel_destroy(&channel);
    message_queue_release(&below.come);
    message_queue_release(&below.gone);
    status_clear();
}

static void comes(int peer, const void *data, size_t length) {
    uint8_t *copy;
    CU_ASSERT_EQUAL_FATAL(memory_new(&copy, length, 1), STATUS_OK);
    memcpy(copy, data, length);
    CU_ASSERT_EQUAL_FATAL(message_queue_push(&below.come, peer, copy, length), STATUS_OK);
}

static void bundle_comes(int peer, Bundle *bundle) {
    comes(peer, bundle->writer.data, bundle->writer.length);
    bundle_release(bundle);
}

/* The next message: its text and whom it is from. */
static void expect(int from, const char *text) {
    int peer;
    uint8_t *data;
    size_t length;
    CU_ASSERT_EQUAL(channel_receive(channel, &peer, &data, &length), STATUS_OK);
    if (text == NULL) {
        CU_ASSERT_PTR_NULL(data);
        return;
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(data);
    CU_ASSERT_EQUAL(peer, from);
    CU_ASSERT_TRUE(length == strlen(text) && memcmp(data, text, length) == 0);
    free(data);
}

static void expect_lost(int rank) {
    int peer;
    uint8_t *data;
    size_t length;
    CU_ASSERT_EQUAL(channel_receive(channel, &peer, &data, &length), STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NULL(data);
    CU_ASSERT_EQUAL(peer, rank);
}

static void sends(int peer, const char *text) {
    CU_ASSERT_EQUAL(channel_send(channel, peer, text, strlen(text)), STATUS_OK);
}

/* What has gone below: whom to and, of a bundle, to how many. */
static void expect_gone(int peer, const char *text, size_t parts) {
    int to = -1;
    uint8_t *data;
    size_t length;
    message_queue_pop(&below.gone, &to, &data, &length);
    CU_ASSERT_PTR_NOT_NULL_FATAL(data);
    CU_ASSERT_EQUAL(to, peer);
    CU_ASSERT_EQUAL(bundle_is(data, length), parts > 0);
    if (parts == 0) CU_ASSERT_TRUE(length == strlen(text) && memcmp(data, text, length) == 0);
    ByteReader reader = bundle_reader(data, length);
    for (size_t i = 0; i <= parts && parts > 0; i++) {
        uint32_t rank;
        const uint8_t *part;
        size_t size;
        bool got;
        CU_ASSERT_EQUAL(bundle_next(&reader, &rank, &part, &size, &got), STATUS_OK);
        CU_ASSERT_EQUAL(got, i < parts);
    }
    free(data);
}

static void test_passes(void) {
    begin();
    Bundle bundle = {0};
    bundle_add(&bundle, 4, "four", 4);
    bundle_add(&bundle, 3, "three", 5);
    comes(1, "one", 3);
    bundle_comes(3, &bundle);
    comes(2, "two", 3);
    expect(1, "one");
    expect(4, "four");
    expect(3, "three");
    expect(2, "two");
    expect(0, NULL);
    sends(1, "to one");
    expect_gone(1, "to one", 0);
    sends(4, "to four");
    sends(3, "to three");
    sends(5, "to five");
    CU_ASSERT_PTR_NULL(below.gone.first);
    CU_ASSERT_TRUE(channel_sending(channel));
    expect(0, NULL);
    expect_gone(3, NULL, 3);
    CU_ASSERT_FALSE(channel_sending(channel));
    CU_ASSERT_EQUAL(channel_send(channel, RANKS, "", 0), STATUS_OK); /* below knows whether there is one */
    end();
}

/* Its relay tells. */
static void test_lost_behind(void) {
    begin();
    Bundle bundle = {0};
    bundle_add(&bundle, 5, NULL, 0);
    bundle_add(&bundle, 4, "after", 5);
    bundle_comes(3, &bundle);
    expect_lost(5);
    expect(4, "after");
    expect(0, NULL);
    end();
}

/* Those behind it are not lost with it: they come by themselves, and what it had sent before is stale. */
static void test_relay_lost(void) {
    begin();
    below.lost = 3;
    expect_lost(3);
    sends(4, "into nothing");
    expect(0, NULL);
    message_queue_release(&below.gone);
    Bundle bundle = {0};
    bundle_add(&bundle, 4, "stale", 5);
    comes(4, "directly", 8);
    bundle_comes(3, &bundle);
    expect(4, "directly");
    sends(4, "back");
    expect_gone(4, "back", 0);
    end();
}

static void test_comes_over(void) {
    begin();
    Bundle bundle = {0};
    bundle_add(&bundle, 4, "stale", 5);
    bundle_add(&bundle, 5, "fresh", 5);
    comes(4, "directly", 8);
    bundle_comes(3, &bundle);
    expect(4, "directly");
    expect(5, "fresh");
    expect(0, NULL);
    end();
}

static void test_damaged(void) {
    begin();
    comes(3, "no bundle", 9);
    expect_lost(3);
    expect(0, NULL);
    end();
    begin();
    Bundle bundle = {0};
    bundle_add(&bundle, 4, "four", 4);
    bundle_add(&bundle, RANKS, "nobody", 6);
    bundle_comes(3, &bundle);
    expect(4, "four");
    expect_lost(3);
    expect(0, NULL);
    end();
    begin();
    bundle_add(&bundle, 4, "four", 4);
    bundle.writer.length--;
    bundle_comes(3, &bundle);
    expect_lost(3);
    end();
    begin();
    bundle = (Bundle){0};
    bundle_add(&bundle, 1, "for somebody else", 17);
    bundle_comes(3, &bundle);
    expect(0, NULL); /* 1 is not behind 3 */
    end();
}

static void test_given_up(void) {
    begin();
    channel_give_up(channel, 4);
    CU_ASSERT_EQUAL(below.given_up, -1);
    channel_give_up(channel, 3);
    CU_ASSERT_EQUAL(below.given_up, 3);
    channel_give_up(channel, 2);
    CU_ASSERT_EQUAL(below.given_up, 2);
    below.refuses = true;
    sends(4, "into nothing");
    expect(0, NULL); /* what cannot leave is gone */
    CU_ASSERT_FALSE(channel_sending(channel));
    end();
}

void relayed_suite(void) {
    static const TestCase tests[] = {
        {"messages pass through relays and around them", test_passes},
        {"a rank behind a relay is lost where that says so", test_lost_behind},
        {"those behind a lost relay are reached once they come by themselves", test_relay_lost},
        {"who speaks directly is not heard through the relay any more", test_comes_over},
        {"a relay that makes no sense is lost", test_damaged},
        {"nothing waits for one that was given up", test_given_up},
    };
    SUITE("relayed channel", tests);
}
