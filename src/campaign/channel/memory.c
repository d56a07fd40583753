#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "campaign/channel.h"
#include "campaign/channel/message_queue.h"

typedef struct MemoryChannel MemoryChannel;
struct MemoryChannel {
    Channel channel;
    MemoryChannel *other; /* NULL once it is destroyed */
    MessageQueue inbox;
};

static Status other_is_gone(void) {
    return status_fail(STATUS_ENVIRONMENT, "peer 0 is gone");
}

static Status memory_send(Channel *self, int peer, const void *data, size_t length) {
    MemoryChannel *memory = (MemoryChannel *)self;
    uint8_t *copy = NULL;
    if (peer != 0) return status_fail(STATUS_ENVIRONMENT, "there is no peer %d, only 0", peer);
    if (memory->other == NULL) return other_is_gone();
    TRY(memory_new(&copy, length, 1));
    if (length > 0) memcpy(copy, data, length);
    return message_queue_push(&memory->other->inbox, 0, copy, length);
}

static Status memory_receive(Channel *self, int *peer, uint8_t **data, size_t *length) {
    MemoryChannel *memory = (MemoryChannel *)self;
    *peer = 0;
    message_queue_pop(&memory->inbox, peer, data, length);
    if (*data == NULL && memory->other == NULL) return other_is_gone();
    return STATUS_OK;
}

static bool memory_sending(const Channel *self) {
    (void)self; /* what was sent lies in the other's inbox */
    return false;
}

static void memory_destroy(Channel *self) {
    MemoryChannel *memory = (MemoryChannel *)self;
    if (memory->other != NULL) memory->other->other = NULL;
    message_queue_release(&memory->inbox);
    free(memory);
}

static const ChannelOps memory_ops = {
    .send = memory_send, .receive = memory_receive, .sending = memory_sending, .destroy = memory_destroy};

Status channel_memory_create(Channel **a, Channel **b) {
    MemoryChannel *ends[2] = {NULL, NULL};
    *a = *b = NULL;
    TRY(memory_new(&ends[0], 1, sizeof(MemoryChannel)));
    Status status = memory_new(&ends[1], 1, sizeof(MemoryChannel));
    if (status != STATUS_OK) {
        free(ends[0]);
        return status;
    }
    *ends[0] = (MemoryChannel){.channel.ops = &memory_ops, .other = ends[1]};
    *ends[1] = (MemoryChannel){.channel.ops = &memory_ops, .other = ends[0]};
    *a = &ends[0]->channel;
    *b = &ends[1]->channel;
    return STATUS_OK;
}
