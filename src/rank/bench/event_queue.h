/* What is to happen on a fake clock: a heap of events by time, of equal times in the order in which they were
 * put in, so that a simulation is the same each time. */
#ifndef WINNOW_RANK_EVENT_QUEUE_H
#define WINNOW_RANK_EVENT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct TimedEvent {
    double time;   /* seconds, never NaN */
    uint64_t turn; /* filled in by event_queue_put */
    int kind;      /* the caller's, like the rest: */
    uint32_t rank;
    uint64_t tag;
    uint8_t *bytes; /* owned by whoever takes the event out; NULL for none */
    size_t length;
} TimedEvent;

typedef struct EventQueue {
    TimedEvent *heap; /* owned [count] */
    size_t count, capacity;
    uint64_t turns;
} EventQueue;

/* Takes over what the event owns, also on failure. */
Status event_queue_put(EventQueue *queue, TimedEvent event) MUST_CHECK;
/* The next one; false where there is none. */
bool event_queue_take(EventQueue *queue, TimedEvent *event);
void event_queue_release(EventQueue *queue);

#endif
