#include "base/memory.h"
#include "base/philox.h"
#include "rank/bench/event_queue.h"
#include "rank/simulation/suites.h"
#include "suite.h"

#define EVENTS 2000

static void put(EventQueue *queue, double time, int kind) {
    CU_ASSERT_EQUAL_FATAL(event_queue_put(queue, (TimedEvent){.time = time, .kind = kind}), STATUS_OK);
}

/* What was put in while others were taken out is in its place, too. */
static void events_come_in_the_order_of_their_time(void) {
    EventQueue queue = {0};
    RandomStream dice = random_stream(1, RANDOM_SYNTHETIC, 0, 0, 0, 0);
    TimedEvent event;
    for (int i = 0; i < EVENTS; i++)
        put(&queue, random_unit(&dice), i);
    double before = 0;
    for (int i = 0; i < EVENTS; i++) {
        CU_ASSERT_TRUE_FATAL(event_queue_take(&queue, &event));
        CU_ASSERT_TRUE(event.time >= before);
        before = event.time;
        put(&queue, before + random_unit(&dice), i);
    }
    int left = 0;
    for (; event_queue_take(&queue, &event); left++) {
        CU_ASSERT_TRUE(event.time >= before);
        before = event.time;
    }
    CU_ASSERT_EQUAL(left, EVENTS);
    event_queue_release(&queue);
}

static void equal_times_keep_their_order(void) {
    EventQueue queue = {0};
    for (int i = 0; i < EVENTS; i++)
        put(&queue, i % 3, i);
    TimedEvent event;
    int kind[3] = {0, 1, 2};
    for (int i = 0; i < EVENTS; i++) {
        CU_ASSERT_TRUE_FATAL(event_queue_take(&queue, &event));
        int time = (int)event.time;
        CU_ASSERT_EQUAL(event.kind, kind[time]);
        kind[time] += 3;
    }
    CU_ASSERT_FALSE(event_queue_take(&queue, &event));
    event_queue_release(&queue);
}

static void what_is_left_is_released_with_its_bytes(void) {
    EventQueue queue = {0};
    TimedEvent event = {.time = 1, .length = 8};
    CU_ASSERT_EQUAL_FATAL(memory_new(&event.bytes, event.length, 1), STATUS_OK);
    CU_ASSERT_EQUAL(event_queue_put(&queue, event), STATUS_OK);
    event_queue_release(&queue);
    CU_ASSERT_EQUAL(queue.count, 0);
}

void suite_event_queue(void) {
    static const TestCase tests[] = {
        {"events come in the order of their time", events_come_in_the_order_of_their_time},
        {"events of equal times keep their order", equal_times_keep_their_order},
        {"what is left is released with its bytes", what_is_left_is_released_with_its_bytes},
    };
    SUITE("event queue", tests);
}
