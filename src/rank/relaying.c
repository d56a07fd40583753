#include "rank/relaying.h"

#include <stdlib.h>

#include "base/memory.h"

static Status rank_0_is_gone(Status status) {
    return status == STATUS_OK ? STATUS_OK : status_within(STATUS_RESUMABLE, "rank 0 is gone");
}

static Status outlet(void *context, uint32_t rank, const void *data, size_t length) {
    const Relaying *r = context;
    if (rank == 0) return rank_0_is_gone(channel_send(r->ranks, 0, data, length));
    if (rank == r->rank) return channel_send(r->own, 0, data, length);
    if (channel_send(r->ranks, (int)rank, data, length) != STATUS_OK)
        status_clear(); /* it is gone: the receiving side tells */
    return STATUS_OK;
}

Status relaying_begin(Relaying *r, const Relays *relays, uint32_t rank, Channel *ranks, Channel *own) {
    *r = (Relaying){.ranks = ranks, .own = own, .rank = rank};
    Status status = memory_new(&r->behind, relays->ranks, sizeof(uint32_t));
    for (uint32_t other = 0; status == STATUS_OK && other < relays->ranks; other++)
        if (relays->relay_of[other] == rank) r->behind[r->behind_count++] = other;
    if (status == STATUS_OK) status = memory_new(&r->ended, r->behind_count, sizeof(uint32_t));
    if (status == STATUS_OK) status = relay_create(&r->relay, rank, r->behind, r->behind_count, outlet, r);
    if (status != STATUS_OK) relaying_release(r);
    return status;
}

void relaying_release(Relaying *r) {
    relay_destroy(&r->relay);
    free(r->behind);
    free(r->ended);
    *r = (Relaying){0};
}

void relaying_on_ended(Relaying *r, uint32_t rank) {
    for (size_t i = 0; i < r->behind_count; i++)
        if (r->behind[i] == rank) r->ended[r->ended_count++] = rank;
}

/* A message of a rank behind it that makes no sense is the end of that rank, not of the relay. */
static void from_behind(Relaying *r, uint32_t rank, const uint8_t *data, size_t length, double now) {
    if (length == 0) {
        relay_on_left(r->relay, rank);
        return;
    }
    if (relay_on_worker(r->relay, rank, data, length, now) == STATUS_OK) return;
    status_clear();
    relay_on_lost(r->relay, rank);
}

static Status from_ranks(Relaying *r, double now, bool *busy) {
    for (;;) {
        int peer;
        uint8_t *data;
        size_t length;
        Status status = channel_receive(r->ranks, &peer, &data, &length);
        if (status != STATUS_OK && peer > 0) {
            status_clear();
            relay_on_lost(r->relay, (uint32_t)peer);
            continue;
        }
        TRY(rank_0_is_gone(status));
        if (data == NULL) return STATUS_OK;
        *busy = true;
        if (peer > 0)
            from_behind(r, (uint32_t)peer, data, length, now);
        else
            status = relay_on_coordinator(r->relay, data, length);
        free(data);
        TRY(status);
    }
}

static Status from_own(Relaying *r, double now, bool *busy) {
    for (;;) {
        int peer;
        uint8_t *data;
        size_t length;
        TRY(channel_receive(r->own, &peer, &data, &length));
        if (data == NULL) return STATUS_OK;
        *busy = true;
        Status status = relay_on_worker(r->relay, r->rank, data, length, now);
        free(data);
        TRY(status);
    }
}

Status relaying_round(Relaying *r, double now, bool *busy) {
    TRY(from_ranks(r, now, busy)); /* also what those have said that ended since */
    TRY(from_own(r, now, busy));
    for (size_t i = 0; i < r->ended_count; i++)
        relay_on_lost(r->relay, r->ended[i]);
    r->ended_count = 0;
    return relay_tick(r->relay, now);
}

void relaying_close(Relaying *r) {
    for (size_t i = 0; i < r->behind_count; i++)
        if (r->behind[i] != r->rank && channel_send(r->ranks, (int)r->behind[i], "", 0) != STATUS_OK)
            status_clear();
}
