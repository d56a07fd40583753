/* Checkpoints of running trials: the newest one is recorded, then the one before it goes. */
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "campaign/coordinator/state.h"

/* Does a checkpoint of this lease still help? The lease may have ended (an orderly stop, a death), as long as
 * nobody else has the trial. */
bool checkpoint_wanted(const Coordinator *c, uint64_t lease, uint64_t trial) {
    if (coordinator_finished(c, trial)) return false;
    return c->trials[trial].holder == 0 || c->trials[trial].holder == lease;
}

/* Is it what a lease of ours can have sent? Its name is the one that such a checkpoint has. */
static bool sound(const Coordinator *c, const CheckpointMessage *checkpoint) {
    const CheckpointRecord *r = &checkpoint->record;
    uint64_t lease = checkpoint->lease;
    if (lease == 0 || lease > c->ledger->lease_count || c->ledger->leases[lease - 1].trial != r->trial)
        return false;
    if (r->trial >= plan_trials(&c->plan)) return false;
    if (r->epoch == 0 || r->epoch > c->plan.epochs[plan_stage(&c->plan, r->trial)]) return false;
    CheckpointBlob named = {.trial = r->trial, .epoch = r->epoch};
    CheckpointRecord expected = checkpoint_record_of(&named, lease, 0, "", 0);
    return strcmp(r->blob, expected.blob) == 0;
}

/* It lies in the folder: write it down, or have it removed where it came too late. */
static Status settle(Coordinator *c, Actions *actions, uint64_t lease, const CheckpointRecord *record) {
    const CheckpointRecord *before = trial_checkpoint(c, record->trial);
    bool same = before != NULL && strcmp(before->blob, record->blob) == 0;
    bool backwards = before != NULL && c->trials[record->trial].holder == 0 && record->epoch <= before->epoch;
    if (same) return STATUS_OK;
    if (backwards || !checkpoint_wanted(c, lease, record->trial))
        return coordinator_remove(actions, record->blob);
    char superseded[BLOB_NAME_SIZE] = "";
    if (before != NULL) memcpy(superseded, before->blob, sizeof(superseded));
    Record saved;
    saved.kind = RECORD_CHECKPOINT;
    saved.as.checkpoint = *record;
    TRY(coordinator_append(c, actions, &saved));
    return superseded[0] != '\0' ? coordinator_remove(actions, superseded) : STATUS_OK;
}

static Status take_bytes(Coordinator *c, Actions *actions, uint32_t worker, CheckpointMessage *checkpoint) {
    const Offer *offer = &c->workers[worker].offers[BLOB_CHECKPOINT];
    const CheckpointRecord *record = &checkpoint->record;
    if (offer->state != OFFER_ON_ITS_WAY || offer->lease != checkpoint->lease) return STATUS_OK;
    offer_forget(c, worker, BLOB_CHECKPOINT);
    if (!checkpoint_wanted(c, checkpoint->lease, record->trial)) return STATUS_OK;
    if (record->length != checkpoint->length || record->hash != hash64(checkpoint->blob, checkpoint->length))
        return STATUS_OK; /* damaged on its way: the one before stays */
    TRY(memory_grow(&c->stores, &c->store_capacity, c->store_count + 1, sizeof(CheckpointStore)));
    c->stores[c->store_count++] = (CheckpointStore){.lease = checkpoint->lease, .record = *record};
    return coordinator_store(actions, record->blob, &checkpoint->blob, checkpoint->length);
}

Status checkpoint_take(Coordinator *c, Actions *actions, uint32_t worker, CheckpointMessage *checkpoint) {
    if (!sound(c, checkpoint)) return STATUS_OK;
    if (checkpoint->stored) return settle(c, actions, checkpoint->lease, &checkpoint->record);
    if (checkpoint->blob != NULL) return take_bytes(c, actions, worker, checkpoint);
    if (c->workers[worker].standing == STANDING_PRESENT)
        offer_put(c, worker, BLOB_CHECKPOINT, checkpoint->lease, checkpoint->record.trial);
    return STATUS_OK;
}

Status checkpoint_stored(Coordinator *c, Actions *actions, const Event *event) {
    size_t i = 0;
    while (i < c->store_count && strcmp(c->stores[i].record.blob, event->name) != 0)
        i++;
    if (i == c->store_count) return STATUS_OK;
    CheckpointStore store = c->stores[i];
    memmove(c->stores + i, c->stores + i + 1, (c->store_count - i - 1) * sizeof(CheckpointStore));
    c->store_count--;
    uint64_t trial = store.record.trial;
    if (c->trials[trial].holder == 0) TRY(trial_free(c, trial)); /* it may have waited for this */
    if (event->status == STATUS_OK) return settle(c, actions, store.lease, &store.record);
    if (c->checkpoint_failure_told) return STATUS_OK;
    c->checkpoint_failure_told = true; /* training goes on without; the next network or row will tell */
    return coordinator_news(actions, "warning: running trials cannot be saved: %s",
                            event->text != NULL ? event->text : "");
}
