#include "rank/replay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "engine/blas.h"
#include "engine/epoch_figures.h"
#include "engine/trainer.h"
#include "rank/member_network.h"

/* NULL and a text where there is none to compare with. */
static const LedgerTrial *find_trial(const Ledger *ledger, uint64_t id) {
    const LedgerTrial *trial = id < ledger->trial_count ? &ledger->trials[id] : NULL;
    Status status = STATUS_OK;
    if (trial == NULL || !trial->drawn)
        status = status_fail(STATUS_INPUT, "there is no trial %llu: ids go from 0 to %zu",
                             (unsigned long long)id, ledger->trial_count > 0 ? ledger->trial_count - 1 : 0);
    else if (!trial->finished)
        status = status_fail(STATUS_INPUT, "trial %llu has not finished: there is nothing to compare with",
                             (unsigned long long)id);
    else if (trial->record.outcome.status == TRIAL_FAILED)
        status = status_fail(STATUS_INPUT, "trial %llu failed (%s): there is nothing to compare with",
                             (unsigned long long)id, trial->record.reason);
    return status == STATUS_OK ? trial : NULL;
}

/* NaN is equal to itself: a results file keeps only that it is one. */
static bool same_number(double a, double b) {
    return (a == b && signbit(a) == signbit(b)) || (isnan(a) && isnan(b));
}

static bool compare(const LedgerRow *record, const EpochRow *row, Replay *replay) {
    if (row->epoch > record->curve_count) {
        replay->first_epoch = row->epoch;
        return false;
    }
    const EpochRow *before = &record->curve[row->epoch - 1];
    for (size_t f = 0; f < EPOCH_FIGURES_SAME; f++) {
        double recorded = epoch_figure(before, f), replayed = epoch_figure(row, f);
        if (same_number(recorded, replayed)) continue;
        replay->first_epoch = row->epoch;
        replay->figure = epoch_figure_name(f);
        replay->recorded = recorded;
        replay->replayed = replayed;
        return false;
    }
    return true;
}

static bool same_outcome(const LedgerRow *record, const TrainOutcome *now) {
    const TrainOutcome *before = &record->outcome;
    return before->status == now->status && before->epochs == now->epochs &&
           before->best_epoch == now->best_epoch && before->weights_hash == now->weights_hash;
}

static void train(Trainer *trainer, const LedgerRow *record, uint32_t epochs, ReplayNews *news, void *context,
                  Replay *replay) {
    uint32_t seen = 0, end = record->outcome.status == TRIAL_STOPPED ? record->outcome.epochs : epochs;
    for (bool done = false; !done && seen < end; seen++) {
        EpochRow row;
        trainer_epoch(trainer, &row, &done);
        if (replay->first_epoch == 0) (void)compare(record, &row, replay);
        news(context, &row, end, replay->first_epoch == 0);
    }
    if (replay->first_epoch == 0 && seen < record->curve_count) replay->first_epoch = seen + 1;
    replay->outcome = trainer_outcome(trainer);
    replay->same = replay->first_epoch == 0 && same_outcome(record, &replay->outcome);
}

static bool same_weights(const MemberBlob *stored, const Trainer *trainer, const Snapshot *snapshot) {
    const Network *network = trainer_network(trainer);
    bool same = stored->block_count == network_block_count(network);
    for (size_t i = 0; same && i < stored->block_count; i++) {
        ParameterBlock block = network_block(network, i);
        same = array_same(block.shape, stored->blocks[i].shape) &&
               memcmp(stored->blocks[i].values, snapshot->parameters + block.offset,
                      block.count * sizeof(float)) == 0;
    }
    return same;
}

/* The stored networks of other epochs beside those that were kept now. */
static void compare_snapshots(const MemberBlob *stored, const Trainer *trainer, Replay *replay) {
    for (uint32_t s = 0; s < stored->snapshot_count && replay->first_snapshot == 0; s++) {
        const MemberBlob *network = &stored->snapshots[s];
        bool same = false;
        for (size_t i = 0; i < trainer_snapshot_count(trainer); i++) {
            Snapshot snapshot = trainer_snapshot(trainer, i);
            same |= snapshot.epoch == network->epoch && same_weights(network, trainer, &snapshot);
        }
        if (!same) replay->first_snapshot = network->epoch;
        replay->snapshots++;
    }
    replay->same &= replay->first_snapshot == 0;
}

/* Records may also name a network that better ones have replaced: then there is nothing to compare with. */
static void check_snapshots(const char *file, const LedgerTrial *trial, const Trainer *trainer,
                            Replay *replay) {
    MemberBlob stored = {0};
    if (!trial->kept || trainer_snapshot_count(trainer) == 0) return;
    if (member_load(file, trial->member, &stored) == STATUS_OK) compare_snapshots(&stored, trainer, replay);
    member_blob_release(&stored);
    status_clear();
}

static Status replay_with(const char *file, const LedgerTrial *trial, const Config *config,
                          const Dataset *dataset, NetworkSpec *spec, ReplayNews *news, void *context,
                          Replay *replay) {
    const LedgerRow *record = &trial->record;
    Examples training = dataset_part(dataset, PART_TRAIN),
             validation = dataset_part(dataset, PART_VALIDATION);
    TrainSettings settings;
    Draw draw = draw_unpack(trial->draw);
    TRY(config_network(config, &draw, training.shape, training.classes, spec));
    TRY(config_settings(config, &draw, record->stage, &settings));
    TrialKey key = {.seed = config->seed, .stage = (uint8_t)record->stage, .number = record->number};
    Trainer *trainer = NULL;
    TRY(trainer_create(&trainer, spec, &settings, &training, &validation, key));
    train(trainer, record, settings.epochs, news, context, replay);
    check_snapshots(file, trial, trainer, replay);
    trainer_destroy(&trainer);
    return STATUS_OK;
}

Status replay_trial(const char *file, const Ledger *ledger, const Config *config, const Dataset *dataset,
                    uint64_t trial, ReplayNews *news, void *context, Replay *replay) {
    const LedgerTrial *found = find_trial(ledger, trial);
    NetworkSpec *spec = NULL;
    *replay = (Replay){0};
    text_copy(replay->arithmetic, sizeof(replay->arithmetic), arithmetic_id());
    if (found == NULL) return STATUS_INPUT;
    if (found->record.stage >= config->stage_count)
        return status_fail(STATUS_ENVIRONMENT,
                           "trial %llu is of a stage that the configuration does not have",
                           (unsigned long long)trial);
    TRY(memory_new(&spec, 1, sizeof(*spec)));
    Status status = replay_with(file, found, config, dataset, spec, news, context, replay);
    free(spec);
    return status;
}
