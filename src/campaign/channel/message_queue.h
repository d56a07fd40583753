/* Whole messages in the order they came, each with the peer that it is from or for. */
#ifndef WINNOW_CAMPAIGN_MESSAGE_QUEUE_H
#define WINNOW_CAMPAIGN_MESSAGE_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct QueuedMessage QueuedMessage;
struct QueuedMessage {
    QueuedMessage *next;
    int peer;
    uint8_t *data; /* owned, never NULL */
    size_t length;
};

/* All zeros when empty. */
typedef struct MessageQueue {
    QueuedMessage *first, *last;
} MessageQueue;

/* Take `data` over, also on failure. */
Status message_queue_push(MessageQueue *queue, int peer, uint8_t *data, size_t length) MUST_CHECK;

/* Hand the first message's data over; *data is NULL where the queue is empty. */
void message_queue_pop(MessageQueue *queue, int *peer, uint8_t **data, size_t *length);

void message_queue_release(MessageQueue *queue);

#endif
