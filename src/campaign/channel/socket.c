#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "campaign/channel.h"
#include "campaign/channel/incoming.h"
#include "campaign/channel/message_queue.h"

#define PREFIX_BYTES 4
/* At most so many are read in one call, so that no caller's loop stalls. */
#define BYTES_A_CALL ((size_t)4 << 20)

typedef struct SocketChannel {
    Channel channel;
    int descriptor; /* owned */
    MessageQueue outbox;
    size_t sent;     /* bytes of the outbox's first message */
    bool write_gone; /* nobody reads what is sent */
    bool read_gone;  /* read to the end */
    uint8_t prefix[PREFIX_BYTES];
    size_t prefix_filled;
    Incoming incoming;
} SocketChannel;

static Status other_is_gone(void) {
    return status_fail(STATUS_ENVIRONMENT, "peer 0 is gone");
}

/* Send what the socket takes now. A failed peer's messages are dropped; reading finds the end by itself. */
static void outbox_flush(SocketChannel *s) {
    while (s->outbox.first != NULL) {
        const QueuedMessage *message = s->outbox.first;
        ssize_t count = send(s->descriptor, message->data + s->sent, message->length - s->sent,
                             MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)) return;
        if (count < 0) {
            s->write_gone = true;
            message_queue_release(&s->outbox);
            return;
        }
        s->sent += (size_t)count;
        if (s->sent < message->length) continue;
        int peer = 0;
        uint8_t *data = NULL;
        size_t length = 0;
        message_queue_pop(&s->outbox, &peer, &data, &length);
        free(data);
        s->sent = 0;
    }
}

static Status socket_send(Channel *self, int peer, const void *data, size_t length) {
    SocketChannel *s = (SocketChannel *)self;
    uint8_t *copy = NULL;
    if (peer != 0) return status_fail(STATUS_ENVIRONMENT, "there is no peer %d, only 0", peer);
    if (s->write_gone) return other_is_gone();
    copy = malloc(PREFIX_BYTES + length);
    if (copy == NULL)
        return status_fail(STATUS_ENVIRONMENT, "out of memory for a message of %zu bytes", length);
    for (size_t i = 0; i < PREFIX_BYTES; i++)
        copy[i] = (uint8_t)(length >> 8 * i);
    if (length > 0) memcpy(copy + PREFIX_BYTES, data, length);
    TRY(message_queue_push(&s->outbox, 0, copy, PREFIX_BYTES + length));
    outbox_flush(s);
    return s->write_gone ? other_is_gone() : STATUS_OK;
}

/* Read into `at`. *count 0: nothing now, or the end (read_gone tells). */
static void socket_read(SocketChannel *s, uint8_t *at, size_t room, size_t *count) {
    ssize_t got = 0;
    do {
        got = recv(s->descriptor, at, room, MSG_DONTWAIT);
    } while (got < 0 && errno == EINTR);
    *count = got > 0 ? (size_t)got : 0;
    s->read_gone = got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

/* The place where the next bytes go: the length first, then the message. */
static Status socket_room(SocketChannel *s, uint8_t **at, size_t *room) {
    if (s->incoming.begun) return incoming_room(&s->incoming, at, room);
    *at = s->prefix + s->prefix_filled;
    *room = PREFIX_BYTES - s->prefix_filled;
    return STATUS_OK;
}

static Status socket_filled(SocketChannel *s, size_t count) {
    if (s->incoming.begun) {
        incoming_filled(&s->incoming, count);
        return STATUS_OK;
    }
    s->prefix_filled += count;
    if (s->prefix_filled < PREFIX_BYTES) return STATUS_OK;
    s->prefix_filled = 0;
    ByteReader reader = bytes_reader(s->prefix, PREFIX_BYTES);
    return incoming_begin(&s->incoming, bytes_get_u32(&reader));
}

static Status socket_receive(Channel *self, int *peer, uint8_t **data, size_t *length) {
    SocketChannel *s = (SocketChannel *)self;
    *peer = 0;
    outbox_flush(s);
    size_t left = BYTES_A_CALL;
    while (!incoming_whole(&s->incoming) && !s->read_gone && left > 0) {
        uint8_t *at = NULL;
        size_t room = 0;
        size_t count = 0;
        TRY(socket_room(s, &at, &room));
        socket_read(s, at, room < left ? room : left, &count);
        if (count == 0) break;
        left -= count;
        Status status = socket_filled(s, count);
        if (status != STATUS_OK) {
            s->read_gone = true; /* after a length that cannot be, nothing can be found again */
            return status;
        }
    }
    if (incoming_whole(&s->incoming)) {
        *data = incoming_take(&s->incoming, length);
        return STATUS_OK;
    }
    return s->read_gone ? other_is_gone() : STATUS_OK;
}

static bool socket_sending(const Channel *self) {
    return ((const SocketChannel *)self)->outbox.first != NULL;
}

static void socket_destroy(Channel *self) {
    SocketChannel *s = (SocketChannel *)self;
    close(s->descriptor);
    message_queue_release(&s->outbox);
    incoming_release(&s->incoming);
    free(s);
}

static const ChannelOps socket_ops = {
    .send = socket_send, .receive = socket_receive, .sending = socket_sending, .destroy = socket_destroy};

Status channel_socket_create(Channel **channel, int descriptor) {
    SocketChannel *s = NULL;
    *channel = NULL;
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0)
        return status_fail_errno(STATUS_ENVIRONMENT, "a socket to another process cannot be used");
    TRY(memory_new(&s, 1, sizeof(*s)));
    *s = (SocketChannel){.channel.ops = &socket_ops, .descriptor = descriptor};
    *channel = &s->channel;
    return STATUS_OK;
}

int channel_socket_descriptor(const Channel *channel) {
    return ((const SocketChannel *)channel)->descriptor;
}
