#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "campaign/bundle.h"

typedef struct RelayedChannel {
    Channel channel;
    Channel *below; /* borrowed */
    uint32_t ranks;
    uint32_t *relay_of; /* owned [ranks] */
    Bundle *bundles;    /* owned [ranks]: for the relay in that rank */
    uint32_t *waiting;  /* owned [waiting_count]: whose are not empty */
    size_t waiting_count, waiting_capacity;
    uint8_t *bundle; /* owned: being read; NULL for none: */
    ByteReader reader;
    uint32_t from; /* the relay that it is from */
} RelayedChannel;

static bool is_relay(const RelayedChannel *r, uint32_t rank) {
    return rank < r->ranks && r->relay_of[rank] == rank;
}

/* --- out --- */

/* Where it cannot be sent the relay is gone, and the receiving side says so. */
static void send_bundle(RelayedChannel *r, uint32_t relay) {
    if (bundle_send(&r->bundles[relay], r->below, (int)relay) != STATUS_OK) status_clear();
}

static void send_bundles(RelayedChannel *r) {
    for (size_t i = 0; i < r->waiting_count; i++)
        send_bundle(r, r->waiting[i]);
    r->waiting_count = 0;
}

static Status relayed_send(Channel *self, int peer, const void *data, size_t length) {
    RelayedChannel *r = (RelayedChannel *)self;
    uint32_t relay = peer >= 0 && (uint32_t)peer < r->ranks ? r->relay_of[peer] : NO_RELAY;
    if (relay == NO_RELAY) return channel_send(r->below, peer, data, length);
    Bundle *bundle = &r->bundles[relay];
    if (bundle_is_empty(bundle)) {
        TRY(memory_grow(&r->waiting, &r->waiting_capacity, r->waiting_count + 1, sizeof(uint32_t)));
        r->waiting[r->waiting_count++] = relay;
    }
    bundle_add(bundle, (uint32_t)peer, data, length);
    TRY(bytes_writer_status(&bundle->writer));
    if (bundle_is_full(bundle)) send_bundle(r, relay);
    return STATUS_OK;
}

static bool relayed_sending(const Channel *self) {
    const RelayedChannel *r = (const RelayedChannel *)self;
    return r->waiting_count > 0 || channel_sending(r->below);
}

static void relayed_give_up(Channel *self, int peer) {
    RelayedChannel *r = (RelayedChannel *)self;
    bool behind = r->relay_of[peer] != NO_RELAY && !is_relay(r, (uint32_t)peer);
    if (!behind) channel_give_up(r->below, peer);
}

/* --- in --- */

/* The relay's process has ended: its own rank with it, and those behind it come by themselves. */
static void relay_lost(RelayedChannel *r, uint32_t relay) {
    r->relay_of[relay] = NO_RELAY;
}

static void bundle_read(RelayedChannel *r) {
    free(r->bundle);
    r->bundle = NULL;
}

/* The next part of the bundle that is being read; *data is NULL at its end. */
static Status next_part(RelayedChannel *r, int *peer, uint8_t **data, size_t *length) {
    for (bool got = true; got;) {
        uint32_t rank;
        const uint8_t *part;
        size_t size;
        *peer = (int)r->from;
        TRY(bundle_next(&r->reader, &rank, &part, &size, &got));
        if (!got) break;
        if (rank >= r->ranks) return status_fail(STATUS_ENVIRONMENT, "there is no rank %u", rank);
        if (r->relay_of[rank] != r->from) continue; /* it speaks directly by now */
        *peer = (int)rank;
        if (size == 0) return status_fail(STATUS_ENVIRONMENT, "peer %u is gone", rank);
        TRY(memory_new(data, size, 1));
        memcpy(*data, part, size);
        *length = size;
        return STATUS_OK;
    }
    bundle_read(r);
    send_bundles(r); /* nobody waits for others' messages to be taken in */
    return STATUS_OK;
}

/* From below: either a message, or a bundle, which is then being read. Where there is nothing, what has
 * gathered is sent. */
static Status next_below(RelayedChannel *r, int *peer, uint8_t **data, size_t *length) {
    Status status = channel_receive(r->below, peer, data, length);
    uint32_t from = (uint32_t)*peer;
    if (status != STATUS_OK) {
        if (*peer >= 0 && is_relay(r, from)) relay_lost(r, from);
        return status;
    }
    if (*data == NULL) send_bundles(r);
    if (*data == NULL || *peer < 0 || from >= r->ranks) return STATUS_OK;
    if (!is_relay(r, from)) {
        r->relay_of[from] = NO_RELAY;
        return STATUS_OK;
    }
    if (!bundle_is(*data, *length)) {
        free(*data);
        *data = NULL;
        relay_lost(r, from);
        return status_fail(STATUS_ENVIRONMENT, "peer %u is gone: it sent no bundle", from);
    }
    r->bundle = *data;
    r->reader = bundle_reader(*data, *length);
    r->from = from;
    *data = NULL;
    return STATUS_OK;
}

static Status relayed_receive(Channel *self, int *peer, uint8_t **data, size_t *length) {
    RelayedChannel *r = (RelayedChannel *)self;
    do {
        if (r->bundle == NULL) TRY(next_below(r, peer, data, length));
        if (r->bundle == NULL) break;
        Status status = next_part(r, peer, data, length);
        if (status != STATUS_OK && *peer == (int)r->from && is_relay(r, r->from)) {
            bundle_read(r); /* damaged */
            relay_lost(r, r->from);
        }
        TRY(status);
    } while (*data == NULL);
    return STATUS_OK;
}

/* --- life --- */

static void relayed_destroy(Channel *self) {
    RelayedChannel *r = (RelayedChannel *)self;
    for (uint32_t i = 0; r->bundles != NULL && i < r->ranks; i++)
        bundle_release(&r->bundles[i]);
    free(r->bundles);
    free(r->relay_of);
    free(r->waiting);
    free(r->bundle);
    free(r);
}

static const ChannelOps relayed_ops = {.send = relayed_send,
                                       .receive = relayed_receive,
                                       .sending = relayed_sending,
                                       .give_up = relayed_give_up,
                                       .destroy = relayed_destroy};

Status channel_relayed_create(Channel **out, Channel *below, const uint32_t *relay_of, uint32_t ranks) {
    RelayedChannel *r;
    *out = NULL;
    TRY(memory_new(&r, 1, sizeof(*r)));
    r->channel.ops = &relayed_ops;
    r->below = below;
    r->ranks = ranks;
    Status status = memory_new(&r->relay_of, ranks, sizeof(uint32_t));
    if (status == STATUS_OK) status = memory_new(&r->bundles, ranks, sizeof(Bundle));
    if (status != STATUS_OK) {
        relayed_destroy(&r->channel);
        return status;
    }
    memcpy(r->relay_of, relay_of, ranks * sizeof(uint32_t));
    *out = &r->channel;
    return STATUS_OK;
}
