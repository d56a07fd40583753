#include "rank/bench/simulated_relay.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static Status outlet(void *context, uint32_t rank, const void *data, size_t length) {
    const SimulatedRelay *r = context;
    TimedEvent event = {.time = r->world->now + (rank == r->rank ? 0 : LATENCY),
                        .kind = rank == 0 ? TO_COORDINATOR : TO_RANK,
                        .rank = rank == 0 ? r->rank : rank,
                        .length = length};
    TRY(memory_new(&event.bytes, length, 1));
    memcpy(event.bytes, data, length);
    return event_queue_put(&r->world->events, event);
}

Status simulated_relay_create(SimulatedRelay **out, SimulatedWorld *world, uint32_t rank, uint32_t count) {
    uint32_t behind[RANKS_A_NODE];
    SimulatedRelay *r;
    *out = NULL;
    for (uint32_t i = 0; i < count; i++)
        behind[i] = rank + i;
    TRY(memory_new(&r, 1, sizeof(*r)));
    *r = (SimulatedRelay){.world = world, .rank = rank, .count = count};
    Status status = relay_create(&r->relay, rank, behind, count, outlet, r);
    if (status == STATUS_OK)
        *out = r;
    else
        simulated_relay_destroy(&r);
    return status;
}

void simulated_relay_destroy(SimulatedRelay **relay) {
    if (*relay == NULL) return;
    relay_destroy(&(*relay)->relay);
    free(*relay);
    *relay = NULL;
}

/* Something has come that is to go up. */
static Status nap(SimulatedRelay *r) {
    if (r->naps) return STATUS_OK;
    r->naps = true;
    return event_queue_put(
        &r->world->events,
        (TimedEvent){.time = r->world->now + LATENCY, .kind = RELAY_GOES_ON, .rank = r->rank});
}

Status simulated_relay_event(SimulatedRelay *r, const TimedEvent *event) {
    if (event->kind == RELAY_GOES_ON) {
        r->naps = false;
        return relay_tick(r->relay, r->world->now);
    }
    if (event->kind == TO_RELAY && event->tag == 0)
        return relay_on_coordinator(r->relay, event->bytes, event->length);
    if (event->kind == TO_RELAY)
        TRY(relay_on_worker(r->relay, (uint32_t)event->tag, event->bytes, event->length, r->world->now));
    else
        relay_on_lost(r->relay, (uint32_t)event->tag);
    return nap(r);
}

Status simulated_relay_wake(SimulatedRelay *r) {
    return relay_tick(r->relay, r->world->now);
}

Status simulated_relay_dies(const SimulatedRelay *r) {
    for (uint32_t i = 1; i < r->count; i++)
        TRY(event_queue_put(&r->world->events, (TimedEvent){.time = r->world->now + NOTICE_SECONDS,
                                                            .kind = RANK_LOSES_RELAY,
                                                            .rank = r->rank + i}));
    return STATUS_OK;
}
