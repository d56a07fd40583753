/* Blobs travel over the channel only when asked for, a few at a time, in the order of their offers. */
#include "campaign/coordinator/state.h"

void offer_forget(Coordinator *c, uint32_t worker, BlobKind what) {
    Offer *offer = &c->workers[worker].offers[what];
    c->waiting -= offer->state == OFFER_WAITS;
    c->on_its_way -= offer->state == OFFER_ON_ITS_WAY;
    *offer = (Offer){0};
}

void offer_put(Coordinator *c, uint32_t worker, BlobKind what, uint64_t lease, uint64_t trial) {
    offer_forget(c, worker, what);
    c->workers[worker].offers[what] =
        (Offer){.state = OFFER_WAITS, .lease = lease, .trial = trial, .turn = ++c->turns};
    c->waiting++;
}

/* A blob's place is taken until it is stored. */
static bool room(const Coordinator *c) {
    size_t storing = c->store_count;
    for (size_t i = 0; i < c->pending_count; i++)
        storing += c->pending[i].state == PENDING_STORING;
    return c->on_its_way + storing < TRANSFERS;
}

static bool next_offer(const Coordinator *c, uint32_t *worker, BlobKind *what) {
    uint64_t turn = UINT64_MAX;
    for (uint32_t i = 0; i < c->worker_count; i++) {
        if (c->workers[i].standing != STANDING_PRESENT) continue;
        for (BlobKind kind = BLOB_NETWORK; kind < BLOB_KIND_COUNT; kind++) {
            const Offer *offer = &c->workers[i].offers[kind];
            if (offer->state != OFFER_WAITS || offer->turn >= turn) continue;
            turn = offer->turn;
            *worker = i;
            *what = kind;
        }
    }
    return turn < UINT64_MAX;
}

static Status answer(Coordinator *c, Actions *actions, uint32_t worker, BlobKind what, bool keep) {
    Offer *offer = &c->workers[worker].offers[what];
    TRY(coordinator_verdict(c, actions, worker, offer, what, keep));
    c->waiting--;
    c->on_its_way += keep;
    offer->state = keep ? OFFER_ON_ITS_WAY : OFFER_NONE;
    return STATUS_OK;
}

Status offers_answer(Coordinator *c, Actions *actions, Moment now) {
    uint32_t worker = 0;
    BlobKind what = BLOB_NETWORK;
    while (c->waiting > 0 && next_offer(c, &worker, &what)) {
        const Offer *offer = &c->workers[worker].offers[what];
        uint64_t lease = offer->lease;
        bool keep =
            what == BLOB_NETWORK ? network_wanted(c, lease) : checkpoint_wanted(c, lease, offer->trial);
        if (keep && !room(c)) return STATUS_OK;
        TRY(answer(c, actions, worker, what, keep));
        if (what != BLOB_NETWORK) continue;
        TRY(network_answered(c, actions, lease, keep, now));
        if (worker_idle(c, worker)) TRY(lease_next(c, actions, worker, now));
    }
    return STATUS_OK;
}
