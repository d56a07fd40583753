/* Kept networks: a row waits here until its network is safe, because weights go first and the row last. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "campaign/coordinator/state.h"

bool network_in_pool(const Coordinator *c, uint64_t trial, const TrainOutcome *outcome) {
    return ledger_in_pool(c->ledger, c->config->metric, coordinator_pool(c->config), trial, outcome);
}

static PendingRow *pending_of(const Coordinator *c, uint64_t lease) {
    for (size_t i = 0; i < c->pending_count; i++) {
        if (c->pending[i].lease.number == lease) return &c->pending[i];
    }
    return NULL;
}

static void pending_remove(Coordinator *c, PendingRow *pending) {
    size_t after = (size_t)(c->pending + c->pending_count - (pending + 1));
    memmove(pending, pending + 1, after * sizeof(*pending));
    c->pending_count--;
}

Status network_await(Coordinator *c, Actions *actions, const Lease *lease, TrialRecord *row) {
    TRY(memory_grow(&c->pending, &c->pending_capacity, c->pending_count + 1, sizeof(PendingRow)));
    PendingRow *pending = &c->pending[c->pending_count++];
    *pending = (PendingRow){.lease = *lease, .row = *row};
    memset(row, 0, sizeof(*row));
    if (!c->workers[lease->worker].sees_parts) {
        offer_put(c, lease->worker, BLOB_NETWORK, lease->number, lease->trial);
        return STATUS_OK;
    }
    pending->state = PENDING_GRANTED; /* it stores the network by itself: no load for the channel */
    Offer own = {.lease = lease->number, .trial = lease->trial};
    return coordinator_verdict(c, actions, lease->worker, &own, BLOB_NETWORK, true);
}

/* Its network is safe (`member`), or better ones overtook it. */
static Status pending_commit(Coordinator *c, Actions *actions, PendingRow *pending,
                             const MemberRecord *member, Moment now) {
    PendingRow done = *pending;
    pending_remove(c, pending);
    Status status = lease_end(c, actions, &done.lease, LEASE_FINISHED, now);
    if (status != STATUS_OK) {
        row_release(&done.row);
        return status;
    }
    return row_commit(c, actions, &done.lease, &done.row, member);
}

bool network_wanted(const Coordinator *c, uint64_t lease) {
    const PendingRow *pending = pending_of(c, lease);
    return pending != NULL && network_in_pool(c, pending->row.trial, &pending->row.outcome);
}

Status network_answered(Coordinator *c, Actions *actions, uint64_t lease, bool keep, Moment now) {
    PendingRow *pending = pending_of(c, lease);
    if (keep) pending->state = PENDING_GRANTED;
    return pending == NULL || keep ? STATUS_OK : pending_commit(c, actions, pending, NULL, now);
}

/* The worker has stored it. */
static Status take_stored(Coordinator *c, Actions *actions, PendingRow *pending, const MemberRecord *told,
                          Moment now) {
    MemberRecord member =
        member_record_of(pending->lease.trial, pending->row.outcome.best_epoch, "", 0); /* for the name */
    member.length = told->length;
    member.hash = told->hash;
    bool keep = network_in_pool(c, pending->row.trial,
                                &pending->row.outcome); /* better ones may have come meanwhile */
    if (!keep) c->trials[pending->lease.trial].stray = true;
    return pending_commit(c, actions, pending, keep ? &member : NULL, now);
}

/* Its bytes have come. */
static Status take_bytes(Coordinator *c, Actions *actions, PendingRow *pending, NetworkMessage *network,
                         Moment now) {
    if (!network_in_pool(c, pending->row.trial, &pending->row.outcome))
        return pending_commit(c, actions, pending, NULL, now);
    pending->state = PENDING_STORING;
    pending->member = member_record_of(pending->lease.trial, pending->row.outcome.best_epoch, network->blob,
                                       network->length);
    return coordinator_store(actions, pending->member.blob, &network->blob, network->length);
}

Status network_take(Coordinator *c, Actions *actions, uint32_t worker, NetworkMessage *network, Moment now) {
    const Offer *offer = &c->workers[worker].offers[BLOB_NETWORK];
    if (offer->state == OFFER_ON_ITS_WAY && offer->lease == network->lease)
        offer_forget(c, worker, BLOB_NETWORK);
    PendingRow *pending = pending_of(c, network->lease);
    if (pending != NULL && pending->state == PENDING_GRANTED && pending->lease.worker == worker) {
        if (network->stored) return take_stored(c, actions, pending, &network->record, now);
        if (network->blob != NULL) return take_bytes(c, actions, pending, network, now);
        pending->state = PENDING_OFFERED; /* it could not store it by itself: the channel, then */
        offer_put(c, worker, BLOB_NETWORK, network->lease, network->trial);
        return STATUS_OK;
    }
    /* Of a lease that was taken from it. Whoever trains the trial now may be about to write the same file. */
    uint64_t trial = network->trial;
    if (!network->stored) {
        Offer refused = {.lease = network->lease, .trial = trial};
        return network->blob != NULL ? STATUS_OK
                                     : coordinator_verdict(c, actions, worker, &refused, BLOB_NETWORK, false);
    }
    if (trial >= c->ledger->trial_count) return STATUS_OK; /* nobody has drawn it */
    c->trials[trial].stray = true;
    if (!coordinator_finished(c, trial)) return STATUS_OK;
    if (network_in_pool(c, trial, &c->ledger->trials[trial].record.outcome)) return STATUS_OK;
    return coordinator_remove(actions, member_record_of(trial, 0, "", 0).blob);
}

Status network_stored(Coordinator *c, Actions *actions, const Event *event, bool *known, Moment now) {
    PendingRow *pending = NULL;
    for (size_t i = 0; i < c->pending_count && pending == NULL; i++) {
        if (c->pending[i].state == PENDING_STORING && strcmp(c->pending[i].member.blob, event->name) == 0)
            pending = &c->pending[i];
    }
    *known = pending != NULL;
    if (!*known) return STATUS_OK;
    if (event->status != STATUS_OK) {
        char text[ERROR_TEXT_SIZE];
        (void)snprintf(text, sizeof(text), "the network of trial %llu cannot be stored: %.3800s",
                       (unsigned long long)pending->lease.trial, event->text != NULL ? event->text : "");
        return coordinator_fail(c, actions, STATUS_ENVIRONMENT, text, now);
    }
    MemberRecord member = pending->member;
    return take_stored(c, actions, pending, &member, now);
}

Status network_give_up(Coordinator *c, Actions *actions, uint32_t worker, LeaseOutcome outcome, Moment now) {
    for (size_t i = c->pending_count; i-- > 0;) {
        PendingRow *pending = &c->pending[i];
        if (pending->lease.worker != worker || pending->state == PENDING_STORING) continue;
        Lease lease = pending->lease;
        c->trials[lease.trial].stray |= pending->state == PENDING_GRANTED;
        row_release(&pending->row);
        pending_remove(c, pending);
        TRY(lease_end(c, actions, &lease, outcome, now));
        TRY(trial_free(c, lease.trial));
        if (!c->stopping)
            TRY(coordinator_news(actions,
                                 "trial %llu, finished there, is trained again: its network did not arrive",
                                 (unsigned long long)lease.trial));
    }
    return STATUS_OK;
}
