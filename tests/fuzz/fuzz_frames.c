/* How messages travel: as frames over MPI, each with a header, and over a socket, each behind its length. The
 * first byte chooses. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "campaign/channel.h"
#include "campaign/channel/frames.h"
#include "fuzz.h"

#define LENGTH_BYTES 4

/* Parts of the input as the frames of one peer, until one is refused. */
static void take_frames(FuzzPart rest) {
    Incoming incoming = {0};
    bool good = true;
    while (good && rest.size > 0) {
        FuzzPart frame = fuzz_part(&rest);
        uint8_t *data = NULL;
        size_t length = 0;
        good = fuzz_accepted(frames_take(&incoming, frame.data, frame.size, &data, &length));
        REQUIRE(good || data == NULL);
        fuzz_touch(data, length);
        free(data);
    }
    incoming_release(&incoming);
}

/* The input, over and over, as one message: through frames and back. */
static void pack_and_take(FuzzPart input) {
    if (input.size < 2) return;
    size_t length = 3 * ((size_t)input.data[0] << 8 | input.data[1]);
    uint8_t *message = malloc(length + 1), *frames = NULL, *data = NULL;
    size_t total = 0, got = 0;
    Incoming incoming = {0};
    REQUIRE(message != NULL);
    for (size_t i = 0; i < length; i++)
        message[i] = input.data[i % input.size];
    REQUIRE(frames_pack(message, length, &frames, &total) == STATUS_OK);
    for (size_t at = 0; at < total; at += FRAME_BYTES) {
        size_t size = total - at < FRAME_BYTES ? total - at : FRAME_BYTES;
        REQUIRE(data == NULL);
        REQUIRE(frames_take(&incoming, frames + at, size, &data, &got) == STATUS_OK);
    }
    REQUIRE(data != NULL && got == length && memcmp(data, message, length) == 0);
    free(data);
    free(frames);
    free(message);
}

/* What came out of the socket went into it: its messages, one after another, are the input's beginning. */
static void receive_all(Channel *channel, FuzzPart input) {
    size_t at = 0;
    for (;;) {
        int peer = -1;
        uint8_t *data = NULL;
        size_t length = 0;
        if (!fuzz_accepted(channel_receive(channel, &peer, &data, &length))) return;
        REQUIRE(data != NULL); /* all has been sent, and the other end is closed */
        REQUIRE(length <= input.size && at + LENGTH_BYTES + length <= input.size);
        REQUIRE(memcmp(data, input.data + at + LENGTH_BYTES, length) == 0);
        at += LENGTH_BYTES + length;
        free(data);
    }
}

static void receive_from_socket(FuzzPart input) {
    int ends[2];
    Channel *channel = NULL;
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    REQUIRE(channel_socket_create(&channel, ends[1]) == STATUS_OK);
    if (input.size > 0) REQUIRE(write(ends[0], input.data, input.size) == (ssize_t)input.size);
    close(ends[0]);
    receive_all(channel, input);
    channel_destroy(&channel);
}

int fuzz_frames(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    FuzzPart input = {data + 1, size - 1};
    switch (data[0] % 3) {
    case 0: take_frames(input); break;
    case 1: pack_and_take(input); break;
    default: receive_from_socket(input); break;
    }
    return 0;
}
