/* The relay, message by message. */
#include <string.h>

#include "base/text.h"
#include "campaign/relay.h"
#include "suite.h"
#include "suites.h"

#define OWN 4
#define SAID_MAX 64

/* What came out: of bundles each part. */
typedef struct Said {
    uint32_t to;   /* 0: up */
    uint32_t from; /* of a part */
    MessageKind kind;
    Message message;
} Said;
static Said said[SAID_MAX];
static size_t said_count, bundles;

static void keep(uint32_t to, uint32_t from, const void *data, size_t length) {
    CU_ASSERT_FATAL(said_count < SAID_MAX);
    Said *s = &said[said_count++];
    *s = (Said){.to = to, .from = from, .kind = message_kind(data, length)};
    if (length > 0) CU_ASSERT_EQUAL_FATAL(message_decode(&s->message, data, length), STATUS_OK);
}

static Status listen(void *context, uint32_t rank, const void *data, size_t length) {
    (void)context;
    if (rank != 0) {
        keep(rank, 0, data, length);
        return STATUS_OK;
    }
    bundles++;
    ByteReader reader = bundle_reader(data, length);
    for (bool got = true; got;) {
        uint32_t from;
        const uint8_t *part;
        size_t size;
        CU_ASSERT_EQUAL_FATAL(bundle_next(&reader, &from, &part, &size, &got), STATUS_OK);
        if (got) keep(0, from, part, size);
    }
    return STATUS_OK;
}

static void forget(void) {
    for (size_t i = 0; i < said_count; i++)
        message_release(&said[i].message);
    said_count = bundles = 0;
}

static Relay *relay_new(void) {
    static const uint32_t ranks[] = {OWN, 5, 6};
    Relay *relay;
    forget();
    CU_ASSERT_EQUAL_FATAL(relay_create(&relay, OWN, ranks, 3, listen, NULL), STATUS_OK);
    return relay;
}

static void worker_says(Relay *relay, uint32_t rank, Message message, double now) {
    ByteWriter writer = {0};
    message_encode(&message, &writer);
    CU_ASSERT_EQUAL(relay_on_worker(relay, rank, writer.data, writer.length, now), STATUS_OK);
    bytes_writer_release(&writer);
}

static void progress(Relay *relay, uint32_t rank, uint64_t lease, uint32_t epoch, bool begun, double now) {
    Message message = {.kind = MESSAGE_PROGRESS};
    message.as.progress = (ProgressMessage){.lease = lease, .has_row = epoch > 0, .begun = begun};
    message.as.progress.row.epoch = epoch;
    if (begun) message.as.progress.from_epoch = 3;
    worker_says(relay, rank, message, now);
}

static void tick(Relay *relay, double now) {
    CU_ASSERT_EQUAL(relay_tick(relay, now), STATUS_OK);
}

static bool went_up(size_t i, uint32_t from, MessageKind kind) {
    return i < said_count && said[i].to == 0 && said[i].from == from && said[i].kind == kind;
}

/* Messages of one round are one bundle, in their order. */
static void test_bundles(void) {
    Relay *relay = relay_new();
    worker_says(relay, 5, (Message){.kind = MESSAGE_HELLO}, 0);
    worker_says(relay, OWN, (Message){.kind = MESSAGE_HELLO}, 0);
    worker_says(relay, 5, (Message){.kind = MESSAGE_RESULT}, 0);
    CU_ASSERT_EQUAL(said_count, 0);
    tick(relay, 0);
    CU_ASSERT_EQUAL(bundles, 1);
    CU_ASSERT_EQUAL(said_count, 3);
    CU_ASSERT_TRUE(went_up(0, 5, MESSAGE_HELLO) && went_up(1, OWN, MESSAGE_HELLO) &&
                   went_up(2, 5, MESSAGE_RESULT));
    tick(relay, 0.1);
    CU_ASSERT_EQUAL(bundles, 1); /* nothing to say */
    relay_destroy(&relay);
}

/* Every two seconds a rank, the newest. */
static void test_progress(void) {
    Relay *relay = relay_new();
    for (uint32_t epoch = 1; epoch <= 39; epoch++) {
        progress(relay, 5, 1, epoch, false, 0.2 * epoch);
        progress(relay, 6, 2, epoch, false, 0.2 * epoch);
        tick(relay, 0.2 * epoch);
    }
    CU_ASSERT_EQUAL(said_count, 8);
    static const uint32_t epochs[] = {1, 11, 21, 31};
    for (size_t i = 0; i < 8 && i < said_count; i++) {
        CU_ASSERT_EQUAL(said[i].from, 5 + i % 2);
        CU_ASSERT_TRUE(said[i].message.as.progress.row.epoch >= epochs[i / 2] &&
                       said[i].message.as.progress.row.epoch <= epochs[i / 2] + 1);
    }
    tick(relay, 10);
    CU_ASSERT_EQUAL(said_count, 10);
    CU_ASSERT_EQUAL(said[9].message.as.progress.row.epoch, 39);
    tick(relay, 20);
    CU_ASSERT_EQUAL(said_count, 10);
    relay_destroy(&relay);
}

/* That a trial has begun, and from where, is never lost. */
static void test_begun(void) {
    Relay *relay = relay_new();
    progress(relay, 5, 1, 1, false, 0);
    tick(relay, 0);
    forget();
    progress(relay, 5, 2, 0, true, 0.1);
    progress(relay, 5, 2, 4, false, 0.2);
    progress(relay, 5, 2, 0, false, 0.3); /* a sign of life */
    tick(relay, 0.4);
    CU_ASSERT_EQUAL(said_count, 0);
    tick(relay, 2);
    CU_ASSERT_EQUAL_FATAL(said_count, 1);
    const ProgressMessage *up = &said[0].message.as.progress;
    CU_ASSERT_TRUE(up->lease == 2 && up->begun && up->from_epoch == 3 && up->has_row && up->row.epoch == 4);
    forget();
    progress(relay, 5, 3, 0, true, 2.1);
    worker_says(relay, 5, (Message){.kind = MESSAGE_RESULT}, 2.2);
    progress(relay, 5, 4, 7, false, 2.3); /* not begun: its end says all */
    worker_says(relay, 5, (Message){.kind = MESSAGE_RESULT}, 2.4);
    tick(relay, 2.5);
    CU_ASSERT_EQUAL(said_count, 3);
    CU_ASSERT_TRUE(went_up(0, 5, MESSAGE_PROGRESS) && went_up(1, 5, MESSAGE_RESULT) &&
                   went_up(2, 5, MESSAGE_RESULT));
    tick(relay, 10);
    CU_ASSERT_EQUAL(said_count, 3);
    relay_destroy(&relay);
}

static void coordinator_says(Relay *relay, uint32_t rank, Message message, Status expected) {
    ByteWriter writer = {0};
    Bundle bundle = {0};
    message_encode(&message, &writer);
    bundle_add(&bundle, rank, writer.data, writer.length);
    CU_ASSERT_EQUAL(relay_on_coordinator(relay, bundle.writer.data, bundle.writer.length), expected);
    status_clear();
    bundle_release(&bundle);
    bytes_writer_release(&writer);
}

static void test_down(void) {
    Relay *relay = relay_new();
    coordinator_says(relay, 6, (Message){.kind = MESSAGE_VERDICT}, STATUS_OK);
    CU_ASSERT_TRUE(said_count == 1 && said[0].to == 6 && said[0].kind == MESSAGE_VERDICT);
    forget();
    coordinator_says(relay, OWN, (Message){.kind = MESSAGE_STOP}, STATUS_OK);
    CU_ASSERT_TRUE(said_count == 1 && said[0].to == OWN && said[0].kind == MESSAGE_STOP);
    forget();
    coordinator_says(relay, 7, (Message){.kind = MESSAGE_STOP}, STATUS_ENVIRONMENT);
    CU_ASSERT_EQUAL(relay_on_coordinator(relay, "", 0), STATUS_ENVIRONMENT);
    static const uint8_t no_bundle[] = {WIRE_VERSION, MESSAGE_ALIVE};
    CU_ASSERT_EQUAL(relay_on_coordinator(relay, no_bundle, sizeof(no_bundle)), STATUS_ENVIRONMENT);
    status_clear();
    CU_ASSERT_EQUAL(said_count, 0);
    relay_destroy(&relay);
}

/* The coordinator's sign of life to the relay's own rank is one to all that are there. */
static void test_alive(void) {
    Relay *relay = relay_new();
    worker_says(relay, 6, (Message){.kind = MESSAGE_FAREWELL}, 0);
    tick(relay, 0);
    forget();
    coordinator_says(relay, OWN, (Message){.kind = MESSAGE_ALIVE}, STATUS_OK);
    CU_ASSERT_EQUAL(said_count, 2);
    CU_ASSERT_TRUE(said[0].to == OWN && said[1].to == 5 && said[1].kind == MESSAGE_ALIVE);
    relay_destroy(&relay);
}

/* Of one that has ended nothing more is said than that; of one that has left not even that. */
static void test_lost(void) {
    Relay *relay = relay_new();
    progress(relay, 5, 1, 1, false, 0);
    progress(relay, 5, 1, 2, false, 0.1);
    relay_on_lost(relay, 5);
    relay_on_lost(relay, 5);
    relay_on_lost(relay, 99); /* not behind it */
    worker_says(relay, 6, (Message){.kind = MESSAGE_FAREWELL}, 0);
    CU_ASSERT_FALSE(relay_is_done(relay)); /* it is still to go up */
    relay_on_lost(relay, 6);
    tick(relay, 5);
    CU_ASSERT_EQUAL(said_count, 3);
    CU_ASSERT_TRUE(went_up(0, 5, MESSAGE_PROGRESS) && went_up(1, 5, 0) && went_up(2, 6, MESSAGE_FAREWELL));
    CU_ASSERT_TRUE(relay_is_done(relay));
    forget();
    progress(relay, 5, 1, 3, false, 9);
    coordinator_says(relay, 5, (Message){.kind = MESSAGE_STOP}, STATUS_OK);
    tick(relay, 9);
    CU_ASSERT_EQUAL(said_count, 0);
    relay_destroy(&relay);
}

/* Of one that speaks to the coordinator itself nothing is said, and nobody waits for it. */
static void test_left(void) {
    Relay *relay = relay_new();
    progress(relay, 5, 1, 1, false, 0);
    progress(relay, 5, 1, 2, false, 0.1);
    tick(relay, 0.1);
    forget();
    relay_on_left(relay, 5);
    relay_on_lost(relay, 5);
    relay_on_left(relay, 6);
    CU_ASSERT_TRUE(relay_is_done(relay));
    tick(relay, 5);
    CU_ASSERT_EQUAL(said_count, 0);
    relay_destroy(&relay);
}

/* A message of progress that makes no sense; others go up as they came, for the coordinator to judge. */
static void test_damaged(void) {
    Relay *relay = relay_new();
    static const uint8_t cut[] = {WIRE_VERSION, MESSAGE_PROGRESS, 1};
    CU_ASSERT_EQUAL(relay_on_worker(relay, 5, cut, sizeof(cut), 0), STATUS_ENVIRONMENT);
    status_clear();
    tick(relay, 0);
    CU_ASSERT_EQUAL(bundles, 0);
    relay_destroy(&relay);
}

void relay_suite(void) {
    static const TestCase tests[] = {
        {"what is said in a round goes up as one", test_bundles},
        {"of progress the newest goes up every two seconds", test_progress},
        {"that a trial has begun is never held back for good", test_begun},
        {"each part comes to its rank, and to no other", test_down},
        {"a sign of life is passed on to all", test_alive},
        {"an end is told once, a farewell is no loss", test_lost},
        {"of one that goes by itself nothing is told", test_left},
        {"damaged progress is an error", test_damaged},
    };
    SUITE("relay", tests);
}
