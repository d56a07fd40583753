#include "rank/bench/event_queue.h"

#include "base/memory.h"

static bool comes_before(const TimedEvent *a, const TimedEvent *b) {
    return a->time < b->time || (a->time == b->time && a->turn < b->turn);
}

Status event_queue_put(EventQueue *queue, TimedEvent event) {
    Status status = memory_grow(&queue->heap, &queue->capacity, queue->count + 1, sizeof(TimedEvent));
    if (status != STATUS_OK) {
        free(event.bytes);
        return status;
    }
    event.turn = queue->turns++;
    size_t at = queue->count++;
    for (; at > 0 && comes_before(&event, &queue->heap[(at - 1) / 2]); at = (at - 1) / 2)
        queue->heap[at] = queue->heap[(at - 1) / 2];
    queue->heap[at] = event;
    return STATUS_OK;
}

bool event_queue_take(EventQueue *queue, TimedEvent *event) {
    if (queue->count == 0) return false;
    *event = queue->heap[0];
    const TimedEvent last = queue->heap[--queue->count];
    size_t at = 0;
    for (size_t child = 1; child < queue->count; child = 2 * at + 1) {
        if (child + 1 < queue->count && comes_before(&queue->heap[child + 1], &queue->heap[child])) child++;
        if (!comes_before(&queue->heap[child], &last)) break;
        queue->heap[at] = queue->heap[child];
        at = child;
    }
    queue->heap[at] = last;
    return true;
}

void event_queue_release(EventQueue *queue) {
    for (size_t i = 0; i < queue->count; i++)
        free(queue->heap[i].bytes);
    free(queue->heap);
    *queue = (EventQueue){0};
}
