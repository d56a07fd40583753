#include "campaign/channel/message_queue.h"

#include <stdlib.h>

#include "base/memory.h"

Status message_queue_push(MessageQueue *queue, int peer, uint8_t *data, size_t length) {
    QueuedMessage *message = NULL;
    Status status = memory_new(&message, 1, sizeof(*message));
    if (status != STATUS_OK) {
        free(data);
        return status;
    }
    *message = (QueuedMessage){.peer = peer, .data = data, .length = length};
    if (queue->last != NULL) {
        queue->last->next = message;
    } else {
        queue->first = message;
    }
    queue->last = message;
    return STATUS_OK;
}

void message_queue_pop(MessageQueue *queue, int *peer, uint8_t **data, size_t *length) {
    QueuedMessage *message = queue->first;
    *data = NULL;
    *length = 0;
    if (message == NULL) return;
    *peer = message->peer;
    *data = message->data;
    *length = message->length;
    queue->first = message->next;
    if (queue->first == NULL) queue->last = NULL;
    free(message);
}

void message_queue_release(MessageQueue *queue) {
    while (queue->first != NULL) {
        QueuedMessage *message = queue->first;
        queue->first = message->next;
        free(message->data);
        free(message);
    }
    queue->last = NULL;
}
