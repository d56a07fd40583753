/* What a finished trial hands in beside its row. */
#ifndef WINNOW_RANK_JOBS_TRIAL_NETWORK_H
#define WINNOW_RANK_JOBS_TRIAL_NETWORK_H

#include "campaign/wire.h"
#include "data/dataset.h"
#include "engine/trainer.h"

/* Send the network of the trainer's best epoch and its snapshots, with their probabilities on the validation
 * part and, where it has examples, on the selection part. */
Status trial_network_send(const LeaseMessage *lease, const NetworkSpec *spec, const Trainer *trainer,
                          const Dataset *dataset, Channel *out) MUST_CHECK;

#endif
