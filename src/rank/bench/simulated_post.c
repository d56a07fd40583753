#include "rank/bench/simulated_post.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "campaign/bundle.h"

/* --- the channel --- */

static Status post_send(Channel *self, int peer, const void *data, size_t length) {
    SimulatedPost *post = (SimulatedPost *)self;
    uint8_t *copy;
    TRY(memory_grow(&post->outgoing, &post->outgoing_capacity, post->outgoing_count + 1, sizeof(Outgoing)));
    TRY(memory_new(&copy, length, 1));
    memcpy(copy, data, length);
    post->sent++;
    post->outgoing[post->outgoing_count++] =
        (Outgoing){.after = post->taken, .rank = (uint32_t)peer, .bytes = copy, .length = length};
    return STATUS_OK;
}

static Status post_receive(Channel *self, int *peer, uint8_t **data, size_t *length) {
    SimulatedPost *post = (SimulatedPost *)self;
    *peer = -1;
    *data = NULL;
    if (post->taken == post->batch_count || post->batch[post->taken].kind == JOB_IS_DONE) {
        post->unread = 0;
        return STATUS_OK;
    }
    TimedEvent *event = &post->batch[post->taken++];
    *peer = (int)event->rank;
    if (event->kind == DEATH_IS_TOLD) return status_fail(STATUS_ENVIRONMENT, "peer %u is gone", event->rank);
    post->received++;
    post->unread += event->tag;
    *data = event->bytes;
    *length = event->length;
    event->bytes = NULL; /* taken over */
    return STATUS_OK;
}

static bool post_sending(const Channel *self) {
    (void)self; /* it leaves by itself */
    return false;
}

static const ChannelOps post_ops = {.send = post_send, .receive = post_receive, .sending = post_sending};

/* --- the loop's side --- */

SimulatedPost simulated_post(void) {
    return (SimulatedPost){.channel.ops = &post_ops};
}

static void release_events(TimedEvent *events, size_t count) {
    for (size_t i = 0; i < count; i++)
        free(events[i].bytes);
    free(events);
}

void simulated_post_release(SimulatedPost *post) {
    release_events(post->inbox, post->inbox_count);
    release_events(post->batch, post->batch_count);
    for (size_t i = 0; i < post->outgoing_count; i++)
        free(post->outgoing[i].bytes);
    free(post->outgoing);
    *post = (SimulatedPost){0};
}

static uint64_t messages_in(const TimedEvent *event) {
    if (!bundle_is(event->bytes, event->length)) return 1;
    ByteReader reader = bundle_reader(event->bytes, event->length);
    uint32_t rank;
    const uint8_t *data;
    size_t length;
    uint64_t count = 0;
    for (bool got; bundle_next(&reader, &rank, &data, &length, &got) == STATUS_OK && got;)
        count++;
    return count;
}

Status simulated_post_arrive(SimulatedPost *post, TimedEvent *event) {
    TRY(memory_grow(&post->inbox, &post->inbox_capacity, post->inbox_count + 1, sizeof(TimedEvent)));
    if (event->kind == TO_COORDINATOR) event->tag = messages_in(event);
    post->inbox[post->inbox_count++] = *event;
    event->bytes = NULL; /* taken over */
    return STATUS_OK;
}

void simulated_post_begin_batch(SimulatedPost *post) {
    TimedEvent *batch = post->batch;
    size_t capacity = post->batch_capacity;
    post->batch = post->inbox;
    post->batch_count = post->inbox_count;
    post->batch_capacity = post->inbox_capacity;
    post->taken = 0;
    post->inbox = batch;
    post->inbox_count = 0;
    post->inbox_capacity = capacity;
}

bool simulated_post_has_more(const SimulatedPost *post) {
    return post->unread > 0 || post->taken < post->batch_count;
}

void simulated_post_seen(SimulatedPost *post) {
    if (post->unread > 0) post->unread--;
}

bool simulated_post_take_job(SimulatedPost *post, uint64_t *job) {
    if (post->unread > 0 || post->taken == post->batch_count) return false;
    if (post->batch[post->taken].kind != JOB_IS_DONE) return false;
    *job = post->batch[post->taken++].tag;
    return true;
}

Status simulated_post_let_out(SimulatedPost *post, SimulatedWorld *world, double cost) {
    Status status = STATUS_OK;
    for (size_t i = 0; i < post->outgoing_count; i++) {
        const Outgoing *o = &post->outgoing[i];
        double done = post->taken > 0 ? (double)o->after / (double)post->taken : 1;
        double latency = o->rank == 0 ? 0 : LATENCY;
        TimedEvent event = {.time = world->now + cost * done + latency,
                            .kind = bundle_is(o->bytes, o->length) ? TO_RELAY : TO_RANK,
                            .rank = o->rank,
                            .bytes = o->bytes,
                            .length = o->length};
        if (status == STATUS_OK)
            status = event_queue_put(&world->events, event);
        else
            free(o->bytes);
    }
    post->outgoing_count = 0;
    return status;
}
