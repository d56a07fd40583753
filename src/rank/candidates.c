#include "rank/candidates.h"

#include <stdlib.h>

#include "base/memory.h"
#include "rank/member_network.h"

void candidates_release(Candidates *pool) {
    for (size_t i = 0; pool->blobs != NULL && i < pool->trial_count; i++)
        member_blob_release(&pool->blobs[i]);
    free(pool->blobs);
    free(pool->candidates);
    free(pool->ids);
    *pool = (Candidates){0};
}

static Status load_blobs(Candidates *pool, const char *file, const Ledger *ledger, size_t count) {
    TRY(memory_new(&pool->blobs, count, sizeof(MemberBlob)));
    for (size_t i = 0; i < count; i++) {
        const LedgerTrial *trial = &ledger->trials[pool->ids[i]];
        if (!trial->kept)
            return status_fail(STATUS_ENVIRONMENT, "the network of trial %llu is not stored",
                               (unsigned long long)pool->ids[i]);
        TRY(member_load(file, trial->member, &pool->blobs[i]));
        pool->trial_count++;
    }
    return STATUS_OK;
}

/* The curve knows what every epoch's network is worth. */
static Status add(Candidates *pool, const Ledger *ledger, MetricKind metric, const MemberBlob *blob,
                  size_t examples, size_t classes) {
    const LedgerRow *record = &ledger->trials[blob->trial].record;
    if (blob->examples != examples || blob->classes != classes || blob->epoch == 0 ||
        blob->epoch > record->curve_count)
        return status_fail(STATUS_ENVIRONMENT,
                           "the stored network of trial %llu at epoch %u was judged on other data",
                           (unsigned long long)blob->trial, blob->epoch);
    const EpochRow *row = &record->curve[blob->epoch - 1];
    pool->candidates[pool->count++] =
        (Candidate){.trial = blob->trial,
                    .epoch = blob->epoch,
                    .metric = metric == METRIC_VAL_LOSS ? -row->val_loss : row->val_accuracy,
                    .probabilities = blob->probabilities};
    return STATUS_OK;
}

Status candidates_load(Candidates *pool, const char *file, const Ledger *ledger, const Config *config,
                       size_t examples, size_t classes) {
    size_t size = config->has_ensemble ? config->ensemble.pool : 1;
    size_t trials, networks = 0;
    *pool = (Candidates){0};
    TRY(ledger_best(ledger, config->metric, size, &pool->ids, &trials));
    TRY(load_blobs(pool, file, ledger, trials));
    for (size_t i = 0; i < trials; i++)
        networks += 1 + pool->blobs[i].snapshot_count;
    TRY(memory_new(&pool->candidates, networks, sizeof(Candidate)));
    for (size_t i = 0; i < trials; i++) {
        const MemberBlob *blob = &pool->blobs[i];
        TRY(add(pool, ledger, config->metric, blob, examples, classes));
        for (uint32_t k = 0; config->ensemble.snapshots && k < blob->snapshot_count; k++)
            TRY(add(pool, ledger, config->metric, &blob->snapshots[k], examples, classes));
    }
    return STATUS_OK;
}

const MemberBlob *candidates_blob(const Candidates *pool, uint64_t trial, uint32_t epoch) {
    for (size_t i = 0; i < pool->trial_count; i++) {
        if (pool->blobs[i].trial == trial) return member_blob_at(&pool->blobs[i], epoch);
    }
    return NULL;
}
