#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "campaign/channel.h"
#include "pattern.h"
#include "suite.h"
#include "suites.h"

#define DEADLINE 20.0 /* seconds */
#define CHILD_MESSAGE ((size_t)5 << 20)

/* A channel on one end; the other end as it is. */
static Channel *channel_and_socket(int *other) {
    int ends[2];
    Channel *channel = NULL;
    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    CU_ASSERT_EQUAL_FATAL(channel_socket_create(&channel, ends[0]), STATUS_OK);
    CU_ASSERT_EQUAL(channel_socket_descriptor(channel), ends[0]);
    *other = ends[1];
    return channel;
}

/* The next message, within the deadline; NULL with the status otherwise. */
static Status receive(Channel *channel, uint8_t **data, size_t *length) {
    int peer = -1;
    double until = clock_monotonic() + DEADLINE;
    while (clock_monotonic() < until) {
        Status status = channel_receive(channel, &peer, data, length);
        CU_ASSERT_EQUAL(peer, 0);
        if (status != STATUS_OK || *data != NULL) return status;
        clock_sleep(0.0001);
    }
    CU_FAIL("nothing came");
    return STATUS_OK;
}

static void expect_message(Channel *channel, uint32_t message, size_t expected) {
    size_t length = 0;
    uint8_t *data = NULL;
    CU_ASSERT_EQUAL(receive(channel, &data, &length), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(data);
    CU_ASSERT_EQUAL(length, expected);
    CU_ASSERT_TRUE(pattern_holds(message, data, length));
    free(data);
}

static void expect_gone(Channel *channel) {
    size_t length = 0;
    uint8_t *data = NULL;
    CU_ASSERT_EQUAL(receive(channel, &data, &length), STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NULL(data);
    CU_ASSERT_STRING_EQUAL(status_text(), "peer 0 is gone");
}

static void send_pattern(Channel *channel, uint32_t message, size_t length) {
    uint8_t *bytes = pattern_new(message, length);
    CU_ASSERT_EQUAL(channel_send(channel, 0, bytes, length), STATUS_OK);
    free(bytes);
}

static void messages_pass_both_ways_at_once(void) {
    int other = -1;
    Channel *a = channel_and_socket(&other);
    Channel *b = NULL;
    CU_ASSERT_EQUAL_FATAL(channel_socket_create(&b, other), STATUS_OK);
    for (uint32_t n = 0; n < PATTERN_COUNT; n++) {
        send_pattern(a, n, PATTERN_SIZES[n]);
        send_pattern(b, 100 + n, PATTERN_SIZES[PATTERN_COUNT - 1 - n]);
    }
    CU_ASSERT_TRUE(channel_sending(a)); /* far more than a socket takes at once: nothing blocked */
    CU_ASSERT_TRUE(channel_sending(b));
    size_t received[2] = {0, 0};
    Channel *ends[2] = {a, b};
    double until = clock_monotonic() + DEADLINE;
    while (received[0] + received[1] < 2 * PATTERN_COUNT && clock_monotonic() < until) {
        for (int end = 0; end < 2; end++) {
            int peer = -1;
            size_t length = 0;
            uint8_t *data = NULL;
            CU_ASSERT_EQUAL_FATAL(channel_receive(ends[end], &peer, &data, &length), STATUS_OK);
            if (data == NULL) continue;
            size_t n = received[end]++;
            CU_ASSERT_EQUAL(length, PATTERN_SIZES[end == 1 ? n : PATTERN_COUNT - 1 - n]);
            CU_ASSERT_TRUE(pattern_holds((uint32_t)(end == 1 ? n : 100 + n), data, length));
            free(data);
        }
    }
    CU_ASSERT_EQUAL(received[0], PATTERN_COUNT);
    CU_ASSERT_EQUAL(received[1], PATTERN_COUNT);
    CU_ASSERT_FALSE(channel_sending(a));
    channel_destroy(&a);
    channel_destroy(&b);
}

/* What a child sends before it dies: three messages, then 5 MiB of which about half leave. */
static void child_talks_and_dies(int descriptor) {
    Channel *channel = NULL;
    uint8_t *bytes = pattern_new(3, CHILD_MESSAGE);
    uint8_t *head = pattern_new(2, CHILD_MESSAGE);
    uint8_t prefix[4];
    size_t left = CHILD_MESSAGE / 2;
    if (channel_socket_create(&channel, descriptor) != STATUS_OK) _exit(1);
    if (channel_send(channel, 0, head, 0) != STATUS_OK || channel_send(channel, 0, "hello", 5) != STATUS_OK ||
        channel_send(channel, 0, head, CHILD_MESSAGE) != STATUS_OK)
        _exit(2);
    while (channel_sending(channel)) {
        int peer = 0;
        size_t length = 0;
        uint8_t *data = NULL;
        if (channel_receive(channel, &peer, &data, &length) != STATUS_OK) _exit(3);
        free(data);
    }
    for (size_t i = 0; i < 4; i++)
        prefix[i] = (uint8_t)(CHILD_MESSAGE >> 8 * i);
    if (send(descriptor, prefix, sizeof(prefix), 0) != (ssize_t)sizeof(prefix)) _exit(4);
    for (const uint8_t *at = bytes; left > 0;) {
        ssize_t sent = send(descriptor, at, left, 0);
        if (sent < 0) continue; /* non-blocking: full */
        at += sent;
        left -= (size_t)sent;
    }
    kill(getpid(), SIGKILL);
}

static void a_dying_child_loses_only_the_broken_message(void) {
    int other = -1;
    int status = 0;
    Channel *channel = channel_and_socket(&other);
    pid_t child = fork();
    CU_ASSERT_TRUE_FATAL(child >= 0);
    if (child == 0) {
        close(channel_socket_descriptor(channel));
        child_talks_and_dies(other);
        _exit(5);
    }
    close(other);
    size_t length = 1;
    uint8_t *data = NULL;
    expect_message(channel, 0, 0);
    CU_ASSERT_EQUAL(receive(channel, &data, &length), STATUS_OK);
    CU_ASSERT_TRUE(length == 5 && memcmp(data, "hello", 5) == 0);
    free(data);
    expect_message(channel, 2, CHILD_MESSAGE);
    expect_gone(channel);
    expect_gone(channel);
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    CU_ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    channel_destroy(&channel);
}

static void the_last_words_of_a_closed_peer_are_read(void) {
    int other = -1;
    Channel *a = channel_and_socket(&other);
    Channel *b = NULL;
    CU_ASSERT_EQUAL_FATAL(channel_socket_create(&b, other), STATUS_OK);
    send_pattern(b, 1, 1000);
    send_pattern(b, 2, 0);
    send_pattern(a, 3, (size_t)3 << 20); /* never read: the closing resets the connection */
    channel_destroy(&b);
    Status status = channel_send(a, 0, "", 0); /* no SIGPIPE */
    CU_ASSERT_EQUAL(status, STATUS_ENVIRONMENT);
    CU_ASSERT_STRING_EQUAL(status_text(), "peer 0 is gone");
    CU_ASSERT_FALSE(channel_sending(a));
    expect_message(a, 1, 1000);
    expect_message(a, 2, 0);
    expect_gone(a);
    channel_destroy(&a);
}

static void bytes_may_come_one_by_one(void) {
    int other = -1;
    Channel *channel = channel_and_socket(&other);
    const uint8_t bytes[] = {3, 0, 0, 0, pattern_byte(9, 0), pattern_byte(9, 1), pattern_byte(9, 2)};
    for (size_t i = 0; i < sizeof(bytes); i++) {
        int peer = 0;
        size_t length = 0;
        uint8_t *data = NULL;
        CU_ASSERT_EQUAL(channel_receive(channel, &peer, &data, &length), STATUS_OK);
        CU_ASSERT_PTR_NULL(data);
        CU_ASSERT_EQUAL(send(other, &bytes[i], 1, 0), 1);
    }
    expect_message(channel, 9, 3);
    /* a length in two halves, the second one together with what follows */
    int peer = 0;
    size_t length = 0;
    uint8_t *data = NULL;
    CU_ASSERT_EQUAL(send(other, bytes, 2, 0), 2);
    CU_ASSERT_EQUAL(channel_receive(channel, &peer, &data, &length), STATUS_OK);
    CU_ASSERT_PTR_NULL(data);
    CU_ASSERT_EQUAL(send(other, bytes + 2, sizeof(bytes) - 2, 0), (ssize_t)sizeof(bytes) - 2);
    expect_message(channel, 9, 3);
    close(other);
    expect_gone(channel);
    channel_destroy(&channel);
}

static void a_length_that_cannot_be_is_refused(void) {
    int other = -1;
    int peer = 0;
    size_t length = 0;
    uint8_t *data = NULL;
    Channel *channel = channel_and_socket(&other);
    const uint8_t prefix[] = {1, 0, 0, 0x80, 1, 2, 3};
    CU_ASSERT_EQUAL(send(other, prefix, sizeof(prefix), 0), (ssize_t)sizeof(prefix));
    CU_ASSERT_EQUAL(channel_receive(channel, &peer, &data, &length), STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status_text(), "2147483649"));
    CU_ASSERT_EQUAL(channel_receive(channel, &peer, &data, &length), STATUS_ENVIRONMENT);
    close(other);
    channel_destroy(&channel);
}

static void only_a_descriptor_becomes_a_channel(void) {
    Channel *channel = NULL;
    CU_ASSERT_EQUAL(channel_socket_create(&channel, -1), STATUS_ENVIRONMENT);
    CU_ASSERT_PTR_NULL(channel);
}

void socket_suite(void) {
    static const TestCase tests[] = {
        {"messages pass both ways at once without blocking", messages_pass_both_ways_at_once},
        {"a child that dies in mid-message loses only that one", a_dying_child_loses_only_the_broken_message},
        {"the last words of a closed peer are still read", the_last_words_of_a_closed_peer_are_read},
        {"bytes may come one by one, and in any parts", bytes_may_come_one_by_one},
        {"a length that cannot be is refused", a_length_that_cannot_be_is_refused},
        {"only a descriptor becomes a channel", only_a_descriptor_becomes_a_channel},
    };
    SUITE("socket channel", tests);
}
