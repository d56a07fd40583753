/* What the worker's sources share; for nobody else. */
#ifndef WINNOW_CAMPAIGN_WORKER_INTERNAL_H
#define WINNOW_CAMPAIGN_WORKER_INTERNAL_H

#include "campaign/worker.h"

Status worker_tell(Worker *w, WorkerPeer peer, const Message *message, double now) MUST_CHECK;
Status worker_cancel(Worker *w, double now) MUST_CHECK;

/* --- trial.c: the child and what it says --- */
Status trial_lease(Worker *w, LeaseMessage *lease, double now) MUST_CHECK;
Status trial_progress(Worker *w, const Message *message, double now) MUST_CHECK;
void trial_result(Worker *w, ResultMessage *result);
void trial_network(Worker *w, NetworkMessage *network);
Status trial_ended(Worker *w, const JobEndedMessage *ended, double now) MUST_CHECK;
Status trial_tick(Worker *w, double now) MUST_CHECK;
/* Forget all that was about the running trial or one that waits to be handed in. */
void trial_drop(Worker *w);
void trial_drop_result(Worker *w); /* the same without its checkpoint */
void next_drop(Worker *w);

/* --- blobs.c: networks and checkpoints --- */
/* The checkpoint that is here to the coordinator, unless that has its offer. */
Status blob_offer_checkpoint(Worker *w, double now) MUST_CHECK;
Status blob_checkpoint(Worker *w, Message *message, double now) MUST_CHECK;
Status blob_verdict(Worker *w, const VerdictMessage *verdict, double now) MUST_CHECK;
Status blob_stored(Worker *w, const StoredMessage *stored, double now) MUST_CHECK;
/* The result to the coordinator, where there is one and the network before it is safe. */
Status blob_hand_in(Worker *w, double now) MUST_CHECK;
void blob_drop_offered(Worker *w);
void blob_drop_checkpoint(Worker *w);

#endif
